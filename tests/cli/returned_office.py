"""An office whose October report was sent, and workbooks that come back from its managers."""

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
from rkreport.store.answers import AnswerStore
from rkreport.store.database import Database
from tests.cli.plain_office import PlainOffice
from tests.cli.returned import columns_of, sheet_of
from tests.plain_lms import BATCHES, USERS, PlainLms, Row, assigned_to, assignment, batch, serving, unit, user
from tests.run.workbooks import cells_of, master_of, table_of

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
