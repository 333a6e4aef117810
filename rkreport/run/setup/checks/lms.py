"""Checks the LMS: whether it answers, whom this account sees, whether it has what the config lists.

Reads only short lists. Each part that fails is a separate check, and the other parts still run.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rkreport.config.config_writer import SAMPLE_SERIALS
from rkreport.config.inspection import Inspection
from rkreport.config.schema import CourseSection, LmsSection
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import Course, CourseKind, Plan, PlanSerial
from rkreport.core.routing import RuleKind
from rkreport.core.words import counted
from rkreport.errors import ConfigError, LmsError
from rkreport.lms.browse import BatchList, Browser
from rkreport.lms.transport import Meter
from rkreport.run.fetch.browsing import browser, read_batches
from rkreport.run.setup.checks.lists import MOST_USERS, check_rows
from rkreport.run.setup.checks.value import Check, failed, failed_by, passed, skipped, warning
from rkreport.run.world import Observer, World

_MANAGERS = "managers"
_TRIES = 2  # per request: the admin waits for the answer


@dataclass(frozen=True, slots=True)
class LmsChecks:
    """The checks, the number of learners (None: unknown), and the LMS's clock."""

    checks: tuple[Check, ...]
    learners: int | None = None
    server_time: str = ""


async def check_lms(inspection: Inspection, world: World) -> LmsChecks:
    """Log in and check; mark as skipped what cannot be checked."""
    section = inspection.lms
    if section is None:
        return LmsChecks((skipped("LMS login", "not tried, because [lms] cannot be used"),))
    section = section.model_copy(update={"max_attempts": min(section.max_attempts, _TRIES)})
    meter = Meter()
    try:
        async with browser(section, world, meter) as lms:
            checks, learners = await _logged_in(lms, section, inspection, world.observer)
            if learners is not None:
                checks += await check_rows(lms, inspection, learners, world)
    except ConfigError:
        return LmsChecks((skipped("LMS login", "not tried, because there are no credentials"),))
    return LmsChecks(tuple(checks), learners, meter.server_time)


async def _logged_in(
    lms: Browser, section: LmsSection, inspection: Inspection, observer: Observer
) -> tuple[list[Check], int | None]:
    name, host = "LMS login", urlsplit(section.base_url).netloc
    observer.say(f"Asking {host}.")
    try:
        await lms.log_in()
        courses, is_whole = await lms.courses()
    except LmsError as error:
        return [failed_by(name, error), skipped("Courses", "not looked at, because the LMS cannot be used")], None
    checks = [passed(name, f"{host} answers and takes the login")]
    learners = await _learners(lms, checks)
    if not is_whole:
        checks.append(warning("Courses", "the LMS does not give all courses that it says it has", "try again later"))
    checks += await _courses(lms, courses, inspection, observer)
    checks += await _plans(lms, inspection)
    checks += await _units(lms, inspection, has_rows=learners is not None and learners <= MOST_USERS)
    return checks, learners


async def _learners(lms: Browser, checks: list[Check]) -> int | None:
    name = "Users"
    try:
        learners = await lms.count_users()
    except LmsError as error:
        checks.append(failed_by(name, error))
        return None
    if learners:
        checks.append(passed(name, f"{learners:,} visible"))
    else:
        checks.append(
            failed(name, "this account sees none; ask Ruangkerja for the right to read users", LmsError.exit_code)
        )
    return learners


async def _courses(lms: Browser, known: Sequence[Course], inspection: Inspection, observer: Observer) -> list[Check]:
    by_serial: dict[str, Course] = {course.serial: course for course in known}
    serials = [section.serial for section in inspection.courses]
    checks = [_unknown_course(serial, by_serial) for serial in serials if serial not in by_serial]
    wanted = [section for section in inspection.courses if section.serial in by_serial]
    try:
        listed = await read_batches(lms, [by_serial[section.serial] for section in wanted], observer)
    except LmsError as error:
        return [*checks, failed_by("Courses", error)]
    for section, one in zip(wanted, listed, strict=True):
        checks += _course(section, one.course, one.batches)
    return checks


