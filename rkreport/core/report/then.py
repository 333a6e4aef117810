"""What units and managers had in earlier month-end reports, for the rankings. Pure values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from rkreport.core.models import ManagerId, UnitSerial
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


def in_a_row(months: Iterable[Mapping[ManagerId, Score]]) -> dict[ManagerId | None, Sequence[Score]]:
    """Each manager's scores, from months the newest first; a manager's row ends at the first month without one."""
    found: dict[ManagerId | None, list[Score]] = {}
    for number, month in enumerate(months):
        for manager_id, score in month.items():
            row = found.setdefault(manager_id, [])
            if len(row) == number:
                row.append(score)
    return {manager_id: scores for manager_id, scores in found.items() if scores}


def months_below(now: Fraction | None, earlier: Iterable[Score], target: Fraction) -> int:
    """For how many months in a row, this one included, the rate is below the target."""
    months = 0
    for share in (now, *(rate(*score) for score in earlier)):
        if share is None or share >= target:
            break
        months += 1
    return months
