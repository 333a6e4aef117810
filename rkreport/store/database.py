"""Opens the SQLite file safely. Knows its schema's version, not what the tables are for.

WAL with `synchronous=FULL`: what was committed survives a crash and a power cut (with NORMAL, the usual advice, it
does not). `secure_delete`, because plain DELETE leaves personal data in the file.
"""

import contextlib
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rkreport.errors import StoreError
from rkreport.store.folder import make_private_file, make_private_folder, unusable

FILE_NAME = "store.sqlite3"

# One entry per version, oldest first; opening an older store runs the entries that it has not seen. Never edit an
# entry, only append.
_MIGRATIONS = (
    """
    CREATE TABLE snapshot (
        id TEXT PRIMARY KEY,
        plan TEXT NOT NULL,            -- digest of what was to be fetched
        host TEXT NOT NULL,
        started_at TEXT NOT NULL,      -- ISO 8601, UTC
        finished_at TEXT,              -- NULL: can be continued
        requests INTEGER NOT NULL DEFAULT 0,
        retries INTEGER NOT NULL DEFAULT 0,
        seconds REAL NOT NULL DEFAULT 0,  -- of fetching, without the time between interruption and resumption
        lists TEXT                     -- JSON, what each list proved
    ) STRICT;
    CREATE TABLE page (
        snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
        list TEXT NOT NULL,
        pass INTEGER NOT NULL,
        number INTEGER NOT NULL,
        fetched_at TEXT NOT NULL,
        sha256 TEXT NOT NULL,          -- of the body as received
        body BLOB NOT NULL,            -- zlib
        PRIMARY KEY (snapshot_id, list, pass, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE result (
        period TEXT PRIMARY KEY,
        built_at TEXT NOT NULL,
        figures TEXT NOT NULL          -- JSON
    ) STRICT;
    """,
    """
    CREATE TABLE delivery (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        cc TEXT NOT NULL,              -- JSON
        language TEXT NOT NULL,
        message_id TEXT NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        content_sha256 TEXT NOT NULL,
        figures TEXT NOT NULL,         -- JSON
        state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'failed', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reply TEXT NOT NULL DEFAULT '',
        size_bytes INTEGER NOT NULL DEFAULT 0,
        planned_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        PRIMARY KEY (period, revision, manager_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE delivery_event (          -- never changed: what happened to each message, in order
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        reply TEXT NOT NULL
    ) STRICT;
    CREATE TABLE purge (                   -- never purged: what was deleted, when, and by which rule; no names
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        older_than_months INTEGER NOT NULL,
        what TEXT NOT NULL             -- JSON: counts and ids of what was deleted
    ) STRICT;
    """,
    """
    ALTER TABLE delivery ADD COLUMN transport TEXT NOT NULL DEFAULT 'smtp';
    """,
    # Before, a month had one result, of its newest build. The month's sent edition counts as made from that build.
    """
    CREATE TABLE edition_result (          -- the figures of each edition: which of them stand is for the ledger to say
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        handed_over INTEGER NOT NULL,      -- what is known besides the ledger: its number in `results.Standing`
        built_at TEXT NOT NULL,
        figures TEXT NOT NULL,             -- JSON
        PRIMARY KEY (period, revision, handed_over)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO edition_result (period, revision, handed_over, built_at, figures)
    SELECT period,
        coalesce(
            (SELECT max(revision) FROM delivery AS sent WHERE sent.period = result.period
                AND sent.state IN ('sending', 'sent', 'unknown') AND sent.transport <> 'outbox'),
            (SELECT max(revision) FROM delivery AS sent WHERE sent.period = result.period
                AND sent.state IN ('sending', 'sent', 'unknown')),
            1
        ),
        1, built_at, figures
    FROM result;
    DROP TABLE result;
    """,
    """
    CREATE TABLE base (                    -- the editions that were sent or written, and what each told of whom
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        is_written INTEGER NOT NULL,       -- 1: into the outbox
        kept_at TEXT NOT NULL,
        is_whole INTEGER NOT NULL,         -- 0: read from managers' workbooks, so who had no manager may be missing
        PRIMARY KEY (period, revision, is_written)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE base_requirement (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        is_written INTEGER NOT NULL,
        person TEXT NOT NULL,              -- an employee id, where there is one
        manager_id TEXT NOT NULL,
        course TEXT NOT NULL,
        status TEXT NOT NULL,
        counts TEXT NOT NULL,
        FOREIGN KEY (period, revision, is_written) REFERENCES base ON DELETE CASCADE
    ) STRICT;
    CREATE INDEX base_requirement_edition ON base_requirement (period, revision, is_written);
    """,
    """
    CREATE TABLE seal (                    -- the files of each edition as they were built, its manifest among them
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        path TEXT NOT NULL,                -- in the edition's folder, with slashes
        sha256 TEXT NOT NULL,
        PRIMARY KEY (period, revision, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE archived (sha256 TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;  -- the archive's files that this store kept
    CREATE TABLE origin (                  -- one row: which data folder this is, for ever
        lineage TEXT NOT NULL,
        is_archive_known INTEGER NOT NULL  -- 0: what the archive held before `archived` is still to be listed there
    ) STRICT;
    INSERT INTO origin (lineage, is_archive_known)
    SELECT 'rk-' || lower(hex(randomblob(8))), NOT EXISTS (SELECT 1 FROM delivery);
    """,
    # Before, a message in the outbox was `sent`; now it is `written`, never in doubt. `again` is new in the key.
    """
    ALTER TABLE delivery RENAME TO delivery_before;
    CREATE TABLE delivery (
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        manager_id TEXT NOT NULL,
        again INTEGER NOT NULL DEFAULT 0,  -- how often the same file had been sent on purpose, from 0
        reason TEXT NOT NULL DEFAULT '',   -- why it was
        recipient TEXT NOT NULL,
        cc TEXT NOT NULL,                  -- JSON
        language TEXT NOT NULL,
        message_id TEXT NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        content_sha256 TEXT NOT NULL,
        figures TEXT NOT NULL,             -- JSON
        state TEXT NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'written', 'failed', 'unknown')),
        attempts INTEGER NOT NULL DEFAULT 0,
        reply TEXT NOT NULL DEFAULT '',
        size_bytes INTEGER NOT NULL DEFAULT 0,
        planned_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        transport TEXT NOT NULL DEFAULT 'smtp',
        PRIMARY KEY (period, revision, manager_id, again)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256,
        content_sha256, figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport)
    SELECT period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256,
        figures,
        CASE WHEN transport <> 'outbox' THEN state WHEN state = 'sent' THEN 'written'
            WHEN state IN ('sending', 'unknown') THEN 'planned' ELSE state END,
        attempts, reply, size_bytes, planned_at, changed_at, transport
    FROM delivery_before;
    ALTER TABLE delivery_event ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
    INSERT INTO delivery_event (period, revision, manager_id, at, state, reply)
    SELECT period, revision, manager_id, delivery.changed_at, delivery.state, 'a file in the outbox is not sent'
    FROM delivery JOIN delivery_before AS was USING (period, revision, manager_id) WHERE was.state <> delivery.state;
    DROP TABLE delivery_before;
    CREATE TABLE sent_master (             -- the master of each edition of which a message was sent or written
        period TEXT NOT NULL,
        revision INTEGER NOT NULL,
        file TEXT NOT NULL,
        file_sha256 TEXT NOT NULL,
        kept_at TEXT NOT NULL,
        PRIMARY KEY (period, revision)
    ) STRICT, WITHOUT ROWID;
    """,
    # Before, the reply began with the number of copies that the server did not take.
    """
    ALTER TABLE delivery ADD COLUMN copies_missed INTEGER NOT NULL DEFAULT 0;
    UPDATE delivery SET copies_missed = CAST(reply AS INTEGER)
    WHERE state = 'sent' AND reply GLOB '[0-9]* of [0-9]* copies not taken (*';
    """,
)


