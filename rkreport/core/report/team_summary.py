"""The first sheet of a manager's workbook: how the team stands, and what is to be done. Knows one team."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from types import MappingProxyType
from typing import Final

from rkreport.core.compliance import month_text
from rkreport.core.mail.changes import since_revision, team_figures
from rkreport.core.models import CourseSerial, Status
from rkreport.core.percent import points_between, target_of
from rkreport.core.period import month_before
from rkreport.core.report.actions import NEEDS_ACTION
from rkreport.core.report.changed import causes_table, figures_sentence, rate_sentence, rules_sentence
from rkreport.core.report.completeness import banner, extraction_sentences, sentences_below_banner
from rkreport.core.report.headline import headline_band
from rkreport.core.report.kpis import headline, number_change, points_text, rate_text
from rkreport.core.report.sheets import Chart, Link, Panel, Sheet, SummarySheet
from rkreport.core.report.summary import course_charts, course_panel
from rkreport.core.report.team_view import TeamView
from rkreport.core.report.told import months_chart, months_panel
from rkreport.core.rollup import CompanyFigures, Tally, by_course, overall
from rkreport.core.snapshot import ListReading
from rkreport.core.words import Words

_TASKS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.OVERDUE: "todo.overdue",
        Status.FAILED: "todo.failed",
        Status.EXPIRED: "todo.expired",
        Status.DUE_SOON: "todo.due_soon",
        Status.NOT_ASSIGNED: "todo.not_assigned",
        Status.EXPIRING: "todo.expiring",
        Status.NOT_STARTED: "todo.not_started",
        Status.IN_PROGRESS: "todo.in_progress",
    }
)


def team_summary(view: TeamView, others: Sequence[Sheet], words: Words) -> SummarySheet:
    """The summary, with a table of contents of the `others`."""
    total = overall(view.requirements)
    tallies = by_course(view.requirements)
    target = target_of(view.rules.target_percent)
    courses = tuple(_courses(view, tallies, target, words))
    return SummarySheet(
        key="team_summary",
        title=words.text("sheet.team_summary.title"),
        kpis=headline(
            total,
            target,
            changes=(_against_company(total, view.company, target, words), "", _overdue_moved(view, words), "", "", ""),
            expiring_days=view.rules.expiring_days,
            words=words,
        ),
        sentences=(
            _intro(view, words),
            *_since_revision(view, words),
            *_changed(view, target, words),
            *things_to_do(total, view.lists, words),
            *sentences_below_banner(view.lists, view.rows_set_aside, words),
            *extraction_sentences(view.edition, words),
        ),
        panels=(*courses, *_months(view, target, words), *_causes(view, words)),
        charts=(*(course_charts(total, words) if tallies else ()), *_months_chart(view, len(courses), target, words)),
        contents=tuple(Link(sheet.title, sheet.key) for sheet in others),
        headline=headline_band(total, target, words, is_complete=not banner(view.lists, words)),
    )


def _courses(view: TeamView, tallies: Mapping[CourseSerial, Tally], target: Fraction, words: Words) -> Iterator[Panel]:
    if any(tally.counted for tally in tallies.values()):
        own = {serial: tallies[serial] for serial in view.course_names}
        yield course_panel(own, view.course_names, target, "tblTeamCourses", words)


def _months(view: TeamView, target: Fraction, words: Words) -> Iterator[Panel]:
    if view.months:
        yield months_panel(view.months, target, words)


def _months_chart(view: TeamView, panel: int, target: Fraction, words: Words) -> Iterator[Chart]:
    if view.months:
        yield months_chart(panel, view.months, target, words)


def _overdue_moved(view: TeamView, words: Words) -> str:
    """How many more or fewer are overdue than a month ago; `""` if that is unknown or other rules made it."""
    if not view.months:
        return ""
    before, now = view.months[-2:]
    if before.period != month_before(now.period) or before.rules_sha256 != now.rules_sha256:
        return ""
    return number_change(now.figures.overdue, before.figures.overdue, words)


def _since_revision(view: TeamView, words: Words) -> Iterator[str]:
    """What changed since the revision that the manager already has, as the message says it."""
    if not view.edition.is_interim:
        said = since_revision(view.earlier, team_figures(view.requirements), words)
        if said:
            yield said


def _changed(view: TeamView, target: Fraction, words: Words) -> Iterator[str]:
    """How the team's rate moved since the last month-end report; nothing without one."""
    changed = view.changed
    if changed:
        yield rate_sentence(changed.before, changed.after, target, changed.edition, words)
        yield figures_sentence(changed.before, changed.after, changed.edition, words)
        yield from rules_sentence(changed.causes, words)
        if changed.gone:
            yield words.text("changed.gone", count=words.number(changed.gone))


def _causes(view: TeamView, words: Words) -> Iterator[Panel]:
    """Why the rate moved; nothing where nothing changed. The people are in the team's detail."""
    changed = view.changed
    if changed and changed.causes:
        month = month_text(changed.edition.series, words)
        table = causes_table("tblTeamCauses", changed.causes, changed.before, changed.after, words)
        yield Panel(words.text("changed.team_causes", month=month), table)


def _intro(view: TeamView, words: Words) -> str:
    key = "team.intro_fallback" if view.team.manager.is_fallback else "team.intro"
    return words.text(key, people=words.number(len(view.team.people)))


def things_to_do(total: Tally, lists: Sequence[ListReading], words: Words) -> tuple[str | Link, ...]:
    """A heading line and every kind of task, the worst first, each with its number and a link to its first row.

    Says "nothing to do" only if the data are complete.
    """
    open_tasks = [status for status in NEEDS_ACTION if total.by_status[status]]
    if not open_tasks:
        done = "todo.nothing" if total.counted else "todo.nothing_counts"
        return () if banner(lists, words) else (words.text(done),)
    rows = accumulate((total.by_status[status] for status in open_tasks), initial=0)  # the list has this very order
    lines = (
        Link(words.text(_TASKS[status], count=words.number(total.by_status[status])), "action_needed", row)
        for status, row in zip(open_tasks, rows, strict=False)
    )
    return (words.text("todo.heading"), *lines)


def _against_company(total: Tally, whole: CompanyFigures, target: Fraction, words: Words) -> str:
    if total.rate is None or whole.rate is None:
        return ""
    difference = points_between(total.rate, whole.rate)
    company = rate_text(whole, target, words)
    if difference == 0:
        return words.text("team.as_company", company=company)
    amount = points_text(total.rate, whole.rate, words)
    if difference > 0:
        return words.text("team.above_company", amount=amount, company=company)
    return words.text("team.below_company", amount=amount, company=company)
