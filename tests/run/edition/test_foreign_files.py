"""`ledger.csv` and `manifest.json` of any folder: what no rkreport wrote is refused before it costs anything."""

import csv
import io
import json
from pathlib import Path

import pytest

from rkreport.errors import OutputError
from rkreport.run.edition.ledger_file import read_ledger_file, write_ledger_file
from rkreport.run.edition.manifest_file import read_manifest
from rkreport.run.keep.retention import _editions
from tests import factories
from tests.run.edition.test_ledger_file import NOW, STAMP

MEGABYTES_32 = 32 * 2**20
MANIFEST = {"period": "2026-10", "revision": 1, "as_of": "2026-10-31T23:59:59+07:00", "run_id": "r"}


def ledger(folder: Path, **cells: str) -> Path:
    """A file of one message with other cells."""
    row = factories.delivery()
    write_ledger_file(folder, [row], STAMP)
    path = folder / "ledger.csv"
    (line,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(line))
        writer.writeheader()
        writer.writerow(line | cells)
    return path


def refused(path: Path) -> bool:
    """Whether the file is refused in its one sentence."""
    try:
        read_ledger_file(path, "2026-10", 1, NOW)
    except OutputError as error:
        return str(error).startswith(f"{path} cannot be read, and it tells who has a message already")
    return False


@pytest.mark.parametrize("name", ["planned_at", "changed_at"])
@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [
        ("9999-12-31T23:59:59-12:00", True),
        ("0001-01-01T00:00:00+14:00", True),
        ("1999-12-31T23:59:59+00:00", True),
        ("2101-01-01T00:00:00+00:00", True),
        ("2000-01-01T00:00:00+14:00", False),
        ("2100-12-31T23:59:59-12:00", False),
        ("31/10/2026 10:00", False),  # as a spreadsheet program leaves it
        ("9999-12-31T23:59:59", False),
        ("", False),
    ],
)
def test_moments_have_bounds(tmp_path: Path, name: str, moment: str, is_refused: bool) -> None:  # noqa: FBT001 - a case
    """Years from 2000 to 2100; what is no moment counts as now."""
    assert refused(ledger(tmp_path, **{name: moment})) is is_refused


@pytest.mark.parametrize("name", ["attempts", "copies_missed", "serial", "bytes", "people", "overdue"])
def test_numbers_have_bounds(tmp_path: Path, name: str) -> None:
    """Whatever the digits; what is no number counts as none."""
    for text in ("9" * 5_000, str(2**70), "9" * 16):
        assert refused(ledger(tmp_path, **{name: text}))
    for text in ("1000000", "1,5", "²", "-1", ""):
        assert not refused(ledger(tmp_path, **{name: text}))
    assert refused(ledger(tmp_path, attempts="1000001"))


@pytest.mark.parametrize(
    "more",
    [b"x," * (MEGABYTES_32 // 2), b"," * 3_000_001, b"a,b\n" * 50_001, b"\n" * 3_000_001, b"\xff"],
    ids=["bytes", "cells", "rows", "blank lines", "no text"],
)
def test_a_ledger_has_bounds(tmp_path: Path, more: bytes) -> None:
    """Bytes, cells and rows, also where the first row is sound."""
    path = ledger(tmp_path)
    path.write_bytes(path.read_bytes() + more)
    assert refused(path)


def test_a_header_has_a_bound(tmp_path: Path) -> None:
    """Two hundred columns; ours have thirty."""
    path = ledger(tmp_path)
    header, _, rest = path.read_bytes().partition(b"\r\n")
    own = header.count(b",") + 1
    for more, is_refused in ((200 - own, False), (201 - own, True)):
        path.write_bytes(header + b",x" * more + b"\r\n" + rest)
        assert refused(path) is is_refused


@pytest.mark.parametrize(
    "content",
    [
        *("[" * 200_000, '{"a":' * 200_000, "[]", "null", "", "{", '"x"'),
        *('{"revision": Infinity}', '{"revision": NaN}', '{"revision": 1e999}', '{"revision": ' + "9" * 5_000 + "}"),
        '{"files": [' + "[]," * 1_000_000 + "[]]}",
        '{"x": "' + "x" * MEGABYTES_32 + '"}',
    ],
)
def test_a_manifest_has_bounds(tmp_path: Path, content: str) -> None:
    """Depth, numbers, values and bytes; and beside a ledger it says nothing then."""
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read_manifest(tmp_path / "manifest.json")
    assert not refused(ledger(tmp_path))


@pytest.mark.parametrize(
    ("change", "is_ours"),
    [
        ({}, True),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, False),
        ({"as_of": "9999-12-31T23:59:59-12:00"}, False),
        ({"as_of": "2026-10-31"}, False),
        ({"revision": 1e300}, False),
        ({"period": []}, False),
    ],
)
def test_a_purge_sees_sound_manifests_alone(tmp_path: Path, change: dict[str, object], is_ours: bool) -> None:  # noqa: FBT001 - a case
    """What another program wrote is not ours to delete."""
    folder = tmp_path / "2026-10" / "rev1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | change))
    assert [each.folder for each in _editions(tmp_path)] == ([folder] if is_ours else [])
