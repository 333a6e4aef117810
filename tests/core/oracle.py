"""The contract's section 4 said again, in the plainest way: what the real rules are held against.

Written from the text of the contract and not from the code: plain strings, plain loops, everything looked for anew.
Must not import anything of `rkreport` but the models. People are known by what the LMS knows them by, not by keys.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rkreport.core.models import (
    Assignment,
    Attempts,
    Batch,
    CourseException,
    CoursePolicy,
    Learner,
    Rules,
    Snapshot,
    Unit,
)

COMPLIANT = ("Completed", "Expiring")


@dataclass(frozen=True, slots=True)
class Line:
    """One person × one course. `rows` are the batch serials of all assignments with what each counts for."""

    status: str
    counts: str
    due: date | None
    completed_on: date | None
    valid_until: date | None
    days_overdue: int | None
    rows: tuple[tuple[str, str], ...]


def matching(assignment: Assignment, learners: tuple[Learner, ...]) -> tuple[Learner | None, str]:
    """Whose assignment it is, and how that is known."""
    for learner in learners:
        if assignment.user_serial is not None and learner.serial == assignment.user_serial:
            return learner, "serial"
    owners = [one for one in learners if one.employee_id.strip() == assignment.employee_id.strip() != ""]
    if len(owners) != 1 or (owners[0].serial is not None and assignment.user_serial is not None):
        return None, "unmatched"
    return owners[0], "employee_id"


def verdicts(snapshot: Snapshot, rules: Rules, as_of: datetime) -> dict[tuple[str, str], Line]:
    """The line of each person (by `known_as`) and course. Rows that nothing names are left out."""
    lines: dict[tuple[str, str], Line] = {}
    for policy in rules.courses:
        listed = [
            row
            for row in snapshot.assignments
            if row.course_serial == policy.serial and (policy.batches is None or row.batch_serial in policy.batches)
        ]
        people: dict[str, Learner | None] = {}
        for row in listed:
            learner, _ = matching(row, snapshot.learners)
            people[known_as(learner, row)] = learner
        for learner in snapshot.learners:
            if learner.is_active and _in_audience(policy, learner, snapshot):
                people[known_as(learner, None)] = learner
        for who, learner in people.items():
            own = [row for row in listed if known_as(matching(row, snapshot.learners)[0], row) == who]
            if who:
                lines[who, policy.serial] = _line(
                    learner, own, policy=policy, snapshot=snapshot, rules=rules, as_of=as_of
                )
    return lines


def known_as(learner: Learner | None, row: Assignment | None) -> str:
    """The name of a user record (tests give each its own), else the serial or the id that a row came with."""
    if learner is not None:
        return learner.name
    if row is None:
        return ""
    return (
        f"serial {row.user_serial}" if row.user_serial else row.employee_id.strip() and f"id {row.employee_id.strip()}"
    )


def rate(lines: dict[tuple[str, str], Line]) -> tuple[int, int]:
    """Compliant and counted."""
    counted = [line for line in lines.values() if line.counts == "yes"]
    return sum(line.status in COMPLIANT for line in counted), len(counted)


def month_later(day: date, months: int) -> date:
    """Same day of a later month, or its last: one month at a time, then back from the 31st."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _line(
    learner: Learner | None,
    own: list[Assignment],
    *,
    policy: CoursePolicy,
    snapshot: Snapshot,
    rules: Rules,
    as_of: datetime,
) -> Line:
    batches = {(one.course_serial, one.serial): one for one in snapshot.batches}
    begun: list[tuple[Assignment, Batch]] = []
    future: list[Assignment] = []
    for row in own:
        batch = batches.get((row.course_serial, row.batch_serial))
        if batch is not None and batch.session_start is not None and not batch.session_start > as_of:
            begun.append((row, batch))
        else:
            future.append(row)
    counting = _counting(begun, policy)
    due = _due(counting, policy, as_of)
    completed_on = _completed_on(counting, as_of)
    valid_until = (
        month_later(completed_on, policy.valid_for_months) if completed_on and policy.valid_for_months else None
    )
    exempt = _is_exempt(learner, own, policy=policy, snapshot=snapshot, rules=rules, today=as_of.date())
    status = "Exempt" if exempt else _status(counting, due, completed_on, valid_until, rules=rules, today=as_of.date())
    counts = _counts(learner, counting, policy, snapshot, exempt=exempt)
    rows = [(row.batch_serial, "superseded") for row, _ in begun]
    if counting:
        rows.remove((counting[0].batch_serial, "superseded"))
        rows.append((counting[0].batch_serial, counts))
    rows += [(row.batch_serial, "not begun") for row in future]
    overdue = (as_of.date() - due).days if due and status == "Overdue" else None
    return Line(status, counts, due, completed_on, valid_until, overdue, tuple(sorted(rows)))


def _counting(begun: list[tuple[Assignment, Batch]], policy: CoursePolicy) -> tuple[Assignment, Batch] | None:
    """The latest, or the latest cleared; of two rows in one batch the one that got furthest."""
    chosen = [one for one in begun if _says(one[0].status, "cleared")] if policy.attempts is Attempts.BEST else []
    best: tuple[Assignment, Batch] | None = None
    for one in chosen or begun:
        if best is None or _later(one, best):
            best = one
    return best


