"""Online courses: found out by having no batches, read like all lists, each status and date as documented."""

from datetime import UTC, date, datetime

import pytest

from rkreport.core.findings import FindingCode
from rkreport.core.models import AssignmentStatus, CourseKind, PostActivity
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.errors import ConfigError
from rkreport.lms import states
from rkreport.lms.lists import content_of, models_of, online_of
from rkreport.lms.protocol import Document
from tests.lms.plain import Fetch, examples, of_kind
from tests.plain_lms import (
    BATCHES,
    COURSES,
    STRUCTURE,
    PlainLms,
    Row,
    as_text,
    online,
    online_users,
)

ONLINE = online_users("C-2")
BATCHES_2 = f"{COURSES}/C-2/batches"


def mixed(*rows: Row, **lists: list[Row]) -> PlainLms:
    """A webinar course C-1 and an online course C-2 with these rows."""
    courses = [{"serial": one, "name": one} for one in ("C-1", "C-2")]
    return PlainLms({COURSES: courses, ONLINE: list(rows), **lists})


@pytest.mark.parametrize("batches", ["404", "empty"])
async def test_a_course_without_batches_is_asked_for_online_users(batches: str) -> None:
    """Beside a webinar; the lists are proven, and each page is asked for once, but for the looks back."""
    lms = mixed(*(online(number, "completed", "2026-10-06") for number in (1, 2, 3)))
    if batches == "empty":
        lms.lists[BATCHES_2] = []
    fetch = Fetch(lms, ("C-1", "C-2"))
    snapshot = await fetch.run()
    online_rows = [one for one in snapshot.assignments if one.is_online]
    assert {(one.course_serial, one.batch_serial, one.completed_at) for one in online_rows} == {
        ("C-2", "", date(2026, 10, 6))
    }
    assert len(online_rows) == len(snapshot.assignments) - 3 == 3
    (reading,) = of_kind(snapshot, ListKind.ONLINE)
    assert (reading.course, reading.batch, reading.verdict, reading.rows_received) == ("C-2", "", Verdict.PROVEN, 3)
    assert snapshot.is_complete
    assert lms.asked.count(ONLINE) == 1
    assert lms.asked.count(BATCHES_2) == (1 if batches == "404" else 2)
    assert not any(path == online_users("C-1") for path in lms.asked)


async def test_long_lists_are_read_twice_and_proven() -> None:
    """As all lists of more than a page; what a stopped run has stored is not asked for again."""
    lms = mixed(*(online(number) for number in range(1, 26)))
    fetch = Fetch(lms, ("C-1", "C-2"), page_size=10)
    snapshot = await fetch.run()
    assert len([one for one in snapshot.assignments if one.is_online]) == 25
    assert of_kind(snapshot, ListKind.ONLINE)[0].verdict is Verdict.PROVEN
    assert lms.asked.count(ONLINE) == 6
    again = await Fetch(lms, ("C-1", "C-2"), page_size=10, store=fetch.store).run()
    assert lms.asked.count(ONLINE) == 6
    assert (again.assignments, again.lists) == (snapshot.assignments, snapshot.lists)


async def test_the_kind_in_the_config_is_believed() -> None:
    """Of an online course no batches are asked for, of a webinar no online users."""
    lms = mixed(online(1))
    await Fetch(lms, ("C-1", "C-2"), {"C-1": CourseKind.WEBINAR, "C-2": CourseKind.ONLINE}).run()
    assert BATCHES_2 not in lms.asked
    lms = mixed(online(1), **{BATCHES: []})
    snapshot = await Fetch(lms, ("C-1",), {"C-1": CourseKind.WEBINAR}).run()
    assert not of_kind(snapshot, ListKind.ONLINE)
    assert not any("/online/" in path for path in lms.asked)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (None, "C-2: the LMS has neither batches nor online users of it"),
        (CourseKind.WEBINAR, "C-2: the LMS has no batches of it; leave kind out"),
        (CourseKind.ONLINE, "C-2: the LMS does not know it as an online course; leave kind out"),
    ],
)
async def test_a_course_that_is_of_no_kind_is_said_before_the_long_lists(
    kind: CourseKind | None, sentence: str
) -> None:
    """Neither batches nor online users: the run ends within seconds."""
    lms = mixed()
    del lms.lists[ONLINE]
    with pytest.raises(ConfigError, match=sentence):
        await Fetch(lms, ("C-1", "C-2"), {"C-2": kind} if kind else {}).run()
    assert "/ruangkerja/users" not in lms.asked


