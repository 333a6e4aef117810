"""The words of the field as frozen values. Knows nothing of the LMS's wire format, of files or of Excel.

Times are aware datetimes in UTC as the LMS gives them; dates are dates of the report's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, NamedTuple, NewType, TypeVar

EmployeeId = NewType("EmployeeId", str)
UserSerial = NewType("UserSerial", str)
CourseSerial = NewType("CourseSerial", str)
BatchSerial = NewType("BatchSerial", str)
UnitSerial = NewType("UnitSerial", str)
ManagerId = NewType("ManagerId", str)
PlanSerial = NewType("PlanSerial", str)


# ---- what the LMS gives


class Tag(NamedTuple):
    """A label that the company puts on learners."""

    serial: str
    name: str


@dataclass(frozen=True, slots=True)
class Learner:
    """One person of the user list. Text the LMS left out or sent as null is `""`."""

    employee_id: EmployeeId
    serial: UserSerial | None  # the published Find Users page shows none; some accounts have it
    name: str
    username: str
    email: str
    phone: str
    is_active: bool
    company: str
    company_serial: str
    unit_name: str
    unit_serial: UnitSerial
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One node of the company structure; `path` runs from the root to this node's own serial."""

    serial: UnitSerial
    name: str
    is_active: bool
    path: tuple[UnitSerial, ...]


class CourseKind(StrEnum):
    """The kinds of course. Webinar and offline courses have batches; an online course has none."""

    WEBINAR = "webinar"
    OFFLINE = "offline"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Course:
    """A course; `name` as reports show it. In a snapshot it is the LMS's, `""` when missing."""

    serial: CourseSerial
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One scheduled run of a course. Times in UTC, None where the LMS has none."""

    course_serial: CourseSerial
    serial: BatchSerial
    name: str
    session_start: datetime | None
    session_end: datetime | None
    post_activity_end: datetime | None
    status: str

    @property
    def ends_before_start(self) -> bool:
        """Whether the LMS dates the session's end before its start, so that the end must be wrong."""
        return bool(self.session_start and self.session_end and self.session_end < self.session_start)

    @property
    def ended(self) -> datetime | None:
        """When the session was over: its end, or its start if the end must be wrong."""
        return self.session_start if self.ends_before_start else self.session_end


class AssignmentStatus(StrEnum):
    """What the LMS says has become of an assignment. CLEARED is also an online course's `completed`."""

    NONE = "none"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    ONGOING = "ongoing"
    CLEARED = "cleared"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class PostActivity(StrEnum):
    """How far a learner is with the activity after a session."""

    NONE = "none"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


State = TypeVar("State", AssignmentStatus, PostActivity)


@dataclass(frozen=True, slots=True)
class Stated(Generic[State]):
    """A state from the LMS: its meaning, and the LMS's own word, which rkreport may not know."""

    means: State
    word: str


Completed = datetime | date
"""When the LMS says a learner completed a course: a moment, or a day of the report's zone where it gives no time."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One learner's place in one batch, or in an online course, whose batch serial is `""`.

    `assigned_course` is the LMS's serial of the assignment; several learners and batches can share it. Only online
    courses give `completed_at`; `Completion` has it for the others.
    """

    course_serial: CourseSerial
    batch_serial: BatchSerial
    user_serial: UserSerial | None
    employee_id: EmployeeId
    name: str
    attended: bool | None
    status: Stated[AssignmentStatus]
    post_activity: Stated[PostActivity]
    post_test_attempts: int
    post_test_score: float | None  # means nothing while post_test_attempts is 0
    passing_score: float | None
    absent_reason: str
    assigned_course: str = ""
    completed_at: Completed | None = None
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion from User Course Status, which names no course serial."""

    employee_id: EmployeeId
    assigned_course: str
    course_name: str
    completed_at: Completed


@dataclass(frozen=True, slots=True)
class Plan:
    """A learning plan."""

    serial: PlanSerial
    name: str


@dataclass(frozen=True, slots=True)
class PlanCourse:
    """A course of a learning plan; `deadline` in UTC, None where the plan sets none."""

    plan_serial: PlanSerial
    course: Course
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class PlanUser:
    """A learner who must follow a learning plan. `status` is the LMS's own word, which decides nothing here."""

    plan_serial: PlanSerial
    user_serial: UserSerial | None
    employee_id: EmployeeId
    name: str
    status: str


# ---- what the admin decides


@dataclass(frozen=True, slots=True)
class CourseException:
    """One person is excused from a course (`*`: from all) until the end of a day, or for ever."""

    employee_id: EmployeeId
    course: str
    until: date | None
    reason: str
    approved_by: str
    line: int  # of the list, for findings


@dataclass(frozen=True, slots=True)
class Manager:
    """Who receives a team's workbook."""

    manager_id: ManagerId
    name: str
    email: str
    cc: tuple[str, ...]
    language: str
    is_fallback: bool = False  # gets the people who belong to no manager


# ---- what the rules say


class MatchedBy(StrEnum):
    """How an assignment found its learner."""

    SERIAL = "serial"
    EMPLOYEE_ID = "employee_id"
    UNMATCHED = "unmatched"


class Status(StrEnum):
    """The status of a requirement, in the order in which the rules are tried; the value is its English word."""

    EXEMPT = "Exempt"
    EXPIRED = "Expired"
    EXPIRING = "Expiring"
    COMPLETED = "Completed"
    OVERDUE = "Overdue"
    FAILED = "Failed"
    DUE_SOON = "Due soon"
    IN_PROGRESS = "In progress"
    NOT_STARTED = "Not started"
    NOT_ASSIGNED = "Not assigned"


COMPLIANT = frozenset({Status.COMPLETED, Status.EXPIRING})


class Counts(StrEnum):
    """Whether a row counts in the rate, or why not."""

    YES = "yes"
    SUPERSEDED = "superseded"
    NOT_BEGUN = "not begun"
    INACTIVE = "inactive"
    UNMATCHED = "unmatched"
    NOT_IN_AUDIENCE = "not in audience"
    EXEMPT = "exempt"


class DueRule(StrEnum):
    """Which rule gave a due date."""

    COURSE = "course"
    AFTER_SESSION = "after_session"
    POST_ACTIVITY = "post_activity"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class JoinedAssignment:
    """An assignment with its learner, how the learner was found, and when the LMS says it was completed, if it says so.

    The batch of an online course has no serial and no times.
    """

    assignment: Assignment
    batch: Batch
    learner: Learner | None
    matched_by: MatchedBy
    completed_at: Completed | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person who must comply: a learner, or a name known only from an assignment.

    `key` tells people apart within one run and means nothing outside it.
    """

    key: str
    learner: Learner | None
    employee_id: EmployeeId
    user_serial: UserSerial | None
    name: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One person × one course, made from all that person's assignments in the course's batches.

    `attempts` holds all of them, latest first, each with its own `Counts`. `counting` is the one that decides, None
    when none has begun. `counts` says whether the requirement is in the rate, or why not.
    """

    person: Person
    course: Course
    status: Status
    counts: Counts
    counting: JoinedAssignment | None
    attempts: tuple[tuple[JoinedAssignment, Counts], ...]
    due: date | None
    due_rule: DueRule
    completed_on: date | None
    valid_until: date | None
    days_overdue: int | None
    exception: CourseException | None
    is_date_derived: bool = False  # `completed_on` is the session's day, because the LMS gives no date
    first_completed_on: date | None = None  # in any batch read now or by an earlier snapshot
    times_completed: int = 0
