"""Reads a tidy page of a long list at once, from its bytes to what paging needs. Pure.

Most pages are tidy: JSON by the book, only documented fields, each of its documented type or null. msgspec checks all
of that while it decodes, in a fifth of the time that a parser and pydantic take one after the other. Any other page is
not judged here: `rkreport.lms.protocol` and `rkreport.lms.lists` read it anew, and they alone refuse one. What is read
here they would read alike; a test compares the two.
"""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, field

from rkreport.core.snapshot import ListKind
from rkreport.lms.shapes import LONGEST_ID, LONGEST_NAME, LONGEST_NOTE
from rkreport.lms.wire import identity_of

Scalar = str | int | float | bool | None
"""Of fields that nobody reads: never a list or an object, which could be nested deeper than other readers go."""

_Id = Annotated[str, Meta(max_length=LONGEST_ID)]
_Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
_Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]

_MOST_BYTES = 512 * 1024  # of a body: a page of 100 rows has 40 kB; empty objects take 40 times their bytes


class _Struct(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Only the documented fields, and their types."""


class _Tag(_Struct):
    serial: _Id | None = None
    name: _Name | None = None


class _User(_Struct):
    serial: _Id | None = None
    employee_id: _Id | None = field(default=None, name="employeeID")
    name: _Name | None = None
    username: _Name | None = None
    email: _Id | None = None
    is_active: bool | None = field(default=None, name="isActive")
    phone: _Name | None = None
    company_name: _Name | None = field(default=None, name="companyName")
    company_serial: _Id | None = field(default=None, name="companySerial")
    organization_display_name: _Name | None = field(default=None, name="organizationDisplayName")
    organization_level_serial: _Id | None = field(default=None, name="organizationLevelSerial")
    tags: list[_Tag] | None = None


class _AssignedUser(_Struct):
    serial: _Id | None = None
    employee_id: _Id | None = field(default=None, name="employeeID")
    name: _Name | None = None


class _Assignment(_Struct):
    user: _AssignedUser
    user_assigned_status: _Name | None = field(default=None, name="userAssignedStatus")
    is_attend: bool | None = field(default=None, name="isAttend")
    post_activity_status: _Name | None = field(default=None, name="postActivityStatus")
    post_test_attempt: int | None = field(default=None, name="postTestAttempt")
    post_test_score: float | None = field(default=None, name="postTestScore")
    post_test_passing_score: float | None = field(default=None, name="postTestPassingScore")
    absent_reason: _Note | None = field(default=None, name="absentReason")
    assigned_course_serial: _Id | None = field(default=None, name="assignedCourseSerial")
    feedback: Scalar = None


class _Online(_Struct):
    user: _AssignedUser
    completed_at: Scalar = field(default=None, name="completedAt")
    status: _Name | None = None
    pre_test: Scalar = field(default=None, name="preTest")
    post_test: Scalar = field(default=None, name="postTest")
    time_spent: Scalar = field(default=None, name="timeSpent")
    last_access_mission: Scalar = field(default=None, name="lastAccessMission")


class _PlanUser(_Struct):
    user: _AssignedUser
    status: _Name | None = None
    avg_pre_test: Scalar = field(default=None, name="avgPreTest")
    avg_post_test: Scalar = field(default=None, name="avgPostTest")
    number_of_completed: Scalar = field(default=None, name="numberOfCompleted")
    number_of_courses: Scalar = field(default=None, name="numberOfCourses")


class TidyPage(NamedTuple):
    """What paging needs of a page; the totals are as they came."""

    identities: tuple[str, ...]
    total: Scalar
    total_pages: Scalar
    says_active: bool  # a row says whether its user is active


def tidy_page(kind: ListKind, body: bytes) -> TidyPage | None:
    """Read a page; None if it is not tidy, or of a list whose rows are needed themselves."""
    read = _READERS.get(kind)
    return read(body) if read and len(body) <= _MOST_BYTES else None


def _reader(row: Any, keys: Callable[[Any], Any]) -> Callable[[bytes], TidyPage | None]:  # noqa: ANN401 - a type
    """Make the reader of pages with such rows; `keys` returns the part of a row that says whose it is."""
    data = msgspec.defstruct(
        "_Data",
        [
            ("items", list[row]),
            ("currentPage", Scalar, None),
            ("totalItems", Scalar, None),
            ("totalPage", Scalar, None),
        ],
        bases=(_Struct,),
    )
    page = msgspec.defstruct("_Page", [("data", data), ("status", str), ("message", Scalar, None)], bases=(_Struct,))
    decode = msgspec.json.Decoder(page).decode

    def read(body: bytes) -> TidyPage | None:
        try:
            answer: Any = decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        if answer.status.casefold() != "success":
            return None
        data = answer.data
        identities = tuple([_identity(keys(row)) for row in data.items])
        says_active = row is _User and any(user.is_active is not None for user in data.items)
        return TidyPage(identities, data.totalItems, data.totalPage, says_active)

    return read


def _itself(row: Any) -> Any:  # noqa: ANN401 - a row
    return row


def _user_of(row: Any) -> Any:  # noqa: ANN401 - a row
    return row.user


def _identity(keys: Any) -> str:  # noqa: ANN401 - one of two structs
    serial: _Id | None = keys.serial
    if serial:
        return serial
    names = (getattr(keys, name, None) or "" for name in ("employee_id", "username", "email", "name"))
    return identity_of(names)


_READERS = {
    ListKind.USERS: _reader(_User, _itself),
    ListKind.ASSIGNMENTS: _reader(_Assignment, _user_of),
    ListKind.ONLINE: _reader(_Online, _user_of),
    ListKind.PLAN_USERS: _reader(_PlanUser, _user_of),
}
