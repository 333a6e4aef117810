"""Draws heat maps below the table of a sheet, whose columns they share, and measures the room that they need."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from operator import gt

from rkreport.core.report.sheets import HeatCell, HeatMap, TableSheet
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import Flow
from rkreport.excel.draw.layout import USUAL_COLUMN
from rkreport.excel.draw.page_ends import end_page, keep_together
from rkreport.excel.draw.widths import LINE_HEIGHT, lines_needed
from rkreport.excel.look.styles import BODY, FOOTNOTE, HEADER, HEATS, NAVY, WHITE, CellFormat, Edge, Role, SideName
from rkreport.excel.look.text_metrics import shortened, text_width, wrapped
from rkreport.excel.text import clean, single_line

UNITS = 20
"""Rows of squares below a header before it stands there again, since none stays in sight."""

_TITLE = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY)
_TITLE_HEIGHT, _NOTE_HEIGHT = 20.0, 15.0
_LONGEST_LINE = 140  # characters of a note
_FILLED = 0.75  # of the lines of a heading or name; words leave the rest empty
_MOST_LINES = 6  # of a heading above the squares, or a name beside them
_NARROWEST = 12.0  # characters of a square
_NAME = 32.0  # characters of a name that needs no second line
_ROW_AIR = 4.0  # points above and below
_BETWEEN = 8.0  # points above a header that stands again
_AIR = 1.2
_KEPT, _KEPT_AGAIN = 3, 8  # rows of squares that stand on one page with their header, and with one in its middle
_SIDES: tuple[SideName, ...] = ("left", "right", "top", "bottom")
_NAMED = replace(BODY, vertical="center")
_LONG_NAME = replace(_NAMED, wrap=True)
_HEAD = replace(HEADER, horizontal="center", vertical="bottom")
_FIRST_HEAD = replace(_HEAD, horizontal="left")


def widened(widths: Sequence[float], sheet: TableSheet) -> list[float]:
    """Return the widths of a sheet's table with the room that the names and squares of its maps need."""
    wide = list(widths)
    for block in sheet.blocks:
        if isinstance(block, HeatMap):
            _widen(wide, block, sheet.frozen_columns)
    return wide


def last_square(sheet: TableSheet) -> int:
    """Return the last column that a map reaches; 0 without any."""
    maps = (block for block in sheet.blocks if isinstance(block, HeatMap))
    return max((sheet.frozen_columns + len(heat.columns) for heat in maps), default=0)


def _widen(widths: list[float], heat: HeatMap, first: int) -> None:
    widths += [_NARROWEST] * (first + len(heat.columns) - len(widths))
    for at in range(len(heat.columns)):
        texts = (cell.link.text for _, cells in heat.rows if (cell := cells[at]))
        widths[first + at] = max(_NARROWEST, widths[first + at], *(text_width(text) + _AIR for text in texts))
    names = max((text_width(single_line(name)) for name, _ in heat.rows), default=0.0) + _AIR
    widths[0] = max(widths[0], min(names - sum(widths[1:first]), _NAME))


