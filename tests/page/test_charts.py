"""Lines, points and bars lie where the figures say."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.models import Status
from rkreport.core.percent import target_of
from rkreport.core.review.page import Bar, TrendPoint
from rkreport.page.charts import LineChart, line_chart, parts_of

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def chart(*shares: float | None, breaks: tuple[int, ...] = (), target: float = 95, width: int = 640) -> LineChart:
    """The chart of some months of 2026; `breaks`: the numbers of months in which the rules changed."""
    points = [
        TrendPoint(f"{month} 2026", _exact(share), 0, 0, None, is_comparable=number not in breaks)
        for number, (month, share) in enumerate(zip(MONTHS, shares, strict=False))
    ]
    return line_chart(points, target_of(target), width=width, height=240)


def _exact(share: float | None) -> Fraction | None:
    return None if share is None else Fraction(str(share))


def corners(made: LineChart) -> list[int]:
    """How many points each line has."""
    return [len(line.split()) for line in made.lines]


def test_one_line_through_all_months() -> None:
    """From left to right, the higher the rate the higher up; the target lies where its percent is."""
    made = chart(0.7, 0.8, 0.9, target=80)
    assert corners(made) == [3]
    assert [spot.x for spot in made.spots] == [made.left, (made.left + made.right) / 2, made.right]
    low, middle, high = (spot.y for spot in made.spots)
    assert low > middle > high
    assert middle == made.target


def test_no_line_leads_to_other_rules() -> None:
    """Where the rules changed the line ends, and another one begins with a mark of its own."""
    made = chart(0.7, 0.8, 0.9, 0.9, breaks=(2,))
    assert corners(made) == [2, 2]
    assert [spot.is_break for spot in made.spots] == [False, False, True, False]


def test_a_month_without_a_rate_is_a_gap() -> None:
    """Nothing is drawn for it, and no line crosses it; a month alone is a point without a line."""
    made = chart(0.7, 0.8, None, 0.9)
    assert (len(made.spots), corners(made)) == (3, [2])
    assert made.label is not None
    assert chart(0.7, None).label is None
    assert corners(chart(0.7)) == []


def test_the_newest_rate_stands_beside_its_point() -> None:
    """To the right of all lines, in the drawing."""
    made = chart(0.7, 0.8)
    assert made.label is not None
    assert made.right < made.label.x < made.width
    assert made.label.point.share == Fraction("0.8")


@pytest.mark.parametrize(("lowest", "first"), [(97.5, "95"), (95, "90"), (84, "80"), (53, "50"), (11, "0"), (0, "0")])
def test_the_scale_ends_at_a_hundred(lowest: float, first: str) -> None:
    """It begins below the lowest value at a round number, and has six lines at most."""
    made = chart(lowest / 100, 1.0, target=100)
    assert (made.scale[0].text, made.scale[-1].text) == (first, "100")
    assert len(made.scale) <= 6


@pytest.mark.parametrize(("width", "shown"), [(1080, 12), (640, 12), (340, 4)])
def test_months_have_room(width: int, shown: int) -> None:
    """Narrow drawings name fewer of them, the newest always; the year stands once."""
    made = chart(*[0.9] * 12, width=width)
    assert len(made.months) == shown
    assert made.months[-1].text == "Dec"
    assert [tick.below for tick in made.months if tick.below] == ["2026"]


@given(
    st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=12), st.floats(0.1, 100), st.sampled_from([340, 1080])
)
def test_everything_lies_in_the_drawing(shares: list[float | None], target: float, width: int) -> None:
    """Whatever the rates are: every point and line is between the edges."""
    made = chart(*shares, target=target, width=width)
    ys = [spot.y for spot in made.spots] + [made.target] + [tick.at for tick in made.scale]
    assert all(0 < y < made.height for y in ys)
    assert all(made.left <= spot.x <= made.right for spot in made.spots)
    assert all(re.fullmatch(r"([\d.]+,[\d.]+ ?)+", line) for line in made.lines)


@given(st.lists(st.integers(0, 5000), min_size=3, max_size=3).filter(any))
def test_parts_of_a_bar(counts: list[int]) -> None:
    """Each status that occurs has its part, in order and not above the next; all of them fill the bar."""
    statuses = (Status.COMPLETED, Status.FAILED, Status.OVERDUE)
    bar = Bar("x", dict(zip(statuses, counts, strict=True)), sum(counts), counts[0], counts[2], 0)
    parts = parts_of(bar, statuses)
    assert [(part.status, part.count) for part in parts] == [
        (status, count) for status, count in zip(statuses, counts, strict=True) if count
    ]
    assert all(part.width > 0 for part in parts)
    assert parts[0].x == 0
    assert parts[-1].x + parts[-1].width <= 100.5
