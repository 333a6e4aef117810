"""The file: whole or not at all, the same every time, in nobody's name."""

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from rkreport.core.report.sheets import Column, Kind, NotesSection, NotesSheet, Table
from rkreport.errors import OutputError
from rkreport.excel.workbook import write_workbook
from tests.excel.reading import assert_texts_alone, drawn, parts, table_sheet, write
from tests.excel.sample import CREATED, heading, plan

SHEET = table_sheet((Column("A", Kind.TEXT),), (("x",),))


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_whole_report(tmp_path: Path, language: str) -> None:
    """A whole report is drawn as planned: sheets in order, rows counted, title block everywhere, A1 selected."""
    path = tmp_path / "report.xlsx"
    source = plan(language, rows=40)
    written = write_workbook(source, path)
    book = load_workbook(path)
    assert book.sheetnames == [sheet.title for sheet in source.sheets]
    assert written.rows == {"unit": 5, "detail": 40, "matrix": 32, "actions": 24, "quality": 0}
    assert book.active is book.worksheets[0]
    for sheet in book:
        first = sheet is book.worksheets[0]
        title = source.heading.title if first else f"{source.heading.title} · {sheet.title}"
        assert [next(filter(None, (cell.value for cell in sheet[row]))) for row in (1, 2, 3)] == [
            title,
            *source.heading.lines,
        ]
        assert {selection.activeCell for selection in sheet.sheet_view.selection} <= {"A1", None}
        assert sheet.sheet_view.tabSelected == (sheet.title == book.sheetnames[0])
        assert not sheet.merged_cells.ranges


def test_two_readers_agree(tmp_path: Path) -> None:
    """An unrelated reader sees the same sheets and the same number of rows."""
    path = tmp_path / "report.xlsx"
    write_workbook(plan(rows=40), path)
    book, other = load_workbook(path), CalamineWorkbook.from_path(str(path))
    assert other.sheet_names == book.sheetnames
    detail = other.get_sheet_by_name("Detail").to_python(skip_empty_area=False)
    assert len(detail) == book["Detail"].max_row == 46
    assert detail[6][0] == "00000"
    assert detail[6][21] == book["Detail"]["V7"].value.date()


def test_no_formula_anywhere(tmp_path: Path) -> None:
    """Without a filtered rate no cell of a report is a formula or an error, and nothing leads outside the file."""
    path = tmp_path / "report.xlsx"
    write_workbook(plan(rows=40), path)
    assert_texts_alone(path)
    assert not any('TargetMode="External"' in text for text in parts(path, ".*rels").values())


def test_a_banner_is_words_on_a_strong_fill(tmp_path: Path) -> None:
    """Incomplete data are said in row 4 of every sheet."""
    banner = "INCOMPLETE DATA: 2 of 87 lists could not be read."
    write(tmp_path / "book.xlsx", SHEET, heading=heading(banner=banner))
    sheet = load_workbook(tmp_path / "book.xlsx")["Main"]
    assert sheet["A4"].value == banner
    assert sheet["A4"].fill.fgColor.rgb == "FF7A2600"
    assert drawn(SHEET)["Main"]["A4"].value is None


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    """A build can be repeated and compared; the checksum is the file's."""
    first = write_workbook(plan(rows=5), tmp_path / "a.xlsx")
    second = write_workbook(plan(rows=5), tmp_path / "b.xlsx")
    assert first.sha256 == second.sha256 == hashlib.sha256(first.path.read_bytes()).hexdigest()


def test_properties_name_the_company_and_nobody_else(tmp_path: Path) -> None:
    """Title, subject, company, keywords and own properties are set; no person and no library is the author."""
    path = tmp_path / "book.xlsx"
    write(path, SHEET, properties={"keywords": "training", "run_id": "20261101-010203"})
    properties = load_workbook(path).properties
    assert (properties.title, properties.subject, properties.keywords) == ("Report", "October 2026", "training")
    assert properties.creator == properties.lastModifiedBy == "PT Contoh Sejahtera"
    assert properties.created == properties.modified == CREATED
    kept = parts(path, "docProps/.*")
    assert "<Company>PT Contoh Sejahtera</Company>" in kept["docProps/app.xml"]
    assert "20261101-010203" in kept["docProps/custom.xml"]
    assert not any("openpyxl" in text.lower() for text in kept.values())


