"""The LMS's own names and shapes. The only module that knows them; everybody else speaks of learners and batches.

Source: the vendor's documentation pages Find Users, Course Activity, Course Batch, Course Webinar / Offline User
Assignment, Get Company Structure, Generate Access Token. Unknown fields are ignored (fields get added), unknown enum
values are kept as text. No value comes as null, as an empty text, as 0 or not at all, as each server has it.
"""

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, NotRequired, cast

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import to_json
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

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - compared before a zone can overflow
"""Times outside mean "none" or "never": year 1 in Go and .NET, 1970, 9999."""

_WHOLE = re.compile(r"([0-9]{1,18})(\.0*)?")
_MOST = 10**18  # a larger total is cut, so that it can be worded
_WITHOUT_SERIAL, _UNREADABLE = "\0", "\1"  # begin identities that are no serial
_LONGEST_ID = 100  # characters shown of the id of a row that could not be read


def _text(value: object) -> object:
    """Null is no text; a number where text belongs (seen in ids) is its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _serial(value: object) -> object:
    if value in (None, ""):
        raise ValueError("is empty")
    return _text(value)


def _number(value: object) -> object:
    """An empty text is no number."""
    return None if value == "" else value


def _tags(value: object) -> object:
    """Tags come as objects, on another page of the documentation as bare names."""
    if not isinstance(value, list):
        return value or None
    return [{"name": tag} if isinstance(tag, str) else tag for tag in value]


def count(value: object) -> int | None:
    """A total as a number, or None when it is none: then nothing can be counted against it."""
    if isinstance(value, str):
        found = _WHOLE.fullmatch(value.strip())
        return int(found[1]) if found else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return min(cast("int", value), _MOST) if is_count else None


def moment(value: object) -> tuple[datetime | None, bool]:
    """A time in UTC, and whether it can be used: None and True for no time at all.

    Any form of ISO 8601; a time without a zone is UTC, as all documented ones are. A bare number is no time: nothing
    says what it counts, and `20261231` is a day.
    """
    if value in (None, ""):
        return None, True
    try:
        parsed = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        parsed = None
    if parsed is None or not EARLIEST <= parsed.replace(tzinfo=None) < LATEST:
        return None, False
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC), True


Text = Annotated[str, BeforeValidator(_text)]
Serial = Annotated[str, BeforeValidator(_serial)]
Count = Annotated[int | None, BeforeValidator(_number)]
Score = Annotated[float | None, BeforeValidator(_number)]

# A validation error would print what it refuses, and that is personal data.
_WIRE = ConfigDict(hide_input_in_errors=True, allow_inf_nan=False)


@with_config(_WIRE)
class TagRow(TypedDict):
    """A tag of a user."""

    serial: NotRequired[Text]
    name: NotRequired[Text]


@with_config(_WIRE)
class UserRow(TypedDict):
    """A row of Find Users. `serial` is not documented there; some accounts have it."""

    employeeID: NotRequired[Text]
    name: NotRequired[Text]
    isActive: NotRequired[bool | None]
    serial: NotRequired[Text]
    username: NotRequired[Text]
    email: NotRequired[Text]
    phone: NotRequired[Text]
    companyName: NotRequired[Text]
    companySerial: NotRequired[Text]
    organizationDisplayName: NotRequired[Text]
    organizationLevelSerial: NotRequired[Text]
    tags: NotRequired[Annotated[list[TagRow] | None, BeforeValidator(_tags)]]


@with_config(_WIRE)
class CourseRow(TypedDict):
    """A row of Course Activity; what follows the description is not documented."""

    serial: Serial
    name: NotRequired[Text]


@with_config(_WIRE)
class BatchRow(TypedDict):
    """A row of Course Batch. Its times are read by `moment`, so that one of them does not cost the row."""

    serial: Serial
    name: NotRequired[Text]
    mainActivityStartAt: NotRequired[Any]
    mainActivityEndAt: NotRequired[Any]
    postActivityEndAt: NotRequired[Any]
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
    userAssignedStatus: NotRequired[Text]
    isAttend: NotRequired[bool | None]
    postActivityStatus: NotRequired[Text]
    postTestAttempt: NotRequired[Count]
    postTestScore: NotRequired[Score]
    postTestPassingScore: NotRequired[Score]
    absentReason: NotRequired[Text]


@with_config(_WIRE)
class OrganizationNode(TypedDict):
    """A node of Get Company Structure; the nodes below it are read one by one."""

    serial: Serial
    name: NotRequired[Text]
    isActive: NotRequired[bool | None]


@with_config(_WIRE)
class TokenData(TypedDict):
    """What stands in `data` of Generate Access Token; `expiresIn` is documented as a string of seconds."""

    accessToken: str
    expiresIn: NotRequired[Annotated[int | None, BeforeValidator(count)]]


@with_config(_WIRE)
class TokenReply(TypedDict):
    """An access token."""

    data: TokenData


USERS = TypeAdapter(list[UserRow])
COURSES = TypeAdapter(list[CourseRow])
BATCHES = TypeAdapter(list[BatchRow])
ASSIGNMENTS = TypeAdapter(list[AssignmentRow])
TOKEN = TypeAdapter(TokenReply)
_NODE = TypeAdapter(OrganizationNode)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row with a field that cannot be read. `row_id` is what it calls itself, `digest` tells it from others."""

    page: int
    field: str
    row_id: str
    digest: str


