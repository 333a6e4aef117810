"""Days, zones and months: where a moment becomes a date, and how long a completion is valid."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rkreport.core.assess import assess
from rkreport.core.join import join
from rkreport.core.judge import has_begun
from rkreport.core.models import Batch, DueRule, Requirement, Status
from rkreport.core.period import add_days, add_months
from tests import factories
from tests.core import oracle
from tests.factories import AS_OF, JAKARTA

JAYAPURA = ZoneInfo("Asia/Jayapura")  # UTC+9
LAST_EVENING = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)  # already 1 October, 06:30, in Jakarta


def found(batch: Batch, as_of: datetime = AS_OF, *, status: str = "Cleared", **policy: object) -> Requirement:
    """The verdict on the one assignment of a batch."""
    snapshot = factories.snapshot(batches=(batch,), assignments=(factories.assignment(status=status),))
    rules = factories.rules(courses=(factories.policy(**policy),))
    (only,) = assess(join(snapshot), snapshot, rules, as_of).requirements
    return only


def ended(moment: datetime, **values: object) -> Batch:
    """A session of an hour that ends at `moment`."""
    return factories.batch(session_start=moment - timedelta(hours=1), session_end=moment, **values)


def test_days_are_those_of_the_report_zone() -> None:
    """A session that ends at 23:30 UTC on the 30th was held on the 1st in Jakarta, and on the 30th in UTC."""
    assert found(ended(LAST_EVENING)).completed_on == date(2026, 10, 1)
    assert found(ended(LAST_EVENING), AS_OF.astimezone(UTC)).completed_on == date(2026, 9, 30)
    last_of_month = LAST_EVENING + timedelta(days=30)
    assert found(ended(last_of_month)).completed_on == date(2026, 10, 31)


def test_zone_decides_between_due_and_overdue() -> None:
    """The same end of a session and the same moment: overdue in Jayapura, where midnight has passed, not in Jakarta."""
    batch = ended(datetime(2026, 10, 6, 5, tzinfo=UTC))
    moment = datetime(2026, 10, 20, 16, tzinfo=UTC)  # 23:00 on the 20th in Jakarta, 01:00 on the 21st in Jayapura
    rules: dict[str, Any] = {"status": "Failed", "due_days_after_session": 14}
    assert found(batch, moment.astimezone(JAKARTA), **rules).status is Status.FAILED
    late = found(batch, moment.astimezone(JAYAPURA), **rules)
    assert (late.status, late.due, late.days_overdue) == (Status.OVERDUE, date(2026, 10, 20), 1)


def test_an_end_before_the_start_is_none() -> None:
    """The day of the start is the day of the completion, and the due date is counted from it."""
    start = datetime(2026, 10, 6, 2, tzinfo=UTC)
    batch = factories.batch(session_start=start, session_end=start - timedelta(days=300))
    cleared = found(batch, valid_for_months=6)
    assert (cleared.status, cleared.completed_on) == (Status.COMPLETED, date(2026, 10, 6))
    open_one = found(batch, status="Ongoing", due_days_after_session=30)
    assert (open_one.due, open_one.due_rule) == (date(2026, 11, 5), DueRule.AFTER_SESSION)


def test_a_batch_begins_at_its_moment() -> None:
    """A session that starts at `as_of` has begun, in whatever zone, a second later not; one without a start has."""
    assert has_begun(factories.batch(session_start=AS_OF), AS_OF)
    assert has_begun(factories.batch(session_start=AS_OF.astimezone(UTC)), AS_OF.astimezone(JAYAPURA))
    assert not has_begun(factories.batch(session_start=AS_OF + timedelta(seconds=1)), AS_OF)
    assert has_begun(factories.batch(session_start=None), AS_OF)


@pytest.mark.parametrize(
    ("policy", "batch", "due", "rule"),
    [
        ({"due": date(2026, 12, 31)}, {}, date(2026, 12, 31), DueRule.COURSE),
        ({"due_days_after_session": 14}, {}, date(2026, 10, 20), DueRule.AFTER_SESSION),
        ({"due_days_after_session": 0}, {}, date(2026, 10, 6), DueRule.AFTER_SESSION),
        ({}, {}, date(2026, 10, 12), DueRule.POST_ACTIVITY),
        ({"due_days_after_session": 14}, {"session_end": None}, date(2026, 10, 12), DueRule.POST_ACTIVITY),
        ({}, {"post_activity_end": None}, None, DueRule.NONE),
    ],
)
def test_due_rules(policy: dict[str, Any], batch: dict[str, Any], due: date | None, rule: DueRule) -> None:
    """The course's date, else so many days after the session's end, else the end of the post activity, else none."""
    held = factories.batch(**{"post_activity_end": datetime(2026, 10, 11, 18, tzinfo=UTC)} | batch)
    verdict = found(held, **policy)
    assert (verdict.due, verdict.due_rule) == (due, rule)


@pytest.mark.parametrize("post_activity_end", [None, *(AS_OF + timedelta(days) for days in (-20, -1, 0, 7))])
@pytest.mark.parametrize("as_of", [AS_OF, AS_OF + timedelta(365)])
def test_completion_date(post_activity_end: datetime | None, as_of: datetime) -> None:
    """The end of the session, whenever its post activity ends and whenever the report is made."""
    assert found(factories.batch(post_activity_end=post_activity_end), as_of).completed_on == date(2026, 10, 6)


def test_completion_without_an_end() -> None:
    """A session without an end was completed on the day it began, one without any date on none, and never expires."""
    undated = found(factories.batch(session_start=None, session_end=None), valid_for_months=12)
    assert (undated.status, undated.completed_on, undated.valid_until) == (Status.COMPLETED, None, None)
    assert found(factories.batch(session_end=None)).completed_on == date(2026, 10, 6)
    failed = found(factories.batch(), status="Failed", valid_for_months=12)
    assert (failed.completed_on, failed.valid_until) == (None, None)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 8, 31), 13, date(2027, 9, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    """The same day of the month, or its last; leap days and turns of the year included."""
    assert add_months(day, months) == later


@given(st.dates(), st.integers(0, 600))
@example(date(9999, 12, 31), 0)
@example(date(9998, 12, 31), 12)
@example(date(9999, 1, 1), 12)
def test_months_later_as_counted_one_by_one(day: date, months: int) -> None:
    """Any day and any number of months give what counting month by month gives; no day after the calendar's last."""
    assert add_months(day, months) == oracle.month_later(day, months)


