"""When two workbooks say the same about their people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rkreport.core.compliance import Compliance
from rkreport.core.models import (
    BatchSerial,
    Counts,
    EmployeeId,
    JoinedAssignment,
    MatchedBy,
    Person,
    Requirement,
    Status,
    Tag,
    UserSerial,
)
from rkreport.core.report.fingerprint import CONTENT_VERSION, content_sha256, content_version
from rkreport.core.report.team_view import team_views
from rkreport.core.snapshot import Verdict
from rkreport.lms import states
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team

BASE = owed(somebody(1), COURSES[0], superseded=1)


def digest_of(run: Compliance) -> str:
    """That of the only team."""
    (view,) = team_views(run, run.teams)
    return content_sha256(view)


def run_of(*requirements: Requirement, **overrides: Any) -> Compliance:
    """A run with one team that owes this."""
    people = tuple({each.person.key: each.person for each in requirements}.values())
    return company(requirements, **({"teams": (team(1, people),)} | overrides))


def known() -> Requirement:
    """A requirement of which every fact that a digest holds is written down here."""
    learner = factories.learner(
        employee_id=EmployeeId("00042"),
        serial=UserSerial("S-42"),
        name="Budi Santoso",
        email="budi@contoh.test",
        company="PT Contoh",
        unit_name="Penjualan",
        is_active=True,
        tags=(Tag("T-1", "Staf"), Tag("T-2", "")),
    )
    assignment = factories.assignment(
        employee_id=EmployeeId("00042"),
        user_serial=UserSerial("S-42"),
        name="Budi Santoso",
        attended=True,
        status="Cleared",
        post_activity="COMPLETED",
        post_test_attempts=2,
    )
    start = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    batch = factories.batch(
        course_serial=COURSES[0].serial,
        serial=BatchSerial("B-1"),
        name="Gelombang 1",
        session_start=start,
        session_end=start + timedelta(hours=2),
    )
    joined = JoinedAssignment(assignment, batch, learner, MatchedBy.SERIAL)
    return factories.requirement(
        person=Person("p1", learner, learner.employee_id, learner.serial, learner.name),
        course=COURSES[0],
        status=Status.COMPLETED,
        counts=Counts.YES,
        counting=joined,
        attempts=((joined, Counts.YES),),
        due=date(2026, 9, 15),
        completed_on=date(2026, 9, 1),
        valid_until=date(2027, 9, 1),
        days_overdue=None,
    )


def test_the_digest_of_known_facts_never_changes() -> None:
    """Whatever is added to the models or said in other words: the same facts have this digest. Never edit it."""
    assert digest_of(run_of(known())) == "2:e6610a6528e883a44bd0b6e5924a9ce3e181852c2aa893aa13a8a6bbcc696c27"


def test_another_edition_of_the_same_facts_is_the_same() -> None:
    """Neither revision, run and times, the manager's language and name, the names of courses, nor the order count."""
    second = owed(somebody(2), COURSES[1], Status.OVERDUE)
    run = run_of(BASE, second)
    again = run_of(second, replace(BASE, course=replace(BASE.course, name="Another name")))
    later = replace(
        run.edition, revision=2, run_id="later", as_of=run.edition.as_of + timedelta(minutes=1), version="9"
    )
    manager = replace(again.teams[0].manager, language="id", name="Another manager")
    teams = (replace(again.teams[0], manager=manager, people=tuple(reversed(again.teams[0].people))),)
    assert digest_of(replace(again, edition=later, teams=teams)) == digest_of(run)


CHANGES: dict[str, Callable[[Requirement], Requirement]] = {
    "status": lambda each: replace(each, status=Status.OVERDUE),
    "counts": lambda each: replace(each, counts=Counts.INACTIVE),
    "due": lambda each: replace(each, due=date(2026, 10, 21)),
    "completed_on": lambda each: replace(each, completed_on=date(2026, 9, 9)),
    "valid_until": lambda each: replace(each, valid_until=date(2027, 9, 9)),
    "days_overdue": lambda each: replace(each, days_overdue=3),
    "course": lambda each: replace(each, course=COURSES[1]),
    "person": lambda each: replace(each, person=somebody(2)),
    "an attempt less": lambda each: replace(each, attempts=each.attempts[:1]),
    "what an attempt counts for": lambda each: replace(
        each, attempts=tuple((joined, Counts.NOT_BEGUN) for joined, _ in each.attempts)
    ),
}
ASSIGNED: dict[str, Any] = {
    "attended": False,
    "status": states.assignment_status("Failed"),
    "post_activity": states.post_activity("EXPIRED"),
    "post_test_attempts": 7,
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_other_fact_is_another_content(what: str) -> None:
    """Of one requirement, one fact is enough."""
    assert digest_of(run_of(CHANGES[what](BASE))) != digest_of(run_of(BASE))


@pytest.mark.parametrize("field", ASSIGNED)
def test_any_other_value_of_the_lms_is_another_content(field: str) -> None:
    """Of one assignment, one value is enough."""
    ((joined, counts), *others) = BASE.attempts
    changed = replace(joined, assignment=replace(joined.assignment, **{field: ASSIGNED[field]}))
    assert digest_of(run_of(replace(BASE, attempts=((changed, counts), *others)))) != digest_of(run_of(BASE))


@pytest.mark.parametrize("field", ["email", "company", "unit_name"])
def test_another_record_of_a_person_is_another_content(field: str) -> None:
    """Who reads the detail reads it there."""
    learner = BASE.person.learner
    assert learner
    changed_field: dict[str, Any] = {field: "another"}
    changed = replace(BASE, person=replace(BASE.person, learner=replace(learner, **changed_field)))
    assert digest_of(run_of(changed)) != digest_of(run_of(BASE))


def test_incomplete_data_are_another_thing_to_say() -> None:
    """Who was told that the data are not complete is told again once they are, though no row has changed."""
    run = run_of(BASE)
    lists = (factories.reading(verdict=Verdict.INCOMPLETE),)
    assert digest_of(replace(run, snapshot=replace(run.snapshot, lists=lists))) != digest_of(run)


def test_a_digest_tells_its_version() -> None:
    """The first version's had no mark."""
    assert content_version(digest_of(run_of(BASE))) == CONTENT_VERSION
    assert content_version("c" * 64) == "1"