Row = Mapping[str, Any] | Unreadable
"""A row as the LMS sent it, its texts and numbers tidied."""


def rows_of(
    raw: Sequence[object], shape: TypeAdapter[list[Any]], page: int, *, has_lost_letters: bool = False
) -> tuple[Row, ...]:
    """The rows of a page; one that cannot be read costs no other.

    Where letters were lost, a row whose key lost one cannot be told from another and cannot be read either.
    """
    try:
        rows: tuple[Row, ...] = tuple(shape.validate_python(raw))
    except ValidationError:
        rows = tuple(_row(row, shape, page) for row in raw)
    return tuple(map(partial(_with_whole_key, page), rows)) if has_lost_letters else rows


def _row(raw: object, shape: TypeAdapter[list[Any]], page: int) -> Row:
    """A row; of a course or batch what cannot be read is left out, as long as its serial can."""
    left: object = raw
    unusable: list[str] = []
    while True:
        try:
            (row,) = shape.validate_python([left])
        except ValidationError as error:
            field = _field_of(error)
            if shape not in (COURSES, BATCHES) or not isinstance(left, dict) or field in ("", "serial"):
                return _unreadable(raw, field, page)
            left = {name: value for name, value in left.items() if name != field}
            unusable.append(field)
        else:
            return {**row, UNUSABLE: tuple(unusable)} if unusable else cast("Row", row)


def _with_whole_key(page: int, row: Row) -> Row:
    if isinstance(row, Unreadable):
        return row
    keys = row.get("user", row)
    broken = next((name for name in ("serial", "employeeID") if "\ufffd" in keys.get(name, "")), None)
    return _unreadable(row, broken, page) if broken else row


def _field_of(error: ValidationError) -> str:
    """The first field that is at fault, by its names; `""`: the row itself."""
    place = error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
    return ".".join(str(part) for part in place if isinstance(part, str) and "-" not in part)


def _unreadable(raw: object, field: str, page: int) -> Unreadable:
    """The row with the field that is at fault."""
    known = raw if isinstance(raw, dict) else {}
    user = known.get("user")
    ids = (known.get("serial"), known.get("employeeID"), *((user.get("employeeID"),) if isinstance(user, dict) else ()))
    row_id = next((str(one)[:_LONGEST_ID] for one in ids if isinstance(one, str | int) and one != ""), "")
    return Unreadable(page, field, row_id, _digest(to_json(raw, inf_nan_mode="constants")))


