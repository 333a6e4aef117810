"""Tallies of requirements by course, by team, by unit and overall. Knows no language and no sheet.

A tally is made from requirements, never from other tallies of overlapping people, so totals do not depend on how groups
nest.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeVar

from rkreport.core.compliance import Period, PeriodResult, Team
from rkreport.core.models import (
    COMPLIANT,
    Counts,
    CourseSerial,
    Manager,
    ManagerId,
    MatchedBy,
    Requirement,
    Status,
    UnitSerial,
)
from rkreport.core.units import UnitTree

_Group = TypeVar("_Group")


def rate(compliant: int, counted: int) -> Fraction | None:
    """Compliant ÷ counted as a share of 1; None when nothing counts."""
    return Fraction(compliant, counted) if counted else None


class RateParts(Protocol):
    """Whatever has the two numbers that a rate is made of."""

    @property
    def compliant(self) -> int:
        """Requirements that comply."""

    @property
    def counted(self) -> int:
        """Requirements that count."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one group of requirements.

    `by_status` holds the requirements that count, and under `Exempt` those that are exempt; it names every status.
    `people` have at least one requirement that counts; they are compliant when all of those are.
    """

    by_status: Mapping[Status, int]
    counted: int
    compliant: int
    exempt: int
    not_counting: int  # neither counted nor exempt
    people: int
    people_compliant: int

    @property
    def overdue(self) -> int:
        """Requirements that count and are overdue."""
        return self.by_status[Status.OVERDUE]

    @property
    def rate(self) -> Fraction | None:
        """Compliant ÷ counted, per requirement."""
        return rate(self.compliant, self.counted)

    @property
    def person_rate(self) -> Fraction | None:
        """Compliant ÷ counted, per person."""
        return rate(self.people_compliant, self.people)


@dataclass(slots=True)
class _Running:
    """A tally that is still being added to."""

    by_status: Counter[Status] = field(default_factory=Counter)
    not_counting: int = 0
    compliant_by_person: dict[str, bool] = field(default_factory=dict)

    def add(self, requirement: Requirement) -> None:
        if requirement.counts is Counts.EXEMPT:
            self.by_status[Status.EXEMPT] += 1
        elif requirement.counts is Counts.YES:
            self.by_status[requirement.status] += 1
            key = requirement.person.key
            complies = requirement.status in COMPLIANT
            self.compliant_by_person[key] = self.compliant_by_person.get(key, True) and complies
        else:
            self.not_counting += 1

    def closed(self) -> Tally:
        by_status = {status: self.by_status[status] for status in Status}
        exempt = by_status[Status.EXEMPT]
        return Tally(
            by_status=by_status,
            counted=sum(by_status.values()) - exempt,
            compliant=sum(by_status[status] for status in COMPLIANT),
            exempt=exempt,
            not_counting=self.not_counting,
            people=len(self.compliant_by_person),
            people_compliant=sum(self.compliant_by_person.values()),
        )


NOTHING = _Running().closed()


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """The whole company's requirements that comply and that count: all that a team's reader learns of others."""

    compliant: int
    counted: int

    @property
    def rate(self) -> Fraction | None:
        """Compliant ÷ counted."""
        return rate(self.compliant, self.counted)


def tally_by(requirements: Iterable[Requirement], group: Callable[[Requirement], _Group]) -> dict[_Group, Tally]:
    """One tally per group, the groups in the order in which they first appear."""
    running: dict[_Group, _Running] = {}
    for requirement in requirements:
        running.setdefault(group(requirement), _Running()).add(requirement)
    return {name: each.closed() for name, each in running.items()}


def overall(requirements: Iterable[Requirement]) -> Tally:
    """The tally of all of them."""
    running = _Running()
    for requirement in requirements:
        running.add(requirement)
    return running.closed()


def by_course(requirements: Iterable[Requirement]) -> dict[CourseSerial, Tally]:
    """One tally per course that has a requirement."""
    return tally_by(requirements, lambda requirement: requirement.course.serial)


def managers_by_person(teams: Iterable[Team]) -> dict[str, Manager]:
    """The manager of each person, by the person's key."""
    return {person.key: team.manager for team in teams for person in team.people}


