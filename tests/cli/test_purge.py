"""`rkreport purge`: what is too old is gone from the disk, what is not stays, and what went is written down."""

import csv
import io
import json
import os
import shutil
import stat
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from rkreport.store.bases import Bases
from rkreport.store.database import Database
from tests.cli.program import Workspace
from tests.cli.sent import ledger_of, mark_sent

TWO_YEARS = timedelta(days=760)
CANARY = "Kenari Purnama"
ADDRESS = "kenari.purnama@contoh.test"


@pytest.fixture(scope="module")
def prepared(company: Company, server: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October 2026 was fetched, built and sent with everything that holds names; two years later October 2028 was."""
    workspace = Workspace(tmp_path_factory.mktemp("prepared"))
    workspace.configure(company, server.base_url)
    assert workspace.rkreport("run").code == 0
    mark_sent(workspace, workspace.now)
    database = Database(data(workspace))
    database.write("UPDATE delivery SET cc = ?", json.dumps([ADDRESS]))
    database.close()
    rotated = data(workspace) / "rkreport.log.1"
    rotated.write_text("long ago")
    os.utime(rotated, (workspace.now.timestamp(),) * 2)
    workspace.now += TWO_YEARS
    assert workspace.rkreport("run").code == 0
    return workspace.folder


@pytest.fixture
def old(prepared: Path, tmp_path: Path) -> Workspace:
    """A copy of that, two years after the first of the two."""
    workspace = Workspace(shutil.copytree(prepared, tmp_path / "old"))
    workspace.now += TWO_YEARS
    return workspace


def data(workspace: Workspace) -> Path:
    """The data folder."""
    return workspace.folder / "rkreport-data"


def snapshots(workspace: Workspace) -> list[str]:
    """The ids that the history lists."""
    return [one["snapshot"] for one in workspace.rkreport("history", "--json").document["snapshots"]]


def store_bytes(workspace: Workspace) -> bytes:
    """The store and its side files, as they lie on the disk."""
    return b"".join(path.read_bytes() for path in sorted(data(workspace).glob("store.sqlite3*")))


def everything(workspace: Workspace) -> dict[str, bytes]:
    """All files of reports and archive, and the ledger's addresses."""
    files = [*(workspace.folder / "reports").rglob("*"), *(data(workspace) / "sent").rglob("*")]
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def addresses(rows: tuple[Delivery, ...]) -> list[str]:
    """Whatever address is left in the ledger."""
    return [address for row in rows for address in (row.recipient, *row.cc) if address]


def test_what_is_too_old_is_gone(old: Workspace) -> None:
    """The old snapshot, edition, sent files, addresses and rotated log; of the new ones nothing."""
    before = snapshots(old)
    kept = {name: content for name, content in everything(old).items() if "2028" in name}
    outcome = old.rkreport("purge", "--yes")
    assert outcome.code == 0, outcome.err
    assert snapshots(old) == before[1:]
    assert everything(old) == kept
    assert kept
    assert not (old.folder / "reports" / "2026-10").exists()
    assert list((data(old) / "sent").iterdir()) == []
    assert addresses(ledger_of(old)) == []
    assert not (data(old) / "rkreport.log.1").exists()


def test_what_the_old_reports_told_is_gone(old: Workspace) -> None:
    """What was sent of whom goes with its edition, is counted, and is in no byte of the store any more."""
    database = Database(data(old))
    ((person,),) = database.read("SELECT max(person) FROM base_requirement")
    database.close()
    planned = old.rkreport("purge", "--dry-run", "--json").document
    assert planned["bases"] == ["2026-10/rev1"]
    outcome = old.rkreport("purge", "--yes")
    assert "Last reports  of 1 edition\n" in outcome.out
    database = Database(data(old))
    try:
        kept = {
            period for (period,) in database.read("SELECT period FROM base_requirement UNION SELECT period FROM base")
        }
        assert kept == {"2028-11"}  # was written by the last build
        Bases(database).forget(Bases(database).kept())
        database.fold_side_file()
        assert b"base_requirement" in store_bytes(old)
        assert str(person).encode() not in store_bytes(old)
    finally:
        database.close()


def test_seals_go_with_their_editions(old: Workspace) -> None:
    """What a folder was when it was built is of use to nobody once the folder is gone; the newest keeps its seal."""
    sql = "SELECT DISTINCT period, revision FROM seal ORDER BY period"
    for periods in (["2026-10", "2028-11"], ["2028-11"]):
        database = Database(data(old))
        assert [tuple(row) for row in database.read(sql)] == [(period, 1) for period in periods]
        database.close()
        assert old.rkreport("purge", "--older-than", "24", "--yes").code == 0


def test_the_ledger_keeps_that_messages_went(old: Workspace) -> None:
    """Month, revision, manager, state, times and digests stay; addresses do not."""
    before = ledger_of(old)
    assert addresses(before)
    assert old.rkreport("purge", "--yes").code == 0
    after = ledger_of(old)
    kept = ("period", "revision", "manager_id", "state", "changed_at", "file_sha256", "content_sha256", "message_id")
    assert [[getattr(row, name) for name in kept] for row in after] == [
        [getattr(row, name) for name in kept] for row in before
    ]


def test_names_are_gone_from_the_files_themselves(old: Workspace) -> None:
    """Store and side files, grepped while a connection holds them open: no address in them, and no page."""
    (first, _) = snapshots(old)
    database = Database(data(old))
    try:
        database.write(
            "INSERT INTO page (snapshot_id, list, pass, number, fetched_at, sha256, body)"
            " VALUES (?, 'x', 1, 1, '', '', ?)",
            first,
            CANARY.encode() * 1000,
        )
        assert CANARY.encode() in store_bytes(old)
        assert ADDRESS.encode() in store_bytes(old)
        assert old.rkreport("purge", "--yes").code == 0
        assert CANARY.encode() not in store_bytes(old)
        assert ADDRESS.encode() not in store_bytes(old)
        assert first.encode() in store_bytes(old)  # in the record, so a search can find at all
    finally:
        database.close()


def test_it_is_written_down(old: Workspace) -> None:
    """Counts and ids in the store and in purged.csv; a second purge finds nothing and adds nothing."""
    (first, _) = snapshots(old)
    rows = ledger_of(old)
    assert old.rkreport("purge", "--yes").code == 0
    database = Database(data(old))
    ((at, months, what),) = database.read("SELECT at, older_than_months, what FROM purge")
    database.close()
    found = json.loads(what)
    assert datetime.fromisoformat(at) == old.now
    assert (months, found["snapshots"], found["editions"]) == (24, [first], ["2026-10/rev1"])
    assert (found["addresses"], found["not_deleted"]) == ({"2026-10/rev1": len(rows)}, 0)
    assert "begun" not in found
    record = data(old) / "purged.csv"
    (line,) = csv.DictReader(io.StringIO(record.read_text("utf-8")))
    assert (line["snapshots"], line["editions"], line["addresses"]) == ("1", "1", str(len(rows)))
    assert line["ids"] == f"{first} 2026-10/rev1"
    assert not [address for address in addresses(rows) if address in what + record.read_text("utf-8")]
    if sys.platform != "win32":
        assert stat.S_IMODE(record.stat().st_mode) == 0o600
    outcome = old.rkreport("purge", "--yes")
    assert outcome.out.startswith("Nothing is that old.")
    assert len(record.read_text("utf-8").splitlines()) == 2


def test_a_dry_run_changes_nothing(old: Workspace) -> None:
    """The same list, and every file and row as before."""
    before = everything(old), ledger_of(old), snapshots(old)
    outcome = old.rkreport("purge", "--dry-run")
    assert outcome.code == 0
    assert outcome.out.startswith("This would be deleted:")
    listed = outcome.out.splitlines()[1:]
    assert (everything(old), ledger_of(old), snapshots(old)) == before
    assert not (data(old) / "purged.csv").exists()
    said = old.rkreport("purge", "--yes").err
    assert [line for line in listed if line not in said] == []


@pytest.mark.parametrize("answer", [True, False])
def test_it_asks_first(old: Workspace, monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:  # noqa: FBT001 - a case
    """Only a yes deletes; the list stands before the question."""

    def ask(question: str) -> bool:
        sys.stderr.write(f"{question}\n")
        return answer

    monkeypatch.setattr("rkreport.cli.commands.keep.asker", lambda _screen: ask)
    outcome = old.rkreport("purge")
    assert outcome.code == 0
    assert outcome.err.index("Edition 2026-10 rev1") < outcome.err.index("Delete it for good? [y/N]")
    assert (not old.built.exists()) is answer
    assert outcome.out.startswith("Purge finished." if answer else "Nothing was deleted.")


def test_nobody_to_ask_is_a_no(old: Workspace) -> None:
    """A scheduler without `--yes` deletes nothing and is told what to say."""
    outcome = old.rkreport("purge")
    assert outcome.code == 2
    assert "say --yes, or look first with --dry-run." in outcome.error
    assert old.built.exists()


def test_the_newest_stays_however_old(configured: Workspace) -> None:
    """Nobody has run anything for ten years: the only snapshot and edition are still there to go on from."""
    assert configured.rkreport("run").code == 0
    mark_sent(configured, configured.now)
    before = everything(configured), snapshots(configured), ledger_of(configured)
    configured.now += timedelta(days=3650)
    outcome = configured.rkreport("purge", "--older-than", "1", "--yes")
    assert outcome.out.startswith("Nothing is that old.")
    assert (everything(configured), snapshots(configured), ledger_of(configured)) == before


def test_what_is_a_day_too_young_stays(old: Workspace) -> None:
    """October's data are 24 months and some days old: 25 months keep them."""
    kept = everything(old)
    old.now -= timedelta(days=10)
    assert old.rkreport("purge", "--older-than", "25", "--yes").out.startswith("Nothing is that old.")
    assert everything(old) == kept


@pytest.mark.parametrize("state", [DeliveryState.UNKNOWN, DeliveryState.PLANNED, DeliveryState.SENDING])
def test_what_is_not_settled_is_said(old: Workspace, state: DeliveryState) -> None:
    """Messages that were planned or in doubt go too after all that time, but not without a word."""
    database = Database(data(old))
    database.write("UPDATE delivery SET state = ? WHERE manager_id = 'M-001'", state)
    database.close()
    said = f"1 message of 2026-10 revision 1: still {state}"
    assert said in old.rkreport("purge", "--dry-run").out
    outcome = old.rkreport("purge", "--yes", "--json")
    assert said in outcome.err
    assert outcome.document["unsettled"] == [
        {"period": "2026-10", "kind": "month-end", "revision": 1, "state": state, "count": 1}
    ]
    database = Database(data(old))
    ((what,),) = database.read("SELECT what FROM purge")
    database.close()
    assert json.loads(what)["unsettled"] == [{"period": "2026-10", "revision": 1, "state": state, "count": 1}]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_are_not_followed_and_foreign_folders_stay(
    old: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a link leads to, a folder without our manifest or with another's, and files beside ours are not touched."""
    outside, reports = tmp_path_factory.mktemp("outside"), old.folder / "reports"
    for month in ("2026-07", "2026-08"):
        shutil.copytree(old.built, outside / month / "rev1")
        (outside / month / "rev1" / "manifest.json").write_text(json.dumps({**old.manifest, "period": month}))
    (reports / "2026-08").symlink_to(outside / "2026-08")
    (reports / "2026-07").mkdir()
    (reports / "2026-07" / "rev1").symlink_to(outside / "2026-07" / "rev1")
    (old.built / "link").symlink_to(outside)
    (old.built / "managers" / "link").symlink_to(outside)
    for name, manifest in (("2026-06", None), ("2026-05", "{}"), ("2026-04", json.dumps(old.manifest))):
        (reports / name / "rev1").mkdir(parents=True)
        (reports / name / "rev1" / "own.txt").write_text("mine")
        if manifest is not None:
            (reports / name / "rev1" / "manifest.json").write_text(manifest)
    (reports / "2026-10" / "notes.txt").write_text("mine")
    before = sorted(path.name for path in outside.rglob("*"))
    outcome = old.rkreport("purge", "--yes", "--json")
    assert outcome.document["editions"] == ["2026-10/rev1"]
    assert sorted(path.name for path in outside.rglob("*")) == before
    assert sorted(path.parent.parent.name for path in reports.rglob("own.txt")) == ["2026-04", "2026-05", "2026-06"]
    assert (reports / "2026-10" / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="a folder without rights")
def test_what_cannot_be_deleted_is_named_and_found_again(old: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that Excel holds open: the rest goes, exit code 5, and the next purge ends the work."""
    real, held = Path.unlink, next(old.built.glob("*_master_*.xlsx"))

    def unlink(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002 - as pathlib's
        if path.name == held.name:
            raise PermissionError(13, "Permission denied")
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        outcome = old.rkreport("purge", "--yes")
    assert outcome.code == 5
    assert "rev1 cannot be deleted: Permission denied; close what has it open, and purge again." in outcome.out
    assert addresses(ledger_of(old)) == []
    assert held.exists()
    again = old.rkreport("purge", "--yes", "--json")
    assert (again.code, again.document["editions"]) == (0, ["2026-10/rev1"])
    assert not old.built.exists()


def test_a_purge_that_is_killed_leaves_its_trace(old: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was about to be deleted is on record before anything is, and the next purge ends the work."""

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("rkreport.run.keep.purging._delete_each", killed)
        assert old.rkreport("purge", "--yes").code == 130
    database = Database(data(old))
    ((what,),) = database.read("SELECT what FROM purge")
    database.close()
    assert json.loads(what)["begun"] is True
    assert json.loads(what)["editions"] == ["2026-10/rev1"]
    assert old.rkreport("purge", "--yes").code == 0
    assert not old.built.exists()


def test_an_unfinished_snapshot_of_old_goes_too(workspace: Workspace, company: Company, server: Simulator) -> None:
    """A fetch that was given up years ago holds names as well."""
    workspace.configure(company, server.base_url)
    assert workspace.rkreport("fetch").code == 0
    database = Database(data(workspace))
    database.write(
        "INSERT INTO snapshot (id, plan, host, started_at) VALUES ('given-up', 'p', 'h', ?)", workspace.now.isoformat()
    )
    database.close()
    workspace.now += TWO_YEARS
    assert workspace.rkreport("purge", "--yes", "--json").document["snapshots"] == ["given-up"]


def test_what_killed_runs_left_goes_too(old: Workspace) -> None:
    """Drafts of editions and half copies hold what the finished files do; young ones stay for the run that goes on."""
    reports = old.folder / "reports" / "2026-10"
    part = data(old) / "sent" / "ab" / f".{'ab' * 32}.xlsx.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half")
    drafts = [reports / ".rev1.building", reports / ".rev2.old"]
    for draft in drafts:
        (draft / "managers").mkdir(parents=True)
    young = reports / ".rev3.building"
    young.mkdir()
    long_ago = (old.now - TWO_YEARS).timestamp()
    for path in (part, *drafts):
        os.utime(path, (long_ago, long_ago))
    os.utime(young, (old.now.timestamp(),) * 2)
    assert old.rkreport("purge", "--yes").code == 0
    assert not any(path.exists() for path in (part, *drafts))
    assert young.exists()
