"""Answers in the reports: prefilled for the manager, with who said it for L&D, and never a fact of the report."""

from dataclasses import replace
from datetime import date

import pytest

from rkreport.core.answers.showing import Answers
from rkreport.core.answers.taking import name_digest
from rkreport.core.compliance import Compliance, Team
from rkreport.core.models import Status
from rkreport.core.report.fingerprint import content_sha256
from rkreport.core.report.manager import team_plan
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import Kind, TableSheet, WorkbookPlan
from rkreport.core.report.team_view import team_views
from rkreport.core.words import Words
from rkreport.locale import load_words
from tests import factories
from tests.core.answers.lists import answer
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")

WRITTEN = {"choice": "leave", "planned_on": date(2026, 12, 18), "note": "Kembali 14 Desember"}


@pytest.fixture
def run() -> Compliance:
    """Two people of a team, both overdue."""
    people = tuple(factories.person(key=key, employee_id=key, name=f"Name {key}") for key in ("E1", "E2"))
    rows = tuple(factories.requirement(person=person, status=Status.OVERDUE, days_overdue=3) for person in people)
    return factories.compliance(requirements=rows, teams=(Team(factories.manager(), people),))


def answers(run: Compliance, **values: object) -> Answers:
    """What the manager of that team wrote about the first row."""
    row, manager = run.requirements[0], run.teams[0].manager
    own = {"manager_id": manager.manager_id, "address": manager.email.casefold(), "course": row.course.serial}
    return Answers(
        (
            answer(
                row.person.employee_id,
                user_serial=row.person.user_serial or "",
                name_sha256=name_digest(row.person.name),
                **own | WRITTEN | values,
            ),
        )
    )


def cells(plan: WorkbookPlan, key: str) -> list[tuple[object, ...]]:
    """The last cells of each row of a list."""
    (sheet,) = (each for each in plan.sheets if each.key == key)
    assert isinstance(sheet, TableSheet)
    return [tuple(row[-3:]) if key == "action_needed" else tuple(row[-4:]) for row in sheet.table.rows()]


@pytest.mark.parametrize(("words", "leave"), [(EN, "On leave"), (ID, "Cuti")])
def test_a_manager_finds_the_own_entries(run: Compliance, words: Words, leave: str) -> None:
    """In the language of the workbook, in cells that can be changed."""
    (view,) = team_views(run, run.teams)
    shown = replace(view, answers=answers(run).beside(view.requirements, view.team.manager))
    plan = team_plan(shown, words, JAKARTA)
    assert cells(plan, "action_needed") == [(leave, date(2026, 12, 18), "Kembali 14 Desember"), (None, None, None)]
    (sheet,) = (each for each in plan.sheets if each.key == "action_needed")
    assert isinstance(sheet, TableSheet)
    assert [column.kind for column in sheet.table.columns[-3:]] == [Kind.INPUT_CHOICE, Kind.INPUT_DATE, Kind.INPUT_TEXT]
    assert content_sha256(shown) == content_sha256(view)


@pytest.mark.parametrize(("words", "leave", "month"), [(EN, "On leave", "Oct 2026"), (ID, "Cuti", "Okt 2026")])
def test_the_master_says_who_said_it(run: Compliance, words: Words, leave: str, month: str) -> None:
    """A manager who is none any more is known by the id; without answers there are no such columns."""
    name = run.teams[0].manager.name
    told = cells(master_plan(run, words, JAKARTA, answers=answers(run)), "action_list")
    assert told == [(leave, date(2026, 12, 18), "Kembali 14 Desember", f"{name}, {month}"), (None,) * 4]
    gone = answers(run, manager_id="M-OLD", choice="", reason="Sakit")
    told = cells(master_plan(run, words, JAKARTA, answers=gone), "action_list")
    assert told[0] == ("Sakit", date(2026, 12, 18), "Kembali 14 Desember", f"M-OLD, {month}")
    headers = [
        [column.header for column in each.table.columns]
        for plan in (master_plan(run, words, JAKARTA), master_plan(run, words, JAKARTA, answers=gone))
        for each in plan.sheets
        if isinstance(each, TableSheet) and each.key == "action_list"
    ]
    assert headers[1][: len(headers[0])] == headers[0]
    assert headers[1][len(headers[0]) :] == [
        words.text(f"column.{name}") for name in ("reason", "planned_date", "note", "said_by")
    ]
