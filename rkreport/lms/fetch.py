"""The engine: reads all lists of a plan at once, page by page, through one client into one store of pages.

Knows which list leads to which. `max_in_flight` workers take pages from one queue. A page counts as read when the
store has it; what the store holds from before is not asked for again.
"""

import asyncio
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from rkreport.core.models import BatchSerial, CourseKind, CoursePolicy, ListKind, ListReading, Reason, Verdict
from rkreport.errors import ConfigError, LmsError, NotFound, Recovery, Unreachable
from rkreport.lms import wire
from rkreport.lms.client import Answer, LmsClient
from rkreport.lms.lists import (
    COURSES,
    UNITS,
    USERS,
    PageContent,
    assignments_of,
    batches_of,
    check_users,
    content_of,
    counted,
    is_not_given,
    path_of,
    query_of,
    says_whether_active,
    stored_content,
)
from rkreport.lms.paging import CLOSING_PASS, ListKey, ListReader, PageRef


class PageStore(Protocol):
    """Where pages are kept, by the list's name, the pass and the page. Kept for good once `commit` returns."""

    def stored(self, name: str, pass_number: int, page: int) -> bytes | None:
        """The body that was committed for this page, if any."""

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a body.

        Raises:
            StoreError: it could not be kept.
        """


class FetchProgress(Protocol):
    """Who wants to know how far the fetch is."""

    def begin(self, name: str) -> None:
        """A stretch of reading begins; the counts go on."""

    def page_read(self, done: int, known: int) -> None:
        """`done` of `known` pages are read; `known` grows while lists are discovered."""


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What to read, how many rows at a time, how many requests at once, and whether to prove what was read."""

    courses: tuple[CoursePolicy, ...]
    page_size: int
    max_in_flight: int
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Survey:
    """What a fetch would read: how many users, and which batches by course and batch serial."""

    users: int
    batches: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Job:
    reader: ListReader
    ref: PageRef


