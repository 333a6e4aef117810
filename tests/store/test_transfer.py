"""A snapshot as one file: what leaves one store arrives in another as it was, or is refused in a sentence."""

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rkreport.core.compliance import Period
from rkreport.errors import ConfigError, DataError, OutputError, StoreError
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.pages import SnapshotPages
from rkreport.store.results import Results, Standing
from rkreport.store.snapshots import Snapshots
from rkreport.store.transfer import export_snapshot, import_snapshot
from tests import factories
from tests.ledger_rows import put
from tests.store.conftest import Clock
from tests.store.test_bases import base_row
from tests.store.test_results import result

BODIES = {("users", 1, 1): b"one", ("users", 2, 1): b"one again", ("courses", 1, 1): bytes(range(256))}


def fetched(database: Database, clock: Clock) -> str:
    """A finished snapshot with the three pages; its id."""
    snapshots = Snapshots(database, clock)
    snapshot_id = snapshots.begin("plan", "host").snapshot_id
    pages = SnapshotPages(database, snapshot_id, clock)

    async def commit_all() -> None:
        for key, body in BODIES.items():
            await pages.commit(*key, body)

    asyncio.run(commit_all())
    snapshots.finish(snapshot_id, (factories.reading(),))
    return snapshot_id


@pytest.fixture
def exported(database: Database, clock: Clock, tmp_path: Path) -> Path:
    """A file with one snapshot and the figures of a month."""
    Results(database, clock).keep(result(2026, 9), 1, is_written=True)
    export_snapshot(database, fetched(database, clock), tmp_path / "out.rkreport", ())
    return tmp_path / "out.rkreport"


def test_snapshot_arrives_as_it_left(exported: Path, database: Database, other: Database, clock: Clock) -> None:
    """Pages, what the lists proved, and the figures of earlier months; once more changes nothing."""
    for _ in range(2):
        snapshot_id, _ = import_snapshot(other, exported, other.path.parent)
        here, there = Snapshots(database, clock), Snapshots(other, clock)
        assert there.finished(None) == here.finished(snapshot_id)
        assert list(there.pages(snapshot_id)) == list(here.pages(snapshot_id))
        assert len(list(there.pages(snapshot_id))) == len(BODIES)
        assert Results(other, clock).before(Period(2026, 10)) == (result(2026, 9),)


def test_only_the_snapshot_asked_for_leaves(database: Database, other: Database, clock: Clock, tmp_path: Path) -> None:
    """The pages of other snapshots stay at home."""
    first = fetched(database, clock)
    second = fetched(database, clock)
    export_snapshot(database, second, tmp_path / "out", ())
    assert import_snapshot(other, tmp_path / "out", other.path.parent) == (second, 0)
    assert first != second
    assert other.read("SELECT DISTINCT snapshot_id FROM page") == [(second,)]


def test_what_was_last_sent_arrives(database: Database, other: Database, clock: Clock, tmp_path: Path) -> None:
    """The base of every edition goes along, and what the other store knows of an edition itself stays."""
    sent, written = BaseKey("2026-09", 1, is_written=False), BaseKey("2026-10", 1, is_written=True)
    Bases(database).keep(sent, [base_row("00001")], clock())
    Bases(database).keep(written, [base_row("00002"), base_row("00003")], clock())
    Bases(other).keep(sent, [base_row("00009")], clock())
    export_snapshot(database, fetched(database, clock), tmp_path / "out", ())
    for _ in range(2):
        import_snapshot(other, tmp_path / "out", other.path.parent)
        assert Bases(other).rows(sent) == (base_row("00009"),)
        assert Bases(other).rows(written) == (base_row("00002"), base_row("00003"))


def test_own_figures_are_not_replaced(exported: Path, other: Database, clock: Clock) -> None:
    """A month of which the store handed something over keeps the figures it has."""
    own = replace(result(2026, 9), people=1)
    Results(other, clock).keep(own, 1, is_written=True)
    import_snapshot(other, exported, other.path.parent)
    assert [kept.result for kept in Results(other, clock).all()] == [own]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_file_is_one_and_for_its_owner_alone(exported: Path) -> None:
    """It holds personal data: mode 0600; nothing stands beside it, during or after."""
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    assert {path.name for path in exported.parent.iterdir()} == {"data", "out.rkreport"}


def test_export_into_nowhere(database: Database, clock: Clock, tmp_path: Path) -> None:
    """A folder that is not there, or a folder in place of the file, gets a sentence and leaves nothing behind."""
    snapshot_id = fetched(database, clock)
    (tmp_path / "taken").mkdir()
    for path in (tmp_path / "gone" / "out", tmp_path / "taken"):
        with pytest.raises(OutputError, match=r"The folder .* cannot be written: .*; name a file in another folder"):
            export_snapshot(database, snapshot_id, path, ())
    assert {path.name for path in tmp_path.iterdir()} == {"data", "taken"}


@pytest.mark.parametrize(
    "content", [b"notes " * 500, b"SQLite format 3\0" + b"\xff" * 4080, b"PK\x03\x04"], ids=["text", "broken", "zip"]
)
def test_import_of_something_else(other: Database, tmp_path: Path, content: bytes) -> None:
    """A file that is no snapshot is named itself, not the copy of it that was looked into; and it stays as it is."""
    path = tmp_path / "in"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"in is no snapshot file, is damaged, or was made by a newer rkreport"):
        import_snapshot(other, path, other.path.parent)
    assert path.read_bytes() == content
    assert not [one for one in other.path.parent.iterdir() if one.is_dir()]


