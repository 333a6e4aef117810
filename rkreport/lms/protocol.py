"""Interprets an answer of the LMS: a pure function of status, headers and body. Sends nothing, waits for nothing.

The documentation gives no HTTP status for any error, and error bodies have neither `status` nor `data`. So the body is
judged too, and an error body under HTTP 200 is an error.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic_core import from_json

from rkreport.errors import Forbidden, LmsError, MalformedReply, NotFound, ServerTrouble, Throttled, TokenRefused
from rkreport.sentence import Sentence

_SURROGATES = re.compile("[\ud800-\udfff]")
_MOST_DEPTH = 200  # the limit of the parser for tidy JSON
_LONGEST_NUMBER = 100  # digits; Python refuses numbers with thousands


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object from the LMS. `is_empty`: the answer had no content and needed none."""

    values: Mapping[str, Any]
    has_lost_letters: bool = False  # shown as U+FFFD
    is_empty: bool = False


_IF_NOT_DELETED = "unless it was deleted there, check base_url"
IF_IT_STAYS = "if it stays so, ask Ruangkerja"
NO_CONTENT = Document({}, is_empty=True)


def interpret(reply: Reply, what: str, now: datetime) -> Document:
    """Return the answer's document. `what` names the request in messages, such as `users, page 3`. `now` is aware.

    Raises:
        Throttled: 429.
        ServerTrouble: 5xx or 408, an empty or cut body, a web page under HTTP 200, a `status` other than success.
        LmsError: a redirect.
        TokenRefused: 401, 403, or a body that says so.
        NotFound: 404, or a body that says so.
        Forbidden: a web page under 403 and other 4xx.
        MalformedReply: other 4xx; an unreadable body that would be the same next time.
    """
    _judge_status(reply, what, now)
    if reply.status == 204:  # noqa: PLR2004 - statuses are best known by number
        return NO_CONTENT
    if is_web_page(reply.body):
        raise ServerTrouble("The LMS answered {what} with a web page instead of data; check base_url.", what=what)
    try:
        document = read_document(reply.body, what)
    except LmsError as error:
        raise (_refusal(reply.status, what) if reply.status >= 400 else error) from None  # noqa: PLR2004 - as above
    if document.values.get("errorCode") not in (None, 0, "", "0"):
        raise _error_body(document.values, what)
    if reply.status >= 400:  # noqa: PLR2004 - as above
        raise _refusal(reply.status, what)
    if str(document.values.get("status") or "success").casefold() != "success":
        raise ServerTrouble("The LMS says that it failed at {what}; {if_it_stays}.", what=what, if_it_stays=IF_IT_STAYS)
    return document


def _refusal(status: int, what: str) -> LmsError:
    return MalformedReply(
        Sentence(
            "The LMS refused {what} (HTTP {status}); run the command again, and {if_it_stays}.",
            what=what,
            status=status,
            if_it_stays=IF_IT_STAYS,
        )
    )


def _judge_status(reply: Reply, what: str, now: datetime) -> None:
    status = reply.status
    if status == 429:  # noqa: PLR2004 - as above
        raise Throttled(
            "The LMS asked for a pause at {what} (HTTP 429).",
            what=what,
            retry_after_seconds=retry_after_seconds(reply.headers, now),
        )
    if status >= 500 or status == 408:  # noqa: PLR2004 - as above
        raise ServerTrouble(
            "The LMS failed at {what} (HTTP {status}); {if_it_stays}.",
            what=what,
            status=status,
            if_it_stays=IF_IT_STAYS,
            retry_after_seconds=retry_after_seconds(reply.headers, now),
        )
    if 300 <= status < 400:  # noqa: PLR2004 - as above
        raise LmsError(
            "The LMS sent {what} to another address (HTTP {status}), which is not followed"
            " because it would get the token; check base_url.",
            what=what,
            status=status,
        )
    if status == 404:  # noqa: PLR2004 - as above
        raise NotFound(
            "The LMS does not have {what} (HTTP 404); {if_not_deleted}.", what=what, if_not_deleted=_IF_NOT_DELETED
        )
    if status >= 400 and status != 401 and is_web_page(reply.body):  # noqa: PLR2004 - as above
        raise Forbidden(
            "Instead of {what} a web page came that refuses it (HTTP {status}), as firewalls and"
            " proxies send; ask the network team to let rkreport through to the LMS.",
            what=what,
            status=status,
        )
    if status in {401, 403}:
        raise TokenRefused(
            "The LMS refused the access token at {what} (HTTP {status}).",
            what=what,
            status=status,
            is_forbidden=status == 403,  # noqa: PLR2004 - as above
        )


