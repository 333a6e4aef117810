"""The fetch engine: reads all lists of a plan, several pages at once. Knows in which order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from rkreport.core.models import CourseKind, PlanSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, ListReading, Reason, Verdict
from rkreport.errors import LmsError, NotFound, Recovery
from rkreport.lms import wire
from rkreport.lms.client import LmsClient
from rkreport.lms.discovery import Discovery, is_unknown
from rkreport.lms.lists import (
    COURSES,
    PLANS,
    UNITS,
    USERS,
    PageContent,
    assignments_of,
    batches_of,
    check_users,
    completions_in,
    online_of,
    plan_courses_of,
    plan_users_of,
)
from rkreport.lms.loader import ListLoader, PageStore, is_not_given, together
from rkreport.lms.paging import CLOSING_PASS, ListKey, PageRef

Step = Callable[[str, str], Callable[[int, int], None]]
"""Begins a step with a name and a unit; the returned function takes the done and known pages of all steps."""

_FEW_MONTHS = 3  # of completions; where more fail, asking again takes long and brings nothing


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What to read, rows per page, requests at once, and whether to prove the lists.

    `plans` are the learning plans whose courses and users are read; `completion_dates`: also read User Course Status.
    """

    courses: tuple[CoursePolicy, ...]
    page_size: int
    max_in_flight: int
    verify: bool = True
    plans: tuple[PlanSerial, ...] = ()
    completion_dates: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What a fetch would read: the number of users, and the rows of the other long lists, None where unknown.

    `requests` are what a fetch needs beside them, the login included.
    """

    users: int
    rows: Mapping[ListKey, int | None]
    requests: int


Known = Mapping[tuple[ListKind, str, str], ListReading]
"""Earlier readings by kind, course and batch."""


class FetchEngine:
    """Reads the lists of one plan. Serves one run."""

    def __init__(self, plan: FetchPlan, client: LmsClient, store: PageStore, step: Step) -> None:
        """Take the plan, the client, the store, and the progress callback."""
        self._plan = plan
        self._step = step
        self._client = client
        self._loader = ListLoader(
            client, store, page_size=plan.page_size, max_in_flight=plan.max_in_flight, ends=self._ends
        )
        self._readings: dict[ListKey, ListReading] = {}
        self._found = Discovery(plan.courses, plan.plans)
        self._says_active = False
        self._uneven = {UNITS.name}  # names of lists; whether a unit is readable shows only when units become models

    @property
    def uneven(self) -> frozenset[str]:
        """The names of the lists that may have unreadable rows."""
        return frozenset(self._uneven)

    async def run(self) -> tuple[ListReading, ...]:
        """Read everything; the users' list comes first, then the others by kind and name.

        Raises:
            LmsError: the LMS is unusable: no connection, login refused, or only failures.
            UnfitUserList: the list of users cannot make a report.
            ConfigError: the LMS has no such course, batch or learning plan.
            StoreError: a page could not be stored.
        """
        lists = await self._read_short_lists()
        self._loader.page_read = self._step("Reading users and assignments", "pages")
        await self._read(USERS, *lists)
        if self._readings[USERS].verdict is not Verdict.INCOMPLETE:
            check_users(self._readings[USERS].rows_received, any_says_active=self._says_active)
        await self._look_again()
        await self._read_completions(self._months(lists))
        order = list(ListKind)
        return tuple(
            self._readings[key]
            for key in sorted(self._readings, key=lambda key: (order.index(key.kind), key.course, key.batch))
        )

    async def survey(self, known: Known) -> Survey:
        """Read the short lists, and one page of the users and of each long list that is not `known`.

        Errors as `run`.
        """
        lists = await self._read_short_lists()
        months = self._months(lists)
        requests = self._client.meter.requests - len(self._found.online)  # a fetch keeps the pages that show them
        users = await self._loader.count(USERS)
        async with together() as tasks:
            counts = {key: tasks.create_task(self._rows_of(key, known)) for key in lists}
            dates = tasks.create_task(self._are_given(completions_in(months[0]), known)) if months else None
        closing = len(self._batch_lists()) + (len(months) if dates and dates.result() else len(months[:1]))
        return Survey(users, {key: task.result() for key, task in counts.items()}, requests + closing)

    async def _rows_of(self, key: ListKey, known: Known) -> int | None:
        """Return the rows of a list; None if they stay unknown."""
        if reading := known.get((key.kind, key.course, key.batch)):
            return reading.rows_received
        try:
            return await self._loader.count(key)
        except LmsError as error:
            if error.recovery is Recovery.ABORT:
                raise
            other = self._other_kind(key) if isinstance(error, NotFound) else None
            return await self._rows_of(other, known) if other else None

    async def _are_given(self, key: ListKey, known: Known) -> bool:
        """Tell whether the LMS gives this account such a list."""
        if reading := known.get((key.kind, key.course, key.batch)):
            return reading.verdict is not Verdict.ABSENT
        try:
            await self._loader.count(key)
        except LmsError as error:
            if error.recovery is Recovery.ABORT and not is_not_given(error):
                raise
            return not is_not_given(error)
        return True

    async def _read_short_lists(self) -> tuple[ListKey, ...]:
        """Read the short lists, and return the long lists to read apart from the users.

        The short lists come first: they show whether the LMS is usable and has what the config names, before an hour is
        spent on the long lists.
        """
        self._loader.page_read = self._step("Reading courses and batches", "pages")
        found, plans = self._found, self._plan.plans
        with_batches = [policy for policy in found.configured if policy.kind is not CourseKind.ONLINE]
        of_plans = (PLANS, *map(plan_courses_of, plans)) if plans else ()
        await self._read(COURSES, *of_plans, *(batches_of(policy.serial) for policy in with_batches), UNITS)
        if plans:
            found.check_plans(self._readings)
            await self._read(*(batches_of(policy.serial) for policy in found.from_plans))
        await self._look_for_online(list(found.may_be_online(self._readings)))
        found.check_courses(self._readings)
        online = (online_of(course) for course in sorted(found.online))
        return (*found.assignment_lists(self._readings), *online, *map(plan_users_of, plans))

    async def _look_for_online(self, courses: Iterable[str]) -> None:
        """Find out which of the courses are online. A course that is online lacks no batches."""

        async def look(course: str) -> None:
            if not await self._loader.has(online_of(course)):
                return
            self._found.online.add(course)
            batches = self._readings.get(batches_of(course))
            if batches and is_unknown(batches):
                del self._readings[batches_of(course)]

        async with together() as tasks:
            for course in courses:
                tasks.create_task(look(course))

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
        self._found.note(key, content)
        if content.has_unreadable:
            self._uneven.add(key.name)
        if key == USERS:
            self._says_active = self._says_active or content.says_active

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
            for key in self._batch_lists():
                tasks.create_task(self._compare_batches(key))

    def _batch_lists(self) -> list[ListKey]:
        return [key for key in self._readings if key.kind is ListKind.BATCHES]

    async def _compare_batches(self, key: ListKey) -> None:
        reader = await self._loader.load(key, lambda _ref, _content: None, verify=False, first_pass=CLOSING_PASS)
        now = {str(one) for one in reader.identities() if wire.is_readable(one)}
        come_and_gone = now.symmetric_difference(self._found.batches_of(key.course))
        if come_and_gone and reader.reading().verdict is not Verdict.INCOMPLETE:
            reason = Reason("moving", {"difference": len(come_and_gone)})
            self._readings[key] = replace(self._readings[key], verdict=Verdict.MOVING, reason=reason)

    def _months(self, lists: Iterable[ListKey]) -> list[str]:
        """Return the months whose completions can date an assignment, the newest first."""
        return self._found.months(lists, self._client.utc_now()) if self._plan.completion_dates else []

    async def _read_completions(self, months: list[str]) -> None:
        """Read the completions of the newest month, and if the LMS gives them, of the others."""
        if not months:
            return
        self._loader.page_read = self._step("Reading completion dates", "pages")
        newest, *others = map(completions_in, months)
        await self._read_months(newest)
        reading = self._readings[newest]
        if reading.verdict is Verdict.ABSENT:
            self._readings |= {key: replace(reading, batch=key.batch) for key in others}
        else:
            await self._read_months(*others)

    async def _read_months(self, *keys: ListKey) -> None:
        """Read completions; once more those that failed, if they are few: a passing trouble may be over by then."""
        await self._read(*keys)
        troubled = [key for key in keys if key in self._loader.troubled]
        if len(troubled) <= _FEW_MONTHS:
            await self._read(*troubled)

    def _other_kind(self, key: ListKey) -> ListKey | None:
        """Return the list to try if the guessed kind of a batch was wrong; None if it was tried or not guessed."""
        if key.kind is not ListKind.ASSIGNMENTS or self._found.policy_of(key.course).kind:
            return None
        guessed = self._found.guessed_kind(key.course, key.batch)
        other = CourseKind.OFFLINE if guessed is CourseKind.WEBINAR else CourseKind.WEBINAR
        return assignments_of(key.course, key.batch, other) if key.variant == guessed else None