@pytest.mark.skipif(os.name != "posix", reason="file modes mean little on Windows")
def test_the_owner_alone_can_read_the_file(tmp_path: Path) -> None:
    """A workbook holds personal data: mode 0600, and nothing else in the folder."""
    path = tmp_path / "book.xlsx"
    write(path, SHEET)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    """A file of the same name gives way to the new one."""
    path = tmp_path / "book.xlsx"
    path.write_text("old")
    write(path, SHEET)
    assert load_workbook(path)["Main"]["A7"].value == "x"


def test_a_failed_write_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk gives one clear sentence, keeps the older file and leaves no part behind."""
    path = tmp_path / "book.xlsx"
    path.write_text("old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"book\.xlsx could not be written to .*: the disk is full"):
        write(path, SHEET)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_file_open_in_excel_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that is open cannot be replaced; the message says what to do."""

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match="it is open in Excel"):
        write(tmp_path / "book.xlsx", SHEET)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_read_back_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is read again before it takes its place: here a byte in the middle of it comes out wrong."""
    fsync = os.fsync

    def damage(handle: int) -> None:
        fsync(handle)
        middle = os.fstat(handle).st_size // 2
        os.lseek(handle, middle, os.SEEK_SET)
        (byte,) = os.read(handle, 1)
        os.lseek(handle, middle, os.SEEK_SET)
        os.write(handle, bytes([byte ^ 1]))

    monkeypatch.setattr(os, "fsync", damage)
    with pytest.raises(OutputError, match="cannot be read back"):
        write(tmp_path / "book.xlsx", SHEET)
    assert not list(tmp_path.iterdir())


def test_nothing_readable_goes_to_the_temp_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Openpyxl would put every worksheet as clear text into the system's temp folder, where a killed run leaves it."""

    def refuse(suffix: str = "") -> str:
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", refuse)
    write(tmp_path / "book.xlsx", SHEET)


def test_a_missing_folder_is_said_so(tmp_path: Path) -> None:
    """A folder that does not exist is named."""
    with pytest.raises(OutputError, match="the folder does not exist"):
        write(tmp_path / "none" / "book.xlsx", SHEET)


def test_a_contradicting_plan_leaves_no_file(tmp_path: Path) -> None:
    """A mistake of ours is loud, and no half workbook stays on disk."""
    with pytest.raises(ValueError, match="announced"):
        write(tmp_path / "book.xlsx", table_sheet((), (), table=Table("tblMain", SHEET.table.columns, tuple, 1)))
    assert not list(tmp_path.iterdir())


def test_notes_show_terms_and_paragraphs() -> None:
    """A term stands beside its meaning; a line without a term is a paragraph."""
    notes = NotesSheet("notes", "Notes", (NotesSection("Rates", (("Rate", "compliant ÷ counted"), ("", "As of."))),))
    sheet = drawn(notes)["Notes"]
    assert [[cell.value for cell in row] for row in sheet["A7:B9"]] == [
        ["Rates", None],
        ["Rate", "compliant ÷ counted"],
        ["As of.", None],
    ]


def test_hostile_titles_make_valid_sheets() -> None:
    """Sheet names are made valid and different, and links and print areas follow them."""
    first = table_sheet((Column("A", Kind.TEXT),), (("x",),), title="O'Brien: [a]/b?*")
    second = table_sheet((Column("A", Kind.TEXT),), (("y",),), key="two", title="o'brien- -a--b--")
    book = drawn(first, second)
    assert [*book] == ["O'Brien- -a--b--", "o'brien- -a--b-- 2"]
    one, other = book.values()
    assert other["A5"].hyperlink.location == "'O''Brien- -a--b--'!A1"
    assert one.print_area == "'O''Brien- -a--b--'!$A$1:$K$7"
    assert [*other.tables] == ["tblMain_2"]
