"""The verdict of one run as one value: what the reports are made from. Made by `rkreport.run` from the steps before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rkreport.core.delivery import TeamFigures
from rkreport.core.models import Finding, Manager, ManagerId, Person, Requirement, Rules, Snapshot
from rkreport.core.units import UnitTree


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        """As in file names and the manifest: `2026-10`."""
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Edition:
    """What is the same in every file of one build. Aware datetimes are in the report's zone."""

    company: str
    period: Period
    as_of: datetime
    revision: int
    run_id: str
    version: str  # of the program
    config_sha256: str
    extraction_started: datetime
    extraction_finished: datetime
    include_absent_reason: bool = False
    include_phone: bool = False


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """The figures of one period, kept for the trend. `people` have at least one requirement that counts.

    `people_by_manager` tells how many people each manager's workbook held, the fallback's too, without their names;
    None for a period that was kept before this was. `told_by_manager`: the figures in the messages that were written to
    the outbox.
    """

    period: Period
    people: int
    people_compliant: int
    counted: int
    compliant: int
    overdue: int
    failed: int
    not_assigned: int
    rules_sha256: str
    snapshot_id: str
    people_by_manager: Mapping[ManagerId, int] | None = None
    told_by_manager: Mapping[ManagerId, TeamFigures] | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """The people who belong to one manager, in the order of the report."""

    manager: Manager
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Compliance:
    """Everything the reports tell.

    `requirements` are sorted as the reports show them: unit path, name, employee id, then the config's course order.
    Every person with a requirement stands in exactly one team, or in none when there is no fallback. `units` is the
    company structure. `history` holds earlier periods, oldest first, this one not among them.
    """

    edition: Edition
    rules: Rules
    snapshot: Snapshot
    requirements: tuple[Requirement, ...]
    teams: tuple[Team, ...]
    findings: tuple[Finding, ...]
    units: UnitTree
    history: tuple[PeriodResult, ...] = ()
