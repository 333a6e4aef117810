"""Reads a date as people in Indonesia and elsewhere write it, where it can mean one day only. Pure.

    2026-12-31   31/12/2026   12/31/2026   31.12.2026   31 Des 2026   31 December 2026   December 31, 2026

`03/04/2026` could be 3 April or 4 March, so it is no date here; `05/05/2026` is one.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

_FIRST, _LAST = date(2000, 1, 1), date(2200, 12, 31)
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY_NUMBER = 200_000.0
_MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for number, names in enumerate(
            (
                "januari january jan",
                "februari february feb peb",
                "maret march mar mrt",
                "april apr",
                "mei may",
                "juni june jun",
                "juli july jul",
                "agustus august agu ags agt aug",
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
_TIME = r"(?:[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_DAY_WORD = re.compile(r"(\d{1,2})[ .\-/]+([a-z]+)[ .,\-/]+(\d{4})")
_WORD_DAY = re.compile(r"([a-z]+)[ .\-/]+(\d{1,2})[ .,\-/]+(\d{4})")


def day_written(text: str) -> date | None:
    """The day that a text means; None if it means none, or could mean two."""
    text = " ".join(text.casefold().split())
    if found := _YEAR_FIRST.fullmatch(text.upper()):
        return _day(found[1], found[3], found[4])
    if found := _YEAR_LAST.fullmatch(text.upper()):
        readings = {_day(found[4], found[3], found[1]), _day(found[4], found[1], found[3])} - {None}
        return readings.pop() if len(readings) == 1 else None
    if found := _DAY_WORD.fullmatch(text):
        return _day(found[3], _MONTHS.get(found[2], 0), found[1])
    if found := _WORD_DAY.fullmatch(text):
        return _day(found[3], _MONTHS.get(found[1], 0), found[2])
    return None


def day_counted(number: float, *, is_1904: bool = False) -> date | None:
    """The day of a date cell, which counts days; None outside 2000 to 2200."""
    if not 0 <= number <= _LAST_DAY_NUMBER:  # also not a number
        return None
    return _usual((_DAY_ZERO_1904 if is_1904 else _DAY_ZERO) + timedelta(days=int(number)))


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        return _usual(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _usual(day: date) -> date | None:
    return day if _FIRST <= day <= _LAST else None
