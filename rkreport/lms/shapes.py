"""The LMS's own shapes: which fields its rows have, and the forms in which servers write texts, numbers and times.

Source: the vendor's documentation pages Find Users, Course Activity, Course Batch, Course Webinar / Offline User
Assignment, Get Company Structure, Generate Access Token. Unknown fields are ignored (fields get added), unknown enum
values are kept as text. No value comes as null, as an empty text, as 0 or not at all, as each server has it.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, NotRequired, cast

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic cannot use the standard one before Python 3.12

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - compared before a zone can overflow
"""Times outside mean "none" or "never": year 1 in Go and .NET, 1970, 9999."""

_WHOLE = re.compile(r"([0-9]{1,18})(\.0*)?")
_MOST = 10**18  # a larger total is cut, so that it can be worded


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
NODE = TypeAdapter(OrganizationNode)
