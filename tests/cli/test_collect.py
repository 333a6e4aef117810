"""`collect`: what managers wrote comes back beside the same rows, to the address that wrote it and into the master."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.plain_office import PlainOffice
from tests.cli.returned import SOFFICE, entries_in, fill_in, saved_by_libreoffice
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


@pytest.fixture
def lms() -> Iterator[PlainLms]:
    """Six people who failed: 1 to 3 are Ibu Satu's, 4 to 6 Ibu Dua's."""
    people = [user(number, name=NAMES[number]) for number in range(1, 7)]
    for one in people[3:]:
        one["organizationLevelSerial"] = "U-OTHER"
    rows = [place(number) for number in range(1, 7)]
    structure = [unit("U-TOP", unit("U-LOW"), unit("U-OTHER"))]
    with serving(PlainLms({USERS: people, assigned_to("B-1"): rows, BATCHES: [batch("B-1")]}, structure=structure)) as found:
        yield found


@pytest.fixture
def sent(plain: PlainOffice, lms: PlainLms) -> PlainOffice:
    """October went into the outbox."""
    plain.now = NOVEMBER
    plain.set_up(lms)
    plain.edit("[mail]", '[mail]\nfrom = "ld@contoh.test"')
    write_month(plain)
    return plain


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
