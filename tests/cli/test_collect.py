"""`collect`: what managers wrote comes back beside the same rows, to the address that wrote it and into the master."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.packaging.custom import StringProperty

from rkreport.core.answers.taking import Answer
from rkreport.excel.ooxml.encryption import decrypted, encrypted
from rkreport.store.answers import AnswerStore
from rkreport.store.database import Database
from tests.cli.plain_office import PlainOffice
from tests.cli.returned import SOFFICE, columns_of, entries_in, fill_in, saved_by_libreoffice, sheet_of
from tests.plain_lms import BATCHES, USERS, PlainLms, Row, assigned_to, assignment, batch, serving, unit, user
from tests.run.workbooks import cells_of, master_of, package_text, table_of

NOVEMBER, DECEMBER, JANUARY = (
    datetime(2026, 11, 5, 2, tzinfo=UTC),
    datetime(2026, 12, 4, 2, tzinfo=UTC),
    datetime(2027, 1, 5, 2, tzinfo=UTC),
)
NAMES = ("", "Sari Wulan", "Bagus Prakoso", "Citra Lestari", "Dewi Anggun", "Eko Nugroho", "Fitri Handayani")
FILLED = {"E001": ("On leave", date(2026, 12, 18), "Kembali bekerja 14 Desember"), "E002": ("Shift", None, None)}
ACCEPTED = ("--yes", "--accept", "rate_moved", "--accept", "people_moved", "--accept", "team_moved")


def place(number: int, status: str = "Failed") -> Row:
    """A place in the batch of a person with a name of their own."""
    return assignment(
        number, status, user={"serial": f"S{number:03}", "name": NAMES[number], "employeeID": f"E{number:03}"}
    )


def company() -> PlainLms:
    """Six people who failed: 1 to 3 are Ibu Satu's, 4 to 6 Ibu Dua's."""
    people = [user(number, name=NAMES[number]) for number in range(1, 7)]
    for one in people[3:]:
        one["organizationLevelSerial"] = "U-OTHER"
    rows = [place(number) for number in range(1, 7)]
    structure = [unit("U-TOP", unit("U-LOW"), unit("U-OTHER"))]
    return PlainLms({USERS: people, assigned_to("B-1"): rows, BATCHES: [batch("B-1")]}, structure=structure)


@pytest.fixture
def lms() -> Iterator[PlainLms]:
    """The company behind a server."""
    with serving(company()) as found:
        yield found


@pytest.fixture(scope="session")
def october(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose report of October went into the outbox."""
    office = PlainOffice(tmp_path_factory.mktemp("october"))
    office.now = NOVEMBER
    with serving(company()) as lms:
        office.set_up(lms)
        office.edit("[mail]", '[mail]\nfrom = "ld@contoh.test"')
        write_month(office)
        office.edit(lms.base_url, "http://127.0.0.1:1")
    return office.folder


@pytest.fixture
def sent(october: Path, tmp_path: Path, lms: PlainLms) -> PlainOffice:
    """A copy of it."""
    shutil.copytree(october, tmp_path / "office")
    office = PlainOffice(tmp_path / "office")
    office.now = NOVEMBER
    office.edit("http://127.0.0.1:1", lms.base_url)
    return office


def write_month(office: PlainOffice) -> None:
    """Fetch, build and hand over the month before."""
    for command in (("run",), ("send", *ACCEPTED)):
        outcome = office.rkreport(*command)
        assert outcome.code == 0, outcome.err


def edition_of(office: PlainOffice, month: str, name: str = "rev1") -> Path:
    """The folder of an edition."""
    return office.folder / "reports" / month / name


def workbook_of(office: PlainOffice, manager: str, month: str = "2026-10", name: str = "rev1") -> Path:
    """A manager's workbook."""
    (path,) = (edition_of(office, month, name) / "managers").glob(f"{manager}_*.xlsx")
    return path


def back(office: PlainOffice, name: str = "Laporan.xlsx") -> Path:
    """Where a returned file is saved."""
    return office.folder / "back" / name


def collect(office: PlainOffice, code: int = 0) -> dict[str, Any]:
    """Call the command; its document."""
    outcome = office.rkreport("collect", "back", "--json")
    assert outcome.code == code, outcome.err + outcome.out
    return outcome.document


def in_master(office: PlainOffice, month: str, name: str = "rev1") -> dict[str, tuple[Any, ...]]:
    """What the master's action list says of each person with an answer."""
    rows = table_of(cells_of(master_of(edition_of(office, month, name))), "Action list")
    headers = ("Reason", "Planned date", "Note", "Said by")
    told = {str(row["Employee ID"]): tuple(row.get(header, "") for header in headers) for row in rows}
    return {person: cells for person, cells in told.items() if any(cells)}


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


