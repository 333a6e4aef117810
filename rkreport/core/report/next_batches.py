"""When the next batch of a course begins: the earliest that has not begun. Knows dates, no person."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache

from rkreport.core.compliance import Compliance
from rkreport.core.models import Batch, CourseSerial, Requirement


def next_batches(compliance: Compliance) -> dict[CourseSerial, date]:
    """By course, the day on which its next listed batch begins; courses without one are left out."""
    as_of = compliance.edition.as_of
    listed = {policy.serial: policy.batches for policy in compliance.rules.courses}
    found: dict[CourseSerial, date] = {}
    for batch in compliance.snapshot.batches:
        only = listed.get(batch.course_serial)
        day = _begins(batch, as_of, as_of.tzinfo)
        if day and (only is None or batch.serial in only):
            found[batch.course_serial] = min(day, found.get(batch.course_serial, day))
    return found


def next_batch(requirement: Requirement, of_courses: Mapping[CourseSerial, date], as_of: datetime) -> date | None:
    """The day of the next batch in which the person is already; else the course's."""
    own = (_begins(joined.batch, as_of, as_of.tzinfo) for joined, _ in requirement.attempts)
    return min(filter(None, own), default=of_courses.get(requirement.course.serial))


@lru_cache(maxsize=4_096)  # many people are in few batches
def _day_of(start: datetime, as_of: datetime, zone: tzinfo | None) -> date | None:
    return start.astimezone(zone).date() if start > as_of else None


def _begins(batch: Batch, as_of: datetime, zone: tzinfo | None) -> date | None:
    """The day on which a batch begins, in the report's zone; None if it has begun or has no date."""
    start = batch.session_start
    return _day_of(start, as_of, zone) if start else None
