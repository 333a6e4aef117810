"""Reads lists whole: requests the pages that each list wants next, through one client, into one page store.

Must not know a list's contents, nor which list leads to which. A page counts as read once the store has it; pages
from an earlier run are not requested again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from rkreport.core.snapshot import Reason
from rkreport.errors import (
    Forbidden,
    LmsError,
    LoginRefused,
    MalformedReply,
    NotFound,
    Recovery,
    ServerTrouble,
    Unreachable,
)
from rkreport.lms.client import Answer, LmsClient
from rkreport.lms.lists import LISTS, PageContent, content_of, page_of, page_size_of, path_of, query_of, stored_content
from rkreport.lms.paging import LONGEST_LIST_ROWS, ListKey, ListReader, PageRef
from rkreport.sentence import Sentence


class PageStore(Protocol):
    """Stores pages by list name, pass and page; a page is permanent once `commit` returns."""

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:
        """Tell whether this page is committed."""

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """Return the body of a page; None if it is not committed.

        Raises:
            StoreError: it is damaged.
        """

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Store a body.

        Raises:
            StoreError: the body could not be stored.
        """


class NoStore:
    """A store that keeps nothing, for pages that are only looked at."""

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:  # noqa: ARG002 - the protocol's
        """Return False."""
        return False

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """Return None."""

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Discard the body."""


Take = Callable[[PageRef, PageContent], None]
"""Receives each page of a list, in any order."""

Ends = Callable[[ListKey, PageRef, LmsError], bool]
"""Returns True if an error ends the reading of a list, because more than this page fails."""


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Run tasks as a group: the first error cancels the others and is raised itself, not in an ExceptionGroup."""
    first: Exception | None = None
    try:
        async with asyncio.TaskGroup() as tasks:
            yield tasks
    except ExceptionGroup as errors:
        first = errors.exceptions[0]
    if first:
        raise first


@dataclass(frozen=True, slots=True)
class _Job:
    """A list that is being read; `tasks` are its requests in flight."""

    reader: ListReader
    take: Take
    tasks: asyncio.TaskGroup