async def test_a_webinar_without_batches_yet_is_no_mistake() -> None:
    """As before: an empty list of batches, and no online users."""
    lms = mixed(**{BATCHES_2: []})
    del lms.lists[ONLINE]
    snapshot = await Fetch(lms, ("C-1", "C-2")).run()
    assert snapshot.is_complete
    assert not of_kind(snapshot, ListKind.ONLINE)


async def test_online_users_that_cannot_be_read_are_named() -> None:
    """The report is incomplete then, whether the course's kind is known or not."""
    lms = mixed()
    lms.respond[ONLINE] = as_text(b"{}", 500)
    snapshot = await Fetch(lms, ("C-1", "C-2")).run()
    (reading,) = of_kind(snapshot, ListKind.ONLINE)
    assert (reading.verdict, snapshot.is_complete) == (Verdict.INCOMPLETE, False)


async def test_many_online_courses_are_no_failing_lms() -> None:
    """Each has a 404 for its batches, which is an answer."""
    serials = [f"C-{number}" for number in range(2, 30)]
    lists = {online_users(serial): [online(1)] for serial in serials}
    lms = PlainLms({COURSES: [{"serial": one, "name": one} for one in ("C-1", *serials)], **lists})
    lms.respond[STRUCTURE] = as_text(b"{}", 500)  # is asked for after them
    snapshot = await Fetch(lms, ("C-1", *serials)).run()
    assert len(of_kind(snapshot, ListKind.ONLINE)) == 28


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("", AssignmentStatus.NONE),
        ("not_started", AssignmentStatus.NOT_STARTED),
        ("NOT STARTED", AssignmentStatus.NOT_STARTED),
        ("In Progress", AssignmentStatus.IN_PROGRESS),
        ("in_progress", AssignmentStatus.IN_PROGRESS),
        ("COMPLETED", AssignmentStatus.CLEARED),
        ("completed", AssignmentStatus.CLEARED),
        ("Failed", AssignmentStatus.FAILED),
        (" expired ", AssignmentStatus.EXPIRED),
        ("Cleared", AssignmentStatus.UNKNOWN),
        ("archived", AssignmentStatus.UNKNOWN),
    ],
)
def test_statuses_are_compared_without_case_blanks_and_underscores(word: str, means: AssignmentStatus) -> None:
    """What is not known is kept with its word."""
    status = states.online_status(word)
    assert (status.means, status.word) == (means, word)


@pytest.mark.parametrize(
    ("text", "expected", "is_odd"),
    [
        ("2026-10-06", date(2026, 10, 6), False),
        ("2026-10-06T17:00:00.000Z", datetime(2026, 10, 6, 17, tzinfo=UTC), False),
        ("2026-10-06T17:00:00Z", datetime(2026, 10, 6, 17, tzinfo=UTC), False),
        ("2026-10-06T17:00:00+07:00", datetime(2026, 10, 6, 10, tzinfo=UTC), False),
        ("2026-10-06 17:00:00", datetime(2026, 10, 6, 17, tzinfo=UTC), False),
        ("", None, False),
        (None, None, False),
        ("1970-01-01", None, True),
        ("2200-01-01", None, True),
        ("0001-01-01T00:00:00Z", None, True),
        ("soon", None, True),
        (20261006, None, True),
        ([], None, True),
    ],
)
async def test_a_day_stays_a_day_and_a_time_is_a_moment(text: object, expected: object, *, is_odd: bool) -> None:
    """What cannot be a date is none, with a finding; its row stays."""
    snapshot = await Fetch(mixed(online(1) | {"completedAt": text}), ("C-2",)).run()
    (row,) = snapshot.assignments
    assert row.completed_at == expected
    assert isinstance(row.completed_at, datetime) is isinstance(expected, datetime)
    assert len(examples(snapshot, FindingCode.TIME_UNUSABLE)) == is_odd
    assert all(one.startswith("C-2 / E001: completedAt") for one in examples(snapshot, FindingCode.TIME_UNUSABLE))


def test_tests_and_times_spent_are_not_read() -> None:
    """Whatever stands in them, the row is read; it has no attendance, no activity and no score."""
    row = {"user": {"employeeID": "1"}, "status": "completed", "postTest": {"a": 1}, "preTest": "x", "timeSpent": []}
    found = models_of(online_of("C"), content_of(online_of("C"), 1, Document({"data": {"items": [row]}})).rows)
    (one,) = found.models
    assert not found.set_aside
    assert (one.attended, one.post_activity.means, one.post_test_attempts) == (None, PostActivity.NONE, 0)  # type: ignore[union-attr]  # an assignment
