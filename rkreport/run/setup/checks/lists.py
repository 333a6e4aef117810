"""Checks each row of the lists against the LMS: who or what it names must exist.

Finds what the report will find, by the same rules, before an hour is spent. A row that matches nobody is a warning: one
leaver must not stop a month.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from rkreport.config.inspection import Inspection
from rkreport.config.load import policy_of
from rkreport.core.audience import audience_problems
from rkreport.core.exemptions import ExceptionIndex
from rkreport.core.findings import FindingCode, Level
from rkreport.core.leaks.text_folding import visible
from rkreport.core.learners import LearnerIndex
from rkreport.core.list_rows import RowFinding, place_of
from rkreport.core.models import CourseSerial, Learner, PlanSerial
from rkreport.core.routing import RuleIndex
from rkreport.core.rules import CoursePolicy
from rkreport.core.units import UnitTree
from rkreport.core.words import counted
from rkreport.errors import EXIT_DATA, LmsError
from rkreport.lms.browse import Browser
from rkreport.run.setup.checks.value import Check, State, failed, failed_reading, skipped, warning
from rkreport.run.world import World
from rkreport.sentence import Sentence

MOST_USERS = 20_000  # 200 requests: twenty seconds with the usual limit
_MOST_SAID = 20  # per list
_CLOSE = 0.7  # of `difflib`: what may be a slip of the pen

_UNITS = FindingCode.ROUTING_UNKNOWN_ORGANIZATION
_TAGS = FindingCode.ROUTING_UNKNOWN_TAG
# What is wrong, and how to mend it where no name is close.
_SAID = {
    FindingCode.ROUTING_UNKNOWN_EMPLOYEE: (
        "nobody has the employee id {value}",
        "correct it, with its leading zeros, or remove the row",
    ),
    FindingCode.EXCEPTION_UNKNOWN_EMPLOYEE: (
        "nobody has the employee id {value}",
        "correct it, with its leading zeros, or remove the row",
    ),
    FindingCode.ROUTING_AMBIGUOUS_EMPLOYEE: (
        "several people have the employee id {value}",
        "give each an id of their own in the LMS",
    ),
    FindingCode.EXCEPTION_AMBIGUOUS_EMPLOYEE: (
        "several people have the employee id {value}",
        "give each an id of their own in the LMS",
    ),
    FindingCode.EXCEPTION_UNKNOWN_COURSE: (
        'the config lists no course "{value}"',
        "correct the serial, or write * for every course",
    ),
    _TAGS: ('nobody carries the tag "{value}"', "rkreport lists shows all tags"),
    _UNITS: ('the company structure has no unit "{value}"', "rkreport lists shows all units"),
    FindingCode.ROUTING_AMBIGUOUS_ORGANIZATION: (
        'several units have the name "{value}"',
        "write the serial; rkreport lists shows it",
    ),
    FindingCode.LIST_CELL_ERROR: (
        "{value} is an error of Excel, so the row means nobody",
        "write the value, or remove the row",
    ),
}


async def check_rows(lms: Browser, inspection: Inspection, count: int, world: World) -> list[Check]:
    """Read the user list if its `count` of records is low enough, and check the rows of both lists."""
    if count > MOST_USERS:
        why = Sentence("not compared with more than {most_users:,} people", most_users=MOST_USERS)
        has_audience = any(section.audience for section in inspection.courses)
        return [
            skipped("Lists", Sentence("{why}; rkreport review names rows that match nobody", why=why)),
            *(
                [skipped("Audience", Sentence("{why}; a tag or unit that the LMS lacks stops the build", why=why))]
                if has_audience
                else []
            ),
        ]
    try:
        learners, are_all = await lms.users()
        units = await lms.units()
        courses = await _courses(lms, inspection)
    except LmsError as error:
        return [failed_reading("Users", error)]
    if not are_all:
        found = Sentence(
            "the LMS gives {learners:,} of the {count:,} that it says it has", learners=len(learners), count=count
        )
        return [Check("Users", State.FAILED, found, "try again later, or ask Ruangkerja", EXIT_DATA)]
    tree = UnitTree.of_learners(learners) if units is None else UnitTree.of(units)
    index = LearnerIndex(learners)
    configured = [policy_of(section) for section in inspection.courses]
    checks = [failed("Audience", visible(one)) for one in audience_problems(configured, learners, tree)]
    if inspection.routing:
        wrong = RuleIndex(inspection.routing, index, tree).findings
        checks += _checks("Managers", wrong, _names(learners, tree))
    zone = inspection.report.timezone if inspection.report else "UTC"
    today = world.utc_now().astimezone(ZoneInfo(zone)).date()
    policies = [CoursePolicy(serial) for serial in courses]
    excused = ExceptionIndex(inspection.exception_rows, index, policies, today, inspection.exceptions_file)
    checks += _checks("Exceptions", excused.findings, {FindingCode.EXCEPTION_UNKNOWN_COURSE: courses})
    return checks


async def _courses(lms: Browser, inspection: Inspection) -> list[CourseSerial]:
    """The courses of the config and of its learning plans."""
    found = [CourseSerial(section.serial) for section in inspection.courses]
    if inspection.plans and inspection.exception_rows:
        plans = {plan.serial: plan for plan in (await lms.plans())[0]}
        named = [plans[serial] for section in inspection.plans if (serial := PlanSerial(section.serial)) in plans]
        found += [one.course.serial for plan in named for one in (await lms.courses_of(plan)).courses]
    return found


def _names(learners: Sequence[Learner], tree: UnitTree) -> dict[FindingCode, Collection[str]]:
    """What a misspelt unit or tag may mean."""
    return {
        _UNITS: {text for unit in tree.units for text in (unit.name, unit.serial)},
        _TAGS: {tag.name for learner in learners for tag in learner.tags},
    }


def _checks(name: str, findings: Iterable[RowFinding], known: dict[FindingCode, Collection[str]]) -> Iterator[Check]:
    told = [finding for finding in findings if finding.level is not Level.INFO and finding.code in _SAID]
    for finding in told[:_MOST_SAID]:
        said, otherwise = _SAID[finding.code]
        place = place_of(finding.file, finding.row)
        meant = finding.candidates or difflib.get_close_matches(
            finding.value, sorted(known.get(finding.code, ())), n=1, cutoff=_CLOSE
        )
        fix = Sentence('did you mean "{meant}"?', meant=visible(meant[0])) if meant else otherwise
        yield warning(
            name, Sentence("{place}: {said}", place=place, said=Sentence(said, value=visible(finding.value))), fix
        )
    if len(told) > _MOST_SAID:
        yield warning(
            name,
            Sentence("{more_rows} like these", more_rows=counted(len(told) - _MOST_SAID, "more row")),
            "mend those above first",
        )
