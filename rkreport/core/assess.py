"""Assess: one requirement per person and course, with its status and why, true for one moment.

docs/rules.md has the rules in words, with the table of statuses.
Knows joined rows, the rules and `as_of`. Compares dates in the time zone of `as_of`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import takewhile

from rkreport.core.audience import AudienceIndex, audience_findings
from rkreport.core.exemptions import ExceptionIndex
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.join import Joined
from rkreport.core.models import (
    AssignmentStatus,
    Batch,
    Counts,
    Course,
    DueRule,
    JoinedAssignment,
    Person,
    PostActivity,
    Requirement,
    Status,
)
from rkreport.core.people import People
from rkreport.core.period import add_days, add_months
from rkreport.core.rules import Attempts, CoursePolicy, Rules
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree

_DECIDED = frozenset({AssignmentStatus.CLEARED, AssignmentStatus.FAILED})
_ACTIVE = frozenset({PostActivity.IN_PROGRESS, PostActivity.COMPLETED})
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Assessed:
    """The requirements in the order of the reports: unit path, name, employee id, then course as configured."""

    requirements: tuple[Requirement, ...]
    findings: tuple[Finding, ...]


def assess(joined: Joined, snapshot: Snapshot, rules: Rules, as_of: datetime) -> Assessed:
    """Judge every person against every course of the rules at `as_of` (aware, in the report's zone)."""
    rows, learners = joined.assignments, joined.learners
    tree = UnitTree.of_snapshot(snapshot)
    exceptions = ExceptionIndex(rules.exceptions, learners, rules.courses, as_of.date())
    people = People(learners.people, rows)
    rows_by_course: defaultdict[str, list[JoinedAssignment]] = defaultdict(list)
    for row in rows:
        rows_by_course[row.assignment.course_serial].append(row)
    names = {course.serial: course.name for course in snapshot.courses}

    judged: list[tuple[int, Requirement]] = []
    for position, policy in enumerate(rules.courses):
        course = Course(policy.serial, policy.name or names.get(policy.serial) or policy.serial)
        judge = _Judge(policy, course, rules, exceptions, AudienceIndex(policy, tree), as_of)
        attempts = _attempts_by_person(rows_by_course[policy.serial], policy, people)
        for learner in learners.people if policy.audience else ():
            if learner.is_active and judge.audience.names(learner):
                attempts.setdefault(people.of(learner).key, [])
        judged += [(position, judge.requirement(people.by_key[key], held)) for key, held in attempts.items()]

    ranks = people.ranks(tree)
    judged.sort(key=lambda entry: (ranks[entry[1].person.key], entry[0]))
    findings = (
        *exceptions.findings,
        *audience_findings(rules.courses, tree),
        *_value_findings(rows, snapshot.finished_at),
    )
    return Assessed(tuple(requirement for _, requirement in judged), findings)


def _attempts_by_person(
    rows: Iterable[JoinedAssignment], policy: CoursePolicy, people: People
) -> dict[str, list[JoinedAssignment]]:
    """By `Person.key`, the rows of one course in the batches that its policy lists."""
    listed = None if policy.batches is None else frozenset(policy.batches)
    attempts: dict[str, list[JoinedAssignment]] = {}
    for row in rows:
        if listed is None or row.assignment.batch_serial in listed:
            attempts.setdefault(people.of(row.learner or row).key, []).append(row)
    return attempts


@dataclass(frozen=True, slots=True)
class _Judge:
    """The rules of one course at one moment."""

    policy: CoursePolicy
    course: Course
    rules: Rules
    exceptions: ExceptionIndex
    audience: AudienceIndex
    as_of: datetime
    dues: dict[str, tuple[date | None, DueRule]] = field(default_factory=dict)  # by batch serial; a cache

    def requirement(self, person: Person, rows: list[JoinedAssignment]) -> Requirement:
        latest_first = sorted(rows, key=_moment, reverse=True)
        begun = [row for row in latest_first if has_begun(row.batch, self.as_of)]
        counting = self._counting(begun)
        due, due_rule = self._due(counting, begun)
        completed_on = self._completed_on(counting)
        months = self.policy.valid_for_months
        valid_until = add_months(completed_on, months) if completed_on and months else None
        exception = self.exceptions.covering(person, self.policy.serial)
        status = self._status(counting, due, valid_until, is_exempt=exception is not None)
        counts = self._counts(person, status, has_begun=counting is not None)
        return Requirement(
            person=person,
            course=self.course,
            status=status,
            counts=counts,
            counting=counting,
            attempts=tuple((row, self._attempt_counts(row, counting, counts)) for row in latest_first),
            due=due,
            due_rule=due_rule,
            completed_on=completed_on,
            valid_until=valid_until,
            days_overdue=(self.as_of.date() - due).days if due and status is Status.OVERDUE else None,
            exception=exception,
        )

    def _counting(self, begun: list[JoinedAssignment]) -> JoinedAssignment | None:
        if self.policy.attempts is Attempts.BEST:
            cleared = next((row for row in begun if _is_cleared(row)), None)
            if cleared:
                return cleared
        return begun[0] if begun else None

    def _due(self, counting: JoinedAssignment | None, begun: Iterable[JoinedAssignment]) -> tuple[date | None, DueRule]:
        """Keep the earliest due date missed since the last clearance: a new batch does not heal it."""
        if self.policy.due:
            return self.policy.due, DueRule.COURSE
        if counting is None:
            return None, DueRule.NONE
        today = self.as_of.date()
        found = [self._due_of(row.batch) for row in takewhile(lambda row: not _is_cleared(row), begun)]
        missed = [(due, rule) for due, rule in found if due and due < today]
        if missed and not _is_cleared(counting):
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

    def _completed_on(self, counting: JoinedAssignment | None) -> date | None:
        """The day of the session, as the LMS gives no completion date per person."""
        if counting is None or not _is_cleared(counting):
            return None
        session = counting.batch.ended or counting.batch.session_start
        return self._day(session) if session else None

    def _status(  # noqa: PLR0911 - one return per status
        self, counting: JoinedAssignment | None, due: date | None, valid_until: date | None, *, is_exempt: bool
    ) -> Status:
        """The first status, in the order of the table in docs/rules.md, whose condition holds."""
        today = self.as_of.date()
        if is_exempt:
            return Status.EXEMPT
        if counting and _is_cleared(counting):
            if valid_until and valid_until < today:
                return Status.EXPIRED
            if valid_until and (valid_until - today).days <= self.rules.expiring_days:
                return Status.EXPIRING
            return Status.COMPLETED
        if due and due < today:
            return Status.OVERDUE
        if counting and _is_failed(counting):
            return Status.FAILED
        if due and (due - today).days <= self.rules.due_soon_days:
            return Status.DUE_SOON
        if counting is None:
            return Status.NOT_ASSIGNED
        return Status.IN_PROGRESS if _is_under_way(counting) else Status.NOT_STARTED

    def _counts(self, person: Person, status: Status, *, has_begun: bool) -> Counts:
        if person.learner is None:
            return Counts.UNMATCHED
        if not person.learner.is_active:
            return Counts.INACTIVE
        if self.policy.audience and not self.audience.names(person.learner):
            return Counts.NOT_IN_AUDIENCE
        # Without an audience, assigned people must comply; a batch that has not begun does not assign people yet.
        if not self.policy.audience and not has_begun:
            return Counts.NOT_BEGUN
        return Counts.EXEMPT if status is Status.EXEMPT else Counts.YES

    def _attempt_counts(self, row: JoinedAssignment, counting: JoinedAssignment | None, counts: Counts) -> Counts:
        if row is counting:
            return counts
        return Counts.SUPERSEDED if has_begun(row.batch, self.as_of) else Counts.NOT_BEGUN

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.as_of.tzinfo).date()


