"""What learning plans demand, by the rules said again. As `oracle`: plain loops, only plain values of `rkreport`."""

from dataclasses import replace
from datetime import datetime

from rkreport.core.models import Learner
from rkreport.core.rules import CoursePolicy, Rules
from rkreport.core.snapshot import Snapshot
from tests.core import oracle_people


def policies_of(rules: Rules, snapshot: Snapshot, as_of: datetime) -> list[CoursePolicy]:
    """The configured courses, then those that only plans name. A course's own rules come before those of plans."""
    serials = [policy.serial for policy in rules.courses]
    for plan in rules.plans:
        for one in snapshot.plan_courses:
            if one.plan_serial == plan and one.course.serial not in serials:
                serials.append(one.course.serial)
    found: list[CoursePolicy] = []
    for serial in serials:
        policy = next((one for one in rules.courses if one.serial == serial), CoursePolicy(serial))
        places = [
            one for one in snapshot.plan_courses if one.course.serial == serial and one.plan_serial in rules.plans
        ]
        deadlines = [one.deadline.astimezone(as_of.tzinfo).date() for one in places if one.deadline is not None]
        has_rule = policy.due is not None or policy.due_days_after_session is not None
        if deadlines and not has_rule:
            policy = replace(policy, due=min(deadlines))
        found.append(
            replace(policy, plans=tuple(plan for plan in rules.plans if plan in {one.plan_serial for one in places}))
        )
    return found


def has_audience(policy: CoursePolicy) -> bool:
    """Whether somebody must take the course without being assigned."""
    return policy.audience is not None or policy.plans != ()


def in_audience(policy: CoursePolicy, learner: Learner, snapshot: Snapshot) -> bool:
    """In the course's own audience; without one, a user of one of its plans."""
    if policy.audience is not None:
        return oracle_people.in_audience(policy, learner, snapshot)
    return any(
        user.plan_serial in policy.plans and _is_this(user.user_serial, user.employee_id, learner, snapshot)
        for user in snapshot.plan_users
    )


def _is_this(serial: str | None, employee_id: str, learner: Learner, snapshot: Snapshot) -> bool:
    """By serial, else by the id, unless both have serials."""
    for records in oracle_people.people(snapshot):
        if serial is not None and any(one.serial == serial for one in records):
            return records[-1] is learner
    whom = oracle_people.meant(employee_id, snapshot)
    if whom is None or (serial is not None and any(one.serial for one in whom)):
        return False
    return whom[-1] is learner
