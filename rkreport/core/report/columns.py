"""The columns of the detail: one definition for the master's and for the teams'. Knows one row at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from rkreport.core.compliance import Edition
from rkreport.core.models import COMPLIANT, Assignment, Batch, Counts, JoinedAssignment, Learner, Requirement, Tag
from rkreport.core.report.labels import Legend
from rkreport.core.report.sheets import Cell, DerivedDate, Kind, StatusCell


class DetailRow(NamedTuple):
    """One assignment of a requirement, or the requirement itself where none has begun (`joined` None).

    `decides` is true on the row whose assignment gives the requirement its status.
    """

    requirement: Requirement
    joined: JoinedAssignment | None
    counts: Counts
    decides: bool


Cells = Callable[[Sequence[DetailRow], Legend], list[Cell]]
"""Makes the cells of one column for some rows: a call per column, not per cell, because a detail has a million rows."""


@dataclass(frozen=True, slots=True)
class DetailColumn:
    """A header as a key of the catalogue, the kind of the cells, and how they are made."""

    key: str
    kind: Kind
    cells: Cells
    for_managers: bool = True


def _learner(value: Callable[[Learner], str]) -> Cells:
    """A text of the user record; empty for people who are in no user list."""

    def cells(rows: Sequence[DetailRow], _: Legend) -> list[Cell]:
        learners = [row.requirement.person.learner for row in rows]
        return [(value(learner) or None) if learner else None for learner in learners]

    return cells


def _assignment(value: Callable[[Assignment], str | int | float | None]) -> Cells:
    """A value of the assignment as the LMS gave it; empty where there is none."""

    def cells(rows: Sequence[DetailRow], _: Legend) -> list[Cell]:
        found = [value(row.joined.assignment) if row.joined else None for row in rows]
        return [None if one == "" else one for one in found]

    return cells


def _batch_moment(value: Callable[[Batch], datetime | None]) -> Cells:
    """A time of the batch in the report's zone; empty where the LMS has none."""

    def cells(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
        found = [value(row.joined.batch) if row.joined else None for row in rows]
        return [None if one is None else local(one, legend.zone) for one in found]

    return cells


def _each(cell: Callable[[DetailRow, Legend], Cell]) -> Cells:
    """A value that takes the whole row."""

    def cells(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
        return [cell(row, legend) for row in rows]

    return cells


@lru_cache(maxsize=4_096)  # all rows share a few batches
def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as a naive datetime of the zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _unmatched_assignment(row: DetailRow) -> Assignment | None:
    """The assignment of a person who is in no user list; None for other people."""
    unmatched = row.joined is not None and row.joined.learner is None
    return row.joined.assignment if row.joined and unmatched else None


def _employee_id(row: DetailRow, _: Legend) -> Cell:
    own = _unmatched_assignment(row)
    return (own.employee_id if own else row.requirement.person.employee_id) or None


def _user_serial(row: DetailRow, _: Legend) -> Cell:
    from_assignment = row.joined.assignment.user_serial if row.joined else None
    return row.requirement.person.user_serial or from_assignment


def _name(row: DetailRow, _: Legend) -> Cell:
    own = _unmatched_assignment(row)
    return (own.name if own else row.requirement.person.name) or None


def _active(row: DetailRow, legend: Legend) -> Cell:
    learner = row.requirement.person.learner
    if learner is None:
        return None
    return legend.yes if learner.is_active else legend.no


def _attended(row: DetailRow, legend: Legend) -> Cell:
    if row.joined is None or row.joined.assignment.attended is None:
        return None
    return legend.yes if row.joined.assignment.attended else legend.no


def _manager(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
    return [legend.manager_names.get(row.requirement.person.key) for row in rows]


def _course_name(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
    return [legend.course_names[row.requirement.course.serial] for row in rows]


def _batch_name(rows: Sequence[DetailRow], _: Legend) -> list[Cell]:
    return [(row.joined.batch.name or None) if row.joined else None for row in rows]


def _status(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
    return [legend.statuses[row.requirement.status] for row in rows]


def _matched(rows: Sequence[DetailRow], legend: Legend) -> list[Cell]:
    return [legend.matched[row.joined.matched_by] if row.joined else None for row in rows]


def _counted(rows: Sequence[DetailRow], _: Legend) -> list[Cell]:
    """1 on the one row of a requirement that counts: their sum is what the rate divides by."""
    return [int(row.counts is Counts.YES) for row in rows]


def _compliant(rows: Sequence[DetailRow], _: Legend) -> list[Cell]:
    return [int(row.counts is Counts.YES and row.requirement.status in COMPLIANT) for row in rows]


def _completed_on(row: DetailRow, _: Legend) -> Cell:
    day = row.requirement.completed_on
    return DerivedDate(day) if day and row.requirement.is_date_derived else day


def _attempts(assignment: Assignment) -> int | None:
    return None if assignment.is_online else assignment.post_test_attempts


def _score(assignment: Assignment) -> float | None:
    return assignment.post_test_score if assignment.post_test_attempts else None


@lru_cache(maxsize=4_096)  # all rows share a few labels
def _labels(tags: tuple[Tag, ...]) -> str:
    return ", ".join(tag.name or tag.serial for tag in tags)


_MANAGER = DetailColumn("detail.manager", Kind.TEXT, _manager)
_EVIDENCE: tuple[DetailColumn, ...] = (
    DetailColumn("detail.employee_id", Kind.TEXT, _each(_employee_id)),
    DetailColumn("detail.name", Kind.TEXT, _each(_name)),
    DetailColumn("detail.unit", Kind.TEXT, _learner(lambda learner: learner.unit_name)),
    _MANAGER,
    DetailColumn("detail.course", Kind.TEXT, _course_name),
    DetailColumn("detail.batch", Kind.TEXT, _batch_name),
    DetailColumn("detail.completed_on", Kind.MARKED_DATE, _each(_completed_on)),
    DetailColumn("detail.due_date", Kind.DATE, lambda rows, _: [row.requirement.due for row in rows]),
    DetailColumn("column.valid_until", Kind.DATE, lambda rows, _: [row.requirement.valid_until for row in rows]),
    DetailColumn("detail.compliance_status", Kind.STATUS, _status),
    DetailColumn(
        "detail.days_overdue",
        Kind.INTEGER,
        lambda rows, _: [row.requirement.days_overdue if row.decides else None for row in rows],
    ),
    DetailColumn("detail.counts", Kind.TEXT, lambda rows, legend: [legend.counts[row.counts] for row in rows]),
)
"""What an auditor wants to see first, and all that goes on paper."""

_FURTHER: tuple[DetailColumn, ...] = (
    DetailColumn("detail.counted", Kind.INTEGER, _counted, for_managers=False),
    DetailColumn("detail.compliant", Kind.INTEGER, _compliant, for_managers=False),
    DetailColumn("detail.user_serial", Kind.TEXT, _each(_user_serial)),
    DetailColumn("detail.email", Kind.TEXT, _learner(lambda learner: learner.email)),
    DetailColumn("detail.company", Kind.TEXT, _learner(lambda learner: learner.company)),
    DetailColumn("detail.tags", Kind.TEXT, _learner(lambda learner: _labels(learner.tags))),
    DetailColumn("detail.active", Kind.TEXT, _each(_active)),
    DetailColumn("detail.course_serial", Kind.TEXT, lambda rows, _: [row.requirement.course.serial for row in rows]),
    DetailColumn("detail.batch_serial", Kind.TEXT, _assignment(lambda one: one.batch_serial)),
    DetailColumn("detail.session_start", Kind.DATETIME, _batch_moment(lambda batch: batch.session_start)),
    DetailColumn("detail.session_end", Kind.DATETIME, _batch_moment(lambda batch: batch.session_end)),
    DetailColumn("detail.attended", Kind.TEXT, _each(_attended)),
    DetailColumn("detail.assignment_status", Kind.TEXT, _assignment(lambda one: one.status.word)),
    DetailColumn("detail.post_activity", Kind.TEXT, _assignment(lambda one: one.post_activity.word)),
    DetailColumn("detail.post_test_attempts", Kind.INTEGER, _assignment(_attempts)),
    DetailColumn("detail.post_test_score", Kind.DECIMAL, _assignment(_score), for_managers=False),
    DetailColumn("detail.passing_score", Kind.DECIMAL, _assignment(lambda one: one.passing_score), for_managers=False),
    DetailColumn(
        "detail.first_completed_on", Kind.DATE, lambda rows, _: [row.requirement.first_completed_on for row in rows]
    ),
    DetailColumn(
        "detail.times_completed", Kind.INTEGER, lambda rows, _: [row.requirement.times_completed for row in rows]
    ),
    DetailColumn("detail.matched_by", Kind.TEXT, _matched),
)

COLUMNS: tuple[DetailColumn, ...] = (*_EVIDENCE, *_FURTHER)

_CHANGED = (
    DetailColumn("changed.what", Kind.TEXT, _each(lambda row, legend: _change(row, legend)[0])),
    DetailColumn("changed.status_then", Kind.STATUS, _each(lambda row, legend: _change(row, legend)[1])),
)
_PHONE = DetailColumn("detail.phone", Kind.TEXT, _learner(lambda learner: learner.phone))
_ABSENT_REASON = DetailColumn("detail.absent_reason", Kind.TEXT, _assignment(lambda one: one.absent_reason))


def _change(row: DetailRow, legend: Legend) -> tuple[str | None, StatusCell | None]:
    """What changed and the earlier status, on the one row that shows the requirement."""
    nothing = (None, None)
    requirement = row.requirement
    return legend.changes.get((requirement.person.key, requirement.course.serial), nothing) if row.decides else nothing


def detail_columns(edition: Edition, *, for_managers: bool, has_changes: bool = False) -> tuple[DetailColumn, ...]:
    """The standard columns, for managers without the scores, what changed, and those that the admin switched on.

    Managers know who they are: their name stands further back.
    """
    shown = list(COLUMNS)
    if for_managers:
        own = [column for column in shown if column.for_managers and column is not _MANAGER]
        shown = [*own, _MANAGER]
    if has_changes:
        shown += _CHANGED
    if edition.include_phone:
        shown.append(_PHONE)
    if edition.include_absent_reason:
        shown.append(_ABSENT_REASON)
    return tuple(shown)


def evidence(columns: Sequence[DetailColumn]) -> int:
    """How many of the columns, from the first on, an auditor wants to see first: they alone go on paper."""
    return sum(1 for _ in takewhile(_EVIDENCE.__contains__, columns))
