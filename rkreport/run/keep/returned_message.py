"""What a message that came back tells of the message that was sent: our names for it, and the digests of workbooks.

It may be anything, so its headers, parts and lines are counted before Python's parser makes objects of them.
"""

import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from typing import Final

from rkreport.files import sha256_of

OWN_NAME: Final = re.compile(r"rk\.\d{4}-\d{2}\.[0-9a-f]{32}")
_OWN_NAME_BYTES = re.compile(rb"rk\.[0-9]{4}-[0-9]{2}\.[0-9a-f]{32}")
_WORKBOOK = b"PK"
_MOST_LINES = 640_000  # the largest message in base64 of 60 characters a line has 600,000
_MOST_PARTS = 500  # lines that may begin a part
_MOST_NESTED = 200  # headers that tell what a part is
_MOST_NAMES = 500  # of ours, each another; a message has one
# A header of 256 kB, or one of 8 kB that tells what a part is: Python goes through its parameters again and again.
_LONG_HEADER = re.compile(rb"(?:^|\n)(?:[!-9;-~]{1,80}:[^\n]{262144}|content-[!-9;-~]{1,80}:[^\n]{8192})")


class Unreadable(Exception):
    """No message, or one beyond the bounds."""


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
    message = BytesParser(policy=policy.compat32).parsebytes(content)  # the newer policy reads long headers for minutes
    return (part for part in message.walk() if not part.is_multipart())


def _check(content: bytes) -> None:
    lowered = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lower()
    if (
        lowered.count(b"\n") > _MOST_LINES
        or lowered.count(b"\n--") > _MOST_PARTS
        or lowered.count(b"\ncontent-type:") > _MOST_NESTED
        or _LONG_HEADER.search(lowered.replace(b"\n ", b"").replace(b"\n\t", b""))  # as one line each
    ):
        raise Unreadable("beyond the bounds")
