"""The LMS's own names and shapes. The only module that knows them; everybody else speaks of learners and batches.

Source: the vendor's documentation pages Find Users, Course Activity, Course Batch, Course Webinar / Offline User
Assignment, Get Company Structure, Generate Access Token. Unknown fields are ignored (fields get added), unknown enum
values are kept as text, null and a missing optional text are `""`.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, NotRequired, TypeVar

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic cannot use the standard one before Python 3.12

from rkreport.core.models import (
    Assignment,
    Batch,
    BatchSerial,
    Course,
    CourseSerial,
    EmployeeId,
    Learner,
    Tag,
    Unit,
    UnitSerial,
    UserSerial,
)


def _text(value: object) -> object:
    """Null is no text; a number where text belongs (seen in ids) is its digits."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _moment(value: object) -> object:
    return value or None


def _count(value: object) -> object:
    """A total as a number, or None when it is none: then nothing can be counted against it."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


Text = Annotated[str, BeforeValidator(_text)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Total = Annotated[int | None, BeforeValidator(_count)]

# A validation error would print what it refuses, and that is personal data.
_WIRE = ConfigDict(hide_input_in_errors=True, allow_inf_nan=False)

Row = TypeVar("Row")


@with_config(_WIRE)
class PageData(TypedDict, Generic[Row]):
    """What stands in `data` of a list; `items` may be null."""

    currentPage: NotRequired[int]
    totalItems: NotRequired[Total]
    totalPage: NotRequired[Total]
    items: list[Row] | None


@with_config(_WIRE)
class PageReply(TypedDict, Generic[Row]):
    """A page of a list."""

    data: PageData[Row]


@with_config(_WIRE)
class TagRow(TypedDict):
    """A tag of a user."""

    serial: NotRequired[Text]
    name: NotRequired[Text]


@with_config(_WIRE)
class UserRow(TypedDict):
    """A row of Find Users. `serial` is not documented there; some accounts have it."""

    employeeID: Text
    name: Text
    isActive: bool
    serial: NotRequired[Text]
    username: NotRequired[Text]
    email: NotRequired[Text]
    phone: NotRequired[Text]
    companyName: NotRequired[Text]
    companySerial: NotRequired[Text]
    organizationDisplayName: NotRequired[Text]
    organizationLevelSerial: NotRequired[Text]
    tags: NotRequired[list[TagRow] | None]


@with_config(_WIRE)
class CourseRow(TypedDict):
    """A row of Course Activity; what follows the description is not documented."""

    serial: str
    name: Text


@with_config(_WIRE)
class BatchRow(TypedDict):
    """A row of Course Batch."""

    serial: str
    name: Text
    mainActivityStartAt: NotRequired[Moment]
    mainActivityEndAt: NotRequired[Moment]
    postActivityEndAt: NotRequired[Moment]
    platform: NotRequired[Text]
    status: NotRequired[Text]


@with_config(_WIRE)
class AssignedUser(TypedDict):
    """Who is assigned."""

    serial: NotRequired[Text]
    name: NotRequired[Text]
    employeeID: NotRequired[Text]


@with_config(_WIRE)
class AssignmentRow(TypedDict):
    """A row of Course Webinar / Offline User Assignment."""

    user: AssignedUser
    userAssignedStatus: Text
    isAttend: NotRequired[bool | None]
    postActivityStatus: NotRequired[Text]
    postTestAttempt: NotRequired[int | None]
    postTestScore: NotRequired[float | None]
    postTestPassingScore: NotRequired[float | None]
    absentReason: NotRequired[Text]


@with_config(_WIRE)
class OrganizationNode(TypedDict):
    """A node of Get Company Structure."""

    serial: str
    name: Text
    isActive: NotRequired[bool]
    childOrganizations: NotRequired["list[OrganizationNode] | None"]


@with_config(_WIRE)
class StructureData(TypedDict):
    """What stands in `data` of Get Company Structure."""

    organizations: list[OrganizationNode] | None


@with_config(_WIRE)
class StructureReply(TypedDict):
    """The whole forest in one answer."""

    data: StructureData


@with_config(_WIRE)
class TokenData(TypedDict):
    """What stands in `data` of Generate Access Token; `expiresIn` is documented as a string of seconds."""

    accessToken: str
    expiresIn: NotRequired[Total]


@with_config(_WIRE)
class TokenReply(TypedDict):
    """An access token."""

    data: TokenData


USERS = TypeAdapter(PageReply[UserRow])
COURSES = TypeAdapter(PageReply[CourseRow])
BATCHES = TypeAdapter(PageReply[BatchRow])
ASSIGNMENTS = TypeAdapter(PageReply[AssignmentRow])
STRUCTURE = TypeAdapter(StructureReply)
TOKEN = TypeAdapter(TokenReply)


def learner(row: UserRow) -> Learner:
    """A learner from a row of Find Users."""
    return Learner(
        employee_id=EmployeeId(row["employeeID"]),
        serial=UserSerial(row["serial"]) if row.get("serial") else None,
        name=row["name"],
        username=row.get("username", ""),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
        is_active=row["isActive"],
        company=row.get("companyName", ""),
        company_serial=row.get("companySerial", ""),
        unit_name=row.get("organizationDisplayName", ""),
        unit_serial=UnitSerial(row.get("organizationLevelSerial", "")),
        tags=tuple(Tag(tag.get("serial", ""), tag.get("name", "")) for tag in row.get("tags") or ()),
    )


def course(row: CourseRow) -> Course:
    """A course from a row of Course Activity."""
    return Course(CourseSerial(row["serial"]), row["name"])


def batch(row: BatchRow, course_serial: str) -> Batch:
    """A batch from a row of Course Batch. A time without a zone is UTC, as all documented ones are."""
    return Batch(
        course_serial=CourseSerial(course_serial),
        serial=BatchSerial(row["serial"]),
        name=row["name"],
        session_start=_utc(row.get("mainActivityStartAt")),
        session_end=_utc(row.get("mainActivityEndAt")),
        post_activity_end=_utc(row.get("postActivityEndAt")),
        status=row.get("status", ""),
    )


def assignment(row: AssignmentRow, course_serial: str, batch_serial: str) -> Assignment:
    """An assignment from a row of Course Webinar / Offline User Assignment."""
    user = row["user"]
    return Assignment(
        course_serial=CourseSerial(course_serial),
        batch_serial=BatchSerial(batch_serial),
        user_serial=UserSerial(user["serial"]) if user.get("serial") else None,
        employee_id=EmployeeId(user.get("employeeID", "")),
        name=user.get("name", ""),
        attended=row.get("isAttend"),
        status=row["userAssignedStatus"],
        post_activity=row.get("postActivityStatus", ""),
        post_test_attempts=row.get("postTestAttempt") or 0,
        post_test_score=row.get("postTestScore"),
        passing_score=row.get("postTestPassingScore"),
        absent_reason=row.get("absentReason", ""),
    )


def units(nodes: list[OrganizationNode] | None, above: tuple[UnitSerial, ...] = ()) -> Iterator[Unit]:
    """The forest flattened, each unit after the one above it."""
    for node in nodes or ():
        path = (*above, UnitSerial(node["serial"]))
        yield Unit(path[-1], node["name"], node.get("isActive", True), path)
        yield from units(node.get("childOrganizations"), path)


def identity(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes a row of any list the same row when it is read again.

    Assignments: the user's serial, else the employee id (`assignedCourseSerial` repeats across people). Users without
    serial need more than the employee id, since two records can share one.
    """
    if "user" in row:
        user = row["user"]
        return (user["serial"],) if user.get("serial") else ("", user.get("employeeID", ""), user.get("name", ""))
    if row.get("serial"):
        return (row["serial"],)
    return (row["employeeID"], row.get("username", ""), row.get("email", ""), row.get("name", ""))


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
