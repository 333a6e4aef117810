"""The seals: the digest of every file of an edition as it was built, kept apart from the files.

Knows names and digests; must not open a file.
"""

from collections.abc import Iterable, Mapping

from rkreport.store.database import Database


class Seals:
    """The seals of a store: SHA-256 by path in the edition's folder."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def of(self, period: str, revision: int) -> dict[str, str]:
        """The seal of one edition; empty if it was not built from this store."""
        sql = "SELECT path, sha256 FROM seal WHERE period = ? AND revision = ? ORDER BY path"
        return {str(path): str(sha256) for path, sha256 in self._database.read(sql, period, revision)}

    def replace(self, period: str, revision: int, digests: Mapping[str, str]) -> None:
        """Seal an edition anew, in place of an earlier build of it."""
        with self._database.transaction() as write:
            write("DELETE FROM seal WHERE period = ? AND revision = ?", (period, revision))
            for path, sha256 in digests.items():
                write("INSERT INTO seal VALUES (?, ?, ?, ?)", (period, revision, path, sha256))

    def add(self, period: str, revision: int, digests: Mapping[str, str]) -> None:
        """Seal some files of an edition that were written again; the others stay as they are sealed."""
        with self._database.transaction() as write:
            for path, sha256 in digests.items():
                write("REPLACE INTO seal VALUES (?, ?, ?, ?)", (period, revision, path, sha256))

    def forget(self, editions: Iterable[tuple[str, int]]) -> None:
        """Delete the seals of editions that are gone, each by period and revision: their paths hold manager ids."""
        with self._database.transaction() as write:
            for edition in editions:
                write("DELETE FROM seal WHERE period = ? AND revision = ?", edition)
