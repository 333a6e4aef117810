"""How wide and high things are on a sheet, in characters and lines. Pure: measures values, draws nothing."""

from collections.abc import Iterable, Sequence
from math import ceil

from rkreport.core.report.sheets import Cell, Column, Kind, Link, Row, StatusCell
from rkreport.excel.cells import status_text
from rkreport.excel.text import display_width, single_line, wrap_lines

NARROWEST, WIDEST = 8.0, 45.0
LINE_HEIGHT = 13.0  # points
HIGHEST_ROW = 409.0  # Excel's limit
_FILTER_BUTTON = 3  # characters that Excel's filter button hides in a header
_AIR = 2.0  # bold and capital letters are wider than digits
_DATE_WIDTH, _MOMENT_WIDTH, _INPUT_WIDTH, _INPUT_TEXT_WIDTH = 12, 18, 16, 32


def fitted_widths(columns: Sequence[Column], sample: Iterable[Row]) -> list[float]:
    """One width per column, from its header on at most two lines and from sample rows, within 8 and 45."""
    widest = [0] * len(columns)
    for row in sample:
        for index, value in enumerate(row):
            if value is not None:
                widest[index] = max(widest[index], shown_width(columns[index].kind, value))
    return [
        column.width if column.width is not None else _fitted(column, content)
        for column, content in zip(columns, widest, strict=True)
    ]


def shown_width(kind: Kind, value: Cell) -> int:
    """Characters that a value takes as it is shown."""
    match value:
        case StatusCell():
            return display_width(status_text(value))
        case Link():
            return display_width(value.text)
        case str():
            return display_width(value)
        case int() | float():
            return _number_width(kind, value)
        case _:
            return _MOMENT_WIDTH if kind is Kind.MOMENT else _DATE_WIDTH


def header_width(header: str, lines: int) -> int:
    """The narrowest column in which a header fits on so many lines."""
    text = single_line(header)
    narrowest = max((display_width(word) for word in text.split()), default=0)
    width = max(narrowest, ceil(display_width(text) / lines))
    while len(wrap_lines(text, max(width, 1))) > lines:
        width += 1
    return width


def lines_needed(text: str, width: float) -> int:
    """Lines that a wrapped text takes in a column, rather one too many: capital letters are wider than digits."""
    return sum(max(1, ceil(display_width(line) / (width * 0.95))) for line in text.splitlines() or [""])


def _fitted(column: Column, content: int) -> float:
    header = header_width(column.header, 2) + _FILTER_BUTTON
    expected = {Kind.INPUT_CHOICE: _INPUT_WIDTH, Kind.INPUT_DATE: _INPUT_WIDTH, Kind.INPUT_TEXT: _INPUT_TEXT_WIDTH}
    offered = max((display_width(choice) for choice in column.choices), default=0)
    return min(WIDEST, max(NARROWEST, max(header, content, offered, expected.get(column.kind, 0)) + _AIR))


def _number_width(kind: Kind, value: float) -> int:
    if kind is Kind.PERCENT:
        return len(f"{value:.1%}")
    if kind is Kind.POINTS:
        return len(f"{value:+.1f}")
    return len(f"{value:,}" if isinstance(value, int) else f"{value:,.2f}")
