"""Dates as people and spreadsheets write them, in Indonesian and English. Knows no file and no column.

A date that two readers would read as two days is refused with both of them.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from rkreport.core.words import LANGUAGES
from rkreport.errors import ConfigError

_MIDNIGHT = r"(?:[ T]0?0[:.]00(?:[:.]00(?:\.0+)?)?)?"  # of a date cell that was saved with its time
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_MIDNIGHT}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}}) ?([-/.]) ?([0-9]{{1,2}}) ?\2 ?([0-9]{{4}}){_MIDNIGHT}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")
_DAY_NAME = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)?), ?")
# Excel shows 31-Des-26 where 31 Des 2026 was written: a year of two digits is accepted after a month in letters.
_DAY_MONTH = re.compile(r"(?P<day>[0-9]{1,2})[ ./-]{0,2}(?P<name>[^\W\d_]+)[ .,/-]{0,2}(?P<year>[0-9]{4}|[0-9]{2})")
_MONTH_DAY = re.compile(r"(?P<name>[^\W\d_]+)[ .]{1,2}(?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})")
_CENTURY = 2000
# Spellings that Babel does not have.
_ALSO = {"pebruari": 2, "peb": 2, "agt": 8, "ags": 8, "agst": 8, "sept": 9, "nopember": 11, "nop": 11}
_ENGLISH = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def parse_day(text: str, *, source: str) -> date:
    """The day that a text means.

    Args:
        text: such as `2026-12-31`, `31/12/2026`, `31.12.2026`, `31 Des 2026` or `Kamis, 31 Desember 2026`.
        source: begins the error's sentence, such as `exceptions.csv, line 4, until`.

    Raises:
        ConfigError: it is no date, no day of the calendar, or could mean two days.
    """
    shown = " ".join(text.split())
    try:
        day = _in_numbers(shown, source) or _in_letters(shown)
    except ValueError:  # such as 2026-02-30
        day = None
    if day is None:
        ending = "; write the year with four digits" if _SHORT_YEAR.fullmatch(shown) else ", or empty for ever"
        raise ConfigError(f"{source}: must be a date such as 2026-12-31 or 31 Des 2026{ending}.")
    return day


def _in_numbers(text: str, source: str) -> date | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    readings = [day for day in (_day(year, second, first), _day(year, first, second)) if day]
    if len(set(readings)) > 1:
        said = " or ".join(f"{day.day} {_ENGLISH[day.month - 1]} {day.year}" for day in readings)
        written = " or ".join(map(str, readings))
        raise ConfigError(f"{source}: can be read as {said}; write {written}.")
    return readings[0] if readings else None


def _in_letters(text: str) -> date | None:
    if (named := _DAY_NAME.match(text)) and named[1].casefold() in _day_names():
        text = text[named.end() :]
    found = _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text)
    month = _months().get(found["name"].casefold()) if found else None
    if found is None or month is None:
        return None
    year = int(found["year"])
    return date(year if year > 99 else _CENTURY + year, month, int(found["day"]))  # noqa: PLR2004 - two digits


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _months() -> Mapping[str, int]:
    """The number of each month, by its names in full and short, case-folded."""
    return _ALSO | {
        name.casefold().rstrip("."): number
        for language in sorted(LANGUAGES)
        for names in _names(language, "months")
        for number, name in names.items()
    }


@lru_cache(maxsize=1)
def _day_names() -> frozenset[str]:
    named = {name.casefold() for language in LANGUAGES for names in _names(language, "days") for name in names.values()}
    return frozenset(named | {"jum'at", "jum’at"})


def _names(language: str, what: str) -> tuple[Mapping[int, str], ...]:
    from babel import Locale  # noqa: PLC0415 - most lists hold no month in letters

    known = getattr(Locale(language), what)["format"]
    return known["wide"], known["abbreviated"]
