"""Whole runs over made-up fetches of every kind of course: the cells of `Detail` are what the oracle computes apart.

The server is written from the documents; what it gives is encoded here, from the models that the oracle reads.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rkreport.core.models import Assignment, Completed, Learner
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import Snapshot
from tests import plain_lms
from tests.cli.plain_office import PlainOffice
from tests.core import oracle
from tests.core.worlds import ONLINE, UNITS, World, make_world
from tests.plain_lms import COURSES, PLANS, USERS, PlainLms, Row, serving
from tests.run.workbooks import Record, cells_of, table_of

PLAN_ONLY = "C-PLAN"
SEEDS = range(24)


def wired(world: World) -> tuple[World, PlainLms]:
    """A world as far as a server can give it, and the server."""
    batches = {(batch.course_serial, batch.serial): batch for batch in world.snapshot.batches}
    begun = [one.session_start for one in batches.values() if one.session_start and one.session_start < world.as_of]
    first = min(begun, default=None)
    snapshot = replace(
        world.snapshot,
        units=UNITS,
        lists=(),
        assignments=tuple(
            one
            for one in world.snapshot.assignments
            if one.is_online or (one.course_serial, one.batch_serial) in batches
        ),
        completions=tuple(
            one
            for one in world.snapshot.completions
            if first and first.strftime("%Y-%m") <= _moment(one.completed_at)[:7] and _is_past(one.completed_at, world)
        ),
    )
    return replace(world, snapshot=snapshot), _server(snapshot)


def _is_past(completed: Completed, world: World) -> bool:
    return _moment(completed) <= _moment(world.as_of.astimezone(UTC))


def _moment(completed: Completed | None) -> str:
    """A moment in the documented form with an offset, a day as a day, nothing as an empty text."""
    if isinstance(completed, datetime):
        return completed.astimezone(UTC).isoformat(timespec="seconds")
    return completed.isoformat() if completed else ""


def _server(snapshot: Snapshot) -> PlainLms:
    known = sorted({batch.course_serial for batch in snapshot.batches} | {"C-1", "C-2", ONLINE, PLAN_ONLY})
    lists: dict[str, list[Row]] = {
        USERS: [_user(one) for one in snapshot.learners],
        COURSES: [{"serial": serial, "name": "K3 Dasar"} for serial in known],
        plain_lms.online_users(ONLINE): [_online(one) for one in snapshot.assignments if one.is_online],
        plain_lms.online_users(PLAN_ONLY): [],
        PLANS: [plain_lms.plan(serial) for serial in ("P-1", "P-2")],
    }
    for serial in known:
        lists[f"{COURSES}/{serial}/batches"] = [
            plain_lms.batch(
                batch.serial,
                _utc(batch.session_start),
                mainActivityEndAt=_utc(batch.session_end),
                postActivityEndAt=_utc(batch.post_activity_end),
            )
            for batch in snapshot.batches
            if batch.course_serial == serial
        ]
    for batch in snapshot.batches:
        rows = [one for one in snapshot.assignments if one.batch_serial == batch.serial]
        lists[plain_lms.assigned_to(batch.serial, batch.course_serial)] = [_placed(one) for one in rows]
    for serial in ("P-1", "P-2"):
        courses = [one for one in snapshot.plan_courses if one.plan_serial == serial]
        users = [one for one in snapshot.plan_users if one.plan_serial == serial]
        lists[f"{PLANS}/{serial}/courses"] = [
            plain_lms.plan_course(one.course.serial, _utc(one.deadline)) for one in courses
        ]
        lists[f"{PLANS}/{serial}/users"] = [
            plain_lms.plan_user(0, one.status) | {"user": _person(one.user_serial, one.employee_id, one.name)}
            for one in users
        ]
    months: defaultdict[str, list[Row]] = defaultdict(list)
    for done in snapshot.completions:
        when = _moment(done.completed_at)
        row = plain_lms.completion(0, when, done.assigned_course, courseName=done.course_name)
        months[when[:7]].append(row | {"employeeID": done.employee_id})
    return PlainLms(lists, structure=_tree(()), completions=dict(months))


def _tree(path: tuple[str, ...]) -> list[Row]:
    below = [one for one in UNITS if one.path[:-1] == path]
    return [plain_lms.unit(one.serial, *_tree(one.path), name=one.name, isActive=one.is_active) for one in below]


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _person(serial: str | None, employee_id: str, name: str) -> Row:
    return {"serial": serial or "", "employeeID": employee_id, "name": name}


def _user(one: Learner) -> Row:
    tags = [{"serial": tag.serial, "name": tag.name} for tag in one.tags]
    return plain_lms.user(0) | {
        **_person(one.serial, one.employee_id, one.name),
        "email": one.email,
        "isActive": one.is_active,
        "companyName": one.company,
        "companySerial": one.company_serial,
        "organizationDisplayName": one.unit_name,
        "organizationLevelSerial": one.unit_serial,
        "tags": tags,
    }


def _placed(one: Assignment) -> Row:
    return plain_lms.assignment(0) | {
        "user": _person(one.user_serial, one.employee_id, one.name),
        "assignedCourseSerial": one.assigned_course,
        "isAttend": one.attended,
        "userAssignedStatus": one.status.word,
        "postActivityStatus": one.post_activity.word,
        "postTestAttempt": one.post_test_attempts,
        "postTestScore": 85,
    }


def _online(one: Assignment) -> Row:
    row = plain_lms.online(0, one.status.word, _moment(one.completed_at))
    return row | {"user": _person(one.user_serial, one.employee_id, one.name)}


def _policies(world: World) -> World:
    """The rules without batches that no list has, which the fetch refuses."""
    known = {batch.serial for batch in world.snapshot.batches}
    named = {one.unit_serial for one in world.snapshot.learners} | {
        tag.serial for one in world.snapshot.learners for tag in one.tags
    }

    def usable(policy: CoursePolicy) -> CoursePolicy:
        listed = tuple(one for one in policy.batches or () if one in known) or None
        audience = policy.audience
        if audience and not (set(audience.organizations) <= {"U-WEST", "timur"} and set(audience.tags) <= named):
            audience = None
        if audience and not audience.organizations and not audience.tags:
            audience = None
        if policy.serial == ONLINE:
            return replace(policy, batches=None, audience=audience, due_days_after_session=None)
        return replace(policy, batches=listed, audience=audience)

    return replace(world, rules=replace(world.rules, courses=tuple(map(usable, world.rules.courses)), exceptions=()))


def _config(office: PlainOffice, lms: PlainLms, world: World) -> None:
    blocks: list[str] = []
    for policy in world.rules.courses:
        lines = [f'serial = "{policy.serial}"', f'attempts = "{policy.attempts.value}"']
        lines += [f"batches = {list(policy.batches)}"] if policy.batches else []
        lines += [f"due = {policy.due}"] if policy.due else []
        for name in ("due_days_after_session", "valid_for_months"):
            value = getattr(policy, name)
            lines += [f"{name} = {value}"] if value is not None else []
        if policy.audience:
            lines += ["[courses.audience]"]
            lines += [f"organizations = {list(policy.audience.organizations)}"] if policy.audience.organizations else []
            lines += [f"tags = {list(policy.audience.tags)}"] if policy.audience.tags else []
        blocks.append("\n".join(["[[courses]]", *lines]))
    blocks += [f'[[learning_plans]]\nserial = "{serial}"' for serial in world.rules.plans]
    office.set_up(lms)
    office.edit('[[courses]]\nserial = "C-1"\n', "\n".join(blocks))
    zone = f'language = "en"\ntimezone = "{world.zone}"\nperiod = "current-month"'
    office.edit('language = "en"', f"{zone}\ndue_soon_days = {world.rules.due_soon_days}")


def _as_line(held: list[Record]) -> oracle.Line:
    """A person's rows of one course, as the oracle has them; a row without a match is that of no assignment."""
    first = held[0]
    (status,) = {row["Compliance status"].split(" ", 1)[1] for row in held}
    overdue = [int(row["Days overdue"]) for row in held if row["Days overdue"] != ""]
    return oracle.Line(
        status=status,
        counts="yes" if any(row["Counts"] == "yes" for row in held) else "",
        due=_day(first["Due date"]),
        completed_on=_day(first["Completed on"]),
        valid_until=_day(first["Valid until"]),
        days_overdue=overdue[0] if overdue else None,
        rows=tuple(sorted((row["Batch serial"], row["Counts"]) for row in held if row["Matched by"])),
        first_completed_on=_day(first["First completed on"]),
        times_completed=int(first["Times completed"]),
    )


