"""Answers of servers less tidy than the documentation: what can be read is read, and one bad row costs no other."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.models import Assignment, Batch, CourseKind, Learner, Unit
from rkreport.core.snapshot import ListKind, SetAside
from rkreport.errors import LmsError
from rkreport.lms.lists import LISTS, UNITS, USERS, PageContent, assignments_of, batches_of, content_of, models_of
from rkreport.lms.protocol import Reply, interpret
from rkreport.lms.shapes import moment
from tests.lms.recorded import page_of

NOW = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)
BATCHES = batches_of("COURSE-A")
ASSIGNMENTS = assignments_of("COURSE-A", "BATCH-1", CourseKind.WEBINAR)
USER = {"employeeID": "1", "name": "Sari", "isActive": True}


def content(body: bytes, key: Any = USERS, status: int = 200) -> PageContent:
    """What an answer to the first page holds."""
    return content_of(key, 1, interpret(Reply(status, {}, body), "users, page 1", NOW))


def learners(*rows: object) -> list[Learner]:
    """The rows of a user list as learners."""
    found = models_of(USERS, content(page_of(list(rows))).rows).models  # type: ignore[arg-type]  # any row
    return [one for one in found if isinstance(one, Learner)]


def batch(**values: object) -> Batch:
    """A batch with these values."""
    (found,) = models_of(BATCHES, content(page_of([{"serial": "B", "name": "B"} | values]), BATCHES).rows).models
    assert isinstance(found, Batch)
    return found


# ---- lists without rows, totals of other forms


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 204),
        (b'{"status": "success"}', 200),
        (b'{"status": "success", "data": null}', 200),
        (b'{"status": "success", "data": []}', 200),
        (b'{"status": "success", "data": {}}', 200),
        (b'{"status": "success", "data": {"totalItems": 0}}', 200),
        (b'{"status": "success", "data": {"items": null, "totalItems": 0}}', 200),
        (b'{"data": {"items": [], "currentPage": null}}', 200),
        (b'{"errorCode": 0, "status": "success", "data": {"items": []}}', 200),
    ],
)
def test_an_empty_list_has_many_forms(body: bytes, status: int) -> None:
    """Each of them is a list without rows, not an error."""
    assert content(body, status=status).rows == ()


@pytest.mark.parametrize("total", [5, 5.0, "5", " 5 ", "5.0", "5."])
def test_a_total_has_many_forms(total: object) -> None:
    """A number with decimals and a text are the number."""
    assert content(page_of([], total=total)).read.total == 5


@pytest.mark.parametrize("total", [10**18, 10**300, 1e300])
def test_a_total_beyond_words_is_cut(total: float) -> None:
    """It stays more than any list has, and can be said in a sentence."""
    assert content(page_of([], total=total)).read.total == 10**18


@pytest.mark.parametrize("current", [None, "1", 0, 7, [], "x"])
def test_the_number_of_the_page_decides_nothing(current: object) -> None:
    """The page that was asked for is the page that came, whatever it calls itself."""
    body = json.dumps({"status": "success", "data": {"currentPage": current, "totalItems": 1, "items": [USER]}})
    assert len(content(body.encode()).rows) == 1


# ---- letters


@pytest.mark.parametrize(
    ("raw", "name", "is_lost"),
    [
        (b"\xef\xbb\xbf", "Sari", False),
        (b'"\\ud83d"', "\ufffd", True),
        (b'"Sari \\ud83d!"', "Sari \ufffd!", True),
        (b'"\\udc00\\ud83d\\ude00"', "\ufffd\U0001f600", True),
        (b'"Sa\x01ri"', "Sa\x01ri", False),
        (b'"Sa\nri"', "Sa\nri", False),
        (b'"Sar\xc3"', "Sar\ufffd", True),
        (b'"Sar\xe2\x82"', "Sar\ufffd", True),
        (b'"\xff\xfe"', "\ufffd\ufffd", True),
    ],
)
def test_a_letter_that_is_lost_costs_that_letter(
    raw: bytes,
    name: str,
    is_lost: bool,  # noqa: FBT001 - an expected value
) -> None:
    """A byte order mark, half an emoji, a raw control character, a letter cut in half: the page is read."""
    page = page_of([USER])
    body = raw + page if raw[:1] == b"\xef" else page.replace(b'"Sari"', raw)
    found = content(body)
    assert [row["name"] for row in found.rows] == [name]
    assert found.has_lost_letters is is_lost


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5_000, b'""', b'"x"', b"[]", b'{"a": 1}']
)
def test_a_number_that_is_none_costs_its_row_at_most(number: bytes) -> None:
    """Of a score that is no number the row is kept without a score or set aside; the other row is read."""
    rows = [{"user": {"serial": "S"}, "postTestScore": 12345}, {"user": {"serial": "T"}, "postTestScore": 80}]
    found = models_of(ASSIGNMENTS, content(page_of(rows).replace(b"12345", number), ASSIGNMENTS).rows)
    scores = {one.user_serial: one.post_test_score for one in found.models if isinstance(one, Assignment)}
    assert scores["T"] == 80  # type: ignore[index]  # it has one
    assert scores.get("S") is None  # type: ignore[call-overload]  # it may have none
    assert len(found.models) + len(found.set_aside) == 2


# ---- one row


@pytest.mark.parametrize(
    ("row", "field", "row_id"),
    [
        ({"employeeID": "7", "name": "A", "isActive": "perhaps"}, "isActive", "7"),
        ({"employeeID": ["7"], "name": "A", "isActive": True}, "employeeID", ""),
        ({"employeeID": "7", "name": {"first": "A"}, "isActive": True}, "name", "7"),
        ({"employeeID": True, "isActive": True}, "employeeID", "True"),
        ({"serial": 7, "tags": "x"}, "tags", "7"),
        ({"serial": "S", "tags": [1]}, "tags", "S"),
        (None, "", ""),
        ("text", "", ""),
        ([], "", ""),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_and_named(row: object, field: str, row_id: str) -> None:
    """List, page, field and id are kept; the rows beside it are read, and it counts against the total."""
    found = content(page_of([USER, row]))  # type: ignore[list-item]  # broken rows
    assert len(found.read.identities) == 2
    result = models_of(USERS, found.rows)
    assert len(result.models) == 1
    assert result.set_aside == [SetAside(ListKind.USERS, "", "", 1, field, row_id)]


def test_a_row_set_aside_is_the_same_row_when_it_is_read_again() -> None:
    """Two different ones are told apart, so both count."""
    rows = [{"employeeID": "7", "isActive": "perhaps"}, {"employeeID": "8", "isActive": "perhaps"}]
    first, again = (content(page_of(rows)).read.identities for _ in range(2))
    assert first == again
    assert len(set(first)) == 2


@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["serial", "employeeID", "name", "isActive", "user", "tags"]), inner)
            ),
            max_leaves=8,
        ),
        max_size=6,
    ),
    st.sampled_from([USERS, BATCHES, ASSIGNMENTS, UNITS]),
)
def test_whatever_stands_in_a_list_each_row_is_a_model_or_set_aside(rows: list[Any], key: Any) -> None:
    """Nothing is dropped and nothing raises, whatever JSON the rows are."""
    name = "items" if LISTS[key.kind].is_paged else "organizations"
    body = json.dumps({"status": "success", "data": {name: rows}}).encode()
    found = models_of(key, content(body, key).rows)
    assert len(found.models) + len(found.set_aside) >= len(rows)
    if LISTS[key.kind].is_paged:
        assert len(found.models) + len(found.set_aside) == len(rows)


# ---- what is left out


def test_a_state_left_out_is_false_where_others_have_theirs() -> None:
    """As in servers that leave out what is false, 0 or empty."""
    active, other, null = learners(USER, {"employeeID": "2"}, {"employeeID": "3", "isActive": None})
    assert (active.is_active, other.is_active, null.is_active) == (True, False, False)
    assert (other.name, other.email, other.tags) == ("", "", ())


@pytest.mark.parametrize(("others", "expected"), [(True, False), (False, False), (None, None)])
def test_attendance_left_out_is_false_where_others_of_the_list_have_theirs(
    others: bool | None,  # noqa: FBT001 - pytest gives it by name
    expected: bool | None,  # noqa: FBT001 - an expected value
) -> None:
    """In a list where nobody's attendance is known it stays unknown."""
    rows = [{"user": {"serial": "S"}, "isAttend": others}, {"user": {"serial": "T"}}]
    page = page_of(rows)  # type: ignore[arg-type]  # any row
    _, second = models_of(ASSIGNMENTS, content(page, ASSIGNMENTS).rows).models
    assert isinstance(second, Assignment)
    assert (second.attended, second.status.word, second.post_test_attempts) == (expected, "", 0)


