"""A row that somebody or something damaged is one sentence, whichever reader meets it first."""
# ruff: noqa: S608 - the statements are of this file

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from rkreport.core.mail.delivery import DeliveryState
from rkreport.errors import StoreError
from rkreport.store.answers import AnswerStore
from rkreport.store.bases import Bases
from rkreport.store.database import Database
from rkreport.store.expiry import Expiry
from rkreport.store.ledger import Ledger, Master
from rkreport.store.results import Results
from rkreport.store.snapshots import Snapshots
from tests import factories
from tests.ledger_rows import put
from tests.store.conftest import Clock
from tests.store.test_results import result
from tests.store.test_transfer import fetched

SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
DEEP = "[" * 100_000
BASE = "INSERT INTO base (period, revision, is_written, kept_at, is_whole) VALUES ('2026-09', 1, 0, 'x', 1)"
FILE = "INSERT INTO returned VALUES ('d', '2026-09', 1, 'M-1', 'x', 'x')"
READERS: dict[str, tuple[str, Callable[[Database, Clock], object]]] = {
    "figures of an edition": (
        f"UPDATE edition_result SET figures = '{DEEP}'",
        lambda store, clock: Results(store, clock).all(),
    ),
    "copies": (f"UPDATE delivery SET cc = '{DEEP}'", lambda store, clock: Ledger(store, clock).last_recipients()),
    "no list of copies": ("UPDATE delivery SET cc = '5'", lambda store, clock: Ledger(store, clock).last_recipients()),
    "figures of a message": (
        f"UPDATE delivery SET figures = '{DEEP}'",
        lambda store, clock: Ledger(store, clock).all(),
    ),
    "an event": (
        "UPDATE delivery_event SET at = 'x'",
        lambda store, clock: Ledger(store, clock).begun_since(SOME_TIME),
    ),
    "a master": ("UPDATE sent_master SET kept_at = 'x'", lambda store, clock: Ledger(store, clock).masters()),
    "lists": (f"UPDATE snapshot SET lists = '{DEEP}'", lambda store, clock: Snapshots(store, clock).all_finished()),
    "an old snapshot": (
        "INSERT INTO snapshot (id, plan, host, started_at) VALUES ('s', 'p', 'h', 'x')",
        lambda store, clock: Expiry(store, clock).old_snapshots(SOME_TIME),
    ),
    "a time without a zone": (
        BASE.replace("'x'", "'2026-01-01'"),
        lambda store, _: Bases(store).kept_before(SOME_TIME),
    ),
    "a base": (BASE, lambda store, _: Bases(store).kept_before(SOME_TIME)),
    "a file that was read": (FILE, lambda store, _: AnswerStore(store).files()),
    "when a file went": (FILE, lambda store, _: AnswerStore(store).kept_before(SOME_TIME)),
}


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_row_is_a_sentence(database: Database, clock: Clock, name: str) -> None:
    """Text nested without end, of another kind, or no time: told as damage, with what to do."""
    damage, read = READERS[name]
    fetched(database, clock)
    Results(database, clock).keep(result(2026, 9), 1, is_written=True)
    ledger = Ledger(database, clock)
    sending = factories.delivery(period="2026-09", state=DeliveryState.PLANNED)
    put(database, sending)
    ledger.claim(sending, 1)
    ledger.keep_master(Master("2026-09", 1, "f", "d"))
    database.write(damage)
    with pytest.raises(StoreError, match=r"damaged; .*(restore|fetch)"):
        read(database, clock)
