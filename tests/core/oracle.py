"""docs/rules.md said again, in the plainest way: what the real rules are held against.

Written from the text of the rules and not from the code: plain strings, plain loops, everything looked for anew.
Must not import anything of `rkreport` but its plain values. People are known by what the LMS knows them by, not by
keys; who is who is in `oracle_people`, what the LMS dates in `oracle_dates`, what plans demand in `oracle_plans`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rkreport.core.models import Assignment, Batch, CourseException, Learner
from rkreport.core.rules import Attempts, CoursePolicy, Rules
from rkreport.core.snapshot import Snapshot
from tests.core.oracle_dates import day_of, given_date
from tests.core.oracle_people import matching, meant, owners, people
from tests.core.oracle_plans import has_audience, in_audience, policies_of

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
    is_derived: bool = False
    first_completed_on: date | None = None
    times_completed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """An assignment that has begun; `day` is when the LMS says it was completed, None if it does not say."""

    own: Assignment
    batch: Batch
    day: date | None
    as_of: datetime

    @property
    def is_cleared(self) -> bool:
        """Cleared, or completed online, and not dated after the day of the report."""
        word = "completed" if self.own.is_online else "cleared"
        return _says(self.own.status.word, word) and (self.day is None or self.day <= self.as_of.date())


def verdicts(snapshot: Snapshot, rules: Rules, as_of: datetime) -> dict[tuple[str, str], Line]:
    """The line of each person (by `known_as`) and course. Rows that nothing names are left out."""
    lines: dict[tuple[str, str], Line] = {}
    for policy in policies_of(rules, snapshot, as_of):
        listed = [
            row
            for row in snapshot.assignments
            if row.course_serial == policy.serial
            and (policy.batches is None or row.is_online or row.batch_serial in policy.batches)
        ]
        who_is_who: dict[str, Learner | None] = {}
        for row in listed:
            learner, _ = matching(row, snapshot)
            who_is_who[known_as(learner, row)] = learner
        for records in people(snapshot):
            if records[-1].is_active and in_audience(policy, records[-1], snapshot):
                who_is_who[known_as(records[-1], None)] = records[-1]
        for who, learner in who_is_who.items():
            own = [row for row in listed if known_as(matching(row, snapshot)[0], row) == who]
            if who:
                lines[who, policy.serial] = _line(
                    learner, own, policy=policy, snapshot=snapshot, rules=rules, as_of=as_of
                )
    return lines


def known_as(learner: Learner | None, row: Assignment | None) -> str:
    """The address of a user record (tests give each its own), else the serial or the id that a row came with."""
    if learner is not None:
        return learner.email
    if row is None:
        return ""
    return (
        f"serial {row.user_serial}" if row.user_serial else row.employee_id.strip() and f"id {row.employee_id.strip()}"
    )


def rate(lines: dict[tuple[str, str], Line]) -> tuple[int, int]:
    """Compliant and counted."""
    counted = [line for line in lines.values() if line.counts == "yes"]
    return sum(line.status in COMPLIANT for line in counted), len(counted)


def month_later(day: date, months: int) -> date | None:
    """Same day of a later month, or its last: one month at a time, then back from the 31st; none after year 9999."""
    year, month = day.year, day.month
    for _ in range(months):
        if year < 10000:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    if year == 10000:
        return None
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
    begun: list[Row] = []
    future: list[Assignment] = []
    for one in own:
        batch = batches.get((one.course_serial, one.batch_serial), _unknown(one))
        if batch.session_start is not None and batch.session_start > as_of:
            future.append(one)
        else:
            begun.append(Row(one, batch, day_of(given_date(one, batch, snapshot), as_of), as_of))
    counting = _counting(begun, policy)
    due = _due(counting, begun, policy, as_of)
    completed_on = None if counting is None or not counting.is_cleared else _completed_on(counting, as_of)
    valid_until = (
        month_later(completed_on, policy.valid_for_months) if completed_on and policy.valid_for_months else None
    )
    exempt = _is_exempt(learner, own, policy=policy, snapshot=snapshot, rules=rules, today=as_of.date())
    status = "Exempt" if exempt else _status(counting, due, valid_until, rules=rules, today=as_of.date())
    counts = _counts(learner, counting, policy, snapshot, exempt=exempt)
    rows = [(row.own.batch_serial, "superseded") for row in begun]
    if counting:
        rows.remove((counting.own.batch_serial, "superseded"))
        rows.append((counting.own.batch_serial, counts))
    rows += [(one.batch_serial, "not begun") for one in future]
    late = (as_of.date() - due).days if due and status == "Overdue" else 0
    times = {
        (row.batch.serial, _completed_on(row, as_of) if row.own.is_online else None) for row in begun if row.is_cleared
    }
    days = [day for row in begun if row.is_cleared and (day := _completed_on(row, as_of))]
    return Line(
        status,
        counts,
        due,
        completed_on,
        valid_until,
        late if late > 0 else None,
        tuple(sorted(rows)),
        is_derived=completed_on is not None and counting is not None and counting.day is None,
        first_completed_on=min(days, default=None),
        times_completed=len(times),
    )


def _counting(begun: list[Row], policy: CoursePolicy) -> Row | None:
    """The latest, or the latest cleared; of two rows in one batch the one that got furthest."""
    chosen = [one for one in begun if one.is_cleared] if policy.attempts is Attempts.BEST else []
    return max(chosen or begun, key=_order, default=None)


def _later(one: Row, other: Row) -> bool:
    return _order(one)[:3] > _order(other)[:3]


def _order(one: Row) -> tuple[float, str, int, int, str]:
    """By session start, one without before all others; then by batch serial, then by what was achieved."""
    start = one.batch.session_start
    moment = start.timestamp() if start else float("-inf")
    return moment, one.batch.serial, _furthest(one), one.own.post_test_attempts, str(one.day or "")


def _unknown(row: Assignment) -> Batch:
    return Batch(row.course_serial, row.batch_serial, "", None, None, None, "")


def _furthest(row: Row) -> int:
    if row.is_cleared:
        return 4
    if _says(row.own.status.word, "failed"):
        return 3
    if row.own.is_online and _says(row.own.status.word, "expired"):
        return 2
    return 1 if _has_done_something(row) else 0


def _has_done_something(row: Row) -> bool:
    own = row.own
    if own.is_online:
        return _says(own.status.word, "in progress") or _says(own.status.word, "completed")
    active = _says(own.post_activity.word, "in progress") or _says(own.post_activity.word, "completed")
    return own.attended is True or active or own.post_test_attempts >= 1


def _says(text: str, word: str) -> bool:
    return " ".join(text.lower().replace("_", " ").split()) == word


def _due(counting: Row | None, begun: list[Row], policy: CoursePolicy, as_of: datetime) -> date | None:
    """Of a missed date in a batch later than every cleared one the earliest stays while nothing later is cleared."""
    if policy.due is not None:
        return policy.due
    if counting is None:
        return None
    cleared = [one for one in begun if one.is_cleared]
    missed: list[date] = []
    for one in begun:
        due = _due_of(one.batch, policy, as_of)
        if due is not None and due < as_of.date() and all(_later(one, other) for other in cleared):
            missed.append(due)
    if missed and not counting.is_cleared:
        return min(missed)
    return _due_of(counting.batch, policy, as_of)


def _session_over(batch: Batch) -> datetime | None:
    """An end that comes before the start is none: the session was over when it began."""
    start, end = batch.session_start, batch.session_end
    return max(start, end) if start is not None and end is not None else end


def _due_of(batch: Batch, policy: CoursePolicy, as_of: datetime) -> date | None:
    over = _session_over(batch)
    if policy.due_days_after_session is not None and over is not None:
        return _day(over, as_of) + timedelta(days=policy.due_days_after_session)
    return None if batch.post_activity_end is None else _day(batch.post_activity_end, as_of)


def _completed_on(row: Row, as_of: datetime) -> date | None:
    ended = _session_over(row.batch) or row.batch.session_start
    return row.day or (None if ended is None else _day(ended, as_of))


def _status(
    counting: Row | None,
    due: date | None,
    valid_until: date | None,
    *,
    rules: Rules,
    today: date,
) -> str:
    table = [
        ("Expired", valid_until is not None and valid_until <= today - timedelta(days=1)),
        ("Expiring", valid_until is not None and (valid_until - today).days <= 90),
        ("Completed", counting is not None and counting.is_cleared),
        ("Overdue", due is not None and (today - due).days > 0),
        ("Overdue", counting is not None and counting.own.is_online and _says(counting.own.status.word, "expired")),
        ("Failed", counting is not None and _says(counting.own.status.word, "failed")),
        ("Due soon", due is not None and (due - today).days <= rules.due_soon_days),
        ("In progress", counting is not None and _has_done_something(counting)),
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
    if learner is not None:
        employee_id = learner.employee_id.strip()
        whom = meant(employee_id, snapshot)
        if whom is None or whom[-1] is not learner:
            return False
    else:
        employee_id = _id_of_stranger(own[0], snapshot)
        if owners(employee_id, snapshot):
            return False
    return any(_holds(one, employee_id, policy, today) for one in rules.exceptions)


def _id_of_stranger(row: Assignment, snapshot: Snapshot) -> str:
    """The first id that is not empty, when the unmatched rows of one serial came with several."""
    alike = [
        one.employee_id.strip()
        for one in snapshot.assignments
        if matching(one, snapshot)[0] is None and known_as(None, one) == known_as(None, row)
    ]
    return min((employee_id for employee_id in alike if employee_id), default="")


def _holds(one: CourseException, employee_id: str, policy: CoursePolicy, today: date) -> bool:
    fits = one.course in ("*", policy.serial) and one.employee_id.strip() == employee_id != ""
    return fits and (one.until is None or today <= one.until)


def _counts(
    learner: Learner | None,
    counting: Row | None,
    policy: CoursePolicy,
    snapshot: Snapshot,
    *,
    exempt: bool,
) -> str:
    if learner is None:
        return "unmatched"
    if not learner.is_active:
        return "inactive"
    if has_audience(policy):
        if not in_audience(policy, learner, snapshot):
            return "not in audience"
    elif counting is None:
        return "not begun"
    return "exempt" if exempt else "yes"


def _day(moment: datetime, as_of: datetime) -> date:
    return moment.astimezone(as_of.tzinfo).date()
