"""Headline numbers and how they moved. Knows tallies and two periods, not a single person."""

from collections.abc import Sequence
from fractions import Fraction

from rkreport.core.changes.points import Score
from rkreport.core.compliance import PeriodResult
from rkreport.core.models import Status
from rkreport.core.percent import Percent, percent_beside, percent_of, points_between, points_shown
from rkreport.core.period import month_before
from rkreport.core.report.sheets import Kind, Kpi
from rkreport.core.rollup import RateParts, Tally, rate
from rkreport.core.words import Words


def headline(
    tally: Tally, target: Fraction, *, changes: Sequence[str], expiring_days: int, words: Words
) -> tuple[Kpi, ...]:
    """Six numbers: two rates, then overdue, expired, failed, not assigned; `changes` in the same order."""
    of_requirements = "\n".join(filter(None, (_met(tally, words), left_out(tally, words))))
    of_people = words.text("kpi.of_people", part=words.number(tally.people_compliant), whole=words.number(tally.people))
    of_all = words.text("kpi.of_all", whole=words.number(tally.counted))
    expiring = of_all
    if soon := tally.by_status[Status.EXPIRING]:
        expiring += "\n" + words.text("kpi.expiring", days=expiring_days, count=words.number(soon))
    numbers = (
        (words.text("kpi.rate"), percent_of(tally.rate, target), Kind.PERCENT, of_requirements),
        (words.text("kpi.person_rate"), percent_of(tally.person_rate, target), Kind.PERCENT, of_people),
        (words.text("kpi.overdue"), tally.overdue, Kind.INTEGER, of_all),
        (words.text("kpi.expired"), tally.by_status[Status.EXPIRED], Kind.INTEGER, expiring),
        (words.text("kpi.failed"), tally.by_status[Status.FAILED], Kind.INTEGER, of_all),
        (words.text("kpi.not_assigned"), tally.by_status[Status.NOT_ASSIGNED], Kind.INTEGER, of_all),
    )
    return tuple(
        Kpi(label, value, kind, note, change)
        for (label, value, kind, note), change in zip(numbers, changes, strict=True)
    )


def _met(tally: Tally, words: Words) -> str:
    return words.text("kpi.of_requirements", part=words.number(tally.compliant), whole=words.number(tally.counted))


def left_out(tally: Tally, words: Words) -> str:
    """What a rate leaves out: how many are exempt, and how many do not count for another reason; `""` for none."""
    numbers = {"exempt": words.number(tally.exempt), "others": words.number(tally.not_counting)}
    if tally.exempt and tally.not_counting:
        return words.text("kpi.exempt_and_others", **numbers)
    if tally.exempt:
        return words.text("kpi.exempt", **numbers)
    return words.text("kpi.not_counting", **numbers) if tally.not_counting else ""


def monthly_changes(
    now: PeriodResult, history: Sequence[PeriodResult], target: Fraction, words: Words
) -> tuple[str, ...]:
    """How each headline number moved since last month, if both months have the same rules."""
    before = next((past for past in reversed(history) if past.period == month_before(now.period)), None)
    if before is None:
        return ("",) * 6
    if before.rules_sha256 != now.rules_sha256:
        said = words.text("change.not_comparable")
        return (said, said, said, "", said, said)
    return (
        _rate_change(now, before, target, words),
        _rate_change(
            Score(now.people_compliant, now.people), Score(before.people_compliant, before.people), target, words
        ),
        number_change(now.overdue, before.overdue, words),
        "",  # last month's number is not kept
        number_change(now.failed, before.failed, words),
        number_change(now.not_assigned, before.not_assigned, words),
    )


def points_text(now: Fraction, before: Fraction, words: Words) -> str:
    """The difference of two shares in percentage points, without sign, in words: `4.2 points`."""
    shown = points_shown(now, before)
    return words.text("change.point" if shown == 1 else "change.points", points=words.number(shown))


def rate_moved(before: RateParts, now: RateParts, target: Fraction, words: Words) -> str:
    """One sentence about two rates made by the same rules; `""` when nothing counted in one of them."""
    share, earlier = rate(now.compliant, now.counted), rate(before.compliant, before.counted)
    if share is None or earlier is None:
        return ""
    difference = points_between(share, earlier)
    told = _of(percent_beside(earlier, share, target), before, words)
    if difference == 0:
        return words.text("since.same_rate", before=told)
    key = "since.up" if difference > 0 else "since.down"
    return words.text(key, amount=points_text(share, earlier, words), before=told)


def rate_text(parts: RateParts, target: Fraction, words: Words) -> str:
    """A rate with the numbers that it is made of: `76.6% (1,234 of 1,611)`; a dash when nothing counts."""
    return _of(percent_of(rate(parts.compliant, parts.counted), target), parts, words)


def _of(percent: Percent | None, parts: RateParts, words: Words) -> str:
    shown = words.percent(percent)
    if not parts.counted:
        return shown
    part, whole = words.number(parts.compliant), words.number(parts.counted)
    return words.text("kpi.rate_of", percent=shown, part=part, whole=whole)


def _rate_change(now: RateParts, before: RateParts, target: Fraction, words: Words) -> str:
    share, earlier = rate(now.compliant, now.counted), rate(before.compliant, before.counted)
    if share is None or earlier is None:
        return ""
    told = _of(percent_beside(earlier, share, target), before, words)
    return _moved(points_between(share, earlier), points_text(share, earlier, words), told, words)


def number_change(now: int, before: int, words: Words) -> str:
    """How a number moved, with an arrow."""
    return _moved(now - before, words.number(abs(now - before)), words.number(before), words)


def _moved(difference: Fraction | int, amount: str, before: str, words: Words) -> str:
    if difference == 0:
        return words.text("change.same", before=before)
    if difference > 0:
        return words.text("change.up", amount=amount, before=before)
    return words.text("change.down", amount=amount, before=before)
