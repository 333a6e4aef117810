"""Where a state of the ledger comes from: the data folder's lineage, and a serial number that counts its changes.

Two copies of a folder share one lineage. Of two states, one has grown from the other if it holds the same change at
the other's serial. Knows counts and digests, no message.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from rkreport.files import sha256_of
from rkreport.store.database import Database

_EVENT = "SELECT period, revision, manager_id, at, state, reply FROM delivery_event WHERE number = ?"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state of a ledger: its lineage, the number of its last change, and a digest of that change."""

    lineage: str
    serial: int
    head: str


class Origin:
    """Where a store and the files of its archive come from."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def stamp(self) -> Stamp:
        """The state of the ledger now."""
        serial = self._database.read("SELECT coalesce(max(number), 0) FROM delivery_event")[0][0]
        return Stamp(self.lineage(), int(serial), self._head(int(serial)))

    def lineage(self) -> str:
        """The id of this data folder, which stays the same when the folder is renamed or copied."""
        return str(self._database.read("SELECT lineage FROM origin")[0][0])

    def has_grown_from(self, stamp: Stamp) -> bool:
        """Whether this ledger was once in that state, so that it knows all that was known there."""
        return stamp.lineage == self.lineage() and stamp.head == self._head(stamp.serial) != ""

    def not_archived_here(self, kept: Iterable[str]) -> tuple[str, ...]:
        """The digests of archive files that neither this store put there nor its ledger names.

        Earlier versions wrote no list, so at the first call all files in the archive count as put there.
        """
        found = tuple(kept)
        if not self._database.read("SELECT is_archive_known FROM origin")[0][0]:
            self.archived(found)
            self._database.write("UPDATE origin SET is_archive_known = 1")
        known = self._database.read("SELECT sha256 FROM archived UNION SELECT file_sha256 FROM delivery")
        return tuple(sorted(set(found).difference(str(sha256) for (sha256,) in known)))

    def archived(self, digests: Iterable[str]) -> None:
        """Note files that go into the archive next."""
        with self._database.transaction() as write:
            for sha256 in digests:
                write("INSERT OR IGNORE INTO archived VALUES (?)", (sha256,))

    def _head(self, serial: int) -> str:
        rows = self._database.read(_EVENT, serial)
        return f"h-{sha256_of(json.dumps(tuple(rows[0])).encode())[:16]}" if rows else ""