def _shown(line: oracle.Line) -> oracle.Line:
    """As `Detail` shows it: days overdue stand on the row that decides, and which date is derived is a mark."""
    has_decision = line.counts in ("yes", "exempt") or any(counts != "not begun" for _, counts in line.rows)
    days = line.days_overdue if has_decision else None
    return replace(line, counts="yes" if line.counts == "yes" else "", days_overdue=days, is_derived=False)


def _day(cell: Any) -> date | None:
    return cell if isinstance(cell, date) and not isinstance(cell, datetime) else (cell.date() if cell else None)


@pytest.fixture
def office(tmp_path: Path) -> PlainOffice:
    """An empty folder."""
    return PlainOffice(tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cells_are_what_the_oracle_computes(office: PlainOffice, seed: int) -> None:
    """Status, due date, completion, validity, first and number of completions of each person, and the rate."""
    world = _policies(make_world(Random(seed), 4, 7))  # noqa: S311 - reproducible, not secret
    world, lms = wired(world)
    office.now = world.as_of
    with serving(lms):
        _config(office, lms, world)
        outcome = office.rkreport("run", "--json")
    if not world.snapshot.learners:
        assert outcome.code == 3
        return
    assert outcome.code == 0, outcome.err
    (folder,) = (office.folder / "reports").glob("*/rev1")
    (master,) = folder.glob("*master*.xlsx")
    by_place: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in table_of(cells_of(master), "Detail"):
        by_place[_who(row), row["Course serial"]].append(row)
    expected = oracle.verdicts(world.snapshot, world.rules, world.as_of)
    told = {place: _as_line(rows) for place, rows in by_place.items() if place[0]}
    assert told == {place: _shown(line) for place, line in expected.items() if _has_row(line)}
    rate = outcome.document["manifest"]["rate"] if "manifest" in outcome.document else outcome.document["rate"]
    assert (rate["compliant"], rate["counted"]) == oracle.rate(expected)


def _has_row(line: oracle.Line) -> bool:
    """Without any assignment only what counts, or is exempt, has a row."""
    return bool(line.rows) or line.counts in ("yes", "exempt")


def _who(row: Record) -> str:
    """The address of a user record, else the serial or id of the assignment, as the oracle knows people."""
    if row["Email"]:
        return str(row["Email"])
    if row["User serial"]:
        return f"serial {row['User serial']}"
    return f"id {row['Employee ID'].strip()}" if row["Employee ID"].strip() else ""
