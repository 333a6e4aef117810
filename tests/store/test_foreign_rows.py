"""What a snapshot file may hold: rows that our own tables take, with values that a fetch and a sending can have."""

import errno
import os
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from rkreport.core.snapshot import LARGEST_PAGE_BYTES
from rkreport.errors import DataError, StoreError
from rkreport.files import sha256_of
from rkreport.store import snapshot_file
from rkreport.store.database import Database
from rkreport.store.migrations import MIGRATIONS
from rkreport.store.results import Results
from rkreport.store.snapshots import Snapshots
from rkreport.store.transfer import export_snapshot, import_snapshot
from tests import factories
from tests.store.conftest import Clock
from tests.store.test_results import result
from tests.store.test_transfer import BODIES, fetched


@pytest.fixture
def exported(database: Database, clock: Clock, tmp_path: Path) -> Path:
    """A file with a snapshot, the figures of a month and a message that left."""
    Results(database, clock).keep(result(2026, 9), 1, is_written=True)
    export_snapshot(
        database, fetched(database, clock), tmp_path / "out.rkreport", [factories.delivery(period="2026-09")]
    )
    return tmp_path / "out.rkreport"


Spoil = Callable[[sqlite3.Connection], object]
"""Spoils a file through a connection that commits at once."""


def relaxed(file: sqlite3.Connection) -> None:
    """Make every table anew with the same columns and types, without STRICT, NOT NULL, CHECK and keys."""
    for (name,) in file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    ).fetchall():
        columns = file.execute(f"SELECT name, type FROM pragma_table_info('{name}')").fetchall()  # noqa: S608 - of the file
        file.execute(f"ALTER TABLE {name} RENAME TO before")
        file.execute(f"CREATE TABLE {name} ({', '.join(' '.join(column) for column in columns)})")
        file.execute(f"INSERT INTO {name} SELECT * FROM before")  # noqa: S608 - as above
        file.execute("DROP TABLE before")


def changing(table: str, *changes: str) -> tuple[Spoil, ...]:
    """Spoil a table's rows, of the pages one, in each of these ways."""
    of = " WHERE list = 'courses'" if table == "page" else ""
    return tuple(lambda file, each=each: file.execute(f"UPDATE {table} SET {each}{of}") for each in changes)  # noqa: S608 - of this test


def twice(table: str) -> Spoil:
    """Spoil with copies of all rows of a table."""
    return lambda file: file.execute(f"INSERT INTO {table} SELECT * FROM {table}")  # noqa: S608 - as above


def hidden(file: sqlite3.Connection) -> None:
    """Change a page behind the back of an index that has all columns the check reads."""
    file.execute("CREATE INDEX evil ON page (snapshot_id, list, pass, number, fetched_at, body, sha256)")
    (entry,) = file.execute("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = 'evil'")
    file.execute("PRAGMA writable_schema = ON")
    file.execute("DELETE FROM sqlite_master WHERE name = 'evil'")
    file.execute("PRAGMA writable_schema = RESET")
    file.execute("UPDATE page SET body = x'00' WHERE list = 'courses'")
    file.execute("PRAGMA writable_schema = ON")
    file.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", entry)
    file.execute("PRAGMA writable_schema = RESET")


@pytest.mark.parametrize(
    "spoil",
    [
        *changing("page", "number = NULL", "number = 9e999", "number = 'x'", "number = number + 0.5", "number = -1"),
        *changing("page", "pass = NULL", "pass = 'x'", "pass = 9223372036854775807", "list = x'ff'", "list = NULL"),
        *changing("page", "sha256 = CAST(sha256 AS BLOB)", "body = 'x'", "snapshot_id = 'another'", "fetched_at = 'x'"),
        *changing("page", "fetched_at = NULL", "fetched_at = '9999-12-31T23:59:59-12:00'"),
        *changing("snapshot", "requests = NULL", "requests = 'x'", "requests = -1", "plan = NULL", "id = NULL"),
        *changing("snapshot", "seconds = 9e999", "seconds = 'x'", "seconds = -1", "started_at = NULL"),
        *changing("snapshot", "finished_at = '9999-12-31T23:59:59+00:00'", "started_at = '2101-01-01T00:00:00+00:00'"),
        *changing("snapshot", "started_at = '0001-01-01T00:00:00+14:00'", "started_at = '1999-12-31T00:00:00+00:00'"),
        *changing("edition_result", "handed_over = -1", "handed_over = 4", "handed_over = -9223372036854775807"),
        *changing("edition_result", "built_at = '9999-12-31T23:59:59+00:00'", "revision = 1000001"),
        *changing("delivery", "changed_at = '9999-12-31T23:59:59+00:00'", "planned_at = '0001-01-01T00:00:00+14:00'"),
        *changing("delivery", "revision = 1000001", "revision = 0", "state = 'x'", "period = '9999-12'"),
        *changing("delivery", "attempts = 'x'", "attempts = NULL", "attempts = -1", "attempts = 1000001"),
        twice("page"),
        twice("snapshot"),
        hidden,
    ],
)
def test_what_our_tables_would_refuse_is_refused(exported: Path, other: Database, spoil: Spoil) -> None:
    """A file brings its rows and never its tables: NULL, other types, copies and impossible values bring nothing in."""
    with closing(sqlite3.connect(exported, isolation_level=None)) as file:
        relaxed(file)
        spoil(file)
    with pytest.raises(DataError, match=r"out\.rkreport (is no snapshot file|is damaged|holds no snapshot)"):
        import_snapshot(other, exported, other.path.parent)
    for table in ("snapshot", "page", "delivery", "edition_result"):
        assert other.read(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - of this test


def test_rows_of_looser_tables_are_taken_where_they_fit(exported: Path, other: Database, clock: Clock) -> None:
    """What counts is what the rows are, not how the file keeps them."""
    with closing(sqlite3.connect(exported, isolation_level=None)) as file:
        relaxed(file)
    snapshot_id, taken = import_snapshot(other, exported, other.path.parent)
    assert (len(list(Snapshots(other, clock).pages(snapshot_id))), taken) == (len(BODIES), 1)


def test_a_full_disk_is_not_the_file_s_fault(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the rows are copied: the cause is said of the folder."""
    monkeypatch.setattr(snapshot_file, "MIGRATIONS", (f"{MIGRATIONS[0]} PRAGMA max_page_count = 1;", *MIGRATIONS[1:]))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        snapshot_file.copy_rows(exported, tmp_path / "rows")


def test_a_stored_page_has_a_bound(database: Database, clock: Clock) -> None:
    """A page unpacks to as much as an answer may have, and to no byte more."""
    snapshot_id = fetched(database, clock)
    for size, is_taken in ((LARGEST_PAGE_BYTES, True), (LARGEST_PAGE_BYTES + 1, False)):
        body = bytes(size)
        database.write("UPDATE page SET body = ?, sha256 = ?", zlib.compress(body), sha256_of(body))
        with nullcontext() if is_taken else pytest.raises(StoreError, match=r"A page of .* is damaged"):
            assert len(list(Snapshots(database, clock).pages(snapshot_id))) == len(BODIES)
