"""Draws what narrow columns need: headers that read from below, centred symbols, and their legend."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import accumulate

from rkreport.core.report.sheets import Column, Kind
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.layout import CELL_MARGIN
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.draw.widths import header_width
from rkreport.excel.look.styles import HEADER, INK, CellFormat
from rkreport.excel.look.text_metrics import shortened, text_width, wrapped
from rkreport.excel.text import single_line

HEADER_LOOK = replace(HEADER, is_upright=True, horizontal="center")

_LINES = 2
_LONGEST_LINE = 28.0  # characters
_CHARACTER = 5.4  # points along an upright line
_ENDS = 5.0  # characters, of both ends: text is in the middle, and Excel's filter button covers half of them
_MOST_EXTRA = 12
_LEGEND = CellFormat(size=9, color=INK)
_LEGEND_SCALE = 0.9  # one point smaller than the rest
_LEGEND_COLUMN = 3  # right of the link back, which runs over the second
_DEFAULT_WIDTH = 9.14


def short_header(header: str) -> str:
    """Return a header that fits on two upright lines."""
    text = single_line(header)
    most = _LINES * _LONGEST_LINE
    while header_width(text, _LINES) > _LONGEST_LINE and most > _LONGEST_LINE:
        most -= 1  # two lines hold less where the words break badly
        text = shortened(single_line(header), most)
    return text


def header_height(columns: Sequence[Column], headers: Sequence[str]) -> float:
    """Return the height, in points, that upright headers need; 0 without any.

    Programs fill the height before they begin a second line. If there is such a height, no line comes near its ends.
    """
    texts = [text for text, _ in _upright(columns, headers)]
    if not texts:
        return 0.0
    least = max(header_width(text, _LINES) for text in texts) + _ENDS
    rooms = (least + extra for extra in range(_MOST_EXTRA))
    return next((room for room in rooms if all(_is_clear(text, room) for text in texts)), least) * _CHARACTER


@lru_cache(maxsize=4_096)  # many workbooks hold the same courses
def _is_clear(text: str, room: float) -> bool:
    """True if the ends of a text's lines stay clear in a cell of this height, in characters.

    Some programs begin a line after an ellipsis too.
    """
    ways = wrapped(text, room, bold=True), wrapped(text.replace("…", "… "), room, bold=True)
    return max(text_width(line, bold=True) for lines in ways for line in lines) + _ENDS <= room


def _upright(columns: Sequence[Column], headers: Sequence[str]) -> Iterable[tuple[str, Column]]:
    return ((text, column) for text, column in zip(headers, columns, strict=True) if column.is_upright)


@cache
def _centred(look: CellFormat) -> CellFormat:
    return replace(look, horizontal="center", gap=False)


def body_look(column: Column, look: CellFormat) -> CellFormat:
    """Return the format of a column's cells: in the middle below an upright header."""
    return _centred(look) if column.is_upright and column.kind is Kind.STATUS else look


def total_look(column: Column, look: CellFormat) -> CellFormat:
    """Return the format of a column's total: below an upright header it shrinks to the narrow cell."""
    return replace(_centred(look), shrink=True) if column.is_upright else look


def draw_legend(canvas: Canvas, legend: str, widths: Sequence[float]) -> int:
    """Draw a legend above the header, beside the link back; return the last column that it reaches, 0 without one."""
    if not legend:
        return 0
    canvas.text(HEADER_ROW - 1, _LEGEND_COLUMN, legend, _LEGEND)
    needed = text_width(legend) * _LEGEND_SCALE
    rest = [width + CELL_MARGIN for width in widths[_LEGEND_COLUMN - 1 :]]
    rest += [_DEFAULT_WIDTH] * (1 + int(needed // _DEFAULT_WIDTH))
    return next(place for place, end in enumerate(accumulate(rest), _LEGEND_COLUMN) if end >= needed)