def is_web_page(body: bytes) -> bool:
    """True if a body is HTML or XML instead of JSON."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def is_login_refused(reply: Reply) -> bool:
    """Return whether an answer to the login refuses the credentials; a web page is from somebody else.

    Bad credentials are documented as an error body of code 400, without an HTTP status; 123 is the code that the
    documents show for a token that is refused ("PermissionDenied"), so the login may answer it too.
    """
    is_refused = reply.status in {400, 401, 403} or _error_code(reply.body) in {"400", "401", "403", "123"}
    return is_refused and not is_web_page(reply.body)


def _error_code(body: bytes) -> str:
    """Return the `errorCode` of a body; `""` if it has none."""
    try:
        document = from_json(body)
    except ValueError:
        return ""
    return str(document.get("errorCode", "")) if isinstance(document, dict) else ""


def read_document(body: bytes, what: str) -> Document:
    """Parse a body as a JSON object; tolerate what JSON forbids if it is readable.

    Raises:
        ServerTrouble: it is empty, or ends too early.
        MalformedReply: it is not JSON, or not an object.
    """
    if not body.strip():
        raise ServerTrouble("The LMS's answer to {what} is empty; {if_it_stays}.", what=what, if_it_stays=IF_IT_STAYS)
    try:
        document = Document(from_json(body, allow_inf_nan=False))
    except ValueError as error:
        if "EOF" in str(error):
            raise ServerTrouble(
                "The LMS's answer to {what} is cut off in the middle; {if_it_stays}.",
                what=what,
                if_it_stays=IF_IT_STAYS,
            ) from None
        document = _leniently(body, what)
    if isinstance(document.values, dict):
        return document
    raise MalformedReply(
        "The LMS answered {what} in an unknown shape: it is no JSON object; ask Ruangkerja.", what=what
    )


def _leniently(body: bytes, what: str) -> Document:
    """Parse JSON with a byte order mark, broken letters, control characters in texts, or invalid numbers."""
    encoding = json.detect_encoding(body)
    text = body.decode(encoding, "replace")
    try:
        values = json.loads(text, strict=False, parse_constant=lambda _: None, parse_int=_whole_number)
        whole = _without_surrogates(values, 0)
    except RecursionError:
        raise MalformedReply(
            "The LMS's answer to {what} is nested deeper than any page; ask Ruangkerja.", what=what
        ) from None
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise ServerTrouble(
                "The LMS's answer to {what} is cut off in the middle; {if_it_stays}.",
                what=what,
                if_it_stays=IF_IT_STAYS,
            ) from None
        raise MalformedReply(
            "The LMS's answer to {what} is no JSON (at character {pos} of {text}); ask Ruangkerja.",
            what=what,
            pos=error.pos + 1,
            text=len(text),
        ) from None
    return Document(whole, has_lost_letters=whole != values or "\ufffd" in text)


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else math.inf


def _without_surrogates(value: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON value
    """Replace each unpaired surrogate in the value with U+FFFD.

    Raises:
        RecursionError: it is nested deeper than tidy JSON may be.
    """
    if depth > _MOST_DEPTH:
        raise RecursionError
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_SURROGATES.sub("\ufffd", name): _without_surrogates(one, depth + 1) for name, one in value.items()}
    return value


def _error_body(document: Mapping[str, object], what: str) -> LmsError:
    """Make the error of a body with `errorCode`. Its texts can hold anything, so only plain constants are shown."""
    message, code = str(document.get("message", "")), document["errorCode"]
    if "Token is not valid" in message or str(code) == "401":
        return TokenRefused(Sentence("The LMS refused the access token at {what}.", what=what))
    if "PermissionDenied" in message or str(code) == "403":
        return TokenRefused(Sentence("The LMS refused the right to {what}.", what=what), is_forbidden=True)
    if str(code) == "404":
        return NotFound(
            Sentence("The LMS does not have {what}; {if_not_deleted}.", what=what, if_not_deleted=_IF_NOT_DELETED)
        )
    name = f" {message}" if message.isascii() and message.replace("_", "").isupper() else ""
    shown = f"{code}{name}" if isinstance(code, int) else "of unknown code"
    return MalformedReply(
        Sentence(
            "The LMS answered {what} with error {shown}; run the command again, and {if_it_stays}.",
            what=what,
            shown=shown,
            if_it_stays=IF_IT_STAYS,
        )
    )


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the requested wait in seconds, from either form of Retry-After; None for none, zero, past or garbage."""
    text = headers.get("retry-after", "").strip()
    try:
        is_number = text.isascii() and text.replace(".", "", 1).isdecimal()
        seconds = float(text) if is_number else (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if seconds > 0 else None
