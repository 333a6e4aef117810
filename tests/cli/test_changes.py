"""What changed since the last month-end report: sheet, changes.csv, manifest, the teams' workbooks and mails."""

import csv
import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rkreport.core.changes.table import HEADER
from rkreport.store.database import Database
from tests.cli.plain_office import PlainOffice
from tests.plain_lms import BATCHES, USERS, PlainLms, Row, assigned_to, assignment, batch, serving, unit, user
from tests.run.workbooks import cells_of, master_of, package_text

NOVEMBER, DECEMBER = datetime(2026, 11, 5, 2, tzinfo=UTC), datetime(2026, 12, 5, 2, tzinfo=UTC)
DUE = "due_days_after_session = 280"  # the session of March: 10 December
ACCEPTED = ("--yes", "--accept", "rate_moved", "--accept", "people_moved", "--accept", "team_moved")
NAMES = (
    "",
    "Sari Wulan",
    "Bagus Prakoso",
    "Citra Lestari",
    "Dewi Anggun",
    "Eko Nugroho",
    "Fitri Handayani",
    "Gilang Ra",
)


def somebody(number: int, **values: Any) -> Row:
    """A user with a name of their own."""
    return user(number, name=NAMES[number], **values)


def place(number: int, status: str = "Cleared") -> Row:
    """A place of that user in the batch."""
    return assignment(
        number, status, user={"serial": f"S{number:03}", "name": NAMES[number], "employeeID": f"E{number:03}"}
    )


@pytest.fixture
def lms() -> Iterator[PlainLms]:
    """Six people of two managers in October: three are cleared, two failed, one is excused."""
    statuses = ["Cleared", "Cleared", "Failed", "Failed", "Cleared", "Ongoing"]
    people = [somebody(number) for number in range(1, 7)]
    people[4]["organizationLevelSerial"] = "U-OTHER"
    rows = [place(number, status) for number, status in enumerate(statuses, 1)]
    structure = [unit("U-TOP", unit("U-LOW"), unit("U-OTHER"))]
    found = PlainLms({USERS: people, assigned_to("B-1"): rows, BATCHES: [batch("B-1")]}, structure=structure)
    with serving(found):
        yield found


@pytest.fixture
def two(plain: PlainOffice, lms: PlainLms) -> PlainOffice:
    """October was written to the outbox; until December one left, one moved, one was cleared, one joined."""
    plain.now = NOVEMBER
    exceptions = '[exceptions]\nfile = "exceptions.csv"\n'
    (plain.folder / "exceptions.csv").write_text(
        "employee_id,course,until,reason,approved_by\nE006,*,2026-11-15,Cuti,HR\n", "utf-8"
    )
    plain.set_up(lms, DUE)
    plain.edit("[mail]", f'{exceptions}[mail]\nfrom = "ld@contoh.test"')
    outcome = plain.rkreport("run")
    assert outcome.code == 0, outcome.err
    users, rows = lms.lists[USERS], lms.lists[assigned_to("B-1")]
    users[0]["isActive"] = False
    users[1]["organizationLevelSerial"] = "U-OTHER"
    rows[2] = place(3)
    users.append(somebody(7))
    rows.append(place(7, "Ongoing"))
    plain.now = DECEMBER
    return plain


def folder_of(office: PlainOffice, name: str = "rev1") -> Path:
    """An edition of November."""
    return office.folder / "reports" / "2026-11" / name


def manifest_of(office: PlainOffice, name: str = "rev1") -> dict[str, Any]:
    """Its manifest."""
    found: dict[str, Any] = json.loads((folder_of(office, name) / "manifest.json").read_text("utf-8"))
    return found


def changes_of(folder: Path) -> list[dict[str, str]]:
    """The rows of changes.csv."""
    return list(csv.DictReader((folder / "changes.csv").read_text("utf-8-sig").splitlines()))


def by_person(folder: Path) -> dict[str, tuple[str, ...]]:
    """Cause, statuses and changes by employee id."""
    return {
        row["employee_id"]: (row["cause"], row["before"], row["after"], row["compliant_change"], row["counted_change"])
        for row in changes_of(folder)
    }


EXPECTED = {
    "E001": ("left", "Completed", "Completed", "-1", "-1"),
    "E002": ("moved", "Completed", "Completed", "0", "0"),
    "E003": ("done", "Failed", "Completed", "1", "0"),
    "E006": ("exception", "Exempt", "Due soon", "0", "1"),
    "E007": ("joined", "", "Due soon", "0", "1"),
}


def test_a_first_month_has_nothing_to_compare(two: PlainOffice) -> None:
    """The sheet says so, changes.csv has its header alone, the manifest nothing."""
    assert (two.built / "changes.csv").read_text("utf-8-sig").splitlines() == [",".join(HEADER)]
    assert two.manifest["changes"] == {}
    cells = cells_of(master_of(two.built))
    assert list(cells)[:3] == ["Summary", "What changed", "By unit"]
    assert any("No earlier month-end report is kept here" in str(row[0]) for row in cells["What changed"])


def test_everybody_has_one_cause(two: PlainOffice) -> None:
    """Also after a build that nobody was sent, and after the correction of the same month."""
    assert two.rkreport("run").code == 0
    assert by_person(folder_of(two)) == EXPECTED
    sums = manifest_of(two)["changes"]
    assert {cause: (each["compliant"], each["counted"]) for cause, each in sums.items() if each["requirements"]} == {
        "joined": (0, 1),
        "left": (-1, -1),
        "exception": (0, 1),
        "done": (1, 0),
        "moved": (0, 0),
    }
    assert sum(each["points"] for each in sums.values()) == pytest.approx((3 / 6 - 3 / 5) * 100, abs=1e-4)
    files = {file["path"]: (file["kind"], file["rows"]) for file in manifest_of(two)["files"]}
    assert files["changes.csv"] == ("changes", 5)
    assert two.rkreport("send", *ACCEPTED).code == 0
    assert two.rkreport("run").code == 0
    assert by_person(folder_of(two)) == EXPECTED


