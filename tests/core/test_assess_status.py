"""The table of statuses row by row, on its boundary days; and who counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rkreport.core.assess import assess
from rkreport.core.join import join
from rkreport.core.models import Assignment, Counts, CourseException, EmployeeId, Status
from rkreport.core.report.detail import detail_rows
from rkreport.core.rules import Audience
from tests import factories
from tests.core.one_person import CLEARED, EVERYBODY, FAILED, TODAY, UNTOUCHED, excuse, held, judged, sari, untouched
from tests.factories import AS_OF


@pytest.mark.parametrize(
    ("row", "days_left", "status"),
    [
        (UNTOUCHED, -1, Status.OVERDUE),
        (UNTOUCHED, 0, Status.DUE_SOON),
        (UNTOUCHED, 14, Status.DUE_SOON),
        (UNTOUCHED, 15, Status.NOT_STARTED),
        (FAILED, -1, Status.OVERDUE),
        (FAILED, 0, Status.FAILED),
        (FAILED, 15, Status.FAILED),
        (CLEARED, -1, Status.COMPLETED),
        (CLEARED, 0, Status.COMPLETED),
        (replace(UNTOUCHED, attended=True), 14, Status.DUE_SOON),
        (replace(UNTOUCHED, attended=True), 15, Status.IN_PROGRESS),
    ],
)
def test_due_date(row: Assignment, days_left: int, status: Status) -> None:
    """Due yesterday is overdue, due today is not; due in exactly 14 days is due soon, in 15 is not."""
    found = sari(row, due=TODAY + timedelta(days_left))
    assert found.status is status
    assert found.days_overdue == (-days_left if status is Status.OVERDUE else None)


@pytest.mark.parametrize(
    ("days_valid", "status"),
    [(-1, Status.EXPIRED), (0, Status.EXPIRING), (90, Status.EXPIRING), (91, Status.COMPLETED)],
)
def test_validity(days_valid: int, status: Status) -> None:
    """Valid until yesterday is expired, until today is expiring; 90 days more is expiring, 91 is completed."""
    snapshot = factories.snapshot(batches=(held(datetime(2025, 1, 31, 2, tzinfo=UTC)),))
    as_of = datetime(2027, 1, 31, 12, tzinfo=AS_OF.tzinfo) - timedelta(days_valid)
    rules = factories.rules(courses=(factories.policy(valid_for_months=24, due=date(2020, 1, 1)),))
    (found,) = assess(join(snapshot), snapshot, rules, as_of).requirements
    assert found.valid_until == date(2027, 1, 31)
    assert found.status is status
    assert found.days_overdue is None


@pytest.mark.parametrize(
    "done",
    [
        {"attended": True},
        {"post_activity": "IN PROGRESS"},
        {"post_activity": "in_progress"},
        {"post_activity": "Completed"},
        {"post_test_attempts": 1, "post_test_score": 0.0},
    ],
)
def test_in_progress(done: dict[str, Any]) -> None:
    """Attended, a post activity that was begun or done, or a test attempted, even with score 0, is in progress."""
    assert sari(untouched(**done)).status is Status.IN_PROGRESS


@pytest.mark.parametrize(
    "nothing", [{"attended": None}, {"post_activity": ""}, {"post_activity": "EXPIRED"}, {"post_test_score": 90.0}]
)
def test_not_started(nothing: dict[str, Any]) -> None:
    """Unknown attendance, no or an expired post activity, or a score without an attempt is nothing done."""
    assert sari(untouched(**nothing)).status is Status.NOT_STARTED


def test_not_assigned() -> None:
    """In the audience and in no batch is not assigned and counts; after the course's due date it is overdue."""
    found = sari(audience=EVERYBODY)
    assert (found.status, found.counts, found.attempts) == (Status.NOT_ASSIGNED, Counts.YES, ())
    assert sari(audience=EVERYBODY, due=TODAY).status is Status.DUE_SOON
    assert sari(audience=EVERYBODY, due=TODAY - timedelta(1)).status is Status.OVERDUE


