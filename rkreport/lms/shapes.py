"""The LMS's own shapes: the fields of its rows, and the forms in which servers write texts, numbers and times.

Source: the vendor's documentation pages Find Users, Course Activity, Course Batch, Course Online / Offline / Webinar
User Assignment, User Course Status, Learning Plan and the pages below it, Get Company Structure, Generate Access
Token. Unknown fields are ignored (fields get added), unknown enum values are kept as text. Servers write a missing
value as null, as an empty text, as 0, or leave it out. Must not know our models.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, NotRequired, cast

from pydantic import BeforeValidator, ConfigDict, Field, Strict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic cannot use the standard TypedDict before Python 3.12

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - compared before a zone can overflow
"""Times outside this range mean "none" or "never": year 1 in Go and .NET, 1970, 9999."""

_WHOLE = re.compile(r"([0-9]{1,18})(\.0*)?")
_MOST = 10**18  # a larger total is capped, so that messages can show it


def _text(value: object) -> object:
    """Turn null into empty text, and a number (seen in ids) into its digits."""
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
    """Turn an empty text into no number."""
    return None if value == "" else value


def _tags(value: object) -> object:
    """Accept tags as objects, or as bare names as on another page of the documentation."""
    if not isinstance(value, list):
        return value or None
    return [{"name": tag} if isinstance(tag, str) else tag for tag in value]


def count(value: object) -> int | None:
    """Parse a total; None if it is no number, so no count can be checked against it."""
    if isinstance(value, str):
        found = _WHOLE.fullmatch(value.strip())
        return int(found[1]) if found else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return min(cast("int", value), _MOST) if is_count else None


def moment(value: object) -> tuple[datetime | None, bool]:
    """Return a time in UTC, and whether it is usable. A missing time gives None and True.

    Accepts any form of ISO 8601; a time without a zone is UTC, as all documented times are. A bare number is no time:
    its unit is unknown, and `20261231` is a day.
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


def completed(value: object) -> datetime | date | None:
    """Return a time of completion: a day for a date without a time, else as `moment`."""
    when, _ = moment(value)
    try:
        return when and date.fromisoformat(str(value).strip())
    except ValueError:
        return when


LONGEST_NAME = 255  # characters; as many as a database keeps of a name, and Excel of a header
LONGEST_NOTE = 4_000  # of a text that people write whole sentences into; with every escape it still fits into a cell
LONGEST_ID = 300  # an email address has 254 at most; a longer id cannot be shortened: it could become another's

_Name = Annotated[str, Field(max_length=LONGEST_NAME)]
_Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
_Id = Annotated[str, Field(max_length=LONGEST_ID)]

# A text is taken as it is, in a sixth of the time that a call of ours takes; the call is for other values.
Text = Annotated[
    Annotated[_Name, Strict()] | Annotated[_Name, BeforeValidator(_text)], Field(union_mode="left_to_right")
]
Note = Annotated[
    Annotated[_Note, Strict()] | Annotated[_Note, BeforeValidator(_text)], Field(union_mode="left_to_right")
]
Id = Annotated[Annotated[_Id, Strict()] | Annotated[_Id, BeforeValidator(_text)], Field(union_mode="left_to_right")]
Serial = Annotated[_Id, BeforeValidator(_serial)]
Count = Annotated[int | None, BeforeValidator(_number)]
Score = Annotated[float | None, BeforeValidator(_number)]

# A validation error would print the refused value, which is personal data.
_WIRE = ConfigDict(hide_input_in_errors=True, allow_inf_nan=False)


@with_config(_WIRE)
class TagRow(TypedDict):
    """A tag of a user."""

    serial: NotRequired[Id]
    name: NotRequired[Text]


@with_config(_WIRE)
class UserRow(TypedDict):
    """A row of Find Users. `serial` is undocumented; some accounts have it."""

    employeeID: NotRequired[Id]
    name: NotRequired[Text]
    isActive: NotRequired[bool | None]
    serial: NotRequired[Id]
    username: NotRequired[Text]
    email: NotRequired[Id]
    phone: NotRequired[Text]
    companyName: NotRequired[Text]
    companySerial: NotRequired[Id]
    organizationDisplayName: NotRequired[Text]
    organizationLevelSerial: NotRequired[Id]
    tags: NotRequired[Annotated[list[TagRow] | None, BeforeValidator(_tags)]]


@with_config(_WIRE)
class CourseRow(TypedDict):
    """A row of Course Activity; all its other fields are ignored."""

    serial: Serial
    name: NotRequired[Text]


@with_config(_WIRE)
class BatchRow(TypedDict):
    """A row of Course Batch. `moment` parses its times later, so that a bad time does not lose the row."""

    serial: Serial
    name: NotRequired[Text]
    mainActivityStartAt: NotRequired[Any]
    mainActivityEndAt: NotRequired[Any]
    postActivityEndAt: NotRequired[Any]
    platform: NotRequired[Text]
    status: NotRequired[Text]


@with_config(_WIRE)
class AssignedUser(TypedDict):
    """The assigned user."""

    serial: NotRequired[Id]
    name: NotRequired[Text]
    employeeID: NotRequired[Id]


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
    absentReason: NotRequired[Note]
    assignedCourseSerial: NotRequired[Id]


@with_config(_WIRE)
class OnlineRow(TypedDict):
    """A row of Course Online User Assignment. Tests, time spent and last access are of no use and stay unread."""

    user: AssignedUser
    completedAt: NotRequired[Any]
    status: NotRequired[Text]


@with_config(_WIRE)
class CompletionRow(TypedDict):
    """A row of User Course Status."""

    employeeID: NotRequired[Id]
    assignedCourseSerial: NotRequired[Id]
    courseName: NotRequired[Text]
    completedAt: NotRequired[Any]
    status: NotRequired[Text]


@with_config(_WIRE)
class PlanRow(TypedDict):
    """A row of Learning Plan; all its other fields are ignored."""

    serial: Serial
    name: NotRequired[Text]


@with_config(_WIRE)
class PlanCourseRow(TypedDict):
    """A row of Learning Plan Course."""

    course: CourseRow
    deadline: NotRequired[Any]


@with_config(_WIRE)
class PlanUserRow(TypedDict):
    """A row of Learning Plan User Assignment."""

    user: AssignedUser
    status: NotRequired[Text]


@with_config(_WIRE)
class OrganizationNode(TypedDict):
    """A node of Get Company Structure; its child nodes are parsed one by one."""

    serial: Serial
    name: NotRequired[Text]
    isActive: NotRequired[bool | None]


@with_config(_WIRE)
class TokenData(TypedDict):
    """The `data` of Generate Access Token; `expiresIn` is documented as a string of seconds."""

    accessToken: str
    expiresIn: NotRequired[Annotated[int | None, BeforeValidator(count)]]


@with_config(_WIRE)
class TokenReply(TypedDict):
    """The reply of Generate Access Token."""

    data: TokenData


USERS = TypeAdapter(list[UserRow])
COURSES = TypeAdapter(list[CourseRow])
BATCHES = TypeAdapter(list[BatchRow])
ASSIGNMENTS = TypeAdapter(list[AssignmentRow])
ONLINE = TypeAdapter(list[OnlineRow])
COMPLETIONS = TypeAdapter(list[CompletionRow])
PLANS = TypeAdapter(list[PlanRow])
PLAN_COURSES = TypeAdapter(list[PlanCourseRow])
PLAN_USERS = TypeAdapter(list[PlanUserRow])
TOKEN = TypeAdapter(TokenReply)
NODES = TypeAdapter(list[OrganizationNode])
