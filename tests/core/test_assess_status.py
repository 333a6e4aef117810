"""The table of statuses row by row, on its boundary days; and which assignment counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rkreport.core.assess import Assessed, assess, wire_word
from rkreport.core.join import join
from rkreport.core.models import (
    Assignment,
    Attempts,
    Audience,
    Batch,
    BatchSerial,
    Counts,
    CourseException,
    EmployeeId,
    Requirement,
    Status,
)
from tests import factories
from tests.factories import AS_OF

TODAY = AS_OF.date()
EVERYBODY = Audience(("COMPROOT0001",), ())


def judged(
    *rows: Assignment,
    batches: tuple[Batch, ...] | None = None,
    excused: tuple[CourseException, ...] = (),
    **policy: object,
) -> Assessed:
    """Sari's verdict at the end of October 2026, from these assignments in these batches."""
    snapshot = factories.snapshot(
        assignments=rows, batches=(factories.batch(),) if batches is None else batches, learners=(factories.learner(),)
    )
    rules = factories.rules(courses=(factories.policy(**policy),), exceptions=excused)
    return assess(join(snapshot), snapshot, rules, AS_OF)


def sari(
    *rows: Assignment,
    batches: tuple[Batch, ...] | None = None,
    excused: tuple[CourseException, ...] = (),
    **policy: object,
) -> Requirement:
    """As `judged`, her one requirement."""
    (only,) = judged(*rows, batches=batches, excused=excused, **policy).requirements
    return only


def held(day: datetime, serial: str = "BATCH-K3-01", **values: object) -> Batch:
    """A batch of three hours that begins at `day`."""
    return factories.batch(
        serial=BatchSerial(serial), session_start=day, session_end=day + timedelta(hours=3), **values
    )


def place(serial: str, status: str, **values: object) -> Assignment:
    """Sari's assignment in a batch."""
    return factories.assignment(batch_serial=BatchSerial(serial), status=status, **values)


CLEARED = factories.assignment()
FAILED = factories.assignment(status="Failed")
UNTOUCHED = factories.assignment(status="Ongoing", attended=False, post_test_attempts=0, post_activity="NOT STARTED")


def excuse(**values: object) -> CourseException:
    """Sari is excused from everything, for ever."""
    fields: dict[str, Any] = {
        "employee_id": EmployeeId("00417"),
        "course": "*",
        "until": None,
        "reason": "Cuti",
        "approved_by": "HR",
        "line": 2,
    }
    return CourseException(**(fields | values))


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
    assert sari(replace(UNTOUCHED, **done)).status is Status.IN_PROGRESS


@pytest.mark.parametrize(
    "nothing", [{"attended": None}, {"post_activity": ""}, {"post_activity": "EXPIRED"}, {"post_test_score": 90.0}]
)
def test_not_started(nothing: dict[str, Any]) -> None:
    """Unknown attendance, no or an expired post activity, or a score without an attempt is nothing done."""
    assert sari(replace(UNTOUCHED, **nothing)).status is Status.NOT_STARTED


def test_not_assigned() -> None:
    """In the audience and in no batch is not assigned and counts; after the course's due date it is overdue."""
    found = sari(audience=EVERYBODY)
    assert (found.status, found.counts, found.attempts) == (Status.NOT_ASSIGNED, Counts.YES, ())
    assert sari(audience=EVERYBODY, due=TODAY).status is Status.DUE_SOON
    assert sari(audience=EVERYBODY, due=TODAY - timedelta(1)).status is Status.OVERDUE


@pytest.mark.parametrize("word", ["Cleared", "CLEARED", " cleared ", "cLeaReD"])
def test_cleared_in_any_spelling(word: str) -> None:
    """The LMS spells its values in several ways; case and outer blanks do not matter."""
    assert sari(replace(UNTOUCHED, status=word)).status is Status.COMPLETED


def test_wire_words() -> None:
    """Blanks and underscores, single or many, and case are one spelling; nothing else is folded."""
    assert {wire_word(text) for text in ("NOT STARTED", "not_started", " Not  Started_")} == {"NOT_STARTED"}
    assert wire_word("NotStarted") != "NOT_STARTED"
    assert wire_word(" _ ") == ""


def test_unknown_values_decide_nothing() -> None:
    """A status or activity the documentation does not have is kept, found, and neither passes nor fails anybody."""
    assessed = judged(replace(UNTOUCHED, status="Lulus", post_activity="Baru"))
    assert assessed.requirements[0].status is Status.NOT_STARTED
    assert [finding.code for finding in assessed.findings] == ["unknown_assignment_status", "unknown_post_activity"]
    assert [each.code for each in judged(replace(UNTOUCHED, status=" ")).findings] == ["empty_assignment_status"]


