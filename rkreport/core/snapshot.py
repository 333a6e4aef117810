"""What one fetch brought: the rows, how each list was read, and what could not be read. Pure values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Assignment, Batch, Completion, Course, Learner, Plan, PlanCourse, PlanUser, Unit
from rkreport.sentence import Sentence, joined

LARGEST_PAGE_BYTES = 6 * 1024 * 1024  # a page of 100 rows has 40 kB; as objects a body takes up to 35 times its size


class Verdict(StrEnum):
    """How sure it is that a list was read whole."""

    PROVEN = "proven"
    CHECKED = "checked"
    MOVING = "moving"
    INCOMPLETE = "incomplete"
    ABSENT = "absent"  # the LMS does not give the list to this account, and the report does without it


class ListKind(StrEnum):
    """The lists that a fetch reads."""

    UNITS = "units"
    USERS = "users"
    COURSES = "courses"
    BATCHES = "batches"
    ASSIGNMENTS = "assignments"
    ONLINE = "online"  # the assignments of an online course
    PLANS = "plans"
    PLAN_COURSES = "plan_courses"
    PLAN_USERS = "plan_users"
    COMPLETIONS = "completions"  # dates of completion, one list per month


ASSIGNMENT_LISTS = frozenset({ListKind.ASSIGNMENTS, ListKind.ONLINE})


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason, as a key of the catalogue and the values for its placeholders."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


REASONS: Final[Mapping[str, frozenset[str]]] = {
    "page_unreadable": frozenset({"page", "error"}),
    "rows_missing": frozenset({"received", "expected"}),
    "rows_too_many": frozenset({"received", "expected"}),
    "total_missing": frozenset(),
    "endless": frozenset({"pages"}),
    "too_long": frozenset({"rows"}),
    "not_found": frozenset(),
    "absent": frozenset({"status"}),
    "dates_refused": frozenset({"status"}),
    "dates_unreadable": frozenset({"error"}),
    "moving": frozenset({"difference"}),
}
"""By code, the values that a reason for a list has."""


@dataclass(frozen=True, slots=True)
class ListReading:
    """What reading one list brought. `course` and `batch` name it where the kind needs it.

    For lists of a learning plan `course` is the plan's serial, for completions `batch` is the month: `2026-10`.
    """

    kind: ListKind
    course: str
    batch: str
    verdict: Verdict
    pages_expected: int
    pages_received: int
    rows_expected: int
    rows_received: int  # distinct rows
    reason: Reason | None  # why it is moving or incomplete
    proof: tuple[int, int] | None = None  # proven: the two passes between which the rows are as many as the server says
    has_repeats: bool = False  # the proof counts a row twice that is on two pages


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read: where it stands, which field is at fault, and the row's own id, `""` for none.

    `row_id` is personal data: it goes into the master workbook, never into a log or on the terminal.
    """

    kind: ListKind
    course: str
    batch: str
    page: int
    field: str
    row_id: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a fetch cost the LMS."""

    requests: int
    retries: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one fetch brought, with what it proves about completeness.

    `learners` holds every record of the user list; one person may have several. `units` repeats a unit for each of its
    places in the company structure. `findings` are oddities in the answers themselves.
    """

    snapshot_id: str
    host: str
    started_at: datetime
    finished_at: datetime
    learners: tuple[Learner, ...]
    units: tuple[Unit, ...]
    courses: tuple[Course, ...]
    batches: tuple[Batch, ...]
    assignments: tuple[Assignment, ...]
    lists: tuple[ListReading, ...]
    traffic: Traffic
    completions: tuple[Completion, ...] = ()
    plans: tuple[Plan, ...] = ()
    plan_courses: tuple[PlanCourse, ...] = ()
    plan_users: tuple[PlanUser, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def has_structure(self) -> bool:
        """False when the LMS gives this account no company structure, or one without units."""
        return bool(self.units)

    @property
    def is_complete(self) -> bool:
        """True when no list is incomplete."""
        return all(reading.verdict is not Verdict.INCOMPLETE for reading in self.lists)


def set_aside_findings(rows: Iterable[SetAside]) -> tuple[Finding, ...]:
    """One finding per row: list, page, field and own id, such as `assignments C-01 B-01, page 3, field id, 00417`."""
    return tuple(Finding(FindingCode.ROW_SET_ASIDE, Level.CHECK, _place(row)) for row in rows)


def assignments_set_aside(rows: Iterable[SetAside]) -> int:
    """How many of the rows come from assignment lists: fetched, but unusable as assignments."""
    return sum(row.kind in ASSIGNMENT_LISTS for row in rows)


def _place(row: SetAside) -> str:
    name = " ".join(filter(None, (row.kind.value, row.course, row.batch)))
    return joined(
        ", ",
        filter(
            None,
            (
                name,
                Sentence("page {page}", page=row.page),
                row.field and Sentence("field {field}", field=row.field),
                row.row_id,
            ),
        ),
    )
