"""Pages and snapshots: nothing that was committed is lost, changed or mixed up."""

import asyncio
import hashlib
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.snapshot import Reason, Traffic, Verdict
from rkreport.errors import DataError, StoreError
from rkreport.store.database import FILE_NAME, Database, Write
from rkreport.store.pages import SnapshotPages
from rkreport.store.snapshots import Snapshots
from tests import factories
from tests.store.conftest import Clock


@pytest.fixture
def snapshots(database: Database, clock: Clock) -> Snapshots:
    """The snapshots of an empty store."""
    return Snapshots(database, clock)


async def test_committed_page_is_there_for_the_next_process(folder: Path, clock: Clock) -> None:
    """A page is on the disk when `commit` returns: a second connection sees it while the first is still open."""
    with closing(Database(folder)) as first:
        row = Snapshots(first, clock).begin("plan", "host")
        await SnapshotPages(first, row.snapshot_id, clock).commit("users", 1, 1, b"body")
        with closing(Database(folder)) as second:
            pages = SnapshotPages(second, row.snapshot_id, clock)
            assert len(pages) == 1
            assert pages.stored("users", 1, 1) == b"body"
            assert (pages.stored("users", 1, 2), pages.stored("users", 2, 1), pages.stored("u", 1, 1)) == (None,) * 3


async def test_committed_page_is_never_overwritten(database: Database, snapshots: Snapshots, clock: Clock) -> None:
    """A second body for the same page raises, and the first one stays."""
    pages = SnapshotPages(database, snapshots.begin("plan", "host").snapshot_id, clock)
    await pages.commit("users", 1, 1, b"first")
    with pytest.raises(StoreError, match="UNIQUE constraint failed"):
        await pages.commit("users", 1, 1, b"second")
    assert pages.stored("users", 1, 1) == b"first"
    assert len(pages) == 1


async def test_pages_of_many_tasks_are_all_kept(database: Database, snapshots: Snapshots, clock: Clock) -> None:
    """Commits that are asked for at once are all done."""
    pages = SnapshotPages(database, snapshots.begin("plan", "host").snapshot_id, clock)
    await asyncio.gather(*(pages.commit("users", 1, number, b"%d" % number) for number in range(1, 41)))
    assert [pages.stored("users", 1, number) for number in range(1, 41)] == [b"%d" % number for number in range(1, 41)]


