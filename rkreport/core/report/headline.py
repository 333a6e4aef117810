"""The first line of a report: whether the target is reached, by how much, and what moved since last month. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from rkreport.core.compliance import PeriodResult
from rkreport.core.percent import percent_of
from rkreport.core.period import month_before
from rkreport.core.report.kpis import points_text, rate_moved, rate_text
from rkreport.core.rollup import RateParts, rate
from rkreport.core.words import Words
from rkreport.sentence import joined


def headline_band(
    parts: RateParts, target: Fraction, words: Words, *, is_complete: bool = True, moved: str = ""
) -> str:
    """One sentence with a symbol, then `moved`. Incomplete data are not judged."""
    return joined(" ", filter(None, (_verdict(parts, target, words, is_complete=is_complete), moved)))


def since_last_month(now: PeriodResult, history: Sequence[PeriodResult], target: Fraction, words: Words) -> str:
    """How the rate moved since the month before, in a sentence; `""` where that month is not known."""
    before = next((past for past in reversed(history) if past.period == month_before(now.period)), None)
    if before is None:
        return ""
    if before.rules_sha256 != now.rules_sha256:
        return words.text("since.other_rules")
    return rate_moved(before, now, target, words)


def _verdict(parts: RateParts, target: Fraction, words: Words, *, is_complete: bool) -> str:
    share = rate(parts.compliant, parts.counted)
    if share is None:
        return words.text("headline.nothing_counts" if is_complete else "headline.unjudged_nothing")
    shown = {"rate": rate_text(parts, target, words), "target": words.percent(percent_of(target, target))}
    if not is_complete:
        return words.text("headline.unjudged", **shown)
    if share == target:
        return words.text("headline.exactly", **shown)
    key = "headline.reached" if share > target else "headline.missed"
    return words.text(key, **shown, amount=points_text(share, target, words))
