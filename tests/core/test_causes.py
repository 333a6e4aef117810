"""One cause a requirement, the first that holds: the table of docs/rules.md, case by case."""

from datetime import datetime, timedelta

import pytest

from rkreport.core.changes.causes import Cause, Pair, Side, cause_of
from rkreport.core.models import Counts, ManagerId, Requirement, Status
from tests import factories
from tests.core.companies import COURSES, owed, somebody

SINCE = datetime(2026, 9, 30, 23, 59, 59, tzinfo=factories.JAKARTA)  # the batch of October began after it
ANA, BUDI = ManagerId("M-1"), ManagerId("M-2")
OLD = owed(somebody(1), COURSES[0])


def side(status: Status, counts: Counts = Counts.YES, manager_id: ManagerId = ANA) -> Side:
    """A requirement in a report."""
    return Side(status, counts, manager_id)


DONE, LATE, OPEN = side(Status.COMPLETED), side(Status.OVERDUE), side(Status.NOT_STARTED)
GONE, NOBODY_KNOWN = side(Status.COMPLETED, Counts.INACTIVE), side(Status.COMPLETED, Counts.UNMATCHED)
EXCUSED, OUTSIDE = side(Status.EXEMPT, Counts.EXEMPT), side(Status.COMPLETED, Counts.NOT_IN_AUDIENCE)
TO_COME, UNASSIGNED = side(Status.NOT_ASSIGNED, Counts.NOT_BEGUN), side(Status.NOT_ASSIGNED)


def told(
    before: Side | None,
    after: Side | None,
    *,
    was_there: bool = True,
    is_there: bool = True,
    now: Requirement | None = OLD,
    is_by_rules: bool = False,
    since: datetime = SINCE + timedelta(60),
) -> Cause | None:
    """The cause; the deciding batch had begun before the earlier report unless `since` says otherwise."""
    return cause_of(Pair(before, after, was_there, is_there, now), is_by_rules=is_by_rules, since=since)


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        (OPEN, DONE, Cause.DONE),
        (LATE, side(Status.EXPIRING), Cause.DONE),
        (OPEN, LATE, Cause.OVERDUE),
        (DONE, LATE, Cause.OVERDUE),
        (DONE, side(Status.EXPIRED), Cause.EXPIRED),
        (DONE, OPEN, Cause.CORRECTED),
        (DONE, OUTSIDE, Cause.CORRECTED),
        (OUTSIDE, LATE, Cause.CORRECTED),
        (EXCUSED, LATE, Cause.EXCEPTION),
        (DONE, EXCUSED, Cause.EXCEPTION),
        (TO_COME, DONE, Cause.BATCH),
        (None, DONE, Cause.BATCH),
        (DONE, None, Cause.BATCH),
        (OPEN, TO_COME, Cause.BATCH),
        (UNASSIGNED, None, Cause.CORRECTED),
        (DONE, side(Status.COMPLETED, manager_id=BUDI), Cause.MOVED),
        (OPEN, side(Status.COMPLETED, manager_id=BUDI), Cause.DONE),
        (DONE, side(Status.EXPIRING), None),
        (OPEN, side(Status.IN_PROGRESS), None),
        (LATE, LATE, None),
        (OUTSIDE, side(Status.COMPLETED, Counts.NOT_IN_AUDIENCE, BUDI), None),
    ],
)
def test_the_first_that_holds(before: Side | None, after: Side | None, cause: Cause | None) -> None:
    """Of somebody who is there in both months, by the same rules."""
    assert told(before, after) is cause


@pytest.mark.parametrize("absent", [None, GONE, NOBODY_KNOWN])
def test_people_come_and_go(absent: Side | None) -> None:
    """Whether the LMS lists them no more, or as not active; before all but the rules."""
    assert told(absent, LATE, was_there=False) is Cause.JOINED
    assert told(DONE, absent, is_there=False) is Cause.LEFT
    assert told(DONE, absent, is_there=False, is_by_rules=True) is Cause.RULES


def test_a_new_batch_takes_a_completion_away() -> None:
    """Where the latest batch decides and began since; one in which the person was cleared is a completion."""
    assert told(DONE, OPEN, since=SINCE) is Cause.BATCH
    assert told(UNASSIGNED, DONE, since=SINCE) is Cause.DONE
    assert told(DONE, UNASSIGNED, now=owed(somebody(1), COURSES[0], begun=False)) is Cause.BATCH
    assert told(None, UNASSIGNED, now=owed(somebody(1), COURSES[0], begun=False)) is Cause.CORRECTED
