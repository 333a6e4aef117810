"""The last sheet: what every word and number means, and the rules of each course."""

from datetime import date

import pytest

from rkreport.core.models import (
    BatchSerial,
    Course,
    CourseSerial,
    Status,
)
from rkreport.core.report.master import master_plan
from rkreport.core.report.notes import course_rule
from rkreport.core.report.sheets import NotesSheet, StatusCell
from rkreport.core.rules import Attempts, Audience, CoursePolicy
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import company, manager_plan, owed, somebody
from tests.core.plans import sheet_of
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


def test_notes_define_every_status_in_order() -> None:
    """All statuses in the order in which they are tried, with the numbers of the live rules."""
    run = factories.compliance(rules=factories.rules(due_soon_days=21, target_percent=92.5))
    notes = sheet_of(master_plan(run, EN, JAKARTA), "notes")
    assert isinstance(notes, NotesSheet)
    lines = [line for section in notes.sections for line in section.lines]
    assert [term.status for term, _ in lines if isinstance(term, StatusCell)] == list(Status)
    meanings = " ".join(meaning for _, meaning in lines)
    assert "due within 21 days" in meanings
    assert "92.5% of the requirements" in meanings
    assert "Asia/Jakarta" in meanings
    assert all(meaning for _, meaning in lines)


@pytest.mark.parametrize(
    ("policy", "rule"),
    [
        (
            CoursePolicy(CourseSerial("C-1")),
            (
                "Due at the end of the batch's post activity, if it has one. Does not expire. Of several batches, the"
                " latest that is Cleared decides; if there is none, the latest. Must be taken by whoever is assigned."
                " All batches are included."
            ),
        ),
        (
            CoursePolicy(
                CourseSerial("C-1"),
                batches=(BatchSerial("B-1"),),
                due=date(2026, 12, 31),
                valid_for_months=36,
                attempts=Attempts.LATEST,
                audience=Audience(("Gudang",), ("Frontliner",)),
            ),
            (
                "Due on 31 Dec 2026. Valid for 36 months. Of several batches, the latest decides. Must be taken by:"
                " unit Gudang with all units below it; tag Frontliner. Number of batches: 1."
            ),
        ),
    ],
)
def test_course_rules_in_words(policy: CoursePolicy, rule: str) -> None:
    """Due date, validity, attempts, audience and batches of each course stand in the notes as sentences."""
    assert course_rule(policy, EN) == rule


def _course_lines(*months: int | None) -> list[tuple[str, str]]:
    """What the notes say about courses that are valid for so long."""
    policies = tuple(factories.policy(serial=f"C-{at:02}", valid_for_months=each) for at, each in enumerate(months))
    courses = [Course(policy.serial, f"Course {policy.serial[2:]}") for policy in policies]
    requirements = tuple(owed(somebody(1), course) for course in courses)
    run = company(requirements, rules=factories.rules(courses=policies))
    notes = sheet_of(master_plan(run, EN, JAKARTA), "notes")
    assert isinstance(notes, NotesSheet)
    (section,) = (each for each in notes.sections if each.heading == "Rules of each course")
    return [(str(term), meaning) for term, meaning in section.lines]


def test_rules_of_many_courses_stand_once() -> None:
    """Courses with a rule of their own stand by name, so that nobody misses them among hundreds."""
    assert [term for term, _ in _course_lines(*(None,) * 9)] == [f"Course {number:02}" for number in range(9)]
    ((term, rule),) = _course_lines(*(None,) * 10)
    assert term == "All 10 courses"
    assert "Does not expire." in rule
    special, others = _course_lines(*(None,) * 7, 12, *(None,) * 4)
    assert special[0] == "Course 07"
    assert "Valid for 12 months." in special[1]
    assert others == ("All other courses (11)", rule)


def test_due_after_session_in_words() -> None:
    """A due date that hangs on the session says how many days."""
    policy = CoursePolicy(CourseSerial("C-1"), due_days_after_session=14)
    assert course_rule(policy, EN).startswith("Due 14 days after the session")


@pytest.mark.parametrize(
    ("is_interim", "following"), [(False, "November 2026, from 1 Dec 2026"), (True, "October 2026, from 1 Nov 2026")]
)
def test_notes_name_contact_next_report_and_lines_to_sign_on(*, is_interim: bool, following: str) -> None:
    """In the master alone; after an interim edition comes the month's own report."""
    run = factories.compliance(edition=factories.edition(is_interim=is_interim))
    notes = sheet_of(master_plan(run, EN, JAKARTA, contact="ld@contoh.test"), "notes")
    assert isinstance(notes, NotesSheet)
    lines = dict(notes.sections[-1].lines)
    assert (lines["Contact"], lines["Next report"]) == ("ld@contoh.test", following)
    assert lines["Prepared by"] == lines["Checked by"]
    assert "Signature: ____" in lines["Checked by"]
    team = sheet_of(manager_plan(run, run.teams[0], EN, JAKARTA), "notes")
    assert "Signature" not in repr(team)


def test_notes_speak_of_what_their_workbook_has() -> None:
    """The rate above the header is the master's; rules of courses are told where there are courses."""
    run = factories.compliance()
    plans = master_plan(run, EN, JAKARTA), manager_plan(run, run.teams[0], EN, JAKARTA)
    assert ["rate above the header" in repr(sheet_of(plan, "notes")) for plan in plans] == [True, False]
    assert all("Rules of each course" in repr(sheet_of(plan, "notes")) for plan in plans)
    empty = factories.compliance(requirements=(), teams=(), rules=factories.rules(courses=()))
    assert "Rules of each course" not in repr(sheet_of(master_plan(empty, EN, JAKARTA), "notes"))
