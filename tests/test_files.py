"""Files that hold personal data: whole or not at all, and for their owner alone."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from rkreport.errors import OutputError
from rkreport.files import csv_bytes, reason_of, sha256_of, write_private_file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """The file has mode 0600 even where an open umask is set and an older file was open to all."""
    path = tmp_path / "manifest.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        write_private_file(path, b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old file is whole, nothing is left over, and the error says what to do."""
    path = tmp_path / "a.eml"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"Cannot write .*a\.eml: No space left on device; check the free disk space"):
        write_private_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_is_on_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it is renamed and its folder after it, so a power cut leaves no empty file."""
    path = tmp_path / "a.eml"
    seen: list[bool] = []
    sync = os.fsync

    def watch(descriptor: int) -> None:
        seen.append(path.exists())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    write_private_file(path, b"new")
    assert seen == ([False] if sys.platform == "win32" else [False, True])


def test_rest_of_a_killed_run_is_replaced(tmp_path: Path) -> None:
    """What a killed run left half written neither stops the next run nor stays."""
    (tmp_path / ".a.eml.part").write_bytes(b"half")
    write_private_file(tmp_path / "a.eml", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link planted in the folder is replaced, the file it points at is untouched."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    for name in ("a.eml", ".a.eml.part"):
        (tmp_path / name).symlink_to(victim)
    write_private_file(tmp_path / "a.eml", b"new")
    assert victim.read_bytes() == b"mine"
    assert not (tmp_path / "a.eml").is_symlink()


def test_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    """A folder that is gone gives one sentence, not a traceback of the operating system."""
    with pytest.raises(OutputError, match="No such file or directory"):
        write_private_file(tmp_path / "gone" / "a.eml", b"new")


def test_a_digest_is_of_the_bytes_wherever_they_are(tmp_path: Path) -> None:
    """Bytes and the file that holds them have one digest, in the form of `sha256sum`."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
    assert sha256_of(b"abc") == sha256_of(path) == known
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "gone")


def test_a_refusal_always_has_a_reason() -> None:
    """The operating system's words, and the error's kind where it has none: never "None"."""
    assert reason_of(PermissionError(errno.EACCES, "Permission denied")) == "Permission denied"
    assert reason_of(OSError("odd")) == "OSError"
    assert reason_of(NotImplementedError()) == "NotImplementedError"


def test_a_cell_of_a_csv_file_is_never_a_formula() -> None:
    """Excel sees UTF-8 by its mark; what begins like a formula is text, numbers stay numbers."""
    cells: list[str | int] = ["=1+1", "@x", "Sari, Dewi", -5]
    assert csv_bytes(["a", "b", "c", "d"], [cells]) == b"\xef\xbb\xbfa,b,c,d\r\n'=1+1,'@x,\"Sari, Dewi\",-5\r\n"
