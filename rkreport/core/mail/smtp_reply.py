"""What a mail server's answer means for a message. Pure.

Knows the codes of RFC 5321 and 3463 and those that Microsoft 365 and Google use in their own ways. Must not know how
answers come in, nor how often a message is tried.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from rkreport.core.leaks.text_folding import visible, without_invisible
from rkreport.core.mail.delivery import Outcome, OutcomeKind


class Phase(StrEnum):
    """The step of the dialogue that the answer belongs to."""

    CONNECT = "connect"  # the greeting, and the server's answer to ours
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"  # the wish to send the text; nothing of it has gone
    TEXT = "text"  # the text, or a part of it, has gone


REPLY_LIMIT: Final = 200
"""Characters of a reply that are kept."""

THROTTLED_SECONDS: Final = 60.0
"""How long to leave a server alone that is busy or does not answer."""

GREYLISTED_SECONDS: Final = 300.0
"""How long to wait before the second try of a message refused for now; the caller doubles it for each more."""

_LONGEST_HINT_SECONDS = 3600.0

_ENHANCED = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_ADDRESS = re.compile(  # looked for from the beginning of a word alone: a long answer takes no longer than it is
    r"(?<![^\s<>()\[\]\"',;:])[^\s<>()\[\]\"',;:]*(?:@|%40|=40|\uff20)[^\s<>()\[\]\"',;]*", re.IGNORECASE
)
_HIDDEN = "(address)"
_SHORTEST = 3  # a shorter part of an address or name is in many harmless words
_HARMLESS = re.compile(  # in many answers, and in addresses of no person
    r"access|account|address|admin|all|and|are|authorized|blocked|client|content|data|delivery|denied|destination|"
    r"disabled|domain|email|error|exceeded|failed|for|from|full|google|has|hello|host|info|invalid|limit|list|local|"
    r"mail|mailbox|mailer|message|microsoft|mta|name|noreply|not|office|outlook|policy|postmaster|quota|rate|"
    r"recipient|refused|rejected|relay|report|reports|reply|sender|server|service|size|smtp|spam|support|system|team|"
    r"temporary|the|this|unavailable|unknown|user|wait|was|you|your",
    re.IGNORECASE,
)
_PART = re.compile(r"[^\W\d_]+")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{6,}={0,2}(?![A-Za-z0-9+/=])")
_SEVERAL = re.compile(r"\(address\)(?:[\s._-]*\(address\))+")
_HINT = re.compile(r"\b(?:in|for|after|wait)\s+(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b", re.IGNORECASE)
_THROTTLING = re.compile(
    r"thrott|too (?:many|much|fast)|\brate\b|concurrent|connection limit|busy|overload", re.IGNORECASE
)
_THROTTLED_CODES = frozenset({"4.3.2", "4.4.5", "4.7.28"})

# All other messages would be refused too. Microsoft 365: 5.1.8 and 5.7.7xx the account is blocked, 5.1.90 its
# recipients of the day are used up, 5.2.252 and 5.7.60 it may not send as this sender, 5.7.57 and 5.7.139 it may not
# log in like this. Google: 5.4.5 the messages of the day are used up, 5.7.9 and 5.7.14 it wants another login.
_HOPELESS = frozenset(
    {"5.1.8", "5.1.90", "5.2.252", "5.4.5", "5.7.3", "5.7.8", "5.7.9", "5.7.14"}
    | {"5.7.30", "5.7.57", "5.7.60", "5.7.139", "5.7.708", "5.7.750"}
)
_LOGIN_CODES = frozenset({530, 534, 535, 538})

_OVER_QUOTA = re.compile(r"(?:submission|sending|daily)\s*(?:quota|limit)", re.IGNORECASE)
_TOO_LARGE = 552
_OF_THIS_MESSAGE = frozenset({"5.2.3", "5.3.4", "5.6.7"})  # its size, or letters that need SMTPUTF8
_OF_THE_MAILBOX = ("5.1.", "5.2.")
_OF_THE_RECIPIENT = frozenset({551, 553})


def outcome_of(code: int, text: str, *, phase: Phase, hide: Iterable[str] = ()) -> Outcome:
    """What an answer means for the message that is being sent.

    Args:
        code: the three digits; anything else means an invalid answer.
        text: what came with it, all lines.
        phase: the step it answers. A 2xx decides only after a text; do not ask about others.
        hide: addresses and names that are removed from the reply, and the words they are made of; whole addresses
            always are.

    Raises:
        ValueError: a 2xx or 3xx where it decides nothing; that is a bug of the caller.
    """
    reply = reply_text(code, text, hide=hide)
    enhanced = _enhanced(code, text)
    hundreds = code // 100
    if phase is Phase.TEXT and hundreds == 2:  # noqa: PLR2004 - as RFC 5321 names them
        return Outcome(OutcomeKind.TAKEN, reply)
    if hundreds == 4:  # noqa: PLR2004 - as above
        return Outcome(OutcomeKind.LATER, reply, _wait_seconds(code, enhanced, text))
    if hundreds == 5:  # noqa: PLR2004 - as above
        return _refusal(code, enhanced, text, phase, reply)
    if 200 <= code < 400 and phase is not Phase.TEXT:  # noqa: PLR2004 - as above
        raise ValueError(f"{code} decides nothing here")
    if phase is Phase.TEXT:
        return Outcome(OutcomeKind.UNKNOWN, reply)
    return Outcome(OutcomeKind.LATER, reply, THROTTLED_SECONDS)


def reply_text(code: int, text: str, *, hide: Iterable[str] = ()) -> str:
    """An answer on one line, without addresses, of at most `REPLY_LIMIT` characters.

    In an answer of several lines, each repeats the enhanced code; it is kept once.
    """
    number = str(code) if 200 <= code < 600 else "no valid reply"  # noqa: PLR2004 - the codes there are
    enhanced = _enhanced(code, text)
    lines = [line.strip().removeprefix(enhanced).strip() for line in text.splitlines()]
    words = " ".join(part for part in (number, enhanced, *lines) if part)
    plain = _without_addresses(" ".join(visible(without_invisible(words)).split()), hide)
    return plain if len(plain) <= REPLY_LIMIT else plain[: REPLY_LIMIT - 1].rstrip() + "…"


def _without_addresses(text: str, hide: Iterable[str]) -> str:
    """Without the people an answer names, whom servers know by address, mailbox or name, also in base64."""
    text = _ADDRESS.sub(_HIDDEN, unicodedata.normalize("NFC", text))
    patterns = [_pattern(part) for part in sorted(_parts(hide), key=len, reverse=True)]
    if not patterns:
        return text
    people = re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)
    text = _ENCODED.sub(lambda match: _HIDDEN if people.search(_decoded(match[0])) else match[0], text)
    return _SEVERAL.sub(_HIDDEN, people.sub(_HIDDEN, text))


def _parts(hide: Iterable[str]) -> set[str]:
    """What stands before the @ of each address, each name, and their words."""
    parts = set[str]()
    for one in hide:
        whole = unicodedata.normalize("NFC", one.rpartition("@")[0] or one)
        words = (word for word in _PART.findall(whole) if not _HARMLESS.fullmatch(word))
        parts |= {part for part in (whole, *words) if len(part) >= _SHORTEST}
    return parts


def _pattern(part: str) -> str:
    """A part, however its words are joined: by dots, blanks, hyphens, or not at all."""
    return r"[\s._-]*".join(map(re.escape, words)) if (words := re.findall(r"[^\s._-]+", part)) else re.escape(part)


def _decoded(text: str) -> str:
    """What a text in base64 says, also one that was cut."""
    bits = "".join(f"{_BASE64.index(char):06b}" for char in text.rstrip("="))
    count = len(bits) // 8
    return int(bits[: 8 * count], 2).to_bytes(count, "big").decode("utf-8", "replace")


def _enhanced(code: int, text: str) -> str:
    """The code of RFC 3463, if there is one and it is of the answer's own class."""
    match = _ENHANCED.search(text)
    return match[0] if match and match[0][0] == str(code)[0] else ""


