"""Chooses the snapshot for a period's report. Pure; knows when each was finished and whether it is complete."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from rkreport.core.compliance import Period
from rkreport.core.period import month_after


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
