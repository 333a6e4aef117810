"""The guard against results that belong to nobody: many assignments without a user record count nowhere. Pure.

If the user list has lost its serials or ids, each result is unmatched, and a rate is left that nobody would question.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from rkreport.core.models import Counts, Status
from rkreport.core.percent import percent_of, points_between
from rkreport.core.review.guard import Guard, GuardCode

FEWEST_UNMATCHED = 5  # requirements; fewer are a contractor or two
UNMATCHED_RISE = 5  # percentage points above the share of last time

Verdicts = Mapping[tuple[Status, Counts], int]
"""How many requirements are judged so, or were when they were sent."""


def unmatched_of(verdicts: Verdicts) -> tuple[int, int]:
    """How many requirements with an assignment there are of people without a user record, and how many of all."""
    assigned = [(counts, number) for (status, counts), number in verdicts.items() if status is not Status.NOT_ASSIGNED]
    unmatched = sum(number for counts, number in assigned if counts is Counts.UNMATCHED)
    return unmatched, sum(number for _, number in assigned)


def unmatched_share(verdicts: Verdicts) -> Fraction:
    """The first as a share of the second; 0 of none."""
    unmatched, everything = unmatched_of(verdicts)
    return Fraction(unmatched, everything) if everything else Fraction(0)


def unmatched_guard(verdicts: Verdicts, before: Fraction | None, percent: float) -> Iterator[Guard]:
    """Stop above `percent`, if the share has also risen since last time; `before` is None where that is not known.

    A company that deletes the accounts of people who left has a high share every month: it accepts that once.
    """
    unmatched, everything = unmatched_of(verdicts)
    share = Fraction(unmatched, everything or 1)
    is_high = unmatched >= FEWEST_UNMATCHED and share * 100 > Fraction(str(percent))
    if is_high and (before is None or points_between(share, before) >= UNMATCHED_RISE):
        yield Guard(
            GuardCode.UNMATCHED_SHARE,
            "guard.unmatched_share",
            {
                "count": unmatched,
                "requirements": everything,
                "now": percent_of(share, Fraction(1)),
                "before": None if before is None else percent_of(before, Fraction(1)),
            },
        )