def test_a_new_address_gets_nothing_of_the_old_one(sent: PlainOffice) -> None:
    """Another person may read there now: the master alone shows what was written."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    managers = sent.folder / "managers.csv"
    managers.write_text(managers.read_text("utf-8").replace("satu@contoh.test", "baru@contoh.test"), "utf-8")
    sent.now = DECEMBER
    assert sent.rkreport("run").code == 0
    assert entries_in(workbook_of(sent, "M-1", "2026-11")) == {}
    assert in_master(sent, "2026-11").keys() == FILLED.keys()


def test_whoever_left_the_team_takes_the_answer_along_to_the_master_alone(sent: PlainOffice, lms: PlainLms) -> None:
    """The next manager does not read what the last one wrote."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    lms.lists[USERS][0]["organizationLevelSerial"] = "U-OTHER"
    sent.now = DECEMBER
    assert sent.rkreport("run").code == 0
    assert entries_in(workbook_of(sent, "M-1", "2026-11")).keys() == {"E002"}
    assert entries_in(workbook_of(sent, "M-2", "2026-11")) == {}
    assert in_master(sent, "2026-11")["E001"][-1] == "Ibu Satu, Oct 2026"


@pytest.mark.parametrize(
    "note", ["digantikan Dewi Anggun", "E004", "tanya p5@contoh.test", "DEWI\u00a0ANGGUN!", "_x0044_ewi Anggun"]
)
def test_a_text_that_names_somebody_else_stays_out_of_the_managers_file(sent: PlainOffice, note: str) -> None:
    """The leak test would stop the build: the text stands in the master alone, the rest of the row in both."""
    fill_in(workbook_of(sent, "M-1"), back(sent), {"E001": ("On leave", date(2026, 12, 18), note)})
    collect(sent)
    sent.now = DECEMBER
    write_month(sent)
    assert entries_in(workbook_of(sent, "M-1", "2026-11")) == {"E001": ("On leave", date(2026, 12, 18), None)}
    assert in_master(sent, "2026-11")["E001"][:2] == ("On leave", date(2026, 12, 18))
    assert "nggun" in in_master(sent, "2026-11")["E001"][2].casefold() or note in in_master(sent, "2026-11")["E001"]
    fill_in(workbook_of(sent, "M-1", "2026-11"), back(sent, "next.xlsx"), {"E001": ("Shift", date(2026, 12, 18), None)})
    collect(sent)
    (answer,) = answers_of(sent)
    assert (answer.choice, bool(answer.note)) == ("shift", True)  # a cell that was not shown was not emptied


def test_a_note_about_the_own_team_is_shown(sent: PlainOffice) -> None:
    """Names of the own people are no leak."""
    filled = {"E001": (None, None, "bersama Bagus Prakoso (E002)")}
    fill_in(workbook_of(sent, "M-1"), back(sent), filled)
    collect(sent)
    assert sent.rkreport("build").code == 0
    assert entries_in(workbook_of(sent, "M-1")) == filled


def test_what_was_completed_since_is_no_longer_shown(sent: PlainOffice, lms: PlainLms) -> None:
    """Completed in a later batch and about to expire: the row needs action again, for another reason."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    lms.lists[BATCHES].append(batch("B-2", "2026-11-12T02:00:00.000Z"))
    lms.lists[assigned_to("B-2")] = [place(1, "Cleared")]
    sent.edit('serial = "C-1"', 'serial = "C-1"\nvalid_for_months = 3')
    sent.now = DECEMBER
    assert sent.rkreport("run").code == 0
    rows = table_of(cells_of(workbook_of(sent, "M-1", "2026-11")), "Action needed")
    assert {row["Employee ID"]: "Expiring" in row["Status"] for row in rows}["E001"]
    assert entries_in(workbook_of(sent, "M-1", "2026-11")).keys() == {"E002"}


def test_purge_deletes_them_with_the_addresses(sent: PlainOffice) -> None:
    """Neither answers nor digests of files stay; the record has their number; the newest edition's stay."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    sent.now = datetime(2027, 3, 5, 2, tzinfo=UTC)
    write_month(sent)
    assert sent.rkreport("purge", "--older-than", "1", "--dry-run", "--json").document["answers"] == 2
    assert len(answers_of(sent)) == 2
    assert sent.rkreport("purge", "--older-than", "1", "--yes", "--json").code == 0
    assert answers_of(sent) == ()
    assert b"Kembali bekerja" not in b"".join(
        path.read_bytes() for path in (sent.folder / "rkreport-data").glob("store.sqlite3*")
    )
    assert "is not kept any more" in collect(sent, code=6)["files"][0]["skipped"]


