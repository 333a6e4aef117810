"""The master workbook: everything, for L&D, compliance officers and auditors. Knows the order of its sheets."""

from dataclasses import replace
from datetime import tzinfo

from rkreport.core.answers.showing import NO_ANSWERS, Answers
from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.compliance import Compliance
from rkreport.core.report.actions import action_list
from rkreport.core.report.audit import audit_sheet
from rkreport.core.report.changed import changed_sheet
from rkreport.core.report.columns import detail_columns
from rkreport.core.report.detail import detail_sheet
from rkreport.core.report.figures import Figures, make_figures
from rkreport.core.report.heading import workbook
from rkreport.core.report.labels import Legend, make_legend, manager_name, with_names
from rkreport.core.report.next_batches import next_batches
from rkreport.core.report.notes import master_notes, sign_off_section
from rkreport.core.report.quality import quality_sheet
from rkreport.core.report.rollup_sheets import by_course_sheet, by_manager_sheet, by_unit_sheet
from rkreport.core.report.sheets import Sheet, TableSheet, WorkbookPlan
from rkreport.core.report.summary import summary_sheet
from rkreport.core.report.then import NOTHING_THEN, Then
from rkreport.core.report.trend import trend_sheet
from rkreport.core.words import Words


def master_plan(
    compliance: Compliance,
    words: Words,
    zone: tzinfo,
    *,
    rules_sha256: str = "",
    changes: Comparison = NOTHING,
    then: Then = NOTHING_THEN,
    contact: str = "",
    answers: Answers = NO_ANSWERS,
) -> WorkbookPlan:
    """The sheets in their fixed order, in one language.

    `rules_sha256` identifies the rules of this run: months made by other rules are not compared with it. `changes` is
    what changed since the last month-end report, `then` what the rankings compare with. `contact` answers questions.
    `answers` are what managers wrote into their workbooks.
    """
    figures = make_figures(compliance, rules_sha256)
    legend = _legend(compliance, figures, answers, zone, words)
    others: tuple[Sheet, ...] = (
        changed_sheet(compliance, figures, changes, words),
        by_unit_sheet(figures, words),
        by_manager_sheet(compliance, figures, words),
        by_course_sheet(compliance, figures, words),
        _detail(compliance, figures, legend, words),
        action_list(compliance.requirements, legend, compliance.edition.as_of, words),
        trend_sheet(compliance.history, figures.this_period, figures.target, words),
        quality_sheet(compliance, figures, words),
        audit_sheet(compliance, figures, zone, words),
        master_notes(
            with_names(compliance.rules, compliance),
            figures.course_names,
            zone,
            words,
            compliance.requirements,
            sign_off=sign_off_section(compliance.edition, contact, words),
        ),
    )
    return workbook(
        report=words.text("heading.master_report"),
        edition=compliance.edition,
        host=compliance.snapshot.host,
        lists=compliance.snapshot.lists,
        sheets=(summary_sheet(compliance, figures, others, words, then), *others),
        properties={},
        words=words,
    )


def _legend(compliance: Compliance, figures: Figures, answers: Answers, zone: tzinfo, words: Words) -> Legend:
    return replace(
        make_legend(words, zone, figures.course_names, compliance.teams),
        next_batches=next_batches(compliance),
        answers=answers.beside(compliance.requirements),
        writers={team.manager.manager_id: manager_name(team.manager, words) for team in compliance.teams},
    )


def _detail(compliance: Compliance, figures: Figures, legend: Legend, words: Words) -> TableSheet:
    return detail_sheet(
        key="detail",
        title=words.text("sheet.detail.title"),
        table_name="tblDetail",
        requirements=compliance.requirements,
        columns=detail_columns(compliance.edition, for_managers=False),
        legend=legend,
        words=words,
        total=figures.overall,
    )
