"""Judge: what is owed and whether it is done, for one person and one course. docs/rules.md has the table of statuses.

Knows the rules of one course at one moment. Compares dates in the time zone of `as_of`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import takewhile

from rkreport.core.audience import AudienceIndex
from rkreport.core.exemptions import ExceptionIndex
from rkreport.core.models import (
    AssignmentStatus,
    Batch,
    Completed,
    Counts,
    Course,
    DueRule,
    JoinedAssignment,
    Person,
    PostActivity,
    Requirement,
    Status,
)
from rkreport.core.period import add_days, add_months
from rkreport.core.rules import Attempts, CoursePolicy, Rules

_ACTIVE = frozenset({PostActivity.IN_PROGRESS, PostActivity.COMPLETED})
_UNDER_WAY_ONLINE = frozenset({AssignmentStatus.IN_PROGRESS, AssignmentStatus.CLEARED})
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules of one course at one moment."""

    policy: CoursePolicy
    course: Course
    rules: Rules
    exceptions: ExceptionIndex
    audience: AudienceIndex
    as_of: datetime
    dues: dict[str, tuple[date | None, DueRule]] = field(default_factory=dict)  # by batch serial; a cache

    def requirement(
        self, person: Person, rows: list[JoinedAssignment], earlier: Sequence[JoinedAssignment]
    ) -> Requirement:
        """Judge a person; `rows` are all assignments to the course, `earlier` those only in earlier snapshots."""
        latest_first = sorted(rows, key=self._moment, reverse=True) if len(rows) > 1 else rows
        begun = [row for row in latest_first if has_begun(row.batch, self.as_of)]
        cleared = [row for row in begun if self._is_cleared(row)]
        counting = self._counting(begun, cleared)
        is_cleared = any(row is counting for row in cleared)
        due, due_rule = self._due(counting, begun, cleared)
        completed_on = self._completed_on(counting) if counting and is_cleared else None
        before = (row for row in earlier if has_begun(row.batch, self.as_of) and self._is_cleared(row))
        days = self._days_completed((*cleared, *before))
        months = self.policy.valid_for_months
        valid_until = add_months(completed_on, months) if completed_on and months else None
        exception = self.exceptions.covering(person, self.policy.serial)
        if exception:
            status = Status.EXEMPT
        else:
            status = self._status_cleared(valid_until) if is_cleared else self._status_open(counting, due)
        counts = self._counts(person, status, has_begun=counting is not None)
        return Requirement(
            person=person,
            course=self.course,
            status=status,
            counts=counts,
            counting=counting,
            attempts=tuple([(row, self._attempt_counts(row, counting, counts)) for row in latest_first]),
            due=due,
            due_rule=due_rule,
            completed_on=completed_on,
            valid_until=valid_until,
            days_overdue=(self.today - due).days if due and due < self.today and status is Status.OVERDUE else None,
            exception=exception,
            is_date_derived=completed_on is not None and counting is not None and counting.completed_at is None,
            first_completed_on=min(filter(None, days), default=None),
            times_completed=len(days),
        )

    @property
    def today(self) -> date:
        """The day of `as_of`."""
        return self.as_of.date()

    def _counting(
        self, begun: Sequence[JoinedAssignment], cleared: Sequence[JoinedAssignment]
    ) -> JoinedAssignment | None:
        best = cleared if self.policy.attempts is Attempts.BEST else ()
        return next(iter((*best[:1], *begun[:1])), None)

    def _due(
        self,
        counting: JoinedAssignment | None,
        begun: Iterable[JoinedAssignment],
        cleared: Sequence[JoinedAssignment],
    ) -> tuple[date | None, DueRule]:
        """Keep the earliest due date missed since the last clearance: a new batch does not heal it."""
        if self.policy.due:
            return self.policy.due, DueRule.COURSE
        if counting is None:
            return None, DueRule.NONE
        last = cleared[0] if cleared else None
        if counting is not last:
            found = [self._due_of(row.batch) for row in takewhile(lambda row: row is not last, begun)]
            missed = [(due, rule) for due, rule in found if due and due < self.today]
            if missed:
                return min(missed, key=lambda each: each[0])
        return self._due_of(counting.batch)

    def _due_of(self, batch: Batch) -> tuple[date | None, DueRule]:
        due = self.dues.get(batch.serial)
        if due is None:
            due = self.dues[batch.serial] = self._new_due(batch)
        return due

    def _new_due(self, batch: Batch) -> tuple[date | None, DueRule]:
        days = self.policy.due_days_after_session
        if days is not None and batch.ended:
            due = add_days(self._day(batch.ended), days)
            return due, DueRule.AFTER_SESSION if due else DueRule.NONE
        if batch.post_activity_end:
            return self._day(batch.post_activity_end), DueRule.POST_ACTIVITY
        return None, DueRule.NONE

    def _is_cleared(self, row: JoinedAssignment) -> bool:
        """Whether the LMS calls it cleared, and gives no date after `as_of`."""
        is_cleared = row.assignment.status.means is AssignmentStatus.CLEARED
        return is_cleared and (row.completed_at is None or self._day(row.completed_at) <= self.today)

    def _completed_on(self, row: JoinedAssignment) -> date | None:
        """The day on which a cleared row was completed: the LMS's own, else the day of the session."""
        session = row.batch.ended or row.batch.session_start
        when = row.completed_at or session
        return self._day(when) if when else None

    def _days_completed(self, rows: Iterable[JoinedAssignment]) -> list[date | None]:
        """The day of each cleared row, None where it is unknown: one per batch, and one per day of an online course."""
        days: dict[tuple[str, date | None], date | None] = {}
        for row in rows:
            day = self._completed_on(row)
            key = row.batch.serial, day if row.assignment.is_online else None
            days[key] = min(filter(None, (day, days.get(key))), default=None)
        return list(days.values())

    # The first status, in the order of the table in docs/rules.md, whose condition holds.

    def _status_cleared(self, valid_until: date | None) -> Status:
        if valid_until and valid_until < self.today:
            return Status.EXPIRED
        if valid_until and (valid_until - self.today).days <= self.rules.expiring_days:
            return Status.EXPIRING
        return Status.COMPLETED

    def _status_open(self, counting: JoinedAssignment | None, due: date | None) -> Status:
        if (due and due < self.today) or (counting and _is(counting, AssignmentStatus.EXPIRED)):
            return Status.OVERDUE
        if counting and _is(counting, AssignmentStatus.FAILED):
            return Status.FAILED
        if due and (due - self.today).days <= self.rules.due_soon_days:
            return Status.DUE_SOON
        if counting is None:
            return Status.NOT_ASSIGNED
        return Status.IN_PROGRESS if _is_under_way(counting) else Status.NOT_STARTED

    def _counts(self, person: Person, status: Status, *, has_begun: bool) -> Counts:
        if person.learner is None:
            return Counts.UNMATCHED
        if not person.learner.is_active:
            return Counts.INACTIVE
        if self.policy.has_audience and not self.audience.names(person.learner):
            return Counts.NOT_IN_AUDIENCE
        # Without an audience, assigned people must comply; a batch that has not begun does not assign people yet.
        if not self.policy.has_audience and not has_begun:
            return Counts.NOT_BEGUN
        return Counts.EXEMPT if status is Status.EXEMPT else Counts.YES

    def _attempt_counts(self, row: JoinedAssignment, counting: JoinedAssignment | None, counts: Counts) -> Counts:
        if row is counting:
            return counts
        return Counts.SUPERSEDED if has_begun(row.batch, self.as_of) else Counts.NOT_BEGUN

    def _day(self, when: Completed) -> date:
        return when.astimezone(self.as_of.tzinfo).date() if isinstance(when, datetime) else when

    def _moment(self, row: JoinedAssignment) -> tuple[datetime, str, int, int, float, tuple[str, ...]]:
        """Sort key: the greatest is the latest. In one batch, the row that got furthest wins, whatever the order."""
        it = row.assignment
        own = (it.user_serial or "", it.employee_id, it.name, it.status.word, it.post_activity.word, str(it.attended))
        day = self._day(row.completed_at).isoformat() if row.completed_at else ""
        score = it.post_test_score or 0.0
        return (
            row.batch.session_start or _NEVER,
            row.batch.serial,
            self._progress(row),
            it.post_test_attempts,
            score,
            (day, *own),
        )

    def _progress(self, row: JoinedAssignment) -> int:
        if self._is_cleared(row):
            return 4
        if _is(row, AssignmentStatus.FAILED):
            return 3
        return 2 if _is(row, AssignmentStatus.EXPIRED) else int(_is_under_way(row))


def has_begun(batch: Batch, as_of: datetime) -> bool:
    """Whether a batch has begun at `as_of`; a batch without a session start has."""
    return batch.session_start is None or batch.session_start <= as_of


def _is(row: JoinedAssignment, status: AssignmentStatus) -> bool:
    return row.assignment.status.means is status


def _is_under_way(row: JoinedAssignment) -> bool:
    assignment = row.assignment
    if assignment.is_online:  # cleared here means completed after `as_of`
        return assignment.status.means in _UNDER_WAY_ONLINE
    has_activity = assignment.post_activity.means in _ACTIVE
    return bool(assignment.attended) or has_activity or assignment.post_test_attempts > 0
