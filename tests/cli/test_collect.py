"""`collect`: what managers wrote comes back beside the same rows, to the address that wrote it and into the master."""

from datetime import date

import pytest
from openpyxl import load_workbook

from tests.cli.plain_office import PlainOffice
from tests.cli.returned import SOFFICE, columns_of, entries_in, fill_in, saved_by_libreoffice, sheet_of
from tests.cli.returned_office import (
    DECEMBER,
    FILLED,
    JANUARY,
    add_row,
    answers_of,
    back,
    collect,
    in_master,
    manifest_files,
    set_property,
    workbook_of,
    write_month,
)
from tests.run.workbooks import package_text


@pytest.mark.parametrize(
    "program",
    ["openpyxl", pytest.param("LibreOffice", marks=pytest.mark.skipif(SOFFICE is None, reason="no `soffice` on PATH"))],
)
def test_what_was_written_stands_there_next_month(sent: PlainOffice, program: str) -> None:
    """In the workbook to the address that wrote it, in the master with who said it, and nowhere else."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    if program == "LibreOffice":
        saved_by_libreoffice(back(sent))
    document = collect(sent)
    assert (document["files_read"], document["answers_taken"], document["rows_refused"]) == (1, 2, {})
    assert (document["files"][0]["manager_id"], document["files"][0]["edition"]) == ("M-1", "2026-10 revision 1")
    sent.now = DECEMBER
    write_month(sent)
    assert entries_in(workbook_of(sent, "M-1", "2026-11")) == FILLED
    assert entries_in(workbook_of(sent, "M-2", "2026-11")) == {}
    assert "Kembali bekerja" not in package_text(workbook_of(sent, "M-2", "2026-11"))
    assert in_master(sent, "2026-11") == {
        "E001": ("On leave", date(2026, 12, 18), "Kembali bekerja 14 Desember", "Ibu Satu, Oct 2026"),
        "E002": ("Shift", "", "", "Ibu Satu, Oct 2026"),
    }


def test_nobody_gets_a_correction_because_of_it(sent: PlainOffice) -> None:
    """The next build of the same month shows the answers; each workbook still counts as the one that was sent."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    sent.edit("[mail]", '[mail]\ntransport = "outbox"')
    before = [(file["manager_id"], file["content_sha256"]) for file in manifest_files(sent, "rev1")]
    assert sent.rkreport("build").code == 0
    assert [(file["manager_id"], file["content_sha256"]) for file in manifest_files(sent, "rev1")] == before
    assert entries_in(workbook_of(sent, "M-1")) == FILLED
    assert in_master(sent, "2026-10").keys() == FILLED.keys()


def test_a_file_is_read_once(sent: PlainOffice) -> None:
    """Said again, nothing changes; an older file of the folder does not come back over a newer one."""
    fill_in(workbook_of(sent, "M-1"), back(sent, "one.xlsx"), FILLED)
    assert collect(sent)["answers_taken"] == 2
    fill_in(workbook_of(sent, "M-1"), back(sent, "two.xlsx"), {"E001": ("Other", None, "Sudah kembali")})
    assert collect(sent)["answers_taken"] == 1
    known = answers_of(sent)
    again = collect(sent)
    assert (again["answers_taken"], [file["nothing_new"] for file in again["files"]]) == (0, [True, True])
    assert answers_of(sent) == known
    assert {(one.employee_id, one.choice, one.note) for one in known} == {
        ("E001", "other", "Sudah kembali"),
        ("E002", "shift", ""),
    }


def test_a_file_that_nobody_filled_in_brings_nothing(sent: PlainOffice) -> None:
    """Neither the very file that was sent, nor the same saved by another program."""
    back(sent).parent.mkdir()
    back(sent).write_bytes(workbook_of(sent, "M-1").read_bytes())
    fill_in(workbook_of(sent, "M-2"), back(sent, "other.xlsx"), {})
    document = collect(sent)
    assert [(file["answers"], file["nothing_new"]) for file in document["files"]] == [(0, True), (0, False)]


