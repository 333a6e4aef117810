"""`send` after a month that was sent: people who would go to somebody else stop it, before a message leaves."""

import csv
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rkreport.core.models import Counts
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from tests.cli.office import MANAGERS, Office, opened_office
from tests.cli.program import Outcome, Workspace
from tests.cli.test_prompts import Terminal
from tests.delivery.scripted_smtp import Fault, Step
from tests.fixtures.make_old_folder import OCTOBER

OLD_FOLDER = Path(__file__).parents[1] / "fixtures" / "folder-0.1.0.tar.xz"


@pytest.fixture
def later(fetched: Path, tmp_path: Path) -> Iterator[Office]:
    """An office a month after September was sent to all."""
    with opened_office(fetched, tmp_path) as office:
        assert office.workspace.rkreport("build", "--period", "2026-09").code == 0
        assert office.workspace.rkreport("send", "--period", "2026-09").code == 0
        yield office


def set_column(office: Office, column: str, values: list[str]) -> None:
    """Write these cells into the list of managers, from its first row on."""
    path = office.workspace.folder / "managers.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    for row, value in zip(rows, values, strict=True):
        row[column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def column(office: Office, name: str) -> list[str]:
    """The cells of a column of the list of managers."""
    rows = csv.DictReader((office.workspace.folder / "managers.csv").read_text("utf-8-sig").splitlines())
    return [row[name] for row in rows]


def stopped(office: Office, *codes: str) -> Outcome:
    """October is built, and its sending is stopped by exactly these guards; nothing goes."""
    assert office.workspace.rkreport("build").code == 0
    taken = len(office.server.taken)
    outcome = office.workspace.rkreport("send", "--accept", "rate_moved", "--accept", "people_moved")
    assert outcome.code == 4, outcome.err
    assert outcome.error.endswith(f"add {' '.join(f'--accept {code}' for code in codes)}."), outcome.error
    assert "@" not in outcome.error
    assert len(office.server.taken) == taken
    return outcome


def accepted(office: Office, *codes: str) -> None:
    """With these words said, all goes; and once more without a new question."""
    words = [word for code in ("rate_moved", "people_moved", *codes) for word in ("--accept", code)]
    taken = len(office.server.taken)
    outcome = office.workspace.rkreport("send", *words)
    assert outcome.code == 0, outcome.err
    assert len(office.server.taken) > taken
    assert office.workspace.rkreport("send", *words[:4]).code == 0


def test_units_that_were_swapped_stop_the_next_month(later: Office) -> None:
    """Ids and counts on the terminal, in the log and the mail; on the page whose people would go to whom."""
    set_column(later, "organization", column(later, "organization")[::-1])
    refused = stopped(later, "team_moved")
    assert "M-001 → M-002: " in refused.error
    page = (later.folder / "review.html").read_text("utf-8")
    assert "team_moved" in page
    assert "M-001 ayu.lubis@contoh.test → M-002 Slamet Ginting slamet.ginting@contoh.test: " in page
    reviewed = later.workspace.rkreport("review", "--json").document
    assert [guard["accept"] for guard in reviewed["guards"]][-1] == "team_moved"
    assert not any("@" in guard["sentence"] for guard in reviewed["guards"])
    assert "@contoh.test" not in later.workspace.log
    summary = later.server.summaries[-1].decode()
    assert "M-001 →" not in summary or "ayu.lubis" not in summary
    accepted(later, "team_moved")
    assert later.workspace.rkreport("build", "--json").document["revision"] == 2
    assert "team_moved" not in later.workspace.rkreport("review").out  # what was accepted is the last one now


def test_units_that_are_misspelt_stop_the_next_month(later: Office) -> None:
    """All would go to the fallback address: one question about it, with both shares."""
    set_column(later, "organization", ["COMPX", "COMPY"])
    refused = stopped(later, "fallback_share")
    assert "belong to no manager: 61 of 61, 100.0% of all; last time 3.3%." in refused.error
    accepted(later, "fallback_share")


def test_a_copy_in_another_row_stops_the_next_month(later: Office) -> None:
    """The column of copies sorted alone: said with old and new address on the page alone."""
    set_column(later, "cc", ["", "bos@contoh.test"])
    assert later.workspace.rkreport("build", "--period", "2026-09").code == 0
    assert later.workspace.rkreport("send", "--period", "2026-09", "--accept", "address_moved").code == 0
    set_column(later, "cc", ["bos@contoh.test", ""])
    stopped(later, "address_moved")
    assert "M-001 Ayu Putra Lubis, copy (cc): – → bos@contoh.test" in (later.folder / "review.html").read_text("utf-8")
    accepted(later, "address_moved")


def test_a_manager_of_last_month_who_gets_nothing(later: Office) -> None:
    """A row that is gone, its people with two others: named with where they went."""
    path = later.workspace.folder / "managers.csv"
    header, first, _ = path.read_text("utf-8-sig").splitlines()
    people = _people_of(later, "M-002")[:5]
    path.write_text("\n".join([header, first, *(f"M-001,,,,,{one},," for one in people)]), "utf-8")
    refused = stopped(later, "team_lost", "fallback_share")
    assert "would get nothing now: 1 (M-002). Their people go to: M-002 → no-manager: " in refused.error
    assert "M-002 → M-001: 5" in refused.error


def _people_of(office: Office, manager_id: str) -> list[str]:
    database = Database(office.workspace.folder / "rkreport-data")
    try:
        rows = Bases(database).rows(BaseKey("2026-09", 1, is_written=False))
    finally:
        database.close()
    return list(dict.fromkeys(row.person for row in rows if row.manager_id == manager_id))


@pytest.mark.parametrize("answer", [True, False])
def test_the_question_shows_old_and_new(later: Office, monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:  # noqa: FBT001 - a case
    """On a terminal names and addresses stand in the question, and nowhere in the log; a yes sends."""
    set_column(later, "email", column(later, "email")[::-1])
    assert later.workspace.rkreport("build").code == 0
    taken, shown = len(later.server.taken), Terminal()
    monkeypatch.setattr(
        "rkreport.cli.commands.deliver.asker", lambda _screen: lambda text: bool(shown.write(text)) and answer
    )
    outcome = later.workspace.rkreport("send", "--yes", "--accept", "rate_moved", "--accept", "people_moved")
    assert outcome.code == (0 if answer else 4), outcome.err
    assert "M-001 Ayu Putra Lubis: ayu.lubis@contoh.test → slamet.ginting@contoh.test\n" in shown.getvalue()
    assert shown.getvalue().endswith("\nSend anyway? [y/N]")
    assert (len(later.server.taken) > taken) is answer
    assert "slamet.ginting" not in later.workspace.log + outcome.err


def test_a_sending_that_went_on_has_one_base(built: Path, tmp_path: Path) -> None:
    """Stopped after the first message and said again: what was told is kept once, before anything left."""
    with opened_office(built, tmp_path, Fault(Step.SENDER, "530 5.7.57 Client not authenticated", after=1)) as office:
        assert office.workspace.rkreport("send").code == 6
        database = Database(office.workspace.folder / "rkreport-data")
        first = database.read("SELECT * FROM base_requirement"), database.read("SELECT * FROM base")
        database.close()
        assert first[0]
        office.server.faults.clear()
        office.workspace.now += timedelta(hours=1)
        assert office.workspace.rkreport("send").code == 0
        database = Database(office.workspace.folder / "rkreport-data")
        assert (database.read("SELECT * FROM base_requirement"), database.read("SELECT * FROM base")) == first
        database.close()
        assert len(office.server.taken) == MANAGERS


def test_sent_workbooks_tell_what_the_base_tells(later: Office) -> None:
    """Read from the files that were sent, in both languages, the base is the one that the sending kept.

    Only why a requirement does not count of which nothing has begun is in no file.
    """
    key = BaseKey("2026-09", 1, is_written=False)
    database = Database(later.workspace.folder / "rkreport-data")
    bases = Bases(database)
    kept = bases.rows(key)
    bases.forget([key])
    database.close()
    assert later.workspace.rkreport("build").code == 0
    database = Database(later.workspace.folder / "rkreport-data")
    bases = Bases(database)
    read = bases.rows(key)
    begun = {(row.person, row.course) for row in read if row.counts is not Counts.NOT_BEGUN}
    assert Counter(row for row in read if (row.person, row.course) in begun) == Counter(
        row for row in kept if (row.person, row.course) in begun
    )
    plain = [Counter(replace(row, counts=Counts.NOT_BEGUN) for row in rows) for rows in (read, kept)]
    assert plain[0] == plain[1]
    assert not [
        row for row in kept if row.counts in {Counts.YES, Counts.EXEMPT} and (row.person, row.course) not in begun
    ]
    assert bases.is_whole(key)
    assert len({row.status for row in kept}) > 3
    assert len({row.counts for row in kept}) > 3
    database.close()


# ---- a first month, and one after an upgrade


def test_a_first_month_names_addresses_of_others(built: Path, tmp_path: Path) -> None:
    """Nothing was ever sent: the LMS's own user list knows that the addresses stand in the wrong rows."""
    with opened_office(built, tmp_path) as office:
        assert "address_of_somebody_else" not in office.workspace.rkreport("review", "--json").document["findings"]
        set_column(office, "email", column(office, "email")[::-1])
        assert office.workspace.rkreport("build").code == 0
        found = office.workspace.rkreport("review", "--json").document["findings"]
        assert found["address_of_somebody_else"] == 2
        page = (office.folder / "review.html").read_text("utf-8")
        assert "Address of somebody else" in page
        assert "Unit and people" in page


@pytest.fixture
def old(tmp_path: Path) -> Workspace:
    """A folder of version 0.1.0, an hour after October was sent."""
    with tarfile.open(OLD_FOLDER) as archive:
        archive.extractall(tmp_path, filter="data")
    workspace = Workspace(tmp_path)
    workspace.now = OCTOBER + timedelta(hours=1)
    return workspace


def test_after_an_upgrade_the_sent_workbooks_are_the_base(old: Workspace) -> None:
    """No base was ever kept: the files that were sent tell whose everybody was, and are read once."""
    path = old.folder / "managers.csv"
    swapped = path.read_text("utf-8").replace("M-001,,,,,", "M-00X,,,,,").replace("M-003,,,,,", "M-001,,,,,")
    path.write_text(swapped.replace("M-00X,,,,,", "M-003,,,,,"), "utf-8")
    assert old.rkreport("build").code == 0
    guards = old.rkreport("review", "--json").document["guards"]
    (moved,) = (guard["sentence"] for guard in guards if guard["accept"] == "team_moved")
    assert "M-001 → M-003: 3" in moved
    database = Database(old.folder / "rkreport-data")
    rows = Bases(database).rows(BaseKey("2026-10", 1, is_written=False))
    ((kept_at,),) = database.read("SELECT kept_at FROM base WHERE period = '2026-10'")
    database.close()
    assert len({row.person for row in rows if row.manager_id == "M-001"}) == 4
    assert datetime.fromisoformat(kept_at) <= old.now - timedelta(minutes=30)