def test_they_move_with_the_ledger(sent: PlainOffice, tmp_path: Path) -> None:
    """Another machine shows them too, and does not read the same file again."""
    fill_in(workbook_of(sent, "M-1"), back(sent), FILLED)
    collect(sent)
    assert sent.rkreport("export", "all.rkreport").code == 0
    known = answers_of(sent)
    (sent.folder / "rkreport-data").rename(sent.folder / "old-data")
    assert sent.rkreport("import", "all.rkreport").code == 0
    assert answers_of(sent) == known != ()
    assert [file["nothing_new"] for file in collect(sent)["files"]] == [True]


def test_encrypted_workbooks_open_with_our_password(plain: PlainOffice, lms: PlainLms) -> None:
    """Reports that leave encrypted come back encrypted; with another password there is one sentence."""
    plain.secrets["RKREPORT_WORKBOOK_PASSWORD"] = "kata-sandi-laporan"
    plain.now = NOVEMBER
    plain.set_up(lms)
    plain.edit("[mail]", '[privacy]\nencrypt_workbooks = true\n[mail]\nfrom = "ld@contoh.test"')
    write_month(plain)
    locked = workbook_of(plain, "M-1")
    opened = plain.folder / "opened.xlsx"
    opened.write_bytes(decrypted(locked.read_bytes(), "kata-sandi-laporan"))
    fill_in(opened, opened, FILLED)
    back(plain).parent.mkdir()
    back(plain).write_bytes(encrypted(opened.read_bytes(), "kata-sandi-laporan"))
    back(plain, "other.xlsx").write_bytes(encrypted(opened.read_bytes(), "kata-sandi-lain-lagi"))
    document = collect(plain, code=6)
    assert [(file["file"], file["answers"]) for file in document["files"]] == [("Laporan.xlsx", 2), ("other.xlsx", 0)]
    assert "does not open with the password" in document["files"][1]["skipped"]


def test_nothing_personal_in_the_log(sent: PlainOffice) -> None:
    """On screen stand counts, file names and row numbers; in the log not even file names."""
    fill_in(
        workbook_of(sent, "M-1"), back(sent, "Laporan Ibu Satu.xlsx"), FILLED | {"E003": ("Ada", "03/04/2026", "=1+1")}
    )
    outcome = sent.rkreport("collect", "back")
    assert outcome.code == 6
    for text in (outcome.out, outcome.err):
        assert not any(name in text for name in (*NAMES[1:], "Kembali", "E001", "satu@"))
    assert "Laporan Ibu Satu.xlsx, row 8: the planned date is no date" in outcome.out
    assert "Laporan Ibu Satu" not in sent.log


def manifest_files(office: PlainOffice, name: str) -> list[dict[str, Any]]:
    """The managers' files of October in the manifest."""
    found = json.loads((edition_of(office, "2026-10", name) / "manifest.json").read_text("utf-8"))
    return [file for file in found["files"] if file["kind"] == "manager"]


def answers_of(office: PlainOffice) -> tuple[Answer, ...]:
    """All that is kept."""
    database = Database(office.folder / "rkreport-data")
    try:
        return AnswerStore(database).all()
    finally:
        database.close()


def set_property(path: Path, name: str, value: str | None) -> None:
    """Change what a workbook says of itself; None drops it all."""
    book: Any = load_workbook(path)
    kept = {one.name: one.value for one in book.custom_doc_props.props if value is not None} | {name: value}
    for one in list(book.custom_doc_props.names):
        del book.custom_doc_props[one]
    for one, told in kept.items():
        if told is not None:
            book.custom_doc_props.append(StringProperty(name=one, value=told))
    book.save(path)


def add_row(path: Path, who: tuple[str, str, str], entry: tuple[Any, Any, Any]) -> None:
    """Write one row more below the list."""
    book = load_workbook(path)
    sheet = sheet_of(book)
    columns, row = columns_of(sheet), sheet.max_row + 1
    headers = ("Employee ID", "Name", "Course", "Reason", "Planned date", "Note")
    for header, value in zip(headers, (*who, *entry), strict=True):
        sheet.cell(row, columns[header]).value = value
    book.save(path)
