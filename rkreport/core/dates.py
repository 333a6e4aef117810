"""Adds days and months to a date. Python's calendar ends with the years 1 and 9999; beyond it the result is None."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date | None:
    """The same day of the month `months` later, or that month's last day; None beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date | None:
    """The date `days` later; None beyond the calendar."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return None
