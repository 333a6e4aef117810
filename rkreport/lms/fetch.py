"""The fetch engine: reads all lists of a plan, several pages at once. Knows which list leads to which."""

import difflib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial

from rkreport.core.models import BatchSerial, CourseKind
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, ListReading, Reason, Verdict
from rkreport.errors import ConfigError, LmsError, NotFound
from rkreport.lms import wire
from rkreport.lms.client import LmsClient
from rkreport.lms.lists import COURSES, UNITS, USERS, PageContent, assignments_of, batches_of, check_users
from rkreport.lms.loader import ListLoader, PageStore, together
from rkreport.lms.paging import CLOSING_PASS, ListKey, PageRef

Step = Callable[[str, str], Callable[[int, int], None]]
"""Begins a step with a name and a unit; the returned function takes the done and known pages of all steps."""


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What to read, rows per page, requests at once, and whether to prove the lists."""

    courses: tuple[CoursePolicy, ...]
    page_size: int
    max_in_flight: int
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Survey:
    """What a fetch would read: the number of users, and the other lists."""

    users: int
    lists: tuple[ListKey, ...]


class FetchEngine:
    """Reads the lists of one plan. Serves one run."""

    def __init__(self, plan: FetchPlan, client: LmsClient, store: PageStore, step: Step) -> None:
        """Take the plan, the client, the store, and the progress callback."""
        self._plan = plan
        self._step = step
        self._loader = ListLoader(
            client, store, page_size=plan.page_size, max_in_flight=plan.max_in_flight, ends=self._ends
        )
        self._readings: dict[ListKey, ListReading] = {}
        self._course_serials: set[str] = set()
        self._batch_kinds: dict[str, dict[str, CourseKind]] = {policy.serial: {} for policy in plan.courses}
        self._says_active = False

    async def run(self) -> tuple[ListReading, ...]:
        """Read everything; the users' list comes first, then the others by kind and name.

        Raises:
            LmsError: the LMS is unusable: no connection, login refused, or only failures.
            UnfitUsers: the list of users cannot make a report.
            ConfigError: the LMS has no such course or batch, or the kind of course never has batches.
            StoreError: a page could not be stored.
        """
        lists = await self._read_short_lists()
        self._loader.page_read = self._step("Reading users and assignments", "pages")
        await self._read(USERS, *lists)
        if self._readings[USERS].verdict is not Verdict.INCOMPLETE:
            check_users(self._readings[USERS].rows_received, any_says_active=self._says_active)
        await self._look_again()
        order = list(ListKind)
        return tuple(
            self._readings[key]
            for key in sorted(self._readings, key=lambda key: (order.index(key.kind), key.course, key.batch))
        )

    async def survey(self) -> Survey:
        """Read the course and batch lists and one page of users, and return what exists. Errors as `run`."""
        lists = await self._read_short_lists()
        return Survey(await self._loader.count(USERS), lists)

    async def _read_short_lists(self) -> tuple[ListKey, ...]:
        """Read the short lists, and return the long lists to read apart from the users.

        The short lists come first: they show whether the LMS is usable and has what the config names, before an hour is
        spent on the long lists.
        """
        self._loader.page_read = self._step("Reading courses and batches", "pages")
        await self._read(COURSES, *(batches_of(policy.serial) for policy in self._plan.courses), UNITS)
        return tuple(
            assignments_of(policy.serial, batch, policy.kind or self._guessed_kind(policy.serial, batch))
            for policy in self._plan.courses
            for batch in self._chosen_batches(policy)
        )

    async def _read(self, *keys: ListKey) -> None:
        async with together() as tasks:
            for key in keys:
                tasks.create_task(self._read_list(key))

    async def _read_list(self, key: ListKey) -> None:
        """Read a list, or the list of the other kind if this one does not exist."""
        try:
            reader = await self._loader.load(key, partial(self._note, key), verify=self._plan.verify)
        except NotFound:
            other = self._other_kind(key)
            if other is None:
                raise
            await self._read_list(other)
        else:
            self._readings[key] = reader.reading()  # free the reader, which holds every row's id

    def _note(self, key: ListKey, _ref: PageRef, content: PageContent) -> None:
        """Remember what later decides which lists to read, and whether the users can make a report."""
        match key.kind:
            case ListKind.COURSES:
                self._course_serials.update(row["serial"] for row in content.readable)
            case ListKind.BATCHES:
                self._batch_kinds[key.course].update((row["serial"], wire.kind(row)) for row in content.readable)
            case ListKind.USERS:
                self._says_active = self._says_active or any(map(wire.says_whether_active, content.readable))

    def _ends(self, key: ListKey, ref: PageRef, error: LmsError) -> bool:
        """True if the whole LMS fails and not only this page, or if the list may be of the other kind."""
        if isinstance(error, NotFound):
            return ref.page == 1 and self._other_kind(key) is not None
        is_first = key == COURSES and not self._loader.has_read
        return is_first or self._loader.failures_in_a_row > 2 * self._plan.max_in_flight

    async def _look_again(self) -> None:
        """Check whether batches appeared or vanished meanwhile: then the data are not from one moment."""
        self._loader.page_read = self._step("Looking for batches that came or went", "pages")
        async with together() as tasks:
            for policy in self._plan.courses:
                tasks.create_task(self._compare_batches(policy.serial))

    async def _compare_batches(self, course: str) -> None:
        key = batches_of(course)
        reader = await self._loader.load(key, lambda _ref, _content: None, verify=False, first_pass=CLOSING_PASS)
        now = {str(one) for one in reader.identities() if wire.is_readable(one)}
        come_and_gone = now ^ self._batch_kinds[course].keys()
        if come_and_gone and reader.reading().verdict is not Verdict.INCOMPLETE:
            reason = Reason("moving", {"difference": len(come_and_gone)})
            self._readings[key] = replace(self._readings[key], verdict=Verdict.MOVING, reason=reason)

    # ---- which list leads to which

    def _chosen_batches(self, policy: CoursePolicy) -> list[BatchSerial]:
        """Return a course's batches to read: those in the config, else all in the LMS.

        Raises:
            ConfigError: the config names a course or batch that the LMS does not have.
        """
        known = self._batch_kinds[policy.serial]
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

    def _guessed_kind(self, course: str, batch: str) -> CourseKind:
        return self._batch_kinds[course].get(batch, CourseKind.WEBINAR)

    def _other_kind(self, key: ListKey) -> ListKey | None:
        """Return the list to try if the guessed kind of a batch was wrong; None if it was tried or not guessed."""
        policy = next((policy for policy in self._plan.courses if policy.serial == key.course), None)
        if key.kind is not ListKind.ASSIGNMENTS or policy is None or policy.kind:
            return None
        guessed = self._guessed_kind(key.course, key.batch)
        other = next(kind for kind in CourseKind if kind is not guessed)
        return assignments_of(key.course, key.batch, other) if key.variant == guessed else None


def _did_you_mean(serial: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(serial, sorted(known), n=1, cutoff=0.7)
    return f'; did you mean "{close[0]}"?' if close else "."
