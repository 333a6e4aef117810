"""The base: what an edition that was sent or written said of each person. Knows the store's tables, no guard.

A row of the base holds an employee id and a status, so it is purged with its edition.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rkreport.core.models import Counts, CourseSerial, ManagerId, Status
from rkreport.core.review.last_sent import BaseRow
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Write, intact

_DAMAGED = Sentence("What was last sent, in {path}, is damaged; restore the file from a backup.")
_COLUMNS = "period, revision, is_written"
_OF = "period = ? AND revision = ? AND is_written = ?"


@dataclass(frozen=True, slots=True)
class BaseKey:
    """The edition of a base. `is_written`: it went to the outbox, not by a mail server."""

    period: str
    revision: int
    is_written: bool


class Bases:
    """The bases of a store."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def has(self, key: BaseKey) -> bool:
        """Whether the base of an edition is kept."""
        return bool(self._database.read(f"SELECT 1 FROM base WHERE {_OF}", *_values(key)))  # noqa: S608 - ours

    def is_whole(self, key: BaseKey) -> bool:
        """Whether the base holds the people without a manager."""
        return bool(self._database.read(f"SELECT 1 FROM base WHERE {_OF} AND is_whole = 1", *_values(key)))  # noqa: S608 - as above

    def keep(self, key: BaseKey, rows: Iterable[BaseRow], at: datetime, *, is_whole: bool = True) -> None:
        """Keep the base of an edition just before it is sent, in place of an earlier build's."""
        with self._database.transaction() as write:
            _forget(write, key)
            values = (*_values(key), at.isoformat(), int(is_whole))
            write(f"INSERT INTO base ({_COLUMNS}, kept_at, is_whole) VALUES (?, ?, ?, ?, ?)", values)  # noqa: S608 - as above
            for row in rows:
                write(
                    f"INSERT INTO base_requirement ({_COLUMNS}, person, manager_id, course, status, counts)"  # noqa: S608 - as above
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (*_values(key), row.person, row.manager_id, row.course, row.status, row.counts),
                )

    def rows(self, key: BaseKey) -> tuple[BaseRow, ...]:
        """The base of an edition, in its order; empty if none is kept.

        Raises:
            StoreError: it is not what was stored.
        """
        sql = f"SELECT person, manager_id, course, status, counts FROM base_requirement WHERE {_OF} ORDER BY rowid"  # noqa: S608 - as above
        with intact(self._database.path, _DAMAGED):
            return tuple(
                BaseRow(person, ManagerId(manager_id), CourseSerial(course), Status(status), Counts(counts))
                for person, manager_id, course, status, counts in self._database.read(sql, *_values(key))
            )

    def managers(self, key: BaseKey) -> dict[str, ManagerId]:
        """By person, the manager in an edition."""
        sql = f"SELECT DISTINCT person, manager_id FROM base_requirement WHERE {_OF}"  # noqa: S608 - as above
        return {person: ManagerId(manager_id) for person, manager_id in self._database.read(sql, *_values(key))}

    def verdicts(self, key: BaseKey) -> dict[tuple[Status, Counts], int]:
        """How many requirements of an edition have a status, and count or not.

        Raises:
            StoreError: one is not what was stored.
        """
        sql = f"SELECT status, counts, count(*) FROM base_requirement WHERE {_OF} GROUP BY status, counts"  # noqa: S608 - as above
        found = self._database.read(sql, *_values(key))
        with intact(self._database.path, _DAMAGED):
            return {(Status(status), Counts(counts)): number for status, counts, number in found}

    def kept(self) -> tuple[BaseKey, ...]:
        """The editions whose base is kept, the oldest first."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM base ORDER BY {_COLUMNS}")  # noqa: S608 - as above
        return tuple(BaseKey(period, revision, bool(is_written)) for period, revision, is_written in rows)

    def kept_before(self, moment: datetime) -> tuple[BaseKey, ...]:
        """The bases that were kept before a moment."""
        rows = self._database.read(f"SELECT {_COLUMNS}, kept_at FROM base ORDER BY {_COLUMNS}")  # noqa: S608 - as above
        with intact(self._database.path, _DAMAGED):
            return tuple(
                BaseKey(period, revision, bool(is_written))
                for period, revision, is_written, at in rows
                if datetime.fromisoformat(at) < moment
            )

    def forget(self, keys: Iterable[BaseKey]) -> None:
        """Delete the bases of editions, all or none; only `Database.fold_side_file` clears them from the disk."""
        with self._database.transaction() as write:
            for key in keys:
                _forget(write, key)


def copy_bases(source: Database, write: Write) -> None:
    """Copy every base into another store, unless it has a base of the same edition."""
    copied: set[tuple[object, ...]] = set()
    for *key, at, is_whole in source.stream(f"SELECT {_COLUMNS}, kept_at, is_whole FROM base"):  # noqa: S608 - as above
        sql = f"INSERT OR IGNORE INTO base ({_COLUMNS}, kept_at, is_whole) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - as above
        if write(sql, (*key, at, is_whole)).rowcount:
            copied.add(tuple(key))
    columns = Sentence("{columns}, person, manager_id, course, status, counts", columns=_COLUMNS)
    for row in source.stream(f"SELECT {columns} FROM base_requirement ORDER BY rowid"):  # noqa: S608 - as above
        if tuple(row[:3]) in copied:
            write(f"INSERT INTO base_requirement ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608 - as above


def _forget(write: Write, key: BaseKey) -> None:
    write(f"DELETE FROM base WHERE {_OF}", _values(key))  # noqa: S608 - ours; its rows go with it


def _values(key: BaseKey) -> tuple[str, int, int]:
    return key.period, key.revision, int(key.is_written)
