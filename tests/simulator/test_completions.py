"""The dates of all completions: User Course Status."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

from rkreport.simulator.answers import Answers, Ask, Refusal
from rkreport.simulator.completions import Completions
from rkreport.simulator.faults import NO_FAULTS, parse_faults
from rkreport.simulator.people import Identity
from rkreport.simulator.schedule import Course
from rkreport.simulator.topics import ONLINE_TOPICS
from tests.simulator.truth import assignments, online, users
from tests.simulator_fixture import TODAY, made

EXAMPLE = """
{ "assignedCourseSerial": "ASGC-7Q8R9S0T", "employeeID": "NIK20417", "courseName": "K3 Dasar untuk Gudang",
  "completedAt": "2024-02-11T15:15:00+07:00", "updatedAt": "2024-02-11T15:15:02+07:00", "status": "completed" }
"""
WIB = timezone(timedelta(hours=7))
EVER = ("2020-01-01T00:00:00+07:00", "2030-01-01T00:00:00+07:00")
OFFSET_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00")


def window(start: str, end: str) -> Ask:
    """The query of a time window."""
    return Ask({"startTimestamp": start, "endTimestamp": end})


def items(answers: Answers, start: str = EVER[0], end: str = EVER[1]) -> list[dict[str, Any]]:
    """What was completed in the window."""
    body = json.loads(answers.completions(window(start, end)))
    assert list(body) == ["status", "message", "data"]
    assert list(body["data"]) == ["items"]
    found: list[dict[str, Any]] = body["data"]["items"]
    return found


def test_rows_have_the_documented_fields() -> None:
    """Exactly those of the example; whole seconds with the offset of the company; an update is never earlier."""
    for row in items(Answers(made(), NO_FAULTS)):
        assert list(row) == list(json.loads(EXAMPLE))
        assert OFFSET_TIME.fullmatch(row["completedAt"])
        assert OFFSET_TIME.fullmatch(row["updatedAt"])
        assert row["completedAt"] <= row["updatedAt"]
        assert row["status"] == "completed"


def test_every_clearance_has_its_row_and_nothing_else_has() -> None:
    """One row for each `Cleared` of every batch and each `completed` online, as the list names person and assignment.

    People who have left, renamed ones and two with one id are among them.
    """
    of = made(people=600, online_courses=3)
    rows = items(Answers(of, NO_FAULTS))
    wanted = Counter(
        (row["assignedCourseSerial"], row["user"]["employeeID"], of.courses[course].name)
        for course, _, row in assignments(of)
        if row["userAssignedStatus"] == "Cleared"
    )
    serials = {course: of.online[course].assigned_course for course in of.online}
    wanted += Counter(
        (serials[course], row["user"]["employeeID"], of.courses[course].name)
        for course, row in online(of)
        if row["status"] == "completed"
    )
    assert Counter((row["assignedCourseSerial"], row["employeeID"], row["courseName"]) for row in rows) == wanted
    ids = {row["employeeID"] for row in rows}
    assert ids - {record["employeeID"] for record in users(of)} > {"R1900012", " 07070"}
    assert max(wanted.values()) == 2
    courses = {(row["assignedCourseSerial"], row["courseName"]) for row in rows}
    assert len(courses) == len({serial for serial, _ in courses})


def test_webinars_are_completed_at_their_end_or_in_the_time_after() -> None:
    """Without post activity it is the end of the session; with one, spread over its days, and never after yesterday."""
    of = made(people=2000, batches=60)
    by_assignment = {rows.assigned_course: rows.batch for rows in of.batches.values()}
    midnight = datetime.combine(TODAY, datetime.min.time(), WIB)
    spread: list[float] = []
    next_month = 0
    for row in items(Answers(of, NO_FAULTS)):
        batch = by_assignment.get(row["assignedCourseSerial"])
        if batch is None:
            continue
        moment = datetime.fromisoformat(row["completedAt"])
        if batch.post_ends_at is None:
            assert moment == batch.ends_at
        else:
            assert batch.ends_at <= moment <= max(batch.ends_at, min(batch.post_ends_at, midnight))
            spread.append((moment - batch.ends_at).total_seconds() / 86_400)
        next_month += moment.month != batch.ends_at.astimezone(WIB).month
    assert len({round(days) for days in spread}) == 16
    assert 2 < sorted(spread)[len(spread) // 2] < 5
    assert 0.02 < next_month / len(spread) < 0.3


def test_online_completion_is_the_date_of_the_list() -> None:
    """`completedAt` of the online list is the company's date of the moment that is told here."""
    of = made(awkward=False)
    by_id = {
        row["employeeID"]: row["completedAt"][:10]
        for row in items(Answers(of, NO_FAULTS))
        if "Ori" in row["courseName"]
    }
    assert by_id == {row["user"]["employeeID"]: row["completedAt"] for _, row in online(of) if row["completedAt"]}


