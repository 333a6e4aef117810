"""Deletes old data, and keeps a record of each deletion. Knows the store's tables, no files and no rule."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from rkreport.core.mail.delivery import Delivery
from rkreport.store.database import Database, intact


class Expiry:
    """The deletions of a store."""

    def __init__(self, database: Database, utc_now: Callable[[], datetime]) -> None:
        """Take the store and a clock."""
        self._database = database
        self._now = utc_now

    def old_snapshots(self, before: datetime) -> tuple[str, ...]:
        """The snapshots that finished, or began and never finished, before a moment; not the newest finished one."""
        rows = self._database.read("SELECT id, started_at, finished_at FROM snapshot ORDER BY id")
        finished = [(ended, snapshot_id) for snapshot_id, _, ended in rows if ended]
        newest = max(finished)[1] if finished else ""
        with intact(self._database.path):
            return tuple(
                str(snapshot_id)
                for snapshot_id, started, ended in rows
                if snapshot_id != newest and datetime.fromisoformat(ended or started) < before
            )

    def begin(self, months: int, what: Mapping[str, object]) -> int:
        """Record what will be deleted, before the deletion begins; returns the record's number."""
        sql = "INSERT INTO purge (at, older_than_months, what) VALUES (?, ?, ?)"
        with self._database.transaction() as write:
            write(sql, (self._now().isoformat(), months, json.dumps(what)))
        return int(self._database.read("SELECT max(number) FROM purge")[0][0])

    def forget(self, snapshots: Iterable[str], deliveries: Iterable[Delivery]) -> None:
        """Delete snapshots with their pages, and the addresses of ledger rows: all or nothing.

        When this returns, no file of the store holds the deleted data.
        """
        with self._database.transaction() as write:
            for snapshot_id in snapshots:
                write("DELETE FROM snapshot WHERE id = ?", (snapshot_id,))  # its pages go with it
            for row in deliveries:
                write(
                    "UPDATE delivery SET recipient = '', cc = '[]', approved_by = ''"
                    " WHERE period = ? AND revision = ? AND manager_id = ? AND again = ?",
                    (row.period, row.revision, row.manager_id, row.again),
                )
        self._database.fold_side_file()

    def finish(self, number: int, what: Mapping[str, object]) -> None:
        """Record what was actually deleted."""
        self._database.write("UPDATE purge SET what = ? WHERE number = ?", json.dumps(what), number)