# ---- times


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00-12:00", "0001-01-01"),
        *("1970-01-01T00:00:00Z", "1970-01-01", "1970-01-01T07:00:00+07:00", "1899-12-30T00:00:00Z"),
        *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-07:00", "9999-12-31T23:59:59.9999999Z", "2200-01-01T00:00:00Z"),
        *("0", "1767225600", "0000-00-00", "0000-00-00 00:00:00", "31/12/2026", "soon", "2026-02-30T00:00:00Z"),
        *(0, 0.5, False, 1767225600, 1767225600000, True, [], {"seconds": 1}, "-1", "1e9"),
    ],
)
def test_a_time_that_cannot_be_one_is_no_time_and_a_finding(text: object) -> None:
    """None, never, an epoch or no date at all: the batch is kept without that time, and somebody is told."""
    assert batch(mainActivityStartAt=text).session_start is None
    rows = content(page_of([{"serial": "B", "postActivityEndAt": text}]), BATCHES).rows
    (finding,) = models_of(BATCHES, rows).findings
    assert finding.code == "time_unusable"
    assert finding.example.startswith("COURSE-A / B: postActivityEndAt")


@pytest.mark.parametrize("text", [None, ""])
def test_no_time_is_no_finding(text: object) -> None:
    """Null and empty say that there is none."""
    rows = content(page_of([{"serial": "B", "postActivityEndAt": text}]), BATCHES).rows
    assert models_of(BATCHES, rows).findings == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20261231", datetime(2026, 12, 31, tzinfo=UTC)),
        ("20261231T080000Z", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31 08:00:00", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("2026-12-31T08:00:00.0000000Z", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("2026-12-31T08:00:00.123456789+07:00", datetime(2026, 12, 31, 1, 0, 0, 123456, tzinfo=UTC)),
        ("2026-12-31T08:00:00+0700", datetime(2026, 12, 31, 1, tzinfo=UTC)),
        (" 2026-12-31T08:00Z ", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("2199-12-31T23:59:59Z", datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_any_form_of_iso_8601(text: str, expected: datetime) -> None:
    """Without hyphens it is that day, never seconds since 1970."""
    assert batch(mainActivityEndAt=text).session_end == expected


@given(st.datetimes(timezones=st.none() | st.timezones()) | st.text() | st.integers() | st.floats())
def test_any_time_is_none_or_within_two_centuries(value: object) -> None:
    """No later sum of dates can leave the calendar because of a time of the LMS."""
    found, _ = moment(value.isoformat() if isinstance(value, datetime) else value)
    assert found is None or datetime(1999, 12, 30, tzinfo=UTC) < found < datetime(2200, 1, 3, tzinfo=UTC)
    assert found is None or found + timedelta(days=3650) > found


# ---- the company structure


def units(*roots: object) -> list[tuple[str, bool, tuple[str, ...]]]:
    """The units of a structure."""
    body = json.dumps({"status": "success", "data": {"organizations": roots}}).encode()
    found = models_of(UNITS, content(body, UNITS).rows).models
    return [(one.serial, one.is_active, one.path) for one in found if isinstance(one, Unit)]


def test_the_units_below_a_node_that_cannot_be_read_move_up() -> None:
    """A node without a serial is set aside; nobody below it loses the units further up."""
    low = {"serial": "LOW", "childOrganizations": None}
    top = {"serial": "TOP", "childOrganizations": [{"name": "?", "childOrganizations": [low]}, {"serial": "B"}]}
    assert [path for *_, path in units(top)] == [("TOP",), ("TOP", "LOW"), ("TOP", "B")]


def test_a_unit_in_two_places_is_there_twice() -> None:
    """Each place has its own path."""
    shared = {"serial": "U"}
    roots = [{"serial": "A", "childOrganizations": [shared]}, {"serial": "B", "childOrganizations": [shared]}]
    assert [path for serial, _, path in units(*roots) if serial == "U"] == [("A", "U"), ("B", "U")]


@pytest.mark.parametrize(
    ("others", "expected"), [({}, True), ({"isActive": True}, False), ({"isActive": False}, False)]
)
def test_a_unit_without_a_state_is_active_unless_others_have_theirs(
    others: dict[str, bool],
    expected: bool,  # noqa: FBT001 - an expected value
) -> None:
    """As for users; but a structure that tells no state at all has only active units."""
    assert units({"serial": "A"}, {"serial": "B"} | others)[0][1] is expected


def test_a_deep_structure_is_read() -> None:
    """Depth is bounded by the parser, not by the reading of units."""
    node: dict[str, object] = {"serial": "U0"}
    for level in range(1, 90):
        node = {"serial": f"U{level}", "childOrganizations": [node]}
    assert len(units(node)) == 90


def test_a_list_nested_without_end_is_refused() -> None:
    """One sentence, no crash."""
    with pytest.raises(LmsError, match="nested"):
        content(b'{"data": {"items": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}")
