"""What needs to be done, worst first, and why. Knows requirements, not how they were judged."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from rkreport.core.answers.taking import CHOICES, Answer
from rkreport.core.compliance import Series
from rkreport.core.models import AssignmentStatus, Counts, Requirement, Status
from rkreport.core.report.labels import NO_VALUE, Legend, day, nothing_to_do, reason_told
from rkreport.core.report.next_batches import next_batch
from rkreport.core.report.sheets import Column, Kind, Row, Table, TableSheet, spread
from rkreport.core.words import Words

_RENEWALS = frozenset({Status.EXPIRED, Status.EXPIRING})
_WEEK_DAYS, _MONTH_DAYS, _TWO_MONTHS_DAYS = 7, 30, 60


# ---- why


def _why_open(requirement: Requirement, words: Words) -> str:
    if requirement.counting is None:
        return _why_not_assigned(requirement, words)
    if requirement.counting.assignment.attended is False:
        return words.text("why.absent", batch=_batch(requirement, words))
    if requirement.counting.assignment.status.means is AssignmentStatus.FAILED:
        return words.text("why.failed", batch=_batch(requirement, words))
    if requirement.counting.assignment.status.means is AssignmentStatus.EXPIRED:
        return words.text("why.ran_out", batch=_batch(requirement, words))
    return words.text("why.unfinished", batch=_batch(requirement, words))


def _why_expired(requirement: Requirement, words: Words) -> str:
    return words.text("why.expired", until=day(requirement.valid_until, words))


def _why_due_soon(requirement: Requirement, words: Words) -> str:
    """There is still time, so an absence is not mentioned."""
    if requirement.counting is None:
        return _why_not_assigned(requirement, words)
    return words.text("why.unfinished", batch=_batch(requirement, words))


def _why_not_started(requirement: Requirement, words: Words) -> str:
    return words.text("why.not_started", batch=_batch(requirement, words))


def _why_in_progress(requirement: Requirement, words: Words) -> str:
    return words.text("why.in_progress", batch=_batch(requirement, words))


def _why_not_assigned(requirement: Requirement, words: Words) -> str:
    if requirement.attempts:
        return words.text("why.not_assigned_planned", batch=_batch(requirement, words))
    return words.text("why.not_assigned")


def _why_expiring(requirement: Requirement, words: Words) -> str:
    return words.text("why.expiring", until=day(requirement.valid_until, words))


def _batch(requirement: Requirement, words: Words) -> str:
    """The batch that decides, else the person's next batch; an online course has none."""
    attempt = requirement.counting or (requirement.attempts[-1][0] if requirement.attempts else None)
    if attempt and attempt.assignment.is_online:
        return words.text("why.online")
    return (attempt.batch.name or attempt.batch.serial) if attempt else NO_VALUE


# Worst first: every status that needs action, and the words for its reason. Due dates have their own column.
_REASONS: Mapping[Status, Callable[[Requirement, Words], str]] = {
    Status.OVERDUE: _why_open,
    Status.FAILED: _why_open,
    Status.EXPIRED: _why_expired,
    Status.DUE_SOON: _why_due_soon,
    Status.NOT_ASSIGNED: _why_not_assigned,
    Status.EXPIRING: _why_expiring,
    Status.NOT_STARTED: _why_not_started,
    Status.IN_PROGRESS: _why_in_progress,
}
NEEDS_ACTION = tuple(_REASONS)


def why(requirement: Requirement, words: Words) -> str:
    """The reason for a status of `NEEDS_ACTION` in one sentence; a KeyError for any other."""
    return _REASONS[requirement.status](requirement, words)


def needing_action(requirements: Iterable[Requirement]) -> list[Requirement]:
    """The requirements that count and need action: by status, then the longest overdue or the nearest date first."""
    found = [each for each in requirements if each.counts is Counts.YES and each.status in NEEDS_ACTION]
    return sorted(found, key=_urgency)


def _urgency(requirement: Requirement) -> tuple[int, int, date]:
    return (
        NEEDS_ACTION.index(requirement.status),
        -(requirement.days_overdue or 0),
        requirement.valid_until or requirement.due or date.max,
    )


# ---- how long


class _Ages(NamedTuple):
    """The age buckets in the reader's words."""

    week: str
    month: str
    two_months: str
    older: str

    def of(self, days_overdue: int | None) -> str | None:
        """The bucket; None for a requirement that is not overdue."""
        if not days_overdue:
            return None
        if days_overdue <= _WEEK_DAYS:
            return self.week
        if days_overdue <= _MONTH_DAYS:
            return self.month
        return self.two_months if days_overdue <= _TWO_MONTHS_DAYS else self.older


def _ages(words: Words) -> _Ages:
    return _Ages(words.text("age.week"), words.text("age.month"), words.text("age.two_months"), words.text("age.older"))


# ---- the two sheets


def action_list(requirements: Collection[Requirement], legend: Legend, as_of: datetime, words: Words) -> TableSheet:
    """The master's list, with unit and manager, and all that tells how late it is.

    Where managers answered, also what they wrote and who did.
    """
    shown = needing_action(requirements)
    has_answers = any((each.person.key, each.course.serial) in legend.answers for each in shown)
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        Column(words.text("column.unit"), Kind.TEXT),
        Column(words.text("column.manager"), Kind.TEXT),
        *_action_columns(words),
        Column(words.text("detail.due_date"), Kind.DATE),
        Column(words.text("detail.days_overdue"), Kind.INTEGER),
        Column(words.text("column.age"), Kind.TEXT),
        Column(words.text("column.valid_until"), Kind.DATE),
        Column(words.text("column.next_batch"), Kind.DATE),
        *(_answer_columns(words) if has_answers else ()),
    )
    return _sheet(
        key="action_list",
        title=words.text("sheet.action_list.title"),
        table_name="tblActionList",
        columns=columns,
        shown=shown,
        cells=partial(_list_cells, legend=legend, as_of=as_of, ages=_ages(words), words=words, has_answers=has_answers),
        empty_text=nothing_to_do(requirements, words),
    )


