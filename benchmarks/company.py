"""A made-up company of many teams, judged: what the plans of the managers' workbooks are made from.

A team has 100 people who must take five courses, so its detail has 500 rows. Knows the core, and no workbook.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from benchmarks.detail_rows import COURSES
from rkreport.core.compliance import Team
from rkreport.core.models import (
    Batch,
    BatchSerial,
    Counts,
    Course,
    CourseSerial,
    DueRule,
    EmployeeId,
    JoinedAssignment,
    Manager,
    ManagerId,
    MatchedBy,
    Person,
    Requirement,
    Status,
    UnitSerial,
    UserSerial,
)
from rkreport.core.report.manager import team_plan
from rkreport.core.report.sheets import SummarySheet, TableSheet, WorkbookPlan
from rkreport.core.report.team_view import team_views
from rkreport.locale import load_words
from tests import factories

PEOPLE = 100  # of a team
_TOGETHER = 20  # teams
ROWS = PEOPLE * len(COURSES)  # of a team's detail
_COURSES = tuple(Course(CourseSerial(f"COURSE-{number:04d}"), name) for number, name in enumerate(COURSES))
_BATCHES = 200
_FIRST_SESSION = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
_TODAY = date(2026, 10, 31)
_STATUSES = (*[Status.COMPLETED] * 8, *Status)  # most comply


def plans(teams: Sequence[int]) -> Iterator[WorkbookPlan]:
    """The workbook of each of these teams, as `rkreport build` makes them: cut the run, then plan one by one.

    Some teams at a time are a company, so that many teams take no more memory than few.
    """
    for start in range(0, len(teams), _TOGETHER):
        yield from _plans(teams[start : start + _TOGETHER])


def without_lists(plan: WorkbookPlan) -> WorkbookPlan:
    """The same workbook without action list and matrix, and without links to them: summary, detail, notes."""
    kept = [sheet for sheet in plan.sheets if not isinstance(sheet, TableSheet) or sheet.key == "team_detail"]
    summary = kept[0]
    if not isinstance(summary, SummarySheet):
        raise TypeError("the summary comes first")
    keys = {sheet.key for sheet in kept}
    contents = tuple(link for link in summary.contents if link.sheet in keys)
    sentences = tuple(one for one in summary.sentences if isinstance(one, str) or one.sheet in keys)
    return replace(plan, sheets=(replace(summary, contents=contents, sentences=sentences), *kept[1:]))


def _plans(teams: Sequence[int]) -> Iterator[WorkbookPlan]:
    members = {number: [_person(number * PEOPLE + place) for place in range(PEOPLE)] for number in teams}
    requirements = tuple(
        _requirement(number * PEOPLE + place, course, person)
        for number, people in members.items()
        for place, person in enumerate(people)
        for course in range(len(COURSES))
    )
    run = factories.compliance(
        requirements=requirements,
        teams=tuple(Team(_manager(number), tuple(people)) for number, people in members.items()),
        rules=factories.rules(courses=tuple(factories.policy(serial=course.serial) for course in _COURSES)),
    )
    words = load_words("id")
    for view in team_views(run, run.teams):
        yield team_plan(view, words, factories.JAKARTA)


def _manager(number: int) -> Manager:
    return factories.manager(
        manager_id=ManagerId(f"M-{number:04d}"), name=f"Manajer {number}", email=f"manajer{number}@contoh.test"
    )


def _person(number: int) -> Person:
    employee_id, serial = EmployeeId(f"{number:06d}"), UserSerial(f"USR{number * 7919:012d}")
    learner = factories.learner(
        employee_id=employee_id,
        serial=serial,
        name=f"Orang Contoh {number}",
        email=f"orang{number}@contoh.test",
        unit_name=f"Unit {number // PEOPLE}",
        unit_serial=UnitSerial(f"UNIT-{number // PEOPLE:04d}"),
    )
    return Person(f"p{number}", learner, employee_id, serial, learner.name)


def _requirement(number: int, course: int, person: Person) -> Requirement:
    batch = (number * 7 + course * 31) % _BATCHES
    start = _FIRST_SESSION + timedelta(days=batch)
    status = _STATUSES[(number * 13 + course * 5) % len(_STATUSES)]
    due = _TODAY + timedelta(days=batch - 100)
    joined = _joined(person, _batch(course, batch), batch, is_cleared=status is Status.COMPLETED)
    return Requirement(
        person=person,
        course=_COURSES[course],
        status=status,
        counts=Counts.EXEMPT if status is Status.EXEMPT else Counts.YES,
        counting=joined,
        attempts=((joined, Counts.EXEMPT if status is Status.EXEMPT else Counts.YES),),
        due=due,
        due_rule=DueRule.COURSE,
        completed_on=start.date() if status is Status.COMPLETED else None,
        valid_until=due if status in (Status.EXPIRED, Status.EXPIRING) else None,
        days_overdue=number % 90 + 1 if status is Status.OVERDUE else None,
        exception=None,
    )


@cache  # one batch is that of many people, as in a snapshot
def _batch(course: int, number: int) -> Batch:
    start = _FIRST_SESSION + timedelta(days=number)
    return factories.batch(
        course_serial=_COURSES[course].serial,
        serial=BatchSerial(f"BATCH-{course}-{number:03d}"),
        name=f"Gelombang {number}",
        session_start=start,
        session_end=start + timedelta(hours=3),
    )


def _joined(person: Person, batch: Batch, number: int, *, is_cleared: bool) -> JoinedAssignment:
    assignment = factories.assignment(
        course_serial=batch.course_serial,
        batch_serial=batch.serial,
        user_serial=person.user_serial,
        employee_id=person.employee_id,
        name=person.name,
        status="Cleared" if is_cleared else "Ongoing",
        attended=number % 4 > 0,
        post_activity="COMPLETED" if is_cleared else "IN PROGRESS",
        post_test_attempts=number % 4,
    )
    return JoinedAssignment(assignment, batch, person.learner, MatchedBy.SERIAL)
