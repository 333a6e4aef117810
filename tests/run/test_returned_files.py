"""Folders of files that managers, and others, sent: each that is not read gets a sentence, and none stops the rest."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook

from rkreport.errors import ConfigError
from rkreport.excel.ooxml.encryption import encrypted
from rkreport.run.keep import returned_files
from rkreport.run.keep.returned_files import Skipped, cells_of, files_in, open_returned

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000
PASSWORD = {"RKREPORT_WORKBOOK_PASSWORD": "kata-sandi-laporan"}


def workbook(path: Path) -> Path:
    """Any workbook."""
    book = Workbook()
    assert book.active
    book.active.append(["x"])
    book.save(path)
    return path


def written(content: bytes) -> Callable[[Path], object]:
    """Write bytes."""
    return lambda path: path.write_bytes(content)


def link(path: Path) -> None:
    """A link to a workbook elsewhere."""
    path.symlink_to(workbook(path.with_name("target.bin")))


def locked(path: Path) -> None:
    """A workbook with some password."""
    path.write_bytes(encrypted(workbook(path).read_bytes(), "some-other-password"))


SENTENCES: dict[str, tuple[Callable[[Path], object], str]] = {
    "~$Laporan.xlsx": (written(b"\x05Sari"), "is a lock file"),
    ".~lock.Laporan.xlsx#": (written(b",sari,"), "is a lock file"),
    "old.xls": (written(OLD), "is of another format"),
    "macro.XLSM": (workbook, "is of another format"),
    "calc.ods": (written(b"PK"), "is of another format"),
    "list.csv": (written(b"a,b"), "is of another format"),
    "renamed.xlsx": (written(OLD), "is encrypted, or of a format before 2007"),
    "locked.xlsx": (locked, "is encrypted, or of a format before 2007"),
    "empty.xlsx": (written(b""), "is no readable workbook"),
    "page.xlsx": (written(b"<html>Please log in</html>"), "is no readable workbook"),
}
if sys.platform != "win32":  # where links need rights
    SENTENCES["link.xlsx"] = (link, "is no regular file")


def why(path: Path, secrets: dict[str, str]) -> str:
    """Why a file is not read."""
    with pytest.raises(Skipped) as skipped:
        cells_of(open_returned(path, secrets)[1])
    return str(skipped.value)


@pytest.mark.parametrize("name", SENTENCES)
def test_each_gets_its_sentence(tmp_path: Path, name: str) -> None:
    """What it is, and what to do; short enough for a screen, without a name of a person or a class."""
    make, begins = SENTENCES[name]
    make(tmp_path / name)
    paths, _ = files_in(tmp_path)
    assert tmp_path / name in paths
    sentence = why(tmp_path / name, {})
    assert sentence.startswith(begins)
    assert len(sentence) < 200
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", ["renamed.xlsx", "locked.xlsx"])
def test_another_password_is_said(tmp_path: Path, name: str) -> None:
    """Ours was tried; nothing of it is shown."""
    SENTENCES[name][0](tmp_path / name)
    sentence = why(tmp_path / name, PASSWORD)
    assert sentence.startswith("does not open with the password in RKREPORT_WORKBOOK_PASSWORD")
    assert "kata-sandi" not in sentence


@pytest.mark.parametrize("damage", range(485, 4_000, 485))
def test_a_damaged_container_is_one_sentence(tmp_path: Path, damage: int) -> None:
    """A byte changed anywhere in an encrypted file: it opens, or is skipped; no other error comes out."""
    content = bytearray(encrypted(workbook(tmp_path / "a.xlsx").read_bytes(), PASSWORD["RKREPORT_WORKBOOK_PASSWORD"]))
    content[damage % len(content)] ^= 0xFF
    (tmp_path / "a.xlsx").write_bytes(content)
    with suppress(Skipped):
        cells_of(open_returned(tmp_path / "a.xlsx", PASSWORD)[1])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Opening it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert why(tmp_path / "pipe.xlsx", {}).startswith("is no regular file")


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor unpacked."""
    monkeypatch.setattr(returned_files, "LARGEST_FILE_BYTES", 100)
    workbook(tmp_path / "a.xlsx")
    assert why(tmp_path / "a.xlsx", {}).startswith("is larger than")


def test_the_oldest_comes_first(tmp_path: Path) -> None:
    """By when they were saved, so that the newest wins; folders are left out, other files counted."""
    for at, name in enumerate(("c.xlsx", "a.xlsx", "b.xlsx")):
        os.utime(workbook(tmp_path / name), (1_000 + at, 1_000 + at))
    (tmp_path / "d.xlsx").mkdir()
    (tmp_path / "mail.eml").write_text("x")
    paths, others = files_in(tmp_path)
    assert ([path.name for path in paths], others) == (["c.xlsx", "a.xlsx", "b.xlsx"], 1)


def test_a_folder_without_workbooks_is_said(tmp_path: Path) -> None:
    """Also one that is not there, and a file."""
    (tmp_path / "mail.eml").write_text("x")
    for folder in (tmp_path, tmp_path / "gone", tmp_path / "mail.eml"):
        with pytest.raises(ConfigError, match=r"save those that came back|name the folder"):
            files_in(folder)


def test_a_locked_workbook_opens_with_our_password(tmp_path: Path) -> None:
    """As it left encrypted, so it comes back."""
    path = workbook(tmp_path / "a.xlsx")
    plain = path.read_bytes()
    path.write_bytes(encrypted(plain, PASSWORD["RKREPORT_WORKBOOK_PASSWORD"]))
    assert open_returned(path, PASSWORD)[1] == plain
