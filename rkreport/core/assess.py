"""Assess: one requirement per person and course, with its status and why, true for one moment.

docs/rules.md has the rules in words, with the table of statuses.
Knows joined rows, the rules and `as_of`. Compares dates in the time zone of `as_of`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rkreport.core.audience import AudienceIndex, audience_findings
from rkreport.core.exemptions import ExceptionIndex
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.join import Joined
from rkreport.core.judge import Judge, has_begun
from rkreport.core.models import (
    AssignmentStatus,
    Course,
    JoinedAssignment,
    PostActivity,
    Requirement,
)
from rkreport.core.people import People
from rkreport.core.plans import PlanLearners
from rkreport.core.rules import CoursePolicy, Rules
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree
from rkreport.sentence import Sentence

_DECIDED = frozenset({AssignmentStatus.CLEARED, AssignmentStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Assessed:
    """The requirements in the order of the reports: unit path, name, employee id, then course as configured."""

    requirements: tuple[Requirement, ...]
    findings: tuple[Finding, ...]


def assess(joined: Joined, snapshot: Snapshot, rules: Rules, as_of: datetime) -> Assessed:
    """Judge every person against every course of the rules at `as_of` (aware, in the report's zone)."""
    rows, learners = joined.assignments, joined.learners
    tree = UnitTree.of_snapshot(snapshot)
    exceptions = ExceptionIndex(rules.exceptions, learners, rules.courses, as_of.date(), rules.exceptions_file)
    plan_learners = PlanLearners(rules, snapshot, learners)
    people = People(learners.people, rows, joined.earlier)
    rows_by_course, earlier_by_course = _by_course(rows), _by_course(joined.earlier)
    courses = (*(one.course for one in snapshot.plan_courses), *snapshot.courses)
    names = {course.serial: course.name for course in courses}

    judged: list[tuple[int, Requirement]] = []
    for position, policy in enumerate(rules.courses):
        course = Course(policy.serial, policy.name or names.get(policy.serial) or policy.serial)
        audience = AudienceIndex(policy, tree, plan_learners.of(policy.plans))
        judge = Judge(policy, course, rules, exceptions, audience, as_of)
        attempts = _attempts_by_person(rows_by_course[policy.serial], policy, people)
        earlier = _attempts_by_person(earlier_by_course[policy.serial], policy, people)
        for learner in learners.people if policy.has_audience else ():
            if learner.is_active and judge.audience.names(learner):
                attempts.setdefault(people.of(learner).key, [])
        judged += [
            (position, judge.requirement(people.by_key[key], held, earlier.get(key, ())))
            for key, held in attempts.items()
        ]

    ranks = people.ranks(tree)
    judged.sort(key=lambda entry: (ranks[entry[1].person.key], entry[0]))
    findings = (
        *(one.finding() for one in exceptions.findings),
        *audience_findings(rules.courses, tree),
        *plan_learners.findings,
        *_due_rule_findings(rules, rows),
        *_value_findings(rows, snapshot.finished_at),
    )
    return Assessed(tuple(requirement for _, requirement in judged), findings)


def _by_course(rows: Iterable[JoinedAssignment]) -> defaultdict[str, list[JoinedAssignment]]:
    found: defaultdict[str, list[JoinedAssignment]] = defaultdict(list)
    for row in rows:
        found[row.assignment.course_serial].append(row)
    return found


def _attempts_by_person(
    rows: Iterable[JoinedAssignment], policy: CoursePolicy, people: People
) -> dict[str, list[JoinedAssignment]]:
    """By `Person.key`, the rows of one course in the batches that its policy lists."""
    listed = None if policy.batches is None else frozenset(policy.batches)
    attempts: dict[str, list[JoinedAssignment]] = {}
    for row in rows:
        if listed is None or row.assignment.is_online or row.assignment.batch_serial in listed:
            attempts.setdefault(people.of(row.learner or row).key, []).append(row)
    return attempts


def _due_rule_findings(rules: Rules, rows: Iterable[JoinedAssignment]) -> Iterator[Finding]:
    """Report online courses whose due date was to follow a session: they have none, so nothing is ever due."""
    online = {row.assignment.course_serial for row in rows if row.assignment.is_online}
    for policy in rules.courses:
        if policy.due_days_after_session is not None and policy.serial in online:
            yield Finding(FindingCode.DUE_RULE_WITHOUT_SESSION, Level.CHECK, policy.serial)


def _value_findings(rows: Iterable[JoinedAssignment], extracted_at: datetime) -> Iterator[Finding]:
    for row in rows:
        assignment = row.assignment
        status = assignment.status.means
        place = Sentence(
            "{employee_id}, {batch_serial}",
            employee_id=assignment.employee_id or assignment.user_serial,
            batch_serial=assignment.batch_serial or assignment.course_serial,
        )
        if status is AssignmentStatus.NONE:
            yield Finding(FindingCode.EMPTY_ASSIGNMENT_STATUS, Level.CHECK, place)
        elif status is AssignmentStatus.UNKNOWN:
            yield Finding(
                FindingCode.UNKNOWN_ASSIGNMENT_STATUS,
                Level.CHECK,
                Sentence("{word}: {place}", word=assignment.status.word, place=place),
            )
        if assignment.post_activity.means is PostActivity.UNKNOWN:
            yield Finding(
                FindingCode.UNKNOWN_POST_ACTIVITY,
                Level.CHECK,
                Sentence("{word}: {place}", word=assignment.post_activity.word, place=place),
            )
        if status is AssignmentStatus.CLEARED and assignment.attended is False:
            yield Finding(FindingCode.CLEARED_WITHOUT_ATTENDANCE, Level.INFO, place)
        if assignment.is_online and status is AssignmentStatus.CLEARED and assignment.completed_at is None:
            yield Finding(FindingCode.COMPLETED_WITHOUT_DATE, Level.CHECK, place)
        if status in _DECIDED and not has_begun(row.batch, extracted_at):
            yield Finding(FindingCode.FUTURE_SESSION_DECIDED, Level.CHECK, place)
