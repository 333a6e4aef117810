"""Takes what a manager wrote from a returned action list, row by row. Pure.

Only rows of the list that was sent count, and of them only the three cells that are the manager's. A cell that stands
as it was sent says nothing new: what was known stays. An emptied cell takes back what stood there.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from rkreport.core.answers.dates import day_counted, days_written
from rkreport.core.answers.sheet import ActionRow, FoundCell, RowKey, SentRow, shown_text
from rkreport.core.leaks.text_folding import folded
from rkreport.core.models import CourseSerial, ManagerId
from rkreport.core.words import Words

CHOICES: Final = ("leave", "shift", "technical", "moved", "other")
"""The keys of the reasons that a manager can choose. No choice tells of illness."""

LONGEST_REASON: Final = 120
LONGEST_NOTE: Final = 500
_CUT_MARK = "…"


class Refusal(StrEnum):
    """Why nothing was taken from a row. Each value completes the sentence "row 12 is …"."""

    NOT_OF_TEAM = "not of this team"
    TWICE = "in the file twice"
    UNCLEAR = "like another row of the list, so it could be about either"
    OLDER = "older than what is known of it"


class Remark(StrEnum):
    """What is odd about a cell. Each value completes the sentence "row 12: …"."""

    FORMULA = "a formula is not taken"
    NO_DATE = "the planned date is no date that can be read, and is not taken"
    TWO_DAYS = "the planned date can be read as two days, and is not taken"
    NOT_A_CHOICE = "the reason is not one of the list, and is kept as it is"
    SHORTENED = "a long text is kept in part"


NOT_TAKEN: Final = frozenset({Remark.FORMULA, Remark.NO_DATE, Remark.TWO_DAYS})
"""The remarks about a cell whose content is lost."""


class CellRemark(NamedTuple):
    """A remark about a cell of a row; `days` has both readings of a date that can mean two days."""

    line: int
    remark: Remark
    days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the manager at an address wrote about one row. `choice` is one of `CHOICES`, else `reason` has the text.

    Period, revision, `sent_at` and `file_sha256` are those of the returned file, `name_sha256` is `name_digest`'s.
    """

    period: str
    revision: int
    manager_id: ManagerId
    address: str  # in lower case
    employee_id: str
    user_serial: str
    name_sha256: str
    course: CourseSerial
    choice: str
    reason: str
    planned_on: date | None
    note: str
    sent_at: datetime
    collected_at: datetime
    file_sha256: str

    @property
    def workbook(self) -> tuple[str, int, ManagerId]:
        """Which workbook came back."""
        return self.period, self.revision, self.manager_id

    @property
    def is_empty(self) -> bool:
        """Whether everything was taken back."""
        return not (self.choice or self.reason or self.planned_on or self.note)

    def with_texts(self, reason: str, note: str) -> "Answer":
        """The same answer with other texts."""
        return replace(self, reason=reason, note=note)

    @property
    def key(self) -> "AnswerKey":
        """What the row is: a newer answer with the same key replaces this one."""
        return AnswerKey(
            self.manager_id, self.address, self.employee_id, self.user_serial, self.name_sha256, self.course
        )


class AnswerKey(NamedTuple):
    """Who answered, about which person and course."""

    manager_id: ManagerId
    address: str
    employee_id: str
    user_serial: str
    name_sha256: str
    course: CourseSerial


