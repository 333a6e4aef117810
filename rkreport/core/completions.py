"""Completion dates from User Course Status: which date belongs to which assignment.

Knows assignments, batches and completions. A date counts only if nothing contradicts it; otherwise the session's end
stands in for it, and a finding says why.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import trimmed
from rkreport.core.models import Assignment, AssignmentStatus, Batch, BatchSerial, Completed, CourseSerial
from rkreport.core.snapshot import ListKind, Snapshot, Verdict
from rkreport.sentence import Sentence

Batches = Mapping[tuple[CourseSerial, BatchSerial], Batch]


_Key = tuple[str, str]
"""Employee id and assigned course, which an assignment and a completion have in common; several can share them."""


class CompletionDates:
    """Finds the completion date of each assignment. `findings` tell which dates were left out and why."""

    def __init__(self, snapshot: Snapshot, batches: Batches) -> None:
        """Sort the completions by employee id and assigned course."""
        self._batches = batches
        self._dates: defaultdict[_Key, list[Completed]] = defaultdict(list)
        courses: defaultdict[_Key, set[str]] = defaultdict(set)
        for one in snapshot.completions:
            key = one.employee_id.strip(), one.assigned_course.strip()
            self._dates[key].append(one.completed_at)
            courses[key].add(one.course_name.strip().casefold())
        dated = self._dated(snapshot.assignments)
        shared = {key for key, names in courses.items() if len(names) > 1}
        shared.update(key for key, found in dated.items() if _are_several(key, found))
        for key in shared:
            self._dates.pop(key, None)
        for dates in self._dates.values():
            dates.sort(key=_as_moment)
        self.findings = (
            *_missing_findings(snapshot),
            *_findings(FindingCode.COMPLETION_KEY_SHARED, shared),
            *_findings(FindingCode.COMPLETION_CONTRADICTS, self._contradicted(dated, snapshot.started_at)),
        )

    def of(self, assignment: Assignment) -> Completed | None:
        """Return the earliest date from the session's start on; None if the LMS gives none."""
        if assignment.is_online or not self._dates:
            return assignment.completed_at
        dates = self._dates.get(_key(assignment))
        if not dates:
            return None
        batch = self._batches.get((assignment.course_serial, assignment.batch_serial))
        return next((date for date in dates if not _is_before(date, batch)), None)

    def _dated(self, assignments: Iterable[Assignment]) -> dict[_Key, list[Assignment]]:
        """Return the assignments whose key has dates."""
        found: dict[_Key, list[Assignment]] = {}
        for one in assignments if self._dates else ():
            key = _key(one)
            if key in self._dates and not one.is_online:
                found.setdefault(key, []).append(one)
        return found

    def _contradicted(self, dated: Mapping[_Key, Sequence[Assignment]], started_at: datetime) -> Iterator[_Key]:
        """Yield keys with dates, and with assignments of which none is cleared or began before a date.

        A completion since the fetch began contradicts nothing: the assignment was read before it.
        """
        for key, assignments in dated.items():
            dates = self._dates.get(key)
            if dates and _as_moment(dates[0]) < started_at and not any(map(self._is_explained, assignments)):
                yield key

    def _is_explained(self, assignment: Assignment) -> bool:
        return assignment.status.means is AssignmentStatus.CLEARED and self.of(assignment) is not None


def _key(assignment: Assignment) -> _Key:
    return assignment.employee_id.strip(), assignment.assigned_course.strip()


def _are_several(key: _Key, assignments: Sequence[Assignment]) -> bool:
    """Whether a key stands for several courses or several people, or lacks a part."""
    courses = {one.course_serial for one in assignments}
    people = {trimmed(one.user_serial) for one in assignments}
    return len(courses) > 1 or len(people) > 1 or not all(key)


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
    """Name the months without dates; to be checked where another fetch may bring them: then statuses may change."""
    for reading in snapshot.lists:
        if reading.kind is ListKind.COMPLETIONS and reading.verdict is Verdict.ABSENT:
            is_refused = reading.reason is not None and reading.reason.code == "dates_refused"
            level = Level.INFO if is_refused else Level.CHECK
            yield Finding(FindingCode.COMPLETION_DATES_MISSING, level, reading.batch)


def _findings(code: FindingCode, keys: Iterable[_Key]) -> Iterator[Finding]:
    for employee_id, assigned_course in sorted(keys):
        yield Finding(
            code,
            Level.CHECK,
            Sentence("{employee_id}, {assigned_course}", employee_id=employee_id, assigned_course=assigned_course),
        )
