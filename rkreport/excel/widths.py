"""How wide and high things are on a sheet, in characters and lines. Pure: measures values, draws nothing."""

from collections.abc import Iterable, Sequence
from itertools import count

from rkreport.core.report.sheets import Cell, Column, Kind, Link, Row, StatusCell
from rkreport.excel.letters import text_width, wrapped
from rkreport.excel.styles import NUMERIC, STATUS_LOOKS
from rkreport.excel.text import clean, single_line
from rkreport.excel.values import status_text

NARROWEST, WIDEST = 8.0, 60.0
LINE_HEIGHT = 13.0  # points
HIGHEST_ROW = 409.0  # Excel's limit
_WIDEST_NOTE = 45.0  # it wraps
_FILTER_BUTTON = 2.6  # characters that Excel's filter button hides in a header
_AIR = 1.2
_NUMBER_GAP, _NOTE_INDENT = 2.6, 1.4  # right of a number, left of a note
_DATE_WIDTH, _MOMENT_WIDTH, _INPUT_WIDTH, _INPUT_TEXT_WIDTH = 11.5, 17.0, 16.0, 32.0
_FEW = 50  # one text of so many may be a freak: more than twice as wide as all others, it does not widen the column


def fitted_widths(columns: Sequence[Column], sample: Iterable[Row]) -> list[float]:
    """One width per column, from its header on at most two lines and from sample rows, within 8 and 60."""
    widths: list[list[float]] = [[] for _ in columns]
    for row in sample:
        for column, seen, value in zip(columns, widths, row, strict=True):
            if value is not None:
                seen.append(shown_width(column.kind, value))
    return [
        column.width if column.width is not None else _fitted(column, _content_width(column.kind, seen))
        for column, seen in zip(columns, widths, strict=True)
    ]


def shown_width(kind: Kind, value: Cell) -> float:
    """Characters that a value takes as it is shown."""
    match value:
        case StatusCell():
            return text_width(status_text(value), bold=STATUS_LOOKS[value.status].bold)
        case Link():
            return text_width(value.text)
        case str():
            return text_width(value)
        case int() | float():
            return _number_width(kind, value)
        case _:
            return _MOMENT_WIDTH if kind is Kind.MOMENT else _DATE_WIDTH


def header_width(header: str, lines: int) -> float:
    """The narrowest column in which a bold header stands on so many lines."""
    text = single_line(header)
    narrowest = max((text_width(word, bold=True) for word in text.split()), default=0.0)
    return next(width for width in count(narrowest, 0.5) if len(wrapped(text, width, bold=True)) <= lines)


def lines_needed(text: str, width: float, *, bold: bool = False) -> int:
    """Lines that a wrapped text takes in a column."""
    lines = wrapped(clean(text), width, bold=bold)
    return sum(1 + int(text_width(line, bold=bold) / width) for line in lines)  # a word too long goes on below


def _content_width(kind: Kind, seen: Sequence[float]) -> float:
    """The widest of the values, but for freaks among the texts; a number that does not fit would show as ####."""
    if kind in NUMERIC or len(seen) < _FEW:
        return max(seen, default=0.0)
    in_order = sorted(seen)
    limit = 2 * in_order[-1 - len(seen) // _FEW]
    return max(width for width in in_order if width <= limit)


def _fitted(column: Column, content: float) -> float:
    gap = _NOTE_INDENT if column.kind is Kind.NOTE else _NUMBER_GAP if column.kind in NUMERIC else 0.0
    header = header_width(column.header, 2) + max(_FILTER_BUTTON, gap)
    expected = {Kind.INPUT_CHOICE: _INPUT_WIDTH, Kind.INPUT_DATE: _INPUT_WIDTH, Kind.INPUT_TEXT: _INPUT_TEXT_WIDTH}
    offered = max((text_width(choice) for choice in column.choices), default=0.0)
    widest = _WIDEST_NOTE if column.kind is Kind.NOTE else WIDEST
    return min(widest, max(NARROWEST, header, max(content + gap, offered, expected.get(column.kind, 0.0)) + _AIR))


def _number_width(kind: Kind, value: float) -> float:
    if kind is Kind.PERCENT:
        return text_width(f"{value:.1%}")
    if kind is Kind.POINTS:
        return text_width(f"{value:+.1f}")
    return text_width(f"{value:,}" if isinstance(value, int) else f"{value:,.2f}")
