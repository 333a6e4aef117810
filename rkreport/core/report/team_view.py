"""All that a manager's workbook may know. What is not in a `TeamView` cannot get into the file.

Knows how to cut a run into teams; must not pass on anything about people outside the team, except one rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rkreport.core.answers.showing import AnswersShown
from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.changes.team import TeamChanges, team_changes
from rkreport.core.compliance import Compliance, Edition, Team
from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import CourseSerial, Requirement
from rkreport.core.report.labels import course_names, with_names
from rkreport.core.report.next_batches import next_batches
from rkreport.core.report.told import NOTHING_TOLD, TeamMonth, Told
from rkreport.core.rollup import CompanyFigures, overall
from rkreport.core.rules import Rules
from rkreport.core.snapshot import ListReading


@dataclass(frozen=True, slots=True)
class TeamView:
    """One team's part of a run. `rules` are those of its courses, without exceptions: they name people of all teams.

    `course_names` holds the courses of the team's requirements, in the config's order; `company` holds two numbers
    of the whole company. `changed` is what moved the team's rate since the last month-end report, None without one; of
    people who left the team it has numbers alone. `months` are those before this one and this one, oldest first; empty
    if none before is known. `earlier` is the message of an earlier revision. `next_batches` are days, by course.
    `answers` are what the manager wrote about these requirements. They are no fact of the report: they make no
    correction.
    """

    team: Team
    requirements: tuple[Requirement, ...]
    company: CompanyFigures
    edition: Edition
    rules: Rules
    course_names: Mapping[CourseSerial, str]
    host: str
    lists: tuple[ListReading, ...]
    rows_set_aside: int = 0
    changed: TeamChanges | None = None
    months: tuple[TeamMonth, ...] = ()
    earlier: Delivery | None = None
    next_batches: Mapping[CourseSerial, date] = field(default_factory=dict)
    answers: AnswersShown = field(default_factory=dict)


def team_views(
    compliance: Compliance, teams: Sequence[Team], comparison: Comparison = NOTHING, told: Told = NOTHING_TOLD
) -> tuple[TeamView, ...]:
    """One view per given team, in their order, from a single pass over the requirements."""
    place = {person.key: index for index, team in enumerate(teams) for person in team.people}
    parts: list[list[Requirement]] = [[] for _ in teams]
    for requirement in compliance.requirements:
        index = place.get(requirement.person.key)
        if index is not None:
            parts[index].append(requirement)
    total = overall(compliance.requirements)
    names = course_names(compliance)
    named = [_named(names, part) for part in parts]
    changed, upcoming = team_changes(comparison, teams), next_batches(compliance)
    return tuple(
        TeamView(
            team=team,
            requirements=tuple(part),
            company=CompanyFigures(total.compliant, total.counted),
            edition=compliance.edition,
            rules=with_names(_narrowed(compliance.rules, own_names), compliance),
            course_names=own_names,
            host=compliance.snapshot.host,
            lists=compliance.snapshot.lists,
            rows_set_aside=len(compliance.snapshot.set_aside),
            changed=changed.get(team.manager.manager_id),
            months=_months(told, team, part, compliance.edition),
            earlier=told.received.get(team.manager.manager_id),
            next_batches={serial: day for serial, day in upcoming.items() if serial in own_names},
        )
        for team, part, own_names in zip(teams, parts, named, strict=True)
    )


def _months(told: Told, team: Team, requirements: Sequence[Requirement], edition: Edition) -> tuple[TeamMonth, ...]:
    """The months that the manager was told, and this one; empty if no month before is known."""
    before = told.months.get(team.manager.manager_id)
    if not before:
        return ()
    tally = overall(requirements)
    now = TeamFigures(len(team.people), tally.counted, tally.compliant, tally.overdue)
    return (*before, TeamMonth(edition.period, now, told.rules_sha256))


def _named(names: Mapping[CourseSerial, str], requirements: Sequence[Requirement]) -> dict[CourseSerial, str]:
    own = {requirement.course.serial for requirement in requirements}
    return {serial: name for serial, name in names.items() if serial in own}


def _narrowed(rules: Rules, names: Mapping[CourseSerial, str]) -> Rules:
    return replace(rules, exceptions=(), courses=tuple(policy for policy in rules.courses if policy.serial in names))