Write = Callable[[str, Sequence[object]], sqlite3.Cursor]
"""Runs one statement with its values."""


class Database:
    """An open store. Its owner closes it."""

    def __init__(self, folder: Path) -> None:
        """Open or create the store in a folder that belongs to its owner alone.

        Raises:
            StoreError: the folder or file cannot be used, or was made by a newer version.
        """
        self.path = folder / FILE_NAME
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
            yield from self._connection.execute(sql, values)

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
        if version > len(_MIGRATIONS):
            raise _newer(self.path, version)
        for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
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
            raise StoreError(f"The store {self.path} cannot be used: {_explained(error)}") from error


def look_at_store(path: Path) -> int:
    """Count the finished snapshots of an existing store, without changing, migrating or locking it.

    Raises:
        StoreError: it cannot be read, is damaged, or was made by a newer version.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as store:
            version = store.execute("PRAGMA user_version").fetchone()[0]
            if version > len(_MIGRATIONS):
                raise _newer(path, version)
            if version == 0:
                return 0
            store.execute("SELECT count(*) FROM page").fetchone()
            return int(store.execute("SELECT count(*) FROM snapshot WHERE finished_at IS NOT NULL").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise StoreError(f"The store {path} cannot be used: {_explained(error)}") from error


def _newer(path: Path, version: int) -> StoreError:
    return StoreError(
        f"The store {path} was made by a newer rkreport (format {version} of {len(_MIGRATIONS)} known);"
        " update rkreport, or choose another data_dir."
    )


def _explained(error: sqlite3.DatabaseError | UnicodeDecodeError) -> str:
    text = "database disk image is malformed" if isinstance(error, UnicodeDecodeError) else str(error)
    known = {
        "database or disk is full": "the disk is full; make room and say the same command again, nothing is lost.",
        "attempt to write a readonly database": "it is read-only; make it writable and say the same command again.",
        "database is locked": "another program holds it; close that and say the same command again.",
        "file is not a database": "the file is something else or damaged; move it away or choose another data_dir.",
        "database disk image is malformed": "it is damaged; restore it from a backup or choose another data_dir.",
        "unable to open database file": "it cannot be opened; check its rights, or choose another data_dir.",
        "disk I/O error": "the disk reports an error; check the disk and say the same command again.",
    }
    return known.get(text, f"{text}; restore it from a backup or choose another data_dir.")
