"""Snapshots, with their pages as the bytes that came, so that a mistake in reading them can be repaired later.

Knows nothing of what the bytes mean. A snapshot that is finished is never changed.
"""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from rkreport.core.snapshot import ListKind, ListReading, Reason, Traffic, Verdict
from rkreport.errors import DataError
from rkreport.files import sha256_of
from rkreport.sentence import Sentence
from rkreport.store.database import Database, intact
from rkreport.store.page_cipher import Place
from rkreport.store.pages import unpacked

OLDEST_RESUMABLE = timedelta(hours=24)  # a report that mixes two days would be wrong unnoticed

_READING = frozenset(each.name for each in fields(ListReading))


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """What is known of a snapshot beside its pages; `finished_at` None: it can be continued."""

    snapshot_id: str
    plan: str
    host: str
    started_at: datetime
    finished_at: datetime | None
    traffic: Traffic
    fetch_seconds: float
    lists: tuple[ListReading, ...]

    @property
    def is_complete(self) -> bool:
        """True when it is finished and no list is incomplete."""
        return self.finished_at is not None and all(one.verdict is not Verdict.INCOMPLETE for one in self.lists)


class Snapshots:
    """All snapshots of a store."""

    def __init__(self, database: Database, utc_now: Callable[[], datetime]) -> None:
        """Take the store and a clock."""
        self._database = database
        self._now = utc_now

    def resumable(self, plan: str) -> SnapshotRow | None:
        """The unfinished snapshot of the same plan, unless it is too old."""
        since = (self._now() - OLDEST_RESUMABLE).isoformat()
        rows = self._rows("WHERE finished_at IS NULL AND plan = ? AND started_at > ? ORDER BY id DESC", plan, since)
        return rows[0] if rows else None

    def begin(self, plan: str, host: str) -> SnapshotRow:
        """Start a new snapshot, named after the moment."""
        now = self._now()
        stem = now.strftime("%Y%m%d-%H%M%S")
        taken = {row[0] for row in self._database.read("SELECT id FROM snapshot WHERE id LIKE ? || '%'", stem)}
        names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
        snapshot_id = next(name for name in names if name not in taken)
        self._database.write(
            "INSERT INTO snapshot (id, plan, host, started_at) VALUES (?, ?, ?, ?)",
            snapshot_id,
            plan,
            host,
            now.isoformat(),
        )
        return SnapshotRow(snapshot_id, plan, host, now, None, Traffic(0, 0), 0.0, ())

    def discard_unfinished(self) -> None:
        """Delete what can no longer be continued."""
        self._database.write("DELETE FROM snapshot WHERE finished_at IS NULL")

    def account(self, snapshot_id: str, traffic: Traffic, seconds: float) -> None:
        """Add the cost of one stretch of fetching."""
        self._database.write(
            "UPDATE snapshot SET requests = requests + ?, retries = retries + ?, seconds = seconds + ? WHERE id = ?",
            traffic.requests,
            traffic.retries,
            seconds,
            snapshot_id,
        )

    def finish(self, snapshot_id: str, lists: tuple[ListReading, ...]) -> None:
        """Close a snapshot for good."""
        self._database.write(
            "UPDATE snapshot SET finished_at = ?, lists = ? WHERE id = ? AND finished_at IS NULL",
            self._now().isoformat(),
            json.dumps([asdict(reading) for reading in lists]),
            snapshot_id,
        )

    def all_finished(self) -> list[SnapshotRow]:
        """The finished snapshots, oldest first."""
        return self._rows("WHERE finished_at IS NOT NULL ORDER BY finished_at")

    def finished(self, snapshot_id: str | None) -> SnapshotRow:
        """The finished snapshot of this id, or the newest.

        Raises:
            DataError: there is none.
        """
        if snapshot_id is None:
            rows = self._rows("WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1")
            if not rows:
                raise DataError("There is no finished snapshot yet; say rkreport run first.")
            return rows[0]
        rows = self._rows("WHERE id = ?", snapshot_id)
        if not rows:
            raise DataError(
                "There is no snapshot {snapshot_id} in {path}; rkreport history lists them.",
                snapshot_id=snapshot_id,
                path=self._database.path,
            )
        if rows[0].finished_at is None:
            raise DataError(
                "The snapshot {snapshot_id} is not finished; run rkreport fetch to continue it.",
                snapshot_id=snapshot_id,
            )
        return rows[0]

    def list_names(self, snapshot_id: str) -> tuple[str, ...]:
        """The names of the lists of which a snapshot has pages."""
        found = self._database.read("SELECT DISTINCT list FROM page WHERE snapshot_id = ?", snapshot_id)
        return tuple(str(row[0]) for row in found)

    def digest(self, snapshot_id: str) -> str:
        """One digest for all pages of a snapshot, as they were received."""
        sql = "SELECT list, pass, number, sha256 FROM page WHERE snapshot_id = ? ORDER BY list, pass, number"
        pages = [tuple(row) for row in self._database.read(sql, snapshot_id)]
        return sha256_of(json.dumps(pages).encode())

    def pages(self, snapshot_id: str, names: Collection[str] | None = None) -> Iterator[tuple[str, int, int, bytes]]:
        """(List name, pass, page, body) of all pages, or of the lists with these names, in that order.

        Raises:
            StoreError: a page is not what was stored.
        """
        columns = "SELECT list, pass, number, body, sha256 FROM page WHERE snapshot_id = ?"
        chosen = "" if names is None else " AND list IN (SELECT value FROM json_each(?))"
        values = () if names is None else (json.dumps(sorted(names)),)
        sql = f"{columns}{chosen} ORDER BY list, pass, number"
        for name, pass_number, page, packed, digest in self._database.stream(sql, snapshot_id, *values):
            place = Place(snapshot_id, str(name), int(pass_number), int(page))
            yield place.name, place.pass_number, place.page, unpacked(packed, str(digest), place, self._database)

    def _rows(self, condition: str, *values: object) -> list[SnapshotRow]:
        columns = "id, plan, host, started_at, finished_at, requests, retries, seconds, lists"
        sql = f"SELECT {columns} FROM snapshot {condition}"  # noqa: S608 - the conditions stand above
        found = self._database.read(sql, *values)
        damage = Sentence("A snapshot in {path} is damaged; fetch again, or restore the file from a backup.")
        with intact(self._database.path, damage):
            return [_row(tuple(row)) for row in found]


def _row(columns: tuple[Any, ...]) -> SnapshotRow:
    snapshot_id, plan, host, started, finished, requests, retries, seconds, lists = columns
    return SnapshotRow(
        snapshot_id,
        plan,
        host,
        datetime.fromisoformat(started),
        datetime.fromisoformat(finished) if finished else None,
        Traffic(requests, retries),
        seconds,
        tuple(_reading(entry) for entry in json.loads(lists or "[]")),
    )


def _reading(entry: dict[str, Any]) -> ListReading:
    """A reading as any version kept it: missing fields get their defaults, unknown fields are left out."""
    reason = entry["reason"]
    return ListReading(
        **{name: value for name, value in entry.items() if name in _READING}
        | {
            "kind": ListKind(entry["kind"]),
            "verdict": Verdict(entry["verdict"]),
            "reason": Reason(**reason) if reason else None,
            "proof": tuple(entry["proof"]) if entry.get("proof") else None,
        }
    )