@given(st.dates(), st.integers(-4_000_000, 4_000_000))
def test_days_later_stay_in_the_calendar(day: date, days: int) -> None:
    """As many days apart as asked, or none where the calendar has no such day."""
    later = add_days(day, days)
    if later is None:
        assert not date.min.toordinal() <= day.toordinal() + days <= date.max.toordinal()
    else:
        assert (later - day).days == days
    assert (add_months(day, days) is None) == (not 0 < (day.year * 12 + day.month - 1 + days) // 12 < 10_000)


@given(st.dates(date(2, 1, 1), date(9998, 12, 30)), st.integers(0, 100_000), st.integers(0, 4_000_000))
def test_a_date_beyond_the_calendar_is_none(day: date, months: int, days: int) -> None:
    """Whatever the dates of a batch, the course and the report are: what would end after year 9999 never does."""
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rules: dict[str, Any] = {"valid_for_months": months, "due_days_after_session": days}
    for as_of in (moment + timedelta(seconds=1), datetime(9999, 12, 30, tzinfo=UTC)):
        done = found(ended(moment), as_of, **rules)
        assert done.completed_on == day
        assert done.valid_until == (add_months(day, months) if months else None)
        late = found(ended(moment), as_of, status="Failed", **rules)
        assert (late.due, late.due_rule is DueRule.NONE) == (add_days(day, days), late.due is None)
        assert (late.status is Status.OVERDUE) == (late.due is not None and late.due < as_of.date())


def test_validity_runs_from_the_local_day() -> None:
    """31 October in Jakarta plus 4 months is 28 February, though the session ended on the 30th in UTC."""
    verdict = found(ended(datetime(2026, 10, 30, 23, 30, tzinfo=UTC)), valid_for_months=4)
    assert verdict.valid_until == date(2027, 2, 28)
