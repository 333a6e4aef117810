"""Answers without HTTP: paging, totals, filters, refusals, changes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.simulator.answers import Answers, Ask, Refusal
from rkreport.simulator.faults import NO_FAULTS, parse_faults
from tests.simulator_fixture import made

BATCH = ("webinar", "COURSE-KODEETIK", "BATCH-KODEETIK-01")


def ask(page: object = 1, size: object = 100, **more: str) -> Ask:
    """A query."""
    return Ask({"page": str(page), "pageSize": str(size)} | more)


def page_of(text: str) -> dict[str, Any]:
    """The `data` of a list."""
    body = json.loads(text)
    assert list(body) == ["status", "message", "data"]
    assert body["status"] == "success"
    data: dict[str, Any] = body["data"]
    return data


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 130), st.integers(1, 100))
def test_paging_gives_each_row_exactly_once(people: int, size: int) -> None:
    """For any list and page size: full pages, a rest, then empty ones, all with the same right totals."""
    company = made(people=people, courses=1, batches=2)
    answers = Answers(company, NO_FAULTS)
    for rows, read in (
        ([json.loads(company.people.user(place)) for place in range(people)], answers.users),
        (
            [json.loads(company.batches[BATCH[1:]].record(key)) for key in range(len(company.batches[BATCH[1:]]))],
            lambda one: answers.assignments(one, *BATCH),
        ),
    ):
        pages = -(-len(rows) // size)
        found = [page_of(read(ask(page, size))) for page in range(1, pages + 2)]
        assert [row for page in found for row in page["items"]] == rows
        assert found[-1]["items"] == []
        assert [list(page) for page in found] == [["currentPage", "totalItems", "totalPage", "items"]] * (pages + 1)
        assert [page["currentPage"] for page in found] == list(range(1, pages + 2))
        assert {(page["totalItems"], page["totalPage"]) for page in found} == {(len(rows), pages)}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"page": "1"},
        {"pageSize": "10"},
        {"page": "0", "pageSize": "10"},
        {"page": "1", "pageSize": "0"},
        {"page": "1", "pageSize": "101"},
        {"page": "-1", "pageSize": "10"},
        {"page": "²", "pageSize": "10"},
    ],
)
def test_page_and_page_size_are_required_and_bounded(query: dict[str, str]) -> None:
    """What is missing, below 1 or above 100 is refused with 400."""
    with pytest.raises(Refusal) as refused:
        Answers(made(), NO_FAULTS).users(Ask(query))
    assert refused.value.status == 400
    assert json.loads(refused.value.body)["message"] == "BAD_REQUEST"


def test_users_can_be_filtered() -> None:
    """Flag and employee id are exact, name, e-mail and phone contained in any case; totals count what is left."""
    company = made()
    answers = Answers(company, NO_FAULTS)
    records = [json.loads(company.people.user(place)) for place in range(250)]

    def found(**query: str) -> list[dict[str, Any]]:
        pages = [page_of(answers.users(ask(number, 100, **query))) for number in (1, 2, 3)]
        items: list[dict[str, Any]] = [item for page in pages for item in page["items"]]
        assert {page["totalItems"] for page in pages} == {len(items)}
        return items

    assert found(isActive="false") == [record for record in records if not record["isActive"]]
    assert found(isActive="true") == [record for record in records if record["isActive"]]
    assert len(found(employeeID="70000001")) == 2
    assert [record["employeeID"] for record in found(employeeID="00123")] == ["00123"]
    assert found(employeeID="0012") == []
    assert found(name="dewi") == [record for record in records if "dewi" in record["name"].casefold()]
    assert found(email="DEWI") == [record for record in records if "dewi" in (record["email"] or "")]
    assert found(phone="62815", isActive="true")
    with pytest.raises(Refusal):
        found(isActive="maybe")


def test_courses_can_be_filtered_by_name() -> None:
    """The optional name is contained in the course's name."""
    data = page_of(Answers(made(), NO_FAULTS).courses(ask(name="pribadi")))
    assert [item["serial"] for item in data["items"]] == ["COURSE-PDP"]
    assert data["totalItems"] == 1


def test_online_course_has_no_batches() -> None:
    """Its batch list is empty, not an error."""
    data = page_of(Answers(made(), NO_FAULTS).batches(ask(), "COURSE-ORIENTASI"))
    assert data == {"currentPage": 1, "totalItems": 0, "totalPage": 0, "items": []}


