"""What a company demands: which courses, of whom, until when, and who is excused. Pure values from the config."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rkreport.core.list_rows import EXCEPTIONS_FILE
from rkreport.core.models import BatchSerial, CourseException, CourseKind, CourseSerial, PlanSerial


class Attempts(StrEnum):
    """How several batches of one course collapse into one verdict."""

    BEST = "best"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who must take a course: units (serials or names, with all below them) and tags (serials or names)."""

    organizations: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoursePolicy:
    """The rules of one course. `batches` None means every batch the LMS lists.

    `plans` are the learning plans whose learners must take it; they count only without an `audience`.
    """

    serial: CourseSerial
    batches: tuple[BatchSerial, ...] | None = None
    kind: CourseKind | None = None
    name: str | None = None
    due: date | None = None
    due_days_after_session: int | None = None
    valid_for_months: int | None = None
    attempts: Attempts = Attempts.BEST
    audience: Audience | None = None
    plans: tuple[PlanSerial, ...] = ()

    @property
    def has_audience(self) -> bool:
        """True if somebody must take the course even without an assignment."""
        return bool(self.audience or self.plans)


@dataclass(frozen=True, slots=True)
class Rules:
    """All settings that decide who complies."""

    courses: tuple[CoursePolicy, ...]
    exceptions: tuple[CourseException, ...]
    due_soon_days: int
    target_percent: float
    expiring_days: int = 90
    plans: tuple[PlanSerial, ...] = ()  # learning plans that stand for their courses
    exceptions_file: str = EXCEPTIONS_FILE  # for findings
