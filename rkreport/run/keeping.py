"""Keep: what the store holds of the past, and snapshots that leave it or come in as one file."""

from dataclasses import dataclass
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.delivery import Delivery
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import KeptResult, Results
from rkreport.store.snapshots import SnapshotRow, Snapshots
from rkreport.store.transfer import export_snapshot, import_snapshot


@dataclass(frozen=True, slots=True)
class History:
    """Finished snapshots, what stands for past periods, and the ledger, oldest first."""

    snapshots: tuple[SnapshotRow, ...]
    results: tuple[KeptResult, ...]
    deliveries: tuple[Delivery, ...] = ()


def history_of(database: Database, world: World) -> History:
    """All that the store knows of the past."""
    snapshots = Snapshots(database, world.utc_now).all_finished()
    ledger = Ledger(database, world.utc_now)
    ledger.recover()  # this run holds the store, so what is in flight was left by one that died
    return History(tuple(snapshots), Results(database, world.utc_now).all(), ledger.all())


def export_step(database: Database, world: World, snapshot_id: str | None, path: Path) -> str:
    """Write a snapshot (None: the newest) to one file; returns its id. Errors as `export_snapshot`."""
    row = Snapshots(database, world.utc_now).finished(snapshot_id)
    export_snapshot(database, row.snapshot_id, path)
    return row.snapshot_id


def import_step(config: Config, database: Database, path: Path) -> str:
    """Take a snapshot from a file; returns its id. Errors as `import_snapshot`."""
    return import_snapshot(database, path, config.data_dir)
