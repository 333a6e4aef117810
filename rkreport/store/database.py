"""Opens the SQLite file safely. Knows its schema's version, not its tables.

WAL with `synchronous=FULL`: what was committed survives a crash and a power cut (with NORMAL, the usual advice, it
does not). `secure_delete`, because plain DELETE leaves personal data in the file.
"""

import contextlib
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from rkreport.errors import StoreError
from rkreport.sentence import Sentence
from rkreport.store.folder import make_private_file, make_private_folder, unusable
from rkreport.store.migrations import MIGRATIONS

if TYPE_CHECKING:
    from rkreport.store.page_cipher import PageCipher

FILE_NAME = "store.sqlite3"

Write = Callable[[str, Sequence[object]], sqlite3.Cursor]
"""Runs one statement with its values."""


class Readable(Protocol):
    """A store as its readers see it."""

    path: Path

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""


class Database:
    """An open store. Its owner closes it."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store in a folder that belongs to its owner alone.

        Raises:
            StoreError: the folder or file cannot be used, or was made by a newer version.
        """
        self.path = folder / FILE_NAME
        self.cipher: PageCipher | None = None  # given by `page_cipher.unlock`
        # The fetch commits from a worker thread. After a cancellation, that thread may still be writing; other
        # statements and `close` must wait for it.
        self._turn = threading.Lock()
        make_private_folder(folder)
        try:
            make_private_file(self.path)  # first: SQLite's side files take the mode of the main file
        except OSError as error:
            raise unusable(folder, error) from error
        with self._failures_explained():
            self._connection = sqlite3.connect(self.path, isolation_level=None, timeout=10, check_same_thread=False)
        try:
            with self._failures_explained():
                self._prepare()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, after the statement that is running."""
        with self._turn:
            self._connection.close()

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._turn, self._failures_explained():
            return self._connection.execute(sql, values).fetchall()

    def stream(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one by one. Must not be used while another thread writes."""
        with self._failures_explained():
            for row in self._connection.execute(sql, values):  # noqa: UP028 - `yield from` would close it after the store
                yield row

    def write(self, sql: str, *values: object) -> None:
        """One statement as one transaction; when this returns it is on the disk."""
        with self._turn, self._failures_explained():
            self._connection.execute(sql, values)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Write]:
        """Several statements as one transaction: all count, or none."""
        with self._turn, self._failures_explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise

    def make_portable(self) -> None:
        """Fold everything into the one file, so that it can be sent; the last thing before `close`."""
        with self._turn, self._failures_explained():
            self._connection.execute("PRAGMA journal_mode=DELETE")

    def fold_side_file(self) -> None:
        """Fold the write-ahead log into the file and empty it: only this clears deleted data from the disk.

        Raises:
            StoreError: another program is reading the store, so it could not be done.
        """
        with self._turn, self._failures_explained():
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise sqlite3.OperationalError("database is locked")

    def _prepare(self) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        if sys.platform == "darwin":  # only macOS must be told that a sync has to reach the disk
            self._connection.execute("PRAGMA fullfsync=ON")
            self._connection.execute("PRAGMA checkpoint_fullfsync=ON")
        self._migrate()

    def _migrate(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise _newer(self.path, version)
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            self._connection.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {number}; COMMIT;")

    @contextlib.contextmanager
    def _failures_explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter: text of a damaged file
            # SQLite often rolls back by itself, such as on a full disk; a second rollback would hide the cause.
            if getattr(self, "_connection", None) and self._connection.in_transaction:
                with contextlib.suppress(sqlite3.DatabaseError):
                    self._connection.rollback()
            raise StoreError(
                "The store {path} cannot be used: {explained}", path=self.path, explained=_explained(error)
            ) from error


class StoreView:
    """An existing store that is looked at, and neither changed, migrated nor locked; `version` is its format's."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take the open file; raises StoreError if it was made by a newer version."""
        self.path, self._connection = path, connection
        self.version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if self.version > len(MIGRATIONS):
            raise _newer(path, self.version)

    def read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def has_table(self, name: str) -> bool:
        """Whether the store is new enough to have this table."""
        return bool(self.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name))


@contextlib.contextmanager
def viewed_store(path: Path) -> Iterator[StoreView]:
    """Open an existing store for looking.

    Raises:
        StoreError: it cannot be read, is damaged, or was made by a newer version.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as store:
            yield StoreView(path, store)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise StoreError(
            "The store {path} cannot be used: {explained}", path=path, explained=_explained(error)
        ) from error


def look_at_store(path: Path) -> int:
    """Count the finished snapshots of an existing store.

    Raises:
        StoreError: as `viewed_store`.
    """
    with viewed_store(path) as store:
        if store.version == 0:
            return 0
        store.read("SELECT count(*) FROM page")
        return int(store.read("SELECT count(*) FROM snapshot WHERE finished_at IS NOT NULL")[0][0])


def _newer(path: Path, version: int) -> StoreError:
    return StoreError(
        Sentence(
            "The store {path} was made by a newer rkreport (format {version} of {migrations}"
            " known); update rkreport, or choose another data_dir.",
            path=path,
            version=version,
            migrations=len(MIGRATIONS),
        )
    )


@contextlib.contextmanager
def intact(path: Path, otherwise: Sentence | None = None) -> Iterator[None]:
    """Read rows within this: their JSON, times and states may be anything, and nested as deep as anybody likes.

    Raises:
        StoreError: a row is not what was stored, with `otherwise` as its sentence, which has a place for the path.
    """
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise (StoreError(otherwise.template, path=path) if otherwise else damaged(path)) from error


def damaged(path: Path) -> StoreError:
    """The error of a store whose rows are not what was stored."""
    explained = Sentence("it is damaged; {restore}", restore=_RESTORE)
    return StoreError("The store {path} cannot be used: {explained}", path=path, explained=explained)


_RESTORE = "restore it from a backup; another data_dir does not know who was sent what."


def _explained(error: sqlite3.DatabaseError | UnicodeDecodeError) -> str:
    text = "database disk image is malformed" if isinstance(error, UnicodeDecodeError) else str(error)
    known = {
        "database or disk is full": "the disk is full; make room and say the same command again, nothing is lost.",
        "attempt to write a readonly database": "it is read-only; make it writable and say the same command again.",
        "database is locked": "another program holds it; close that and say the same command again.",
        "file is not a database": "the file is something else or damaged; restore a backup; only without one move it"
        " away: it knows who was sent what.",
        "database disk image is malformed": Sentence("it is damaged; {restore}", restore=_RESTORE),
        "unable to open database file": "it cannot be opened; check its rights, or choose another data_dir.",
        "disk I/O error": "the disk reports an error; check the disk and say the same command again.",
    }
    return known.get(text, Sentence("{text}; {restore}", text=text, restore=_RESTORE))
