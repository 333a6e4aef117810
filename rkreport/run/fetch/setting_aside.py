"""Tells which rows of a fetch could not be read. Reads only the lists that have such rows again."""

from collections.abc import Collection

from rkreport.core.snapshot import SetAside
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.run.world import Clock
from rkreport.store.database import Database
from rkreport.store.snapshots import SnapshotRow, Snapshots


def rows_set_aside(
    database: Database, utc_now: Clock, row: SnapshotRow, names: Collection[str]
) -> tuple[SetAside, ...]:
    """Return the unreadable rows of the lists with these names, in a finished snapshot."""
    record = FetchRecord(
        row.snapshot_id, row.host, row.started_at, row.finished_at or utc_now(), row.lists, row.traffic
    )
    pages = Snapshots(database, utc_now).pages(row.snapshot_id, names)
    return assemble(record, pages, is_part=True).set_aside
