"""Files from outside: each bound lets through what has just that much, and refuses what has one more."""

import struct
from collections.abc import Callable

import pytest

from rkreport.bounds import NotSound, OutOfBounds, XmlBounds, check_zip_list, scan_xml

PIECE = 2**16
LONGEST = 2**18  # bytes from one tag to the next
BOUNDS = XmlBounds(most_elements=1_000)


def zip_end(list_bytes: int) -> bytes:
    """The end of a zip file that says how long its list of parts is."""
    return b"PK\x05\x06" + bytes(8) + struct.pack("<I", list_bytes) + bytes(6)


def nested(deep: int) -> bytes:
    """Elements within each other."""
    return b"<a>" * deep + b"</a>" * deep


def spaced(size: int) -> bytes:
    """Text between two tags; `size` is from the beginning of the first to that of the second."""
    return b"<a><b>" + b"x" * (size - len(b"<b></b>")) + b"</b><c/></a>"


CASES: dict[str, tuple[Callable[[int], object], int]] = {
    "bytes of a zip file's list": (lambda size: check_zip_list(zip_end(size)), 2**20),
    "elements": (lambda count: scan_xml(b"<a>" + b"<b/>" * (count - 1) + b"</a>", BOUNDS), 1_000),
    "elements within each other": (lambda deep: scan_xml(nested(deep), BOUNDS), 64),
    "bytes between tags": (lambda size: scan_xml(spaced(size), BOUNDS), LONGEST),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bound_is_where_it_is(case: str) -> None:
    """What has just that much is read; one more is beyond it."""
    look, most = CASES[case]
    look(most)
    with pytest.raises(OutOfBounds):
        look(most + 1)


@pytest.mark.parametrize("beginning", [b"<a ", b"<a b='", b"<a><!--"])
def test_what_never_ends_is_not_gathered(beginning: bytes) -> None:
    """A tag, attribute or comment is given up after its bound, not at the end of the file."""
    with pytest.raises(OutOfBounds, match="never ends") as caught:
        scan_xml(beginning + b"x" * (LONGEST + 2 * PIECE), BOUNDS)
    assert not isinstance(caught.value, NotSound)
