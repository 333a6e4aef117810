"""Messages that came back: each bound is where it is, and is looked at before Python's parser makes objects."""

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


@pytest.mark.parametrize(
    ("message", "most"),
    [(of_lines, 1_200_000), (of_parts, 500), (of_types, 200), (of_header, 2**18 - 1)],
    ids=["lines", "parts", "types", "header"],
)
def test_a_bound_is_where_it_is(message: Callable[[int], bytes], most: int) -> None:
    """What has just that much is read; one more is beyond it."""
    assert names_and_digests(message(most)) == ([], [])
    with pytest.raises(Unreadable, match="beyond the bounds"):
        names_and_digests(message(most + 1))
