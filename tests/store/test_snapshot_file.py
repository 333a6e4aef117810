"""A snapshot file from outside: each bound lets through what has just that much, and refuses what has one more."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rkreport.store.database import Database
from rkreport.store.migrations import MIGRATIONS
from rkreport.store.snapshot_file import NotOurs, _check_table, _tables_of, check_file, copy_bounded

MEGABYTE = 2**20
LARGEST = 4 * 2**30
USUAL = (200_000, 10_000, 64 * MEGABYTE)
BOUNDS = {
    "snapshot": (1_000, 4 * MEGABYTE, 64 * MEGABYTE),
    "page": (200_000, 7 * MEGABYTE, LARGEST),
    "edition_result": (5_000, 4 * MEGABYTE, 64 * MEGABYTE),
    "result": (1_000, 4 * MEGABYTE, 64 * MEGABYTE),
    "delivery": (50_000, 100_000, 64 * MEGABYTE),
    "base": (1_000, 10_000, 64 * MEGABYTE),
    "base_requirement": (30_000_000, 1_000, LARGEST),
    "answer": (200_000, 100_000, 64 * MEGABYTE),
}
"""By table: rows, bytes of one value, and bytes of all values."""


@dataclass
class Pretended:
    """A file that says of a table what thirty million rows would say; what else is asked has no answer."""

    rows: int
    longest: int
    whole: int
    values: int = 0
    answer: tuple[Any, ...] = ()

    def execute(self, sql: str, limit: tuple[int, ...] = ()) -> "Pretended":
        """The answer of the next `fetchone`."""
        if "count(*)" in sql:
            self.answer = (min(self.rows, *limit, self.rows),)
        elif "max(" in sql:
            columns = sql.count("max(")
            self.answer = (self.longest, *(None,) * (columns - 1), self.whole, *(0,) * (columns - 1))
        else:
            self.answer = (self.values,)
        return self

    def fetchone(self) -> tuple[Any, ...]:
        """See `execute`."""
        return self.answer


def tables_of_any_version() -> dict[str, tuple[tuple[str, str], ...]]:
    """The columns of each table that a store ever had: a file may come from an older rkreport."""
    return {name: columns for version in range(1, len(MIGRATIONS) + 1) for name, columns in _tables_of(version).items()}


TABLES = tables_of_any_version()


def looked_at(table: str, rows: int, longest: int, whole: int, values: int = 0) -> None:
    """Look at a table that is so large."""
    columns = [name for name, _ in TABLES[table]]
    _check_table(Pretended(rows, longest, whole, values), table, columns)  # type: ignore[arg-type]  # it answers the same


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_s_bounds_are_where_they_are(table: str) -> None:
    """Rows, one value, all values: just so much is taken, and one more of each refused."""
    rows, longest, whole = BOUNDS.get(table, USUAL)
    looked_at(table, rows, longest, whole)
    for more in ((rows + 1, longest, whole), (rows, longest + 1, whole), (rows, longest, whole + 1)):
        with pytest.raises(NotOurs):
            looked_at(table, *more)


def test_values_in_json_have_a_bound() -> None:
    """Two million objects, whatever their size."""
    looked_at("snapshot", 1, 1, 1, 2_000_000)
    with pytest.raises(NotOurs, match="too many values"):
        looked_at("snapshot", 1, 1, 1, 2_000_001)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A real store that is spoiled by hand."""
    Database(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)) as connection:
        yield connection


def snapshot_row(store: sqlite3.Connection, **values: object) -> None:
    """A row of the table `snapshot`."""
    fields = {"id": "s", "plan": "p", "host": "h", "started_at": "2026-11-10T00:00:00+00:00"} | values
    marks = ", ".join("?" * len(fields))
    store.execute(f"INSERT INTO snapshot ({', '.join(fields)}) VALUES ({marks})", tuple(fields.values()))  # noqa: S608 - of this file


def test_a_real_file_is_asked_the_same(store: sqlite3.Connection, tmp_path: Path) -> None:
    """The sums are SQLite's own: values in JSON, the longest value, a thousand rows."""
    path = tmp_path / "store.sqlite3"
    snapshot_row(store, lists="," * 2_000_000)
    check_file(path)
    store.execute("UPDATE snapshot SET lists = lists || ','")
    with pytest.raises(NotOurs, match="too many values"):
        check_file(path)
    store.execute("UPDATE snapshot SET lists = '[]', plan = ?", ("x" * (4 * MEGABYTE),))
    check_file(path)
    store.execute("UPDATE snapshot SET plan = plan || 'x'")
    with pytest.raises(NotOurs, match="too long values"):
        check_file(path)
    store.execute("UPDATE snapshot SET plan = 'p'")
    for number in range(1_000):
        snapshot_row(store, id=f"s{number}")
    with pytest.raises(NotOurs, match="too many rows"):
        check_file(path)


def test_a_value_beyond_all_bounds_is_not_even_read(store: sqlite3.Connection, tmp_path: Path) -> None:
    """SQLite itself refuses it, before it is in memory."""
    snapshot_row(store, plan="x" * (16 * MEGABYTE + 1))
    with pytest.raises(NotOurs, match="no sound database"):
        check_file(tmp_path / "store.sqlite3")


def test_many_names_are_not_looked_at(store: sqlite3.Connection, tmp_path: Path) -> None:
    """Tables and indexes: two hundred are compared with ours, one more is refused uncompared."""
    (own,) = store.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for number in range(200 - own):
        store.execute(f"CREATE TABLE more_{number} (x)")
    with pytest.raises(NotOurs, match="other tables"):
        check_file(tmp_path / "store.sqlite3")
    store.execute("CREATE TABLE one_more (x)")
    with pytest.raises(NotOurs, match="other things than tables"):
        check_file(tmp_path / "store.sqlite3")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="wants a file that takes nothing")
def test_a_larger_file_is_not_copied(tmp_path: Path) -> None:
    """Its size is asked first: not a byte is written."""
    source = tmp_path / "large"
    with source.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NotOurs, match="too large"):
        copy_bounded(source, Path("/dev/full"))
    with source.open("r+b") as file:
        file.truncate(LARGEST)
    with pytest.raises(OSError, match="No space left"):
        copy_bounded(source, Path("/dev/full"))
