"""The first sheet of a manager's workbook: how the team stands, and three things to do. Knows one team."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rkreport.core.compliance import month_text
from rkreport.core.models import CourseSerial, Status
from rkreport.core.percent import points_between, target_of
from rkreport.core.report.actions import NEEDS_ACTION
from rkreport.core.report.changed import causes_table, figures_sentence, rate_sentence
from rkreport.core.report.completeness import banner, extraction_sentences, sentences_below_banner
from rkreport.core.report.headline import headline_band
from rkreport.core.report.kpis import company_text, headline, points_text
from rkreport.core.report.sheets import Link, Panel, Sheet, SummarySheet
from rkreport.core.report.summary import course_charts, course_panel
from rkreport.core.report.team_view import TeamView
from rkreport.core.rollup import CompanyFigures, Tally, by_course, overall
from rkreport.core.snapshot import ListReading
from rkreport.core.words import Words

THINGS_TO_DO = 3


def team_summary(view: TeamView, others: Sequence[Sheet], words: Words) -> SummarySheet:
    """The summary, with a table of contents of the `others`."""
    total = overall(view.requirements)
    tallies = by_course(view.requirements)
    target = target_of(view.rules.target_percent)
    return SummarySheet(
        key="team_summary",
        title=words.text("sheet.team_summary.title"),
        kpis=headline(
            total,
            target,
            changes=(_against_company(total, view.company, target, words), "", "", "", "", ""),
            expiring_days=view.rules.expiring_days,
            words=words,
        ),
        sentences=(
            _intro(view, words),
            *_changed(view, target, words),
            *things_to_do(total, view.lists, words),
            *sentences_below_banner(view.lists, words),
            *extraction_sentences(view.edition, words),
        ),
        panels=(*_courses(view, tallies, target, words), *_causes(view, words)),
        charts=course_charts(total, words) if tallies else (),
        contents=tuple(Link(sheet.title, sheet.key) for sheet in others),
        headline=headline_band(total.rate, target, words, is_complete=not banner(view.lists, words)),
    )


def _courses(view: TeamView, tallies: Mapping[CourseSerial, Tally], target: Fraction, words: Words) -> Iterator[Panel]:
    if tallies:
        own = {serial: tallies[serial] for serial in view.course_names}
        yield course_panel(own, view.course_names, target, "tblTeamCourses", words)


def _changed(view: TeamView, target: Fraction, words: Words) -> Iterator[str]:
    """How the team's rate moved since the last month-end report; nothing without one."""
    changed = view.changed
    if changed:
        yield rate_sentence(changed.before, changed.after, target, changed.edition, words)
        yield figures_sentence(changed.before, changed.after, changed.edition, words)
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
    """A heading line and at most three tasks, the worst first, each with its number and a link to the list.

    Says "nothing to do" only if the data are complete.
    """
    tasks = {
        Status.OVERDUE: "todo.overdue",
        Status.FAILED: "todo.failed",
        Status.EXPIRED: "todo.expired",
        Status.DUE_SOON: "todo.due_soon",
        Status.NOT_ASSIGNED: "todo.not_assigned",
        Status.EXPIRING: "todo.expiring",
        Status.NOT_STARTED: "todo.not_started",
        Status.IN_PROGRESS: "todo.in_progress",
    }
    open_tasks = [status for status in NEEDS_ACTION if total.by_status[status]][:THINGS_TO_DO]
    if not open_tasks:
        return () if banner(lists, words) else (words.text("todo.nothing"),)
    lines = (
        Link(words.text(tasks[status], count=words.number(total.by_status[status])), "action_needed")
        for status in open_tasks
    )
    return (words.text("todo.heading"), *lines)


def _against_company(total: Tally, whole: CompanyFigures, target: Fraction, words: Words) -> str:
    if total.rate is None or whole.rate is None:
        return ""
    difference = points_between(total.rate, whole.rate)
    company = company_text(whole, target, words)
    if difference == 0:
        return words.text("team.as_company", company=company)
    amount = points_text(total.rate, whole.rate, words)
    if difference > 0:
        return words.text("team.above_company", amount=amount, company=company)
    return words.text("team.below_company", amount=amount, company=company)
