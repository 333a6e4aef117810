"""Draws the first sheet: headline numbers, sentences, charts and small tables on one grid, without merged cells.

A card spans a sixth of the grid, a chart a half, a panel as many columns as it needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rkreport.core.report.sheets import Chart, ChartKind, Heading, Link, SummarySheet
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.cards import CARDS_PER_ROW, draw_cards
from rkreport.excel.draw.charts import Place, PlacedPanel, draw_chart, is_drawable
from rkreport.excel.draw.flow import Flow, is_larger_upright, scaled
from rkreport.excel.draw.layout import CELL_MARGIN, ROW_HEIGHT, layout_of
from rkreport.excel.draw.page_ends import end_page
from rkreport.excel.draw.paging import inches_of
from rkreport.excel.draw.panels import Grid, MeasuredPanel, draw_panel, fitting_grid, measure_panel
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.look.styles import CARD, LINK, NAVY, RULE, CellFormat, Edge, Role
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean

_CONTENTS_CARDS = 2  # the list of contents is as wide as this many cards
_ONE_PAGE = 90  # rows; more would be too small to read, and stand on several pages
_CHART_ROWS = 17
_LONGEST_CHART = 34
_AROUND_BARS = 7  # rows of title, scale and legend
_LONGEST_NAME = 32.0  # characters of a name on one line beside its bar
_TWO_LINES = 1.45  # rows of a name on two lines
_HEADS = 18.0  # points by which title and header of a panel are higher than other rows

_HEADLINE = CellFormat(Role.CARD_VALUE, size=12, bold=True, color=NAVY, fill=CARD, indent=1, horizontal="left")
_HEADLINE_HEIGHT, _HEADLINE_SCALE = 24.0, 1.25
_SENTENCE = CellFormat()
_CONTENTS = replace(LINK, edges=(Edge("left", "medium", RULE),), indent=1, horizontal="left")


@dataclass(frozen=True, slots=True)
class _Group:
    """Charts, and numbers of panels, beside each other: their rows, and those of a chart."""

    blocks: tuple[Chart | int, ...]
    rows: int
    chart_rows: int
    is_only: bool


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
    canvas.layout = replace(layout_of(heading, canvas.brand, is_first=back is None), is_portrait=True, pages_tall=1)
    groups = _groups(grid, charts, panels)
    if row + sum(group.rows + 1 for group in groups) - 2 > _ONE_PAGE:
        _break_pages(canvas, groups, row)
    row = _draw_blocks(canvas, grid, groups, panels, row)
    if canvas.layout.pages_tall:
        inches = inches_of(canvas.widths, columns, canvas.brand)
        heights = [canvas.heights.get(number, ROW_HEIGHT) for number in range(1, row + 1)]
        canvas.layout = replace(canvas.layout, is_portrait=is_larger_upright(canvas.layout, inches, heights))
    title_block.set_printed(canvas, columns=columns, rows=row, header_rows=None)


def _draw_headline(canvas: Canvas, columns: int, headline: str, row: int) -> int:
    """Draw a band across the page; return the next free row."""
    if not headline:
        return row
    lines = wrapped(clean(headline), sum(width + CELL_MARGIN for width in canvas.widths) / _HEADLINE_SCALE, bold=True)
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


def _groups(grid: Grid, charts: Sequence[Chart], panels: Sequence[MeasuredPanel]) -> list[_Group]:
    """Return charts and narrow panels in pairs, then wide ones."""
    chart_rows = max([_CHART_ROWS, *(_rows_of(chart, panels[chart.panel]) for chart in charts)])
    narrow = [number for number, panel in enumerate(panels) if panel.is_narrow(grid)]
    blocks: list[Chart | int] = [*charts, *narrow]
    pairs = [tuple(blocks[start : start + 2]) for start in range(0, len(blocks), 2)]
    pairs += [(number,) for number in range(len(panels)) if number not in narrow]
    return [
        _Group(
            pair,
            max(chart_rows if isinstance(block, Chart) else panels[block].height for block in pair),
            chart_rows,
            is_only=len(blocks) == 1,
        )
        for pair in pairs
    ]


def _break_pages(canvas: Canvas, groups: Sequence[_Group], row: int) -> None:
    """Begin a page before each group that the one before has no room for."""
    inches = inches_of(canvas.widths, len(canvas.widths), canvas.brand)
    canvas.layout = scaled(replace(canvas.layout, pages_tall=0), inches)
    flow = Flow.of(canvas.layout, inches)
    flow.take(sum(canvas.heights.get(above, ROW_HEIGHT) for above in range(1, row)))
    for group in groups:
        needed = group.rows * ROW_HEIGHT + _HEADS
        if not flow.fits(needed):
            end_page(canvas, flow, row - 1)
        flow.take(needed + ROW_HEIGHT)
        row += group.rows + 1


def _draw_blocks(
    canvas: Canvas, grid: Grid, groups: Sequence[_Group], panels: Sequence[MeasuredPanel], row: int
) -> int:
    """Draw the groups below each other; a single chart spans the page. Return the last row."""
    placed: dict[int, PlacedPanel] = {}
    places: list[tuple[Chart, Place]] = []
    for group in groups:
        for side, block in enumerate(group.blocks):
            if isinstance(block, Chart):
                right = len(grid.column_widths) if side or group.is_only else grid.half
                place = Place(grid.column(side * grid.half) - 1, row - 1, right, row - 1 + group.chart_rows)
                places.append((block, place))
            else:
                placed[block] = draw_panel(canvas, grid, panels[block], row, side * grid.half)
        row += group.rows + 1
    for chart, place in places:
        canvas.charts.append(draw_chart(canvas.name, canvas.brand, chart, placed[chart.panel], place))
    return row - 1


def _rows_of(chart: Chart, panel: MeasuredPanel) -> int:
    """Return how many rows a chart needs: a bar, whose name may take two lines, is as high as its name."""
    if chart.kind is not ChartKind.STACKED_BAR:
        return _CHART_ROWS
    is_long = panel.needs[chart.categories] > _LONGEST_NAME
    return min(_LONGEST_CHART, _AROUND_BARS + round(len(panel.rows) * (_TWO_LINES if is_long else 1)))
