"""What all writers of a benchmark put into a cell: its look, and its value as a reader finds it. Knows no library."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell, Kind, Link, Row, StatusCell

FONT, FONT_SIZE = "Arial", 10
LINE = "DCE2E8"  # below every row
HEADER_FILL, HEADER_INK = "16324F", "FFFFFF"
DAY, MOMENT = "dd mmm yyyy", "dd mmm yyyy hh:mm"

_FORMATS = {
    Kind.TEXT: "@",
    Kind.INTEGER: "#,##0",
    Kind.DECIMAL: "#,##0.0#",
    Kind.PERCENT: "0.0%",
    Kind.POINTS: "+0.0;-0.0;0.0",
    Kind.DATE: DAY,
    Kind.INPUT_DATE: DAY,
    Kind.DATETIME: MOMENT,
    Kind.INPUT_CHOICE: "@",
    Kind.INPUT_TEXT: "@",
}
NUMBER_FORMATS = {kind: _FORMATS.get(kind, "General") for kind in Kind}
FILLS = dict(zip(Status, ("E3E7EB", "F1D9EA", "FFE9B3", "D6EAF8", "FBD9C6") * 2, strict=True))
SYMBOL = "✔"  # before the word of every status; rkreport has one for each


def shown(value: Cell) -> Cell:
    """A value as the libraries take it: statuses and links by their words, a percentage as its share, days as days."""
    if isinstance(value, StatusCell):
        return f"{SYMBOL} {value.word}"
    if isinstance(value, Percent):
        return float(value.share)
    return value.text if isinstance(value, Link) else value


def differing_cells(rows: Iterable[Row], found: Iterator[Sequence[object]], columns: int) -> int:
    """How many cells a reader found to be other than they were; a missing row differs in all its cells."""
    differing = 0
    nothing = [object()] * columns
    for row, cells in zip_longest(rows, found):
        if row is None or cells is None:
            differing += columns
            continue
        padded = [*cells, *nothing][:columns]
        differing += sum(not _is_as_read(value, cell) for value, cell in zip(row, padded, strict=True))
    return differing


def _is_as_read(value: Cell, cell: object) -> bool:
    if isinstance(value, StatusCell):
        return isinstance(cell, str) and cell.endswith(f" {value.word}")
    return cell == ("" if value is None else shown(value))
