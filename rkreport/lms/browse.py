"""Browsing: reads lists of the LMS (courses, their batches, plans, units, users) whole, without a store.

Knows how pages make a list, and how batches reveal a course's kind. The caller decides what to look for.
"""

from dataclasses import dataclass
from typing import Any, cast

from rkreport.core.models import Batch, Course, CourseKind, Learner, Plan, PlanCourse, Unit
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.errors import LmsError, NotFound, Recovery
from rkreport.lms import wire
from rkreport.lms.client import LmsClient
from rkreport.lms.lists import (
    COURSES,
    PLANS,
    UNITS,
    USERS,
    PageContent,
    batches_of,
    check_users,
    models_of,
    online_of,
    plan_courses_of,
)
from rkreport.lms.loader import ListLoader, NoStore
from rkreport.lms.paging import ListKey, PageRef
from rkreport.lms.parsing import Unreadable
from rkreport.lms.rows import PageRows, rows_of
from rkreport.sentence import Sentence


@dataclass(frozen=True, slots=True)
class BatchList:
    """The batches of a course. `kind` is None if it has none and is not online.

    `trouble` says why the list is unreadable, else `""`.
    """

    batches: tuple[Batch, ...]
    kind: CourseKind | None
    is_whole: bool
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class CoursesOfPlan:
    """A learning plan and its courses with their deadlines. `trouble` says why they are unreadable, else `""`."""

    plan: Plan
    courses: tuple[PlanCourse, ...]
    is_whole: bool
    trouble: str = ""


class Browser:
    """Reads short lists through one client, with at most `max_in_flight` requests at once."""

    def __init__(self, client: LmsClient, *, page_size: int, max_in_flight: int) -> None:
        """Take the client and its limits."""
        self._client = client
        self._loader = ListLoader(
            client, NoStore(), page_size=page_size, max_in_flight=max_in_flight, ends=_ends, needs_rows=True
        )

    async def log_in(self) -> None:
        """Get a token, unless one was given.

        Raises:
            LmsError: the connection fails, or the LMS refuses the login.
        """
        await self._client.log_in()

    async def count_users(self) -> int:
        """Count the users that this account sees."""
        return await self._loader.count(USERS)

    async def users(self) -> tuple[tuple[Learner, ...], bool]:
        """Read all users; also tell whether the list is whole.

        Raises:
            UnfitUserList: no report can be made of them.
        """
        rows, is_whole = await self._read(USERS)
        readable = (row for row in rows if not isinstance(row, Unreadable))
        check_users(len(rows), any_says_active=any(map(wire.says_whether_active, readable)))
        return tuple(cast("list[Learner]", models_of(USERS, rows).models)), is_whole

    async def courses(self) -> tuple[tuple[Course, ...], bool]:
        """Read all courses; also tell whether the list is whole."""
        rows, is_whole = await self._read(COURSES)
        return tuple(cast("list[Course]", models_of(COURSES, rows).models)), is_whole

    async def units(self) -> tuple[Unit, ...] | None:
        """Read the company structure as a flat list; None if the LMS refuses it to this account."""
        rows, _ = await self._read(UNITS)
        return tuple(cast("list[Unit]", models_of(UNITS, rows).models)) or None

    async def batches(self, course: str) -> BatchList:
        """Read the batches of a course; without any, find out whether it is online.

        Raises:
            LmsError: the LMS has become unusable.
        """
        key = batches_of(course)
        try:
            rows, is_whole = await self._read(key)
        except NotFound:
            rows, is_whole = [], True
        except LmsError as error:
            return BatchList((), None, is_whole=False, trouble=_trouble(error))
        if not rows:
            return await self._without_batches(course, is_whole=is_whole)
        kinds = {wire.kind(row) for row in rows if not isinstance(row, Unreadable)}
        kind = CourseKind.WEBINAR if CourseKind.WEBINAR in kinds else next(iter(kinds), None)
        return BatchList(tuple(cast("list[Batch]", models_of(key, rows).models)), kind, is_whole)

    async def plans(self) -> tuple[tuple[Plan, ...], bool]:
        """Read all learning plans; also tell whether the list is whole."""
        rows, is_whole = await self._read(PLANS)
        return tuple(cast("list[Plan]", models_of(PLANS, rows).models)), is_whole

    async def courses_of(self, plan: Plan) -> CoursesOfPlan:
        """Read the courses of a learning plan.

        Raises:
            LmsError: the LMS has become unusable.
        """
        key = plan_courses_of(plan.serial)
        try:
            rows, is_whole = await self._read(key)
        except LmsError as error:
            return CoursesOfPlan(plan, (), is_whole=False, trouble=_trouble(error))
        return CoursesOfPlan(plan, tuple(cast("list[PlanCourse]", models_of(key, rows).models)), is_whole)

    async def trouble_with(self, *keys: ListKey) -> str:
        """Read the first of these lists that exists, and say why a fetch would not get it whole; else `""`."""
        what = "online users" if keys[0].kind is ListKind.ONLINE else keys[0].kind.replace("_", " ")
        for key in keys:
            try:
                _, is_whole = await self._read(key)
            except NotFound:
                continue
            except LmsError as error:
                return error.sentence
            return (
                ""
                if is_whole
                else Sentence("the LMS does not give all {what} that it says it has; try again later", what=what)
            )
        return Sentence("the LMS says that it has no {what} there; ask Ruangkerja", what=what)

    async def _without_batches(self, course: str, *, is_whole: bool) -> BatchList:
        try:
            await self._loader.count(online_of(course))
        except NotFound:
            return BatchList((), None, is_whole)
        except LmsError as error:
            return BatchList((), None, is_whole=False, trouble=_trouble(error))
        return BatchList((), CourseKind.ONLINE, is_whole)

    async def _read(self, key: ListKey) -> tuple[list[Any], bool]:
        """Read the rows of a list; also tell whether they are as many as the LMS announced."""
        pages: dict[PageRef, PageRows] = {}

        def take(ref: PageRef, content: PageContent) -> None:
            pages[ref] = PageRows(ref, content.read, content.rows)

        reading = (await self._loader.load(key, take, verify=False)).reading()
        rows = rows_of([pages[ref] for ref in sorted(pages)], reading.proof, has_repeats=reading.has_repeats)
        return rows, reading.verdict is not Verdict.INCOMPLETE


def _trouble(error: LmsError) -> str:
    """Return the words of an error that costs one list; raise any other."""
    if error.recovery is not Recovery.SKIP:
        raise error
    return error.sentence


def _ends(_key: ListKey, ref: PageRef, error: LmsError) -> bool:
    """True if the error ends the reading. An admin waits for the answer, so only a later page may stay unread."""
    return error.recovery is not Recovery.SKIP or ref.page == 1