def by_team(requirements: Iterable[Requirement], teams: Sequence[Team]) -> dict[ManagerId | None, Tally]:
    """One tally per team in the teams' order, also for empty teams; None, last, for people without a team."""
    managers = managers_by_person(teams)

    def manager_id(requirement: Requirement) -> ManagerId | None:
        manager = managers.get(requirement.person.key)
        return manager.manager_id if manager else None

    found = tally_by(requirements, manager_id)
    ordered: dict[ManagerId | None, Tally] = {
        team.manager.manager_id: found.get(team.manager.manager_id, NOTHING) for team in teams
    }
    if None in found:
        ordered[None] = found[None]
    return ordered


# ---- the tree of units


@dataclass(frozen=True, slots=True)
class UnitTally:
    """One unit: `own` tallies the people directly in it, `whole` adds everybody below any of its places.

    `level` is 0 for a root; of several places, the first in tree order decides. `serial` None with `name` `""` stands
    for people without a unit.
    """

    serial: UnitSerial | None
    name: str
    level: int
    own: Tally
    whole: Tally


def unit_of(requirement: Requirement, tree: UnitTree) -> UnitSerial | None:
    """The unit of the requirement's person; None without a unit or without a learner."""
    learner = requirement.person.learner
    return (tree.unit_of(learner) or None) if learner else None


def by_unit(requirements: Sequence[Requirement], tree: UnitTree) -> tuple[UnitTally, ...]:
    """The units with requirements in or below them, each once, in tree order; siblings by name.

    Units that the structure does not hold follow as roots, and last the people without any unit.
    """
    own = tally_by(requirements, lambda requirement: unit_of(requirement, tree))
    parts: dict[UnitSerial, list[Tally]] = {}
    for serial, tally in own.items():
        for each in tree.above(serial or ""):
            parts.setdefault(each, []).append(tally)
    units = [
        UnitTally(serial, tree.name_of(serial) or "", len(path) - 1, own.get(serial, NOTHING), _sum(parts[serial]))
        for serial, path in tree.in_order(parts)
    ]
    names = {unit_of(each, tree): each.person.learner.unit_name for each in requirements if each.person.learner}
    strays = sorted(serial for serial in own if serial is not None and serial not in parts)
    units += [UnitTally(serial, names[serial] or serial, 0, own[serial], own[serial]) for serial in strays]
    if None in own:
        units.append(UnitTally(None, "", 0, own[None], own[None]))
    return tuple(units)


def _sum(tallies: Sequence[Tally]) -> Tally:
    """The tally of groups that share no person: units do not, because a learner is in one unit."""
    return Tally(
        by_status={status: sum(each.by_status[status] for each in tallies) for status in Status},
        counted=sum(each.counted for each in tallies),
        compliant=sum(each.compliant for each in tallies),
        exempt=sum(each.exempt for each in tallies),
        not_counting=sum(each.not_counting for each in tallies),
        people=sum(each.people for each in tallies),
        people_compliant=sum(each.people_compliant for each in tallies),
    )


# ---- for the manifest and the history


def status_counts(requirements: Iterable[Requirement]) -> dict[str, int]:
    """English status word → requirements that count; under `Exempt` the exempt ones. Names every status."""
    return {status.value: count for status, count in overall(requirements).by_status.items()}


def matched_counts(requirements: Iterable[Requirement]) -> dict[MatchedBy, int]:
    """Count assignments by the way they found their learner; names every way."""
    found = Counter(joined.matched_by for each in requirements for joined, _ in each.attempts)
    return {way: found[way] for way in MatchedBy}


def period_result(
    period: Period, tally: Tally, *, teams: Iterable[Team], rules_sha256: str, snapshot_id: str
) -> PeriodResult:
    """The figures of this period as the trend keeps them."""
    return PeriodResult(
        period=period,
        people=tally.people,
        people_compliant=tally.people_compliant,
        counted=tally.counted,
        compliant=tally.compliant,
        overdue=tally.overdue,
        failed=tally.by_status[Status.FAILED],
        not_assigned=tally.by_status[Status.NOT_ASSIGNED],
        rules_sha256=rules_sha256,
        snapshot_id=snapshot_id,
        people_by_manager={team.manager.manager_id: len(team.people) for team in teams},
        exempt=tally.exempt,
    )
