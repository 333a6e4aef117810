"""Measures widths and heights on a sheet, in characters and lines. Pure: draws nothing."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, count

from rkreport.core.percent import Percent
from rkreport.core.report.labels import BELOW_TARGET
from rkreport.core.report.sheets import Cell, Column, Indented, Kind, Link, Row, StatusCell
from rkreport.excel.look.cell_rules import status_text
from rkreport.excel.look.styles import NUMERIC, STATUS_LOOKS
from rkreport.excel.look.text_metrics import text_width, wrapped
from rkreport.excel.names import fitting_header
from rkreport.excel.text import clean

NARROWEST, WIDEST = 8.0, 60.0
LINE_HEIGHT = 13.0  # points
LEVEL_INDENT = 1.5  # characters of one level of a tree
HIGHEST_ROW = 409.0  # Excel's limit
_WIDEST_NOTE = 45.0  # longer notes wrap
_FILTER_BUTTON = 2.6  # characters that Excel's filter button hides in a header
_AIR = 1.2
_MARGIN = 1.0  # characters by which a line may be wider than a column is said to be
_EDGE = 0.5  # characters that stay free beside a text
_HEADER_LINE = 15.0  # points
_NUMBER_GAP, _NOTE_INDENT = 2.6, 1.4  # to the right of a number, to the left of a note
_DATE_WIDTH, _MOMENT_WIDTH, _INPUT_WIDTH, _INPUT_TEXT_WIDTH = 11.5, 17.0, 16.0, 32.0
_DATE_WIDTHS = {Kind.DATETIME: _MOMENT_WIDTH, Kind.MARKED_DATE: 14.0}
_ALL_ALIKE = frozenset({Kind.DATE, Kind.MARKED_DATE, Kind.DATETIME, Kind.INPUT_DATE})
_USUAL_NUMBERS = {Kind.INTEGER: "99,999", Kind.DECIMAL: "100.00", Kind.PERCENT: "100.00%", Kind.POINTS: "+100.0"}
_REMEMBERED = 4_096  # texts shared by many workbooks
_USUAL = 0.9  # of a column's values
_TEXTS_PER_OUTLIER = 50  # an outlier is over twice as wide as all others, and does not widen its column


def fitted_widths(columns: Sequence[Column], sample: Sequence[Row], statuses: Sequence[StatusCell] = ()) -> list[float]:
    """Return a width per column, from its header on at most two lines and sample rows, between 8 and 60.

    What has a known form fits whether or not the sample holds it: dates, usual numbers and all of the `statuses`. A
    longer text wraps, and a longer number shrinks.
    """
    by_column = zip(*sample, strict=True) if sample else ((),) * len(columns)
    return [
        _given(column, column.width)
        if column.width is not None
        else _fitted(column, _content_width(column.kind, values, statuses))
        for column, values in zip(columns, by_column, strict=True)
    ]


def usual_width(column: Column, values: Sequence[Cell]) -> float:
    """Return the width of a column in which nine of ten of its values fit on a line."""
    counts = _counted(values)
    widths = sorted((shown_width(column.kind, value), count) for value, count in counts.items())
    enough = _USUAL * sum(counts.values())
    passed = accumulate(count for _, count in widths)
    usual = next((width for (width, _), fit in zip(widths, passed, strict=True) if fit >= enough), 0.0)
    return usual + _indent(column) + _AIR


def text_room(column: Column, width: float) -> float:
    """Return how wide a line of text may be in a table's column of this width."""
    return max(1.0, width - _EDGE - _indent(column))


def _indent(column: Column) -> float:
    return _NOTE_INDENT if column.kind is Kind.NOTE or column.is_set_in else 0.0


def number_room(width: float) -> float:
    """Return how wide a number may be in a table's column of this width."""
    return width - _NUMBER_GAP


def narrowest_header(column: Column) -> float:
    """Return the narrowest column in which its header fits on two lines beside its button."""
    return header_width(column.header, 2) + _FILTER_BUTTON + _indent(column) + _AIR


def header_height(columns: Sequence[Column], headers: Sequence[str], widths: Sequence[float]) -> float:
    """Return the height of a header row, in points: two lines, or more where a width was given or is the widest."""
    rooms = [
        width - max(_FILTER_BUTTON + _indent(column), _NUMBER_GAP if column.kind in NUMERIC else 0.0)
        for column, width in zip(columns, widths, strict=True)
    ]
    lines = max(
        1 if column.is_upright else lines_needed(header, max(room, 1.0), bold=True)
        for column, header, room in zip(columns, headers, rooms, strict=True)
    )
    return min(_HEADER_LINE * max(lines, 2), HIGHEST_ROW)


