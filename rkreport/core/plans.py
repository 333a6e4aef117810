"""What only the LMS knows of the rules: courses, deadlines and learners of plans, and which courses are online.

Knows the snapshot and the rules.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from types import MappingProxyType

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import CourseKind, CourseSerial, PlanCourse, PlanSerial
from rkreport.core.rules import CoursePolicy, Rules
from rkreport.core.snapshot import ListKind, Snapshot
from rkreport.sentence import Sentence

_KNOWN_STATUSES = frozenset({"", "NOT_STARTED", "IN_PROGRESS", "COMPLETED", "EXPIRED", "FAILED"})


def rules_of_snapshot(rules: Rules, snapshot: Snapshot, zone: tzinfo) -> Rules:
    """Return the rules with the courses of their plans, after the configured ones, and with online courses marked.

    A course in several plans is due at the earliest deadline, and its audience is the learners of all. A configured
    course keeps its own audience and its own due rule, and takes from the plans what it lacks.
    """
    found: defaultdict[CourseSerial, list[PlanCourse]] = defaultdict(list)
    for plan in rules.plans:
        for one in snapshot.plan_courses:
            if one.plan_serial == plan:
                found[one.course.serial].append(one)
    configured = {policy.serial: policy for policy in rules.courses}
    policies = {serial: configured.get(serial) or CoursePolicy(serial) for serial in (*configured, *found)}
    online = {reading.course for reading in snapshot.lists if reading.kind is ListKind.ONLINE}
    courses = (
        _in_plans(replace(policy, kind=CourseKind.ONLINE) if serial in online else policy, found.get(serial, []), zone)
        for serial, policy in policies.items()
    )
    return replace(rules, courses=tuple(courses))


def _in_plans(policy: CoursePolicy, places: list[PlanCourse], zone: tzinfo) -> CoursePolicy:
    plans = tuple(dict.fromkeys(one.plan_serial for one in places))
    if policy.due or policy.due_days_after_session is not None:
        return replace(policy, plans=plans)
    return replace(policy, plans=plans, due=_earliest_deadline(places, zone))


def _earliest_deadline(places: list[PlanCourse], zone: tzinfo) -> date | None:
    return min((one.deadline.astimezone(zone).date() for one in places if one.deadline), default=None)


class PlanLearners:
    """The learners of each plan, found by serial or employee id as assignments are."""

    def __init__(self, rules: Rules, snapshot: Snapshot, learners: LearnerIndex) -> None:
        """Find the learner of each row of the plans' lists of people."""
        found: defaultdict[PlanSerial, set[int]] = defaultdict(set)
        findings: list[Finding] = []
        for row in snapshot.plan_users:
            learner, _ = learners.match(row)
            example = Sentence(
                "{plan_serial}: {employee_id}",
                plan_serial=row.plan_serial,
                employee_id=row.employee_id or row.user_serial or row.name,
            )
            if learner:
                found[row.plan_serial].add(id(learner))
            else:
                findings.append(Finding(FindingCode.PLAN_USER_UNMATCHED, Level.CHECK, example))
            if "_".join(row.status.replace("_", " ").split()).upper() not in _KNOWN_STATUSES:
                findings.append(
                    Finding(
                        FindingCode.PLAN_STATUS_UNKNOWN,
                        Level.INFO,
                        Sentence("{example}: {status}", example=example, status=row.status),
                    )
                )
        self._found: Mapping[PlanSerial, set[int]] = MappingProxyType(found)
        self.findings = (*findings, *_empty_findings(rules, snapshot))

    def of(self, plans: tuple[PlanSerial, ...]) -> frozenset[int]:
        """Return the `id()` of each learner in any of the plans."""
        return frozenset().union(*(self._found.get(plan, ()) for plan in plans))


def _empty_findings(rules: Rules, snapshot: Snapshot) -> Iterator[Finding]:
    """Report plans without courses or without people: they demand nothing."""
    for plan in rules.plans:
        for rows in (snapshot.plan_courses, snapshot.plan_users):
            if all(row.plan_serial != plan for row in rows):
                yield Finding(FindingCode.PLAN_WITHOUT_ROWS, Level.CHECK, plan)
                break
