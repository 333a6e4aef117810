"""Looking around: the short lists of the LMS (courses, their batches, units) read whole, without a store.

Knows how pages make a list and how a course's kind shows in its batches. What is looked for is the caller's.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from rkreport.core.models import Batch, Course, CourseKind, Reason, Unit, Verdict
from rkreport.errors import LmsError, NotFound, Recovery
from rkreport.lms.client import LmsClient
from rkreport.lms.lists import (
    COURSES,
    UNITS,
    USERS,
    PageContent,
    batches_of,
    content_of,
    counted,
    is_not_given,
    models_of,
    path_of,
    query_of,
)
from rkreport.lms.paging import ListKey, ListReader, PageRef
from rkreport.lms.rows import PageRows, rows_of


@dataclass(frozen=True, slots=True)
class Found:
    """A list: the rows as the LMS sent them, and whether they are all that it says there are."""

    rows: tuple[Any, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class BatchList:
    """The batches of a course. `kind` None: there are none; `trouble`: why the list cannot be read, else `""`."""

    batches: tuple[Batch, ...]
    kind: CourseKind | None
    is_whole: bool
    trouble: str = ""


class Browser:
    """Reads short lists through one client, so many requests at once."""

    def __init__(self, client: LmsClient, *, page_size: int, max_in_flight: int) -> None:
        """Take the client, and how it may be used."""
        self._client = client
        self._page_size = page_size
        self._turns = asyncio.Semaphore(max_in_flight)

    async def log_in(self) -> None:
        """Get a token, unless one was given.

        Raises:
            LmsError: there is no connection, or the login is refused.
        """
        await self._client.log_in()

    async def count_users(self) -> int:
        """How many users this account sees."""
        return counted(await self._page(USERS, 1, self._page_size))

    async def courses(self) -> tuple[tuple[Course, ...], bool]:
        """All courses, and whether the list was read whole."""
        found = await self._read(COURSES)
        return tuple(cast("list[Course]", models_of(COURSES, found.rows).models)), found.is_whole

    async def units(self) -> tuple[Unit, ...] | None:
        """The company structure, flattened; None when the LMS does not give it to this account."""
        try:
            page = await self._page(UNITS, 1, 0)
        except LmsError as error:
            if not is_not_given(error):
                raise
            return None
        return tuple(cast("list[Unit]", models_of(UNITS, page.rows).models)) or None

    async def batches(self, course: str) -> BatchList:
        """The batches of a course. That it has none is no error: an online course never has any.

        Raises:
            LmsError: the LMS cannot be used any more.
        """
        key = batches_of(course)
        try:
            found = await self._read(key)
        except NotFound:
            return BatchList((), None, is_whole=True)
        except LmsError as error:
            if error.recovery is not Recovery.SKIP:
                raise
            return BatchList((), None, is_whole=False, trouble=str(error))
        # An offline batch has no conferencing platform.
        platforms = {bool(row.get("platform")) for row in found.rows if isinstance(row, Mapping)}
        kind = (CourseKind.WEBINAR if True in platforms else CourseKind.OFFLINE) if platforms else None
        return BatchList(tuple(cast("list[Batch]", models_of(key, found.rows).models)), kind, found.is_whole)

    async def _read(self, key: ListKey) -> Found:
        """A list from its first page to its last; again, where rows moved meanwhile."""
        reader = ListReader(key, self._page_size, verify=False)
        pages: dict[PageRef, PageRows] = {}
        while not reader.is_done:
            refs = reader.wanted()
            asked = (self._page(key, ref.page, reader.page_size(ref)) for ref in refs)
            answers = await asyncio.gather(*asked, return_exceptions=True)
            for ref, answer in zip(refs, answers, strict=True):
                if isinstance(answer, LmsError) and answer.recovery is Recovery.SKIP and ref.page > 1:
                    reader.failed(ref, Reason("page_unreadable", {"page": ref.page, "error": str(answer)}))
                    continue
                if isinstance(answer, BaseException):
                    raise answer
                pages[ref] = PageRows(ref, answer.read, answer.rows)
                reader.received(ref, answer.read)
        reading = reader.reading()
        rows = rows_of([pages[ref] for ref in sorted(pages)], reading.proof, has_repeats=reading.has_repeats)
        return Found(tuple(rows), reading.verdict is not Verdict.INCOMPLETE)

    async def _page(self, key: ListKey, page: int, page_size: int) -> PageContent:
        async with self._turns:
            answer = await self._client.get(
                path_of(key), query_of(key, page, page_size), partial(content_of, key, page), f"{key}, page {page}"
            )
        return answer.content