class FetchEngine:
    """Reads the lists of one plan. Made for one run."""

    def __init__(self, plan: FetchPlan, client: LmsClient, store: PageStore, progress: FetchProgress) -> None:
        """Take what to read, from where, into what, and whom to tell."""
        self._plan = plan
        self._client = client
        self._store = store
        self._progress = progress
        self._queue: asyncio.Queue[_Job] = asyncio.Queue()
        self._readings: dict[ListKey, ListReading] = {}
        self._closing: dict[ListKey, ListReader] = {}  # batch lists, read again at the end
        self._course_serials: set[str] = set()
        self._platforms: dict[str, dict[str, str]] = {policy.serial: {} for policy in plan.courses}
        self._says_active = False
        self._has_read = False
        self._failures_in_a_row = 0
        self._done = 0
        self._known = 0

    async def run(self) -> tuple[ListReading, ...]:
        """Read everything; the users' list comes first, then the others by kind and name.

        Raises:
            LmsError: the LMS cannot be used: no connection, login refused, nothing but failures.
            UnfitUsers: no report can be made of the list of users.
            ConfigError: the LMS has no such course or batch, or the course has no batches by its nature.
            StoreError: a page could not be kept.
        """
        chosen = await self._read_short_lists()
        self._progress.begin("Reading users and assignments")
        self._open(USERS)
        for policy, batch in chosen:
            kind = policy.kind or self._guessed_kind(policy, batch)
            self._open(assignments_of(policy.serial, batch, kind))
        await self._drain()
        if self._readings[USERS].verdict is not Verdict.INCOMPLETE:
            check_users(self._readings[USERS].rows_received, any_says_active=self._says_active)
        await self._look_again()
        order = list(ListKind)
        return tuple(
            self._readings[key]
            for key in sorted(self._readings, key=lambda key: (order.index(key.kind), key.course, key.batch))
        )

    async def survey(self) -> Survey:
        """Read the course and batch lists and one page of users, and say what there is. Errors as `run`."""
        chosen = await self._read_short_lists()
        users = counted((await self._get(USERS, PageRef(0, 1), self._plan.page_size)).content)
        return Survey(users, tuple((policy.serial, batch) for policy, batch in chosen))

    async def _read_short_lists(self) -> list[tuple[CoursePolicy, BatchSerial]]:
        """The batches to read.

        These lists come first: they tell whether the LMS can be used and whether the config names what it has, before
        an hour is spent on the long ones.
        """
        self._progress.begin("Reading courses and batches")
        self._open(COURSES)
        for policy in self._plan.courses:
            self._open(batches_of(policy.serial))
        self._open(UNITS)
        await self._drain()
        return [(policy, batch) for policy in self._plan.courses for batch in self._chosen_batches(policy)]

    async def _look_again(self) -> None:
        """See whether batches came or went meanwhile: then what was read is of no single moment."""
        self._progress.begin("Looking for batches that came or went")
        before = {course: set(found) for course, found in self._platforms.items()}
        for policy in self._plan.courses:
            key = batches_of(policy.serial)
            reader = ListReader(key, self._plan.page_size, verify=False, first_pass=CLOSING_PASS)
            self._closing[key] = reader
            self._advance(reader)
        await self._drain()
        for key, reader in self._closing.items():
            come_and_gone = {str(one) for one in reader.identities() if wire.is_readable(one)} ^ before[key.course]
            if come_and_gone and reader.reading().verdict is not Verdict.INCOMPLETE:
                reason = Reason("moving", {"difference": len(come_and_gone)})
                self._readings[key] = replace(self._readings[key], verdict=Verdict.MOVING, reason=reason)

    # ---- the queue

    async def _drain(self) -> None:
        """Work until the queue is empty and nothing is on its way."""
        workers = [asyncio.create_task(self._worker()) for _ in range(self._plan.max_in_flight)]
        drained = asyncio.create_task(self._queue.join())
        try:
            finished, _ = await asyncio.wait((drained, *workers), return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                task.result()  # a worker ends only by an error that ends the fetch
        finally:
            for task in (drained, *workers):
                task.cancel()
            await asyncio.gather(drained, *workers, return_exceptions=True)

    async def _worker(self) -> None:
        while True:
            job = await self._queue.get()
            await self._work(job)
            self._queue.task_done()

    async def _work(self, job: _Job) -> None:
        """Read one page, keep it, and queue what its list wants next."""
        key, answered_before = job.reader.key, self._client.meter.answered
        try:
            answer = await self._get(key, job.ref, job.reader.page_size(job.ref))
        except LmsError as error:
            self._failed(job, error, answered_before)
        else:
            self._failures_in_a_row = 0
            await self._store.commit(key.name, job.ref.pass_number, job.ref.page, answer.body)
            self._received(job.reader, job.ref, answer.content)
            self._advance(job.reader)

    async def _get(self, key: ListKey, ref: PageRef, page_size: int) -> Answer[PageContent]:
        query, what = query_of(key, ref.page, page_size), f"{key}, page {ref.page}"
        return await self._client.get(path_of(key), query, partial(content_of, key, ref.page), what)

    def _open(self, key: ListKey) -> None:
        self._advance(ListReader(key, self._plan.page_size, verify=self._plan.verify))

    def _advance(self, reader: ListReader) -> None:
        """Queue the pages a list wants, except those that the store has."""
        while refs := reader.wanted():
            self._known += len(refs)
            for ref in refs:
                body = self._store.stored(reader.key.name, ref.pass_number, ref.page)
                if body is None:
                    self._queue.put_nowait(_Job(reader, ref))
                else:
                    self._received(reader, ref, stored_content(reader.key, ref.page, body))
        if reader.is_done and self._closing.get(reader.key) is not reader:
            self._readings[reader.key] = reader.reading()  # the reader itself holds every row's id, and may go
        self._progress.page_read(self._done, self._known)

    def _received(self, reader: ListReader, ref: PageRef, content: PageContent) -> None:
        self._has_read = True
        match reader.key.kind:
            case ListKind.COURSES:
                self._course_serials.update(row["serial"] for row in content.readable)
            case ListKind.BATCHES:
                found = {row["serial"]: row.get("platform", "") for row in content.readable}
                self._platforms[reader.key.course].update(found)
            case ListKind.USERS:
                self._says_active = self._says_active or any(map(says_whether_active, content.readable))
        self._done += 1
        reader.received(ref, content.read)

    def _failed(self, job: _Job, error: LmsError, answered_before: int) -> None:
        """Note that a page stays unread, or end the fetch when it is not the page but the LMS that fails."""
        if job.reader.key == UNITS and is_not_given(error):
            self._readings[UNITS] = _absent(error)
            self._done += 1
            return
        self._failures_in_a_row += 1
        is_gone = isinstance(error, Unreachable) and self._client.meter.answered == answered_before
        is_first = job.reader.key == COURSES and not self._has_read
        is_hopeless = is_first or self._failures_in_a_row > 2 * self._plan.max_in_flight
        is_missing = isinstance(error, NotFound)
        if error.recovery is Recovery.ABORT or is_gone or (is_hopeless and not is_missing):
            raise error
        other = self._other_kind(job.reader.key) if is_missing and job.ref.page == 1 else None
        if other:
            self._open(other)
            return
        reason = Reason("page_unreadable", {"page": job.ref.page, "error": str(error)})
        job.reader.failed(job.ref, Reason("not_found") if is_missing else reason)
        self._done += 1
        self._advance(job.reader)

    # ---- which list leads to which

    def _chosen_batches(self, policy: CoursePolicy) -> list[BatchSerial]:
        """The batches to read of a course: those the config lists, else all the LMS lists.

        Raises:
            ConfigError: the config names a course or batch that the LMS does not have.
        """
        known = self._platforms[policy.serial]
        verdict = self._readings[batches_of(policy.serial)].verdict
        where = f"courses: {policy.serial}"
        if not known and self._readings[COURSES].verdict is not Verdict.INCOMPLETE:
            if policy.serial not in self._course_serials:
                hint = _did_you_mean(policy.serial, self._course_serials)
                raise ConfigError(
                    f"{where}: the LMS has no course with this serial{hint} rkreport courses lists its courses; correct"
                    " the serial, or delete the block, as that of the sample."
                )
            if verdict is Verdict.INCOMPLETE:
                raise ConfigError(f"{where}: the LMS has no batches of it; only webinar and offline courses have any.")
        if policy.batches is None:
            return [BatchSerial(serial) for serial in known]
        missing = [serial for serial in policy.batches if serial not in known]
        if missing and verdict is not Verdict.INCOMPLETE:
            raise ConfigError(f"{where}: batches: the LMS has no batch {missing[0]}{_did_you_mean(missing[0], known)}")
        return list(policy.batches)

    def _guessed_kind(self, policy: CoursePolicy, batch: str) -> CourseKind:
        """An offline batch has no conferencing platform."""
        return CourseKind.WEBINAR if self._platforms[policy.serial].get(batch, "webinar") else CourseKind.OFFLINE

    def _other_kind(self, key: ListKey) -> ListKey | None:
        """The other list to try when the guessed kind of a batch was wrong; None when it was tried or not guessed."""
        policy = next((policy for policy in self._plan.courses if policy.serial == key.course), None)
        if key.kind is not ListKind.ASSIGNMENTS or policy is None or policy.kind:
            return None
        guessed = self._guessed_kind(policy, key.batch)
        other = next(kind for kind in CourseKind if kind is not guessed)
        return assignments_of(key.course, key.batch, other) if key.variant == guessed else None


def _absent(error: LmsError) -> ListReading:
    """The company structure of an account that may not read it: the report does without."""
    status = "404" if isinstance(error, NotFound) else "403"
    return ListReading(ListKind.UNITS, "", "", Verdict.ABSENT, 0, 0, 0, 0, Reason("absent", {"status": status}))


def _did_you_mean(serial: str, known: Mapping[str, str] | set[str]) -> str:
    close = difflib.get_close_matches(serial, sorted(known), n=1, cutoff=0.7)
    return f'; did you mean "{close[0]}"?' if close else "."