def test_window_holds_its_start_and_not_its_end() -> None:
    """Windows side by side give each row once, in the order of time; the offset is read, not the clock's digits."""
    answers = Answers(made(), NO_FAULTS)
    everything = items(answers)
    assert [row["completedAt"] for row in everything] == sorted(row["completedAt"] for row in everything)
    edges = [datetime(2026, month, 1, tzinfo=WIB).isoformat() for month in range(1, 13)]
    by_month = [items(answers, start, end) for start, end in pairwise(edges)]
    assert [row for month in by_month for row in month] == everything
    assert all(by_month)
    some = everything[len(everything) // 2]["completedAt"]
    moment = datetime.fromisoformat(some)
    now = [row for row in everything if row["completedAt"] == some]
    second = timedelta(seconds=1)
    assert items(answers, some, (moment + second).isoformat()) == now
    assert items(answers, moment.astimezone(UTC).isoformat(), (moment + second).isoformat()) == now
    assert some not in {row["completedAt"] for row in items(answers, EVER[0], some)}
    assert items(answers, some, some) == []
    assert items(answers, EVER[1], EVER[0]) == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"startTimestamp": EVER[0]},
        {"endTimestamp": EVER[1]},
        {"startTimestamp": "", "endTimestamp": EVER[1]},
        {"startTimestamp": EVER[0].replace("+", " "), "endTimestamp": EVER[1]},
        {"startTimestamp": EVER[0], "endTimestamp": EVER[1].replace("+", " ")},
        {"startTimestamp": "2026-10-01T00:00:00", "endTimestamp": EVER[1]},
        {"startTimestamp": "2026-10-01", "endTimestamp": EVER[1]},
        {"startTimestamp": "yesterday", "endTimestamp": EVER[1]},
    ],
)
def test_both_times_are_required_with_an_offset(query: dict[str, str]) -> None:
    """Missing, without offset, or with the blank that a bare plus arrives as: 400."""
    with pytest.raises(Refusal) as refused:
        Answers(made(), NO_FAULTS).completions(Ask(query))
    assert refused.value.status == 400
    assert json.loads(refused.value.body)["message"] == "BAD_REQUEST"


def test_every_row_is_looked_at_once_however_many_windows_are_asked() -> None:
    """Nothing is read before the first question, and later ones read only what they answer."""
    asked = Counter[int]()

    class Counted:
        """Two hundred rows, a day apart."""

        course = Course("COURSE-X", "X", ONLINE_TOPICS[0], ())
        assigned_course = "ASGC-X"

        def __len__(self) -> int:
            return 200

        def identity(self, key: int) -> Identity:
            return Identity("S", "N", f"ID-{key}")

        def completed_at(self, key: int) -> int | None:
            asked[key] += 1
            return 1_700_000_000 + key * 86_400 if key % 2 else None

    completions = Completions([Counted()])
    assert not asked
    start = datetime.fromtimestamp(1_700_000_000, UTC)
    found = [
        json.loads(row)["employeeID"]
        for day in range(0, 200, 10)
        for row in completions.between(
            start + timedelta(day), start + timedelta(day + 10), lambda seconds, _: str(seconds)
        )
    ]
    assert found == [f"ID-{key}" for key in range(1, 200, 2)]
    assert set(asked.values()) == {1}
    assert len(asked) == 200


def test_completions_can_be_a_bare_array() -> None:
    """`data` is the array itself, with the same rows."""
    body = json.loads(Answers(made(), parse_faults("completions=bare")).completions(window(*EVER)))
    assert body["data"] == items(Answers(made(), NO_FAULTS))


@pytest.mark.parametrize(("spec", "status"), [("completions=refused", 403), ("completions=missing", 404)])
def test_completions_can_be_refused_or_missing(spec: str, status: int) -> None:
    """The account may lack the right, or the LMS the endpoint; the refusal of a right looks like one of a token."""
    with pytest.raises(Refusal) as refused:
        Answers(made(), parse_faults(spec)).completions(window(*EVER))
    assert refused.value.status == status
    assert ("PermissionDenied" in refused.value.body) == (status == 403)


def test_completions_can_be_huge() -> None:
    """64 MiB that are mostly blanks, and would still parse."""
    answers = Answers(made(people=20, courses=1, batches=1), parse_faults("completions=huge"))
    text = answers.completions(window(*EVER))
    assert len(text) == 64 * 1024 * 1024
    assert text.rstrip().endswith("]}}")


def test_completions_can_be_dates() -> None:
    """The company's date alone."""
    plain, odd = (items(Answers(made(), parse_faults(spec))) for spec in ("", "completions=date-only"))
    for name in ("completedAt", "updatedAt"):
        assert [row[name][:10] for row in plain] == [row[name] for row in odd]


def test_completions_can_mix_the_forms_of_time() -> None:
    """By row: Z with and without milliseconds, two offsets, and the company's time without any; all the same moment."""
    plain, odd = (items(Answers(made(), parse_faults(spec))) for spec in ("", "completions=offsets"))
    forms = Counter(re.sub(r"\d", "9", row["completedAt"]) for row in odd)
    assert set(forms) == {
        "9999-99-99T99:99:99Z",
        "9999-99-99T99:99:99.999Z",
        "9999-99-99T99:99:99+99:99",
        "9999-99-99 99:99:99",
    }
    assert {row["completedAt"][-6:] for row in odd} >= {"+07:00", "+00:00"}
    assert min(forms.values()) > len(odd) / 8
    for before, after in zip(plain, odd, strict=True):
        moment = datetime.fromisoformat(after["completedAt"])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=WIB)
        assert moment == datetime.fromisoformat(before["completedAt"])


def test_completions_obey_the_dice_of_null_items() -> None:
    """`items: null` where it is asked for."""
    answers = Answers(made(), NO_FAULTS)
    ask = Ask({"startTimestamp": EVER[0], "endTimestamp": EVER[1]}, null_items=True)
    assert json.loads(answers.completions(ask))["data"] == {"items": None}


def test_online_rows_are_completions_too() -> None:
    """Both kinds of list can be asked when a row was completed; who joined later has nothing."""
    of = made()
    rows = of.online["COURSE-ORIENTASI"]
    assert rows.completed_at(len(rows)) is None
    batch = next(iter(of.batches.values()))
    assert batch.completed_at(len(batch)) is None
