"""Turns the LMS's rows into learners, courses, batches, assignments and units; `wire_plans` does it for plans.

The names of the rows' fields stand in `shapes`, here and in `wire_plans`; `discovery` and `lists` read `serial`.
"""

import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from rkreport.core.models import (
    Assignment,
    Batch,
    BatchSerial,
    Course,
    CourseKind,
    CourseSerial,
    EmployeeId,
    Learner,
    Tag,
    Unit,
    UnitSerial,
    UserSerial,
)
from rkreport.lms.parsing import Row, Shortened, Unreadable, digest_of, keys_of, row_of, unreadable
from rkreport.lms.shapes import NODES, completed, moment
from rkreport.lms.states import NO_ACTIVITY, assignment_status, online_status, post_activity

_WITHOUT_SERIAL, _UNREADABLE = "\0", "\1"  # begin identities that are not serials
_LONGEST_ID = 100  # shown characters of an unusable time


_shared = sys.intern  # one text for all rows that have it: a person stands in many, a company in all
_tag = lru_cache(maxsize=4_096)(Tag)


def learner(row: Mapping[str, Any]) -> Learner:
    """Make a learner from a row of Find Users. A missing `isActive` is false: some servers leave out false values."""
    return Learner(
        employee_id=EmployeeId(_shared(row.get("employeeID", ""))),
        serial=UserSerial(_shared(row["serial"])) if row.get("serial") else None,
        name=_shared(row.get("name", "")),
        username=row.get("username", ""),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
        is_active=bool(row.get("isActive")),
        company=_shared(row.get("companyName", "")),
        company_serial=_shared(row.get("companySerial", "")),
        unit_name=_shared(row.get("organizationDisplayName", "")),
        unit_serial=UnitSerial(_shared(row.get("organizationLevelSerial", ""))),
        tags=tuple(_tag(tag.get("serial", ""), tag.get("name", "")) for tag in row.get("tags") or ()),
    )


def says_whether_active(row: Row) -> bool:
    """True if a user record says whether it is active; servers that leave out false values say so for active users."""
    return not isinstance(row, Unreadable) and row.get("isActive") is not None


def course(row: Mapping[str, Any]) -> Course:
    """Make a course from a row of Course Activity."""
    return Course(CourseSerial(row["serial"]), row.get("name", ""))


BATCH_TIMES = ("mainActivityStartAt", "mainActivityEndAt", "postActivityEndAt")


def batch(row: Mapping[str, Any], course_serial: str) -> Batch:
    """Make a batch from a row of Course Batch."""
    start, end, post_end = (moment(row.get(name))[0] for name in BATCH_TIMES)
    return Batch(
        course_serial=CourseSerial(course_serial),
        serial=BatchSerial(row["serial"]),
        name=row.get("name", ""),
        session_start=start,
        session_end=end,
        post_activity_end=post_end,
        status=row.get("status", ""),
    )


def kind(row: Mapping[str, Any]) -> CourseKind:
    """Return the kind of a batch's course: an offline batch has no conferencing platform."""
    return CourseKind.WEBINAR if row.get("platform") else CourseKind.OFFLINE


