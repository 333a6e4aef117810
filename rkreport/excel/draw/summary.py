"""Draws the first sheet: headline numbers, sentences, charts and small tables on one grid, without merged cells.

A card spans a sixth of the grid, a chart a half, a panel as many columns as it needs.
"""

from collections.abc import Sequence
from dataclasses import replace

from rkreport.core.report.sheets import Chart, ChartKind, Heading, Link, SummarySheet
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.cards import CARDS_PER_ROW, draw_cards
from rkreport.excel.draw.charts import Place, PlacedPanel, draw_chart, is_drawable
from rkreport.excel.draw.layout import layout_of
from rkreport.excel.draw.panels import Grid, MeasuredPanel, draw_panel, fitting_grid, measure_panel
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.look.styles import CARD, LINK, NAVY, RULE, CellFormat, Edge, Role
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean

_CONTENTS_CARDS = 2  # the list of contents is as wide as this many cards
_ONE_PAGE = 90  # rows; more would be too small to read
_CHART_ROWS = 17
_LONGEST_CHART = 34
_AROUND_BARS = 7  # rows of title, scale and legend
_LONGEST_NAME = 32.0  # characters of a name on one line beside its bar
_TWO_LINES = 1.45  # rows of a name on two lines

_HEADLINE = CellFormat(Role.CARD_VALUE, size=12, bold=True, color=NAVY, fill=CARD, indent=1, horizontal="left")
_HEADLINE_HEIGHT, _HEADLINE_SCALE = 24.0, 1.25
_SENTENCE = CellFormat()
_CONTENTS = replace(LINK, edges=(Edge("left", "medium", RULE),), indent=1, horizontal="left")


def draw_summary(canvas: Canvas, summary: SummarySheet, heading: Heading, back: Link | None) -> None:
    """Draw the sheet below its title block: cards, sentences beside the contents, charts, panels."""
    panels = [measure_panel(panel) for panel in summary.panels]
    charts = [chart for chart in summary.charts if is_drawable(chart, panels[chart.panel].rows)]
    grid = fitting_grid(panels)
    columns = len(grid.column_widths)
    canvas.widths = grid.column_widths
    title_block.draw_heading(canvas, heading, columns, back)
    row = _draw_headline(canvas, columns, summary.headline, HEADER_ROW)
    row = draw_cards(canvas, grid, summary.kpis, row)
    row = _draw_words(canvas, grid, summary, row)
    row = _draw_blocks(canvas, grid, charts, panels, row)
    layout = layout_of(heading, canvas.brand, is_first=back is None)
    canvas.layout = replace(layout, is_portrait=True, is_one_page=row <= _ONE_PAGE)
    title_block.set_printed(canvas, columns=columns, rows=row, header_rows=None)


def _draw_headline(canvas: Canvas, columns: int, headline: str, row: int) -> int:
    """Draw a band across the page; return the next free row."""
    if not headline:
        return row
    lines = wrapped(clean(headline), sum(canvas.widths) / _HEADLINE_SCALE, bold=True)
    for line in lines:
        canvas.text(row, 1, line, _HEADLINE)
        for column in range(2, columns + 1):
            canvas.blank(row, column, _HEADLINE)
        canvas.heights[row] = _HEADLINE_HEIGHT
        row += 1
    return row + 1


def _draw_words(canvas: Canvas, grid: Grid, summary: SummarySheet, row: int) -> int:
    """Draw sentences on the left and the list of contents on the right; return the next free row."""
    left = right = row
    contents_column = grid.card(CARDS_PER_ROW - _CONTENTS_CARDS)[0]
    width = sum(grid.column_widths[: contents_column - 2])
    for sentence in summary.sentences:
        if isinstance(sentence, Link):
            canvas.link(left, 1, sentence)
            left += 1
            continue
        for line in wrapped(clean(sentence), width):
            canvas.text(left, 1, line, _SENTENCE)
            left += 1
    for link in summary.contents:
        canvas.link(right, contents_column, link, _CONTENTS)
        right += 1
    end = max(left, right)
    return end + 1 if end > row else row


def _draw_blocks(canvas: Canvas, grid: Grid, charts: Sequence[Chart], panels: Sequence[MeasuredPanel], row: int) -> int:
    """Draw charts and narrow panels in pairs, then wide ones; a single chart spans the page. Return the last row."""
    chart_rows = max([_CHART_ROWS, *(_rows_of(chart, panels[chart.panel]) for chart in charts)])
    placed: dict[int, PlacedPanel] = {}
    places: list[Place] = []

    def draw(block: Chart | int, at: int, unit: int) -> int:
        if isinstance(block, Chart):
            is_left = unit < grid.half and not is_alone
            right = grid.half if is_left else len(grid.column_widths)
            places.append(Place(grid.column(unit) - 1, at - 1, right, at - 1 + chart_rows))
            return at + chart_rows
        placed[block] = draw_panel(canvas, grid, panels[block], at, unit)
        return at + panels[block].height

    blocks: list[Chart | int] = [*charts]
    narrow = [number for number, panel in enumerate(panels) if panel.is_narrow(grid)]
    blocks += narrow
    is_alone = len(blocks) == 1
    for start in range(0, len(blocks), 2):
        ends = [draw(block, row, side * grid.half) for side, block in enumerate(blocks[start : start + 2])]
        row = max(ends) + 1
    for number in range(len(panels)):
        if number not in narrow:
            row = draw(number, row, 0) + 1
    for chart, place in zip(charts, places, strict=True):
        canvas.charts.append(draw_chart(canvas.name, canvas.brand, chart, placed[chart.panel], place))
    return row - 1


def _rows_of(chart: Chart, panel: MeasuredPanel) -> int:
    """Return how many rows a chart needs: a bar, whose name may take two lines, is as high as its name."""
    if chart.kind is not ChartKind.STACKED_BAR:
        return _CHART_ROWS
    is_long = panel.needs[chart.categories] > _LONGEST_NAME
    return min(_LONGEST_CHART, _AROUND_BARS + round(len(panel.rows) * (_TWO_LINES if is_long else 1)))
