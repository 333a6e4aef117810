"""Entries of a zip file by ISA-L and without it: the same bytes come back, and no damage goes unnoticed."""

import random
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import pytest

from rkreport.excel.ooxml import deflate
from rkreport.excel.ooxml.deflate import check_whole, deflating

PARTS = {"small.xml": b"<a/>", "large.xml": b"".join(b"<c>%d</c>" % (number * 7919) for number in range(150_000))}


@pytest.fixture(params=["as it is", "without"])
def isal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:  # ISA-L's module, or None
    """ISA-L where it is installed, and a machine that has none."""
    if request.param == "without":
        monkeypatch.setattr(deflate, "isal_zlib", None)
    return deflate.isal_zlib


def written(folder: Path) -> Path:
    """A file of two parts, the large one of more than one megabyte."""
    path = folder / "book.xlsx"
    with ZipFile(path, "w") as archive:
        for name, content in PARTS.items():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            with deflating(archive, entry) as part:
                part.write(content)
    return path


def test_the_same_bytes_come_back(tmp_path: Path, isal: Any) -> None:
    """Anybody's zip reads what was written."""
    assert isal is deflate.isal_zlib
    path = written(tmp_path)
    check_whole(path, list(PARTS))
    with ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == PARTS


def test_isal_does_the_work_where_it_is_installed(tmp_path: Path) -> None:
    """Zipfile still has the place that its work is put into: else writing would quietly take many times as long."""
    isal = pytest.importorskip("isal.isal_zlib")
    entry = ZipInfo("a.xml")
    entry.compress_type = ZIP_DEFLATED
    with ZipFile(tmp_path / "more.zip", "w") as archive, deflating(archive, entry) as opened:
        assert type(getattr(opened, "_compressor", None)) is type(isal.compressobj())


@pytest.mark.usefixtures("isal")
def test_damage_at_the_end_of_a_large_part_is_noticed(tmp_path: Path) -> None:
    """All of every part is read: the last bytes too."""
    path = written(tmp_path)
    with ZipFile(path) as archive:
        small, large = archive.infolist()
    content = bytearray(path.read_bytes())
    last = large.header_offset + 30 + len(large.filename) + large.compress_size - 20
    content[last] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(BadZipFile, match=r"large\.xml"):
        check_whole(path, list(PARTS))
    assert small.header_offset < last


@pytest.mark.usefixtures("isal")
def test_no_wrong_bit_ends_in_anything_but_a_bad_zip(tmp_path: Path) -> None:
    """Wherever a bit is wrong, in the parts or in the list of them: the file is whole as it was, or it is refused."""
    path = written(tmp_path)
    content = path.read_bytes()
    directory = content.index(b"PK\x01\x02")
    chosen = random.Random(7)  # noqa: S311 - places, not secrets
    places = [*range(directory, len(content)), *(chosen.randrange(directory) for _ in range(20))]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1 << chosen.randrange(8)
        path.write_bytes(damaged)
        try:
            check_whole(path, list(PARTS))
        except (BadZipFile, OSError):  # the latter for a place before the file's beginning
            continue
        with ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == PARTS


def test_a_missing_part_is_noticed(tmp_path: Path) -> None:
    """A list of parts that has lost one is read without complaint, so it is compared."""
    with pytest.raises(BadZipFile):
        check_whole(written(tmp_path), [*PARTS, "more.xml"])
