"""Who sees what managers wrote, for how long, and where it is kept."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rkreport.cli.results.collected import collected_document, collected_rows
from rkreport.core.answers.taking import CellRemark, Remark, Taken
from rkreport.excel.ooxml.encryption import decrypted, encrypted
from rkreport.run.keep.collecting import Collected, FileResult
from tests.cli.plain_office import PlainOffice
from tests.cli.returned import entries_in, fill_in
from tests.cli.returned_office import (
    DECEMBER,
    FILLED,
    NAMES,
    NOVEMBER,
    answers_of,
    back,
    collect,
    in_master,
    place,
    workbook_of,
    write_month,
)
from tests.plain_lms import BATCHES, USERS, PlainLms, assigned_to, batch
from tests.run.workbooks import cells_of, table_of


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


def test_a_remark_is_said_once(sent: PlainOffice) -> None:
    """With the rows that it is about; what is lost comes first, and an unclear date with both readings."""
    unclear = ("Sakit", "03/04/2026", "")
    fill_in(workbook_of(sent, "M-1"), back(sent, "Laporan.xlsx"), {"E001": unclear, "E002": unclear})
    outcome = sent.rkreport("collect", "back")
    assert outcome.code == 6
    lost, odd = [line.strip() for line in outcome.out.splitlines() if "Laporan" in line]
    assert lost == (
        "Laporan.xlsx, 2 rows (7, 9): the planned date can be read as 3 April 2026 or 4 March 2026, and is not taken;"
        " ask which is meant."
    )
    assert odd == "Laporan.xlsx, 2 rows (7, 9): the reason is not one of the list, and is kept as it is."


def test_an_oddity_of_many_files_is_one_line() -> None:
    """Nothing is lost there; `--json` has each row."""
    odd = Taken(remarks=tuple(CellRemark(row, Remark.NOT_A_CHOICE) for row in range(6, 9)))
    files = tuple(FileResult(f"M-{number}.xlsx", taken=odd) for number in range(20))
    rows = collected_rows(Collected(Path("back"), files, 0))
    told = [text for name, text in rows if not name]
    assert told == ["60 rows in 20 files: the reason is not one of the list, and is kept as it is; --json names them."]
    document = collected_document(Collected(Path("back"), files, 0))
    assert sum(len(file["remarks"]) for file in document["files"]) == 60


def test_nothing_personal_in_the_log(sent: PlainOffice) -> None:
    """On screen stand counts, file names and row numbers; in the log not even file names."""
    fill_in(
        workbook_of(sent, "M-1"), back(sent, "Laporan Ibu Satu.xlsx"), FILLED | {"E003": ("Ada", "03/04/2026", "=1+1")}
    )
    outcome = sent.rkreport("collect", "back")
    assert outcome.code == 6
    for text in (outcome.out, outcome.err):
        assert not any(name in text for name in (*NAMES[1:], "Kembali", "E001", "satu@"))
    assert "Laporan Ibu Satu.xlsx, row 8: the planned date can be read as 3 April 2026 or 4 March 2026" in outcome.out
    assert "Laporan Ibu Satu" not in sent.log
