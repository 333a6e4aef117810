"""Which of several assignments counts, and which due date stays when there are several batches."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rkreport.core.assess import assess
from rkreport.core.join import join
from rkreport.core.models import Assignment, AssignmentStatus, BatchSerial, Counts, DueRule, Status
from rkreport.core.rules import Attempts
from tests import factories
from tests.core.one_person import CLEARED, FAILED, TODAY, UNTOUCHED, held, place, sari
from tests.factories import AS_OF

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
        (CLEARED, replace(CLEARED, post_test_score=60.0), Status.COMPLETED),
        (replace(CLEARED, attended=True), replace(CLEARED, attended=False), Status.COMPLETED),
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


# ---- a missed deadline stays missed

MISSED_EARLY, MISSED_LATE = date(2026, 3, 16), date(2026, 9, 21)  # 14 days after EARLY and LATE
OPEN = held(datetime(2026, 10, 30, 2, tzinfo=UTC), "BATCH-D")
DUE_OPEN = date(2026, 11, 13)


@pytest.mark.parametrize(
    ("results", "best", "latest"),
    [
        ({"BATCH-A": "Failed", "BATCH-D": "Ongoing"}, MISSED_EARLY, MISSED_EARLY),
        ({"BATCH-A": "Failed", "BATCH-B": "Failed", "BATCH-D": "Ongoing"}, MISSED_EARLY, MISSED_EARLY),
        ({"BATCH-B": "Ongoing", "BATCH-D": "Ongoing"}, MISSED_LATE, MISSED_LATE),
        ({"BATCH-A": "Cleared", "BATCH-D": "Ongoing"}, MISSED_EARLY, DUE_OPEN),
        ({"BATCH-A": "Cleared", "BATCH-B": "Failed", "BATCH-D": "Ongoing"}, MISSED_EARLY, MISSED_LATE),
        ({"BATCH-A": "Failed", "BATCH-B": "Cleared", "BATCH-D": "Ongoing"}, MISSED_LATE, DUE_OPEN),
        ({"BATCH-A": "Failed", "BATCH-D": "Cleared"}, DUE_OPEN, DUE_OPEN),
        ({"BATCH-D": "Ongoing"}, DUE_OPEN, DUE_OPEN),
    ],
)
def test_a_new_batch_does_not_heal_a_missed_deadline(results: dict[str, str], best: date, latest: date) -> None:
    """Who is not cleared keeps the earliest date missed since the last cleared batch; who is, has the batch's own."""
    rows = [place(serial, status) for serial, status in results.items()]
    for attempts, due in ((Attempts.BEST, best), (Attempts.LATEST, latest)):
        for order in (rows, rows[::-1]):
            found = sari(*order, batches=(EARLY, LATE, OPEN), attempts=attempts, due_days_after_session=14)
            assert found.counting
            is_cleared = found.counting.assignment.status.means is AssignmentStatus.CLEARED
            assert (found.due, found.due_rule) == (due, DueRule.AFTER_SESSION)
            assert (found.status is Status.OVERDUE) == (due < TODAY and not is_cleared)


def test_a_date_is_missed_the_day_after() -> None:
    """Due today in the old batch is not missed, so the new batch's date holds; due yesterday is."""
    rows = (place("BATCH-A", "Failed"), place("BATCH-D", "Ongoing"))
    lasting = replace(OPEN, session_end=AS_OF + timedelta(days=1))
    for days, due in ((0, TODAY + timedelta(1)), (1, TODAY - timedelta(1))):
        old = replace(EARLY, session_end=AS_OF - timedelta(days))
        assert sari(*rows, batches=(old, lasting), due_days_after_session=0).due == due


def test_a_course_date_needs_no_memory() -> None:
    """The course's own due date holds, whatever was missed before; a batch to come misses nothing yet."""
    rows = (place("BATCH-A", "Failed"), place("BATCH-D", "Ongoing"))
    assert sari(*rows, batches=(EARLY, OPEN), due=date(2026, 12, 31)).due == date(2026, 12, 31)
    planned = held(AS_OF + timedelta(days=1), "BATCH-E", post_activity_end=AS_OF - timedelta(days=9))
    found = sari(place("BATCH-D", "Ongoing"), place("BATCH-E", "Ongoing"), batches=(OPEN, planned))
    assert (found.due, found.status) == (None, Status.IN_PROGRESS)


def test_the_rule_of_a_missed_date_is_that_of_its_batch() -> None:
    """A date missed by the end of a post activity says so, though the new batch is judged by its session."""
    undated = factories.batch(serial=BatchSerial("BATCH-A"), session_end=None, post_activity_end=EARLY.session_end)
    rows = (place("BATCH-A", "Failed"), place("BATCH-D", "Ongoing"))
    found = sari(*rows, batches=(undated, OPEN), due_days_after_session=14)
    assert (found.due, found.due_rule) == (date(2026, 3, 2), DueRule.POST_ACTIVITY)


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
