"""Which month a report is about, and the moment its verdicts are true for. Knows the calendar, no clock."""

from datetime import datetime, timedelta, tzinfo

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
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.year, last.month)
    try:
        parsed = datetime.strptime(text, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise ConfigError(
            f'The period "{text}" is no month; write YYYY-MM, such as 2026-10, or "{PREVIOUS}" or "{CURRENT}".'
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
            f"The data were fetched on {extracted:%Y-%m-%d}, before the period {period} began; choose an earlier"
            " period, or fetch again."
        )
    return min(extracted, month_after(period, zone)[0] - timedelta(seconds=1))


def month_after(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The start (inclusive) and end (exclusive) of the month after a period, when its data are usually read."""
    first = datetime(period.year, period.month, 1, tzinfo=zone)
    begin = _next_month(first)
    return begin, _next_month(begin)


def _next_month(first: datetime) -> datetime:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
