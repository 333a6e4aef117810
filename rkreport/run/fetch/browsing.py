"""Browse: lists the courses of the LMS with their batches, for an admin who looks up serials."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rkreport.config.schema import LmsSection
from rkreport.core.models import Course
from rkreport.lms.browse import BatchList, Browser
from rkreport.lms.loader import together
from rkreport.lms.transport import Meter
from rkreport.run.fetch.fetching import connected_to
from rkreport.run.world import Observer, World


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


def matching(courses: Sequence[Course], search: str) -> tuple[Course, ...]:
    """Return the courses whose name or serial holds every word of `search`, ignoring case."""
    words = search.casefold().split()
    return tuple(
        course for course in courses if all(word in f"{course.name}\n{course.serial}".casefold() for word in words)
    )
