"""The lists of online courses."""

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from rkreport.simulator.answers import Answers, Ask, Refusal
from rkreport.simulator.faults import NO_FAULTS, parse_faults
from tests.simulator.truth import online, users
from tests.simulator_fixture import TODAY, made

EXAMPLE = """
{ "user": { "serial": "SARIW0K2L4M6N8P0", "name": "Sari Wulandari", "employeeID": "NIK20417" },
  "postTest": 92.5, "preTest": null, "timeSpent": 1310,
  "lastAccessMission": "2024-02-11T08:15:00.000Z", "completedAt": "2024-02-11", "status": "completed" }
"""
STATUSES = {"not_started", "in_progress", "completed", "failed", "expired"}
ISO_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
COURSE = "COURSE-ORIENTASI"
WIB = timezone(timedelta(hours=7))


def page(spec: str = "", number: int = 1) -> Any:
    """The `data` of one page of the list."""
    answers = Answers(made(), parse_faults(spec))
    return json.loads(answers.online(Ask({"page": str(number), "pageSize": "100"}), COURSE))["data"]


def test_rows_have_the_documented_fields_and_values() -> None:
    """Exactly the fields of the example, in its order; no score is null, no date is an empty text."""
    example = json.loads(EXAMPLE)
    rows = [row for _, row in online(made(people=1000, online_courses=5))]
    assert {row["status"] for row in rows} == STATUSES
    for row in rows:
        assert list(row) == list(example)
        assert list(row["user"]) == list(example["user"])
        assert {type(row["preTest"]), type(row["postTest"])} <= {int, float, type(None)}
        assert type(row["timeSpent"]) is int
        assert ISO_UTC.fullmatch(row["lastAccessMission"])
        assert (row["completedAt"] != "") == (row["status"] == "completed")
        assert row["completedAt"] == "" or date.fromisoformat(row["completedAt"])
        assert all(score is None or 0 <= score <= 100 for score in (row["preTest"], row["postTest"]))
    for name in ("preTest", "postTest"):
        assert {row[name] is None for row in rows if row["status"] == "completed"} == {True, False}
    untouched = {(row["preTest"], row["postTest"], row["timeSpent"]) for row in rows if row["status"] == "not_started"}
    assert untouched == {(None, None, 0)}
    assert any(isinstance(row["postTest"], float) for row in rows)


def test_tests_are_passed_by_those_who_completed() -> None:
    """A post-test below the mark is a failed course; a course without a mark has no post-test and nobody fails it."""
    of = made(people=1000, online_courses=5)
    marks = {serial: of.courses[serial].topic.passing_score for serial in of.online}
    assert {mark is None for mark in marks.values()} == {True, False}
    for course, row in online(of):
        mark = marks[course]
        if mark is None:
            assert row["postTest"] is None
        elif row["postTest"] is not None:
            assert row["status"] == ("completed" if row["postTest"] >= mark else "failed")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statuses_are_realistic(seed: int) -> None:
    """Three in four or a little more have completed; each of the others is there, and none is frequent."""
    shares = Counter(row["status"] for _, row in online(made(people=3000, online_courses=3, seed=seed)))
    total = shares.total()
    assert 0.7 < shares["completed"] / total < 0.88
    assert all(0.005 < shares[status] / total < 0.15 for status in STATUSES - {"completed"})


@pytest.mark.parametrize("seed", range(1, 8))
def test_completions_lie_in_every_month(seed: int) -> None:
    """Some were completed in this month, some in each of the nine before: an earlier period sees them as not yet."""
    days = [date.fromisoformat(row["completedAt"]) for _, row in online(made(seed=seed)) if row["completedAt"]]
    assert {(day.year, day.month) for day in days} == {(2026, month) for month in range(1, 12)}
    assert all(date(2026, 1, 14) <= day < TODAY for day in days)


def test_nothing_was_done_on_the_first_day_of_a_month_yet() -> None:
    """On the first of a month no completion is of today or later, though some were of the month under way."""
    days = [row["completedAt"] for _, row in online(made(today=date(2026, 11, 1))) if row["completedAt"]]
    assert max(days) <= "2026-10-31"


