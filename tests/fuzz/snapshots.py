"""A snapshot file as an entrance: its bytes, and, so that more is reached than SQLite's own checks, its values."""

import asyncio
import hashlib
import sqlite3
import tempfile
import zlib
from contextlib import closing, suppress
from datetime import date
from functools import lru_cache
from pathlib import Path

from rkreport.core.models import ManagerId
from rkreport.run.keep.carrying import FileCheck
from rkreport.store.answers import AnswerStore, ReturnedFile
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.pages import SnapshotPages
from rkreport.store.results import Results
from rkreport.store.snapshots import Snapshots
from rkreport.store.transfer import export_snapshot, import_snapshot
from tests import factories
from tests.core.answers.lists import NOW, SENT_AT, answer
from tests.fuzz.entrance import in_a_file
from tests.store.test_bases import base_row
from tests.store.test_results import result

_PAGE = b'{"status":"success","data":{"items":[{"serial":"U-1","name":"Sari"}],"totalItems":1,"totalPage":1}}'
_LONGEST_SEED = 1_000


def import_file(path: Path) -> None:
    """Import a file into an empty store, and read all that came in as the next commands do."""
    database = Database(path.parent / "store")
    try:
        snapshot_id, _ = import_snapshot(database, path, path.parent, FileCheck().page)
        Snapshots(database, lambda: NOW).finished(snapshot_id)
        Ledger(database, lambda: NOW).all()
        Results(database, lambda: NOW).all()
        AnswerStore(database).all()
        AnswerStore(database).files()
    finally:
        database.close()


@lru_cache(maxsize=1)
def snapshot_file() -> bytes:
    """A file with a page, figures of a month, an edition, a message and an answer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(folder / "store")
        Results(database, lambda: NOW).keep(result(2026, 9), 1, is_written=False)
        row = factories.delivery(period="2026-09")
        Bases(database).keep(BaseKey(row.period, row.revision, is_written=False), [base_row("00417")], NOW)
        file = ReturnedFile("f" * 64, row.period, row.revision, row.manager_id, SENT_AT, NOW)
        kept = answer("00417", period=row.period, manager_id=ManagerId("M-001"), planned_on=date(2026, 12, 1), note="x")
        AnswerStore(database).keep(file, [kept])
        snapshots = Snapshots(database, lambda: NOW)
        snapshot_id = snapshots.begin("plan", "lms.contoh.test").snapshot_id
        asyncio.run(SnapshotPages(database, snapshot_id, lambda: NOW).commit("users", 1, 1, _PAGE))
        snapshots.finish(snapshot_id, (factories.reading(),))
        export_snapshot(database, snapshot_id, folder / "out", (row,))
        database.close()
        return (folder / "out").read_bytes()


@lru_cache(maxsize=1)
def _values() -> tuple[tuple[str, str, object], ...]:
    """Table, column and first value of each column of each table that has a row."""
    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "file").write_bytes(snapshot_file())
        with closing(sqlite3.connect(path)) as file:
            tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = []
            for table in tables:
                rows = file.execute(f"SELECT * FROM {table}")  # noqa: S608 - a table of the file just made
                first = rows.fetchone() or ()
                found += [(table, column[0], value) for column, value in zip(rows.description, first, strict=False)]
    return tuple(found)


def value_seeds() -> tuple[bytes, ...]:
    """A seed for each column: its number, and its value as text."""
    bodies = {"body": _PAGE}
    return tuple(
        bytes((number,)) + bodies.get(column, str(value).encode()[:_LONGEST_SEED])
        for number, (_, column, value) in enumerate(_values())
    )


def import_value(data: bytes) -> None:
    """Import the file with one value changed; a page's digest is changed with it."""
    if not data:
        return
    table, column, _ = _values()[data[0] % len(_values())]
    value: object = data[1:]
    if column != "body":
        text = data[1:].decode("utf-8", "replace")
        value = text
        with suppress(ValueError):
            value = int(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.rkreport"
        path.write_bytes(snapshot_file())
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            try:
                if column == "body":
                    digest = hashlib.sha256(data[1:]).hexdigest()
                    file.execute("UPDATE page SET body = ?, sha256 = ?", (zlib.compress(data[1:]), digest))
                else:
                    file.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 - as above
            except (sqlite3.IntegrityError, OverflowError):
                return  # no such file can be made
        in_a_file("in.rkreport", import_file)(path.read_bytes())
