"""The archive gives back exactly what was sent, or says that it cannot."""

import hashlib
import os
import stat
import sys
from pathlib import Path

import pytest

from rkreport.errors import OutputError
from rkreport.store.archive import Archive

CONTENT = b"PK\x03\x04 a workbook"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook in an edition's folder."""
    path = tmp_path / "reports" / "M-001.xlsx"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def test_what_was_sent_comes_back_whatever_became_of_the_file(folder: Path, workbook: Path) -> None:
    """The bytes of the moment of sending, although the file was edited in place and then deleted."""
    archive = Archive(folder)
    archive.keep(workbook, DIGEST)
    with workbook.open("r+b") as file:
        file.write(b"edited in Excel")
    workbook.unlink()
    assert archive.read(DIGEST) == CONTENT
    assert archive.find(DIGEST) == folder / "sent" / DIGEST[:2] / f"{DIGEST}.xlsx"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_it_is_for_its_owner_alone(folder: Path, workbook: Path) -> None:
    """Files 0600 and folders 0700, even with an open umask and an open original."""
    workbook.chmod(0o644)
    before = os.umask(0)
    try:
        Archive(folder).keep(workbook, DIGEST)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "sent").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE((folder / "sent" / DIGEST[:2]).stat().st_mode) == 0o700


def test_keeping_again_changes_nothing_and_mends_damage(folder: Path, workbook: Path) -> None:
    """A second sending of the same file is no second copy; a copy that was damaged is made anew."""
    archive = Archive(folder)
    archive.keep(workbook, DIGEST)
    place = archive.find(DIGEST)
    assert place is not None
    inode = place.stat().st_ino
    archive.keep(workbook, DIGEST)
    assert place.stat().st_ino == inode
    place.write_bytes(b"rot")
    archive.keep(workbook, DIGEST)
    assert archive.read(DIGEST) == CONTENT
    assert [found for found, _ in archive.kept()] == [DIGEST]


def test_a_file_that_changed_after_its_check_is_refused(folder: Path, workbook: Path) -> None:
    """What is kept under a digest has that digest; nothing is left behind by the refusal."""
    workbook.write_bytes(b"other bytes")
    with pytest.raises(OutputError, match="has changed since it was checked; build the reports again"):
        Archive(folder).keep(workbook, DIGEST)
    workbook.unlink()
    with pytest.raises(OutputError, match=r"cannot be read: No such file"):
        Archive(folder).keep(workbook, DIGEST)
    assert not list(folder.rglob("*"))


def test_damage_and_absence_are_said(folder: Path, workbook: Path) -> None:
    """Never other bytes than those that were sent."""
    archive = Archive(folder)
    with pytest.raises(OutputError, match="it was purged, or never sent from here"):
        archive.read(DIGEST)
    archive.keep(workbook, DIGEST)
    place = archive.find(DIGEST)
    assert place is not None
    place.write_bytes(CONTENT + b"!")
    with pytest.raises(OutputError, match="is damaged: it is not the file that was sent"):
        archive.read(DIGEST)


def test_a_failed_copy_leaves_nothing(folder: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all, and one sentence."""

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rkreport.files.os.fsync", full)
    with pytest.raises(OutputError, match=r"cannot be copied to .*: No space left on device"):
        Archive(folder).keep(workbook, DIGEST)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, DIGEST + "0"])
def test_only_a_digest_names_a_file(folder: Path, name: str) -> None:
    """Nothing else leads to a path."""
    assert Archive(folder).find(name) is None


def test_removing_takes_the_empty_folder_too(folder: Path, workbook: Path) -> None:
    """Nothing of a purged file is left."""
    archive = Archive(folder)
    archive.keep(workbook, DIGEST)
    archive.remove(DIGEST)
    assert list((folder / "sent").iterdir()) == []
