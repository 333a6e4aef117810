"""Percentages claim nothing false, however many people there are, in text and in the formats of cells."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rkreport.core.percent import (
    Percent,
    percent_beside,
    percent_number,
    percent_of,
    points_shown,
    rounded,
    scale_above,
    target_of,
)
from rkreport.core.report.kpis import points_text
from rkreport.core.rollup import rate
from rkreport.excel.look.styles import percent_format
from rkreport.locale import load_words

EN, ID = load_words("en"), load_words("id")
TARGETS = st.floats(0, 100, exclude_min=True) | st.integers(1, 10_000).map(lambda each: each / 100)


@st.composite
def rates(draw: st.DrawFn) -> tuple[int, int]:
    """Compliant and counted, most often a few away from all, none or a usual target."""
    counted = draw(st.integers(1, 2_000_000))
    near = draw(st.sampled_from([0, counted, counted * 95 // 100, counted * 9 // 10]))
    compliant = draw(st.integers(0, counted) | st.integers(near - 3, near + 3))
    return min(max(compliant, 0), counted), counted


def read_back(text: str) -> Fraction:
    """A text of either language as the share that it says."""
    return Fraction(text.removesuffix("%").replace(",", ".")) / 100


@given(rates(), TARGETS)
@example((2_599, 2_600), 95)
@example((1, 2_600), 95)
@example((9_496, 10_000), 95)
@example((9_727, 10_000), 97.28)
@example((95, 100), 95)
def test_a_percentage_claims_nothing_false(counts: tuple[int, int], target_percent: float) -> None:
    """It reads 0, 100 or the target only where the share is that, never on the other side of one, and is rounded well.

    Both languages say the same, and so does a cell: the exact share in the format of the same decimals.
    """
    share, target = Fraction(*counts), target_of(target_percent)
    percent = percent_of(share, target)
    assert percent is not None
    text = EN.percent(percent)
    said = read_back(text)
    for mark in (Fraction(0), target, Fraction(1)):
        assert (said == mark, said < mark) == (share == mark, share < mark)
    assert abs(said - share) <= Fraction(1, 2 * 100 * 10**percent.decimals)
    assert read_back(ID.percent(percent)) == said
    assert len(text.rpartition(".")[2]) == len(percent_format(percent.decimals).rpartition(".")[2])


@given(rates(), TARGETS)
def test_no_decimal_more_than_it_takes(counts: tuple[int, int], target_percent: float) -> None:
    """One fewer, if there may be fewer, would read as, or beyond, what the share is not."""
    share, target = Fraction(*counts), target_of(target_percent)
    percent = percent_of(share, target)
    assert percent is not None
    if percent.decimals == 1:
        return
    said = Fraction(Percent(share, percent.decimals - 1).shown) / 100
    marks = (Fraction(0), target, Fraction(1))
    assert any((said == mark, said < mark) != (share == mark, share < mark) for mark in marks)


@given(rates())
def test_excel_rounds_to_the_same_text(counts: tuple[int, int]) -> None:
    """Excel rounds the double of a cell half up as it stands in decimal; the text says that too."""
    share = Fraction(*counts)
    percent = percent_of(share, target_of(95))
    assert percent is not None
    cell = Decimal(repr(float(share))) * 100
    assert cell.quantize(Decimal(1).scaleb(-percent.decimals), ROUND_HALF_UP) == percent.shown


@pytest.mark.parametrize(
    ("compliant", "counted", "target", "text", "number"),
    [
        (2_599, 2_600, 95, "99.96%", 99.96),
        (1, 2_600, 95, "0.04%", 0.04),
        (999_999, 1_000_000, 95, "99.9999%", 99.9999),
        (94_996, 100_000, 95, "94.996%", 94.996),
        (1, 400, 95, "0.3%", 0.25),  # half up; floats and bankers would say 0.2
        (2_675, 100_000, 95, "2.7%", 2.68),
        (1, 1, 100, "100.0%", 100.0),
        (0, 7, 95, "0.0%", 0.0),
        (2, 3, 95, "66.7%", 66.67),
        (19, 20, 95, "95.0%", 95.0),
        (9_725, 10_000, 97.25, "97.25%", 97.25),
        (9_726, 10_000, 97.28, "97.26%", 97.26),  # 97.3 would be above the target
    ],
)
def test_as_many_decimals_as_it_takes(compliant: int, counted: int, target: float, text: str, number: float) -> None:
    """One decimal in texts, two in JSON, and more of them near 0, 100 and the target."""
    assert EN.percent(percent_of(rate(compliant, counted), target_of(target))) == text
    assert percent_number(rate(compliant, counted), target_of(target)) == number


def test_nothing_that_counts_is_no_percentage() -> None:
    """Neither 0 nor 100."""
    assert percent_of(None, target_of(95)) is None
    assert percent_number(None, target_of(95)) is None


@given(rates(), rates())
def test_points_claim_nothing_false(now: tuple[int, int], before: tuple[int, int]) -> None:
    """They read as none, or as the whole way from one rate to 0 or 100, where they are that and nowhere else."""
    shares = Fraction(*now), Fraction(*before)
    low, high = sorted(share * 100 for share in shares)
    shown = points_shown(*shares)
    decimals = -int(shown.as_tuple().exponent)
    for way in (Fraction(0), high, 100 - low):
        assert (shown == rounded(way, decimals)) == (high - low == way)
    assert abs(Fraction(shown) - (high - low)) <= Fraction(1, 2 * 10**decimals)
    assert points_shown(*reversed(shares)) == shown
    for words in (EN, ID):
        (found,) = re.findall(r"[\d.,]+", points_text(*shares, words))
        assert Decimal(found.replace(",", ".")) == shown


@given(rates(), rates(), TARGETS)
@example((360_997, 380_000), (380_000, 400_000), 70.47)  # 95.0 %, rounded, after exactly 95 %
@example((1_899, 1_999), (1_900, 2_000), 90.0)
def test_an_earlier_rate_reads_differently(now: tuple[int, int], before: tuple[int, int], target: float) -> None:
    """From the later one beside it, unless they are the same; with no more decimals than that takes."""
    share, earlier = Fraction(*now), Fraction(*before)
    usual, later = (percent_of(each, target_of(target)) for each in (earlier, share))
    found = percent_beside(earlier, share, target_of(target))
    assert usual
    assert later
    assert (EN.percent(found) == EN.percent(later)) == (share == earlier)
    assert (found == usual) == (share == earlier or usual.shown != later.shown)


@given(rates(), TARGETS)
def test_no_rate_but_0_reads_as_the_whole_target_below_it(counts: tuple[int, int], target_percent: float) -> None:
    """Both stand in one sentence: `0.04%, 94.96 points below the target of 95.0%`."""
    share, target = Fraction(*counts), target_of(target_percent)
    if 0 < share < target:
        assert points_shown(share, target) != Decimal(str(target_percent))


@pytest.mark.parametrize(
    ("now", "before", "english", "indonesian"),
    [
        ("0.55", "0.5", "5 points", "5 poin"),
        ("0.4896", "0.5", "1 point", "1 poin"),
        ("0.50004", "0.5", "0.004 points", "0,004 poin"),
        ("196/243", "180/223", "0.06 points", "0,06 poin"),  # 80.7% both, so 0.1 points would be a puzzle
        ("0.0004", "0.95", "94.96 points", "94,96 poin"),
        ("0", "0.95", "95 points", "95 poin"),
        ("0.9996", "0.95", "4.96 points", "4,96 poin"),
        ("1", "0.95", "5 points", "5 poin"),
    ],
)
def test_points_in_words(now: str, before: str, english: str, indonesian: str) -> None:
    """Without a sign; one point is singular; a rate that is not 0 or 100 does not read so."""
    assert points_text(Fraction(now), Fraction(before), EN) == english
    assert points_text(Fraction(now), Fraction(before), ID) == indonesian


@given(st.floats(0, 100))
def test_lines_of_a_scale_are_whole_percentages(lowest: float) -> None:
    """What stands beside a line is where it is; the scale holds the lowest value and ends at 100."""
    low, step = scale_above(lowest)
    assert 0 <= low <= lowest
    assert (100 - low) % step == 0
