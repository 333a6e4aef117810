"""The first sheet: headline numbers, sentences, charts and small tables on one grid, without a merged cell.

A card takes two columns of the grid, a chart a half, a panel as many as it needs.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from rkreport.core.report.sheets import Chart, Heading, Kpi, Link, SummarySheet
from rkreport.excel import page
from rkreport.excel.cells import Canvas
from rkreport.excel.charts import Place, PlacedPanel, add_chart
from rkreport.excel.panels import Grid, MeasuredPanel, draw_panel, fitting_grid, measure_panel
from rkreport.excel.styles import CARD, INK, LINK, MUTED, NAVY, RULE, WHITE, Edge, Look
from rkreport.excel.tabs import HEADER_ROW
from rkreport.excel.text import wrap_lines

_CARDS_PER_ROW = 6
_CONTENTS_UNITS = 4  # grid columns of the list of contents
_LETTERS_PER_CHARACTER = 1.1  # a column's "character" is a digit, and letters are a little narrower
_ONE_PAGE = 76  # rows that are still legible on one printed page
_CHART_ROWS = 17
_LONGEST_CHART = 34

_CARD_EDGE = Edge("left", "thick", WHITE)  # the space between two cards
_CARD_TOP = Edge("top", "medium", NAVY)
_KPI_LABEL = Look(size=9, color=MUTED, fill=CARD, indent=1, horizontal="left", vertical="bottom")
_KPI_VALUE = Look(size=16, bold=True, color=NAVY, fill=CARD, indent=1, horizontal="left", shrink=True)
_KPI_NOTE = Look(size=9, color=INK, fill=CARD, indent=1, horizontal="left")
_KPI_CHANGE = Look(size=9, color=MUTED, fill=CARD, indent=1, horizontal="left", vertical="top")
_KPI_HEIGHTS = (20.0, 27.0, 15.0, 18.0)

_SENTENCE = Look()
_CONTENTS = replace(LINK, edges=(Edge("left", "medium", RULE),), indent=1, horizontal="left")


def draw_summary(canvas: Canvas, summary: SummarySheet, heading: Heading, back: Link | None) -> None:
    """Draw the sheet below its title block: cards, sentences beside the contents, charts, panels."""
    panels = [measure_panel(panel) for panel in summary.panels]
    charts = [chart for chart in summary.charts if panels[chart.panel].rows]
    grid = fitting_grid(panels)
    columns = len(grid.column_widths)
    page.set_widths(canvas.sheet, grid.column_widths)
    page.draw_heading(canvas, heading, columns, back)
    row = _draw_kpis(canvas, grid, summary.kpis, HEADER_ROW)
    row = _draw_words(canvas, grid, summary, row)
    row = _draw_blocks(canvas, grid, charts, panels, row)
    page.set_view(canvas.sheet, is_first=back is None)
    page.set_print(canvas.sheet, heading, columns=columns, rows=row, header_row=None)
    if row <= _ONE_PAGE:
        page.set_one_portrait_page(canvas.sheet)


def _draw_kpis(canvas: Canvas, grid: Grid, kpis: tuple[Kpi, ...], row: int) -> int:
    """Draw the cards, six to a row; the next free row."""
    starts = [place * grid.width // _CARDS_PER_ROW for place in range(_CARDS_PER_ROW + 1)]
    for index, kpi in enumerate(kpis):
        line, place = divmod(index, _CARDS_PER_ROW)
        top = row + line * (len(_KPI_HEIGHTS) + 1)
        _draw_card(canvas, kpi, top, [grid.column(unit) for unit in range(starts[place], starts[place + 1])])
        for offset, height in enumerate(_KPI_HEIGHTS):
            canvas.sheet.row_dimensions[top + offset].height = height
    return row + ceil(len(kpis) / _CARDS_PER_ROW) * (len(_KPI_HEIGHTS) + 1)


def _draw_card(canvas: Canvas, kpi: Kpi, top: int, columns: list[int]) -> None:
    looks = (_KPI_LABEL, _KPI_VALUE, _KPI_NOTE, _KPI_CHANGE)
    texts = (kpi.label, "–", kpi.note, kpi.change)
    for offset, (look, text) in enumerate(zip(looks, texts, strict=True)):
        tops = (_CARD_TOP,) if offset == 0 else ()
        first = replace(look, edges=(_CARD_EDGE, *tops))
        if look is _KPI_VALUE and kpi.value is not None:
            canvas.draw(top + offset, columns[0], kpi.value, kpi.kind, first)
        else:
            canvas.text(top + offset, columns[0], text, first)
        for column in columns[1:]:
            canvas.blank(top + offset, column, replace(look, edges=tops))


def _draw_words(canvas: Canvas, grid: Grid, summary: SummarySheet, row: int) -> int:
    """Sentences on the left, the list of contents on the right; the next free row."""
    left = right = row
    width = int(grid.column_widths[0] * (grid.width - _CONTENTS_UNITS - 1) * _LETTERS_PER_CHARACTER)
    for sentence in summary.sentences:
        if isinstance(sentence, Link):
            canvas.link(left, 1, sentence)
            left += 1
            continue
        for line in wrap_lines(sentence, width):
            canvas.text(left, 1, line, _SENTENCE)
            left += 1
    for link in summary.contents:
        canvas.link(right, grid.column(grid.width - _CONTENTS_UNITS), link, _CONTENTS)
        right += 1
    end = max(left, right)
    return end + 1 if end > row else row


def _draw_blocks(canvas: Canvas, grid: Grid, charts: Sequence[Chart], panels: Sequence[MeasuredPanel], row: int) -> int:
    """Charts, then narrow panels two abreast, then wide panels; the last row used."""
    chart_rows = max([_CHART_ROWS, *(min(_LONGEST_CHART, 7 + len(panels[chart.panel].rows)) for chart in charts)])
    placed: dict[int, PlacedPanel] = {}
    places: list[Place] = []

    def draw(block: Chart | int, at: int, unit: int) -> int:
        if isinstance(block, Chart):
            left = grid.column(unit) - 1
            places.append(Place(left, at - 1, left + grid.half, at - 1 + chart_rows))
            return at + chart_rows
        placed[block] = draw_panel(canvas, grid, panels[block], at, unit)
        return at + panels[block].height

    blocks: list[Chart | int] = [*charts]
    blocks += [number for number, panel in enumerate(panels) if panel.units <= grid.half]
    for start in range(0, len(blocks), 2):
        ends = [draw(block, row, side * grid.half) for side, block in enumerate(blocks[start : start + 2])]
        row = max(ends) + 1
    for number, panel in enumerate(panels):
        if panel.units > grid.half:
            row = draw(number, row, 0) + 1
    for chart, place in zip(charts, places, strict=True):
        add_chart(canvas.sheet, chart, placed[chart.panel], place)
    return row - 1
