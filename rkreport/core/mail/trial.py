"""Which teams a trial shows: those that most likely look odd. Pure."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rkreport.core.models import ManagerId
from rkreport.core.rollup import Tally


def trial_sample(
    people: Mapping[ManagerId, int], tallies: Mapping[ManagerId | None, Tally], count: int
) -> tuple[ManagerId, ...]:
    """At most `count` of the teams in `people`: the largest, the smallest, the one with the lowest rate, then others.

    The order of `people` decides between equals, and is the order of the others.
    """

    def share(manager_id: ManagerId) -> Fraction:
        rate = tallies[manager_id].rate
        return Fraction(1) if rate is None else rate

    orders: Sequence[list[ManagerId]] = (
        sorted(people, key=lambda one: -people[one]),
        sorted(people, key=lambda one: people[one]),
        sorted(people, key=share),
    )
    chosen: dict[ManagerId, None] = {}
    for order in (*orders, *([list(people)] * len(people))):
        nearest = next((one for one in order if one not in chosen), None)
        if nearest is not None:
            chosen[nearest] = None
    return tuple(chosen)[:count]
