"""Shares as readers see them: with as many decimals as it takes to claim nothing false. Pure and exact.

Half up to one decimal; more where the rounded percentage would reach or pass 0, 100 or the target and the share does
not. 2,599 of 2,600 is 99.96 %, with a target of 95 as with one of 99.97. Text, cells and JSON all begin here.
"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

_STEPS = (5, 10, 20, 25)  # between two lines of a chart's scale, in percent
_MOST_STEPS = 5


class Percent(NamedTuple):
    """A share of 1, and the decimals that its percentage is shown with."""

    share: Fraction
    decimals: int

    @property
    def shown(self) -> Decimal:
        """The percentage as readers see it."""
        return rounded(self.share * 100, self.decimals)


def percent_of(share: Fraction | None, target: Fraction, decimals: int = 1) -> Percent | None:
    """A share as it is shown, with so many decimals at least; None for no share. `target` as by `target_of`."""
    if share is None:
        return None
    truth = _sides(*share.as_integer_ratio(), target)
    while _sides(_whole(share, 100 * 10**decimals), 100 * 10**decimals, target) != truth:
        decimals += 1
    return Percent(share, decimals)


def percent_number(share: Fraction | None, target: Fraction) -> float | None:
    """A percentage for other programs: two decimals, more by the same rule."""
    shown = percent_of(share, target, 2)
    return None if shown is None else float(shown.shown)


def target_of(target_percent: float) -> Fraction:
    """The target of the config as a share of 1, as it is written there: 95.1 is 951/1000."""
    return Fraction(str(target_percent)) / 100


def points_between(now: Fraction, before: Fraction) -> Fraction:
    """The difference of two shares in percentage points."""
    return (now - before) * 100


def points_shown(now: Fraction, before: Fraction) -> Decimal:
    """Percentage points between two shares, whatever the direction, half up to one decimal.

    More where they would read as none, or as the whole way to 0 or 100, and are not.
    """
    low, high = sorted((now * 100, before * 100))
    points, decimals = high - low, 1
    others = [way for way in (Fraction(0), high, 100 - low) if way != points]
    while any(rounded(points, decimals) == rounded(way, decimals) for way in others):
        decimals += 1
    return rounded(points, decimals)


def rounded(number: Fraction, decimals: int) -> Decimal:
    """A number, not negative, half up to so many decimals."""
    return Decimal(_whole(number, 10**decimals)).scaleb(-decimals)


def scale_above(lowest_percent: float) -> tuple[int, int]:
    """Where a chart's scale begins and its step, in whole percent, so that it ends at 100 and each line says so."""
    for step in _STEPS:
        low = max(math.floor((lowest_percent - 2) / step) * step, 0)
        if (100 - low) / step <= _MOST_STEPS:
            return low, step
    return 0, _STEPS[-1]


def _whole(number: Fraction, per_one: int) -> int:
    """A number, not negative, half up in parts of which so many make 1. Integers: fractions take 14 times as long."""
    top, bottom = number.as_integer_ratio()
    return (2 * top * per_one + bottom) // (2 * bottom)


def _sides(top: int, bottom: int, target: Fraction) -> tuple[bool, ...]:
    """Where top ÷ bottom lies from 0, from the target and from 1: at it, and below it."""
    reached = target.numerator * bottom
    scaled = top * target.denominator
    return top == 0, scaled == reached, scaled < reached, top == bottom, top < bottom