@pytest.mark.parametrize(
    "place",
    [
        ("offline", "COURSE-KODEETIK", "BATCH-KODEETIK-01"),
        ("webinar", "COURSE-K3DASAR", "BATCH-K3DASAR-01"),
        ("webinar", "COURSE-KODEETIK", "BATCH-K3DASAR-01"),
        ("webinar", "COURSE-KODEETIK", "NONE"),
        ("webinar", "NONE", "BATCH-KODEETIK-01"),
    ],
)
def test_unknown_places_are_not_found(place: tuple[str, str, str]) -> None:
    """Unknown course or batch, another course's batch, or the other kind's address: 404."""
    with pytest.raises(Refusal) as refused:
        Answers(made(), NO_FAULTS).assignments(ask(), *place)
    assert refused.value.status == 404


def test_user_is_found_by_employee_id() -> None:
    """One record under `data`, also for the awkward; unknown, unlisted or renamed ids are not found."""
    company = made()
    answers = Answers(company, NO_FAULTS)
    for place in (2, 100, 249):
        body = json.loads(answers.user(company.people.employee_id(place)))
        assert body["data"] == json.loads(company.people.user(place))
    unlisted = company.people.employee_id(250)
    for employee_id in ("nobody", "R1900012", unlisted):
        with pytest.raises(Refusal) as refused:
            answers.user(employee_id)
        assert refused.value.status == 404


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=60))
def test_stable_rows_are_those_in_every_answer(changes: list[int]) -> None:
    """Rows join and leave between requests; what `stable` names has been in the whole list every time."""
    company = made(people=60, courses=1, batches=1)
    answers = Answers(company, NO_FAULTS)
    always = {row["serial"] for row in page_of(answers.users(ask()))["items"]}
    seated = {row["user"]["serial"] for row in page_of(answers.assignments(ask(), *BATCH))["items"]}
    for change in changes:
        query = {"page": "1", "pageSize": "100"}
        users = page_of(answers.users(Ask(query, change)))["items"]
        rows = page_of(answers.assignments(Ask(query, change), *BATCH))["items"]
        always &= {row["serial"] for row in users}
        seated &= {row["user"]["serial"] for row in rows}
        assert len({row["serial"] for row in users}) == len(users)
    if len(changes) < 40:  # with more changes the lists can outgrow one page
        assert {json.loads(row)["serial"] for row in answers.stable_users()} == always
        stable = {json.loads(row)["user"]["serial"] for row in answers.stable_assignments(*BATCH[1:])}
        assert stable == seated


def test_those_who_joined_and_left_can_be_looked_up() -> None:
    """Find User follows the live list."""
    company = made(people=60)
    answers = Answers(company, NO_FAULTS)
    before = page_of(answers.users(ask()))["items"]
    joined = page_of(answers.users(Ask({"page": "1", "pageSize": "100"}, 1)))["items"]
    newcomer = next(row for row in joined if row not in before)
    assert json.loads(answers.user(newcomer["employeeID"]))["data"] == newcomer
    left = page_of(answers.users(Ask({"page": "1", "pageSize": "100"}, 2 * 5)))["items"]
    leaver = next(row for row in joined if row not in left)
    with pytest.raises(Refusal):
        answers.user(leaver["employeeID"])


@pytest.mark.parametrize(
    ("spec", "total", "pages"),
    [("total=+3", 63, 7), ("total=-3", 57, 6), ("total=string", "60", "6"), ("total=missing", None, None)],
)
def test_totals_can_lie(spec: str, total: object, pages: object) -> None:
    """The totals are off, text, or left out; the rows stay true."""
    data = page_of(Answers(made(people=60), parse_faults(spec)).users(ask(size=10)))
    assert (data.get("totalItems"), data.get("totalPage")) == (total, pages)
    assert len(data["items"]) == 10


def test_empty_items_can_be_null() -> None:
    """`items=null` shows on pages without rows alone."""
    answers = Answers(made(people=60), parse_faults("items=null"))
    assert len(page_of(answers.users(ask()))["items"]) == 60
    assert page_of(answers.users(ask(2)))["items"] is None


def test_a_page_can_be_repeated_for_ever() -> None:
    """Every page is the first one, and the totals always promise another."""
    answers = Answers(made(people=60), parse_faults("repeat-page"))
    pages = [page_of(answers.users(ask(page, 10))) for page in (1, 2, 7, 500)]
    assert all(page["items"] == pages[0]["items"] for page in pages)
    assert [page["totalPage"] for page in pages] == [2, 3, 8, 501]
