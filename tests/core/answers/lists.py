"""Action lists, sent and returned, and answers, as tests want them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rkreport.core.answers.sheet import ActionRow, FoundCell, RowKey, SentRow
from rkreport.core.answers.taking import Answer, ReturnedList, name_digest
from rkreport.core.models import CourseSerial, ManagerId

SENT_AT, NOW = datetime(2026, 11, 5, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
DAY_ZERO = date(1899, 12, 30)


def cell(value: object) -> FoundCell:
    """A text, a number, a day, or a formula, which begins with an equals sign."""
    if isinstance(value, date):
        return FoundCell(number=float((value - DAY_ZERO).days))
    if isinstance(value, int | float):
        return FoundCell(number=float(value))
    text = str(value or "")
    return FoundCell(is_formula=True) if text.startswith("=") else FoundCell(text)


def row(employee_id: str, reason: object = "", planned_on: object = "", note: object = "", **other: Any) -> ActionRow:
    """A row of `Name E1` and `Course` unless told otherwise."""
    key = RowKey(employee_id, other.get("name", f"Name {employee_id}"), other.get("course", "Course"))
    return ActionRow(other.get("line", 7), key, cell(reason), cell(planned_on), cell(note))


def sent(*rows: ActionRow, course: str = "C-1") -> dict[RowKey, SentRow]:
    """The list that was sent."""
    return {each.key: SentRow(each, "", frozenset({CourseSerial(course)})) for each in rows}


def returned(rows: Iterable[ActionRow], **values: Any) -> ReturnedList:
    """A returned list of October."""
    chosen: dict[str, Any] = {
        "is_1904": False,
        "period": "2026-10",
        "revision": 1,
        "manager_id": ManagerId("M-1"),
        "address": "satu@contoh.test",
        "sent_at": SENT_AT,
        "collected_at": NOW,
        "file_sha256": "f" * 64,
    }
    return ReturnedList(rows=tuple(rows), **chosen | values)


def answer(employee_id: str = "E1", **values: Any) -> Answer:
    """What M-1 wrote about October."""
    chosen: dict[str, Any] = {
        "period": "2026-10",
        "revision": 1,
        "manager_id": ManagerId("M-1"),
        "address": "satu@contoh.test",
        "employee_id": employee_id,
        "user_serial": "",
        "name_sha256": name_digest(f"Name {employee_id}"),
        "course": CourseSerial("C-1"),
        "choice": "",
        "reason": "",
        "planned_on": None,
        "note": "a note",
        "sent_at": SENT_AT,
        "collected_at": NOW,
        "file_sha256": "f" * 64,
    }
    return Answer(**chosen | values)


LATER = SENT_AT + timedelta(days=30)