@dataclass(frozen=True, slots=True)
class ReturnedList:
    """The action list of a returned file, and the edition that the file is of. `address`: where it went."""

    rows: tuple[ActionRow, ...]
    is_1904: bool
    period: str
    revision: int
    manager_id: ManagerId
    address: str
    sent_at: datetime
    collected_at: datetime
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file gave: answers, refused rows with their row numbers, and remarks."""

    answers: tuple[Answer, ...] = ()
    refused: tuple[tuple[int, Refusal], ...] = ()
    remarks: tuple[CellRemark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """The three cells as values; `skipped` names those that are not taken, `days` are those of an unclear date."""

    choice: str
    reason: str
    planned_on: date | None
    note: str
    skipped: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def told(self) -> dict[str, tuple[object, ...]]:
        """Each cell's value by the cell's name."""
        return {"reason": (self.choice, self.reason), "planned_on": (self.planned_on,), "note": (self.note,)}


def take(
    returned: ReturnedList,
    sent: Mapping[RowKey, SentRow],
    known: Mapping[AnswerKey, Answer],
    languages: Sequence[Words],
) -> Taken:
    """What is new in a returned list. `sent` is the list that was sent, `known` has the answers until now."""
    choices = {folded(words.text(f"choice.{choice}")): choice for words in languages for choice in CHOICES}
    answers: list[Answer] = []
    refused: list[tuple[int, Refusal]] = []
    remarks: list[CellRemark] = []
    times = Counter(row.key for row in returned.rows)
    for row in returned.rows:
        origin = sent.get(row.key)
        if origin is None:
            if not row.is_empty:
                refused.append((row.line, Refusal.NOT_OF_TEAM))
            continue
        was, now = _values(origin.row, choices, is_1904=False), _values(row, choices, is_1904=returned.is_1904)
        remarks += (
            CellRemark(row.line, remark, now.days if remark is Remark.TWO_DAYS else ()) for remark in now.remarks
        )
        changed = {name for name, value in now.told.items() if value != was.told[name]} - now.skipped
        if not changed:
            continue
        if times[row.key] > 1 or len(origin.courses) != 1:
            refused.append((row.line, Refusal.TWICE if times[row.key] > 1 else Refusal.UNCLEAR))
            continue
        answer = _answer(returned, origin, now)
        before = known.get(answer.key)
        if before and before.sent_at > returned.sent_at:
            refused.append((row.line, Refusal.OLDER))
        else:
            answers.append(_merged(answer, before, was, changed))
    return Taken(tuple(answers), tuple(refused), tuple(remarks))


def name_digest(name: str) -> str:
    """A short digest of a name, by which a person without a serial is known again."""
    return hashlib.sha256(folded(name).encode()).hexdigest()[:16]


def counted(reasons: Iterable[tuple[int, StrEnum]]) -> dict[str, int]:
    """How often each reason was given, the most frequent first."""
    return {reason.value: count for reason, count in Counter(reason for _, reason in reasons).most_common()}


def _answer(returned: ReturnedList, origin: SentRow, now: _Cells) -> Answer:
    (course,) = origin.courses
    return Answer(
        period=returned.period,
        revision=returned.revision,
        manager_id=returned.manager_id,
        address=returned.address,
        employee_id=origin.row.key.employee_id,
        user_serial=origin.user_serial,
        name_sha256=name_digest(origin.row.key.name),
        course=course,
        choice=now.choice,
        reason=now.reason,
        planned_on=now.planned_on,
        note=now.note,
        sent_at=returned.sent_at,
        collected_at=returned.collected_at,
        file_sha256=returned.file_sha256,
    )


def _merged(answer: Answer, before: Answer | None, was: _Cells, changed: set[str]) -> Answer:
    """The answer, whose unchanged cells say what is known of them, else what was sent."""
    kept = before or was
    if "reason" not in changed:
        answer = replace(answer, choice=kept.choice, reason=kept.reason)
    if "planned_on" not in changed:
        answer = replace(answer, planned_on=kept.planned_on)
    return answer if "note" in changed else replace(answer, note=kept.note)


def _values(row: ActionRow, choices: Mapping[str, str], *, is_1904: bool) -> _Cells:
    reason, note = shown_text(row.reason), shown_text(row.note)
    choice = choices.get(folded(reason), "")
    days = _days(row.planned_on, is_1904=is_1904)
    planned_on = days[0] if len(days) == 1 else None
    texts = {"reason": row.reason, "planned_on": row.planned_on, "note": row.note}
    skipped = {name for name, cell in texts.items() if cell.is_formula}
    remarks = list(_remarks(choice, reason, note, has_formula=bool(skipped)))
    if planned_on is None and _says_something(row.planned_on):
        skipped.add("planned_on")
        remarks.append(Remark.TWO_DAYS if days else Remark.NO_DATE)
    return _Cells(
        choice=choice,
        reason="" if choice else _cut(reason, LONGEST_REASON),
        planned_on=planned_on,
        note=_cut(note, LONGEST_NOTE),
        skipped=frozenset(skipped),
        remarks=tuple(remarks),
        days=days,
    )


def _remarks(choice: str, reason: str, note: str, *, has_formula: bool) -> Iterator[Remark]:
    if has_formula:
        yield Remark.FORMULA
    if reason and not choice:
        yield Remark.NOT_A_CHOICE
    if len(reason) > LONGEST_REASON or len(note) > LONGEST_NOTE:
        yield Remark.SHORTENED


def _days(cell: FoundCell, *, is_1904: bool) -> tuple[date, ...]:
    if cell.number is None:
        return days_written(shown_text(cell))
    day = day_counted(cell.number, is_1904=is_1904)
    return (day,) if day else ()


def _says_something(cell: FoundCell) -> bool:
    return not cell.is_formula and (cell.number is not None or bool(shown_text(cell)))


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - len(_CUT_MARK)].rstrip() + _CUT_MARK
