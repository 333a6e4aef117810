"""Turns the LMS's rows into learners, courses, batches, assignments and units; `wire_plans` does it for plans.

The names of the rows' fields stand in `shapes`, here and in `wire_plans`; `discovery` and `lists` read `serial`.

An unreadable row becomes an `Unreadable`, so that it still counts and loses no other row.
"""

import hashlib
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

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
from rkreport.lms.shapes import NODE, completed, moment
from rkreport.lms.states import NO_ACTIVITY, assignment_status, online_status, post_activity

_WITHOUT_SERIAL, _UNREADABLE = "\0", "\1"  # begin identities that are not serials
_A_TEXT = "str"  # in the path of an error: the first of the two forms of a text
_LONGEST_ID = 100  # shown characters of an unreadable row's id


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row with an unreadable field. `row_id` is its own id; `digest` tells it from others."""

    page: int
    field: str
    row_id: str
    digest: str


Row = Mapping[str, Any] | Unreadable
"""A row as the LMS sent it, with tidied texts and numbers."""


def rows_of(
    raw: Sequence[object],
    shape: TypeAdapter[list[Any]],
    page: int,
    *,
    has_lost_letters: bool = False,
    keeps_serials: bool = False,
) -> tuple[Row, ...]:
    """Parse the rows of a page; an unreadable row loses no other.

    `keeps_serials` drops a row's unreadable fields, as long as its serial is readable. A row whose key lost letters
    cannot be told from others, so it is unreadable too.
    """
    try:
        rows: tuple[Row, ...] = tuple(shape.validate_python(raw))
    except ValidationError:
        rows = tuple(_row(row, shape, page, keeps_serials=keeps_serials) for row in raw)
    return tuple(map(partial(_with_whole_key, page), rows)) if has_lost_letters else rows


def _row(raw: object, shape: TypeAdapter[list[Any]], page: int, *, keeps_serials: bool) -> Row:
    left: object = raw
    unusable: list[str] = []
    while True:
        try:
            (row,) = shape.validate_python([left])
        except ValidationError as error:
            field = _field_of(error)
            if not keeps_serials or not isinstance(left, dict) or field in ("", "serial"):
                return _unreadable(raw, field, page)
            left = {name: value for name, value in left.items() if name != field}
            unusable.append(field)
        else:
            return {**row, UNUSABLE: tuple(unusable)} if unusable else cast("Row", row)


def _with_whole_key(page: int, row: Row) -> Row:
    if isinstance(row, Unreadable):
        return row
    keys = _keys(row)
    broken = next((name for name in ("serial", "employeeID") if "\ufffd" in keys.get(name, "")), None)
    return _unreadable(row, broken, page) if broken else row


def _field_of(error: ValidationError) -> str:
    """Return the path of the first bad field; `""` for the row itself."""
    place = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
    return ".".join(str(part) for part in place if isinstance(part, str) and "-" not in part and part != _A_TEXT)


def _unreadable(raw: object, field: str, page: int) -> Unreadable:
    """Make the unreadable row with its bad field."""
    known = raw if isinstance(raw, dict) else {}
    inner = _keys(known)
    names = ("serial", "employeeID")
    ids = [known.get(name) for name in names]
    ids += [inner.get(name) for name in reversed(names)] if isinstance(inner, dict) else []
    row_id = next((str(one)[:_LONGEST_ID] for one in ids if isinstance(one, str | int) and one != ""), "")
    return Unreadable(page, field, row_id, _digest(to_json(raw, inf_nan_mode="constants")))


def _keys(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - in a row that is not parsed yet, any JSON value
    """Return the part of a row that says whose or what it is: its user or course, else the row itself."""
    return row.get("user", row.get("course", row))


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


UNUSABLE = "unusable fields"
"""The key under which a row that keeps its serial lists its unreadable fields."""

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


def units(roots: Sequence[object]) -> Iterator[Unit | Unreadable]:
    """Flatten the forest, each unit after its parent; children of a node without serial move up."""
    waiting: list[tuple[object, tuple[UnitSerial, ...]]] = [(root, ()) for root in reversed(roots)]
    nodes: list[tuple[Mapping[str, Any], tuple[UnitSerial, ...]]] = []
    while waiting:
        raw, path = waiting.pop()
        try:
            node: Mapping[str, Any] = NODE.validate_python(raw)
        except ValidationError as error:
            yield _unreadable(raw, _field_of(error), page=1)
        else:
            path = (*path, UnitSerial(node["serial"].strip()))
            nodes.append((node, path))
        children = raw.get("childOrganizations") if isinstance(raw, dict) else None
        if isinstance(children, list):
            waiting += [(child, path) for child in reversed(children)]
        elif children:
            yield _unreadable(raw, "childOrganizations", page=1)
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
    keys = _keys(row)
    names = ("employeeID", "username", "email", "name")
    return str(keys.get("serial", "")) or identity_of(keys.get(name, "") for name in names)


def identity_of(fields: Iterable[str]) -> str:
    """Identify a user without serial by employee id, username, e-mail and name."""
    return _WITHOUT_SERIAL + _digest("\0".join(fields).encode())


def _digest(text: bytes) -> str:
    """Digest a text, which tells rows apart as well as the text."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def label(row: Mapping[str, Any]) -> str:
    """Return what names a readable row to a person: its serial, or its user's employee id."""
    keys = _keys(row)
    return str(keys.get("employeeID") or keys.get("serial", ""))


def is_readable(name: Hashable) -> bool:
    """True if an identity belongs to a readable row."""
    return not str(name).startswith(_UNREADABLE)
