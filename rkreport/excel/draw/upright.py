"""Draws what narrow columns need: headers that read from below, centred symbols, and their legend."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

from rkreport.core.report.sheets import Column, Kind
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.layout import CELL_MARGIN, USUAL_COLUMN
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.draw.widths import LINE_HEIGHT, header_width
from rkreport.excel.look.styles import HEADER, INK, CellFormat
from rkreport.excel.look.text_metrics import shortened, text_width
from rkreport.excel.text import single_line

HEADER_LOOK = replace(HEADER, is_upright=True, horizontal="center")

_LINES = 2
_LONGEST_LINE = 28.0  # characters
_CHARACTER = 5.4  # points along an upright line
_ENDS = 18.0  # points, of both ends
_LEGEND = CellFormat(size=9, color=INK)
_LEGEND_SCALE = 0.9  # one point smaller than the rest
_LEGEND_COLUMN = 3  # right of the link back, which runs over the second
_BETWEEN = "   "  # entries of a legend
_AIR = 3.0  # points


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

    Text is in the middle, so that both ends stay clear. In a higher cell programs put more words on the first line.
    """
    longest = max((header_width(text, _LINES) for text, _ in _upright(columns, headers)), default=0.0)
    return longest * _CHARACTER + _ENDS if longest else 0.0


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


def draw_legend(canvas: Canvas, legend: Sequence[str], widths: Sequence[float]) -> int:
    """Draw a legend above the header; return the last column that it reaches, 0 without one.

    It stands on one line right of the link back; where pages lie beside each other, in the last column that all repeat.
    """
    if not legend:
        return 0
    row, repeated = HEADER_ROW - 1, canvas.header_columns
    if repeated > 1:
        lines = _lines_of(legend, (widths[repeated - 1] - 1) / _LEGEND_SCALE)
        canvas.text(row, repeated, "\n".join(lines), replace(_LEGEND, wrap=True, vertical="bottom"))
        canvas.heights[row] = LINE_HEIGHT * len(lines) + _AIR
        return 0
    line = _BETWEEN.join(legend)
    canvas.text(row, _LEGEND_COLUMN, line, _LEGEND)
    needed = text_width(line) * _LEGEND_SCALE
    rest = [width + CELL_MARGIN for width in widths[_LEGEND_COLUMN - 1 :]]
    rest += [USUAL_COLUMN] * (1 + int(needed // USUAL_COLUMN))
    return next(place for place, end in enumerate(accumulate(rest), _LEGEND_COLUMN) if end >= needed)


def _lines_of(entries: Sequence[str], width: float) -> list[str]:
    """Return lines of whole entries, each line as full as the width allows."""
    lines: list[str] = []
    for entry in entries:
        longer = f"{lines[-1]}{_BETWEEN}{entry}" if lines else entry
        if lines and text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(entry)
    return lines
