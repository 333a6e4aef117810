"""What units and managers had in earlier month-end reports, for the rankings. Pure values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from rkreport.core.changes.comparison import Comparison
from rkreport.core.compliance import Period
from rkreport.core.models import ManagerId, UnitSerial
from rkreport.core.period import month_before
from rkreport.core.report.told import TeamMonth
from rkreport.core.rollup import rate

Score = tuple[int, int]
"""Compliant and counted requirements."""


@dataclass(frozen=True, slots=True)
class Then:
    """The figures of earlier reports by the same rules; empty where nothing is known.

    `by_unit` holds the people directly in a unit, in the report before this month's. `by_manager` holds the months
    before this one, the newest first and without a gap.
    """

    by_unit: Mapping[UnitSerial | None, Score] = field(default_factory=dict)
    by_manager: Mapping[ManagerId | None, Sequence[Score]] = field(default_factory=dict)


NOTHING_THEN: Final = Then()


def then_of(
    months: Mapping[ManagerId, Sequence[TeamMonth]], period: Period, rules_sha256: str, changes: Comparison
) -> Then:
    """From the managers' months, oldest first: as far back as each month follows the other, by this run's rules.

    Units have their figures of last month's report alone.
    """
    by_manager = {manager_id: _in_a_row(told, period, rules_sha256) for manager_id, told in months.items()}
    edition = changes.edition if any(by_manager.values()) else None
    is_last = edition is not None and edition.series.period == month_before(period)
    units = changes.then.own_by_unit if is_last else {}
    return Then(
        by_unit={unit or None: (score.compliant, score.counted) for unit, score in units.items()},
        by_manager={manager_id: scores for manager_id, scores in by_manager.items() if scores},
    )


def _in_a_row(told: Sequence[TeamMonth], period: Period, rules_sha256: str) -> Sequence[Score]:
    scores: list[Score] = []
    for month in reversed(told):
        period = month_before(period)
        if (month.period, month.rules_sha256) != (period, rules_sha256):
            break
        scores.append((month.figures.compliant, month.figures.counted))
    return scores


def months_below(now: Fraction | None, earlier: Iterable[Score], target: Fraction) -> int:
    """For how many months in a row, this one included, the rate is below the target."""
    months = 0
    for share in (now, *(rate(*score) for score in earlier)):
        if share is None or share >= target:
            break
        months += 1
    return months
