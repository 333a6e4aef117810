"""The sheet `What changed` says the same with the same decimals everywhere."""

from decimal import Decimal
from fractions import Fraction

import pytest

from rkreport.core.changes.causes import Cause
from rkreport.core.changes.comparison import NOTHING, CauseSum
from rkreport.core.changes.points import Score
from rkreport.core.compliance import Numbered, Period, Series
from rkreport.core.report.changed import causes_table, changed_sheet, rate_sentence, rules_sentence
from rkreport.core.report.figures import make_figures
from rkreport.locale import load_words
from tests import factories

EN = load_words("en")
_SEPTEMBER = Numbered(Series(Period(2026, 9)), 1)


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (Score(80_724, 100_000), Score(80_719, 100_000), Decimal("-0.005")),
        (Score(800, 1_000), Score(830, 1_000), Decimal("3.0")),
    ],
)
def test_the_causes_have_the_decimals_of_the_headline(before: Score, after: Score, moved: Decimal) -> None:
    """The total is the amount of the sentence above, and the causes add up to it as they are shown."""
    change = Score(after.compliant - before.compliant)
    sums = (CauseSum(Cause.DONE, 40, Score(change.compliant + 2)), CauseSum(Cause.EXPIRED, 2, Score(-2)))
    table = causes_table("tblX", sums, before, after, EN)
    assert table.total is not None
    assert str(table.total[-1]) == str(moved)
    assert sum(Decimal(str(row[-1])) for row in table.rows()) == moved
    said = rate_sentence(before, after, Fraction(95, 100), _SEPTEMBER, EN)
    assert f"by {abs(moved).normalize()} points" in said


def test_a_first_month_points_at_no_earlier_one() -> None:
    """Only where rates of earlier months are known does the sheet send its reader to them."""
    run = factories.compliance()
    first = changed_sheet(run, make_figures(run, "new"), NOTHING, EN)
    assert first.headline == EN.text("changed.no_month_before")


@pytest.mark.parametrize("cause", Cause)
def test_changed_rules_are_said_beside_the_move(cause: Cause) -> None:
    """Else one sheet would compare what another calls not to be compared."""
    said = list(rules_sentence((CauseSum(cause, 3, Score(-1)),), EN))
    assert bool(said) == (cause is Cause.RULES)
