"""Evidence of completions that the LMS shows no more: it comes from the pages of earlier fetches."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rkreport.core.models import CourseKind
from rkreport.core.snapshot import ListKind, ListReading
from rkreport.errors import StoreError
from rkreport.lms.lists import assignments_of, batches_of
from rkreport.lms.paging import ListKey
from rkreport.run.edition.earlier_completions import earlier_completions
from rkreport.store.database import Database
from rkreport.store.pages import SnapshotPages
from rkreport.store.snapshots import SnapshotRow, Snapshots
from tests import factories

OLD, NEW = (assignments_of("C", batch, CourseKind.WEBINAR) for batch in ("B-OLD", "B-NEW"))
ONLINE = ListKey(ListKind.ONLINE, "C-O")
MARCH = ListKey(ListKind.COMPLETIONS, batch="2025-03")
Row = Mapping[str, object]


class Past:
    """A store whose snapshots are made page by page, each a month after the last."""

    def __init__(self, folder: Path) -> None:
        """Begin in November 2025."""
        self.now = datetime(2025, 11, 2, tzinfo=UTC)
        self.database = Database(folder)
        self.snapshots = Snapshots(self.database, lambda: self.now)

    async def fetch(
        self, lists: Mapping[ListKey, list[Row]], host: str = "host", *, received: tuple[ListReading, ...] = ()
    ) -> SnapshotRow:
        """Store one page for each list; `received` is what the lists say of themselves."""
        begun = self.snapshots.begin("plan", host)
        pages = SnapshotPages(self.database, begun.snapshot_id, lambda: self.now)
        for key, rows in lists.items():
            data = {"currentPage": 1, "totalItems": len(rows), "totalPage": 1, "items": rows}
            await pages.commit(key.name, 0, 1, json.dumps({"status": "success", "data": data}).encode())
        self.snapshots.finish(begun.snapshot_id, received)
        self.now += timedelta(days=31)
        return self.snapshots.finished(begun.snapshot_id)

    def before(self, row: SnapshotRow) -> list[tuple[str, str, object]]:
        """Employee id, batch and date of each completion that only earlier snapshots hold."""
        found = earlier_completions(self.snapshots, row, {"C", "C-O"})
        return sorted((one.employee_id, batch.serial, one.completed_at) for one, batch in found)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    """An empty store."""
    made = Past(tmp_path / "data")
    yield made
    made.database.close()


def placed(employee_id: str, status: str = "Cleared") -> Row:
    """A row of a batch's list."""
    user = {"serial": "", "name": "Sari", "employeeID": employee_id}
    return {"user": user, "userAssignedStatus": status, "assignedCourseSerial": "A-1"}


def online(employee_id: str, day: str) -> Row:
    """A row of an online course's list; without a day it is not completed."""
    user = {"serial": "", "name": "Sari", "employeeID": employee_id}
    return {"user": user, "status": "completed" if day else "in_progress", "completedAt": day}


def batch(serial: str, start: str) -> Row:
    """A row of the batch list."""
    return {"serial": serial, "mainActivityStartAt": start, "mainActivityEndAt": start}


BATCHES = {batches_of("C"): [batch("B-OLD", "2025-03-03T02:00:00Z"), batch("B-NEW", "2026-03-03T02:00:00Z")]}


async def test_a_batch_that_is_gone_is_read_from_the_newest_snapshot_that_has_it(past: Past) -> None:
    """Only who was cleared is evidence, as the last fetch that saw the batch had it."""
    await past.fetch({**BATCHES, OLD: [placed("1", "Ongoing"), placed("2")]})
    await past.fetch({**BATCHES, OLD: [placed("1"), placed("2"), placed("3", "Failed")], NEW: [placed("9")]})
    now = await past.fetch({**BATCHES, NEW: [placed("1", "Ongoing")]})
    assert past.before(now) == [("1", "B-OLD", None), ("2", "B-OLD", None)]


async def test_the_date_is_the_lms_own_where_an_earlier_fetch_has_it(past: Past) -> None:
    """User Course Status of the same snapshot dates the evidence."""
    when = "2025-03-04T10:00:00+07:00"
    dated = {
        "employeeID": "1",
        "assignedCourseSerial": "A-1",
        "courseName": "C",
        "completedAt": when,
        "status": "completed",
    }
    await past.fetch({**BATCHES, OLD: [placed("1")], MARCH: [dated]})
    now = await past.fetch(BATCHES)
    assert past.before(now) == [("1", "B-OLD", datetime(2025, 3, 4, 3, tzinfo=UTC))]


async def test_an_online_course_keeps_each_months_completions(past: Past) -> None:
    """A row that began again lost its date in the LMS; the months before still have it."""
    await past.fetch({ONLINE: [online("1", "2025-10-07")]})
    await past.fetch({ONLINE: [online("1", "")]})
    now = await past.fetch({ONLINE: [online("1", "")]})
    assert past.before(now) == [("1", "", date(2025, 10, 7))]


async def test_what_comes_later_or_from_elsewhere_is_no_evidence(past: Past) -> None:
    """A rebuilt month does not see the future, and another LMS says nothing about this one."""
    await past.fetch({OLD: [placed("1")]}, host="another")
    now = await past.fetch(BATCHES)
    await past.fetch({OLD: [placed("2")]})
    assert past.before(now) == []


async def test_an_earlier_list_whose_pages_are_gone_is_refused(past: Past) -> None:
    """It may have held the only evidence; lists of other courses, and those that had no page, are not looked at."""
    kinds = {"kind": ListKind.ASSIGNMENTS, "course": "C", "batch": "B-OLD"}
    other = factories.reading(**kinds | {"course": "C-X"})
    none = factories.reading(**kinds | {"batch": "B-0"}, pages_received=0, rows_received=0)
    await past.fetch({OLD: [placed("1")]}, received=(factories.reading(**kinds), other, none))
    assert [who for who, *_ in past.before(await past.fetch({}))] == ["1"]
    past.database.write("DELETE FROM page")
    with pytest.raises(
        StoreError, match="The store lacks pages of assignments of C B-OLD that belong to snapshot 2025"
    ):
        past.before(await past.fetch({}))
