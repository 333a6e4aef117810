"""The first sheet of the master: headline numbers, what to look at first, and whether the data can be trusted.

Makes no figure itself, and knows no single person.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rkreport.core.compliance import Compliance
from rkreport.core.models import CourseSerial, Status
from rkreport.core.percent import percent_of
from rkreport.core.report.completeness import (
    NAMED_AT_MOST,
    banner,
    extraction_sentences,
    list_names,
    sentences_below_banner,
)
from rkreport.core.report.figures import Figures
from rkreport.core.report.headline import headline_band, since_last_month
from rkreport.core.report.kpis import headline, monthly_changes
from rkreport.core.report.labels import STATUS_ORDER, status_word, why_apart
from rkreport.core.report.ranking import need, worst_panels
from rkreport.core.report.reconcile import assignments_sentence
from rkreport.core.report.sheets import (
    ROWS_PER_SHEET,
    Chart,
    ChartKind,
    Column,
    Kind,
    Link,
    Panel,
    Row,
    Sheet,
    SummarySheet,
    table_of,
)
from rkreport.core.report.then import NOTHING_THEN, Then
from rkreport.core.rollup import Tally, rate
from rkreport.core.snapshot import SetAside
from rkreport.core.words import Words

MONTHS_SHOWN = 12
COURSES_SHOWN = 15


def summary_sheet(
    compliance: Compliance, figures: Figures, others: Sequence[Sheet], words: Words, then: Then = NOTHING_THEN
) -> SummarySheet:
    """The summary, with a table of contents of the `others`."""
    panels = [*worst_panels(compliance, figures, then, words)]
    if figures.overall.counted:
        names, target = figures.course_names, figures.target
        panels.insert(0, course_panel(figures.by_course, names, target, "tblSummaryCourses", words))
    charts = [*course_charts(figures.overall, words)]
    if compliance.history:
        charts.append(_trend_chart(len(panels), compliance, figures, words))
        panels.append(_trend_panel(compliance, figures, words))
    return SummarySheet(
        key="summary",
        title=words.text("sheet.summary.title"),
        kpis=headline(
            figures.overall,
            figures.target,
            changes=monthly_changes(figures.this_period, compliance.history, figures.target, words),
            expiring_days=compliance.rules.expiring_days,
            words=words,
        ),
        sentences=_sentences(compliance, figures, words),
        panels=tuple(panels),
        charts=tuple(charts),
        contents=tuple(Link(sheet.title, sheet.key) for sheet in others),
        headline=headline_band(
            figures.overall,
            figures.target,
            words,
            is_complete=not banner(compliance.snapshot.lists, words),
            moved=since_last_month(figures.this_period, compliance.history, figures.target, words),
        ),
    )


def course_panel(
    tallies: Mapping[CourseSerial, Tally],
    names: Mapping[CourseSerial, str],
    target: Fraction,
    table_name: str,
    words: Words,
) -> Panel:
    """Status by course where something counts: course, counted, each status that occurs, rate.

    Of many courses the worst, and all others in one row: a picture of forty bars tells nothing.
    """
    counted = {serial: tally for serial, tally in tallies.items() if tally.counted}
    statuses = occurring(counted.values())
    shown, others = worst_courses(counted, COURSES_SHOWN)
    columns = (
        Column(words.text("column.course"), Kind.TEXT),
        Column(words.text("tally.counted"), Kind.INTEGER),
        *(Column(status_word(status, words), Kind.INTEGER) for status in statuses),
        Column(words.text("tally.rate"), Kind.PERCENT, target=target),
    )

    def row(name: str, of: Sequence[Tally]) -> Row:
        whole = sum(tally.counted for tally in of)
        by_status = (sum(tally.by_status[status] for tally in of) for status in statuses)
        return (name, whole, *by_status, percent_of(rate(sum(tally.compliant for tally in of), whole), target))

    rows = [row(names[serial], (counted[serial],)) for serial in shown]
    if others:
        name = words.text("label.other_courses", count=words.number(len(others)))
        rows.append(row(name, [counted[serial] for serial in others]))
    title = words.text("panel.worst_courses", count=words.number(len(shown))) if others else words.text("panel.courses")
    return Panel(title, table_of(table_name, columns, rows))


def worst_courses(
    tallies: Mapping[CourseSerial, Tally], at_most: int
) -> tuple[Sequence[CourseSerial], Sequence[CourseSerial]]:
    """The courses to show and the others: all in their order, or those with the most requirements not compliant."""
    if len(tallies) <= at_most:
        return tuple(tallies), ()
    found = sorted(tallies, key=lambda serial: need(tallies[serial]))
    return found[:at_most], found[at_most:]


def course_charts(total: Tally, words: Words) -> tuple[Chart, ...]:
    """The bars over `course_panel`, which is the first panel; none when nothing counts."""
    statuses = occurring((total,))
    if not statuses:
        return ()
    title = words.text("chart.courses", compliant=words.number(total.compliant), counted=words.number(total.counted))
    first = 2  # after course and counted
    series = tuple(range(first, first + len(statuses)))
    parts = ", ".join(f"{status_word(status, words)} {words.number(total.by_status[status])}" for status in statuses)
    alt_text = words.text("chart.courses_alt", title=title, parts=parts)
    return (Chart(title, ChartKind.STACKED_BAR, 0, 0, series, statuses, alt_text),)


def occurring(tallies: Iterable[Tally]) -> tuple[Status, ...]:
    """The statuses that at least one counted requirement has: columns of zeros only take room."""
    seen = {status for tally in tallies for status, count in tally.by_status.items() if count}
    return tuple(status for status in STATUS_ORDER if status in seen)


def _trend_panel(compliance: Compliance, figures: Figures, words: Words) -> Panel:
    periods = (*compliance.history, figures.this_period)[-MONTHS_SHOWN:]
    columns = (
        Column(words.text("trend.month"), Kind.TEXT),
        Column(words.text("tally.counted"), Kind.INTEGER),
        Column(words.text("tally.compliant"), Kind.INTEGER),
        Column(words.text("tally.rate"), Kind.PERCENT, target=figures.target),
        Column(words.text("tally.person_rate"), Kind.PERCENT),
        Column(words.text("trend.target"), Kind.PERCENT),
    )
    rows: list[Row] = []
    for number, each in enumerate(periods):
        if number and (why := why_apart(periods[number - 1], each, words)):
            rows.append((why, *(None,) * 5))  # the lines break here
        rows.append(
            (
                words.short_month(each.period.year, each.period.month),
                each.counted,
                each.compliant,
                percent_of(rate(each.compliant, each.counted), figures.target),
                percent_of(rate(each.people_compliant, each.people), figures.target),
                percent_of(figures.target, figures.target),
            )
        )
    return Panel(words.text("panel.trend"), table_of("tblSummaryTrend", columns, rows))


def _trend_chart(panel: int, compliance: Compliance, figures: Figures, words: Words) -> Chart:
    periods = (*compliance.history, figures.this_period)[-MONTHS_SHOWN:]
    rates = [
        f"{words.month(each.period.year, each.period.month)} {words.percent(shown)}"
        for each in periods
        if (shown := percent_of(rate(each.compliant, each.counted), figures.target)) is not None
    ]
    title, first = words.text("chart.trend"), 3  # rate, people and target, after month, counted and compliant
    target = words.percent(percent_of(figures.target, figures.target))
    alt_text = words.text("chart.trend_alt", title=title, rates=", ".join(rates), target=target)
    return Chart(title, ChartKind.LINE, panel, categories=0, series=(first, first + 2, first + 1), alt_text=alt_text)


# ---- whether the data can be trusted


def _sentences(compliance: Compliance, figures: Figures, words: Words) -> tuple[str | Link, ...]:
    findings, snapshot = len(compliance.findings), compliance.snapshot
    return (
        *sentences_below_banner(snapshot.lists, len(snapshot.set_aside), words),
        *extraction_sentences(compliance.edition, words),
        assignments_sentence(figures.reconciliation, words),
        *_set_aside(snapshot.set_aside, words),
        Link(words.text("health.findings", count=words.number(findings)), "data_quality")
        if findings
        else words.text("health.no_findings"),
        *_continued(figures.first_rows.count, words),
    )


def _set_aside(rows: Sequence[SetAside], words: Words) -> tuple[str, ...]:
    if not rows:
        return ()
    lists = list_names(rows, NAMED_AT_MOST, words)
    sheet = words.text("sheet.data_quality.title")
    return (words.text("complete.set_aside", count=words.number(len(rows)), lists=lists, sheet=sheet),)


def _continued(rows: int, words: Words) -> tuple[str, ...]:
    if rows <= ROWS_PER_SHEET:
        return ()
    detail = words.text("sheet.detail.title")
    following = words.text("heading.continued", title=detail, number=2)
    return (words.text("health.continued", detail=detail, following=following, rows=words.number(rows)),)