async def test_pages_that_come_together_are_written_together(
    database: Database, snapshots: Snapshots, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A group is one transaction; a page to which no other comes is written too."""
    pages = SnapshotPages(database, snapshots.begin("plan", "host").snapshot_id, clock, together=4)
    transaction, sizes = database.transaction, [0]

    def counted() -> AbstractContextManager[Write]:
        sizes.append(len(pages))
        return transaction()

    monkeypatch.setattr(database, "transaction", counted)
    await asyncio.gather(*(pages.commit("users", 1, number, b"x") for number in range(1, 5)))
    await pages.commit("users", 1, 5, b"x")
    assert sizes[1:] == [0, 4]
    assert len(pages) == 5


async def test_a_group_for_which_there_is_no_room_is_not_kept_at_all(
    database: Database, snapshots: Snapshots, clock: Clock
) -> None:
    """Everybody who waits for the disk hears of it, and no page of the group counts."""
    snapshot = snapshots.begin("plan", "host")
    pages = SnapshotPages(database, snapshot.snapshot_id, clock, together=40)
    ((used,),) = database.read("PRAGMA page_count")
    database.write(f"PRAGMA max_page_count = {used + 10}")
    bodies = [hashlib.shake_256(b"%d" % number).digest(4000) for number in range(40)]
    commits = (pages.commit("users", 1, number, body) for number, body in enumerate(bodies))
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreError}
    assert (len(pages), list(snapshots.pages(snapshot.snapshot_id))) == (0, [])


async def test_full_disk_keeps_earlier_pages(database: Database, snapshots: Snapshots, clock: Clock) -> None:
    """The page for which there is no room is not counted as kept; those before it are whole."""
    snapshot = snapshots.begin("plan", "host")
    pages = SnapshotPages(database, snapshot.snapshot_id, clock)
    ((used,),) = database.read("PRAGMA page_count")
    database.write(f"PRAGMA max_page_count = {used + 10}")
    bodies = {number: hashlib.shake_256(b"%d" % number).digest(4000) for number in range(1, 100)}
    with pytest.raises(StoreError, match="the disk is full"):
        await _commit_all(pages, {("users", 1, number): body for number, body in bodies.items()})
    assert 1 < len(pages) < 20
    assert [body for *_, body in snapshots.pages(snapshot.snapshot_id)] == list(bodies.values())[: len(pages)]


async def test_damaged_page_is_found(database: Database, snapshots: Snapshots, clock: Clock) -> None:
    """A body that is not what came is refused, whether it can be unpacked or not."""
    snapshot = snapshots.begin("plan", "host")
    pages = SnapshotPages(database, snapshot.snapshot_id, clock)
    await pages.commit("users", 1, 1, b'{"a": 1}')
    for change in ("body = x'00'", "body = x''", "sha256 = 'x'"):
        database.write(f"UPDATE page SET {change}")  # noqa: S608 - a literal of this test
        for read in (lambda: pages.stored("users", 1, 1), lambda: list(snapshots.pages(snapshot.snapshot_id))):
            with pytest.raises(StoreError, match=r"A page of users in .* is damaged; fetch again, or restore"):
                read()


async def _commit_all(pages: SnapshotPages, bodies: Mapping[tuple[str, int, int], bytes]) -> None:
    for key, body in bodies.items():
        await pages.commit(*key, body)


KEYS = st.tuples(st.text(st.characters(codec="utf-8"), max_size=30), st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(KEYS, st.binary(max_size=300), max_size=8))
def test_bytes_out_are_bytes_in(bodies: dict[tuple[str, int, int], bytes]) -> None:
    """Any bytes under any list name come back as they were, in the order of list, pass and page."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        with closing(Database(Path(folder))) as database:
            snapshot = Snapshots(database, clock).begin("plan", "host")
            asyncio.run(_commit_all(SnapshotPages(database, snapshot.snapshot_id, clock), bodies))
        with closing(Database(Path(folder))) as database:
            pages = SnapshotPages(database, snapshot.snapshot_id, clock)
            assert {key: pages.stored(*key) for key in bodies} == bodies
            in_order = [(*key, body) for key, body in sorted(bodies.items(), key=lambda one: _sql_order(one[0]))]
            assert list(Snapshots(database, clock).pages(snapshot.snapshot_id)) == in_order


def _sql_order(key: tuple[str, int, int]) -> tuple[bytes, int, int]:
    return key[0].encode(), key[1], key[2]


# ---- which snapshot is continued


def test_unfinished_snapshot_of_the_same_plan_is_continued(snapshots: Snapshots, clock: Clock) -> None:
    """For a day, and for the same questions only: two days, or two questions, in one report would be wrong unseen."""
    begun = snapshots.begin("plan", "host")
    clock.pass_time(hours=23, minutes=59)
    assert snapshots.resumable("plan") == begun
    assert snapshots.resumable("another plan") is None
    clock.pass_time(minutes=1)
    assert snapshots.resumable("plan") is None


def test_finished_snapshot_is_not_continued(snapshots: Snapshots) -> None:
    """What ended is never touched again: no continuing, no second end."""
    begun = snapshots.begin("plan", "host")
    snapshots.finish(begun.snapshot_id, (factories.reading(),))
    assert snapshots.resumable("plan") is None
    snapshots.finish(begun.snapshot_id, ())
    assert snapshots.finished(begun.snapshot_id).lists == (factories.reading(),)


async def test_discarding_takes_the_unfinished_with_their_pages(
    database: Database, snapshots: Snapshots, clock: Clock
) -> None:
    """What can no longer be continued goes with its pages; what is finished stays with its own."""
    ids = []
    for _ in range(2):
        snapshot_id = snapshots.begin("plan", "host").snapshot_id
        await SnapshotPages(database, snapshot_id, clock).commit("users", 1, 1, snapshot_id.encode())
        ids.append(snapshot_id)
    snapshots.finish(ids[0], ())
    snapshots.discard_unfinished()
    assert snapshots.resumable("plan") is None
    assert database.read("SELECT snapshot_id FROM page") == [(ids[0],)]
    assert list(snapshots.pages(ids[0])) == [("users", 1, 1, ids[0].encode())]


def test_snapshots_of_one_second_have_names_of_their_own(snapshots: Snapshots, clock: Clock) -> None:
    """The id is the moment in UTC; several of one second are numbered."""
    ids = [snapshots.begin("plan", "host").snapshot_id for _ in range(3)]
    clock.pass_time(seconds=1)
    ids.append(snapshots.begin("plan", "host").snapshot_id)
    assert ids == ["20261101-010203", "20261101-010203-2", "20261101-010203-3", "20261101-010204"]


# ---- what is known of a finished one


def test_everything_known_of_a_snapshot_is_kept(snapshots: Snapshots, clock: Clock) -> None:
    """Times, costs of all stretches, and what each list proved with its reason come back as they were."""
    lists = (
        factories.reading(),
        factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("page_unreadable", {"page": 3, "why": "500"})),
    )
    begun = snapshots.begin("plan", "api.contoh.test")
    snapshots.account(begun.snapshot_id, Traffic(10, 1), 2.5)
    snapshots.account(begun.snapshot_id, Traffic(5, 2), 0.5)
    clock.pass_time(minutes=7)
    snapshots.finish(begun.snapshot_id, lists)
    row = snapshots.finished(begun.snapshot_id)
    assert (row.plan, row.host, row.traffic, row.fetch_seconds) == ("plan", "api.contoh.test", Traffic(15, 3), 3.0)
    assert row.started_at == datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)
    assert row.finished_at == datetime(2026, 11, 1, 1, 9, 3, tzinfo=UTC)
    assert row.lists == lists
    assert not row.is_complete


