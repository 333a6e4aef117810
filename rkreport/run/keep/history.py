"""History: lists what the store holds of the past."""

from dataclasses import dataclass

from rkreport.core.mail.delivery import Delivery
from rkreport.run.recovering import recovered_ledger
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.results import KeptResult, Results
from rkreport.store.snapshots import SnapshotRow, Snapshots


@dataclass(frozen=True, slots=True)
class History:
    """Finished snapshots, the results of past periods, and the ledger; oldest first."""

    snapshots: tuple[SnapshotRow, ...]
    results: tuple[KeptResult, ...]
    deliveries: tuple[Delivery, ...] = ()


def history_of(database: Database, world: World) -> History:
    """Return all that the store knows of the past."""
    ledger, utc_now = recovered_ledger(database, world), world.utc_now
    snapshots = Snapshots(database, utc_now).all_finished()
    return History(tuple(snapshots), Results(database, utc_now).all(), ledger.all())
