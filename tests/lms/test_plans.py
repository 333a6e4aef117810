"""Learning plans: their courses, deadlines and users, and the batches and online users of courses only they name."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rkreport.core.findings import FindingCode
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.errors import ConfigError
from tests.lms.plain import Fetch, examples, of_kind
from tests.plain_lms import (
    COURSES,
    PLANS,
    USERS,
    PlainLms,
    Row,
    as_text,
    assigned_to,
    assignment,
    batch,
    online,
    online_users,
    plan,
    plan_course,
    plan_user,
)


def planned(**changes: list[Row]) -> PlainLms:
    """Plans P-1 (webinars C-1 and C-2, online C-3) and P-2 (C-2); C-1 is configured."""
    lists = {
        COURSES: [{"serial": f"C-{number}", "name": f"Course {number}"} for number in (1, 2, 3)],
        f"{COURSES}/C-2/batches": [batch("B-2")],
        assigned_to("B-2", "C-2"): [assignment(1)],
        online_users("C-3"): [online(2)],
        PLANS: [plan("P-1"), plan("P-2"), plan("P-3")],
        f"{PLANS}/P-1/courses": [plan_course("C-1"), plan_course("C-2", None), plan_course("C-3", "never")],
        f"{PLANS}/P-2/courses": [plan_course("C-2", "2026-11-30T06:00:00+07:00")],
        f"{PLANS}/P-1/users": [plan_user(1), plan_user(2, "EXPIRED")],
        f"{PLANS}/P-2/users": [plan_user(3, "On hold")],
    }
    return PlainLms({**lists, **changes})


async def test_a_plan_brings_its_courses_and_users() -> None:
    """Courses of the plans are read like configured ones: webinars with batches, online ones without."""
    lms = planned()
    snapshot = await Fetch(lms, plans=("P-1", "P-2")).run()
    deadlines = {(one.plan_serial, one.course.serial): one.deadline for one in snapshot.plan_courses}
    assert deadlines == {
        ("P-1", "C-1"): datetime(2026, 12, 31, 6, tzinfo=UTC),
        ("P-1", "C-2"): None,
        ("P-1", "C-3"): None,
        ("P-2", "C-2"): datetime(2026, 11, 29, 23, tzinfo=UTC),
    }
    assert examples(snapshot, FindingCode.TIME_UNUSABLE) == ["P-1 / C-3: deadline never"]
    assert {(one.plan_serial, one.employee_id, one.user_serial, one.status) for one in snapshot.plan_users} == {
        ("P-1", "E001", "S001", "COMPLETED"),
        ("P-1", "E002", "S002", "EXPIRED"),
        ("P-2", "E003", "S003", "On hold"),
    }
    assert [one.serial for one in snapshot.plans] == ["P-1", "P-2", "P-3"]
    assert {(one.course_serial, one.batch_serial) for one in snapshot.assignments} == {
        ("C-1", "B-1"),
        ("C-2", "B-2"),
        ("C-3", ""),
    }
    assert {one.verdict for one in snapshot.lists} == {Verdict.PROVEN}
    looks_back = {f"{COURSES}/{course}/batches": 2 for course in ("C-1", "C-2")}
    assert all(lms.asked.count(path) == looks_back.get(path, 1) for path in set(lms.asked))
    assert f"{PLANS}/P-3/users" not in lms.asked


async def test_plans_alone_are_enough() -> None:
    """No course is configured."""
    snapshot = await Fetch(planned(), courses=(), plans=("P-2",)).run()
    assert {one.course for one in of_kind(snapshot, ListKind.BATCHES)} == {"C-2"}


async def test_without_plans_nothing_of_them_is_asked_for() -> None:
    """As before there were any."""
    lms = planned()
    await Fetch(lms).run()
    assert not any(path.startswith(PLANS) for path in lms.asked)


async def test_a_plan_that_the_lms_lacks_is_said_before_the_long_lists() -> None:
    """With the serial that was probably meant."""
    lms = planned(**{PLANS: [plan("LRPN-AAAABBBB")]})
    with pytest.raises(ConfigError, match=r'learning_plans: LRPN-AAAABBB: .*did you mean "LRPN-AAAABBBB"'):
        await Fetch(lms, plans=("LRPN-AAAABBB",)).run()
    assert USERS not in lms.asked


async def test_long_lists_of_users_are_proven_and_not_asked_for_again() -> None:
    """As users and assignments."""
    users = [plan_user(number) for number in range(1, 36)]
    lms = planned(**{f"{PLANS}/P-2/users": users})
    fetch = Fetch(lms, plans=("P-2",), page_size=10)
    snapshot = await fetch.run()
    assert len(snapshot.plan_users) == 35
    assert of_kind(snapshot, ListKind.PLAN_USERS)[0].verdict is Verdict.PROVEN
    asked = len(lms.asked)
    again = await Fetch(lms, plans=("P-2",), page_size=10, store=fetch.store).run()
    assert (again.plan_users, again.lists, again.assignments) == (
        snapshot.plan_users,
        snapshot.lists,
        snapshot.assignments,
    )
    assert len(lms.asked) == asked


@pytest.mark.parametrize("path", [PLANS, f"{PLANS}/P-2/courses", f"{PLANS}/P-2/users"])
@pytest.mark.parametrize("answer", [as_text(b"{}", 500), as_text(b"{}", 404), as_text(b'{"data": "x"}')])
async def test_lists_of_plans_that_cannot_be_read_are_incomplete(path: str, answer: Any) -> None:
    """A plan is no option: without it the report lacks people."""
    lms = planned()
    lms.respond[path] = answer
    snapshot = await Fetch(lms, plans=("P-2",)).run()
    broken = [one for one in snapshot.lists if one.verdict is Verdict.INCOMPLETE]
    assert len(broken) == 1
    assert not snapshot.is_complete


async def test_a_course_of_a_plan_that_is_gone_makes_the_data_incomplete() -> None:
    """Nobody can mend it in the config, so the run goes on and names it."""
    lms = planned(**{f"{PLANS}/P-2/courses": [plan_course("C-9")]})
    snapshot = await Fetch(lms, plans=("P-2",)).run()
    assert [one.course for one in snapshot.lists if one.verdict is Verdict.INCOMPLETE] == ["C-9"]


@pytest.mark.parametrize(
    ("path", "row", "field"),
    [
        (f"{PLANS}/P-2/courses", {"course": {"name": "x"}}, "course.serial"),
        (f"{PLANS}/P-2/courses", {"course": "C-2"}, "course"),
        (f"{PLANS}/P-2/courses", {}, "course"),
        (f"{PLANS}/P-2/users", {"status": "x"}, "user"),
        (f"{PLANS}/P-2/users", {"user": {"employeeID": []}}, "user.employeeID"),
        (PLANS, {"name": "x"}, "serial"),
    ],
)
async def test_a_row_that_cannot_be_read_is_set_aside(path: str, row: Row, field: str) -> None:
    """And named; the others are read."""
    lms = planned()
    lms.lists[path] = [*lms.lists[path], row]
    snapshot = await Fetch(lms, plans=("P-2",)).run()
    assert [one.field for one in snapshot.set_aside] == [field]
