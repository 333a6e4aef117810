"""Which teams a trial shows."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.models import ManagerId
from rkreport.core.review.send_preview import trial_sample
from rkreport.core.rollup import NOTHING, Tally


def tally(compliant: int, counted: int) -> Tally:
    """A team's figures, as far as they matter here."""
    return replace(NOTHING, compliant=compliant, counted=counted)


PEOPLE = {ManagerId(one): count for one, count in (("A", 5), ("B", 40), ("C", 9), ("D", 2), ("E", 7))}
TALLIES: dict[ManagerId | None, Tally] = {
    ManagerId("A"): tally(9, 10),
    ManagerId("B"): tally(8, 10),
    ManagerId("C"): tally(1, 10),
    ManagerId("D"): tally(0, 0),
    ManagerId("E"): tally(10, 10),
}


def test_the_largest_the_smallest_and_the_worst() -> None:
    """In this order, then the others in theirs; a team in which nothing counts is not the worst."""
    assert trial_sample(PEOPLE, TALLIES, 3) == ("B", "D", "C")
    assert trial_sample(PEOPLE, TALLIES, 5) == ("B", "D", "C", "A", "E")
    assert trial_sample(PEOPLE, TALLIES, 1) == ("B",)


def test_who_is_both_makes_room_for_the_next() -> None:
    """The largest is the worst too: the next worst is shown, so that three are three."""
    worst = {**TALLIES, ManagerId("B"): tally(0, 10)}
    assert trial_sample(PEOPLE, worst, 3) == ("B", "D", "C")


def test_a_single_team_is_shown_once() -> None:
    """However many were asked for."""
    assert trial_sample({ManagerId("A"): 5}, TALLIES, 9) == ("A",)
    assert trial_sample({}, TALLIES, 9) == ()


@given(
    st.dictionaries(st.text(min_size=1, max_size=3).map(ManagerId), st.integers(0, 9), max_size=9), st.integers(1, 12)
)
def test_a_sample_is_of_different_teams(people: dict[ManagerId, int], count: int) -> None:
    """As many as were asked for or there are, none twice, none that is not there."""
    tallies: dict[ManagerId | None, Tally] = {one: tally(size, 9) for one, size in people.items()}
    found = trial_sample(people, tallies, count)
    assert len(found) == len(set(found)) == min(count, len(people))
    assert set(found) <= people.keys()
