"""Browse: lists the courses and learning plans of the LMS, for an admin who looks up serials.

Keeps nothing.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from rkreport.config.schema import LmsSection
from rkreport.core.models import Course, Plan
from rkreport.lms.browse import BatchList, Browser, CoursesOfPlan
from rkreport.lms.loader import together
from rkreport.lms.transport import Meter
from rkreport.run.fetch.fetching import connected_to
from rkreport.run.world import Observer, World

Listed = TypeVar("Listed", Course, Plan)


@dataclass(frozen=True, slots=True)
class ListedCourse:
    """A course and its batches."""

    course: Course
    batches: BatchList


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The matching courses out of `of` in all. `is_whole` is False if the LMS announced more rows than it gave."""

    courses: tuple[ListedCourse, ...]
    of: int
    is_whole: bool


async def log_in_step(section: LmsSection, world: World) -> None:
    """Log in, and ask nothing else.

    Raises:
        LmsError: the LMS cannot be used.
        ConfigError: the credentials are missing.
    """
    async with browser(section, world) as lms:
        await lms.log_in()


async def browse_step(section: LmsSection, world: World, search: str) -> Catalogue:
    """Read the whole list of courses, and the batches of the matching ones; sort them by name.

    Raises:
        LmsError: the LMS cannot be used.
        ConfigError: the credentials are missing.
    """
    async with browser(section, world) as lms:
        everything, is_whole = await lms.courses()
        wanted = sorted(matching(everything, search), key=lambda course: (course.name.casefold(), course.serial))
        listed = await read_batches(lms, wanted, world.observer)
    return Catalogue(
        courses=listed, of=len(everything), is_whole=is_whole and all(one.batches.is_whole for one in listed)
    )


@dataclass(frozen=True, slots=True)
class PlanCatalogue:
    """The matching learning plans out of `of` in all; `is_whole` as for courses."""

    plans: tuple[CoursesOfPlan, ...]
    of: int
    is_whole: bool


async def browse_plans_step(section: LmsSection, world: World, search: str) -> PlanCatalogue:
    """Read the whole list of learning plans, and the courses of the matching ones; sort them by name.

    Errors as `browse_step`.
    """
    async with browser(section, world) as lms:
        everything, is_whole = await lms.plans()
        wanted = sorted(matching(everything, search), key=lambda plan: (plan.name.casefold(), plan.serial))
        advance = world.observer.step("Reading learning plans", "plans")
        async with together() as tasks:
            reading = [tasks.create_task(lms.courses_of(plan)) for plan in wanted]
            for one in reading:
                one.add_done_callback(lambda _: advance(sum(each.done() for each in reading), len(wanted)))
        plans = tuple(task.result() for task in reading)
    return PlanCatalogue(plans, of=len(everything), is_whole=is_whole and all(one.is_whole for one in plans))


async def list_courses(section: LmsSection, world: World) -> tuple[Course, ...]:
    """Read all courses without their batches. Errors as `browse_step`."""
    async with browser(section, world) as lms:
        return (await lms.courses())[0]


async def list_batches(section: LmsSection, world: World, courses: Sequence[Course]) -> tuple[ListedCourse, ...]:
    """Read the batches of these courses. Errors as `browse_step`."""
    async with browser(section, world) as lms:
        return await read_batches(lms, courses, world.observer)


@asynccontextmanager
async def browser(section: LmsSection, world: World, meter: Meter | None = None) -> AsyncIterator[Browser]:
    """Open a reader of the LMS's short lists; all its requests share one gate."""
    async with connected_to(section, world, meter or Meter()) as client:
        yield Browser(client, page_size=section.page_size, max_in_flight=section.max_in_flight)


async def read_batches(lms: Browser, courses: Sequence[Course], observer: Observer) -> tuple[ListedCourse, ...]:
    """Read the batches of these courses, in their order, several at once."""
    advance = observer.step("Reading batches", "courses")
    done = 0

    async def one(course: Course) -> ListedCourse:
        nonlocal done
        found = ListedCourse(course, await lms.batches(course.serial))
        done += 1
        advance(done, len(courses))
        return found

    async with together() as tasks:
        listed = [tasks.create_task(one(course)) for course in courses]
    return tuple(task.result() for task in listed)


def matching(listed: Sequence[Listed], search: str) -> tuple[Listed, ...]:
    """Return the courses or plans whose name or serial holds every word of `search`, ignoring case."""
    words = search.casefold().split()
    return tuple(one for one in listed if all(word in f"{one.name}\n{one.serial}".casefold() for word in words))