def has_begun(batch: Batch, as_of: datetime) -> bool:
    """Whether a batch has begun at `as_of`; a batch without a session start has."""
    return batch.session_start is None or batch.session_start <= as_of


def _moment(row: JoinedAssignment) -> tuple[datetime, str, int, int, float, tuple[str, ...]]:
    """Sort key: the greatest is the latest. In one batch, the row that got furthest wins, whatever the row order."""
    it = row.assignment
    own = (it.user_serial or "", it.employee_id, it.name, it.status.word, it.post_activity.word, str(it.attended))
    score = it.post_test_score or 0.0
    return row.batch.session_start or _NEVER, row.batch.serial, _progress(row), it.post_test_attempts, score, own


def _progress(row: JoinedAssignment) -> int:
    if _is_cleared(row):
        return 3
    return 2 if _is_failed(row) else int(_is_under_way(row))


def _is_cleared(row: JoinedAssignment) -> bool:
    return row.assignment.status.means is AssignmentStatus.CLEARED


def _is_failed(row: JoinedAssignment) -> bool:
    return row.assignment.status.means is AssignmentStatus.FAILED


def _is_under_way(row: JoinedAssignment) -> bool:
    assignment = row.assignment
    has_activity = assignment.post_activity.means in _ACTIVE
    return bool(assignment.attended) or has_activity or assignment.post_test_attempts > 0


def _value_findings(rows: Iterable[JoinedAssignment], extracted_at: datetime) -> Iterator[Finding]:
    for row in rows:
        assignment = row.assignment
        status = assignment.status.means
        place = f"{assignment.employee_id or assignment.user_serial}, {assignment.batch_serial}"
        if status is AssignmentStatus.NONE:
            yield Finding(FindingCode.EMPTY_ASSIGNMENT_STATUS, Level.CHECK, place)
        elif status is AssignmentStatus.UNKNOWN:
            yield Finding(FindingCode.UNKNOWN_ASSIGNMENT_STATUS, Level.CHECK, f"{assignment.status.word}: {place}")
        if assignment.post_activity.means is PostActivity.UNKNOWN:
            yield Finding(FindingCode.UNKNOWN_POST_ACTIVITY, Level.CHECK, f"{assignment.post_activity.word}: {place}")
        if status is AssignmentStatus.CLEARED and assignment.attended is False:
            yield Finding(FindingCode.CLEARED_WITHOUT_ATTENDANCE, Level.INFO, place)
        if status in _DECIDED and not has_begun(row.batch, extracted_at):
            yield Finding(FindingCode.FUTURE_SESSION_DECIDED, Level.CHECK, place)
