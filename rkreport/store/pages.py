"""The pages of a fetch that is going on. A page is kept as the bytes that came. Knows nothing of what they mean."""

import asyncio
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from rkreport.core.snapshot import LARGEST_PAGE_BYTES
from rkreport.errors import StoreError
from rkreport.files import sha256_of
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.page_cipher import NotOpened, Place, opened, sealed

deflate: Any
try:
    from isal import isal_zlib as deflate  # the same format in a fraction of the time
except ImportError:
    deflate = zlib

_LONGEST_GATHERING_SECONDS = 0.015
_INSERT = "INSERT INTO page (snapshot_id, list, pass, number, fetched_at, sha256, body) VALUES (?, ?, ?, ?, ?, ?, ?)"


class _Waiting(NamedTuple):
    """A page that is not yet on the disk, and who waits for that."""

    name: str
    pass_number: int
    page: int
    fetched_at: str
    body: bytes
    done: asyncio.Future[None]


class SnapshotPages:
    """The pages of one unfinished snapshot, as the fetch reads and writes them.

    Pages that come while the disk is busy are written together, as one transaction: all of them count, or none.
    """

    def __init__(
        self, database: Database, snapshot_id: str, utc_now: Callable[[], datetime], *, together: int = 1
    ) -> None:
        """Take the store, the snapshot and a clock.

        A page waits a moment for others, until so many are `together`: each visit to the disk has its price.
        """
        self._database = database
        self._together = together
        self._are_enough = asyncio.Event()
        self._snapshot_id = snapshot_id
        self._now = utc_now
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        sql = "SELECT list, pass, number FROM page WHERE snapshot_id = ?"
        self._present = {tuple(row) for row in database.read(sql, snapshot_id)}

    def __len__(self) -> int:
        """How many pages are kept."""
        return len(self._present)

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:
        """Whether a page is kept."""
        return (name, pass_number, page) in self._present

    def stored(self, name: str, pass_number: int, page: int) -> bytes | None:
        """The body kept for a page, if any; waits for the disk.

        Raises:
            StoreError: it is not what was stored.
        """
        if not self.is_stored(name, pass_number, page):
            return None
        sql = "SELECT body, sha256 FROM page WHERE snapshot_id = ? AND list = ? AND pass = ? AND number = ?"
        ((packed, digest),) = self._database.read(sql, self._snapshot_id, name, pass_number, page)
        place = Place(self._snapshot_id, name, pass_number, page)
        return unpacked(packed, digest, place, self._database)

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """As `stored`, while other requests go on."""
        return await asyncio.to_thread(self.stored, name, pass_number, page)

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a body for good; an already kept page is never overwritten. It is on the disk when this returns.

        Raises:
            StoreError: it could not be written; the pages before are safe.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(name, pass_number, page, self._now().isoformat(), body, done))
        if len(self._waiting) >= self._together:
            self._are_enough.set()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        await done

    async def _write_waiting(self) -> None:
        """Write all waiting pages, group by group. A thread waits for the disk, which must not hold up requests."""
        while self._waiting:
            self._are_enough.clear()
            if len(self._waiting) < self._together:
                alarm = asyncio.get_running_loop().call_later(_LONGEST_GATHERING_SECONDS, self._are_enough.set)
                await self._are_enough.wait()
                alarm.cancel()
            group, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._write, group)
            except StoreError as error:
                for each in group:
                    if not each.done.done():
                        each.done.set_exception(error)
            else:
                for each in group:
                    self._present.add((each.name, each.pass_number, each.page))
                    if not each.done.done():
                        each.done.set_result(None)

    def _write(self, group: Sequence[_Waiting]) -> None:
        rows = [
            (
                self._snapshot_id,
                each.name,
                each.pass_number,
                each.page,
                each.fetched_at,
                sha256_of(each.body),
                self._kept(each),
            )
            for each in group
        ]
        with self._database.transaction() as write:
            for row in rows:
                write(_INSERT, row)

    def _kept(self, page: _Waiting) -> bytes:
        place = Place(self._snapshot_id, page.name, page.pass_number, page.page)
        return sealed(deflate.compress(page.body, 1), place, self._database.cipher)


def unpacked(kept: object, digest: str, place: Place, database: Database) -> bytes:
    """Return the body of a page that is kept in a place of a store.

    Raises:
        ConfigError: it is encrypted, and the store has no key.
        StoreError: it is not what was stored there.
    """
    where = Sentence("{name} in {path}", name=place.name, path=database.path)
    try:
        body = inflated(opened(kept, place, database.cipher, where), LARGEST_PAGE_BYTES)
    except NotOpened:
        body = None
    if body is None or sha256_of(body) != digest:
        raise damaged_page(where)
    return body


def inflated(packed: object, most: int) -> bytes | None:
    """Decompress a body; None if it is none, or longer than `most` bytes."""
    if not isinstance(packed, bytes):
        return None
    inflating = zlib.decompressobj()
    try:
        body = inflating.decompress(packed, most + 1)
    except zlib.error:
        return None
    return body if inflating.eof and not inflating.unused_data and len(body) <= most else None


def damaged_page(where: str) -> StoreError:
    """The error of a page that is not what was stored in its place; `where` names it."""
    return StoreError("A page of {where} is damaged; fetch again, or restore the file from a backup.", where=where)