def _unknown_course(serial: str, known: Mapping[str, Course]) -> Check:
    name = f"Course {visible(serial)}"
    if serial in SAMPLE_SERIALS:
        return failed(name, "is only a sample; say rkreport courses, and put your own into the config")
    meant = [own for own, course in known.items() if serial.casefold() in {own.casefold(), course.name.casefold()}]
    hint = f'; did you mean "{visible(meant[0])}"?' if meant else _hint(serial, known, "rkreport courses lists them")
    return failed(name, f"the LMS has no course with this serial{hint}")


def _course(section: CourseSection, course: Course, found: BatchList) -> Iterator[Check]:
    name = f"Course {visible(section.serial)}"
    if found.trouble:
        yield failed(name, found.trouble, LmsError.exit_code)
        return
    if found.kind is None:
        yield failed(name, "the LMS has neither batches nor online users of it; look in the LMS whether it is in use")
        return
    serials = [batch.serial for batch in found.batches]
    missing = [serial for serial in section.batches or () if serial not in serials]
    for serial in missing:
        yield failed(name, f"the LMS has no batch {visible(serial)}{_hint(serial, serials, 'correct it')}")
    if section.kind and section.kind is not found.kind:
        yield warning(
            name,
            f"the config says {section.kind}, in the LMS it looks like {found.kind}",
            "leave kind out, it is found out",
        )
    if not missing and found.kind is CourseKind.ONLINE:
        yield passed(name, f"{visible(course.name)}: {found.kind}")
    elif not missing:
        count = len(section.batches or serials)
        yield passed(name, f"{visible(course.name)}: {found.kind}, {counted(count, 'batch', 'batches')}")


async def _plans(lms: Browser, inspection: Inspection) -> list[Check]:
    """Check the learning plans of the config."""
    if not inspection.plans:
        return []
    try:
        plans, _ = await lms.plans()
        by_serial = {plan.serial: plan for plan in plans}
        return [await _plan(lms, section.serial, by_serial) for section in inspection.plans]
    except LmsError as error:
        return [failed_by("Learning plans", error)]


async def _plan(lms: Browser, serial: str, known: Mapping[PlanSerial, Plan]) -> Check:
    name = f"Learning plan {visible(serial)}"
    plan = known.get(PlanSerial(serial))
    if plan is None:
        otherwise = "rkreport courses --plans lists them"
        return failed(name, f"the LMS has no learning plan with this serial{_hint(serial, known, otherwise)}")
    found = await lms.courses_of(plan)
    if found.trouble:
        return failed(name, found.trouble, LmsError.exit_code)
    count = len(found.courses)
    if not count:
        return warning(name, f"{visible(plan.name)}: it has no courses", "look in the LMS whether it is in use")
    return passed(name, f"{visible(plan.name)}: {counted(count, 'course')}")


async def _units(lms: Browser, inspection: Inspection, *, has_rows: bool) -> list[Check]:
    """Check the units that managers and audiences name; with `has_rows`, `check_rows` names the managers' rows."""
    name = "Units"
    rules = inspection.routing.rules if inspection.routing else ()
    named = {rule.value: _MANAGERS for rule in rules if rule.kind is RuleKind.ORGANIZATION}
    for section in inspection.courses:
        audience = section.audience.organizations if section.audience else ()
        named |= dict.fromkeys(audience, f"the audience of {visible(section.serial)}")
    if not named:
        return []
    try:
        units = await lms.units()
    except LmsError as error:
        return [failed_by(name, error)]
    if units is None:
        return [
            warning(
                name,
                "the LMS does not give this account the company structure, so a rule for a unit holds for the people"
                " directly in it, not for units below it",
                "name those units too, or ask Ruangkerja for the right to read the structure",
            )
        ]
    known = {unit.serial.casefold() for unit in units} | {unit.name.strip().casefold() for unit in units}
    unknown = {unit: where for unit, where in named.items() if unit.strip().casefold() not in known}
    names = {unit.name for unit in units} | {unit.serial for unit in units}
    checks = [
        warning(name, f'{where}: the company structure has no unit "{visible(unit)}"', _suggested(unit, names))
        for unit, where in unknown.items()
        if not (has_rows and where == _MANAGERS)
    ]
    return checks if unknown else [passed(name, f"all {len(named):,} that the config names exist")]


def _suggested(text: str, known: Collection[str]) -> str:
    return _hint(text, known, "correct it").removeprefix("; ")


def _hint(text: str, known: Collection[str], otherwise: str) -> str:
    close = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.7)
    return f'; did you mean "{visible(close[0])}"?' if close else f"; {otherwise}"