def test_a_cell_that_was_emptied_takes_it_back(sent: PlainOffice) -> None:
    """What stands there as it was sent stays known; what was emptied is gone, and the rest of the row stays."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    sent.now = DECEMBER
    write_month(sent)
    fill_in(workbook_of(sent, "M-1", "2026-11"), back(sent, "next.xlsx"), {"E001": ("On leave", None, None)})
    document = collect(sent)
    assert (document["answers_taken"], document["rows_refused"]) == (1, {})
    sent.now = JANUARY
    write_month(sent)
    assert entries_in(workbook_of(sent, "M-1", "2026-12")) == {
        "E001": ("On leave", None, None),
        "E002": ("Shift", None, None),
    }


def test_an_older_report_does_not_win(sent: PlainOffice) -> None:
    """A workbook of October that comes after one of November brings what November did not say."""
    sent.now = DECEMBER
    write_month(sent)
    fill_in(workbook_of(sent, "M-1", "2026-11"), back(sent, "november.xlsx"), {"E001": ("Other", None, "baru")})
    collect(sent)
    fill_in(workbook_of(sent, "M-1"), back(sent, "october.xlsx"), FILLED)
    document = collect(sent, code=6)
    assert document["rows_refused"] == {"older than what is known of it": 1}
    assert {(one.employee_id, one.period, one.note) for one in answers_of(sent)} == {
        ("E001", "2026-11", "baru"),
        ("E002", "2026-10", ""),
    }


def test_rows_of_another_team_are_refused(sent: PlainOffice) -> None:
    """A file that says whom it is of, with a row of somebody else's team: counted, never taken."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    add_row(back(sent), ("E004", "Dewi Anggun", "Course C-1"), ("Other", None, "bukan tim saya"))
    document = collect(sent, code=6)
    assert (document["answers_taken"], document["rows_refused"]) == (2, {"not of this team": 1})
    assert {one.employee_id for one in answers_of(sent)} == {"E001", "E002"}
    assert "Dewi" not in str(document)


def test_a_file_without_properties_is_known_by_its_rows(sent: PlainOffice) -> None:
    """Some programs drop what a workbook says of itself; its people are all of one manager."""
    fill_in(workbook_of(sent, "M-2"), back(sent), {"E005": ("Shift", None, "malam")})
    set_property(back(sent), "manager_id", None)
    (file,) = collect(sent)["files"]
    assert (file["manager_id"], file["period"], file["answers"]) == ("M-2", "2026-10", 1)


def test_a_file_of_one_manager_cannot_answer_for_another(sent: PlainOffice) -> None:
    """It says that it is M-2's, and its rows are of M-1: the file that was sent to M-2 has none of them."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    set_property(back(sent), "manager_id", "M-2")
    document = collect(sent, code=6)
    assert (document["answers_taken"], document["rows_refused"]) == (0, {"not of this team": 2})
    assert answers_of(sent) == ()


@pytest.mark.parametrize(
    ("name", "value"), [("manager_id", "M-9"), ("period", "2026-09"), ("revision", "7"), ("revision", "x")]
)
def test_what_was_never_sent_is_said(sent: PlainOffice, name: str, value: str) -> None:
    """A trial, another data folder, or a lie."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    set_property(back(sent), name, value)
    (file,) = collect(sent, code=6)["files"]
    assert file["skipped"].startswith("is of no report that was sent from this data folder")


def test_a_workbook_that_was_worked_with_is_read(sent: PlainOffice) -> None:
    """Sorted, a column more, another name of the sheet, other sheets gone: the headers say what stands where."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    book = load_workbook(back(sent))
    for sheet in book.worksheets:
        if sheet is not sheet_of(book):
            book.remove(sheet)
    sheet = sheet_of(book)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(7, 9)]
    for number, row in enumerate(reversed(rows), 7):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value
    sheet.insert_cols(2)
    sheet.title = "Tim saya"
    book.save(back(sent))
    assert collect(sent)["answers_taken"] == 2


@pytest.mark.parametrize("header", ["Reason", "Employee ID", "x"])
def test_a_list_whose_columns_are_not_clear_is_not_read(sent: PlainOffice, header: str) -> None:
    """A header twice, or one that is missing."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    book = load_workbook(back(sent))
    sheet = sheet_of(book)
    sheet.cell(6, columns_of(sheet)["Note"]).value = header
    book.save(back(sent))
    (file,) = collect(sent, code=6)["files"]
    assert file["skipped"].startswith("has no list with the columns Reason, Planned date, Note")


def test_bad_files_do_not_stop_good_ones(sent: PlainOffice) -> None:
    """Each has its sentence; what could be read is kept."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    back(sent, "a.xlsx").write_bytes(b"x")
    back(sent, "~$z.xlsx").write_bytes(b"x")
    back(sent, "Laporan.eml").write_bytes(b"x")
    document = collect(sent, code=6)
    assert [document[name] for name in ("files_read", "files_skipped", "files_other", "answers_taken")] == [1, 2, 1, 2]
    outcome = sent.rkreport("collect", "gone")
    assert (outcome.code, "cannot be read" in outcome.error) == (2, True)


@pytest.mark.parametrize("text", ["_xD800_", "a_xDFFF_b", "_xD83D__xDE00_", "_x0000_", "_xFFFE_\t_x0007_"])
def test_escapes_of_what_is_no_letter_are_taken(sent: PlainOffice, text: str) -> None:
    """Half a character or a control character in a note: the rest of the row arrives, and the next month is built."""
    fill_in(workbook_of(sent, "M-1"), back(sent), {"E001": ("Shift", None, f"Gudang {text} siang")})
    assert collect(sent)["answers_taken"] == 1
    (answer,) = answers_of(sent)
    assert (answer.choice, answer.note.split()[0], answer.note.split()[-1]) == ("shift", "Gudang", "siang")
    assert sent.rkreport("build").code == 0
