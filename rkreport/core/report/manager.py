"""A manager's workbook: that team and no other person. Built from a `TeamView`, never by hiding other rows."""

from dataclasses import replace
from datetime import tzinfo
from typing import Final

from rkreport.core.models import CourseSerial
from rkreport.core.report.actions import action_needed
from rkreport.core.report.changed import CAUSES
from rkreport.core.report.columns import detail_columns
from rkreport.core.report.detail import detail_sheet
from rkreport.core.report.heading import workbook
from rkreport.core.report.labels import make_legend, manager_name, status_cell
from rkreport.core.report.matrix import matrix_sheet
from rkreport.core.report.notes import team_notes
from rkreport.core.report.sheets import Sheet, StatusCell, WorkbookPlan
from rkreport.core.report.team_summary import team_summary
from rkreport.core.report.team_view import TeamView
from rkreport.core.words import Words

SHEETS: Final = ("team_summary", "action_needed", "matrix", "team_detail", "notes")
"""The keys of the sheets, in their fixed order."""


def team_plan(view: TeamView, words: Words, zone: tzinfo) -> WorkbookPlan:
    """The sheets in their fixed order, in one language."""
    legend = replace(
        make_legend(words, zone, view.course_names, (view.team,)),
        changes=_changes(view, words),
        next_batches=view.next_batches,
        answers=view.answers,
    )
    others: tuple[Sheet, ...] = (
        action_needed(view.requirements, legend, view.edition.as_of, words),
        matrix_sheet(view.team.people, view.requirements, legend, words),
        detail_sheet(
            key="team_detail",
            title=words.text("sheet.team_detail.title"),
            table_name="tblTeamDetail",
            requirements=view.requirements,
            columns=detail_columns(view.edition, for_managers=True, has_changes=view.changed is not None),
            legend=legend,
            words=words,
        ),
        team_notes(view.rules, view.course_names, zone, words, view.requirements),
    )
    manager = view.team.manager
    report = "heading.fallback_report" if manager.is_fallback else "heading.team_report"
    return workbook(
        report=words.text(report, manager=manager_name(manager, words)),
        edition=view.edition,
        host=view.host,
        lists=view.lists,
        sheets=(team_summary(view, others, words), *others),
        properties={"manager_id": manager.manager_id},
        words=words,
    )


def _changes(view: TeamView, words: Words) -> dict[tuple[str, CourseSerial], tuple[str, StatusCell | None]]:
    """What changed for people who are in the team now, and the status that the team knew before."""
    return {
        (each.requirement.person.key, each.requirement.course.serial): (
            words.text(CAUSES[each.cause]),
            status_cell(each.before, words) if each.before else None,
        )
        for each in (view.changed.people if view.changed else ())
    }
