"""Checks the LMS: whether it answers, whom this account sees, whether it has what the config lists.

Reads only short lists. Each part that fails is a separate check, and the other parts still run.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from rkreport.config.config_writer import SAMPLE_SERIALS
from rkreport.config.inspection import Inspection
from rkreport.config.schema import CourseSection, LmsSection
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import Course, CourseKind, CourseSerial, Plan, PlanSerial
from rkreport.core.routing import RuleKind
from rkreport.core.words import counted
from rkreport.errors import EXIT_DATA, ConfigError, LmsError
from rkreport.lms.browse import BatchList, Browser
from rkreport.lms.lists import assignments_of, online_of, plan_users_of
from rkreport.lms.paging import ListKey
from rkreport.lms.transport import Meter
from rkreport.run.fetch.browsing import browser, read_batches
from rkreport.run.setup.checks.lists import MOST_USERS, check_rows
from rkreport.run.setup.checks.value import (
    Check,
    LmsChecks,
    failed,
    failed_by,
    failed_reading,
    passed,
    skipped,
    warning,
)
from rkreport.run.world import Observer, World
from rkreport.sentence import Sentence, joined

_MANAGERS = "managers"
_TRIES = 2  # per request: the admin waits for the answer


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
            if learners:
                checks += await check_rows(lms, inspection, learners, world)
    except ConfigError:
        return LmsChecks((skipped("LMS login", "not tried, because there are no credentials"),))
    return LmsChecks(tuple(checks), learners, meter.server_time)


async def _logged_in(
    lms: Browser, section: LmsSection, inspection: Inspection, observer: Observer
) -> tuple[list[Check], int | None]:
    name, host = "LMS login", urlsplit(section.base_url).netloc
    observer.say(Sentence("Asking {host}.", host=host))
    unseen = skipped("Courses", "not looked at, because the LMS cannot be used")
    try:
        await lms.log_in()
    except LmsError as error:
        return [failed_by(name, error), unseen], None
    try:
        courses, is_whole = await lms.courses()
    except LmsError as error:
        return [failed_reading(name, error), unseen], None
    checks = [passed(name, Sentence("{host} answers and takes the login", host=host))]
    learners = await _learners(lms, checks)
    if not is_whole:
        checks.append(warning("Courses", "the LMS does not give all courses that it says it has", "try again later"))
    checks += await _courses(lms, courses, inspection, observer)
    checks += await _plans(lms, inspection, courses)
    checks += await _units(lms, inspection, has_rows=learners is not None and learners <= MOST_USERS)
    return checks, learners


async def _learners(lms: Browser, checks: list[Check]) -> int | None:
    name = "Users"
    try:
        learners = await lms.count_users()
    except LmsError as error:
        checks.append(failed_reading(name, error))
        return None
    if learners:
        checks.append(passed(name, Sentence("{learners:,} visible", learners=learners)))
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
        return [*checks, failed_reading("Courses", error)]
    for section, one in zip(wanted, listed, strict=True):
        checks += await _course(lms, section, one.course, one.batches)
    return checks


def _unknown_course(serial: str, known: Mapping[str, Course]) -> Check:
    name = Sentence("Course {serial}", serial=visible(serial))
    if serial in SAMPLE_SERIALS:
        return failed(name, "is only a sample; say rkreport courses, and put your own into the config")
    meant = [own for own, course in known.items() if serial.casefold() in {own.casefold(), course.name.casefold()}]
    hint = (
        Sentence('; did you mean "{meant}"?', meant=visible(meant[0]))
        if meant
        else _hint(serial, known, "rkreport courses lists them")
    )
    return failed(name, Sentence("the LMS has no course with this serial{hint}", hint=hint))


async def _course(lms: Browser, section: CourseSection, course: Course, found: BatchList) -> list[Check]:
    """Check one course; what a fetch reads of it is tried on its newest batch."""
    name = Sentence("Course {serial}", serial=visible(section.serial))
    if found.trouble:
        return [failed(name, found.trouble, EXIT_DATA)]
    if not found.is_whole:
        return [failed(name, "the LMS does not give all batches that it says it has; try again later", EXIT_DATA)]
    if found.kind is None:
        return [failed(name, "the LMS has neither batches nor online users of it; look there whether it is in use")]
    trouble = await lms.trouble_with(*_tried(section, found))
    if trouble:
        hint = (
            ""
            if section.kind in {None, found.kind}
            else Sentence('; or leave out kind = "{kind}" in the config', kind=section.kind)
        )
        return [failed(name, Sentence("{trouble}{hint}", trouble=trouble.removesuffix("."), hint=hint), EXIT_DATA)]
    return list(_batches(name, section, course, found))


def _tried(section: CourseSection, found: BatchList) -> list[ListKey]:
    """The list to read: a fetch tries the other kind of batch only where the config names none."""
    kind = section.kind or found.kind
    if kind is CourseKind.ONLINE or not found.batches:
        return [online_of(section.serial)]
    chosen = [one for one in found.batches if one.serial in (section.batches or {one.serial})] or found.batches
    newest = max(chosen, key=lambda one: (one.session_start is not None, str(one.session_start), one.serial))
    kinds = [kind] if section.kind else [kind, *({CourseKind.WEBINAR, CourseKind.OFFLINE} - {kind})]
    return [assignments_of(section.serial, newest.serial, one) for one in kinds if one]


def _batches(name: str, section: CourseSection, course: Course, found: BatchList) -> Iterator[Check]:
    serials = [batch.serial for batch in found.batches]
    missing = [serial for serial in section.batches or () if serial not in serials]
    for serial in missing:
        yield failed(
            name,
            Sentence(
                "the LMS has no batch {serial}{hint}",
                serial=visible(serial),
                hint=_hint(serial, serials, Sentence("correct it")),
            ),
        )
    if section.kind and section.kind is not found.kind:
        yield warning(
            name,
            Sentence("the config says {kind}, in the LMS it looks like {kind_2}", kind=section.kind, kind_2=found.kind),
            "leave kind out, it is found out",
        )
    if not missing and found.kind is CourseKind.ONLINE:
        yield passed(name, Sentence("{name}: {kind}", name=visible(course.name), kind=found.kind))
    elif not missing:
        count = len(section.batches or serials)
        yield passed(
            name,
            Sentence(
                "{name}: {kind}, {batches}",
                name=visible(course.name),
                kind=found.kind,
                batches=counted(count, "batch", "batches"),
            ),
        )


async def _plans(lms: Browser, inspection: Inspection, courses: Sequence[Course]) -> list[Check]:
    """Check the learning plans of the config."""
    if not inspection.plans:
        return []
    try:
        plans, _ = await lms.plans()
        by_serial = {plan.serial: plan for plan in plans}
        known = {course.serial for course in courses}
        return [await _plan(lms, section.serial, by_serial, known) for section in inspection.plans]
    except LmsError as error:
        return [failed_reading("Learning plans", error)]


async def _plan(
    lms: Browser, serial: str, known: Mapping[PlanSerial, Plan], courses: Collection[CourseSerial]
) -> Check:
    name = Sentence("Learning plan {serial}", serial=visible(serial))
    plan = known.get(PlanSerial(serial))
    if plan is None:
        otherwise = "rkreport courses --plans lists them"
        return failed(
            name, Sentence("the LMS has no learning plan with this serial{hint}", hint=_hint(serial, known, otherwise))
        )
    found = await lms.courses_of(plan)
    trouble = found.trouble or await lms.trouble_with(plan_users_of(plan.serial))
    if trouble:
        return failed(name, trouble, EXIT_DATA)
    for one in found.courses:
        if one.course.serial not in courses and (await lms.batches(one.course.serial)).kind is None:
            unknown = visible(one.course.serial)
            return failed(
                name,
                Sentence("the LMS does not know its course {unknown}; correct the plan in the LMS", unknown=unknown),
                EXIT_DATA,
            )
    count = len(found.courses)
    if not count:
        return warning(
            name, Sentence("{name}: it has no courses", name=visible(plan.name)), "look in the LMS whether it is in use"
        )
    return passed(name, Sentence("{name}: {courses}", name=visible(plan.name), courses=counted(count, "course")))


async def _units(lms: Browser, inspection: Inspection, *, has_rows: bool) -> list[Check]:
    """Check the units that managers and audiences name; with `has_rows`, `check_rows` names what is wrong."""
    name = "Units"
    rules = inspection.routing.rules if inspection.routing else ()
    named = {rule.value: _MANAGERS for rule in rules if rule.kind is RuleKind.ORGANIZATION}
    for section in inspection.courses:
        audience = section.audience.organizations if section.audience else ()
        named |= dict.fromkeys(audience, Sentence("the audience of {serial}", serial=visible(section.serial)))
    if not named:
        return []
    try:
        units = await lms.units()
    except LmsError as error:
        return [failed_reading(name, error)]
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
        warning(
            name,
            Sentence('{where}: the company structure has no unit "{unit}"', where=where, unit=visible(unit)),
            _suggested(unit, names),
        )
        for unit, where in unknown.items()
        if not has_rows
    ]
    return (
        checks if unknown else [passed(name, Sentence("all {named:,} that the config names exist", named=len(named)))]
    )


def _suggested(text: str, known: Collection[str]) -> str:
    return _meant(text, known) or Sentence("correct it")


def _hint(text: str, known: Collection[str], otherwise: str) -> str:
    return joined("; ", ("", _meant(text, known) or otherwise))


def _meant(text: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.7)
    return Sentence('did you mean "{close}"?', close=visible(close[0])) if close else ""