def test_odd_decisions_are_found() -> None:
    """Cleared though absent, and decided before the session, are findings; unknown attendance is not absence."""
    assert [each.code for each in judged(replace(CLEARED, attended=False)).findings] == ["cleared_without_attendance"]
    assert judged(replace(CLEARED, attended=None)).findings == ()
    tomorrow = held(AS_OF + timedelta(days=1))
    assert [each.code for each in judged(CLEARED, batches=(tomorrow,)).findings] == ["future_session_decided"]
    assert judged(UNTOUCHED, batches=(tomorrow,)).findings == ()
    assert judged(CLEARED, batches=(factories.batch(session_start=None),)).findings == ()


# ---- which assignment counts

EARLY = held(datetime(2026, 3, 2, 2, tzinfo=UTC), "BATCH-A")
LATE = held(datetime(2026, 9, 7, 2, tzinfo=UTC), "BATCH-B")
ALIKE = held(datetime(2026, 9, 7, 2, tzinfo=UTC), "BATCH-C")


@pytest.mark.parametrize(
    ("attempts", "first", "second", "counting", "status"),
    [
        (Attempts.BEST, "Cleared", "Failed", "BATCH-A", Status.COMPLETED),
        (Attempts.LATEST, "Cleared", "Failed", "BATCH-B", Status.FAILED),
        (Attempts.BEST, "Cleared", "Cleared", "BATCH-B", Status.COMPLETED),
        (Attempts.BEST, "Failed", "Ongoing", "BATCH-B", Status.IN_PROGRESS),
        (Attempts.LATEST, "Failed", "Cleared", "BATCH-B", Status.COMPLETED),
    ],
)
def test_attempts(attempts: Attempts, first: str, second: str, counting: str, status: Status) -> None:
    """Best is the latest cleared one, or the latest if none is; latest is the latest. The other one is superseded."""
    found = sari(place("BATCH-A", first), place("BATCH-B", second), batches=(EARLY, LATE), attempts=attempts)
    assert found.counting
    assert found.counting.batch.serial == counting
    assert found.status is status
    assert [(row.batch.serial, counts) for row, counts in found.attempts] == [
        ("BATCH-B", Counts.YES if counting == "BATCH-B" else Counts.SUPERSEDED),
        ("BATCH-A", Counts.YES if counting == "BATCH-A" else Counts.SUPERSEDED),
    ]


@pytest.mark.parametrize("attempts", list(Attempts))
def test_equal_session_starts(attempts: Attempts) -> None:
    """Of two batches that begin together the one with the greater serial is the later."""
    rows = (place("BATCH-C", "Cleared"), place("BATCH-B", "Cleared"))
    for order in (rows, rows[::-1]):
        found = sari(*order, batches=(ALIKE, LATE), attempts=attempts)
        assert found.counting
        assert found.counting.batch.serial == "BATCH-C"


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        (CLEARED, FAILED, Status.COMPLETED),
        (FAILED, replace(UNTOUCHED, attended=True), Status.FAILED),
        (replace(UNTOUCHED, attended=True), UNTOUCHED, Status.IN_PROGRESS),
    ],
)
@pytest.mark.parametrize("attempts", list(Attempts))
def test_twice_in_one_batch(one: Assignment, other: Assignment, status: Status, attempts: Attempts) -> None:
    """The row that got furthest stands for both, whichever comes first; the other one is superseded."""
    for order in ((one, other), (other, one)):
        found = sari(*order, attempts=attempts)
        assert found.status is status
        assert [(row.assignment, counts) for row, counts in found.attempts] == [
            (one, Counts.YES),
            (other, Counts.SUPERSEDED),
        ]


def test_batches_without_a_date_have_begun() -> None:
    """A result in a batch without a session time counts, and every batch with a time is later than it."""
    dateless = factories.batch(serial=BatchSerial("BATCH-Z"), session_start=None, session_end=None)
    rows = (place("BATCH-Z", "Cleared"), place("BATCH-A", "Failed"))
    found = sari(rows[0], batches=(dateless,))
    assert (found.status, [counts for _, counts in found.attempts]) == (Status.COMPLETED, [Counts.YES])
    assert sari(*rows, batches=(dateless, EARLY)).status is Status.COMPLETED
    assert sari(*rows, batches=(dateless, EARLY), attempts=Attempts.LATEST).status is Status.FAILED


def test_only_future_batches_without_audience() -> None:
    """Without an audience, who is only in batches that have not begun does not count yet."""
    found = sari(UNTOUCHED, batches=(held(AS_OF + timedelta(seconds=1)),))
    assert (found.status, found.counts, found.counting) == (Status.NOT_ASSIGNED, Counts.NOT_BEGUN, None)


def test_unlisted_batches_decide_nothing() -> None:
    """With batches listed in the rules, those of the snapshot that are not listed make no requirement."""
    policy = factories.policy(batches=(BatchSerial("BATCH-B"),))
    snapshot = factories.snapshot(assignments=(place("BATCH-A", "Cleared"),), batches=(EARLY, LATE))
    assert assess(join(snapshot), snapshot, factories.rules(courses=(policy,)), AS_OF).requirements == ()


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
