"""The strict reading of addresses and senders. Pure.

Knows what an address may look like. Must not know how a message is built and sent.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from rkreport.core.leaks.text_folding import visible
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

_ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_LOCAL_LIMIT = 64
_SENDER_NAME_LIMIT = 60
_LOCAL_MARKS = frozenset("._+-'&=~")  # no %, ! or |: old relays read them as another destination
_NAME_MARKS = frozenset('()<>[]:;@\\,"')  # they have a meaning in an address header
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_SENDER = re.compile(r"(?P<quote>\"?)(?P<name>[^<>\"]*)(?P=quote)\s*<(?P<address>[^<>]*)>")


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a mail comes from; the name may be empty."""

    name: str
    address: str


def parse_address(text: str, *, source: str = "the address") -> str:
    """Read one bare mail address strictly; the domain comes back in lower case and in its ASCII form.

    Args:
        text: what was written; blanks around it are taken off.
        source: begins the error's sentence, such as `managers.csv, line 4, email`. The address itself is personal
            data and never part of it.

    Raises:
        ConfigError: it is not exactly one address of the plain kind `name@company.example`.
    """
    address = text.strip()
    if address.count("@") != 1:
        raise ConfigError(
            "{source}: needs exactly one @; write one address such as name@company.example.", source=source
        )
    local, _, domain = address.partition("@")
    dots_are_wrong = local.startswith(".") or local.endswith(".") or ".." in local
    if not local or dots_are_wrong or not all(char.isalnum() or char in _LOCAL_MARKS for char in local):
        marks = " ".join(sorted(_LOCAL_MARKS))
        raise ConfigError(
            "{source}: before the @ only letters, digits and {marks} are taken, no dot at an end"
            " or twice in a row; write one bare address without a name, brackets, commas or"
            " blanks.",
            source=source,
            marks=marks,
        )
    ascii_domain = _ascii_domain(domain, Sentence("{source}: what follows the @", source=source))
    if len(local.encode()) > _LOCAL_LIMIT or len(local.encode()) + 1 + len(ascii_domain) > _ADDRESS_LIMIT:
        raise ConfigError(
            "{source}: is longer than mail allows; at most {local_limit} bytes stand before the @.",
            source=source,
            local_limit=_LOCAL_LIMIT,
        )
    return f"{local}@{ascii_domain}"


def needs_smtputf8(address: str) -> bool:
    """Whether a parsed address can only be reached through a server that offers SMTPUTF8."""
    return not address.isascii()


def is_allowed(address: str, domains: Collection[str]) -> bool:
    """Whether a parsed address is in one of the domains; a subdomain is another domain.

    Raises:
        ConfigError: one of the domains is invalid.
    """
    own = address.rpartition("@")[2]
    return own in {_ascii_domain(domain.strip(), "mail.allowed_domains: an entry") for domain in domains}


def parse_sender(text: str, *, source: str = "mail.from") -> Sender:
    """Read `L&D <ld@company.example>` or a bare address.

    Raises:
        ConfigError: the address is invalid, or the name holds characters that mean something in a header.
    """
    stripped = text.strip()
    match = _SENDER.fullmatch(stripped)
    if match is None:
        return Sender("", parse_address(stripped, source=source))
    name = " ".join(match["name"].split())
    # Python 3.11 loses the quotes of a long name when it folds the header: a comma would then make two senders.
    if name != visible(name) or "=?" in name or not _NAME_MARKS.isdisjoint(name) or len(name) > _SENDER_NAME_LIMIT:
        marks = " ".join(sorted(_NAME_MARKS))
        raise ConfigError(
            "{source}: the name before the address has at most {sender_name_limit} characters"
            ' and none of {marks}; write such as "L&D <ld@company.example>".',
            source=source,
            sender_name_limit=_SENDER_NAME_LIMIT,
            marks=marks,
        )
    return Sender(name, parse_address(match["address"], source=source))


def _ascii_domain(domain: str, what: str) -> str:
    """Give the domain as it is on the wire, but only if it means the same domain everywhere."""
    lowered = unicodedata.normalize("NFC", domain).lower()
    try:
        encoded = lowered.encode("idna").decode("ascii")
        # The codec quietly makes another domain of some letters ("ß" becomes "ss"): those must come as xn--.
        is_same = lowered.isascii() or encoded.encode("ascii").decode("idna") == lowered
    except UnicodeError:
        encoded, is_same = "", False
    if not is_same or len(encoded) > _ADDRESS_LIMIT or not _DOMAIN.fullmatch(encoded):
        raise ConfigError(
            "{what} is no domain; write it as company.example, in its ASCII form (xn--) if needed.", what=what
        )
    return encoded
