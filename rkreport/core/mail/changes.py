"""Describes in words what changed since the reader's last report: an earlier revision, or last month. Pure.

Knows a team's headline numbers of two editions, not its people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import Requirement
from rkreport.core.report.kpis import rate_moved
from rkreport.core.rollup import overall, rate
from rkreport.core.words import Words


@dataclass(frozen=True, slots=True)
class LastMonth:
    """A team's figures of the month before; `is_comparable` is false when other rules made them."""

    figures: TeamFigures
    is_comparable: bool


def team_figures(requirements: Sequence[Requirement]) -> TeamFigures:
    """The headline numbers of one team's requirements."""
    tally = overall(requirements)
    people = len({requirement.person.key for requirement in requirements})
    return TeamFigures(people, tally.counted, tally.compliant, tally.overdue)


def since_revision(earlier: Delivery | None, now: TeamFigures, words: Words) -> str:
    """The headline numbers that differ from an earlier revision that was sent; `""` when its numbers are unknown."""
    if earlier is None or not earlier.figures.people:
        return ""
    old, revision = earlier.figures, words.number(earlier.revision)
    pairs = (
        (words.text("since.overdue"), old.overdue, now.overdue),
        (words.text("since.compliant"), old.compliant, now.compliant),
        (words.text("since.counted"), old.counted, now.counted),
        (words.text("since.people"), old.people, now.people),
    )
    moved = [
        words.text("since.moved", what=what, before=words.number(was), now=words.number(became))
        for what, was, became in pairs
        if was != became
    ]
    if not moved:
        return words.text("since.same_figures", revision=revision)
    return words.text("since.changed", revision=revision, changes="; ".join(moved))


def since_last_month(before: LastMonth | None, now: TeamFigures, target: Fraction, words: Words) -> str:
    """How the rate moved, or that it cannot be compared; `""` when last month is unknown."""
    if before is None:
        return ""
    if not before.is_comparable:
        return words.text("since.other_rules")
    old = before.figures
    return rate_moved(rate(old.compliant, old.counted), rate(now.compliant, now.counted), target, words)
