"""Month by month. Knows the kept figures of earlier periods, not their people."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rkreport.core.compliance import PeriodResult
from rkreport.core.percent import percent_of, points_between
from rkreport.core.period import month_before
from rkreport.core.report.kpis import points_text
from rkreport.core.report.rollup_sheets import target_note
from rkreport.core.report.sheets import Column, Kind, Row, TableSheet, table_of
from rkreport.core.rollup import rate
from rkreport.core.words import Words


def trend_sheet(history: Sequence[PeriodResult], now: PeriodResult, target: Fraction, words: Words) -> TableSheet:
    """One row per period, oldest first, this one last; all against today's target."""
    columns = (
        Column(words.text("trend.month"), Kind.TEXT),
        Column(words.text("tally.people"), Kind.INTEGER),
        Column(words.text("tally.counted"), Kind.INTEGER),
        Column(words.text("status.exempt"), Kind.INTEGER),
        Column(words.text("tally.compliant"), Kind.INTEGER),
        Column(words.text("tally.rate"), Kind.PERCENT, target=target),
        Column(words.text("trend.change"), Kind.TEXT),
        Column(words.text("tally.people_compliant"), Kind.INTEGER),
        Column(words.text("tally.person_rate"), Kind.PERCENT),
        Column(words.text("kpi.overdue"), Kind.INTEGER),
        Column(words.text("kpi.failed"), Kind.INTEGER),
        Column(words.text("kpi.not_assigned"), Kind.INTEGER),
        Column(words.text("trend.rules_changed"), Kind.TEXT),
        Column(words.text("trend.snapshot"), Kind.TEXT),
    )
    return TableSheet(
        key="trend",
        title=words.text("sheet.trend.title"),
        table=table_of("tblTrend", columns, _rows((*history, now), target, words)),
        frozen_columns=1,
        footnotes=(words.text("sheet.trend.rules"), target_note(target, words)),
    )


def _rows(periods: Sequence[PeriodResult], target: Fraction, words: Words) -> Iterator[Row]:
    before: PeriodResult | None = None
    for each in periods:
        changed = None
        if before is not None:
            is_same = each.rules_sha256 == before.rules_sha256
            changed = words.text("word.no") if is_same else words.text("word.yes")
        yield (
            words.month(each.period.year, each.period.month),
            each.people,
            each.counted,
            each.exempt,
            each.compliant,
            percent_of(rate(each.compliant, each.counted), target),
            _change(each, before, words),
            each.people_compliant,
            percent_of(rate(each.people_compliant, each.people), target),
            each.overdue,
            each.failed,
            each.not_assigned,
            changed,
            each.snapshot_id or None,
        )
        before = each


def _change(now: PeriodResult, before: PeriodResult | None, words: Words) -> str | None:
    """How the rate moved since the month before, or why that cannot be said; None if one rate is missing."""
    if before is None:
        return None
    if month_before(now.period) != before.period:
        return words.text("trend.gap")
    if before.rules_sha256 != now.rules_sha256:
        return words.text("change.not_comparable")
    share, earlier = rate(now.compliant, now.counted), rate(before.compliant, before.counted)
    if share is None or earlier is None:
        return None
    difference = points_between(share, earlier)
    if difference == 0:
        return words.text("trend.same")
    return words.text("trend.up" if difference > 0 else "trend.down", amount=points_text(share, earlier, words))
