"""What needs to be done, worst first, and why. Knows requirements, not how they were judged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from rkreport.core.models import AssignmentStatus, Counts, Requirement, Status
from rkreport.core.report.labels import NO_VALUE, Legend, day
from rkreport.core.report.sheets import Cell, Column, Kind, Row, Table, TableSheet, spread
from rkreport.core.words import Words

_WEEK_DAYS, _MONTH_DAYS, _TWO_MONTHS_DAYS = 7, 30, 60


# ---- why


def _why_open(requirement: Requirement, words: Words) -> str:
    if requirement.counting is None:
        return _why_not_assigned(requirement, words)
    if requirement.counting.assignment.attended is False:
        return words.text("why.absent", batch=_batch(requirement, words))
    if requirement.counting.assignment.status.means is AssignmentStatus.FAILED:
        return words.text("why.failed", batch=_batch(requirement, words))
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


def action_list(requirements: Iterable[Requirement], legend: Legend, words: Words) -> TableSheet:
    """The master's list, with unit and manager."""
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        Column(words.text("column.unit"), Kind.TEXT),
        Column(words.text("column.manager"), Kind.TEXT),
        *_action_columns(words),
    )
    return _sheet(
        key="action_list",
        title=words.text("sheet.action_list.title"),
        table_name="tblActionList",
        columns=columns,
        shown=needing_action(requirements),
        with_manager=True,
        legend=legend,
        words=words,
    )


def action_needed(requirements: Iterable[Requirement], legend: Legend, words: Words) -> TableSheet:
    """A manager's list, with three columns to fill in. There is no choice that tells of illness."""
    choices = (
        words.text("choice.leave"),
        words.text("choice.shift"),
        words.text("choice.technical"),
        words.text("choice.moved"),
        words.text("choice.other"),
    )
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        *_action_columns(words),
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
        with_manager=False,
        legend=legend,
        words=words,
    )


def _action_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words.text("column.course"), Kind.TEXT),
        Column(words.text("column.status"), Kind.STATUS),
        Column(words.text("column.why"), Kind.NOTE),
        Column(words.text("detail.due_date"), Kind.DATE),
        Column(words.text("detail.days_overdue"), Kind.INTEGER),
        Column(words.text("column.age"), Kind.TEXT),
        Column(words.text("column.valid_until"), Kind.DATE),
    )


def _sheet(
    *,
    key: str,
    title: str,
    table_name: str,
    columns: tuple[Column, ...],
    shown: Sequence[Requirement],
    with_manager: bool,
    legend: Legend,
    words: Words,
) -> TableSheet:
    inputs = sum(column.kind in (Kind.INPUT_CHOICE, Kind.INPUT_DATE, Kind.INPUT_TEXT) for column in columns)
    rows = partial(_rows, legend=legend, words=words, with_manager=with_manager, inputs=inputs)
    return TableSheet(
        key=key,
        title=title,
        table=Table(table_name, columns, partial(rows, shown), len(shown), sample=partial(_sample, rows, shown)),
        frozen_columns=2,
        empty_text=words.text("sheet.actions_empty"),
    )


def _sample(
    rows: Callable[[Sequence[Requirement]], Iterable[Row]], shown: Sequence[Requirement], wanted: int
) -> Iterable[Row]:
    return rows(spread(shown, wanted))


def _rows(
    shown: Sequence[Requirement], *, legend: Legend, words: Words, with_manager: bool, inputs: int
) -> Iterator[Row]:
    ages = _ages(words)
    for requirement in shown:
        person = requirement.person
        place: tuple[Cell, ...] = ()
        if with_manager:
            unit = person.learner.unit_name if person.learner else ""
            place = (unit or None, legend.manager_names.get(person.key))
        yield (
            person.employee_id or None,
            person.name or None,
            *place,
            legend.course_names[requirement.course.serial],
            legend.statuses[requirement.status],
            why(requirement, words),
            requirement.due,
            requirement.days_overdue,
            ages.of(requirement.days_overdue),
            requirement.valid_until,
            *(None,) * inputs,
        )
