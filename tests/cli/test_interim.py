"""`--interim`: a status of the month under way goes out as a reminder, and leaves the month's own report alone."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rkreport.core.words import LANGUAGES
from rkreport.locale import load_words
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.office import MANAGERS, Office, message_of, opened_office

NOVEMBER_10 = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
DECEMBER_3 = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)


def manifest_of(office: Office, name: str) -> dict[str, Any]:
    """That of an edition of November."""
    found: dict[str, Any] = json.loads(
        (office.workspace.folder / "reports/2026-11" / name / "manifest.json").read_text()
    )
    return found


def subjects(office: Office) -> list[str]:
    """Of the messages that were taken, in order."""
    return [str(message_of(taken)["Subject"]) for taken in office.server.taken]


@pytest.fixture
def interim(fetched: Path, tmp_path: Path, company: Company, server: Simulator) -> Iterator[Office]:
    """An office that sent an interim edition on the tenth of November."""
    with opened_office(fetched, tmp_path) as office:
        office.point_to(company, server.base_url)
        assert office.workspace.rkreport("build", "--interim").code == 0
        assert office.workspace.rkreport("send", "--interim").code == 0
        yield office


def test_it_has_names_of_its_own(interim: Office) -> None:
    """Folder, files, manifest, subject, title and Message-ID say what it is; nothing says corrected."""
    folder = interim.workspace.folder / "reports" / "2026-11" / "interim1"
    manifest = manifest_of(interim, "interim1")
    assert (manifest["period"], manifest["kind"], manifest["revision"]) == ("2026-11", "interim", 1)
    names = {path.name for path in folder.rglob("*.xlsx")}
    assert all(name.endswith("_interim1.xlsx") for name in names), names
    assert len(interim.server.taken) == MANAGERS
    assert all(
        "November 2026 so far" in subject or "November 2026 (sementara)" in subject for subject in subjects(interim)
    )
    bodies = [message_of(taken).get_body(("plain",)) for taken in interim.server.taken]
    texts = [" ".join(body.get_content().split()) for body in bodies if body]
    reminders = [load_words(language).text("mail.interim") for language in LANGUAGES]
    assert len(texts) == MANAGERS
    assert all(any(reminder in text for reminder in reminders) for text in texts)
    rows = interim.workspace.rkreport("history", "--json").document
    assert {(row["period"], row["kind"], row["revision"]) for row in rows["deliveries"]} == {("2026-11", "interim", 1)}
    assert rows["periods"] == []
    assert "Mail 2026-11 interim 1" in interim.workspace.rkreport("history").out


def test_the_next_one_has_the_next_number(interim: Office) -> None:
    """On another day everybody is reminded again; on the same day only those for whom something is new."""
    workspace, server = interim.workspace, interim.server
    assert workspace.rkreport("build", "--interim", "--json").document["revision"] == 2
    assert workspace.rkreport("send", "--interim").code == 0
    assert len(server.taken) == MANAGERS
    workspace.now = NOVEMBER_10 + timedelta(days=7)
    assert workspace.rkreport("run", "--interim", "--send", "--json").document["revision"] == 2
    assert len(server.taken) == 2 * MANAGERS
    assert len(set(server.message_ids)) == 2 * MANAGERS
    assert not any("revision" in subject or "revisi" in subject for subject in subjects(interim))
    assert workspace.rkreport("send", "--interim").code == 0
    assert len(server.taken) == 2 * MANAGERS


def test_it_leaves_the_months_report_alone(
    interim: Office, fetched: Path, tmp_path: Path, company: Company, server: Simulator
) -> None:
    """The report of November is revision 1, goes to all, corrects nothing, and is what it is without a reminder."""
    workspace = interim.workspace
    workspace.now = DECEMBER_3
    taken = len(interim.server.taken)
    assert workspace.rkreport("run", "--send").code == 0
    assert manifest_of(interim, "rev1")["kind"] == "month-end"
    assert len(interim.server.taken) == taken + MANAGERS
    assert not any("so far" in subject or "evisi" in subject for subject in subjects(interim)[taken:])
    (tmp_path / "other").mkdir()
    with opened_office(fetched, tmp_path / "other", port=0) as other:
        other.point_to(company, server.base_url)
        other.workspace.now = DECEMBER_3
        assert other.workspace.rkreport("run", "--send").code == 0
        for kept in ("status_counts", "rate", "findings", "requirements"):
            assert manifest_of(interim, "rev1")[kept] == manifest_of(other, "rev1")[kept]
        digests = [
            [file["content_sha256"] for file in manifest_of(office, "rev1")["files"] if file["kind"] == "manager"]
            for office in (interim, other)
        ]
        assert digests[0] == digests[1]


def test_it_is_kept_and_given_back(interim: Office) -> None:
    """`archive` gives it by name alone; `review` and `send --again` know it; `settle` says where there is no doubt."""
    workspace = interim.workspace
    manager_id = min(interim_addresses(interim))
    assert workspace.rkreport("archive", manager_id).code == 2
    found = workspace.rkreport("archive", manager_id, "--interim", "--out", "back.xlsx", "--json").document
    assert (found["period"], found["kind"], found["revision"]) == ("2026-11", "interim", 1)
    assert workspace.rkreport("archive", "master", "--interim", "--json").document["kind"] == "interim"
    review = workspace.rkreport("review", "--interim", "--json").document
    assert (review["kind"], review["revision"], review["plan"]["sent"]) == ("interim", 1, MANAGERS)
    again = workspace.rkreport("send", "--interim", "--again", manager_id, "--reason", "deleted")
    assert again.code == 0, again.err
    assert subjects(interim)[-1] in subjects(interim)[:-1]
    refused = workspace.rkreport("settle", manager_id, "--arrived", "--interim")
    assert (refused.code, "2026-11 interim 1 is sent" in refused.error) == (2, True)


def interim_addresses(office: Office) -> list[str]:
    """The managers of the interim edition."""
    return [file["manager_id"] for file in manifest_of(office, "interim1")["files"] if file["kind"] == "manager"]


def test_what_moved_since_last_month_does_not_stop_it(fetched: Path, tmp_path: Path) -> None:
    """Half a month is far from a whole one: figures stop nothing, people who would go to somebody else do."""
    with opened_office(fetched, tmp_path) as office:
        workspace = office.workspace
        assert workspace.rkreport("build", "--period", "2026-10").code == 0
        assert workspace.rkreport("send", "--period", "2026-10").code == 0
        workspace.edit("[mail]\n", "[guards]\npeople_change_percent = 0.01\nrate_change_points = 0.01\n[mail]\n")
        assert workspace.rkreport("build", "--interim").code == 0
        assert workspace.rkreport("review", "--interim", "--json").document["guards"] == []
        path = workspace.folder / "managers.csv"
        header, first, second = path.read_text("utf-8-sig").splitlines()
        one, two = (line.split(",") for line in (first, second))
        one[6], two[6] = two[6], one[6]
        path.write_text("\n".join([header, ",".join(one), ",".join(two)]), "utf-8")
        assert workspace.rkreport("build", "--interim").code == 0
        codes = [each["code"] for each in workspace.rkreport("review", "--interim", "--json").document["guards"]]
        assert codes == ["team_moved"]


def test_another_copy_knows_of_it(interim: Office, fetched: Path) -> None:
    """A data folder that never sent it sees its ledger.csv, and stops."""
    data = interim.workspace.folder / "rkreport-data"
    shutil.rmtree(data)
    shutil.copytree(fetched / "rkreport-data", data)
    assert interim.workspace.rkreport("build", "--interim", "--json").document["revision"] == 2
    outcome = interim.workspace.rkreport("send", "--interim")
    assert (outcome.code, "interim 1" in outcome.error) == (4, True), outcome.err


@pytest.mark.parametrize("command", ["build", "run"])
def test_a_month_cannot_be_named(interim: Office, command: str) -> None:
    """An interim edition is made of the month under way alone."""
    outcome = interim.workspace.rkreport(command, "--interim", "--period", "2026-10")
    assert (outcome.code, "leave out --period" in outcome.error) == (2, True)


def test_data_from_before_the_month_make_none(interim: Office) -> None:
    """In December, with November's data: nothing can be said of December so far."""
    interim.workspace.now = DECEMBER_3
    outcome = interim.workspace.rkreport("build", "--interim")
    assert (outcome.code, "before the period 2026-12 began" in outcome.error) == (2, True), outcome.error
