"""The planned date that a manager wrote: a text or a date cell, where it means one day only. Pure."""

from datetime import date, timedelta

from rkreport.core.days import days_meant

_FIRST, _LAST = date(2000, 1, 1), date(2200, 12, 31)
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LAST_DAY_NUMBER = 200_000.0


def days_written(text: str) -> tuple[date, ...]:
    """The days that a text can mean, of 2000 to 2200: two for `03/04/2026`, none for what is no date."""
    return tuple(day for day in days_meant(text) if _usual(day))


def day_counted(number: float, *, is_1904: bool = False) -> date | None:
    """The day of a date cell, which counts days; None outside 2000 to 2200."""
    if not 0 <= number <= _LAST_DAY_NUMBER:  # also not a number
        return None
    return _usual((_DAY_ZERO_1904 if is_1904 else _DAY_ZERO) + timedelta(days=int(number)))


def _usual(day: date) -> date | None:
    return day if _FIRST <= day <= _LAST else None