def test_import_of_a_newer_format(exported: Path, other: Database) -> None:
    """A file of a newer version is refused."""
    with closing(sqlite3.connect(exported)) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(DataError, match=r"or was made by a newer rkreport; .*update rkreport"):
        import_snapshot(other, exported, other.path.parent)


def test_import_of_a_missing_or_empty_file(other: Database, tmp_path: Path) -> None:
    """No file, a folder, and a file without a snapshot get a sentence."""
    for path in (tmp_path / "gone", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read: "):
            import_snapshot(other, path, other.path.parent)
    (tmp_path / "in").touch()
    with pytest.raises(DataError, match="in holds no snapshot; write one with rkreport export"):
        import_snapshot(other, tmp_path / "in", other.path.parent)


@pytest.mark.parametrize("change", ["body = x'00'", "sha256 = 'x'"])
def test_import_of_a_damaged_page(exported: Path, other: Database, change: str) -> None:
    """A page that is not what was fetched brings nothing in."""
    with closing(sqlite3.connect(exported)) as file:
        file.execute(f"UPDATE page SET {change} WHERE list = 'courses'")  # noqa: S608 - a literal of this test
        file.commit()
    with pytest.raises(DataError, match=r"out\.rkreport is damaged; export the snapshot again"):
        import_snapshot(other, exported, other.path.parent)
    assert other.read("SELECT count(*) FROM snapshot") == [(0,)]


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM page WHERE list = 'courses'", "UPDATE snapshot SET finished_at = NULL", "UPDATE page SET sha256 = 1"],
)
def test_other_snapshot_of_the_same_id(exported: Path, other: Database, change: str) -> None:
    """Two snapshots of one second in two places: neither replaces the other, nor passes for it."""
    import_snapshot(other, exported, other.path.parent)
    other.write(change)
    with pytest.raises(DataError, match=r"The store has another snapshot 20261101-010203 than .*out\.rkreport"):
        import_snapshot(other, exported, other.path.parent)


def test_snapshot_without_pages_arrives_too(database: Database, other: Database, clock: Clock, tmp_path: Path) -> None:
    """No pages here and no pages there is not the same snapshot."""
    snapshots = Snapshots(database, clock)
    snapshot_id = snapshots.begin("plan", "host").snapshot_id
    snapshots.finish(snapshot_id, ())
    export_snapshot(database, snapshot_id, tmp_path / "out", ())
    import_snapshot(other, tmp_path / "out", other.path.parent)
    assert Snapshots(other, clock).finished(None).snapshot_id == snapshot_id


def test_full_disk_brings_in_nothing(exported: Path, other: Database) -> None:
    """An import comes whole or not at all, and the cause is said of the store, not of the file."""
    ((pages,),) = other.read("PRAGMA page_count")
    with closing(sqlite3.connect(exported)) as file:
        file.execute("UPDATE snapshot SET plan = hex(zeroblob(50000))")
        file.commit()
    other.write(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError, match="the disk is full"):
        import_snapshot(other, exported, other.path.parent)
    assert other.read("SELECT count(*) FROM snapshot") == [(0,)]
    assert other.read("SELECT count(*) FROM page") == [(0,)]


def test_figures_arrive_as_what_became_of_them(
    database: Database, other: Database, clock: Clock, tmp_path: Path
) -> None:
    """Of September the edition that was sent, not the trial after it; a trial in the other folder does not stand."""
    results = Results(database, clock)
    results.keep(result(2026, 9), 1)
    put(database, factories.delivery(period="2026-09"))
    results.keep(result(2026, 9), 2)
    export_snapshot(database, fetched(database, clock), tmp_path / "out.rkreport", ())
    import_snapshot(other, tmp_path / "out.rkreport", other.path.parent)
    there = Results(other, clock)
    there.keep(result(2026, 9), 3)
    assert [(kept.revision, kept.standing) for kept in there.all()] == [(1, Standing.SENT)]


def test_a_trial_here_does_not_keep_away_what_was_sent_there(exported: Path, other: Database, clock: Clock) -> None:
    """A month that was only built in this folder gets the figures that were handed over in the other one."""
    results = Results(other, clock)
    results.keep(replace(result(2026, 9), people=7), 1)
    import_snapshot(other, exported, other.path.parent)
    assert results.before(Period(2026, 10)) == (result(2026, 9),)


def test_a_trial_there_does_not_replace_a_trial_here(database: Database, other: Database, clock: Clock) -> None:
    """Neither was handed over: the folder's own is shown."""
    own, results = replace(result(2026, 9), people=7), Results(other, clock)
    results.keep(own, 1)
    Results(database, clock).keep(result(2026, 9), 2)
    out = other.path.parent / "out.rkreport"
    export_snapshot(database, fetched(database, clock), out, ())
    import_snapshot(other, out, other.path.parent)
    assert [(kept.result, kept.standing) for kept in results.all()] == [(own, Standing.BUILT)]
