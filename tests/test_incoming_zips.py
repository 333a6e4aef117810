"""Zip files from outside: a part gives just the bytes that the list of parts says, or nobody reads it."""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import pytest

from rkreport.bounds import OutOfBounds, open_zip, read_part
from rkreport.config.workbook_file import workbook_rows
from rkreport.errors import ConfigError
from rkreport.excel.ooxml.read_back import read_properties
from rkreport.excel.template.reader import read_brand
from rkreport.leakcheck.cells import Unreadable, read_cells
from tests.config.list_books import MANAGERS, list_book

TEMPLATE = Path(__file__).parents[1] / "templates" / "brand.xlsx"
PROPERTIES = "docProps/custom.xml"
ONE_PROPERTY = b'<Properties><property name="a"><v>b</v></property></Properties>'
TEXT = b"<a>text</a>"
MORE = b" " * 2**20


def deflated(content: bytes) -> bytes:
    """As zip files hold it."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(content) + packing.flush()


def by_lzma(content: bytes) -> bytes:
    """As zip files hold it, with a dictionary of 4 GB."""
    packing = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1}])
    return b"\x09\x04\x05\x00\x5d\xff\xff\xff\xff" + packing.compress(content) + packing.flush()


PACKINGS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "bzip2": (12, bz2.compress),
    "bzip2, longer than it says": (12, lambda part: bz2.compress(part + MORE)),
    "LZMA": (ZIP_LZMA, by_lzma),
    "damaged LZMA": (ZIP_LZMA, lambda part: b"\x09\x04\x05\x00\x5d\x00\x00\x80\x00" + b"\xff" * len(part)),
    "LZMA without settings": (ZIP_LZMA, lambda _: b""),
    "Zstandard": (93, lambda part: part),
    "unknown": (77, lambda part: part),
    "deflated, longer than it says": (ZIP_DEFLATED, lambda part: deflated(part + MORE)),
    "deflated, one byte longer": (ZIP_DEFLATED, lambda part: deflated(part + b" ")),
    "deflated, shorter": (ZIP_DEFLATED, lambda part: deflated(part[:-1])),
    "stored, longer": (ZIP_STORED, lambda part: part + MORE),
    "stored, shorter": (ZIP_STORED, lambda part: part[:-1]),
    "damaged": (ZIP_DEFLATED, lambda part: b"\xff" * len(part)),
}


def packed(parts: dict[str, bytes], name: str, packing: str) -> bytes:
    """A zip file of these parts, one of them packed so; sizes and checks are those of the parts."""
    body, listed = b"", b""
    for each, part in parts.items():
        method, pack = PACKINGS[packing] if each == name else (ZIP_STORED, bytes)
        stream = pack(part)
        sizes = struct.pack("<3I2H", zlib.crc32(part), len(stream), len(part), len(each), 0)
        same = struct.pack("<5H", 20, 0, method, 0, 33) + sizes
        listed += b"PK\x01\x02" + struct.pack("<H", 20) + same + struct.pack("<3H2I", 0, 0, 0, 0, len(body))
        listed += each.encode()
        body += b"PK\x03\x04" + same + each.encode() + stream
    return (
        body + listed + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), len(body), 0)
    )


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a sound file."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_part_is_as_long_as_it_says_or_not_read(packing: str) -> None:
    """Stored and deflated parts only: nothing that unpacks to more, and nothing that is damaged."""
    with open_zip(packed({"a": TEXT}, "a", packing)) as archive, pytest.raises(OutOfBounds):
        read_part(archive, archive.getinfo("a"))


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_a_sound_part_is_read(method: int) -> None:
    """Also an empty one."""
    file = BytesIO()
    with ZipFile(file, "w", method) as archive:
        archive.writestr("a", TEXT)
        archive.writestr("b", b"")
    with open_zip(file.getvalue()) as archive:
        assert [read_part(archive, entry) for entry in archive.infolist()] == [TEXT, b""]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/styles.xml", "xl/media/image1.png"])
def test_a_list_with_such_a_part_is_refused(packing: str, name: str) -> None:
    """Before openpyxl unpacks it whole, whichever part it is."""
    parts = {"xl/media/image1.png": b"picture", **parts_of(list_book([MANAGERS]))}
    with pytest.raises(ConfigError, match="is no Excel workbook, or damaged"):
        workbook_rows(Path("m.xlsx"), packed(parts, name, packing))


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", ["[Content_Types].xml", "xl/styles.xml", "xl/media/image1.png"])
def test_a_brand_with_such_a_part_is_refused(packing: str, name: str) -> None:
    """As a list is."""
    parts = {"xl/media/image1.png": b"picture", **parts_of(TEMPLATE.read_bytes())}
    (flaw,) = read_brand(packed(parts, name, packing)).flaws
    assert flaw == f"is damaged ({name}); save it again in Excel"


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_returned_workbook_with_such_a_part_is_refused(packing: str) -> None:
    """By `collect` with a sentence; `incident` takes no properties from it."""
    parts = {**parts_of(list_book([MANAGERS])), PROPERTIES: ONE_PROPERTY}
    content = packed(parts, PROPERTIES, packing)
    with pytest.raises(Unreadable):
        read_cells(content)
    assert read_properties(content) == {}
