"""Dates as people write them: one day, or none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.answers.dates import day_counted, days_written

NEW_YEARS_EVE, FIFTH = date(2026, 12, 31), date(2026, 5, 5)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-31", NEW_YEARS_EVE),
        ("2026/12/31", NEW_YEARS_EVE),
        ("2026-12-31T00:00:00", NEW_YEARS_EVE),
        ("2026-12-31 09:30", None),
        ("31/12/2026", NEW_YEARS_EVE),
        ("12/31/2026", NEW_YEARS_EVE),
        ("31-12-2026", NEW_YEARS_EVE),
        ("31.12.2026", NEW_YEARS_EVE),
        ("  31   Des  2026 ", NEW_YEARS_EVE),
        ("31 DESEMBER 2026", NEW_YEARS_EVE),
        ("31 Dec 2026", NEW_YEARS_EVE),
        ("31-Dec-2026", NEW_YEARS_EVE),
        ("December 31, 2026", NEW_YEARS_EVE),
        ("5 Mei 2026", FIFTH),
        ("05/05/2026", FIFTH),
        ("17 Agt 2026", date(2026, 8, 17)),
        ("31/13/2026", None),
        ("31/12-2026", None),
        ("31/12/26", None),
        ("30 Feb 2026", None),
        ("31 Dezember 2026", None),
        ("besok", None),
        ("31/12/1999", None),
        ("9999-12-31", None),
        ("31-Des-26", NEW_YEARS_EVE),
        ("٣١/١٢/٢٠٢٦", None),
        ("", None),
    ],
)
def test_a_text_means_one_day_or_none(text: str, day: date | None) -> None:
    """What lies outside 2000 to 2200 is none."""
    assert days_written(text) == ((day,) if day else ())


def test_an_unclear_text_means_both_days() -> None:
    """Day first, then month first."""
    assert days_written("03/04/2026") == (date(2026, 4, 3), date(2026, 3, 4))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0, 0.0, 36_525.0, 1e18, 200_001.0])
def test_a_number_outside_the_years_is_no_day(number: float) -> None:
    """Whatever a file holds."""
    assert day_counted(number) is None


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)), st.floats(0, 0.99))
def test_a_date_cell_is_its_day(day: date, time: float) -> None:
    """Counted from 1900 or 1904, with a time or without."""
    assert day_counted((day - date(1899, 12, 30)).days + time) == day
    assert day_counted((day - date(1904, 1, 1)).days + time, is_1904=True) == day


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)))
def test_each_day_in_letters_is_read(day: date) -> None:
    """The form in which the report itself writes days, in English letters."""
    assert days_written(f"{day.day} {day:%B} {day.year}") == (day,)
    assert days_written(day.isoformat()) == (day,)
    assert day in days_written(f"{day:%d/%m/%Y}")


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    """No text breaks it."""
    assert all(date(2000, 1, 1) <= day <= date(2200, 12, 31) for day in days_written(text))