def action_needed(requirements: Collection[Requirement], legend: Legend, as_of: datetime, words: Words) -> TableSheet:
    """A manager's list: the date that matters, and three columns to fill in, which hold earlier entries."""
    choices = tuple(words.text(f"choice.{choice}") for choice in CHOICES)
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        *_action_columns(words),
        Column(words.text("column.deadline"), Kind.DATE),
        Column(words.text("column.time_left"), Kind.TEXT),
        Column(words.text("column.next_batch"), Kind.DATE),
        Column(words.text("column.reason"), Kind.INPUT_CHOICE, choices=choices),
        Column(words.text("column.planned_date"), Kind.INPUT_DATE),
        Column(words.text("column.note"), Kind.INPUT_TEXT, width=30),
    )
    return _sheet(
        key="action_needed",
        title=words.text("sheet.action_needed.title"),
        table_name="tblActionNeeded",
        columns=columns,
        shown=needing_action(requirements),
        cells=partial(_team_cells, legend=legend, as_of=as_of, words=words),
        empty_text=nothing_to_do(requirements, words),
    )


def _action_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("column.course"), Kind.TEXT),
        Column(words.text("column.status"), Kind.STATUS),
        Column(words.text("column.why"), Kind.NOTE),
    )


def _answer_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("column.reason"), Kind.TEXT),
        Column(words.text("column.planned_date"), Kind.DATE),
        Column(words.text("column.note"), Kind.NOTE),
        Column(words.text("column.said_by"), Kind.TEXT),
    )


def _sheet(
    *,
    key: str,
    title: str,
    table_name: str,
    columns: tuple[Column, ...],
    shown: Sequence[Requirement],
    cells: Callable[[Requirement], Row],
    empty_text: str,
) -> TableSheet:
    return TableSheet(
        key=key,
        title=title,
        table=Table(table_name, columns, partial(map, cells, shown), len(shown), sample=partial(_sample, cells, shown)),
        frozen_columns=2,
        empty_text=empty_text,
    )


def _sample(cells: Callable[[Requirement], Row], shown: Sequence[Requirement], wanted: int) -> Iterable[Row]:
    return map(cells, spread(shown, wanted))


def _list_cells(
    requirement: Requirement, *, legend: Legend, as_of: datetime, ages: _Ages, words: Words, has_answers: bool
) -> Row:
    """One row of the master's list."""
    learner = requirement.person.learner
    answer = legend.answers.get((requirement.person.key, requirement.course.serial))
    return (
        *_who(requirement),
        (learner.unit_name or None) if learner else None,
        legend.manager_names.get(requirement.person.key),
        *_what(requirement, legend, words),
        requirement.due,
        requirement.days_overdue,
        ages.of(requirement.days_overdue),
        requirement.valid_until,
        next_batch(requirement, legend.next_batches, as_of),
        *((*_answer(answer, words), _said_by(answer, legend, words)) if has_answers else ()),
    )


def _team_cells(requirement: Requirement, *, legend: Legend, as_of: datetime, words: Words) -> Row:
    """One row of a manager's list; the last three cells are the manager's."""
    matters = _date_that_matters(requirement)
    return (
        *_who(requirement),
        *_what(requirement, legend, words),
        matters,
        _time_left(matters, as_of.date(), words),
        next_batch(requirement, legend.next_batches, as_of),
        *_answer(legend.answers.get((requirement.person.key, requirement.course.serial)), words),
    )


def _answer(answer: Answer | None, words: Words) -> Row:
    """Reason, planned date and note."""
    return (reason_told(answer, words), answer.planned_on, answer.note or None) if answer else (None, None, None)


def _said_by(answer: Answer | None, legend: Legend, words: Words) -> str | None:
    """Who answered, and about which month's report."""
    if answer is None:
        return None
    month = Series.parse(answer.period).period
    manager = legend.writers.get(answer.manager_id) or answer.manager_id
    return words.text("answer.by", manager=manager, month=words.short_month(month.year, month.month))


def _who(requirement: Requirement) -> Row:
    return requirement.person.employee_id or None, requirement.person.name or None


def _what(requirement: Requirement, legend: Legend, words: Words) -> Row:
    course, status = legend.course_names[requirement.course.serial], legend.statuses[requirement.status]
    return course, status, why(requirement, words)


def _date_that_matters(requirement: Requirement) -> date | None:
    """The last day on which it is, or was, in time; none where the LMS closed the course before its due date."""
    if requirement.status is Status.OVERDUE and not requirement.days_overdue:
        return None
    return requirement.valid_until if requirement.status in _RENEWALS else requirement.due


def _time_left(matters: date | None, today: date, words: Words) -> str | None:
    if matters is None:
        return None
    days = (matters - today).days
    if days == 0:
        return words.text("time_left.today")
    one, many = ("time_left.left_one", "time_left.left") if days > 0 else ("time_left.over_one", "time_left.over")
    return words.text(one if abs(days) == 1 else many, days=words.number(abs(days)))
