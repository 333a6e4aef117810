"""Draws what stands below the table of a sheet: further tables, and heat maps. All share the sheet's columns."""

from collections.abc import Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from rkreport.core.report.sheets import HeatMap, Panel, Row, TableSheet
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import Flow, scaled
from rkreport.excel.draw.heat_map import draw_heat_map
from rkreport.excel.draw.layout import ROW_HEIGHT, Layout
from rkreport.excel.draw.page_ends import put
from rkreport.excel.draw.paging import inches_of
from rkreport.excel.draw.stacked import ONE_PAGE, draw_whole_table
from rkreport.excel.draw.table import DrawnTable, PlacedTable, Reading
from rkreport.excel.draw.tabs import FIRST_ROW, Tab
from rkreport.excel.look.styles import NAVY, CellFormat, Role

_TITLE = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY)
_TITLE_HEIGHT = 20.0


def draw_blocks(
    canvas: Canvas, tab: Tab, table: DrawnTable, sample: Sequence[Row]
) -> tuple[tuple[PlacedTable, ...], DrawnTable]:
    """Draw the blocks of the last part of a sheet; return the tables among them, and the sheet's own.

    The `sample` of a short table is all its rows. Below a table that no page holds, maps are on the screen only: pages
    repeat one header, which would stand over columns of other things.
    """
    sheet = tab.sheet
    if not isinstance(sheet, TableSheet) or not sheet.blocks or not tab.is_last_part:
        return (), table
    placed: list[PlacedTable] = []
    names = iter(tab.table_names)
    row = max(canvas.last_row, table.rows.last_row)
    has_maps_alone = all(isinstance(block, HeatMap) for block in sheet.blocks)
    flow = _flow(canvas, tab, table, sample, row, is_scaled=has_maps_alone)
    is_short = tab.count <= ONE_PAGE
    is_printed = not has_maps_alone or flow.is_exact or (is_short and canvas.layout.pages_wide > 1)
    for block in sheet.blocks:
        repeated = 0
        if isinstance(block, Panel):
            row += 2
            canvas.text(row, 1, block.title, _TITLE)
            canvas.heights[row] = _TITLE_HEIGHT
            header = row + 1
            one, following = draw_whole_table(canvas, block.table, Reading.of(block.table), next(names), header)
            row = following - 2
            placed.append(one)
            repeated = header
            flow = Flow()
        else:
            row = draw_heat_map(canvas, block, sheet.frozen_columns, row, flow)
    if is_short:  # its header would stay in sight over columns of other things
        canvas.layout = replace(canvas.layout, freeze=f"{get_column_letter(sheet.frozen_columns + 1)}1")
    if is_printed and (is_short or has_maps_alone):
        canvas.header_rows = (repeated, repeated) if repeated else None  # that of a long last block
    if is_printed:
        canvas.printed = f"{canvas.printed.rstrip('0123456789')}{row}"
    else:
        columns = title_block.printed_columns(canvas.widths[: sheet.printed_columns])
        title_block.set_printed(canvas, columns=columns, rows=canvas.printed_size[1], header_rows=canvas.header_rows)
    return tuple(placed), replace(table, text_range=f"A{FIRST_ROW}:{get_column_letter(len(canvas.widths))}{row}")


def _flow(canvas: Canvas, tab: Tab, table: DrawnTable, sample: Sequence[Row], last: int, *, is_scaled: bool) -> Flow:
    """Give every row a height and every page an end; return what is left of the page below the last one.

    Nothing is foreseen below a very long or wide table.
    """
    if len(sample) != tab.count or canvas.layout.pages_wide > 1:
        return Flow()
    inches = inches_of(canvas.widths, canvas.printed_size[0], canvas.brand)
    scale = canvas.brand.scale
    of_table = {row: height / scale for row, height in enumerate(map(table.rows.height, sample), FIRST_ROW) if height}
    heights = {row: of_table.get(row) or canvas.heights.setdefault(row, ROW_HEIGHT) for row in range(1, last + 1)}
    if is_scaled:
        layout = _holding(scaled(canvas.layout, inches), inches, sum(heights.values()))
        if layout is None:
            return Flow()
        canvas.layout = layout
    flow = Flow.of(canvas.layout, inches)
    for row, height in heights.items():
        put(canvas, flow, row, height)
    return flow


def _holding(layout: Layout, widths: Sequence[float], height: float) -> Layout | None:
    """Return the layout if its page holds a table of this height, else that of an upright A3, as wide; else None."""
    layouts = layout, replace(layout, is_a3=True, is_portrait=True)
    return next((each for each in layouts if Flow.of(each, widths).whole[0] >= height), None)