def test_complete_means_finished_and_without_a_gap(snapshots: Snapshots) -> None:
    """A list that moved is no gap; a snapshot that has not ended is not complete."""
    begun = snapshots.begin("plan", "host")
    assert not begun.is_complete
    snapshots.finish(begun.snapshot_id, (factories.reading(verdict=Verdict.MOVING),))
    assert snapshots.finished(None).is_complete


def test_newest_is_the_one_that_ended_last(snapshots: Snapshots, clock: Clock) -> None:
    """Without an id the snapshot that ended last is taken, whichever began first."""
    first = snapshots.begin("plan", "host").snapshot_id
    clock.pass_time(seconds=1)
    second = snapshots.begin("plan", "host").snapshot_id
    snapshots.finish(second, ())
    clock.pass_time(microseconds=500)
    snapshots.finish(first, ())
    assert snapshots.finished(None).snapshot_id == first
    assert snapshots.finished(second).snapshot_id == second


def test_snapshots_that_cannot_be_built_from(snapshots: Snapshots) -> None:
    """None yet, an unknown id and an unfinished one each get a sentence with what to do."""
    with pytest.raises(DataError, match="There is no finished snapshot yet; say rkreport run"):
        snapshots.finished(None)
    with pytest.raises(DataError, match="There is no snapshot 20260101-000000 in "):
        snapshots.finished("20260101-000000")
    begun = snapshots.begin("plan", "host")
    with pytest.raises(DataError, match="is not finished; run rkreport fetch to continue it"):
        snapshots.finished(begun.snapshot_id)
    with pytest.raises(DataError, match="no finished snapshot"):
        snapshots.finished(None)


@pytest.mark.parametrize("change", ["lists = '['", "lists = '[{}]'", "lists = '3'", "started_at = 'yesterday'"])
def test_damaged_snapshot_is_a_sentence(database: Database, snapshots: Snapshots, change: str) -> None:
    """A description that cannot be read is told as damage of the file."""
    snapshots.finish(snapshots.begin("plan", "host").snapshot_id, ())
    database.write(f"UPDATE snapshot SET {change}")  # noqa: S608 - a literal of this test
    with pytest.raises(StoreError, match=rf"A snapshot in .*{FILE_NAME} is damaged; fetch again, or restore"):
        snapshots.finished(None)


@pytest.mark.parametrize(
    "change",
    ["json_set(lists, '$[0].only_later', 'x')", "json_remove(lists, '$[0].proof')"],
)
def test_what_another_version_kept_of_a_list_is_read(database: Database, snapshots: Snapshots, change: str) -> None:
    """A field that is not known is left out, and one that it did not have is as by default."""
    reading = factories.reading(proof=None)
    snapshots.finish(snapshots.begin("plan", "host").snapshot_id, (reading,))
    database.write(f"UPDATE snapshot SET lists = {change}")  # noqa: S608 - a literal of this test
    assert snapshots.finished(None).lists == (reading,)


def test_all_finished_snapshots(snapshots: Snapshots, clock: Clock) -> None:
    """The history shows what has ended, the earliest first, and nothing that is still being fetched."""
    ids = []
    for _ in range(3):
        ids.append(snapshots.begin("plan", "host").snapshot_id)
        clock.pass_time(seconds=1)
    for snapshot_id in ids[:2]:
        snapshots.finish(snapshot_id, ())
    assert [row.snapshot_id for row in snapshots.all_finished()] == ids[:2]