def draw_heat_map(canvas: Canvas, heat: HeatMap, first: int, row: int, flow: Flow) -> int:
    """Draw below a row, the squares right of `first` columns; return the last row.

    Title, header and the first squares stand on one page. The header stands again at the top of every further page; of
    pages that end elsewhere in other programs, near the top.
    """
    note = wrapped(clean(heat.note), _line_length(canvas)) if heat.note else []
    heads = _heads(canvas.widths, heat, first)
    head_height = LINE_HEIGHT * max(2, *map(len, heads)) + _ROW_AIR
    names = [_name(name, canvas.widths[:first]) for name, _ in heat.rows]
    heights = [LINE_HEIGHT * lines + _ROW_AIR for _, lines in names]
    opening = _TITLE_HEIGHT + _NOTE_HEIGHT * len(note) + head_height
    row = keep_together(canvas, flow, row, opening + sum(heights[:_KEPT]))

    row += 1
    canvas.text(row, 1, heat.title, _TITLE)
    canvas.heights[row] = _TITLE_HEIGHT
    for line in note:
        row += 1
        canvas.text(row, 1, line, FOOTNOTE)
        canvas.heights[row] = _NOTE_HEIGHT
    flow.take(opening - head_height)
    below, headed = UNITS, flow.pages(0.0)  # rows of squares below the last header, and its pages
    for at, ((_, cells), (name, lines), height) in enumerate(zip(heat.rows, names, heights, strict=True)):
        kept = _BETWEEN + head_height + sum(heights[at : at + _KEPT_AGAIN])
        is_new_page = at > 0 and bool(headed) and all(map(gt, flow.pages(height), headed))
        rest = sum(heights[at:])
        is_pushing = flow.is_exact and flow.fits(rest) and not flow.fits(rest + _BETWEEN + head_height)
        is_far = below >= UNITS and flow.fits(kept) and at + _KEPT < len(names) and not is_pushing
        if is_new_page and flow.is_exact:
            end_page(canvas, flow, row)
        elif is_far and at > 0:
            row += 1
            canvas.heights[row] = _BETWEEN
            flow.take(_BETWEEN)
        if at == 0 or is_new_page or is_far:
            row, below = row + 1, 0
            _draw_head(canvas, row, first, heat.header, heads)
            canvas.heights[row] = head_height
            flow.take(head_height)
            headed = flow.pages(0.0)
        row, below = row + 1, below + 1
        canvas.text(row, 1, name, _NAMED if lines == 1 else _LONG_NAME)
        _draw_squares(canvas, row, first, cells)
        canvas.heights[row] = height
        flow.take(height)
    return row


def _line_length(canvas: Canvas) -> int:
    """Return how many characters of a note stand on one line of the printed area."""
    columns, _ = canvas.printed_size
    widths = [*canvas.widths[:columns], *[USUAL_COLUMN] * (columns - len(canvas.widths))]
    return min(int(sum(widths)), _LONGEST_LINE)


def _heads(widths: Sequence[float], heat: HeatMap, first: int) -> list[list[str]]:
    """Return the lines of the headings above the squares."""
    room = widths[first : first + len(heat.columns)]
    return [
        wrapped(shortened(single_line(name), width * _MOST_LINES * _FILLED), width - 1, bold=True)
        for name, width in zip(heat.columns, room, strict=True)
    ]


def _name(name: str, widths: Sequence[float]) -> tuple[str, int]:
    """Return what of a name stands beside its squares, and in how many lines.

    A single line may run over the empty cells beside it; several stand in the first column.
    """
    line, room = single_line(name), widths[0] - _AIR
    if text_width(line) <= sum(widths) - _AIR:
        return line, 1
    shown = shortened(line, room * _MOST_LINES * _FILLED)
    return shown, lines_needed(shown, room)


def _draw_head(canvas: Canvas, row: int, first: int, header: str, heads: Sequence[Sequence[str]]) -> None:
    for column in range(1, first + 1):
        canvas.text(row, column, header if column == 1 else "", _FIRST_HEAD)
    for column, lines in enumerate(heads, first + 1):
        canvas.text(row, column, "\n".join(lines), _HEAD)


def _draw_squares(canvas: Canvas, row: int, first: int, cells: Sequence[HeatCell | None]) -> None:
    for column in range(2, first + 1):
        canvas.blank(row, column, _NAMED)
    for column, cell in enumerate(cells, first + 1):
        if cell is None:
            canvas.blank(row, column, _square(0))
        else:
            canvas.link(row, column, cell.link, _square(cell.shade))


@cache
def _square(shade: int) -> CellFormat:
    edges = tuple(Edge(side, "thin", WHITE) for side in _SIDES)
    return CellFormat(fill=HEATS[shade], horizontal="center", number_format="@", edges=edges)
