"""What managers were told before: their teams' months, and an earlier revision. Headline numbers, no person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Final

from rkreport.core.compliance import Period
from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.core.percent import percent_of
from rkreport.core.report.labels import why_apart
from rkreport.core.report.sheets import Chart, ChartKind, Column, Kind, Panel, Row, table_of
from rkreport.core.rollup import rate
from rkreport.core.words import Words

MONTHS_BEFORE: Final = 11


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """A team's figures of one month, and the digest of the rules that made them."""

    period: Period
    figures: TeamFigures
    rules_sha256: str


@dataclass(frozen=True, slots=True)
class Told:
    """By manager: the months that were sent or written, oldest first, and the message of an earlier revision.

    `rules_sha256` identifies this run's rules.
    """

    months: Mapping[ManagerId, tuple[TeamMonth, ...]] = field(default_factory=dict)
    received: Mapping[ManagerId, Delivery] = field(default_factory=dict)
    rules_sha256: str = ""


NOTHING_TOLD: Final = Told()


def months_panel(months: Sequence[TeamMonth], target: Fraction, words: Words) -> Panel:
    """A row per month. Between two that do not follow each other by the same rules stands one that says why."""
    columns = (
        Column(words.text("trend.month"), Kind.TEXT),
        Column(words.text("tally.counted"), Kind.INTEGER),
        Column(words.text("tally.compliant"), Kind.INTEGER),
        Column(words.text("kpi.overdue"), Kind.INTEGER),
        Column(words.text("tally.rate"), Kind.PERCENT, target=target),
        Column(words.text("trend.target"), Kind.PERCENT),
    )
    rows: list[Row] = [_row(month, target, words) for month in months[:1]]
    for before, month in pairwise(months):
        if why := why_apart(before, month, words):
            rows.append((why, *(None,) * (len(columns) - 1)))
        rows.append(_row(month, target, words))
    return Panel(words.text("panel.team_months"), table_of("tblTeamMonths", columns, rows))


def months_chart(panel: int, months: Sequence[TeamMonth], target: Fraction, words: Words) -> Chart:
    """The line over `months_panel`, which is the `panel`-th of its sheet."""
    shares = [(month.period, rate(month.figures.compliant, month.figures.counted)) for month in months]
    rates = ", ".join(
        f"{words.month(period.year, period.month)} {words.percent(percent_of(share, target))}"
        for period, share in shares
        if share is not None
    )
    title, shown_target = words.text("chart.team_months"), words.percent(percent_of(target, target))
    rate_column = 4  # after month, counted, compliant and overdue
    series = (rate_column, rate_column + 1)
    alt_text = words.text("chart.trend_alt", title=title, rates=rates, target=shown_target)
    return Chart(title, ChartKind.LINE, panel, categories=0, series=series, alt_text=alt_text)


def _row(month: TeamMonth, target: Fraction, words: Words) -> Row:
    figures = month.figures
    return (
        words.short_month(month.period.year, month.period.month),
        figures.counted,
        figures.compliant,
        figures.overdue,
        percent_of(rate(figures.compliant, figures.counted), target),
        percent_of(target, target),
    )
