"""The verdict of one run as one value, from which the reports are made. `rkreport.run` builds it.

Knows what belongs to a verdict; must not know how it is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from rkreport.core.findings import Finding
from rkreport.core.mail.delivery import TeamFigures
from rkreport.core.models import Manager, ManagerId, Person, Requirement
from rkreport.core.rules import Rules
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree
from rkreport.core.words import Words
from rkreport.sentence import Sentence

INTERIM: Final = "interim"
MONTH_END: Final = "month-end"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month."""

    year: int
    month: int

    def __str__(self) -> str:
        """As in file names and the manifest: `2026-10`."""
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """The editions of a month that share one numbering: those of its report, or its interim editions.

    As text, in the store and in `Delivery.period`: `2026-11` or `2026-11-interim`.
    """

    period: Period
    is_interim: bool = False

    def __str__(self) -> str:
        """As the store has it."""
        return f"{self.period}-{INTERIM}" if self.is_interim else str(self.period)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text that `str` gives.

        Raises:
            ValueError: the text is no series.
        """
        year, month, *kind = text.split("-", 2)
        if kind not in ([], [INTERIM]):
            raise ValueError(f"{text} is no series")
        return cls(Period(int(year), int(month)), bool(kind))

    @property
    def kind(self) -> str:
        """As the manifest and JSON documents have it."""
        return INTERIM if self.is_interim else MONTH_END

    @property
    def mark(self) -> str:
        """The word before an edition's number in file and folder names: `rev2`, `interim1`."""
        return INTERIM if self.is_interim else "rev"

    def folder(self, number: int) -> str:
        """The path of an edition in the output folder, with a slash: `2026-11/rev2`."""
        return f"{self.period}/{self.mark}{number}"


def edition_name(series: str, number: int) -> str:
    """An edition on the terminal: `2026-11 revision 2`, `2026-11 interim 1`; `series` as the ledger has it."""
    found = Series.parse(series)
    kind = Sentence(INTERIM if found.is_interim else "revision")
    return Sentence("{period} {kind} {number}", period=found.period, kind=kind, number=number)


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
    is_interim: bool = False

    @property
    def series(self) -> Series:
        """The series of this edition; `revision` is its number there."""
        return Series(self.period, self.is_interim)


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """The figures of one period, kept for the trend. `people` counts those with a requirement that counts.

    `people_by_manager` counts the people in each manager's workbook, the fallback's too. `told_by_manager` holds the
    figures in the messages that were written to the outbox. None, as `exempt` None: the version that made it kept none.
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
    exempt: int | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """The people who belong to one manager, in the order of the report."""

    manager: Manager
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Compliance:
    """Everything the reports tell.

    `requirements` are sorted as the reports show them: unit path, name, employee id, then the config's course order.
    Every person with a requirement is in exactly one team, or in none when there is no fallback. `units` is the company
    structure. `history` holds the earlier periods, oldest first.
    """

    edition: Edition
    rules: Rules
    snapshot: Snapshot
    requirements: tuple[Requirement, ...]
    teams: tuple[Team, ...]
    findings: tuple[Finding, ...]
    units: UnitTree
    history: tuple[PeriodResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """An edition by its number, to be put into words."""

    series: Series
    number: int


def month_text(series: Series, words: Words) -> str:
    """The month; for an interim edition it adds that the month is not over."""
    month = words.month(series.period.year, series.period.month)
    return words.text("edition.so_far", month=month) if series.is_interim else month


def number_text(series: Series, number: int, words: Words) -> str:
    """`revision 2` or `interim 1`, for the middle of a sentence."""
    return words.text("edition.interim" if series.is_interim else "edition.revision", number=words.number(number))
