"""Scores, and what each part of a change adds to the move of the rate: exact, and as shown. Knows no requirement."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rkreport.core.percent import decimals_of, points_shown
from rkreport.core.rollup import rate


@dataclass(frozen=True, slots=True)
class Score:
    """Compliant and counted requirements, or the change of both."""

    compliant: int = 0
    counted: int = 0

    def __add__(self, other: "Score") -> "Score":
        """The sum of both."""
        return Score(self.compliant + other.compliant, self.counted + other.counted)

    @property
    def rate(self) -> Fraction | None:
        """Compliant ÷ counted as a share of 1; None where nothing counts."""
        return rate(self.compliant, self.counted)


NO_SCORE: Final = Score()


def points_of(change: Score, before: Score, after: Score) -> Fraction | None:
    """The percentage points that a part of the change adds to the rate; None where one of the rates does not exist.

    (compliant change − old rate × counted change) ÷ new counted: the points of all parts add up to the rate's move.
    """
    if before.rate is None or not after.counted:
        return None
    return (change.compliant - before.rate * change.counted) / after.counted * 100


def decimals_of_move(before: Score, after: Score) -> int:
    """The decimals with which points are shown beside a sentence about the move of a rate."""
    if before.rate is None or after.rate is None:
        return 1
    return decimals_of(points_shown(after.rate, before.rate))


def shown_points(points: Sequence[Fraction], decimals: int = 1) -> tuple[Decimal, ...]:
    """Points rounded so that they add up to their rounded sum: the largest remainders are rounded up."""
    scale = 10**decimals
    floors = [math.floor(each * scale) for each in points]
    total = sum(points) * scale
    missing = math.copysign(1, total) * math.floor(abs(total) + Fraction(1, 2)) - sum(floors)
    remainders = sorted(range(len(points)), key=lambda at: (floors[at] - points[at] * scale, at))
    up = frozenset(remainders[: int(missing)])
    return tuple(Decimal(floor + (at in up)).scaleb(-decimals) for at, floor in enumerate(floors))
