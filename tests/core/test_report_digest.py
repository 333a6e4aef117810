"""When two workbooks say the same about their people."""

from dataclasses import replace
from datetime import timedelta

from rkreport.core.models import Status
from rkreport.core.report.digest import content_sha256
from rkreport.core.report.manager import manager_plan
from rkreport.locale import load_words
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.factories import JAKARTA

EN = load_words("en")


def test_another_edition_of_the_same_rows_is_the_same() -> None:
    """Revision, run and times stand in the title block, which does not count."""
    run = company((owed(somebody(1), COURSES[0]),), teams=(team(1, (somebody(1),)),))
    later = replace(run.edition, revision=2, run_id="later", as_of=run.edition.as_of + timedelta(minutes=1))
    again = replace(run, edition=later)
    assert content_sha256(manager_plan(run, run.teams[0], EN, JAKARTA)) == content_sha256(
        manager_plan(again, again.teams[0], EN, JAKARTA)
    )


def test_any_change_of_a_row_is_another() -> None:
    """One person's status is enough."""
    run = company((owed(somebody(1), COURSES[0]),), teams=(team(1, (somebody(1),)),))
    changed = company((replace(owed(somebody(1), COURSES[0]), status=Status.OVERDUE),), teams=run.teams)
    assert content_sha256(manager_plan(run, run.teams[0], EN, JAKARTA)) != content_sha256(
        manager_plan(changed, changed.teams[0], EN, JAKARTA)
    )


def test_incomplete_data_are_another_thing_to_say() -> None:
    """Who was told that the data are not complete is told again once they are, though no row has changed."""
    run = company((owed(somebody(1), COURSES[0]),), teams=(team(1, (somebody(1),)),))
    plan = manager_plan(run, run.teams[0], EN, JAKARTA)
    warned = replace(plan, heading=replace(plan.heading, banner="DATA NOT COMPLETE"))
    assert content_sha256(plan) != content_sha256(warned)
