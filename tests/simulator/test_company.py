"""The made-up company."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.errors import ConfigError
from rkreport.simulator.company import Company, batch_record, course_record, make_company
from tests.simulator.truth import assignments, members, online, users
from tests.simulator_fixture import TODAY, Sizes, made

USER_FIELDS = [
    "employeeID",
    "name",
    "username",
    "email",
    "phone",
    "isActive",
    "companyName",
    "companySerial",
    "organizationDisplayName",
    "organizationLevelSerial",
    "tags",
]
ASSIGNMENT_FIELDS = [
    "user",
    "absentReason",
    "assignedCourseSerial",
    "feedback",
    "isAttend",
    "userAssignedStatus",
    "postActivityStatus",
    "postTestAttempt",
    "postTestScore",
    "postTestPassingScore",
]
ISO_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def before_online(of: Company) -> list[str]:
    """All that the company said before it had lists of online courses, completion dates and plans."""
    return [
        of.structure.body(),
        *map(of.people.user, range(of.people.listed + 5)),
        *map(course_record, of.courses.values()),
        *(batch_record(rows.batch) for rows in of.batches.values()),
        *(rows.record(key) for rows in of.batches.values() for key in range(len(rows) + 2)),
        repr((of.managers, of.exceptions, of.overview().courses, of.overview().batches)),
    ]


def everything(of: Company) -> list[str]:
    """All that the company ever says."""
    return [
        *before_online(of),
        repr(of.overview()),
        *(rows.record(key) for rows in of.online.values() for key in range(len(rows) + 2)),
        *of.completions.between(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC), "{} {}".format),
        *(plan.plan_record() for plan in of.plans.values()),
        *(plan.course_record(number) for plan in of.plans.values() for number in range(len(plan.plan.courses))),
        *(plan.record(key) for plan in of.plans.values() for key in range(len(plan) + 2)),
    ]


def test_same_arguments_give_the_same_bytes() -> None:
    """A company can be made again; another seed is another company."""
    again, other = made(people=120), made(people=120, seed=2)
    assert everything(again) == everything(made(people=120))
    assert everything(again) != everything(other)


@pytest.mark.parametrize(
    ("sizes", "digest"),
    [
        (Sizes(), "bed71076afc28c74"),
        (Sizes(people=12, seed=36, courses=2, batches=6), "a225de06d1cc2988"),
        (Sizes(people=1000, courses=14, batches=50, assignments=5003, serial_in_users=False), "55fec9ddf4ed9079"),
        (Sizes(people=400, batches=60), "4fe599930246527e"),  # has batches that are under way
    ],
)
def test_what_there_was_before_online_courses_is_the_same(sizes: Sizes, digest: str) -> None:
    """Users, courses, batches and their lists have the bytes that they had when nothing else was simulated.

    Old data folders and expected figures were made with them. More online courses and plans change nothing of it.
    """
    assert sha256("\n".join(before_online(made(**sizes))).encode()).hexdigest().startswith(digest)
    many: Sizes = {**sizes, "online_courses": 7, "learning_plans": 5}
    none: Sizes = {**sizes, "online_courses": 0, "learning_plans": 0}
    more, few = made(**many), made(**none)
    assert len(more.online) == 7
    assert len(more.plans) == 5
    for other in (more, few):
        changed = set(before_online(other)) ^ set(before_online(made(**sizes)))
        assert all(json.loads(text)["serial"] in {**more.online, **made(**sizes).online} for text in changed)


def test_user_records_have_the_documented_fields() -> None:
    """Exactly the published fields; `serial` comes first where the account has it."""
    for record in users(made(serial_in_users=False)):
        assert list(record) == USER_FIELDS
        assert all(list(tag) == ["serial", "name"] for tag in record["tags"])
        assert record["email"] in {None, ""} or record["email"].endswith(".test")
    assert all(list(record) == ["serial", *USER_FIELDS] for record in users(made()))


def test_assignments_have_the_documented_fields_and_values() -> None:
    """Exactly the published fields, with every documented value somewhere; a score only after an attempt."""
    rows = [row for _, _, row in assignments(made(people=2000, batches=60))]
    assert all(list(row) == ASSIGNMENT_FIELDS and list(row["user"]) == ["serial", "name", "employeeID"] for row in rows)
    assert {row["userAssignedStatus"] for row in rows} == {"Ongoing", "Cleared", "Failed", "Rescheduled"}
    assert {row["postActivityStatus"] for row in rows} == {"NOT STARTED", "IN PROGRESS", "COMPLETED", "EXPIRED", ""}
    assert {type(row["postTestPassingScore"]) for row in rows} == {int, type(None)}
    assert all(row["postTestAttempt"] or row["postTestScore"] == 0 for row in rows)
    assert all(0 <= row["postTestScore"] <= 100 for row in rows)
    assert any(row["absentReason"] and not row["isAttend"] for row in rows)
    tested = [row for row in rows if row["postTestAttempt"]]
    assert all(
        (row["postTestScore"] >= row["postTestPassingScore"]) == (row["userAssignedStatus"] == "Cleared")
        for row in tested
    )


def test_batches_have_the_documented_fields_and_times() -> None:
    """Times are UTC with milliseconds and Z, null without post activity; a link or a place, as the kind wants."""
    of = made()
    records = [
        (of.courses[course].topic.kind, json.loads(batch_record(rows.batch)))
        for (course, _), rows in of.batches.items()
    ]
    for kind, record in records:
        assert list(record) == [
            "serial",
            "name",
            "mainActivityStartAt",
            "mainActivityEndAt",
            "postActivityStartAt",
            "postActivityEndAt",
            "platform",
            "location",
            "note",
            "status",
        ]
        assert ISO_UTC.fullmatch(record["mainActivityStartAt"])
        assert record["mainActivityStartAt"] < record["mainActivityEndAt"]
        assert datetime.fromisoformat(record["mainActivityStartAt"]) in {
            rows.batch.starts_at for rows in of.batches.values()
        }
        assert (record["platform"] == "") == (kind == "offline")
        assert record["location"].startswith("https://") == (kind == "webinar")
    assert {record["postActivityEndAt"] is None for _, record in records} == {True, False}
    assert {kind for kind, _ in records} == {"webinar", "offline"}


def test_sessions_lie_in_the_last_ten_months_and_a_few_ahead() -> None:
    """Sessions are on working days; some are still to come and have no results yet."""
    of = made(people=2000, batches=60)
    days = [rows.batch.starts_at.date() for rows in of.batches.values()]
    assert all(TODAY - timedelta(days=303) <= day <= TODAY + timedelta(days=48) for day in days)
    assert all(day.weekday() < 5 for day in days)
    ahead = {batch for (_, batch), rows in of.batches.items() if rows.batch.starts_at.date() > TODAY}
    assert 0 < len(ahead) < 15
    results = [(row["userAssignedStatus"], row["isAttend"]) for _, batch, row in assignments(of) if batch in ahead]
    assert set(results) == {("Ongoing", False)}


def test_courses_have_batches_but_the_online_one() -> None:
    """The course list mixes all kinds, with the published fields."""
    of = made(courses=14, batches=30)
    records = [json.loads(course_record(course)) for course in of.courses.values()]
    assert all(list(record) == ["serial", "name", "description"] for record in records)
    assert len({record["serial"] for record in records}) == 15
    assert [course.topic.kind for course in of.courses.values() if not course.batches] == ["online"]
    assert [truth.course for truth in of.overview().online] == list(of.online) == ["COURSE-ORIENTASI"]
    assert len(of.overview().courses) == 14
    assert len(of.overview().batches) == 30


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_results_are_realistic(seed: int) -> None:
    """Four in five to nine in ten have cleared what has begun, not the same in every course and unit."""
    of = made(people=3000, seed=seed)
    cleared: defaultdict[tuple[str, str], bool] = defaultdict(bool)
    for course, batch, row in assignments(of):
        if of.batches[course, batch].batch.starts_at.date() <= TODAY:
            cleared[course, row["user"]["serial"]] |= row["userAssignedStatus"] == "Cleared"
    assert 0.8 < sum(cleared.values()) / len(cleared) < 0.92
    totals, passed = Counter(course for course, _ in cleared), Counter(key[0] for key, ok in cleared.items() if ok)
    rates = [passed[course] / totals[course] for course in totals]
    assert max(rates) - min(rates) > 0.04
    units = {record["serial"]: record["organizationLevelSerial"] for record in users(of)}
    by_unit: defaultdict[str, list[bool]] = defaultdict(list)
    for (_, serial), ok in cleared.items():
        by_unit[units.get(serial, "")].append(ok)
    overall = sum(cleared.values()) / len(cleared)
    # how much more the units differ than chance alone would have it
    spread = sum((sum(marks) - overall * len(marks)) ** 2 / len(marks) for marks in by_unit.values())
    assert spread / len(by_unit) > 1.25 * overall * (1 - overall)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_missing_is_missing_with_a_few(seed: int) -> None:
    """Two in three people have cleared all of theirs: far more than if everybody failed as often as everybody else."""
    of = made(people=3000, seed=seed)
    cleared: defaultdict[str, defaultdict[str, bool]] = defaultdict(lambda: defaultdict(bool))
    for course, batch, row in assignments(of):
        if of.batches[course, batch].batch.starts_at.date() <= TODAY:
            cleared[row["user"]["serial"]][course] |= row["userAssignedStatus"] == "Cleared"
    marks = [ok for courses in cleared.values() for ok in courses.values()]
    rate = sum(marks) / len(marks)
    by_chance = sum(rate ** len(courses) for courses in cleared.values()) / len(cleared)
    whole = sum(all(courses.values()) for courses in cleared.values()) / len(cleared)
    assert 0.62 < whole < 0.8
    assert whole > 1.2 * by_chance


def test_most_people_are_in_one_batch_of_a_course_and_some_come_again_after_failing() -> None:
    """Whoever stands in a second batch of a course has not cleared the first; nobody else stands twice."""
    of = made(people=2000, awkward=False)
    per_course: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for course, batch, row in assignments(of):
        per_course[course, row["user"]["serial"]].append((batch, row["userAssignedStatus"]))
    again = [places for places in per_course.values() if len(places) > 1]
    assert 0.01 < len(again) / len(per_course) < 0.08
    assert all(places[0][1] in {"Failed", "Ongoing"} for places in again)
    assert sum("Cleared" in {status for _, status in places} for places in again) > len(again) / 2
    assert all(len({batch for batch, _ in places}) == len(places) for places in again)


def test_people_are_distinct_beyond_the_pairs_of_names() -> None:
    """With 30,000 people no serial, id, login or full name comes twice."""
    of = made(people=30_000, awkward=False)
    records = users(of)
    for name in ("serial", "employeeID", "email", "name"):
        assert len({record[name] for record in records}) == 30_000, name


def test_people_are_found_by_employee_id() -> None:
    """Every id of the user list leads back to its records; others to nobody."""
    people = made().people
    for place in range(people.listed):
        assert people.employee_id(place) == json.loads(people.user(place))["employeeID"]
        assert place in people.find(people.employee_id(place))
    assert people.find("70000001") == (0, 1)
    assert [people.find(unknown) for unknown in ("", "R1900012", "99999999", "²²²²", "00000000")] == [()] * 5


def test_structure_is_a_documented_tree() -> None:
    """Nodes have exactly four fields, leaves an empty list; serials are unique and levels grow with the company."""

    def walk(nodes: list[dict[str, Any]], depth: int) -> Iterator[tuple[str, int]]:
        for node in nodes:
            assert list(node) == ["serial", "name", "isActive", "childOrganizations"]
            yield node["serial"], depth
            yield from walk(node["childOrganizations"], depth + 1)

    depths = []
    for people in (250, 5000):
        of = made(people=people)
        body = json.loads(of.structure.body())
        assert list(body) == ["data", "status", "message"]
        found = list(walk(body["data"]["organizations"], 1))
        assert len({serial for serial, _ in found}) == len(found) == len(of.structure.nodes)
        assert not all(node.is_active for node in of.structure.nodes)
        assert people / 40 < len(of.structure.teams) < people / 8
        depths.append(max(depth for _, depth in found))
    assert depths == [3, 4]


def test_managers_lead_divisions_with_people() -> None:
    """A manager has an address, a language and a unit of the structure; each has a team."""
    of = made()
    assert len(of.managers) == 10
    assert len({row.manager_id for row in of.managers}) == len({row.email for row in of.managers}) == 10
    assert {row.language for row in of.managers} == {"id", "en"}
    assert all(row.email.endswith(".test") for row in of.managers)
    parents = {node.serial: of.structure.nodes[node.parent or 0].serial for node in of.structure.nodes}
    large = made(people=5000)
    assert all(json.loads(large.people.user(place))["isActive"] for place in large.people.heads)
    teams = Counter(parents.get(record["organizationLevelSerial"]) for record in users(of) if record["isActive"])
    assert all(teams[row.organization] >= 4 for row in of.managers)


def test_exceptions_name_people_who_missed_something() -> None:
    """A few rows, one for every course and one for ever."""
    of = made()
    ids = {record["employeeID"] for record in users(of)}
    assert {row.employee_id for row in of.exceptions} <= ids
    assert len(of.exceptions) == 4
    assert sum(row.course == "*" for row in of.exceptions) == 1
    assert sum(row.until is None for row in of.exceptions) == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 14), st.integers(0, 20), st.integers(0, 2**32), st.booleans())
def test_any_size_can_be_made_and_asked(
    people: int,
    courses: int,
    more: int,
    seed: int,
    awkward: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    """Whatever the sizes: the overview's totals are right, all rows are JSON, and places that need people have them."""
    of = make_company(
        today=date(2024, 2, 29), people=people, courses=courses, batches=courses + more, seed=seed, awkward=awkward
    )
    overview = of.overview()
    assert overview.users == people == len(users(of))
    assert overview.assignments == len(list(assignments(of)))
    assert len(overview.batches) == courses + more
    assert of.managers
    assert overview.online_assignments == len(list(online(of)))
    assert all(members(of, plan) for plan in overview.plans)
    json.loads(of.structure.body())


def test_the_number_of_assignments_can_be_fixed() -> None:
    """The total is exact, retakes and odd rows included, and large companies cost nothing until asked."""
    assert made(people=1000, courses=8, batches=50, assignments=5003).overview().assignments == 5003
    large = made(people=200_000, courses=8, batches=2000, assignments=1_000_000)
    assert large.overview().assignments == 1_000_000
    assert len(large.managers) == 2000


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        (Sizes(people=0), "0 people are impossible"),
        (Sizes(people=1_000_000), "1000000 people are impossible"),
        (Sizes(courses=5, batches=4), "5 courses with 4 batches"),
        (Sizes(people=100, assignments=5000), "too many for 100 people"),
        (Sizes(assignments=-1), "below zero"),
        (Sizes(online_courses=-1), "below zero"),
        (Sizes(learning_plans=-1), "below zero"),
    ],
)
def test_impossible_sizes_are_refused(sizes: Sizes, sentence: str) -> None:
    """The message says what to ask for instead."""
    with pytest.raises(ConfigError, match=sentence):
        made(**sizes)
