"""What the simulator tells about a company apart from its LMS: figures to check against, and lists beside it.

Knows the company; no HTTP and no report.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """One row of a managers.csv: this manager gets everybody in `organization` (a unit serial)."""

    manager_id: str
    name: str
    email: str
    language: str
    organization: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One row of an exceptions.csv; `until` None is for ever."""

    employee_id: str
    course: str
    until: date | None
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class BatchTruth:
    """How many assignments one batch holds."""

    course: str
    kind: str
    batch: str
    assignments: int


@dataclass(frozen=True, slots=True)
class OnlineTruth:
    """How many assignments one online course holds."""

    course: str
    assignments: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What a complete fetch must find. `courses` are those that have batches, `plans` serials of learning plans."""

    users: int
    courses: tuple[str, ...]
    batches: tuple[BatchTruth, ...]
    online: tuple[OnlineTruth, ...]
    plans: tuple[str, ...]

    @property
    def assignments(self) -> int:
        """Assignments of all batches."""
        return sum(batch.assignments for batch in self.batches)

    @property
    def online_assignments(self) -> int:
        """Assignments of all online courses."""
        return sum(course.assignments for course in self.online)
