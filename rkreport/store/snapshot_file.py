"""Looks at a snapshot file, and copies its rows into a store of our own: the file itself is never opened as a store.

A file from outside may be any database. A view can go on for ever, a value can fill the memory, a table can lack our
constraints, and an index can show other rows than its table: no index of the file is used.
"""

import errno
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rkreport.bounds import open_regular
from rkreport.store.migrations import MIGRATIONS

LARGEST_BYTES = 4 * 2**30  # two years of the largest company
_PIECE = 2**20
_LONGEST_VALUE = 16 * 2**20
_MOST_NAMES = 200  # tables and indexes
_MOST_JSON_VALUES = 2_000_000  # of a column in all rows, 150 MB as objects


@dataclass(frozen=True, slots=True)
class _Most:
    """How much a table may hold: rows, bytes of one value, and bytes of all values."""

    rows: int
    value: int = 10_000
    whole: int = 64 * 2**20


_USUAL = _Most(200_000)
_MOST: Mapping[str, _Most] = {
    "snapshot": _Most(1_000, value=4 * 2**20),
    "page": _Most(200_000, value=7 * 2**20, whole=LARGEST_BYTES),
    "edition_result": _Most(5_000, value=4 * 2**20),
    "result": _Most(1_000, value=4 * 2**20),
    "delivery": _Most(50_000, value=100_000),
    "base": _Most(1_000),
    "base_requirement": _Most(30_000_000, value=1_000, whole=LARGEST_BYTES),
    "answer": _Most(200_000, value=100_000),
}
_JSON = frozenset({"lists", "figures", "cc"})  # columns
_OF_THE_DISK = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO}
_OWN_TABLES = ("sqlite_sequence", "sqlite_stat1")  # of SQLite itself


class NotOurs(Exception):
    """A file that is no snapshot file, is damaged, or goes beyond a bound."""


def copy_bounded(source: Path, target: Path) -> None:
    """Copy a regular file of a size that a snapshot can have.

    Raises:
        NotOurs: it is larger.
        OSError: it cannot be read, or the copy not be written.
    """
    with open_regular(source) as file, target.open("wb") as copy:
        if os.fstat(file.fileno()).st_size > LARGEST_BYTES:
            raise NotOurs("too large")
        room = LARGEST_BYTES
        while piece := file.read(min(_PIECE, room + 1)):  # it may grow meanwhile
            room -= len(piece)
            if room < 0:
                raise NotOurs("too large")
            copy.write(piece)


def copy_rows(source: Path, target: Path) -> None:
    """Copy the rows of a file that was looked at into a new store of its version, whose constraints they must meet.

    Raises:
        NotOurs: one is NULL, of another type, or there twice where ours must not be.
        OSError: the disk is full, or reports an error.
    """
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as store:
            store.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "trusted_schema=OFF", "foreign_keys=ON"):
                store.execute(f"PRAGMA {pragma}")  # what fails is thrown away whole
            store.execute("ATTACH ? AS other", (str(source),))
            version = int(store.execute("PRAGMA other.user_version").fetchone()[0])
            tables = _tables_of(version)
            for script in MIGRATIONS[:version]:
                store.executescript(script)
            store.execute(f"PRAGMA user_version = {version}")
            store.execute("BEGIN")
            store.execute("PRAGMA defer_foreign_keys=ON")
            for table, columns in tables.items():
                names = ", ".join(name for name, _ in columns)
                store.execute(f"DELETE FROM main.{table}")  # noqa: S608 - a table of ours
                store.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM other.{table} NOT INDEXED")  # noqa: S608 - as above
            store.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        number = _OF_THE_DISK.get(error.sqlite_errorcode & 0xFF)
        if number:
            raise OSError(number, os.strerror(number), str(target)) from error
        raise NotOurs("rows of another kind") from error


def check_file(path: Path) -> None:
    """Look at tables, columns, rows and sizes, without running anything that the file brings along.

    Raises:
        NotOurs: see there.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            file.execute("PRAGMA trusted_schema=OFF")
            version = int(file.execute("PRAGMA user_version").fetchone()[0])
            wanted = _tables_of(version)
            if _tables_in(file) != wanted:
                raise NotOurs("other tables")
            for table, columns in wanted.items():
                _check_table(file, table, [name for name, _ in columns])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise NotOurs("no sound database") from error


_Tables = dict[str, tuple[tuple[str, str], ...]]
"""The columns of each table: name and type."""


@lru_cache(maxsize=32)
def _tables_of(version: int) -> _Tables:
    """The tables of a store of this version."""
    if not 0 <= version <= len(MIGRATIONS):
        raise NotOurs("a newer version")
    with closing(sqlite3.connect(":memory:")) as model:
        for script in MIGRATIONS[:version]:
            model.executescript(script)
        return _tables_in(model)


def _tables_in(file: sqlite3.Connection) -> _Tables:
    """The tables of a file; anything else than tables and their indexes, and columns that are computed, is refused."""
    found = file.execute("SELECT type, name, sql FROM sqlite_master LIMIT ?", (_MOST_NAMES + 1,)).fetchall()
    if len(found) > _MOST_NAMES or {kind for kind, _, _ in found} - {"table", "index"}:
        raise NotOurs("other things than tables")
    tables = {}
    for kind, name, sql in found:
        if kind == "index" or name in _OWN_TABLES:
            continue
        if str(sql).lstrip()[:12].upper() != "CREATE TABLE":  # a virtual table runs code of a module
            raise NotOurs("other things than tables")
        rows = file.execute("SELECT name, type, hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
        if any(hidden for _, _, hidden in rows):
            raise NotOurs("computed columns")
        tables[name] = tuple((column, kind) for column, kind, _ in rows)
    return tables


def _check_table(file: sqlite3.Connection, table: str, columns: list[str]) -> None:
    most = _MOST.get(table, _USUAL)
    first = f"SELECT 1 FROM {table} NOT INDEXED LIMIT ?"  # noqa: S608 - a table of ours
    (count,) = file.execute(f"SELECT count(*) FROM ({first})", (most.rows + 1,)).fetchone()  # noqa: S608 - as above
    if count > most.rows:
        raise NotOurs("too many rows")
    lengths = [f"length(CAST({column} AS BLOB))" for column in columns]
    sums = ", ".join([*(f"max({one})" for one in lengths), *(f"total({one})" for one in lengths)])
    found = file.execute(f"SELECT {sums} FROM {table} NOT INDEXED").fetchone()  # noqa: S608 - as above
    longest, whole = found[: len(columns)], sum(found[len(columns) :])
    if max((one for one in longest if one is not None), default=0) > most.value or whole > most.whole:
        raise NotOurs("too long values")
    for column in _JSON.intersection(columns):
        marks = " - ".join(["0", *(f"length(replace({column}, '{mark}', ''))" for mark in "[{,")])
        (values,) = file.execute(f"SELECT total(3 * length({column}) + ({marks})) FROM {table} NOT INDEXED").fetchone()  # noqa: S608 - as above
        if values > _MOST_JSON_VALUES:
            raise NotOurs("too many values")
