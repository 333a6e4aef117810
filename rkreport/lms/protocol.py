"""What an answer of the LMS means: a pure function of status, headers and body. Moves no bytes, waits for nothing.

The documentation gives no HTTP status for any error, and error bodies have neither `status` nor `data`; so an answer
is judged by its body too, and an error under HTTP 200 is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from rkreport.errors import LmsError, MalformedReply, NotFound, ServerTrouble, Throttled, TokenRefused

LONGEST_WAIT_SECONDS = 300.0  # a server that asks for more is asked again after this

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def interpret(reply: Reply, shape: TypeAdapter[Shape], what: str, now: datetime) -> Shape:
    """The parsed answer. `what` names the request in messages: `users, page 3`. `now` (aware) reads dated Retry-After.

    Raises:
        Throttled: 429.
        ServerTrouble: 5xx, a body that is cut or no JSON.
        TokenRefused: 401, 403, or a body that says so.
        NotFound: 404.
        MalformedReply: anything else that is not the documented shape; names the field.
    """
    _judge_status(reply, what, now)
    document = _document(reply, what)
    if "errorCode" in document:
        raise _error_body(document, what)
    try:
        return shape.validate_python(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise MalformedReply(
            f"The LMS answered {what} in an unknown shape: field {field}: {_problem(first['type'], first['msg'])}."
        ) from None


def _judge_status(reply: Reply, what: str, now: datetime) -> None:
    status = reply.status
    if status == 429:  # noqa: PLR2004 - statuses are best known by number
        raise Throttled(f"The LMS asked for a pause at {what} (HTTP 429).", retry_after_seconds(reply.headers, now))
    if status >= 500:  # noqa: PLR2004
        raise ServerTrouble(f"The LMS failed at {what} (HTTP {status}).", retry_after_seconds(reply.headers, now))
    if 300 <= status < 400:  # noqa: PLR2004
        raise LmsError(
            f"The LMS sent {what} to another address (HTTP {status}), which is not followed"
            " because it would get the token; check base_url."
        )
    if status in {401, 403}:
        raise TokenRefused(f"The LMS refused the access token at {what} (HTTP {status}).")
    if status == 404:  # noqa: PLR2004
        raise NotFound(f"The LMS does not have {what} (HTTP 404).")


def _document(reply: Reply, what: str) -> Mapping[str, object]:
    try:
        document = from_json(reply.body, allow_inf_nan=False)
    except ValueError:
        if reply.body.lstrip()[:1] == b"<":
            raise ServerTrouble(f"The LMS answered {what} with a web page instead of data; check base_url.") from None
        raise ServerTrouble(f"The LMS's answer to {what} is cut off or no JSON (HTTP {reply.status}).") from None
    if isinstance(document, dict):
        return document
    raise MalformedReply(f"The LMS answered {what} in an unknown shape: it is no JSON object.")


def _error_body(document: Mapping[str, object], what: str) -> LmsError:
    """The error of a body with `errorCode`. Its texts can hold anything, so only plain constants are shown."""
    message, code = str(document.get("message", "")), document["errorCode"]
    if "PermissionDenied" in message or "Token is not valid" in message:
        return TokenRefused(f"The LMS refused the access token at {what}.")
    if code == 404:  # noqa: PLR2004
        return NotFound(f"The LMS does not have {what}.")
    name = f" {message}" if message.isascii() and message.replace("_", "").isupper() else ""
    shown = f"{code}{name}" if isinstance(code, int) else "of unknown code"
    return MalformedReply(f"The LMS answered {what} with error {shown}.")


def _problem(kind: str, message: str) -> str:
    return "is missing" if kind == "missing" else message[:1].lower() + message[1:]


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The wait a server asks for, in seconds, from either form of Retry-After; None for none, zero, past or garbage."""
    text = headers.get("retry-after", "").strip()
    try:
        is_number = text.isascii() and text.isdecimal()
        seconds = float(text) if is_number else (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(seconds, LONGEST_WAIT_SECONDS) if seconds > 0 else None
