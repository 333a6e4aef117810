"""Seals, and where a state of the ledger comes from."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.ledger import Ledger
from rkreport.store.migrations import MIGRATIONS
from rkreport.store.origin import Origin, Stamp
from rkreport.store.seals import Seals
from tests import factories
from tests.store.conftest import Clock


def test_a_seal_is_replaced_or_added_to(database: Database) -> None:
    """Another build leaves nothing of the one before; a review changes its own files alone; editions are apart."""
    seals = Seals(database)
    assert seals.of("2026-10", 1) == {}
    seals.replace("2026-10", 1, {"a": "1", "b": "2"})
    seals.replace("2026-10", 1, {"a": "3", "c": "4"})
    seals.replace("2026-10", 2, {"a": "9"})
    seals.add("2026-10", 1, {"c": "5"})
    assert seals.of("2026-10", 1) == {"a": "3", "c": "5"}


def test_two_folders_have_two_lineages(database: Database, tmp_path: Path) -> None:
    """And neither has grown from the other, not even from a state of the same number."""
    other = Database(tmp_path / "other")
    try:
        assert Origin(database).lineage() != Origin(other).lineage()
        assert not Origin(other).has_grown_from(Origin(database).stamp())
    finally:
        other.close()


def test_a_state_has_grown_from_its_past_and_from_nothing_else(database: Database, clock: Clock) -> None:
    """Each change counts; a state of the own lineage with another change at that number is another copy's."""
    ledger, origin = Ledger(database, clock), Origin(database)
    row = factories.delivery(state=DeliveryState.PLANNED)
    ledger.plan([row])
    before = origin.stamp()
    ledger.claim(row, 1)
    after = origin.stamp()
    assert (before.serial, after.serial) == (1, 2)
    assert origin.has_grown_from(before)
    assert origin.has_grown_from(after)
    for stamp in (
        Stamp(after.lineage, 3, after.head),  # of later
        Stamp(after.lineage, 2, before.head),  # of a copy that went another way
        Stamp(after.lineage, 9, ""),  # of nothing
        Stamp("rk-other", 2, after.head),
    ):
        assert not origin.has_grown_from(stamp)


def test_what_is_known_elsewhere_is_taken_over_once(database: Database, clock: Clock) -> None:
    """More than is known here, and never less: sent stays sent, in doubt becomes sent, planned becomes either."""
    ledger = Ledger(database, clock)
    ids = [ManagerId(f"M-{number}") for number in range(3)]
    ledger.plan(factories.delivery(manager_id=one, state=DeliveryState.PLANNED) for one in ids[:2])
    told = [
        factories.delivery(manager_id=ids[0], state=DeliveryState.SENT),
        factories.delivery(manager_id=ids[1], state=DeliveryState.UNKNOWN),
        factories.delivery(manager_id=ids[2], state=DeliveryState.SENT),
    ]
    assert (ledger.take_in(told), ledger.take_in(told)) == (3, 0)
    less = [factories.delivery(manager_id=ids[0], state=DeliveryState.UNKNOWN)]
    assert (ledger.take_in(less), ledger.take_in([factories.delivery(manager_id=ids[1])])) == (0, 1)
    assert {row.state for row in ledger.all()} == {DeliveryState.SENT}


def test_the_archive_of_an_older_version_is_known(tmp_path: Path, clock: Clock) -> None:
    """A store that sent before there was a list takes the archive as it finds it, once; a new store takes nothing."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as old:
        version = next(number for number, script in enumerate(MIGRATIONS) if "CREATE TABLE archived" in script)
        for script in MIGRATIONS[:version]:
            old.executescript(script)
        old.execute(
            "INSERT INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file,"
            " file_sha256, content_sha256, figures, state, planned_at, changed_at)"
            " VALUES ('2026-09', 1, 'M-1', '', '[]', '', '', '', 'a', '', ?, 'sent', ?, ?)",
            (json.dumps({"people": 1, "counted": 1, "compliant": 1, "overdue": 0}), *[clock().isoformat()] * 2),
        )
        old.execute(f"PRAGMA user_version = {version}")
        old.commit()
    for folder, expected in ((tmp_path, ()), (tmp_path / "new", ("b",))):
        store = Database(folder)
        try:
            assert Origin(store).not_archived_here(["b"]) == expected
            assert Origin(store).not_archived_here(["b", "c"]) == (*expected, "c")
            Origin(store).archived(["b", "c"])
            assert Origin(store).not_archived_here(["b", "c"]) == ()
        finally:
            store.close()
