"""Learning plans."""

import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

import pytest

from rkreport.simulator.answers import Answers, Ask, Refusal
from rkreport.simulator.company import Company
from rkreport.simulator.faults import NO_FAULTS, parse_faults
from tests.simulator.truth import assignments, members, online, users
from tests.simulator_fixture import TODAY, Sizes, made

PLAN = """
{ "serial": "LRPN-7Q8R9S0T", "name": "Wajib Gudang", "description": "", "createdAt": "2024-02-11T08:15:00.000Z",
  "updatedAt": "2024-02-11T08:15:00.000Z", "avgPostTest": null, "avgPreTest": null, "numberOfCompleted": 1,
  "numberOfCourses": 2, "numberOfExpired": 0, "numberOfFailed": 0, "numberOfInProgress": 0, "numberOfNotStarted": 0,
  "numberOfParticipants": 1 }
"""
COURSE = """
{ "course": { "name": "K3 Dasar untuk Gudang", "serial": "COURSE-K3DASAR" }, "deadline": "2024-12-31T16:59:59Z",
  "avgPostTest": null, "avgPreTest": null, "numberOfCompleted": 1, "numberOfExpired": 0, "numberOfFailed": 0,
  "numberOfInProgress": 0, "numberOfNotStarted": 0, "numberOfParticipants": 1 }
"""
USER = """
{ "user": { "serial": "SARIW0K2L4M6N8P0", "name": "Sari Wulandari", "employeeID": "NIK20417" },
  "avgPostTest": 92.5, "avgPreTest": null, "numberOfCompleted": 1, "numberOfCourses": 2, "status": "COMPLETED" }
"""
STATES = ("Completed", "Expired", "Failed", "InProgress", "NotStarted")
FIRST = {"page": "1", "pageSize": "100"}


def rows(text: str) -> list[dict[str, Any]]:
    """The items of a page."""
    found: list[dict[str, Any]] = json.loads(text)["data"]["items"]
    return found


def courses_of(of: Company, plan: str) -> list[dict[str, Any]]:
    """The courses of a plan."""
    return rows(Answers(of, NO_FAULTS).plan_courses(Ask(FIRST), plan))


