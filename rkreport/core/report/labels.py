"""Words and names that every row needs, looked up once per workbook. Knows nothing of sheets.

A million rows must not ask the catalogue a million times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Final, Protocol

from rkreport.core.answers.taking import CHOICES, Answer
from rkreport.core.compliance import Compliance, Period, Team
from rkreport.core.models import Counts, CourseSerial, Manager, ManagerId, MatchedBy, PlanSerial, Requirement, Status
from rkreport.core.period import month_before
from rkreport.core.report.sheets import StatusCell
from rkreport.core.rollup import UnitTally
from rkreport.core.rules import CoursePolicy, Rules
from rkreport.core.units import UnitTree
from rkreport.core.words import Words

# Best first, worst last: the order of columns and of the stacked bars.
STATUS_ORDER = (
    Status.COMPLETED,
    Status.EXPIRING,
    Status.IN_PROGRESS,
    Status.NOT_STARTED,
    Status.DUE_SOON,
    Status.NOT_ASSIGNED,
    Status.FAILED,
    Status.EXPIRED,
    Status.OVERDUE,
)

STATUS_SYMBOLS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.EXEMPT: "–",
        Status.EXPIRED: "⊘",
        Status.EXPIRING: "◷",
        Status.COMPLETED: "✔",
        Status.OVERDUE: "✖",
        Status.FAILED: "↻",
        Status.DUE_SOON: "▲",
        Status.IN_PROGRESS: "◐",
        Status.NOT_STARTED: "☐",
        Status.NOT_ASSIGNED: "○",
    }
)
"""The symbol before a status's word, in workbooks and on the page, for readers who do not see the colours."""

NO_VALUE = "–"

BELOW_TARGET: Final = "▼ "
"""Stands before a rate below the target, in columns with bars."""


@dataclass(frozen=True, slots=True)
class Legend:
    """The words and names for detail rows. `manager_names` is by the person's key, `zone` is the report's.

    `changes` has, by person's key and course, what changed since the last month-end report and the status then.
    `next_batches` has the days on which courses begin next. `answers` has, by person's key and course, what a manager
    wrote, and `writers` the names of all managers.
    """

    statuses: Mapping[Status, StatusCell]
    counts: Mapping[Counts, str]
    matched: Mapping[MatchedBy, str]
    yes: str
    no: str
    course_names: Mapping[CourseSerial, str]
    manager_names: Mapping[str, str]
    zone: tzinfo
    changes: Mapping[tuple[str, CourseSerial], tuple[str, StatusCell | None]] = field(default_factory=dict)
    next_batches: Mapping[CourseSerial, date] = field(default_factory=dict)
    answers: Mapping[tuple[str, CourseSerial], Answer] = field(default_factory=dict)
    writers: Mapping[ManagerId, str] = field(default_factory=dict)


def make_legend(words: Words, zone: tzinfo, course_names: Mapping[CourseSerial, str], teams: Iterable[Team]) -> Legend:
    """Look everything up once."""
    return Legend(
        statuses={status: status_cell(status, words) for status in Status},
        counts={counts: words.text(f"counts.{counts.name.lower()}") for counts in Counts},
        matched={way: words.text(f"matched.{way.value}") for way in MatchedBy},
        yes=words.text("word.yes"),
        no=words.text("word.no"),
        course_names=course_names,
        manager_names={person.key: manager_name(team.manager, words) for team in teams for person in team.people},
        zone=zone,
    )


def status_word(status: Status, words: Words) -> str:
    """The status in the reader's language."""
    return words.text(f"status.{status.name.lower()}")


def status_cell(status: Status, words: Words) -> StatusCell:
    """The status as a cell."""
    return StatusCell(status, status_word(status, words))


def unit_label(unit: UnitTally, words: Words) -> str:
    """The unit's name, else its serial; the words for people in no unit."""
    if unit.serial is None:
        return words.text("label.no_unit")
    return unit.name or unit.serial


def manager_name(manager: Manager | None, words: Words) -> str:
    """The manager's name, or the words for people without a manager."""
    if manager is None or manager.is_fallback:
        return words.text("label.no_manager")
    return manager.name or manager.manager_id


def manager_label(manager: Manager | None, words: Words) -> str:
    """The manager's name; for people without a manager, also who gets their workbook."""
    name = manager_name(manager, words)
    if manager is None or not manager.is_fallback:
        return name
    return words.text("label.fallback", name=name, recipient=manager.name or manager.email or NO_VALUE)


def course_names(compliance: Compliance) -> dict[CourseSerial, str]:
    """The name of each course that is reported: the config's name, else the LMS's, else the serial.

    In the config's order, then courses that only requirements know. The LMS's other courses are left out.
    """
    reported = {each.course.serial: each.course.name for each in compliance.requirements}
    from_lms = {course.serial: course.name for course in compliance.snapshot.courses} | reported
    names = {
        policy.serial: policy.name or from_lms.get(policy.serial) or policy.serial
        for policy in compliance.rules.courses
    }
    return names | {serial: name or serial for serial, name in reported.items() if serial not in names}


def with_names(rules: Rules, compliance: Compliance) -> Rules:
    """The rules with the names of units and learning plans instead of their serials."""
    plans = {plan.serial: plan.name for plan in compliance.snapshot.plans}
    return replace(rules, courses=tuple(_named(policy, compliance.units, plans) for policy in rules.courses))


def _named(policy: CoursePolicy, units: UnitTree, plans: Mapping[PlanSerial, str]) -> CoursePolicy:
    policy = replace(policy, plans=tuple(PlanSerial(plans.get(each) or each) for each in policy.plans))
    if policy.audience is None:
        return policy
    organizations = tuple(units.name_of(each) or each for each in policy.audience.organizations)
    return replace(policy, audience=replace(policy.audience, organizations=organizations))


def reason_told(answer: Answer, words: Words) -> str | None:
    """The reason that a manager gave, in the reader's language where it could be chosen."""
    return words.text(f"choice.{answer.choice}") if answer.choice in CHOICES else answer.reason or None


def day(value: date | None, words: Words) -> str:
    """A date for a sentence, a dash for none."""
    return NO_VALUE if value is None else words.date(value)


def nothing_to_do(requirements: Iterable[Requirement], words: Words) -> str:
    """What stands in place of rows: all that counts is met, or nothing counts."""
    is_met = any(each.counts is Counts.YES for each in requirements)
    return words.text("sheet.actions_empty" if is_met else "sheet.actions_empty_uncounted")


class _Month(Protocol):
    @property
    def period(self) -> Period: ...
    @property
    def rules_sha256(self) -> str: ...


def why_apart(before: _Month, now: _Month, words: Words) -> str:
    """Why a line from one month to another would mislead; `""` if they follow each other by the same rules."""
    gap = "" if month_before(now.period) == before.period else words.text("trend.no_report")
    rules = "" if before.rules_sha256 == now.rules_sha256 else words.text("trend.new_rules")
    return " · ".join(filter(None, (gap, rules)))
