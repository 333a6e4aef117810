"""Messages that came back: each bound is where it is, and is looked at before Python's parser makes objects."""

from base64 import encodebytes
from collections.abc import Callable

import pytest

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
        (of_type, 2**13 - 1),
        (of_folded_type, 2**13 - 1),
    ],
    ids=["lines", "parts", "types", "header", "folded", "type", "folded type"],
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
