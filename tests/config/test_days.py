"""Dates as people and Excel write them: read in any form of one meaning, else refused with what they could mean."""

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from rkreport.config.days import parse_day
from rkreport.errors import ConfigError

LAST = date(2026, 12, 31)
SPELLINGS = (
    *("2026-12-31", "2026/12/31", "2026.12.31", "2026-12-31 00:00:00", "2026-12-31T00:00:00"),
    *(
        "31/12/2026",
        "31-12-2026",
        "31.12.2026",
        "31 / 12 / 2026",
        "12/31/2026",
        "31/12/2026 0:00",
        "31/12/2026 00.00.00",
    ),
    *("31 Des 2026", "31 Dec 2026", "31 December 2026", "31 Desember 2026", "31 DESEMBER 2026", "31  Des  2026"),
    *("31-Des-26", "31-Dec-26", "31-Des-2026", "31 Dec. 2026", "31Des2026", "31. Desember 2026", "31\xa0Des\xa02026"),
    *("December 31, 2026", "Dec 31 2026", "Desember 31, 2026"),
    *("Kamis, 31 Desember 2026", "Thursday, December 31, 2026", "Kam, 31 Des 2026", "Thursday, 31 December 2026"),
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_each_spelling_is_the_same_day(text: str) -> None:
    """Numbers, month names of both languages, and what Excel's own formats write."""
    assert parse_day(text, source="") == LAST


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17 Agu 2026", date(2026, 8, 17)),
        ("17 Agt 2026", date(2026, 8, 17)),
        ("17 Agustus 2026", date(2026, 8, 17)),
        ("1 Mei 2026", date(2026, 5, 1)),
        ("1 May 2026", date(2026, 5, 1)),
        ("9 Sept 2026", date(2026, 9, 9)),
        ("9 Nopember 2026", date(2026, 11, 9)),
        ("Jum'at, 1 Mei 2026", date(2026, 5, 1)),
        ("3/3/2026", date(2026, 3, 3)),
        ("29/02/2028", date(2028, 2, 29)),
        ("9999-12-31", date(9999, 12, 31)),
    ],
)
def test_other_days(text: str, day: date) -> None:
    """Short and old spellings of months; day and month that are equal have one reading."""
    assert parse_day(text, source="") == day


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/04/2026", "can be read as 3 April 2026 or 4 March 2026; write 2026-04-03 or 2026-03-04."),
        ("3-4-2026", "can be read as 3 April 2026 or 4 March 2026; write 2026-04-03 or 2026-03-04."),
        ("12.01.2026", "can be read as 12 January 2026 or 1 December 2026; write 2026-01-12 or 2026-12-01."),
    ],
)
def test_two_meanings_are_both_named(text: str, readings: str) -> None:
    """An exception must not hold eight months too long because of a guess."""
    with pytest.raises(ConfigError) as refused:
        parse_day(text, source="exceptions.xlsx, row 4, until")
    assert str(refused.value) == f"exceptions.xlsx, row 4, until: {readings}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-02-30",
            "30/02/2026",
            "31/11/2026",
            "32/12/2026",
            "13/13/2026",
            "0/12/2026",
            "2026-13-01",
            "31 Feb 2026",
        ),
        *("2026-W10", "2026", "46387", "besok", "31 Foo 2026", "Foo, 31 Des 2026", "31/12/2026 23:59", "2026-12-31x"),
        *("31/12-2026", "#N/A", "٣١/١٢/٢٠٢٦", "31 12 2026", "akhir Desember 2026", "31/12"),
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    """With the place and a sample, without the text itself."""
    with pytest.raises(
        ConfigError, match=r"^here: must be a date such as 2026-12-31 or 31 Des 2026, or empty for ever"
    ):
        parse_day(text, source="here")


@pytest.mark.parametrize("text", ["31/12/26", "03-04-26", "26/12/31"])
def test_a_short_year_among_numbers_is_refused(text: str) -> None:
    """26/12/31 could be three things."""
    with pytest.raises(ConfigError, match="write the year with four digits"):
        parse_day(text, source="here")


@given(st.dates(date(2000, 1, 1), date(2199, 12, 31)), st.sampled_from(("id", "en")), st.sampled_from(("long", "full")))
def test_what_babel_writes_is_read(day: date, language: str, form: str) -> None:
    """Every day in both languages, with and without the day's name."""
    assert parse_day(format_date(day, format=form, locale=language), source="") == day


@given(st.dates(date(1900, 1, 1)), st.sampled_from(("-", "/", ".")))
def test_numbers_are_read_or_named_twice(day: date, separator: str) -> None:
    """Day, month, year: the very day, unless the month can be the day too."""
    text = f"{day.day}{separator}{day.month}{separator}{day.year}"
    try:
        assert parse_day(text, source="") == day
    except ConfigError as error:
        assert day.day <= 12
        assert str(day) in str(error)  # noqa: PT017 - as above
