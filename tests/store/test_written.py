"""Stores in which a file in the outbox was called sent: it is `written` from now on, and never in doubt."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import DeliveryState
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.ledger import Ledger
from rkreport.store.migrations import MIGRATIONS
from tests.store.conftest import Clock

_BEFORE = next(number for number, script in enumerate(MIGRATIONS) if "delivery_before" in script)
_ROW = (
    "INSERT INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256,"
    " content_sha256, figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport)"
    " VALUES ('2026-09', 1, 'M-1', 'a@contoh.test', '[\"b@contoh.test\"]', 'en', '<id>', 'f', 'd', 'c',"
    ' \'{"people": 1, "counted": 2, "compliant": 3, "overdue": 4}\', ?1, 2, \'250\', 9, ?3, ?3, ?2)'
)


@pytest.mark.parametrize(
    ("state", "transport", "expected"),
    [
        ("sent", "outbox", "written"),
        ("unknown", "outbox", "planned"),
        ("sending", "outbox", "planned"),
        ("failed", "outbox", "failed"),
        ("planned", "outbox", "planned"),
        *((state, "smtp", state) for state in ("planned", "sending", "sent", "failed", "unknown")),
    ],
)
def test_old_rows_say_what_became_of_them(folder: Path, state: str, transport: str, expected: str) -> None:
    """All else of a row stays; each row that is called otherwise is recorded, and no other."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE_NAME)) as store:
        for number, script in enumerate(MIGRATIONS[:_BEFORE], start=1):
            store.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")
        store.execute(_ROW, (state, transport, "2026-10-01T00:00:00+00:00"))
        store.commit()
    with closing(Database(folder)) as database:
        (found,) = Ledger(database, Clock()).all()
        events = database.read("SELECT manager_id, state, again FROM delivery_event")
    assert (found.state, found.transport) == (DeliveryState(expected), transport)
    assert (found.cc, found.attempts, found.size_bytes, found.again, found.reason) == (("b@contoh.test",), 2, 9, 0, "")
    assert found.figures.overdue == 4
    assert events == ([("M-1", expected, 0)] if expected != state else [])
