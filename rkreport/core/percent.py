"""Shares as readers see them: with as many decimals as it takes to claim nothing false. Pure and exact.

Rounds half up to one decimal. Adds decimals while the rounded percentage would wrongly reach or pass 0, 100 or the
target: 2,599 of 2,600 is 99.96 %, with target 95 and with target 99.97. Text, cells and JSON all use it.
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
    """A share with the decimals to show, at least `decimals`; None for no share. `target` comes from `target_of`."""
    return None if share is None else _percent(share, target, decimals)


def percent_beside(before: Fraction, now: Fraction, target: Fraction) -> Percent:
    """An earlier share, which reads differently from the later one beside it, unless both are the same.

    80.72 % beside 80.66 %, which is shown as 80.7 %. Exactly 95 % beside 94.998 %, which is shown as 95.0 %, has as
    many decimals as tell the two apart: 95.000 %.
    """
    later, decimals = _percent(now, target, 1).shown, 1
    is_what_it_reads = before * 100 == Fraction(later)
    while before != now and _percent(before, target, decimals).shown == (
        rounded(now * 100, decimals) if is_what_it_reads else later
    ):
        decimals += 1
    return _percent(before, target, decimals)


def percent_number(share: Fraction | None, target: Fraction) -> float | None:
    """A percentage for other programs: two decimals, more by the same rule."""
    shown = percent_of(share, target, 2)
    return None if shown is None else float(shown.shown)


def target_of(target_percent: float) -> Fraction:
    """The config's target as an exact share of 1: 95.1 becomes 951/1000."""
    return Fraction(str(target_percent)) / 100


def points_between(now: Fraction, before: Fraction) -> Fraction:
    """The difference of two shares in percentage points."""
    return (now - before) * 100


def points_shown(now: Fraction, before: Fraction) -> Decimal:
    """The difference of two shares in percentage points, without sign, half up to one decimal.

    Adds decimals while the two shares would read alike, a change as none, or wrongly as the whole way to 0 or 100.
    """
    low, high = sorted((now * 100, before * 100))
    points, decimals = high - low, 1
    while points and rounded(low, decimals) == rounded(high, decimals):
        decimals += 1
    others = [way for way in (Fraction(0), high, 100 - low) if way != points]
    while any(rounded(points, decimals) == rounded(way, decimals) for way in others):
        decimals += 1
    return rounded(points, decimals)


def decimals_of(number: Decimal) -> int:
    """How many decimals a rounded number is shown with."""
    return max(0, -int(number.as_tuple().exponent))


def rounded(number: Fraction, decimals: int) -> Decimal:
    """A non-negative number, half up to `decimals`."""
    return Decimal(_whole(number, 10**decimals)).scaleb(-decimals)


def scale_above(lowest_percent: float) -> tuple[int, int]:
    """The start and step of a chart's scale, in whole percent, so that the steps end exactly at 100."""
    for step in _STEPS:
        low = max(math.floor((lowest_percent - 2) / step) * step, 0)
        if (100 - low) / step <= _MOST_STEPS:
            return low, step
    return 0, _STEPS[-1]


def _percent(share: Fraction, target: Fraction, decimals: int) -> Percent:
    truth = _sides(*share.as_integer_ratio(), target)
    while _sides(_whole(share, 100 * 10**decimals), 100 * 10**decimals, target) != truth:
        decimals += 1
    return Percent(share, decimals)


def _whole(number: Fraction, per_one: int) -> int:
    """A non-negative number in units of 1 ÷ `per_one`, half up. In integers: fractions take 14 times as long."""
    top, bottom = number.as_integer_ratio()
    return (2 * top * per_one + bottom) // (2 * bottom)


def _sides(top: int, bottom: int, target: Fraction) -> tuple[bool, ...]:
    """How top ÷ bottom compares with 0, the target and 1: equal, or below."""
    reached = target.numerator * bottom
    scaled = top * target.denominator
    return top == 0, scaled == reached, scaled < reached, top == bottom, top < bottom
