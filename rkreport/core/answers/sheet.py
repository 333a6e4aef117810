"""The cells of a returned workbook, and where its list of actions stands in them. Pure; knows no file.

A sheet is found by its headers in one of our languages, wherever a manager moved it. A header that stands twice, or is
missing, makes it another sheet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rkreport.core.leaks.text_folding import folded, visible
from rkreport.core.models import CourseSerial
from rkreport.core.words import Words

_LAST_HEADER_ROW = 100  # below a brand's tallest title block
_WHOLE = 2**53  # larger numbers have lost their last digits
ACTION_HEADERS: Final = (
    *("detail.employee_id", "detail.name", "column.course"),
    *("column.reason", "column.planned_date", "column.note"),
)
DETAIL_HEADERS: Final = (
    *("detail.employee_id", "detail.name", "detail.course"),
    *("detail.user_serial", "detail.course_serial"),
)


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell as it stands in the file: a text, or a number, or a formula, whose text and value are not taken."""

    text: str = ""
    number: float | None = None
    is_formula: bool = False


NOTHING: Final = FoundCell()


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row with its number in the sheet, from 1, and its cells by column, from 1. Empty cells are left out."""

    number: int
    cells: Mapping[int, FoundCell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowKey:
    """What tells one row of an action list from the others: the texts that the reader sees."""

    employee_id: str
    name: str
    course: str


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row of an action list: whom it is about, and the three cells that are the manager's."""

    line: int
    key: RowKey
    reason: FoundCell
    planned_on: FoundCell
    note: FoundCell

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the three cells."""
        return all(
            not (cell.is_formula or cell.number is not None or visible(cell.text))
            for cell in (self.reason, self.planned_on, self.note)
        )


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row of the list that was sent, and the person and courses that it can mean: none if two rows look the same."""

    row: ActionRow
    user_serial: str
    courses: frozenset[CourseSerial]


def action_rows(sheets: Mapping[str, Sequence[FoundRow]], words: Iterable[Words]) -> tuple[ActionRow, ...] | None:
    """The rows of the action list of a workbook in one of the languages; None if it has none."""
    found = _table(sheets, ACTION_HEADERS, words)
    if found is None:
        return None
    return tuple(
        ActionRow(row.number, _key(cells[:3]), *cells[3:]) for row, cells in found if any(map(shown_text, cells[:3]))
    )


def sent_rows(sheets: Mapping[str, Sequence[FoundRow]], words: Sequence[Words]) -> dict[RowKey, SentRow] | None:
    """The action list of a workbook that was sent, with the serials of its team detail; None if one is missing."""
    rows, detail = action_rows(sheets, words), _table(sheets, DETAIL_HEADERS, words)
    if rows is None or detail is None:
        return None
    serials: dict[RowKey, set[str]] = {}
    courses: dict[RowKey, set[CourseSerial]] = {}
    for _, cells in detail:
        key = _key(cells[:3])
        serial, course = map(shown_text, cells[3:])
        serials.setdefault(key, set()).add(serial)
        courses.setdefault(key, set()).add(CourseSerial(course))
    times = Counter(row.key for row in rows)
    return {
        row.key: SentRow(
            row,
            max(serials.get(row.key, {""})),
            frozenset(courses.get(row.key, ()) if times[row.key] == 1 else ()),
        )
        for row in rows
    }


def shown_text(cell: FoundCell) -> str:
    """What a reader sees in a cell of text, on one line. A whole number counts as its digits, a formula as nothing."""
    if cell.number is not None:
        return str(int(cell.number)) if abs(cell.number) < _WHOLE and cell.number == int(cell.number) else ""
    return " ".join(visible(cell.text).split())


def _key(cells: Sequence[FoundCell]) -> RowKey:
    employee_id, name, course = map(shown_text, cells)
    return RowKey(employee_id, name, course)


def _table(
    sheets: Mapping[str, Sequence[FoundRow]], headers: Sequence[str], words: Iterable[Words]
) -> list[tuple[FoundRow, tuple[FoundCell, ...]]] | None:
    """The rows below the headers, each with the cells of these columns, from the first sheet that has them all."""
    wanted = [tuple(folded(each.text(header)) for header in headers) for each in words]
    for rows in sheets.values():
        for index, row in enumerate(rows):
            if row.number > _LAST_HEADER_ROW:
                break
            for columns in _columns(row, wanted):
                below = rows[index + 1 :]
                return [(one, tuple(one.cells.get(column, NOTHING) for column in columns)) for one in below]
    return None


def _columns(row: FoundRow, wanted: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, ...]]:
    """Where the headers of a language stand in a row, each exactly once."""
    places: dict[str, list[int]] = {}
    for column, cell in row.cells.items():
        places.setdefault(folded(shown_text(cell)), []).append(column)
    for texts in wanted:
        found = [places.get(text, []) for text in texts]
        if all(len(columns) == 1 for columns in found):
            yield tuple(columns[0] for columns in found)