def shown_width(kind: Kind, value: Cell) -> float:
    """Return the width of a value as shown, in characters."""
    match value:
        case StatusCell():
            return _status_width(value)
        case Indented():
            return text_width(value.text) + LEVEL_INDENT * value.level
        case str() | Link():
            return text_width(value if isinstance(value, str) else value.text)
        case Percent():
            return text_width(f"{value.shown}%")
        case int() | float() | Decimal():
            return _number_width(value)
        case _:
            return _DATE_WIDTHS.get(kind, _DATE_WIDTH)


@lru_cache(maxsize=_REMEMBERED)
def header_width(header: str, lines: int) -> float:
    """Return the narrowest column in which a bold header fits on `lines` lines."""
    text = fitting_header(header)
    narrowest = max((text_width(word, bold=True) for word in text.split()), default=0.0)
    return next(width for width in count(narrowest, 0.5) if len(wrapped(text, width, bold=True)) <= lines)


@lru_cache(maxsize=_REMEMBERED)
def lines_needed(text: str, width: float, *, bold: bool = False) -> int:
    """Return how many lines a wrapped text needs in a column."""
    if text.isprintable() and text_width(text, bold=bold) < width:
        return 1  # the usual case; tabs and line ends are measured below
    lines = wrapped(clean(text), width, bold=bold)
    return sum(1 + int(text_width(line, bold=bold) / width) for line in lines)  # a long word wraps too


@lru_cache(maxsize=_REMEMBERED)
def _status_width(cell: StatusCell) -> float:
    return text_width(status_text(cell), bold=STATUS_LOOKS[cell.status].bold)


def _content_width(kind: Kind, values: Sequence[Cell], statuses: Sequence[StatusCell]) -> float:
    """Return the widest value, ignoring outliers among texts, which wrap; every number must fit."""
    if kind in _ALL_ALIKE:
        return _DATE_WIDTHS.get(kind, _DATE_WIDTH)
    if kind is Kind.STATUS and statuses:
        return max(map(_status_width, statuses))
    usual = text_width(_USUAL_NUMBERS[kind]) if kind in _USUAL_NUMBERS else 0.0
    counts = _counted(values)
    shown = sum(counts.values())
    if kind in NUMERIC or shown < _TEXTS_PER_OUTLIER:
        return max([usual, *(shown_width(kind, value) for value in counts)])
    measured = [text_width(value) if type(value) is str else shown_width(kind, value) for value in counts]
    widths = sorted(zip(measured, counts.values(), strict=True), reverse=True)
    outliers = shown // _TEXTS_PER_OUTLIER
    from_widest = accumulate(count for _, count in widths)
    limit = 2 * next(width for (width, _), passed in zip(widths, from_widest, strict=True) if passed > outliers)
    return next(width for width, _ in widths if width <= limit)


def _counted(values: Sequence[Cell]) -> Counter[Cell]:
    """Count each value except None: most values repeat, and each is measured once."""
    try:
        counts = Counter(values)
    except TypeError:  # a value that no cell can hold: drawing it reports its place
        return Counter()
    del counts[None]
    return counts


def _fitted(column: Column, content: float) -> float:
    gap = _NUMBER_GAP if column.kind in NUMERIC else _indent(column)
    header = header_width(column.header, 2) + max(_FILTER_BUTTON + _indent(column), gap)
    expected = {Kind.INPUT_CHOICE: _INPUT_WIDTH, Kind.INPUT_DATE: _INPUT_WIDTH, Kind.INPUT_TEXT: _INPUT_TEXT_WIDTH}
    offered = max((text_width(choice) for choice in column.choices), default=0.0)
    widest = _WIDEST_NOTE if column.kind is Kind.NOTE else WIDEST
    if column.target is not None:
        content += text_width(BELOW_TARGET)
    width = min(widest, max(NARROWEST, header, max(content + gap, offered, expected.get(column.kind, 0.0)) + _AIR))
    return width if column.kind in NUMERIC else _clear_of_header(column.header, width)


def _given(column: Column, width: float) -> float:
    return width if column.is_upright else _clear_of_header(column.header, width)


def _clear_of_header(header: str, width: float) -> float:
    """Return the width, or a larger one where a program would print the header on one line up to the very end."""
    line = header_width(header, 1)
    return min(WIDEST, line + _FILTER_BUTTON) if line - _MARGIN < width < line + _FILTER_BUTTON else width


def _number_width(value: float | Decimal) -> float:
    if isinstance(value, Decimal):
        return text_width(f"{value:+}")
    if isinstance(value, int):
        return text_width(f"{value:,}")
    return text_width(f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}")  # as an equal whole number