def test_the_sheet_tells_the_move_and_its_people(two: PlainOffice) -> None:
    """The rate, the causes with a total, the groups then and now, and every requirement that changed."""
    assert two.rkreport("run").code == 0
    rows = cells_of(master_of(folder_of(two)))["What changed"]
    firsts = [str(row[0]) for row in rows]
    assert "The compliance rate fell by 10 points since October 2026: from 60.0% to 50.0%." in firsts
    assert "October 2026: 3 of 5 requirements met. Now: 3 of 6." in firsts
    total = next(row for row in rows if row[0] == "Total")
    assert total[1:5] == [5.0, 0.0, 1.0, -10.0]
    managers = firsts.index("Managers, then and now", firsts.index("Why the rate moved") + 1)
    groups = {str(row[0]): row[2:7] for row in rows[managers:]}
    assert groups["Ibu Satu"] == [0.5, 0.25, -25.0, 4.0, 4.0]
    assert groups["Ibu Dua"] == [1.0, 1.0, 0.0, 1.0, 2.0]
    assert [row[1] for row in rows if row[2] in {"Left", "Newly done"}] == ["E001", "E003"]


def test_a_manager_reads_of_own_people_alone(two: PlainOffice) -> None:
    """The team's own causes add up with those who moved; who left or moved away is counted and not named."""
    assert two.rkreport("run").code == 0
    (path,) = (folder_of(two) / "managers").glob("M-1_*.xlsx")
    text = package_text(path)
    assert NAMES[2] not in text
    assert "E002" not in text
    assert "1 of the changes concerns a person who is no longer in your team" in text
    detail = cells_of(path)["Team detail"]
    header = next(row for row in detail if "What changed" in row)
    told = {row[0]: (row[header.index("What changed")], row[header.index("Status then")]) for row in detail}
    assert told["E003"] == ("Newly done", "↻ Failed")
    assert told["E007"] == ("Joined", "")
    assert told["E004"] == ("", "")


def test_the_mail_has_the_three_most_important_lines(two: PlainOffice) -> None:
    """In text and HTML alike; a first month has none."""
    assert two.rkreport("run").code == 0
    (path,) = (folder_of(two) / "outbox").glob("*_M-1.eml")
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body
        assert [line in body.get_content() for line in ("Newly done: 1 (+25 points)", "What changed the rate:")] == [
            True
        ] * 2
        assert body.get_content().count(" points)") == 3
    first = next((two.built / "outbox").glob("*_M-1.eml")).read_bytes()
    assert b"What moved the rate" not in first


def test_an_interim_edition_compares_and_is_no_base(two: PlainOffice) -> None:
    """With the last month-end report; the month's own report is compared with that too."""
    two.now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert two.rkreport("run", "--interim").code == 0
    assert by_person(folder_of(two, "interim1"))["E001"][0] == "left"
    two.now = DECEMBER
    assert two.rkreport("run").code == 0
    assert by_person(folder_of(two)) == EXPECTED


def test_other_rules_are_a_cause(two: PlainOffice) -> None:
    """Those whom today's rules alone would have changed; without October's data the months cannot be compared."""
    two.edit(DUE, "valid_for_months = 6")
    assert two.rkreport("run").code == 0
    found = by_person(folder_of(two))
    assert found["E005"] == ("rules", "Completed", "Expired", "-1", "0")
    assert found["E002"] == ("rules", "Completed", "Expired", "-1", "0")
    assert found["E007"][0] == "joined"
    database = Database(two.folder / "rkreport-data")
    database.write("DELETE FROM snapshot WHERE id LIKE '202611%'")
    database.close()
    assert two.rkreport("build").code == 0
    assert manifest_of(two)["changes"] == {}
    assert changes_of(folder_of(two)) == []
    sheet = cells_of(master_of(folder_of(two)))["What changed"]
    assert any("The rules changed since October 2026" in str(row[0]) for row in sheet)


def test_a_changed_list_of_changes_stops_the_sending(two: PlainOffice) -> None:
    """It is sealed like a workbook; what was handed over is given back by the archive."""
    assert two.rkreport("run").code == 0
    path = folder_of(two) / "changes.csv"
    true = path.read_bytes()
    path.write_bytes(true.replace(b"left", b"done"))
    assert two.rkreport("send", "--yes").code == 5
    path.write_bytes(true)
    assert two.rkreport("send", *ACCEPTED).code == 0
    path.unlink()
    outcome = two.rkreport("archive", "changes", "--out", "back.csv")
    assert outcome.code == 0, outcome.err
    assert (two.folder / "back.csv").read_bytes() == true


def test_a_manager_sees_the_month_that_was_told(two: PlainOffice) -> None:
    """The figures of October's message beside those of November; a first month has no such table."""

    def months(folder: Path) -> list[list[object]]:
        (path,) = (folder / "managers").glob("M-1_*.xlsx")
        found = (list(row[-6:]) for row in cells_of(path)["Team summary"])
        return [row for row in found if str(row[0]).endswith("2026")]

    assert months(two.built) == []
    assert two.rkreport("run").code == 0
    assert months(folder_of(two)) == [["Oct 2026", 4, 2, 0, 0.5, 0.95], ["Nov 2026", 4, 1, 0, 0.25, 0.95]]
