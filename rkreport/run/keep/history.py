"""History: lists what the store holds of the past."""

from dataclasses import dataclass

from rkreport.core.mail.delivery import Delivery
from rkreport.run.world import Clock
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import KeptResult, Results
from rkreport.store.snapshots import SnapshotRow, Snapshots


@dataclass(frozen=True, slots=True)
class History:
    """Finished snapshots, the results of past periods, and the ledger; oldest first."""

    snapshots: tuple[SnapshotRow, ...]
    results: tuple[KeptResult, ...]
    deliveries: tuple[Delivery, ...] = ()


def history_of(database: Database, utc_now: Clock) -> History:
    """Return all that the store knows of the past."""
    snapshots = Snapshots(database, utc_now).all_finished()
    ledger = Ledger(database, utc_now)
    ledger.recover()  # this run holds the store, so messages in flight are of a run that died
    return History(tuple(snapshots), Results(database, utc_now).all(), ledger.all())
