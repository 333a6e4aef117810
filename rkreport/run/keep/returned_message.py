"""What a message that came back tells of the message that was sent: our names for it, and the digests of workbooks.

It may be anything, so its headers, parts and lines are counted before Python's parser makes objects of them.
"""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.feedparser import FeedParser
from email.message import Message
from typing import Any, Final

from rkreport.files import sha256_of

OWN_NAME: Final = re.compile(r"rk\.\d{4}-\d{2}\.[0-9a-f]{32}")
_OWN_NAME_BYTES = re.compile(rb"rk\.[0-9]{4}-[0-9]{2}\.[0-9a-f]{32}")
_WORKBOOK = b"PK"
_MOST_LINES = 640_000  # the largest message in base64 of 60 characters a line has 600,000
_MOST_PARTS = 500  # lines that may begin a part
_MOST_NESTED = 200  # headers that tell what a part is
_MOST_HEADERS = 10_000  # of a part
_MOST_NAMES = 500  # of ours, each another; a message has one
# A header of 256 kB, or one of 8 kB that tells what a part is: Python goes through its parameters again and again.
_LONG_HEADER = re.compile(rb"(?:^|\n)(?:[!-9;-~]{1,80}:[^\n]{262144}|content-[!-9;-~]{1,80}:[^\n]{8192})")
_PIECE = 2**19  # bytes given to the parser at once; a longer line is no header
_CUT = "\x80\n"  # in a line that is longer: a letter that no byte becomes


class Unreadable(Exception):
    """No message, or one beyond the bounds."""


class _Part(Message):
    """A part as Python's parser makes it, of few headers; lines that were cut are whole again in its payload."""

    def set_raw(self, name: str, value: str) -> None:
        """Take a header from the parser."""
        if len(self) >= _MOST_HEADERS:
            raise Unreadable("beyond the bounds")
        super().set_raw(name, value)

    def set_payload(self, payload: Any, charset: Any = None) -> None:  # noqa: ANN401 - as of the parent
        """Take the text from the parser, or the parts."""
        super().set_payload(payload.replace(_CUT, "") if isinstance(payload, str) else payload, charset)


def names_and_digests(content: bytes) -> tuple[list[str], list[str]]:
    """Our names for messages in it, and the digests of its workbooks.

    Raises:
        Unreadable: it is no message, or has far too many parts or too long headers.
    """
    _check(content)
    names: dict[str, None] = {}
    _add_names(names, content)
    digests = []
    try:
        for part in _whole_parts(content):
            payload = part.get_payload(decode=True)
            if not isinstance(payload, bytes):
                continue
            if part.get_content_maintype() == "text":
                _add_names(names, payload)
            if payload.startswith(_WORKBOOK):
                digests.append(sha256_of(payload))
    except (MessageError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise Unreadable("no message") from error
    return list(names), digests


def _add_names(names: dict[str, None], content: bytes) -> None:
    for found in _OWN_NAME_BYTES.finditer(content):
        names[found[0].decode()] = None
        if len(names) > _MOST_NAMES:
            raise Unreadable("beyond the bounds")


def _whole_parts(content: bytes) -> Iterator[Message]:
    parser = FeedParser(_Part, policy=policy.compat32)  # the newer policy reads long headers for minutes
    # At once, all of it would be kept several times, with four bytes for each; as would a line without an end.
    for start in range(0, len(content), _PIECE):
        piece = content[start : start + _PIECE].decode("ascii", "surrogateescape")
        parser.feed(piece if "\n" in piece or "\r" in piece else piece + _CUT)
    return (part for part in parser.close().walk() if not part.is_multipart())


def _check(content: bytes) -> None:
    lowered = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lower()
    if (
        lowered.count(b"\n") > _MOST_LINES
        or lowered.count(b"\n--") > _MOST_PARTS
        or lowered.count(b"\ncontent-type:") > _MOST_NESTED
        or _LONG_HEADER.search(lowered.replace(b"\n ", b"").replace(b"\n\t", b""))  # as one line each
    ):
        raise Unreadable("beyond the bounds")
