"""Tidy pages are read at once, and exactly as the slower reader reads them; any other page is left to that one."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rkreport.core.models import CourseKind
from rkreport.lms.lists import (
    COURSES,
    PLANS,
    UNITS,
    USERS,
    assignments_of,
    batches_of,
    completions_in,
    online_of,
    page_of,
    plan_courses_of,
    plan_users_of,
    stored_content,
)
from rkreport.lms.paging import ListKey
from rkreport.lms.parsing import Shortened

ASSIGNMENTS = assignments_of("C", "B", CourseKind.WEBINAR)
LONG = (USERS, ASSIGNMENTS, online_of("C"), plan_users_of("P"))
OTHERS = (COURSES, PLANS, UNITS, batches_of("C"), plan_courses_of("P"), completions_in("2026-10"))

USER: dict[str, Any] = {
    "serial": "U1", "employeeID": "007", "name": "Sari", "username": "sari", "email": "s@contoh.test", "phone": "62",
    "isActive": True, "companyName": "PT", "companySerial": "CMP", "organizationDisplayName": "Unit",
    "organizationLevelSerial": "U", "tags": [{"serial": "T", "name": "Tag"}],
}  # fmt: skip
PERSON = {"serial": "U1", "employeeID": "007", "name": "Sari"}
ROWS: dict[ListKey, dict[str, Any]] = {
    USERS: USER,
    ASSIGNMENTS: {
        "user": PERSON, "userAssignedStatus": "Cleared", "isAttend": True, "postActivityStatus": "COMPLETED",
        "postTestAttempt": 1, "postTestScore": 85.5, "postTestPassingScore": 70, "absentReason": "",
        "assignedCourseSerial": "A", "feedback": "",
    },
    online_of("C"): {
        "user": PERSON, "preTest": None, "postTest": 80, "timeSpent": 240, "lastAccessMission": "2026-10-01",
        "completedAt": "2026-10-01", "status": "completed",
    },
    plan_users_of("P"): {
        "user": PERSON, "avgPreTest": 1, "avgPostTest": 2.5, "numberOfCompleted": 1, "numberOfCourses": 2, "status": "",
    },
}  # fmt: skip


def body_of(rows: object, total: object = 1, pages: object = 1, **around: object) -> bytes:
    """A page as the LMS sends it."""
    data = {"currentPage": 1, "totalItems": total, "totalPage": pages, "items": rows}
    return json.dumps({"status": "success", "message": "Success", "data": data} | around, ensure_ascii=False).encode()


def assert_alike(key: ListKey, body: bytes) -> bool:
    """If the page is read at once, the other reader reads the same; returns whether it is."""
    page = page_of(key, body)
    if page is None:
        return False
    other = stored_content(key, 1, body)
    assert page.read == other.read
    assert (page.says_active, page.has_list, page.has_unreadable) == (other.says_active, True, False)
    assert (other.has_unreadable, other.has_lost_letters) == (False, False)
    assert not any(isinstance(row, Shortened) for row in other.rows)
    return True


@pytest.mark.parametrize("key", LONG, ids=str)
def test_a_page_as_documented_is_read_at_once(key: ListKey) -> None:
    """Every documented field may be there, be null, or be left out; a row without a serial has its own identity."""
    row = ROWS[key]
    assert assert_alike(key, body_of([row]))
    assert assert_alike(key, body_of([], 0, 0))
    for name in row.keys() - {"user"}:
        assert assert_alike(key, body_of([row | {name: None}]))
        assert assert_alike(key, body_of([{one: value for one, value in row.items() if one != name}]))
    bare = row | {"user": PERSON | {"serial": None}} if "user" in row else row | {"serial": ""}
    assert assert_alike(key, body_of([row, bare], "2", 1.0))


@pytest.mark.parametrize("key", OTHERS, ids=str)
def test_lists_whose_rows_lead_on_are_left_to_the_other_reader(key: ListKey) -> None:
    """Courses and batches tell which lists to read, so their rows are needed."""
    assert page_of(key, body_of([])) is None


@pytest.mark.parametrize(
    "body",
    [
        body_of([USER | {"employeeID": 7}]),
        body_of([USER | {"isActive": "true"}]),
        body_of([USER | {"tags": ["Tag"]}]),
        body_of([USER | {"childOrganizations": [[]]}]),
        body_of([USER | {"new": [[[]]]}]),
        body_of([[]]),
        body_of([None]),
        body_of(None),
        body_of({}),
        body_of([USER], [1]),
        body_of([USER], errorCode=123),
        body_of([USER], status="failed"),
        body_of([USER], status=None),
        body_of([USER])[:-1],
        body_of([USER]) + b"x",
        b"\xef\xbb\xbf" + body_of([USER]),
        body_of([USER]).replace(b"Sari", b"Sa\xffi"),
        body_of([USER]).replace(b"Sari", b"Sa\\ud800i"),
        body_of([USER]).replace(b"Sari", b"Sa\x01i"),
        body_of([USER] * 10_001),
        b"[]",
        b"null",
        b"",
        b"<html>",
    ],
)
def test_what_is_not_tidy_is_left_to_the_other_reader(body: bytes) -> None:
    """Another type, an unknown field, an error, or anything that JSON forbids: nothing is judged here."""
    assert page_of(USERS, body) is None


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
ROW_CHANGES = st.dictionaries(st.sampled_from(sorted({name for row in ROWS.values() for name in row} | {"x"})), ANY)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(LONG), st.lists(ROW_CHANGES, max_size=3), ANY, ANY, ANY)
def test_any_values_are_read_alike(key: ListKey, changes: list[dict[str, Any]], total: Any, pages: Any, x: Any) -> None:
    """Whatever stands in the fields, the two readers agree, or only the slower one reads."""
    rows = [ROWS[key] | {name: value for name, value in one.items() if name in ROWS[key]} for one in changes]
    assert_alike(key, body_of(rows, total, pages))
    assert_alike(key, body_of(rows, 1, 1, status=x))
    assert_alike(key, body_of([ROWS[key] | one for one in changes]))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(LONG), st.integers(0, 2_000), st.integers(0, 3), st.binary(max_size=3))
@example(USERS, 60, 0, b'"data": {},')
def test_any_damage_is_read_alike(key: ListKey, at: int, length: int, put: bytes) -> None:
    """Whatever bytes are cut out or put in, the two readers agree, or only the slower one reads."""
    body = body_of([ROWS[key]] * 2, 2)
    at %= len(body)
    assert_alike(key, body[:at] + put + body[at + length :])


@pytest.mark.parametrize("length", [255, 256, 300, 301, 4_000, 4_001])
@pytest.mark.parametrize("letter", ["n", "é", "\U0001f469"])
def test_long_texts_are_read_alike(letter: str, length: int) -> None:
    """In each field the bound is the same, in characters: beyond it, the page is left to the other reader."""
    for key in LONG:
        for name, value in ROWS[key].items():
            changes = {name: letter * length} if isinstance(value, str) else {}
            assert_alike(key, body_of([ROWS[key] | changes]))
        for name in PERSON if "user" in ROWS[key] else ():
            assert_alike(key, body_of([ROWS[key] | {"user": PERSON | {name: letter * length}}]))


@pytest.mark.parametrize(
    "number", ["-0", "1e5", "1E+2", "1.0", "1e999", "01", "1.", "NaN", "9" * 30, "9" * 5_000, "-1"]
)
@pytest.mark.parametrize("name", ["postTestAttempt", "postTestScore", "feedback"])
def test_numbers_are_read_alike(name: str, number: str) -> None:
    """Also numbers at the edges of what JSON and floats can hold."""
    row = json.dumps(ROWS[ASSIGNMENTS] | {name: 987654321}).replace("987654321", number)
    assert_alike(ASSIGNMENTS, b'{"status": "success", "data": {"totalItems": 1, "items": [' + row.encode() + b"]}}")
