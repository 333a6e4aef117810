"""Draws what stands below the table of a sheet: further tables, and heat maps. All share the sheet's columns."""

from dataclasses import replace
from functools import cache

from openpyxl.utils import get_column_letter

from rkreport.core.report.sheets import HeatCell, HeatMap, Kind, Panel, TableSheet
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.stacked import ONE_PAGE, draw_whole_table
from rkreport.excel.draw.table import DrawnTable, PlacedTable, Reading
from rkreport.excel.draw.tabs import FIRST_ROW, Tab
from rkreport.excel.look.styles import BODY, FOOTNOTE, HEADER, HEATS, NAVY, WHITE, CellFormat, Edge, Role, SideName
from rkreport.excel.look.text_metrics import shortened, wrapped
from rkreport.excel.text import clean, single_line

_TITLE = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY)
_TITLE_HEIGHT, _LINE_HEIGHT = 20.0, 13.0
_LINE = 140  # characters of a note
_FILLED = 0.75  # of a heading's lines; words leave the rest empty
_AIR = 1.2
_MOST_LINES = 6  # of a heading above the squares
_NAME = replace(BODY, edges=())
_NAME_END = BODY
_HEAD = replace(HEADER, horizontal="center", vertical="bottom")


def draw_blocks(canvas: Canvas, tab: Tab, table: DrawnTable) -> tuple[tuple[PlacedTable, ...], DrawnTable]:
    """Draw the blocks of the last part of a sheet; return the tables among them, and the sheet's own."""
    sheet = tab.sheet
    if not isinstance(sheet, TableSheet) or not sheet.blocks or not tab.is_last_part:
        return (), table
    placed: list[PlacedTable] = []
    names = iter(tab.table_names)
    row = max(canvas.last_row, table.rows.last_row)
    for block in sheet.blocks:
        row += 2
        canvas.text(row, 1, block.title, _TITLE)
        canvas.heights[row] = _TITLE_HEIGHT
        if isinstance(block, Panel):
            header = row + 1
            one, following = draw_whole_table(canvas, block.table, Reading.of(block.table), next(names), header)
            row = following - 2
            placed.append(one)
            repeated = header if block.table.count > ONE_PAGE else 0
        else:
            row = _draw_heat_map(canvas, block, sheet.frozen_columns, row + 1)
            repeated = 0
    if tab.count <= ONE_PAGE:
        _keep_header(canvas, sheet, repeated)
    canvas.printed = f"{canvas.printed.rstrip('0123456789')}{row}"
    return tuple(placed), replace(table, text_range=f"A{FIRST_ROW}:{get_column_letter(len(canvas.widths))}{row}")


def _keep_header(canvas: Canvas, sheet: TableSheet, repeated: int) -> None:
    """Neither freeze nor repeat the header of a short table, which would name the wrong columns of what is below it.

    Pages repeat the header row of a long last block.
    """
    canvas.header_rows = (repeated, repeated) if repeated else None
    canvas.layout = replace(canvas.layout, freeze=f"{get_column_letter(sheet.frozen_columns + 1)}1")


def _draw_heat_map(canvas: Canvas, heat: HeatMap, first: int, row: int) -> int:
    """Draw the squares right of `first` columns; return the last row."""
    for line in wrapped(clean(heat.note), _LINE):
        canvas.text(row, 1, line, FOOTNOTE)
        row += 1
    widths = canvas.widths
    heads = [
        wrapped(
            shortened(single_line(name), widths[first + at] * _MOST_LINES * _FILLED), widths[first + at] - 1, bold=True
        )
        for at, name in enumerate(heat.columns)
    ]
    for column in range(1, first + 1):
        canvas.text(row, column, heat.header if column == 1 else "", replace(_HEAD, horizontal="left"))
    for column, lines in enumerate(heads, first + 1):
        canvas.text(row, column, "\n".join(lines), _HEAD)
    canvas.heights[row] = _LINE_HEIGHT * max(2, *map(len, heads)) + 4
    room = sum(widths[:first]) - _AIR
    for name, cells in heat.rows:
        row += 1
        for column in range(1, first + 1):
            canvas.blank(row, column, _NAME)
            canvas.blank(row + 1, column, _NAME_END)
        above, below = _two_lines(single_line(name), room)
        canvas.text(row, 1, above, _NAME)
        if below:
            canvas.text(row + 1, 1, below, _NAME_END)
        for column, cell in enumerate(cells, first + 1):
            _draw_square(canvas, row, column, cell)
        row += 1
    return row


def _two_lines(name: str, room: float) -> tuple[str, str]:
    """Return a name on the two rows of its squares, the second empty if one is enough."""
    first = wrapped(name, room)[0]
    return first, shortened(name[len(first) :].strip(), room)


def _draw_square(canvas: Canvas, row: int, column: int, cell: HeatCell | None) -> None:
    if cell is None:
        canvas.blank(row, column, _square(0, is_top=True))
        canvas.blank(row + 1, column, _square(0, is_top=False))
        return
    canvas.draw(row, column, cell.share, Kind.PERCENT, _square(cell.shade, is_top=True))
    canvas.link(row + 1, column, cell.numbers, _square(cell.shade, is_top=False))


@cache
def _square(shade: int, *, is_top: bool) -> CellFormat:
    sides: tuple[SideName, ...] = ("left", "right", "top" if is_top else "bottom")
    look = CellFormat(fill=HEATS[shade], horizontal="center", edges=tuple(Edge(side, "thin", WHITE) for side in sides))
    return replace(look, vertical="bottom") if is_top else replace(look, vertical="top", size=9, number_format="@")
