"""When the next batch of a course begins: the earliest that has not begun. Knows dates, no person."""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

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


def _begins(batch: Batch, as_of: datetime, zone: tzinfo | None) -> date | None:
    """The day on which a batch begins, in the report's zone; None if it has begun or has no date."""
    start = batch.session_start
    return start.astimezone(zone).date() if start and start > as_of else None