class ListLoader:
    """Reads any number of lists at once, with at most `max_in_flight` requests. Serves one run."""

    def __init__(
        self,
        client: LmsClient,
        store: PageStore,
        *,
        page_size: int,
        max_in_flight: int,
        ends: Ends,
        needs_rows: bool = False,
    ) -> None:
        """Take the client, the store, the limits, and the rule when to end.

        Long lists come without their rows, in less time, unless `needs_rows`.
        """
        self._client = client
        self._store = store
        self._page_size = page_size
        self._turns = asyncio.Semaphore(max_in_flight)
        self._ends = ends
        self._at_once = _not_at_once if needs_rows else page_of
        self.page_read: Callable[[int, int], None] = lambda _done, _known: None  # receives done and known pages
        self._done = 0
        self._known = 0
        self.has_read = False  # True after the first page
        self.troubled: set[ListKey] = set()  # lists that the report can do without, and that another try may bring
        self.failures_in_a_row = 0

    async def count(self, key: ListKey) -> int:
        """Count a list's rows from its first page only, which is not stored.

        Raises:
            LmsError: the page is unreadable, or announces more rows than any company has.
        """
        async with self._turns:
            content = (await self._get(key, 1, self._page_size)).content
        total = len(content.read.identities) if content.read.total is None else content.read.total
        if total > LONGEST_LIST_ROWS:
            raise MalformedReply(
                "The LMS announces {total:,} rows, more than any company has; ask Ruangkerja.", total=total
            )
        return total

    async def has(self, key: ListKey) -> bool:
        """Tell whether a list exists, by its first page, which is stored. True if it may: `load` will say more.

        Raises:
            LmsError: the LMS has become unusable.
            StoreError: the page could not be stored.
        """
        if self._store.is_stored(key.name, 0, 1):
            return True
        async with self._turns:
            try:
                answer = await self._get(key, 1, self._page_size)
            except NotFound:
                return False
            except LmsError as error:
                if error.recovery is Recovery.ABORT:
                    raise
                return True
            self.failures_in_a_row = 0
            await self._store.commit(key.name, 0, 1, answer.body)
        return True

    async def load(self, key: ListKey, take: Take, *, verify: bool, first_pass: int = 0) -> ListReader:
        """Read a list to its end; return its reader, which has the verdict.

        Raises:
            LmsError: the LMS has become unusable, or `ends` returned True.
            StoreError: a page could not be stored.
        """
        page_size = page_size_of(key, self._page_size)
        reader = ListReader(key, page_size, verify=verify, first_pass=first_pass)
        async with together() as tasks:
            self._advance(_Job(reader, take, tasks))
        return reader

    def _advance(self, job: _Job) -> None:
        """Request the pages that a list wants, except those in the store."""
        key = job.reader.key
        if refs := job.reader.wanted():
            self._known += len(refs)
            for ref in refs:
                is_stored = self._store.is_stored(key.name, ref.pass_number, ref.page)
                job.tasks.create_task(self._read_again(job, ref) if is_stored else self._read(job, ref))
        self.page_read(self._done, self._known)

    async def _read_again(self, job: _Job, ref: PageRef) -> None:
        """Take a page from the store, and request what its list wants next."""
        key = job.reader.key
        async with self._turns:
            body = await self._store.read(key.name, ref.pass_number, ref.page) or b""
            self._received(job, ref, self._at_once(key, body) or stored_content(key, ref.page, body))
        self._advance(job)

    async def _read(self, job: _Job, ref: PageRef) -> None:
        """Read one page, store it, and request what its list wants next."""
        key = job.reader.key
        async with self._turns:
            answered_before = self._client.meter.answered
            try:
                answer = await self._get(key, ref.page, job.reader.page_size(ref))
                if LISTS[key.kind].looks_twice and not answer.content.has_list:
                    answer = await self._get(key, ref.page, job.reader.page_size(ref))
            except LmsError as error:
                is_gone = isinstance(error, Unreachable) and self._client.meter.answered == answered_before
                self._failed(job, ref, error, is_gone=is_gone)
            else:
                self.failures_in_a_row = 0
                await self._store.commit(key.name, ref.pass_number, ref.page, answer.body)
                self._received(job, ref, answer.content)
        self._advance(job)

    async def _get(self, key: ListKey, page: int, page_size: int) -> Answer[PageContent]:
        query = query_of(key, page, page_size, self._client.utc_now())
        what, is_urgent = Sentence("{key}, page {page}", key=key, page=page), not LISTS[key.kind].may_fail
        return await self._client.get(
            path_of(key),
            query,
            partial(content_of, key, page),
            what,
            is_urgent=is_urgent,
            at_once=partial(self._at_once, key),
        )

    def _received(self, job: _Job, ref: PageRef, content: PageContent) -> None:
        self.has_read = True
        self._done += 1
        job.take(ref, content)
        job.reader.received(ref, content.read)

    def _failed(self, job: _Job, ref: PageRef, error: LmsError, *, is_gone: bool) -> None:
        """Note an unreadable page, or end the reading."""
        key, is_missing = job.reader.key, isinstance(error, NotFound)
        definition, status = LISTS[key.kind], "404" if isinstance(error, NotFound) else "403"
        self._done += 1
        if definition.may_fail:
            is_refused = is_not_given(error)
            values = {"status": status} if is_refused else {"error": str(error)}
            job.reader.refused(Reason("dates_refused" if is_refused else "dates_unreadable", values))
            if isinstance(error, Unreachable | ServerTrouble):
                self.troubled.add(key)
            return
        if definition.may_be_refused and is_not_given(error):
            job.reader.refused(Reason("absent", {"status": status}))
            return
        self.failures_in_a_row += not is_missing  # a 404 is an answer, as of an online course without batches
        if error.recovery is Recovery.ABORT or is_gone or self._ends(key, ref, error):
            raise error
        unread = Reason("page_unreadable", {"page": ref.page, "error": str(error)})
        job.reader.failed(ref, Reason("not_found") if is_missing else unread)


def _not_at_once(_key: ListKey, _body: bytes) -> PageContent | None:
    """Leave a page to the reader that keeps its rows."""


def is_not_given(error: LmsError) -> bool:
    """True if the LMS refuses this account one list only: 404, or 403 even with a fresh token."""
    return isinstance(error, NotFound | Forbidden) or (isinstance(error, LoginRefused) and error.is_forbidden)