def test_everything_has_the_documented_fields() -> None:
    """Plans, courses and users have exactly those of the examples; only deadlines have no milliseconds."""
    of = made(learning_plans=3)
    answers = Answers(of, NO_FAULTS)
    plans = rows(answers.plans(Ask(FIRST)))
    assert [plan["serial"] for plan in plans] == list(of.plans) == list(of.overview().plans)
    for plan in plans:
        assert list(plan) == list(json.loads(PLAN))
        assert re.fullmatch(r"LRPN-[0-9A-F]{8}", plan["serial"])
        assert all(
            re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", plan[name]) for name in ("createdAt", "updatedAt")
        )
        courses = rows(answers.plan_courses(Ask(FIRST), plan["serial"]))
        assert len(courses) == plan["numberOfCourses"]
        for course in courses:
            assert list(course) == list(json.loads(COURSE))
            assert list(course["course"]) == ["name", "serial"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", course["deadline"])
        people = rows(answers.plan_users(Ask(FIRST), plan["serial"]))
        assert len(people) == plan["numberOfParticipants"]
        for row in people:
            assert list(row) == list(json.loads(USER))
            assert list(row["user"]) == ["serial", "name", "employeeID"]
            assert row["status"] in {"COMPLETED", "EXPIRED", "FAILED", "IN_PROGRESS", "NOT_STARTED"}


def test_plan_mixes_all_kinds_with_deadlines_behind_and_ahead() -> None:
    """A webinar, an offline and an online course of the company; each deadline is the end of a month."""
    of = made(learning_plans=4, courses=8, online_courses=2)
    chosen = []
    for plan in of.plans:
        courses = courses_of(of, plan)
        kinds = [of.courses[one["course"]["serial"]].topic.kind for one in courses]
        assert sorted(kinds) == ["offline", "online", "webinar"]
        assert all(one["course"]["name"] == of.courses[one["course"]["serial"]].name for one in courses)
        deadlines = [datetime.fromisoformat(one["deadline"]) for one in courses]
        assert [moment.isoformat() for moment in deadlines] == [
            "2026-10-31T16:59:59+00:00",
            "2026-11-30T16:59:59+00:00",
            "2027-01-31T16:59:59+00:00",
        ]
        assert min(deadlines).date() < TODAY < max(deadlines).date()
        chosen.append(tuple(one["course"]["serial"] for one in courses))
    assert len(set(chosen)) > 1


@pytest.mark.parametrize("sizes", [Sizes(), Sizes(people=2000, seed=7), Sizes(people=3000, learning_plans=2)])
def test_numbers_and_statuses_are_those_of_the_courses(sizes: Sizes) -> None:
    """What a plan says of its people is what the lists of its courses say, counted apart."""
    of = made(**sizes)
    done: defaultdict[str, set[str]] = defaultdict(set)
    assigned: defaultdict[str, set[str]] = defaultdict(set)
    for course, _, row in assignments(of):
        assigned[course].add(row["user"]["serial"])
        if row["userAssignedStatus"] == "Cleared":
            done[course].add(row["user"]["serial"])
    for course, row in online(of):
        assigned[course].add(row["user"]["serial"])
        if row["status"] == "completed":
            done[course].add(row["user"]["serial"])
    plans = {plan["serial"]: plan for plan in rows(Answers(of, NO_FAULTS).plans(Ask(FIRST)))}
    for plan, of_plan in plans.items():
        courses = courses_of(of, plan)
        serials = [one["course"]["serial"] for one in courses]
        people = members(of, plan)
        for row in people:
            cleared = [row["user"]["serial"] in done[course] for course in serials]
            assert row["numberOfCompleted"] == sum(cleared)
            assert row["numberOfCourses"] == len(serials)
            assert (row["status"] == "COMPLETED") == all(cleared)
            if not cleared[0]:  # its deadline is over
                assert row["status"] == "EXPIRED"
            assert (row["avgPostTest"] is None) == (not any(cleared))
        for number, one in enumerate(courses):
            assert one["numberOfCompleted"] == sum(row["user"]["serial"] in done[serials[number]] for row in people)
        assert courses[0]["numberOfExpired"] == len(people) - courses[0]["numberOfCompleted"]
        for counted in (of_plan, *courses):
            assert (
                sum(counted[f"numberOf{state}"] for state in STATES) == counted["numberOfParticipants"] == len(people)
            )
        assert of_plan["numberOfExpired"] == Counter(row["status"] for row in people)["EXPIRED"]
        lacking = [row for row in people if not all(row["user"]["serial"] in assigned[course] for course in serials)]
        assert 0.03 < len(lacking) / len(people) < 0.15


def test_some_were_never_assigned_to_anything_of_the_plan() -> None:
    """They are users of the company whom only the plan requires; most are in every list, and nobody is there twice."""
    of = made()
    seated: defaultdict[str, set[str]] = defaultdict(set)
    for course, _, row in assignments(of):
        seated[course].add(row["user"]["serial"])
    for course, row in online(of):
        seated[course].add(row["user"]["serial"])
    (plan,) = of.plans
    places = [seated[one["course"]["serial"]] for one in courses_of(of, plan)]
    people = [row["user"]["serial"] for row in members(of, plan)]
    never = [serial for serial in people if not any(serial in place for place in places)]
    everywhere = [serial for serial in people if all(serial in place for place in places)]
    assert len(set(people)) == len(people) == 62
    assert (len(never), len(everywhere)) == (4, 58)
    assert set(people) <= {record["serial"] for record in users(of)}
    truth = of.plans[plan]
    assert sum(truth.is_never_assigned(key) for key in range(len(truth))) == len(never)


@pytest.mark.parametrize("sizes", [Sizes(people=1), Sizes(people=3), Sizes(people=20, courses=1, batches=1)])
def test_tiny_companies_have_plans_too(sizes: Sizes) -> None:
    """One person at least is in a plan, whatever the sizes."""
    chosen: Sizes = {**sizes, "learning_plans": 2}
    of = made(**chosen)
    for plan in of.plans:
        assert 0 < len(members(of, plan)) <= max(1, sizes["people"])


def test_plan_can_be_left_out_and_names_filter() -> None:
    """Without plans the list is empty; `name` is contained in any case; an unknown plan is not found."""
    assert rows(Answers(made(learning_plans=0), NO_FAULTS).plans(Ask(FIRST))) == []
    answers = Answers(made(learning_plans=6), NO_FAULTS)
    named = rows(answers.plans(Ask({**FIRST, "name": "KARYAWAN baru"})))
    assert [plan["name"] for plan in named] == ["Program Karyawan Baru", "Program Karyawan Baru 2"]
    for asked in (answers.plan_users, answers.plan_courses):
        with pytest.raises(Refusal) as refused:
            asked(Ask(FIRST), "LRPN-NONE")
        assert refused.value.status == 404


def test_users_come_and_go() -> None:
    """Who joins has done nothing yet; stable are those who were there in every answer."""
    of = made()
    (plan,) = of.plans
    answers = Answers(of, NO_FAULTS)
    before = rows(answers.plan_users(Ask(FIRST), plan))
    joined = rows(answers.plan_users(Ask(FIRST, 1), plan))
    new = [row for row in joined if row not in before]
    assert [(row["status"], row["numberOfCompleted"], row["avgPostTest"]) for row in new] == [("NOT_STARTED", 0, None)]
    left = rows(answers.plan_users(Ask(FIRST, 2 * 9), plan))
    assert [json.loads(row) for row in answers.stable_plan_users(plan)] == [row for row in before if row in left]


def test_statuses_can_be_spelled_in_five_ways() -> None:
    """`spellings=mixed` is for plans as well: by row, and one word that nobody knows."""
    of = made(people=1000)
    (plan,) = of.plans
    mixed = rows(Answers(of, parse_faults("spellings=mixed")).plan_users(Ask(FIRST), plan))
    plain = members(of, plan)[:100]
    unknown = [row["status"] for row in mixed if row["status"] == "Ditangguhkan"]
    assert len(unknown) == 1
    assert {row["status"] for row in mixed} >= {"completed", "COMPLETED", "Completed"}
    for before, after in zip(plain, mixed, strict=True):
        if after["status"] not in unknown:
            assert after["status"].upper().replace(" ", "_") == before["status"]
