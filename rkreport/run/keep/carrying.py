"""Carrying: exports a snapshot with its ledger to one file, and imports it elsewhere.

Must not judge a row or ask the LMS.
"""

from collections.abc import Iterable
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.period import PREVIOUS, month_before, resolve_period
from rkreport.core.snapshot import ListReading
from rkreport.errors import LmsError, OutputError
from rkreport.lms.assemble import Received
from rkreport.lms.lists import stored_content
from rkreport.lms.paging import ListKey
from rkreport.run.auditing import record
from rkreport.run.recovering import recovered_ledger
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.results import Results
from rkreport.store.snapshots import SnapshotRow, Snapshots
from rkreport.store.transfer import export_snapshot, import_snapshot


def export_step(
    config: Config, database: Database, world: World, snapshot_id: str | None, path: Path
) -> tuple[str, int]:
    """Write a snapshot (None: that of the newest report) with its ledger to one file. Errors as `export_snapshot`.

    Exports the ledger of the months that the snapshot can report, and of the month before for comparison. Returns the
    snapshot's id and the number of messages in the file.
    """
    if path.exists() or path.is_symlink():  # it may be the config, or the store itself
        raise OutputError("{path} is there already; name a new file.", path=path)
    row = _of_report(config, database, world) if snapshot_id is None else _named(database, world, snapshot_id)
    ledger = recovered_ledger(database, world)
    told = resolve_period(PREVIOUS, row.finished_at or row.started_at, config.zone)
    since = str(month_before(told))
    rows = [each for each in ledger.all() if each.period >= since]
    _record(database, world, AuditEvent.SNAPSHOT_EXPORTED, row.snapshot_id)
    return row.snapshot_id, export_snapshot(database, row.snapshot_id, path, rows)


def _named(database: Database, world: World, snapshot_id: str | None) -> SnapshotRow:
    return Snapshots(database, world.utc_now).finished(snapshot_id)


def _of_report(config: Config, database: Database, world: World) -> SnapshotRow:
    """The snapshot behind the report of the month that the newest one tells of; the newest where there is none yet.

    An interim edition reads the LMS again in the same month: what was reported is evidence, not what came after.
    """
    newest = _named(database, world, None)
    period = resolve_period(PREVIOUS, newest.finished_at or newest.started_at, config.zone)
    kept = Results(database, world.utc_now).standing(period)
    stored = {row.snapshot_id: row for row in Snapshots(database, world.utc_now).all_finished()}
    row = stored.get(kept.result.snapshot_id, newest) if kept else newest
    if row != newest:
        world.observer.say(
            Sentence(
                "This is the snapshot of the report of {period}; {snapshot_id} is newer, and --snapshot names it.",
                period=period,
                snapshot_id=newest.snapshot_id,
            )
        )
    return row


def import_step(config: Config, database: Database, world: World, path: Path) -> tuple[str, int]:
    """Import a snapshot with its ledger from a file, as `import_snapshot` does; its pages are read as a build does."""
    check = FileCheck()
    snapshot_id, messages = import_snapshot(database, path, config.data_dir, check.page, check.lists)
    _record(database, world, AuditEvent.SNAPSHOT_IMPORTED, snapshot_id)
    return snapshot_id, messages


def _record(database: Database, world: World, event: AuditEvent, snapshot_id: str) -> None:
    digests = {"snapshot": Snapshots(database, world.utc_now).digest(snapshot_id)}
    record(database, world, event, about={"snapshot": snapshot_id}, digests=digests)


class FileCheck:
    """Reads the pages of a snapshot file as a build does."""

    def __init__(self) -> None:
        """Start without pages."""
        self._received = Received()

    def page(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Read a page.

        Raises:
            ValueError: it is not what the LMS answers for that list.
        """
        try:
            key = ListKey.parse(name)
            if key.name != name:
                raise ValueError(name)
            self._received.note_page(key, pass_number, page, stored_content(key, page, body))
        except (LmsError, TypeError, KeyError) as error:
            raise ValueError(name) from error

    def lists(self, readings: Iterable[ListReading]) -> None:
        """Compare the pages with what the lists say of themselves.

        Raises:
            ValueError: pages of one are missing.
        """
        if short := self._received.first_short(readings):
            raise ValueError(short)