def learner(row: Mapping[str, Any]) -> Learner:
    """A learner from a row of Find Users. `isActive` left out is false: some servers leave out what is false."""
    return Learner(
        employee_id=EmployeeId(row.get("employeeID", "")),
        serial=UserSerial(row["serial"]) if row.get("serial") else None,
        name=row.get("name", ""),
        username=row.get("username", ""),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
        is_active=bool(row.get("isActive")),
        company=row.get("companyName", ""),
        company_serial=row.get("companySerial", ""),
        unit_name=row.get("organizationDisplayName", ""),
        unit_serial=UnitSerial(row.get("organizationLevelSerial", "")),
        tags=tuple(Tag(tag.get("serial", ""), tag.get("name", "")) for tag in row.get("tags") or ()),
    )


def course(row: Mapping[str, Any]) -> Course:
    """A course from a row of Course Activity."""
    return Course(CourseSerial(row["serial"]), row.get("name", ""))


UNUSABLE = "unusable fields"
"""Under this name a course or batch row holds its fields that could not be read."""

BATCH_TIMES = ("mainActivityStartAt", "mainActivityEndAt", "postActivityEndAt")


def batch(row: Mapping[str, Any], course_serial: str) -> Batch:
    """A batch from a row of Course Batch."""
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


def unusable_times(row: Mapping[str, Any]) -> Iterator[str]:
    """The times of a batch that cannot be used, as `field value`."""
    for name in BATCH_TIMES:
        if not moment(row.get(name))[1]:
            yield f"{name} {str(row[name])[:_LONGEST_ID]}"


def assignment(row: Mapping[str, Any], course_serial: str, batch_serial: str, *, left_out: bool | None) -> Assignment:
    """An assignment from a row of Course Webinar / Offline User Assignment; `left_out` is what no `isAttend` means."""
    user, attended = row["user"], row.get("isAttend")
    return Assignment(
        course_serial=CourseSerial(course_serial),
        batch_serial=BatchSerial(batch_serial),
        user_serial=UserSerial(user["serial"]) if user.get("serial") else None,
        employee_id=EmployeeId(user.get("employeeID", "")),
        name=user.get("name", ""),
        attended=left_out if attended is None else attended,
        status=row.get("userAssignedStatus", ""),
        post_activity=row.get("postActivityStatus", ""),
        post_test_attempts=row.get("postTestAttempt") or 0,
        post_test_score=row.get("postTestScore"),
        passing_score=row.get("postTestPassingScore"),
        absent_reason=row.get("absentReason", ""),
    )


def units(roots: Sequence[object]) -> Iterator[Unit | Unreadable]:
    """The forest flattened, each unit after the one above it; what is below a node without serial moves up."""
    waiting: list[tuple[object, tuple[UnitSerial, ...]]] = [(root, ()) for root in reversed(roots)]
    nodes: list[tuple[Mapping[str, Any], tuple[UnitSerial, ...]]] = []
    while waiting:
        raw, path = waiting.pop()
        try:
            node: Mapping[str, Any] = _NODE.validate_python(raw)
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
    """How many rows there are, units below units too; the counting ends past `most`."""
    found, waiting = 0, [raw]
    while waiting and found <= most:
        rows = waiting.pop()
        found += len(rows)
        if found <= most:
            below = (row.get("childOrganizations") for row in rows if isinstance(row, dict))
            waiting += [children for children in below if isinstance(children, list)]
    return found


def identity(row: Row) -> str:
    """What makes a row of any list the same row when it is read again: small, as there is one for every row.

    Assignments: the user's serial, else the employee id (`assignedCourseSerial` repeats across people). Users without
    serial need more than the employee id, since two records can share one.
    """
    if isinstance(row, Unreadable):
        return _UNREADABLE + row.digest
    keys = row.get("user", row)
    if keys.get("serial"):
        return str(keys["serial"])
    fields = (keys.get(name, "") for name in ("employeeID", "username", "email", "name"))
    return _WITHOUT_SERIAL + _digest("\0".join(fields).encode())


def _digest(text: bytes) -> str:
    """As good as the text to tell rows apart, and small however long names are."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def is_readable(name: Hashable) -> bool:
    """Whether an identity is that of a row that could be read."""
    return not str(name).startswith(_UNREADABLE)