def unusable_times(row: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Yield the unusable times of a row, as `field value`."""
    for name in names:
        if not moment(row.get(name))[1]:
            yield f"{name} {str(row[name])[:_LONGEST_ID]}"


def assignments(rows: Sequence[Mapping[str, Any]], course_serial: str, batch_serial: str) -> Iterator[Assignment]:
    """Make the assignments of a batch. A missing `isAttend` is false if another row of the list has it."""
    left_out = False if any(row.get("isAttend") is not None for row in rows) else None
    return (assignment(row, course_serial, batch_serial, left_out=left_out) for row in rows)


def assignment(row: Mapping[str, Any], course_serial: str, batch_serial: str, *, left_out: bool | None) -> Assignment:
    """Make an assignment from a row of its list; `left_out` is the meaning of a missing `isAttend`."""
    user, attended = row["user"], row.get("isAttend")
    return Assignment(
        course_serial=CourseSerial(course_serial),
        batch_serial=BatchSerial(batch_serial),
        user_serial=UserSerial(_shared(user["serial"])) if user.get("serial") else None,
        employee_id=EmployeeId(_shared(user.get("employeeID", ""))),
        name=_shared(user.get("name", "")),
        attended=left_out if attended is None else attended,
        status=assignment_status(row.get("userAssignedStatus", "")),
        post_activity=post_activity(row.get("postActivityStatus", "")),
        post_test_attempts=row.get("postTestAttempt") or 0,
        post_test_score=row.get("postTestScore"),
        passing_score=row.get("postTestPassingScore"),
        absent_reason=row.get("absentReason", ""),
        assigned_course=_shared(row.get("assignedCourseSerial", "")),
    )


ONLINE_TIMES = ("completedAt",)


def online_assignment(row: Mapping[str, Any], course_serial: str) -> Assignment:
    """Make an assignment from a row of Course Online User Assignment."""
    user = row["user"]
    return Assignment(
        course_serial=CourseSerial(course_serial),
        batch_serial=BatchSerial(""),
        user_serial=UserSerial(_shared(user["serial"])) if user.get("serial") else None,
        employee_id=EmployeeId(_shared(user.get("employeeID", ""))),
        name=_shared(user.get("name", "")),
        attended=None,
        status=online_status(row.get("status", "")),
        post_activity=NO_ACTIVITY,
        post_test_attempts=0,
        post_test_score=None,
        passing_score=None,
        absent_reason="",
        completed_at=completed(row.get("completedAt")),
        is_online=True,
    )


def units(roots: Sequence[object]) -> Iterator[Unit | Unreadable | Shortened]:
    """Flatten the forest, each unit after its parent; children of a node without serial move up.

    A row whose texts were shortened comes beside its unit.
    """
    waiting: list[tuple[object, tuple[UnitSerial, ...]]] = [(root, ()) for root in reversed(roots)]
    nodes: list[tuple[Mapping[str, Any], tuple[UnitSerial, ...]]] = []
    while waiting:
        raw, path = waiting.pop()
        node = row_of(raw, NODES, page=1)
        if isinstance(node, Unreadable | Shortened):
            yield node
        if not isinstance(node, Unreadable):
            path = (*path, UnitSerial(node["serial"].strip()))
            nodes.append((node, path))
        children = raw.get("childOrganizations") if isinstance(raw, dict) else None
        if isinstance(children, list):
            waiting += [(child, path) for child in reversed(children)]
        elif children:
            yield unreadable(raw, "childOrganizations", page=1)
    says_active = any(node.get("isActive") is not None for node, _ in nodes)
    for node, path in nodes:
        active = node.get("isActive")
        yield Unit(path[-1], node.get("name", ""), not says_active if active is None else active, path)


def row_count(raw: Sequence[object], most: int) -> int:
    """Count the rows, including units below units; stop counting past `most`."""
    found, waiting = 0, [raw]
    while waiting and found <= most:
        rows = waiting.pop()
        found += len(rows)
        below = (row.get("childOrganizations") for row in rows if isinstance(row, dict)) if found <= most else ()
        waiting += [children for children in below if isinstance(children, list)]
    return found


def identity(row: Row) -> str:
    """Return what identifies a row when it is read again; small, because every row has one.

    Assignments and users of a plan: the user's serial, else the employee id (`assignedCourseSerial` repeats). Courses
    of a plan: the course's serial. Users without serial need more than the employee id: two records can share one.
    """
    if isinstance(row, Unreadable):
        return _UNREADABLE + row.digest
    keys = keys_of(row)
    names = ("employeeID", "username", "email", "name")
    return str(keys.get("serial", "")) or identity_of(keys.get(name, "") for name in names)


def identity_of(fields: Iterable[str]) -> str:
    """Identify a user without serial by employee id, username, e-mail and name."""
    return _WITHOUT_SERIAL + digest_of("\0".join(fields).encode())


def label(row: Mapping[str, Any]) -> str:
    """Return what names a readable row to a person: its serial, or its user's employee id."""
    keys = keys_of(row)
    return str(keys.get("employeeID") or keys.get("serial", ""))


def is_readable(name: Hashable) -> bool:
    """True if an identity belongs to a readable row."""
    return not str(name).startswith(_UNREADABLE)
