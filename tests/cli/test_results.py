"""What a command that succeeds leaves on stdout and stderr, and what `--period` and incomplete data change."""

import email.policy
import json
import sys
from datetime import timedelta
from email.parser import BytesParser
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from tests.cli.program import Workspace, serving
from tests.run.workbooks import cells_of, workbooks_of


def test_json_is_one_object_on_stdout(configured: Workspace) -> None:
    """`--json` prints exactly one object on stdout, the manifest with its place; progress stays on stderr."""
    outcome = configured.rkreport("run", "--json")
    assert outcome.code == 0, outcome.err
    document = outcome.document
    assert {name: document[name] for name in configured.manifest} == configured.manifest
    assert configured.folder / document["folder"] == configured.built
    assert (configured.folder / document["master"]).exists()
    assert "Reading users and assignments: " in outcome.err


def test_every_command_has_its_json(configured: Workspace) -> None:
    """fetch, build, history, export and import print one object too."""
    estimate = configured.rkreport("fetch", "--estimate", "--json")
    assert estimate.document["users"] == 60
    fetched = configured.rkreport("fetch", "--json")
    assert fetched.document["complete"] is True
    snapshot = fetched.document["snapshot"]
    assert configured.rkreport("build", "--json").document["period"] == "2026-10"
    history = configured.rkreport("history", "--json").document
    assert [one["snapshot"] for one in history["snapshots"]] == [snapshot]
    assert [one["period"] for one in history["periods"]] == ["2026-10"]
    assert configured.rkreport("export", "one.rkreport", "--json").document["snapshot"] == snapshot
    configured.now += timedelta(hours=1)
    again = configured.rkreport("fetch", "--json").document["snapshot"]  # as a reminder does; the report stays
    exported = configured.rkreport("export", "two.rkreport")
    assert (snapshot in exported.out, f"{again} is newer, and --snapshot names it" in exported.err) == (True, True)
    configured.edit('period = "previous-month"', 'period = "previous-month"\ndata_dir = "other"')
    assert configured.rkreport("import", "one.rkreport", "--json").document["snapshot"] == snapshot


def test_quiet_prints_the_result_alone(configured: Workspace) -> None:
    """`--quiet` leaves stderr empty, and stdout as it is without."""
    loud, quiet = configured.rkreport("run"), configured.rkreport("run", "--quiet", "--fresh")
    assert (quiet.code, quiet.err) == (0, "")
    assert quiet.out == loud.out
    assert loud.err != ""


def test_results_are_lines_that_can_be_copied(configured: Workspace) -> None:
    """Each row of the result is one line, however long its file name, aligned in two columns."""
    configured.edit('period = "previous-month"', f'period = "previous-month"\noutput_dir = "{"long/" * 20}reports"')
    outcome = configured.rkreport("run")
    title, *rows = outcome.out.splitlines()
    assert title == "Run finished."
    table = {row[:11].rstrip(): row[13:] for row in rows}
    assert list(table) == [
        "Period",
        "Data",
        "Users",
        "Assignments",
        "Compliance",
        "Findings",
        "Master",
        "Managers",
        "Messages",
        "Review",
        "Next",
    ]
    assert len(table["Master"]) > 150
    assert (configured.folder / table["Master"]).exists()
    assert table["Next"] == "rkreport review"
    assert table["Period"] == "2026-10, as of 2026-10-31 23:59"


def test_a_period_on_the_command_line_wins(configured: Workspace) -> None:
    """`--period` decides, whatever the config says; the folder and the manifest carry it."""
    configured.edit('period = "previous-month"', 'period = "2026-08"')
    assert configured.rkreport("run", "--period", "2026-09", "--json").document["period"] == "2026-09"
    assert configured.rkreport("build", "--json").document["period"] == "2026-08"
    assert sorted(path.name for path in (configured.folder / "reports").iterdir()) == ["2026-08", "2026-09"]


