"""Which month a report is about, and the moment its verdicts are true for. Knows the calendar, no clock."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from rkreport.core.compliance import Period
from rkreport.errors import ConfigError

PREVIOUS = "previous-month"
CURRENT = "current-month"


def resolve_period(text: str, extracted_at: datetime, zone: tzinfo) -> Period:
    """The month that `previous-month`, `current-month` or `YYYY-MM` means for data of `extracted_at` (aware).

    Raises:
        ConfigError: the text is none of the three.
    """
    today = extracted_at.astimezone(zone)
    if text == CURRENT:
        return Period(today.year, today.month)
    if text == PREVIOUS:
        return month_before(Period(today.year, today.month))
    try:
        parsed = datetime.strptime(text, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise ConfigError(
            'The period "{text}" is no month; write YYYY-MM, such as 2026-10, or "{previous}" or "{current}".',
            text=text,
            previous=PREVIOUS,
            current=CURRENT,
        ) from None
    return Period(parsed.year, parsed.month)


def as_of_moment(period: Period, extracted_at: datetime, zone: tzinfo) -> datetime:
    """The earlier of the extraction and the last second of the period, in the report's zone.

    Raises:
        ConfigError: the data were fetched before the period began, so they cannot speak about it.
    """
    start = datetime(period.year, period.month, 1, tzinfo=zone)
    extracted = extracted_at.astimezone(zone)
    if extracted < start:
        raise ConfigError(
            "The data were fetched on {extracted:%Y-%m-%d}, before the period {period} began;"
            " choose an earlier period, or fetch again.",
            extracted=extracted,
            period=period,
        )
    return min(extracted, month_after(period, zone)[0] - timedelta(seconds=1))


def month_before(period: Period) -> Period:
    """The calendar month before."""
    return Period(period.year - 1, 12) if period.month == 1 else Period(period.year, period.month - 1)


def month_after(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The start (inclusive) and end (exclusive) of the month after a period, when its data are usually read."""
    first = datetime(period.year, period.month, 1, tzinfo=zone)
    begin = _next_month(first)
    return begin, _next_month(begin)


def _next_month(first: datetime) -> datetime:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finished snapshot."""

    snapshot_id: str
    finished_at: datetime
    is_complete: bool


def choose_snapshot(
    finished: Sequence[Candidate], period: Period, zone: tzinfo, *, allow_incomplete: bool
) -> Candidate:
    """The newest complete one of the month after the period, in the report's zone.

    If that month has none: its newest incomplete one if allowed, else the newest complete later one, else the newest of
    all. `finished` holds at least one, oldest first.
    """
    begin, end = month_after(period, zone)
    inside = [one for one in finished if begin <= one.finished_at < end]
    complete = [one for one in inside if one.is_complete]
    allowed = inside if allow_incomplete else []
    later = [one for one in finished if one.finished_at >= end and one.is_complete]
    return (complete or allowed or later or finished)[-1]