def test_people_are_the_companys_and_each_is_there_once() -> None:
    """Users of the company and some who have left it; odd employee ids as in batches."""
    of = made(online_courses=3)
    ids = {record["serial"]: record["employeeID"] for record in users(of)}
    by_course: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for course, row in online(of):
        by_course[course].append(row["user"])
    for rows in by_course.values():
        assert len({user["serial"] for user in rows}) == len(rows)
        assert any(user["serial"] not in ids for user in rows)
    everybody = [user for rows in by_course.values() for user in rows]
    assert {user["employeeID"] for user in everybody} >= {"R1900012", " 07070", "70000001", "00123", "123"}
    assert len({user["serial"] for user in everybody if user["employeeID"] == "70000001"}) == 2


def test_last_access_of_the_completed_is_their_completion() -> None:
    """It is the same moment, in UTC: near midnight the dates differ, as the company is seven hours ahead."""
    done = [row for _, row in online(made(people=2000)) if row["completedAt"]]
    ahead = [row["completedAt"] > row["lastAccessMission"][:10] for row in done]
    assert 0.2 < sum(ahead) / len(ahead) < 0.4
    for row in done:
        moment = datetime.fromisoformat(row["lastAccessMission"])
        assert moment.astimezone(WIB).date().isoformat() == row["completedAt"]


def test_list_is_answered_in_pages_and_for_online_courses_alone() -> None:
    """The paged envelope; any other course, and an unknown one, is not found."""
    of = made()
    assert page() == {
        "currentPage": 1,
        "totalItems": 113,
        "totalPage": 2,
        "items": [row for _, row in online(of)][:100],
    }
    assert len(page(number=2)["items"]) == 13
    for serial in ("COURSE-PDP", "COURSE-K3DASAR", "NONE"):
        with pytest.raises(Refusal) as refused:
            Answers(of, NO_FAULTS).online(Ask({"page": "1", "pageSize": "100"}), serial)
        assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        Answers(of, NO_FAULTS).online(Ask({}), COURSE)
    assert refused.value.status == 400


def test_who_joins_has_not_started() -> None:
    """Rows join and leave between requests; the stable ones are in every answer."""
    answers = Answers(made(people=60), NO_FAULTS)
    query = {"page": "1", "pageSize": "100"}
    before = json.loads(answers.online(Ask(query), COURSE))["data"]["items"]
    after = json.loads(answers.online(Ask(query, 1), COURSE))["data"]["items"]
    assert [row["status"] for row in after if row not in before] == ["not_started"]
    left = json.loads(answers.online(Ask(query, 2 * 7), COURSE))["data"]["items"]
    assert [json.loads(row) for row in answers.stable_online(COURSE)] == [row for row in before if row in left]
    assert len(before) - 1 <= len(list(answers.stable_online(COURSE))) <= len(before)


def test_page_can_be_a_bare_array() -> None:
    """`online=bare` leaves the totals out; the rows are the same, other lists are as ever."""
    assert page("online=bare") == page()["items"]
    answers = Answers(made(), parse_faults("online=bare"))
    assert "items" in json.loads(answers.users(Ask({"page": "1", "pageSize": "1"})))["data"]


def test_statuses_can_be_spelled_in_five_ways() -> None:
    """`spellings=mixed` changes case, blanks and underscores by row, and gives one row a word that nobody knows."""
    plain, mixed = page()["items"], page("spellings=mixed")["items"]
    words = {row["status"] for row in mixed}
    assert words >= {"completed", "COMPLETED", "Completed", "in_progress", "IN_PROGRESS", "In Progress", "in progress"}
    assert words & {"IN PROGRESS", "NOT STARTED"}
    unknown = [row for row in mixed if row["status"].lower().replace(" ", "_") not in STATUSES]
    assert [row["status"] for row in unknown] == ["Ditangguhkan"]
    for before, after in zip(plain, mixed, strict=True):
        assert {**before, "status": ""} == {**after, "status": ""}
        if after not in unknown:
            assert after["status"].lower().replace(" ", "_") == before["status"]
        else:
            assert before["status"] != "completed"