def _wait_seconds(code: int, enhanced: str, text: str) -> float:
    if hint := _HINT.search(text):
        seconds = float(hint[1]) * (60 if hint[2].lower().startswith("m") else 1)
        return min(max(seconds, 1.0), _LONGEST_HINT_SECONDS)
    is_throttled = code in {421, 432} or enhanced in _THROTTLED_CODES or bool(_THROTTLING.search(text))
    return THROTTLED_SECONDS if is_throttled else GREYLISTED_SECONDS


def _refusal(code: int, enhanced: str, text: str, phase: Phase, reply: str) -> Outcome:
    if phase in {Phase.CONNECT, Phase.LOGIN} or code in _LOGIN_CODES or enhanced in _HOPELESS:
        return Outcome(OutcomeKind.STOP, reply)
    is_of_this_message = code == _TOO_LARGE or enhanced in _OF_THIS_MESSAGE
    if not is_of_this_message and (phase is Phase.SENDER or _OVER_QUOTA.search(text)):  # the sender is always the same
        return Outcome(OutcomeKind.STOP, reply)
    is_of_this_recipient = (
        code in _OF_THE_RECIPIENT or enhanced.startswith(_OF_THE_MAILBOX) or (phase is Phase.RECIPIENT and not enhanced)
    )
    policy_code = "" if is_of_this_message or is_of_this_recipient else enhanced or str(code)
    return Outcome(OutcomeKind.REFUSED, reply, policy_code=policy_code)
