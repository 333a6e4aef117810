"""Dates as people and spreadsheets write them, in Indonesian and English: every day that a text can mean. Pure.

    2026-12-31   31/12/2026   12/31/2026   31.12.2026   31 Des 2026   31-Dec-26   Kamis, 31 Desember 2026

`03/04/2026` can mean two days, 3 April and 4 March.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from rkreport.sentence import Sentence, one_of

_MIDNIGHT = r"(?:[ T]0?0[:.]00(?:[:.]00(?:\.0+)?)?)?"  # of a date cell that was saved with its time
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_MIDNIGHT}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}}) ?([-/.]) ?([0-9]{{1,2}}) ?\2 ?([0-9]{{4}}){_MIDNIGHT}")
_DAY_NAME = re.compile(r"([^\W\d_]+(?:['’][^\W\d_]+)?), ?")
# Excel shows 31-Des-26 where 31 Des 2026 was written: a year of two digits is accepted after a month in letters.
_DAY_MONTH = re.compile(r"(?P<day>[0-9]{1,2})[ ./-]{0,2}(?P<name>[^\W\d_]+)[ .,/-]{0,2}(?P<year>[0-9]{4}|[0-9]{2})")
_MONTH_DAY = re.compile(r"(?P<name>[^\W\d_]+)[ .]{1,2}(?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})")
_CENTURY = 2000
_MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "januari january jan",
                "februari pebruari february feb peb",
                "maret march mar mrt",
                "april apr",
                "mei may",
                "juni june jun",
                "juli july jul",
                "agustus august agu ags agst agt aug",
                "september sep sept",
                "oktober october okt oct",
                "november nopember nov nop",
                "desember december des dec",
            ),
            start=1,
        )
        for name in names.split()
    }
)
_DAY_NAMES: Final = frozenset(
    [
        "senin",
        "selasa",
        "rabu",
        "kamis",
        "jumat",
        "jum'at",
        "jum’at",
        "sabtu",
        "minggu",
        "sen",
        "sel",
        "rab",
        "kam",
        "jum",
        "sab",
        "min",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    ]
)


def days_meant(text: str) -> tuple[date, ...]:
    """The different days that a text can mean, the day-first reading first; none if it is no date."""
    text = " ".join(text.split())
    if found := _YEAR_FIRST.fullmatch(text):
        return _existing((found["year"], found["month"], found["day"]))
    if found := _YEAR_LAST.fullmatch(text):
        return _existing((found[4], found[3], found[1]), (found[4], found[1], found[3]))
    if (named := _DAY_NAME.match(text)) and named[1].casefold() in _DAY_NAMES:
        text = text[named.end() :]
    found = _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text)
    month = _MONTHS.get(found["name"].casefold()) if found else None
    if found is None or month is None:
        return ()
    year = int(found["year"])
    return _existing((year if year > 99 else _CENTURY + year, month, found["day"]))  # noqa: PLR2004 - two digits


def readings_text(days: Sequence[date]) -> str:
    """The days in words: `3 April 2026 or 4 March 2026`."""
    return one_of(Sentence("{day} {month:%B} {year}", day=day.day, month=day, year=day.year) for day in days)


def _existing(*readings: tuple[str | int, str | int, str | int]) -> tuple[date, ...]:
    """Keep the readings that are days of the calendar, each once."""
    found: list[date] = []
    for year, month, day in readings:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:  # such as 2026-02-30
            continue
    return tuple(dict.fromkeys(found))
