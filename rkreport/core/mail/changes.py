"""Describes in words what changed since the reader's last report: an earlier revision, or last month. Pure.

Knows a team's headline numbers of two editions, not its people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.changes.points import points_of
from rkreport.core.changes.team import TeamChanges
from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import Requirement
from rkreport.core.report.changed import CAUSES
from rkreport.core.report.kpis import points_text, rate_moved
from rkreport.core.rollup import overall
from rkreport.core.words import Words

_LINES = 3


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


def most_important(changes: TeamChanges | None, words: Words) -> tuple[str, ...]:
    """The causes that moved the team's rate most, at most three; those that did not move it come last.

    None where one of the two rates does not exist: a new team's rate has not moved.
    """
    if changes is None or changes.before.rate is None or changes.after.rate is None:
        return ()
    moved = [(each, points_of(each.score, changes.before, changes.after) or Fraction()) for each in changes.causes]
    moved.sort(key=lambda pair: (-abs(pair[1]), -pair[0].requirements))  # stable: then the order of the causes
    return tuple(
        words.text(
            "changed.line",
            cause=words.text(CAUSES[each.cause]),
            count=words.number(each.requirements),
            effect=_effect(points, words),
        )
        for each, points in moved[:_LINES]
    )


def _effect(points: Fraction, words: Words) -> str:
    if points == 0:
        return words.text("changed.no_effect")
    amount = points_text(abs(points) / 100, Fraction(), words)
    return words.text("changed.effect_up" if points > 0 else "changed.effect_down", amount=amount)


def since_last_month(before: LastMonth | None, now: TeamFigures, target: Fraction, words: Words) -> str:
    """How the rate moved, or that it cannot be compared; `""` when last month is unknown."""
    if before is None:
        return ""
    if not before.is_comparable:
        return words.text("since.other_rules")
    return rate_moved(before.figures, now, target, words)
