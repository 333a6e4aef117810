"""Which month is meant, and the moment its verdicts are true for."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.compliance import Period
from rkreport.core.period import CURRENT, PREVIOUS, as_of_moment, resolve_period
from rkreport.errors import ConfigError
from tests.factories import JAKARTA

JAYAPURA = ZoneInfo("Asia/Jayapura")
NEW_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=JAKARTA)
LATER = datetime(2028, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "extracted_at", "expected"),
    [
        (PREVIOUS, datetime(2026, 11, 1, 0, 0, tzinfo=JAKARTA), Period(2026, 10)),
        (PREVIOUS, datetime(2026, 10, 31, 23, 59, 59, tzinfo=JAKARTA), Period(2026, 9)),
        (PREVIOUS, datetime(2026, 3, 31, 12, tzinfo=JAKARTA), Period(2026, 2)),
        (PREVIOUS, NEW_YEAR, Period(2026, 12)),
        (PREVIOUS, NEW_YEAR - timedelta(seconds=1), Period(2026, 11)),
        (CURRENT, NEW_YEAR, Period(2027, 1)),
        (CURRENT, NEW_YEAR - timedelta(seconds=1), Period(2026, 12)),
        (CURRENT, datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), Period(2026, 12)),
        (CURRENT, datetime(2026, 12, 31, 17, 0, tzinfo=UTC), Period(2027, 1)),
        ("2026-10", NEW_YEAR, Period(2026, 10)),
        ("2028-02", NEW_YEAR, Period(2028, 2)),
    ],
)
def test_which_month(text: str, extracted_at: datetime, expected: Period) -> None:
    """The words go by the extraction's month in the report's zone, on the first and last second of it too."""
    assert resolve_period(text, extracted_at, JAKARTA) == expected


def test_the_zone_decides_the_month() -> None:
    """At 23:00 WIB on New Year's Eve it is already January in Jayapura."""
    moment = datetime(2026, 12, 31, 23, 0, tzinfo=JAKARTA)
    assert resolve_period(PREVIOUS, moment, JAKARTA) == Period(2026, 11)
    assert resolve_period(PREVIOUS, moment, JAYAPURA) == Period(2026, 12)


@pytest.mark.parametrize("text", ["", "last month", "2026", "2026-13", "2026-00", "2026-10-01", "10-2026", "0000-10"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """With what was found and what to write."""
    with pytest.raises(ConfigError, match="write YYYY-MM") as refused:
        resolve_period(text, NEW_YEAR, JAKARTA)
    assert f'"{text}"' in str(refused.value)


@pytest.mark.parametrize(
    ("period", "last"),
    [
        (Period(2026, 10), datetime(2026, 10, 31, 23, 59, 59, tzinfo=JAKARTA)),
        (Period(2026, 12), datetime(2026, 12, 31, 23, 59, 59, tzinfo=JAKARTA)),
        (Period(2027, 2), datetime(2027, 2, 28, 23, 59, 59, tzinfo=JAKARTA)),
        (Period(2028, 2), datetime(2028, 2, 29, 23, 59, 59, tzinfo=JAKARTA)),
        (Period(2027, 4), datetime(2027, 4, 30, 23, 59, 59, tzinfo=JAKARTA)),
    ],
)
def test_a_past_month_is_judged_at_its_last_second(period: Period, last: datetime) -> None:
    """In the report's zone, for months of every length."""
    found = as_of_moment(period, LATER, JAKARTA)
    assert found == last
    assert found.tzinfo is JAKARTA


def test_a_month_under_way_is_judged_at_the_extraction() -> None:
    """The data cannot speak about what came after them; the moment is given in the report's zone."""
    extracted = datetime(2026, 10, 15, 18, 30, tzinfo=UTC)
    found = as_of_moment(Period(2026, 10), extracted, JAKARTA)
    assert found == extracted
    assert (found.tzinfo, found.day, found.hour) == (JAKARTA, 16, 1)


def test_the_edges_of_a_month() -> None:
    """The first moment is inside; the first moment of the next month is judged a second before."""
    october, november = datetime(2026, 10, 1, tzinfo=JAKARTA), datetime(2026, 11, 1, tzinfo=JAKARTA)
    assert as_of_moment(Period(2026, 10), october, JAKARTA) == october
    assert as_of_moment(Period(2026, 10), november, JAKARTA) == november - timedelta(seconds=1)


@pytest.mark.parametrize("period", [Period(2026, 11), Period(2027, 10), Period(9999, 12)])
def test_a_future_period_is_refused(period: Period) -> None:
    """Data fetched before a month began say nothing about it, however far away it is."""
    last_moment = datetime(2026, 10, 31, 23, 59, 59, 999_999, tzinfo=JAKARTA)
    with pytest.raises(ConfigError, match=f"2026-10-31, before the period {period}"):
        as_of_moment(period, last_moment, JAKARTA)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2090, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.sampled_from((JAKARTA, JAYAPURA, UTC, timezone(timedelta(hours=-11)))),
)
def test_words_never_mean_the_future(extracted_at: datetime, zone: timezone) -> None:
    """Whenever the data were fetched, previous and current month are refused by nothing and end by the extraction."""
    for text in (PREVIOUS, CURRENT):
        period = resolve_period(text, extracted_at, zone)
        found = as_of_moment(period, extracted_at, zone)
        assert found <= extracted_at
        assert (found.year, found.month) == (period.year, period.month)
