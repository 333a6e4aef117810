"""Messages that came back: each bound is where it is, and is looked at before Python's parser makes objects."""

import tracemalloc
from base64 import b64encode, encodebytes
from collections.abc import Callable
from email import message_from_bytes
from random import Random

import pytest

from rkreport.files import sha256_of
from rkreport.run.keep.returned_message import Unreadable, names_and_digests

MULTIPART = b"Content-Type: multipart/mixed; boundary=b\n\n"


def of_lines(count: int) -> bytes:
    """A message with so many line breaks."""
    return b"Subject: x\n\n" + b"\n" * (count - 2)


def of_parts(count: int) -> bytes:
    """One of so many parts, without headers."""
    return MULTIPART + b"\n--b\n\nx" * count


def of_types(count: int) -> bytes:
    """So many headers that tell what a part is; the message's own is at its beginning and not counted."""
    return MULTIPART + b"--b\nContent-Type: text/plain\n\nx\n" * count


def of_header(size: int) -> bytes:
    """A header of one line; `size` is its value's."""
    return b"Subject:" + b"x" * size + b"\n\ntext"


def of_folded(size: int) -> bytes:
    """A header of many lines; `size` is its value's, without the line breaks and the blanks that fold it."""
    lines = [b"x" * 70] * (size // 70) + [b"x" * (size % 70)]
    return b"Subject:" + b"\n ".join(lines[::2]) + b"\r\n\t" + b"\r\n\t".join(lines[1::2]) + b"\n\ntext"


def of_headers(count: int) -> bytes:
    """So many headers of one part."""
    return b"X: x\n" * count + b"\ntext"


def of_type(size: int) -> bytes:
    """A header that tells what a part is, as one line."""
    return b"Content-Type:" + b";" * size + b"\n\ntext"


def of_folded_type(size: int) -> bytes:
    """The same, of many lines."""
    return (
        b'Content-Disposition:x="'
        + b"\n ".join([b";" * 60] * ((size - 3) // 60) + [b";" * ((size - 3) % 60)])
        + b"\n\ntext"
    )


@pytest.mark.parametrize(
    ("message", "most"),
    [
        (of_lines, 640_000),
        (of_parts, 500),
        (of_types, 200),
        (of_header, 2**18 - 1),
        (of_folded, 2**18 - 1),
        (of_headers, 10_000),
        (of_type, 2**13 - 1),
        (of_folded_type, 2**13 - 1),
    ],
    ids=["lines", "parts", "types", "header", "folded", "headers", "type", "folded type"],
)
def test_a_bound_is_where_it_is(message: Callable[[int], bytes], most: int) -> None:
    """What has just that much is read; one more is beyond it."""
    assert names_and_digests(message(most)) == ([], [])
    with pytest.raises(Unreadable, match="beyond the bounds"):
        names_and_digests(message(most + 1))


@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_a_message_names_few_of_ours(encoding: str) -> None:
    """Each name counts once, wherever it stands."""

    def message(count: int) -> bytes:
        text = b"\n".join(b"rk.2026-10.%032x" % number for number in range(count)) + b"\nrk.2026-10." + b"0" * 32
        body = encodebytes(text) if encoding == "base64" else text
        return b"Content-Type: text/plain\nContent-Transfer-Encoding: " + encoding.encode() + b"\n\n" + body

    names, _ = names_and_digests(message(500))
    assert len(names) == 500
    with pytest.raises(Unreadable, match="beyond the bounds"):
        names_and_digests(message(501))


ENCODED = b"Content-Transfer-Encoding: "
SIZE = 4 * 2**20


@pytest.mark.parametrize(
    "message",
    [
        b"\n" + (b"\xe9" * 54 + b"\n") * (SIZE // 55),
        b"Content-Type: message/rfc822\n\n" * 100 + b"\n" + (b"\xe9" * 54 + b"\n") * (SIZE // 55),
        b"\n" + b"\xe9" * SIZE,
        ENCODED + b"quoted-printable\n\n" + b"=E9" * (SIZE // 3),
        ENCODED + b"base64\n\n" + (b"UEsA" * 13 + b"\n") * (SIZE // 53),
    ],
    ids=["lines", "nested", "a line", "quoted", "base64"],
)
def test_a_message_takes_a_small_multiple_of_its_size(message: bytes) -> None:
    """As objects, a whole one would be kept several times at once, some of them with four bytes for each."""
    tracemalloc.start()
    try:
        names_and_digests(message)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * SIZE


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [2**19 - 60, 2**19, 2**20 - 61, 2**20, 1_700_000])
def test_a_line_without_end_is_whole(size: int, end: bytes) -> None:
    """A workbook as one line, or the name of a message somewhere in such a text, is as Python's parser reads it."""
    workbook = b"PK" + Random(size).randbytes(size // 4 * 3 - 2)  # noqa: S311 - any bytes
    assert names_and_digests(ENCODED + b"base64\n\n" + b64encode(workbook) + end) == ([], [sha256_of(workbook)])
    name = b"rk.2026-10." + b"a" * 32
    text = b"=41" * ((size - 60) // 3) + b"".join(b"=%02X" % letter for letter in name) + b"=41" * 100_000
    message = b"Content-Type: text/plain\n" + ENCODED + b"quoted-printable\n\n" + text + end
    known = message_from_bytes(message).get_payload(decode=True)
    assert isinstance(known, bytes)
    assert name in known
    assert names_and_digests(message) == ([name.decode()], [])
