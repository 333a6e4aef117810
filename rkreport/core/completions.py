"""Completion dates from User Course Status: which date belongs to which assignment.

Knows assignments, batches and completions. A date counts only if nothing contradicts it; otherwise the session's end
stands in for it, and a finding says why.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import trimmed
from rkreport.core.models import Assignment, AssignmentStatus, Batch, BatchSerial, Completed, CourseSerial
from rkreport.core.snapshot import ListKind, Snapshot, Verdict

Batches = Mapping[tuple[CourseSerial, BatchSerial], Batch]


class _Key(NamedTuple):
    """What an assignment and a completion have in common. Several of either can share it."""

    employee_id: str
    assigned_course: str


class CompletionDates:
    """Finds the completion date of each assignment. `findings` tell which dates were left out and why."""

    def __init__(self, snapshot: Snapshot, batches: Batches) -> None:
        """Sort the completions by employee id and assigned course."""
        self._batches = batches
        self._dates: defaultdict[_Key, list[Completed]] = defaultdict(list)
        courses: defaultdict[_Key, set[str]] = defaultdict(set)
        for one in snapshot.completions:
            key = _Key(one.employee_id.strip(), one.assigned_course.strip())
            self._dates[key].append(one.completed_at)
            courses[key].add(one.course_name.strip().casefold())
        assignments = [one for one in snapshot.assignments if not one.is_online] if self._dates else []
        shared = {key for key, names in courses.items() if len(names) > 1} | _shared(assignments)
        for key in shared:
            self._dates.pop(key, None)
        for dates in self._dates.values():
            dates.sort(key=_as_moment)
        contradicted = self._contradicted(assignments, snapshot.started_at)
        self.findings = (
            *_missing_findings(snapshot),
            *_findings(FindingCode.COMPLETION_KEY_SHARED, (key for key in shared if key in courses)),
            *_findings(FindingCode.COMPLETION_CONTRADICTS, contradicted),
        )

    def of(self, assignment: Assignment) -> Completed | None:
        """Return the earliest date from the session's start on; None if the LMS gives none."""
        if assignment.is_online or not self._dates:
            return assignment.completed_at
        dates = self._dates.get(_key(assignment), ())
        batch = self._batches.get((assignment.course_serial, assignment.batch_serial))
        return next((date for date in dates if not _is_before(date, batch)), None)

    def _contradicted(self, assignments: Sequence[Assignment], started_at: datetime) -> Iterator[_Key]:
        """Yield keys with dates, and with assignments of which none is cleared or began before a date.

        A completion since the fetch began contradicts nothing: the assignment was read before it.
        """
        explained = {
            _key(one)
            for one in assignments
            if one.status.means is AssignmentStatus.CLEARED and self.of(one) is not None
        }
        for key in dict.fromkeys(map(_key, assignments)):
            dates = self._dates.get(key)
            if dates and key not in explained and _as_moment(dates[0]) < started_at:
                yield key


def _key(assignment: Assignment) -> _Key:
    return _Key(assignment.employee_id.strip(), assignment.assigned_course.strip())


def _shared(assignments: Sequence[Assignment]) -> set[_Key]:
    """Return the keys that stand for several courses or several people."""
    courses: defaultdict[_Key, set[str]] = defaultdict(set)
    people: defaultdict[_Key, set[str]] = defaultdict(set)
    for one in assignments:
        key = _key(one)
        courses[key].add(one.course_serial)
        people[key].add(trimmed(one.user_serial))
    return {key for key in courses if len(courses[key]) > 1 or len(people[key]) > 1 or not all(key)}


def _as_moment(completed: Completed) -> datetime:
    """Return a moment to sort by; a day without a time begins at midnight UTC."""
    if isinstance(completed, datetime):
        return completed
    return datetime(completed.year, completed.month, completed.day, tzinfo=UTC)


def _is_before(completed: Completed, batch: Batch | None) -> bool:
    """Whether a date lies before the session began, so that it belongs to another batch or to none."""
    if batch is None or batch.session_start is None:
        return False
    if isinstance(completed, datetime):
        return completed < batch.session_start
    return completed < batch.session_start.date() - timedelta(days=1)  # zones are up to a day apart


def _missing_findings(snapshot: Snapshot) -> Iterator[Finding]:
    for reading in snapshot.lists:
        if reading.kind is ListKind.COMPLETIONS and reading.verdict is Verdict.ABSENT:
            yield Finding(FindingCode.COMPLETION_DATES_MISSING, Level.INFO, reading.batch)


def _findings(code: FindingCode, keys: Iterator[_Key]) -> Iterator[Finding]:
    for key in sorted(keys):
        yield Finding(code, Level.CHECK, f"{key.employee_id}, {key.assigned_course}")
