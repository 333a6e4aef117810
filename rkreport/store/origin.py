"""Where a state of the ledger comes from: the data folder's lineage, and a serial number that counts its changes.

Two copies of a folder have one lineage. Which of two states came first is told by the change at the older one's serial:
a state that holds this very change has grown from it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from rkreport.files import sha256_of
from rkreport.store.database import Database

_EVENT = "SELECT period, revision, manager_id, at, state, reply FROM delivery_event WHERE number = ?"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state of a ledger: whose it is, the number of its last change, and a digest of that change."""

    lineage: str
    serial: int
    head: str


class Origin:
    """What a store knows of where it and its archive come from."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def stamp(self) -> Stamp:
        """The state of the ledger now."""
        serial = self._database.read("SELECT coalesce(max(number), 0) FROM delivery_event")[0][0]
        return Stamp(self.lineage(), int(serial), self._head(int(serial)))

    def lineage(self) -> str:
        """Which data folder this is, whatever it is called and wherever it was copied to."""
        return str(self._database.read("SELECT lineage FROM origin")[0][0])

    def has_grown_from(self, stamp: Stamp) -> bool:
        """Whether this ledger was in that state once: then it knows all that was known there."""
        return stamp.lineage == self.lineage() and stamp.head == self._head(stamp.serial) != ""

    def not_archived_here(self, kept: Iterable[str]) -> tuple[str, ...]:
        """Of the archive's files those that this store did not put there, nor its ledger names, by digest.

        What an earlier version archived, which wrote no list, counts as put there.
        """
        found = tuple(kept)
        if not self._database.read("SELECT is_archive_known FROM origin")[0][0]:
            self.archived(found)
            self._database.write("UPDATE origin SET is_archive_known = 1")
        known = self._database.read("SELECT sha256 FROM archived UNION SELECT file_sha256 FROM delivery")
        return tuple(sorted(set(found).difference(str(sha256) for (sha256,) in known)))

    def archived(self, digests: Iterable[str]) -> None:
        """These files go into the archive next."""
        with self._database.transaction() as write:
            for sha256 in digests:
                write("INSERT OR IGNORE INTO archived VALUES (?)", (sha256,))

    def _head(self, serial: int) -> str:
        rows = self._database.read(_EVENT, serial)
        return f"h-{sha256_of(json.dumps(tuple(rows[0])).encode())[:16]}" if rows else ""