@pytest.mark.parametrize("word", ["Cleared", "CLEARED", " cleared ", "cLeaReD"])
def test_cleared_in_any_spelling(word: str) -> None:
    """The LMS spells its values in several ways; case and outer blanks do not matter."""
    assert sari(untouched(status=word)).status is Status.COMPLETED


def test_unknown_values_decide_nothing() -> None:
    """A status or activity the documentation does not have is kept, found, and neither passes nor fails anybody."""
    assessed = judged(untouched(status="Lulus", post_activity="Baru"))
    assert assessed.requirements[0].status is Status.NOT_STARTED
    assert [finding.code for finding in assessed.findings] == ["unknown_assignment_status", "unknown_post_activity"]
    assert [each.code for each in judged(untouched(status=" ")).findings] == ["empty_assignment_status"]


def test_odd_decisions_are_found() -> None:
    """Cleared though absent, and decided before the session, are findings; unknown attendance is not absence."""
    assert [each.code for each in judged(replace(CLEARED, attended=False)).findings] == ["cleared_without_attendance"]
    assert judged(replace(CLEARED, attended=None)).findings == ()
    tomorrow = held(AS_OF + timedelta(days=1))
    assert [each.code for each in judged(CLEARED, batches=(tomorrow,)).findings] == ["future_session_decided"]
    assert judged(UNTOUCHED, batches=(tomorrow,)).findings == ()
    assert judged(CLEARED, batches=(factories.batch(session_start=None),)).findings == ()


# ---- who counts


@pytest.mark.parametrize(
    ("person", "policy", "excused", "counts"),
    [
        ({}, {}, (), Counts.YES),
        ({}, {}, (excuse(),), Counts.EXEMPT),
        ({"is_active": False}, {}, (excuse(),), Counts.INACTIVE),
        ({}, {"audience": Audience((), ("Malam",))}, (excuse(),), Counts.NOT_IN_AUDIENCE),
        ({}, {"audience": EVERYBODY}, (excuse(),), Counts.EXEMPT),
        ({"serial": "OTHER", "employee_id": EmployeeId("1")}, {}, (), Counts.UNMATCHED),
    ],
)
def test_who_counts(
    person: dict[str, Any], policy: dict[str, Any], excused: tuple[CourseException, ...], counts: Counts
) -> None:
    """Active users in the audience count unless exempt; everybody else stays visible with the reason."""
    snapshot = factories.snapshot(learners=(factories.learner(**person),))
    rules = factories.rules(courses=(factories.policy(**policy),), exceptions=excused)
    (found,) = assess(join(snapshot), snapshot, rules, AS_OF).requirements
    assert found.counts is counts
    assert [said for _, said in found.attempts] == [counts]


def test_inactive_people_are_not_called_to_account() -> None:
    """An inactive user in the audience who was never assigned has no requirement."""
    snapshot = factories.snapshot(assignments=(), learners=(factories.learner(is_active=False),))
    rules = factories.rules(courses=(factories.policy(audience=EVERYBODY),))
    assert assess(join(snapshot), snapshot, rules, AS_OF).requirements == ()


@pytest.mark.parametrize(
    ("person", "policy"),
    [
        ({}, {}),
        ({"is_active": False}, {}),
        ({"is_active": False}, {"audience": EVERYBODY}),
        ({}, {"audience": Audience((), ("Malam",))}),
        ({"serial": "OTHER", "employee_id": EmployeeId("1")}, {}),
    ],
)
def test_who_does_not_count_and_waits_has_one_row(person: dict[str, Any], policy: dict[str, Any]) -> None:
    """A batch to come stands once in the detail, whoever is in it; only a requirement that counts adds a row."""
    batches = (held(AS_OF + timedelta(days=1)),)
    snapshot = factories.snapshot(assignments=(UNTOUCHED,), batches=batches, learners=(factories.learner(**person),))
    rules = factories.rules(courses=(factories.policy(**policy),))
    assert [row.counts for row in detail_rows(assess(join(snapshot), snapshot, rules, AS_OF).requirements)] == [
        Counts.NOT_BEGUN
    ]
    waiting = sari(UNTOUCHED, batches=batches, audience=EVERYBODY)
    assert [row.counts for row in detail_rows([waiting])] == [Counts.YES, Counts.NOT_BEGUN]