def _later(one: tuple[Assignment, Batch], other: tuple[Assignment, Batch]) -> bool:
    assert one[1].session_start
    assert other[1].session_start
    if one[1].session_start != other[1].session_start:
        return one[1].session_start > other[1].session_start
    if one[1].serial != other[1].serial:
        return one[1].serial > other[1].serial
    return _furthest(one[0]) > _furthest(other[0])


def _furthest(row: Assignment) -> int:
    if _says(row.status, "cleared"):
        return 3
    if _says(row.status, "failed"):
        return 2
    return 1 if _has_done_something(row) else 0


def _has_done_something(row: Assignment) -> bool:
    active = _says(row.post_activity, "in progress") or _says(row.post_activity, "completed")
    return row.attended is True or active or row.post_test_attempts >= 1


def _says(text: str, word: str) -> bool:
    return text.lower().replace("_", " ").strip() == word


def _due(counting: tuple[Assignment, Batch] | None, policy: CoursePolicy, as_of: datetime) -> date | None:
    if policy.due is not None:
        return policy.due
    if counting is None:
        return None
    batch = counting[1]
    if policy.due_days_after_session is not None and batch.session_end is not None:
        return _day(batch.session_end, as_of) + timedelta(days=policy.due_days_after_session)
    return None if batch.post_activity_end is None else _day(batch.post_activity_end, as_of)


def _completed_on(counting: tuple[Assignment, Batch] | None, as_of: datetime) -> date | None:
    if counting is None or not _says(counting[0].status, "cleared"):
        return None
    batch = counting[1]
    if batch.post_activity_end is not None and batch.post_activity_end < as_of:
        return _day(batch.post_activity_end, as_of)
    ended = batch.session_end or batch.session_start
    assert ended
    return _day(ended, as_of)


def _status(
    counting: tuple[Assignment, Batch] | None,
    due: date | None,
    completed_on: date | None,
    valid_until: date | None,
    *,
    rules: Rules,
    today: date,
) -> str:
    table = [
        ("Expired", valid_until is not None and valid_until <= today - timedelta(days=1)),
        ("Expiring", valid_until is not None and (valid_until - today).days <= 90),
        ("Completed", completed_on is not None),
        ("Overdue", due is not None and (today - due).days > 0),
        ("Failed", counting is not None and _says(counting[0].status, "failed")),
        ("Due soon", due is not None and (due - today).days <= rules.due_soon_days),
        ("In progress", counting is not None and _has_done_something(counting[0])),
        ("Not started", counting is not None),
        ("Not assigned", True),
    ]
    return next(status for status, matches in table if matches)


def _is_exempt(
    learner: Learner | None,
    own: list[Assignment],
    *,
    policy: CoursePolicy,
    snapshot: Snapshot,
    rules: Rules,
    today: date,
) -> bool:
    known = Counter(one.employee_id.strip() for one in snapshot.learners)
    if learner is not None:
        employee_id = learner.employee_id.strip()
        if known[employee_id] > 1:
            return False
    else:
        employee_id = _id_of_stranger(own[0], snapshot)
        if known[employee_id]:
            return False
    return any(_holds(one, employee_id, policy, today) for one in rules.exceptions)


def _id_of_stranger(row: Assignment, snapshot: Snapshot) -> str:
    """The first id that is not empty, when the unmatched rows of one serial came with several."""
    alike = [
        one.employee_id.strip()
        for one in snapshot.assignments
        if matching(one, snapshot.learners)[0] is None and known_as(None, one) == known_as(None, row)
    ]
    return min((employee_id for employee_id in alike if employee_id), default="")


def _holds(one: CourseException, employee_id: str, policy: CoursePolicy, today: date) -> bool:
    fits = one.course in ("*", policy.serial) and one.employee_id.strip() == employee_id != ""
    return fits and (one.until is None or today <= one.until)


def _counts(
    learner: Learner | None,
    counting: tuple[Assignment, Batch] | None,
    policy: CoursePolicy,
    snapshot: Snapshot,
    *,
    exempt: bool,
) -> str:
    if learner is None:
        return "unmatched"
    if not learner.is_active:
        return "inactive"
    if policy.audience is not None:
        if not _in_audience(policy, learner, snapshot):
            return "not in audience"
    elif counting is None:
        return "not begun"
    return "exempt" if exempt else "yes"


def _in_audience(policy: CoursePolicy, learner: Learner, snapshot: Snapshot) -> bool:
    if policy.audience is None:
        return False
    for tag in learner.tags:
        for text in policy.audience.tags:
            if text.lower() in (tag.serial.lower(), tag.name.lower()):
                return True
    for text in policy.audience.organizations:
        if text.lower() in (learner.company_serial.lower(), learner.company.lower()):
            return True
        if any(_is_named(unit, text) and _is_below(learner, unit, snapshot) for unit in snapshot.units):
            return True
    return False


def _is_named(unit: Unit, text: str) -> bool:
    return unit.serial == text or unit.name.lower() == text.lower()


def _is_below(learner: Learner, unit: Unit, snapshot: Snapshot) -> bool:
    return any(one.serial == learner.unit_serial and unit.serial in one.path for one in snapshot.units)


def _day(moment: datetime, as_of: datetime) -> date:
    return moment.astimezone(as_of.tzinfo).date()
