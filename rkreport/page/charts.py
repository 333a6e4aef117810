"""Computes the positions of a chart's lines, points and bars in drawing units. Pure; the template draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.models import Status
from rkreport.core.percent import scale_above
from rkreport.core.review.page import Bar, TrendPoint

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 68, 26, 40  # the newest figure is at the right
_ROOM_PER_MONTH = 44  # for a month's name, in drawing units
_LABEL_GAP, _HALF_LETTER = 12, 5
_GAP = 0.35  # between two parts of a bar, in percent of it; separates them without colour


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the scale, or one month: its position and label."""

    at: float
    text: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """One month's point. `is_break`: the rules changed, so no line connects to it."""

    x: float
    y: float
    point: TrendPoint
    is_break: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Label:
    """The newest rate as text: where it begins, and on which line."""

    x: float
    y: float
    point: TrendPoint


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over months; it breaks where a month has no rate or the rules changed."""

    width: int
    height: int
    left: int
    right: int
    scale: tuple[Tick, ...]
    months: tuple[Tick, ...]
    lines: tuple[str, ...]
    spots: tuple[Spot, ...]
    target: float
    label: Label | None


@dataclass(frozen=True, slots=True)
class Part:
    """One status in a bar, in percent of the bar's length."""

    status: Status
    count: int
    x: float
    width: float


def line_chart(points: Sequence[TrendPoint], target: Fraction, *, width: int, height: int) -> LineChart:
    """Draw the compliance rate by month in this width and height; `target` is a share of 1."""
    low, step = scale_above(float(min([target, *(point.share for point in points if point.share is not None)]) * 100))
    right, bottom = width - _RIGHT, height - _BOTTOM

    def y(share: Fraction) -> float:
        return round(bottom - float(share * 100 - low) / (100 - low) * (bottom - _TOP), 1)

    gap = (right - _LEFT) / max(len(points) - 1, 1)
    xs = [round(_LEFT + gap * number, 1) for number in range(len(points))]
    if len(points) == 1:
        xs = [round((_LEFT + right) / 2, 1)]
    spots = tuple(
        Spot(x, y(point.share), point, not point.is_comparable, point is points[-1])
        for x, point in zip(xs, points, strict=True)
        if point.share is not None
    )
    return LineChart(
        width=width,
        height=height,
        left=_LEFT,
        right=right,
        scale=tuple(Tick(y(Fraction(percent, 100)), f"{percent}") for percent in range(low, 101, step)),
        months=_months(points, xs, every=math.ceil(_ROOM_PER_MONTH / gap)),
        lines=_lines(points, spots),
        spots=spots,
        target=y(target),
        label=_label(spots),
    )


def parts_of(bar: Bar, statuses: Sequence[Status]) -> tuple[Part, ...]:
    """Split the bar by status; every part is thick enough to see."""
    parts, x = [], 0.0
    for status in statuses:
        count = bar.by_status[status]
        if count:
            width = count / bar.counted * 100
            parts.append(Part(status, count, round(x, 2), round(max(width - _GAP, _GAP), 2)))
            x += width
    return tuple(parts)


def _label(spots: Sequence[Spot]) -> Label | None:
    """Put the label beside the last point, away from the line; None if that month has no rate."""
    if not spots or not spots[-1].is_last:
        return None
    return Label(spots[-1].x + _LABEL_GAP, spots[-1].y + _HALF_LETTER, spots[-1].point)


def _months(points: Sequence[TrendPoint], xs: Sequence[float], *, every: int) -> tuple[Tick, ...]:
    """Return the month names that fit, always the last one, with the year below where it changes."""
    ticks: list[Tick] = []
    year_before = ""
    for number, (point, x) in enumerate(zip(points, xs, strict=True)):
        if (len(points) - 1 - number) % every:
            continue
        month, _, year = point.month.rpartition(" ")
        ticks.append(Tick(x, month, year if year != year_before else ""))
        year_before = year
    return tuple(ticks)


def _lines(points: Sequence[TrendPoint], spots: Sequence[Spot]) -> tuple[str, ...]:
    """Return the connected spots of each line as an SVG's `points`."""
    by_point = {id(spot.point): spot for spot in spots}
    runs: list[list[Spot]] = [[]]
    for point in points:
        spot = by_point.get(id(point))
        if spot is None or spot.is_break:
            runs.append([])
        if spot is not None:
            runs[-1].append(spot)
    return tuple(" ".join(f"{spot.x},{spot.y}" for spot in run) for run in runs if len(run) > 1)