def test_a_manager_without_an_address_is_named(configured: Workspace) -> None:
    """A manager who can get no message is named by id on the screen, and the result says how many are missing."""
    path = configured.folder / "managers.csv"
    header, first, *others = path.read_text("utf-8-sig").splitlines()
    manager_id, name, _, *rest = first.split(",")
    path.write_text("\n".join([header, ",".join([manager_id, name, "", *rest]), *others]), "utf-8")
    outcome = configured.rkreport("run")
    assert outcome.code == 0
    assert f"No message for manager {manager_id}: has no email address.\n" in outcome.err
    assert "Messages     2 of 3 in reports/2026-10/rev1/outbox\n" in outcome.out
    assert configured.rkreport("run", "--send").code == 4
    assert configured.rkreport("send", "--accept", "no_address").code == 6


# ---- incomplete data


@pytest.fixture
def gapped(workspace: Workspace, company: Company) -> Workspace:
    """A folder with the config of a company whose server counts three rows more than it gives, and has stopped."""
    with serving(company, "total=+3") as simulator:
        workspace.configure(company, simulator.base_url)
        refused = workspace.rkreport("run")
    assert refused.code == 4, refused.err
    (workspace.folder / "refused.txt").write_text(refused.error)
    return workspace


def test_incomplete_data_are_refused(gapped: Workspace) -> None:
    """Exit code 4, no folder for the month, and a sentence that names a list, the reason, and both ways on."""
    error = (gapped.folder / "refused.txt").read_text()
    assert not (gapped.folder / "reports" / "2026-10").exists()
    for word in ("incomplete", "no workbooks were written", "Fetch again", "--allow-incomplete"):
        assert word in error
    assert error.endswith(" The fetch is kept: rkreport build --allow-incomplete goes on from it.")


def test_incomplete_data_can_be_allowed(gapped: Workspace) -> None:
    """Exit code 6; every first sheet, every subject and the manifest say so, and why."""
    outcome = gapped.rkreport("build", "--allow-incomplete")
    assert outcome.code == 6, outcome.err
    assert "DATA NOT COMPLETE" in outcome.out
    manifest = gapped.manifest
    assert manifest["complete"] is False
    assert len(manifest["reasons"]) == manifest["lists"]["incomplete"] > 0
    for path in workbooks_of(gapped.built):
        first, *_ = cells_of(path).values()
        assert str(first[3][0]).startswith(("DATA NOT COMPLETE", "DATA TIDAK LENGKAP")), path.name
    subjects = [subject_of(path) for path in sorted((gapped.built / "outbox").iterdir())]
    assert len(subjects) == 3
    assert [subject for subject in subjects if not says_incomplete(subject)] == []
    for subject in subjects:  # and still of what it is, and of which month
        assert "October 2026" in subject or "Oktober 2026" in subject
        assert "compliance" in subject or "epatuhan" in subject


def test_a_fetch_of_incomplete_data_ends_with_4(workspace: Workspace, company: Company) -> None:
    """`fetch` keeps what it got, says which lists are not whole, and ends with 4."""
    with serving(company, "total=+3") as simulator:
        workspace.configure(company, simulator.base_url)
        outcome = workspace.rkreport("fetch", "--json")
    assert (outcome.code, outcome.document["complete"]) == (4, False)
    assert "Incomplete – " in outcome.err


def subject_of(path: Path) -> str:
    """The subject of a stored message."""
    return str(BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())["Subject"])


def says_incomplete(subject: str) -> bool:
    """Whether a subject says in words that the data are not complete."""
    return any(
        words in subject.casefold() for words in ("not complete", "incomplete", "tidak lengkap", "belum lengkap")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process without asking it")
def test_simulate_says_where_it_is(workspace: Workspace) -> None:
    """`simulate --json` prints one object with its address as soon as it answers, and its config can be run."""
    process = workspace.start("simulate", "--port", "0", "--people", "30", "--write-config", "sim", "--json")
    assert process.stdout
    try:
        document = json.loads(process.stdout.readline())
        assert document["users"] == 30
        config = Path(document["config"])
        outcome = workspace.rkreport("fetch", "--config", str(config), "--json")
    finally:
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert outcome.code == 0, outcome.err
    assert outcome.document["rows_received"] >= 30 + document["assignments"]
    assert process.returncode == 130
    assert err.splitlines() == ["It answers until you press Ctrl-C.", "The simulated LMS has stopped."]
