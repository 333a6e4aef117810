"""Turns rows about completions and learning plans into models, as `rkreport.lms.wire` does with the others.

Knows shapes and models; no page and no HTTP.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rkreport.core.models import Completion, EmployeeId, Plan, PlanCourse, PlanSerial, PlanUser, UserSerial
from rkreport.lms.shapes import completed, moment
from rkreport.lms.states import folded
from rkreport.lms.wire import course

COMPLETION_TIMES = ("completedAt",)
PLAN_COURSE_TIMES = ("deadline",)


def completions(rows: Sequence[Mapping[str, Any]]) -> Iterator[Completion]:
    """Make the completions of User Course Status; rows that are not completed, or have no usable date, say nothing."""
    for row in rows:
        when = completed(row.get("completedAt"))
        if when and folded(row.get("status", "")) == "COMPLETED":
            yield Completion(
                employee_id=EmployeeId(row.get("employeeID", "")),
                assigned_course=sys.intern(row.get("assignedCourseSerial", "")),
                course_name=sys.intern(row.get("courseName", "")),
                completed_at=when,
            )


def plan(row: Mapping[str, Any]) -> Plan:
    """Make a learning plan from a row of Learning Plan."""
    return Plan(PlanSerial(row["serial"]), row.get("name", ""))


def plan_course(row: Mapping[str, Any], plan_serial: str) -> PlanCourse:
    """Make a course of a plan from a row of Learning Plan Course."""
    return PlanCourse(PlanSerial(plan_serial), course(row["course"]), moment(row.get("deadline"))[0])


def plan_user(row: Mapping[str, Any], plan_serial: str) -> PlanUser:
    """Make a user of a plan from a row of Learning Plan User Assignment."""
    user = row["user"]
    return PlanUser(
        plan_serial=PlanSerial(plan_serial),
        user_serial=UserSerial(user["serial"]) if user.get("serial") else None,
        employee_id=EmployeeId(user.get("employeeID", "")),
        name=user.get("name", ""),
        status=row.get("status", ""),
    )
