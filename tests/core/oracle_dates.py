"""When the LMS says that an assignment was completed, by the rules said again. As `oracle`: plain loops."""

from datetime import UTC, date, datetime, timedelta

from rkreport.core.models import Assignment, Batch, Completed
from rkreport.core.snapshot import Snapshot


def given_date(row: Assignment, batch: Batch, snapshot: Snapshot) -> Completed | None:
    """Online the row's own; else the earliest completion of its id and assignment serial that fits the session.

    None where the two stand for several courses, several people or nothing.
    """
    if row.is_online:
        return row.completed_at
    alike = [one for one in snapshot.assignments if not one.is_online and _key(one) == _key(row)]
    known = [one for one in snapshot.completions if (one.employee_id.strip(), one.assigned_course) == _key(row)]
    if "" in _key(row) or len({one.course_serial for one in alike}) > 1 or len({one.user_serial for one in alike}) > 1:
        return None
    if len({one.course_name.strip().lower() for one in known}) > 1:
        return None
    fitting = [one.completed_at for one in known if not _is_too_early(one.completed_at, batch)]
    return min(fitting, key=_instant, default=None)


def day_of(completed: Completed | None, as_of: datetime) -> date | None:
    """The day in the zone of `as_of`."""
    return completed.astimezone(as_of.tzinfo).date() if isinstance(completed, datetime) else completed


def _key(row: Assignment) -> tuple[str, str]:
    return row.employee_id.strip(), row.assigned_course


def _is_too_early(completed: Completed, batch: Batch) -> bool:
    start = batch.session_start
    if start is None:
        return False
    return completed < start if isinstance(completed, datetime) else completed + timedelta(1) < start.date()


def _instant(completed: Completed) -> datetime:
    if isinstance(completed, datetime):
        return completed
    return datetime(completed.year, completed.month, completed.day, tzinfo=UTC)
