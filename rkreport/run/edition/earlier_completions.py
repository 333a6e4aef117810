"""Completions that only earlier snapshots hold: of batches that the LMS lists no more, and of online courses.

Knows which lists to read again. A purged snapshot takes its evidence along.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from rkreport.core.completions import CompletionDates
from rkreport.core.models import Assignment, AssignmentStatus, Batch, BatchSerial
from rkreport.core.snapshot import ASSIGNMENT_LISTS, ListKind
from rkreport.lms.assemble import FetchRecord, assemble, lacking_pages
from rkreport.lms.paging import ListKey
from rkreport.store.snapshots import SnapshotRow, Snapshots

_DATING = frozenset({ListKind.BATCHES, ListKind.COMPLETIONS})  # lists that date the assignments of others


def earlier_completions(
    snapshots: Snapshots, current: SnapshotRow, courses: Collection[str]
) -> Iterator[tuple[Assignment, Batch]]:
    """Yield the cleared assignments of `courses` that snapshots before the current one hold and it does not.

    Of each vanished batch the newest list is read. Of an online course the newest list of each month is read, because
    its rows change in place when a learner begins again.

    Raises:
        StoreError: pages of such a list are missing.
    """
    done: set[object] = set(snapshots.list_names(current.snapshot_id))
    for row in reversed(snapshots.all_finished()):
        if row.finished_at is None or _end(row) >= _end(current) or row.host != current.host:
            continue
        names = {name: ListKey.parse(name) for name in snapshots.list_names(row.snapshot_id)}
        _refuse_gone(row, names.values(), courses)
        marks = {name: _mark(key, name, row.finished_at) for name, key in names.items() if key.course in courses}
        wanted = {name for name, mark in marks.items() if mark and mark not in done}
        done.update(marks[name] for name in wanted)
        if wanted:
            dating = {name for name, key in names.items() if key.kind in _DATING}
            yield from _cleared(snapshots, row, wanted | dating)


def _refuse_gone(row: SnapshotRow, keys: Iterable[ListKey], courses: Collection[str]) -> None:
    """Refuse a snapshot of which a whole list is gone; one that lacks some pages is refused where they are read."""
    there = {(key.kind, key.course, key.batch) for key in keys}
    for one in row.lists:
        is_dated = one.kind in ASSIGNMENT_LISTS and one.course in courses
        if is_dated and one.pages_received and (one.kind, one.course, one.batch) not in there:
            raise lacking_pages(one, row.snapshot_id)


def _end(row: SnapshotRow) -> datetime:
    return row.finished_at or row.started_at


def _mark(key: ListKey, name: str, finished_at: datetime) -> object:
    """Return what is read only once; None for lists without completions."""
    if key.kind is ListKind.ONLINE:
        return name, finished_at.year, finished_at.month
    return name if key.kind is ListKind.ASSIGNMENTS else None


def _cleared(snapshots: Snapshots, row: SnapshotRow, names: Collection[str]) -> Iterator[tuple[Assignment, Batch]]:
    record = FetchRecord(row.snapshot_id, row.host, row.started_at, _end(row), row.lists, row.traffic)
    part = assemble(record, snapshots.pages(row.snapshot_id, names), is_part=True)
    batches = {(batch.course_serial, batch.serial): batch for batch in part.batches}
    dates = CompletionDates(part, batches)
    for one in part.assignments:
        if one.status.means is AssignmentStatus.CLEARED:
            unknown = Batch(one.course_serial, BatchSerial(one.batch_serial), "", None, None, None, "")
            batch = batches.get((one.course_serial, one.batch_serial), unknown)
            yield replace(one, completed_at=dates.of(one)), batch
