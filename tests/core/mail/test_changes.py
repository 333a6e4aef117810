"""What has moved since a manager was told before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.mail.changes import (
    LastMonth,
    since_last_month,
    since_revision,
    team_figures,
)
from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import Counts, Status
from rkreport.core.percent import target_of
from rkreport.core.report.kpis import rate_moved
from rkreport.locale import load_words
from tests import factories

EN, ID = load_words("en"), load_words("id")
SENT = TeamFigures(people=27, counted=120, compliant=100, overdue=4)
TARGET = target_of(95)
COUNTS = st.integers(0, 5000)


def told(figures: TeamFigures = SENT) -> Delivery:
    """The manager was sent revision 1 with these figures."""
    return factories.delivery(figures=figures)


def test_a_first_edition_has_not_changed() -> None:
    """Nobody who was sent nothing of this month is told of a change."""
    assert since_revision(None, SENT, EN) == ""


def test_only_what_differs_is_named() -> None:
    """Old and new number of what moved, and not a word of what did not."""
    now = TeamFigures(people=28, counted=120, compliant=100, overdue=2)
    assert since_revision(told(), now, EN) == (
        "Changed since revision 1: overdue 4\u00a0→\u00a02; people 27\u00a0→\u00a028."
    )
    assert since_revision(told(), now, ID).replace("\u00a0", " ") == (
        "Yang berubah sejak revisi 1: terlambat 4 → 2; karyawan 27 → 28."
    )


def test_equal_figures_are_said_to_be_equal() -> None:
    """A correction that moved no headline number says so, instead of an empty line."""
    assert since_revision(told(), SENT, EN) == "The figures are the same as in revision 1; details have changed."


@given(
    st.builds(TeamFigures, st.integers(1, 5000), COUNTS, COUNTS, COUNTS),
    st.builds(TeamFigures, COUNTS, COUNTS, COUNTS, COUNTS),
)
def test_every_difference_is_named_once(before: TeamFigures, now: TeamFigures) -> None:
    """As many arrows as numbers that differ, in both languages; figures without people are not known."""
    differing = sum(getattr(before, name) != getattr(now, name) for name in TeamFigures.__slots__)
    for words in (EN, ID):
        assert since_revision(told(before), now, words).count("→") == differing


@pytest.mark.parametrize(
    ("compliant", "said"),
    [
        (96, "Up 3.3 points from 76.7% (92 of 120) last month."),
        (91, "Down 0.8 points from 76.7% (92 of 120) last month."),
        (92, "The same as last month: 76.7% (92 of 120)."),
    ],
)
def test_the_rate_against_last_month(compliant: int, said: str) -> None:
    """Direction in words, the difference in points, and last month's rate."""
    before = LastMonth(TeamFigures(27, 120, 92, 4), is_comparable=True)
    assert since_last_month(before, TeamFigures(27, 120, compliant, 4), TARGET, EN) == said


def test_other_rules_are_not_compared() -> None:
    """A rate made by other rules is no yardstick, and an unknown one says nothing."""
    assert "had other rules" in since_last_month(LastMonth(SENT, is_comparable=False), SENT, TARGET, EN)
    assert since_last_month(None, SENT, TARGET, EN) == ""
    nobody = TeamFigures(0, 0, 0, 0)
    assert rate_moved(nobody, SENT, TARGET, EN) == rate_moved(SENT, nobody, TARGET, EN) == ""


def test_figures_of_a_team() -> None:
    """People are all with a requirement; the other numbers are of what counts."""
    owed = [
        factories.requirement(person=factories.person(key=key), status=status, counts=counts)
        for key, status, counts in (
            ("a", Status.COMPLETED, Counts.YES),
            ("a", Status.OVERDUE, Counts.YES),
            ("b", Status.OVERDUE, Counts.INACTIVE),
        )
    ]
    assert team_figures(owed) == TeamFigures(people=2, counted=2, compliant=1, overdue=1)
