"""The real command against a small server of its own: an untidy answer gives the same right report, or one sentence.

Each server differs from a tidy one in one thing. A tidy one has three people, all of whom comply.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from tests.cli.plain_office import PlainOffice, rate
from tests.plain_lms import (
    BATCHES,
    COMPLETIONS,
    COURSES,
    STRUCTURE,
    USERS,
    PlainLms,
    Row,
    as_text,
    assigned_to,
    assignment,
    batch,
    serving,
    unit,
    user,
)

# ---- the same right report


def rewritten(change: Callable[[bytes], bytes], lists: dict[str, list[Row]] | None = None) -> dict[str, Any]:
    """The tidy answers to all lists, changed as bytes."""
    tidy = PlainLms(lists=lists or {})

    def of(path: str) -> Callable[[web.Request], web.StreamResponse]:
        rows = tidy.lists[path]

        def respond(request: web.Request) -> web.StreamResponse:
            page, size = int(request.query["page"]), int(request.query["pageSize"])
            items = rows[(page - 1) * size : page * size]
            data = {"currentPage": page, "totalItems": len(rows), "totalPage": 1, "items": items}
            body = json.dumps({"status": "success", "message": "Success", "data": data}).encode()
            return web.Response(body=change(body), content_type="application/json")

        return respond

    return {path: of(path) for path in tidy.lists}


def protobuf(_: str, data: Row) -> object:
    """As a server that leaves out what is false, 0 or empty."""

    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {name: bare(one) for name, one in value.items() if one not in (False, 0, "", [], None)}
        return [bare(one) for one in value] if isinstance(value, list) else value

    return bare(data)


SAME: dict[str, Callable[[], PlainLms]] = {
    "a byte order mark": lambda: PlainLms(respond=rewritten(lambda body: b"\xef\xbb\xbf" + body)),
    "totals with decimals": lambda: PlainLms(respond=rewritten(lambda body: body.replace(b": 3,", b": 3.0,"))),
    "totals as text": lambda: PlainLms(respond=rewritten(lambda body: body.replace(b'Items": 3', b'Items": "3"'))),
    "no number of the page": lambda: PlainLms(
        respond=rewritten(lambda body: body.replace(b'Page": 1, "t', b'Page": null, "t'))
    ),
    "false, 0 and empty left out": lambda: PlainLms(bend=protobuf),
    "no company structure, 404": lambda: PlainLms(respond={STRUCTURE: as_text('{"errorCode": 404}', 404)}),
    "no company structure, 403": lambda: PlainLms(respond={STRUCTURE: as_text('{"message": "x"}', 403)}),
    "no company structure, a web page": lambda: PlainLms(respond={STRUCTURE: as_text("<html>no</html>", 403)}),
    "an empty company structure": lambda: PlainLms(structure=[]),
    "never as the year 9999": lambda: PlainLms(
        lists={BATCHES: [batch("B-1", postActivityEndAt="9999-12-31T23:59:59Z")]}
    ),
    "none as the year 1": lambda: PlainLms(lists={BATCHES: [batch("B-1", postActivityEndAt="0001-01-01T00:00:00Z")]}),
    "none as 1970": lambda: PlainLms(lists={BATCHES: [batch("B-1", postActivityEndAt="1970-01-01T00:00:00+07:00")]}),
    "none as a zero": lambda: PlainLms(lists={BATCHES: [batch("B-1", postActivityEndAt="0")]}),
    "a batch without dates": lambda: PlainLms(lists={BATCHES: [batch("B-1", None)]}),
    "half an emoji": lambda: PlainLms(
        respond=rewritten(lambda body: body.replace(b'"name": "Person 1"', b'"name": "Person 1 \\ud83d"'))
    ),
    "a raw control character": lambda: PlainLms(
        respond=rewritten(lambda body: body.replace(b'"phone": ""', b'"phone": "\x02"'))
    ),
    "a letter cut in half": lambda: PlainLms(
        respond=rewritten(lambda body: body.replace(b'"phone": ""', b'"phone": "\xe2\x82"'))
    ),
    "a user record twice": lambda: PlainLms(lists={USERS: [user(1), user(1), user(2), user(3)]}),
    "a user record twice, with serials": lambda: PlainLms(
        lists={USERS: [user(1, serial="S001"), user(1, serial="S001"), user(2, serial="S002"), user(3, serial="S003")]}
    ),
    "an old inactive account with the same id": lambda: PlainLms(
        lists={USERS: [user(1, isActive=False, organizationLevelSerial="U-OLD", username="old"), *map(user, (1, 2, 3))]}
    ),
    "one employee id with serials of other spelling": lambda: PlainLms(
        lists={
            assigned_to("B-1"): [
                assignment(one, user={"serial": f"S{one}", "name": f"PERSON  {one}", "employeeID": f"E00{one}"})
                for one in (1, 2, 3)
            ]
        }
    ),
    "a batch with a name that is none": lambda: PlainLms(
        lists={BATCHES: [batch("B-1", name={"id": "x"}, platform=["Zoom"])]}
    ),
    "an assignment twice": lambda: PlainLms(lists={assigned_to("B-1"): [assignment(one) for one in (1, 1, 2, 3)]}),
    "two results twice in one batch": lambda: PlainLms(
        lists={assigned_to("B-1"): [assignment(1, "Failed"), *(assignment(one) for one in (1, 2, 3))]}
    ),
    "ids as numbers": lambda: PlainLms(
        lists={
            USERS: [user(one, employeeID=one) for one in (1, 2, 3)],
            assigned_to("B-1"): [
                assignment(one, user={"serial": f"S{one}", "name": "x", "employeeID": one}) for one in (1, 2, 3)
            ],
        }
    ),
    "a total of the error code": lambda: PlainLms(
        respond=rewritten(lambda body: body.replace(b'{"status"', b'{"errorCode": 0, "status"'))
    ),
}


@pytest.mark.parametrize(
    ("name", "page_size"),
    [*((name, 100) for name in SAME), *((name, 2) for name in SAME if "twice" in name or "same id" in name)],
)
def test_an_untidy_server_gives_the_same_report(plain: PlainOffice, name: str, page_size: int) -> None:
    """Three of three comply, the report is complete, everybody belongs to M-1, wherever pages end."""
    with serving(SAME[name]()) as lms:
        manifest = plain.run(lms, page_size=page_size)
    assert rate(manifest) == (3, 3)
    assert manifest["complete"]
    assert manifest["lists"]["incomplete"] == manifest["lists"]["moving"] == 0
    teams = {file["manager_id"] for file in manifest["files"] if file["kind"] == "manager"}
    assert teams == {"M-1"}


def test_a_company_structure_is_asked_for_once_however_large(plain: PlainOffice) -> None:
    """5,000 units are one answer, flat or nested."""
    roots = [unit(f"U-{number}") for number in range(4_000)] + [unit("U-TOP", unit("U-LOW"))]
    with serving(PlainLms(structure=roots)) as lms:
        assert rate(plain.run(lms)) == (3, 3)
    assert lms.asked.count(STRUCTURE) == 1


def test_a_tidy_server_is_asked_no_more_than_needed(plain: PlainOffice) -> None:
    """A login, the three short lists, users, assignments, the batches once more, and whether it gives dates."""
    with serving(PlainLms()) as lms:
        plain.run(lms)
    assert sorted(lms.asked) == sorted(
        ["/oauth/token", COURSES, BATCHES, BATCHES, STRUCTURE, USERS, assigned_to("B-1"), COMPLETIONS]
    )


@pytest.mark.parametrize("field", ["mainActivityStartAt", "mainActivityEndAt", "postActivityEndAt"])
@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+07:00", "1970-01-01", "0", "9999-12-31T23:59:59Z"]
)
def test_a_time_that_means_none_or_never_makes_nobody_overdue_or_expired(
    plain: PlainOffice, field: str, text: str
) -> None:
    """Two are cleared and one has not started, whatever is added to the time; the finding names the batch."""
    rows = [assignment(1), assignment(2), assignment(3, "Ongoing")]
    with serving(PlainLms(lists={BATCHES: [batch("B-1") | {field: text}], assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms, course="due_days_after_session = 3650\nvalid_for_months = 600")
    counts = {status: count for status, count in manifest["status_counts"].items() if count}
    assert counts == {"Completed": 2, "Not started": 1}
    assert manifest["findings"]["time_unusable"] == 1


def test_a_server_that_leaves_out_what_is_false_has_inactive_people(plain: PlainOffice) -> None:
    """Who has no state among others who have one is inactive, and does not count."""
    people = [user(1), user(2), user(3, isActive=False)]
    with serving(PlainLms(lists={USERS: people}, bend=protobuf)) as lms:
        assert rate(plain.run(lms)) == (2, 2)


# ---- one row


def test_one_row_that_cannot_be_read_is_set_aside_and_named(plain: PlainOffice) -> None:
    """The others are reported, the sum holds, the finding says where, and sending stops at it."""
    rows = [assignment(1), assignment(2) | {"postTestScore": {"value": 80}}, assignment(3)]
    with serving(PlainLms(lists={assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms, page_size=2)
    assert rate(manifest) == (2, 2)
    assert manifest["complete"]
    assert (manifest["assignments"], manifest["rows_set_aside"]) == (3, 1)
    assert sum(manifest["matched"].values()) + manifest["rows_set_aside"] == manifest["assignments"]
    assert manifest["findings"]["row_set_aside"] == 1
    outcome = plain.rkreport("send")
    assert (outcome.code, "--accept rows_set_aside" in outcome.error) == (4, True)


# ---- one true sentence

STOPPED: dict[str, tuple[Callable[[], PlainLms], int, tuple[str, ...]]] = {
    "a user list without anybody": (lambda: PlainLms(lists={USERS: []}), 3, ("empty list of users",)),
    "nobody's state": (
        lambda: PlainLms(lists={USERS: [{"employeeID": "1", "name": "A"}, {"employeeID": "2", "name": "B"}]}),
        3,
        ("isActive",),
    ),
    "an error without a code": (
        lambda: PlainLms(respond={assigned_to("B-1"): as_text('{"status": "error", "message": "x", "data": null}')}),
        4,
        ("says that it failed",),
    ),
    "data that is false": (
        lambda: PlainLms(respond={assigned_to("B-1"): as_text('{"status": "success", "data": false}')}),
        4,
        ("field data is no page",),
    ),
    "rows under another name": (
        lambda: PlainLms(respond={assigned_to("B-1"): as_text('{"status": "success", "data": {"rows": [{}]}}')}),
        4,
        ("field data is no page",),
    ),
    "items that are no list": (
        lambda: PlainLms(respond={assigned_to("B-1"): as_text('{"status": "success", "data": {"items": {}}}')}),
        4,
        ("field data.items is no list",),
    ),
    "a firewall before the login": (
        lambda: PlainLms(respond={"/oauth/token": as_text("<html>Blocked</html>", 403)}),
        3,
        ("the login", "web page", "network team"),
    ),
    "no login at this address": (
        lambda: PlainLms(respond={"/oauth/token": as_text('{"message": "x"}', 404)}),
        3,
        ("the login", "base_url"),
    ),
    "a login that fails": (
        lambda: PlainLms(respond={"/oauth/token": as_text('{"errorCode": 500, "message": "INTERNAL"}')}),
        3,
        ("the login", "error 500 INTERNAL"),
    ),
    "a structure that wants another login": (
        lambda: PlainLms(respond={STRUCTURE: as_text('{"message": "x"}', 401)}),
        3,
        ("refused",),
    ),
    "a firewall": (
        lambda: PlainLms(respond={USERS: as_text("<html><h1>Blocked</h1></html>", 403)}),
        4,
        ("web page", "HTTP 403", "network team"),
    ),
    "no JSON": (lambda: PlainLms(respond={USERS: as_text("no")}), 4, ("is no JSON",)),
    "a token with a line break": (lambda: PlainLms(token="a\nb"), 3, ("is no token",)),
    "a wait of a day": (
        lambda: PlainLms(
            respond={USERS: lambda _: web.Response(status=429, headers={"Retry-After": "99999"}, text="wait")}
        ),
        3,
        ("28 h", "goes on where it stopped"),
    ),
    "a wait of a year, at 503": (
        lambda: PlainLms(
            respond={USERS: lambda _: web.Response(status=503, headers={"Retry-After": "31536000"}, text="wait")}
        ),
        3,
        ("8760 h",),
    ),
    "a total of 10^300": (
        lambda: PlainLms(bend=lambda path, data: data | {"totalItems": 10**300} if path == USERS else data),
        4,
        ("1,000,000,000,000,000,000",),
    ),
    "a total of 10^12": (
        lambda: PlainLms(bend=lambda path, data: data | {"totalItems": 10**12} if path == USERS else data),
        4,
        ("1,000,000,000,000",),
    ),
}


@pytest.mark.parametrize("name", STOPPED)
def test_what_cannot_be_read_is_one_true_sentence(plain: PlainOffice, name: str) -> None:
    """With the right exit code, and without asking again what would be no different."""
    make, code, words = STOPPED[name]
    with serving(make()) as lms:
        plain.set_up(lms)
        outcome = plain.rkreport("run")
    assert outcome.code == code, outcome.err
    for word in words:
        assert word in outcome.error
    assert "token and rights" not in outcome.error
    assert lms.asked.count(USERS) <= 1


def test_a_row_whose_key_lost_a_letter_is_set_aside(plain: PlainOffice) -> None:
    """Two serials that differ in the lost letter would be one person, so neither is anybody."""
    people = [user(number, serial=f"S{number}") for number in (1, 2, 3)]
    rows = [
        assignment(number, user={"serial": serial, "name": "x", "employeeID": ""})
        for number, serial in ((1, "S1"), (2, "X\ud83d"), (3, "X\ud83e"))
    ]
    with serving(PlainLms(lists={USERS: people, assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms)
    assert (manifest["rows_set_aside"], manifest["assignments"], rate(manifest)) == (2, 3, (1, 1))


@pytest.mark.parametrize("page_size", [100, 2])
def test_a_batch_that_is_listed_twice_is_a_finding(plain: PlainOffice, page_size: int) -> None:
    """The later listing stands, and somebody is told where the two differ."""
    twice = [batch("B-1"), batch("B-1", "2026-12-05T02:00:00.000Z"), batch("B-1")]
    with serving(PlainLms(lists={BATCHES: twice})) as lms:
        manifest = plain.run(lms, page_size=page_size)
    assert (rate(manifest), manifest["complete"]) == ((3, 3), True)
    assert "listed_twice" in manifest["findings"]


def test_a_structure_is_no_reason_to_refuse_a_unit_above(plain: PlainOffice) -> None:
    """Where the structure is not given, an audience may name a unit that nobody carries: a finding, and exit code 0."""
    with serving(PlainLms(respond={STRUCTURE: as_text('{"errorCode": 403, "message": "FORBIDDEN"}')})) as lms:
        manifest = plain.run(lms, course='[courses.audience]\norganizations = ["U-TOP", "U-LOW"]')
    assert (rate(manifest), manifest["findings"]["unit_rule_without_structure"] >= 2) == ((3, 3), True)


def test_copies_on_a_server_that_caps_its_pages_are_read_whole(plain: PlainOffice) -> None:
    """One that gives 20 rows where 100 are asked for, with a record that stands twice."""
    people = [user(number) for number in range(1, 60)]
    people.insert(45, user(3))

    def capped(request: web.Request) -> web.StreamResponse:
        page, size = int(request.query["page"]), min(20, int(request.query["pageSize"]))
        data = {"totalItems": len(people), "totalPage": -(-len(people) // size)}
        items = people[(page - 1) * size : page * size]
        return web.json_response({"status": "success", "data": data | {"items": items}})

    with serving(PlainLms(respond={USERS: capped})) as lms:
        manifest = plain.run(lms)
    assert (manifest["complete"], manifest["users"], rate(manifest)) == (True, 60, (3, 3))


def test_a_user_list_that_was_empty_is_read_anew(plain: PlainOffice) -> None:
    """The next run does not go on from the empty list: nothing is refused for ever."""
    with serving(PlainLms(lists={USERS: []})) as lms:
        plain.set_up(lms)
        assert plain.rkreport("run").code == 3
        lms.lists[USERS] = [user(number) for number in (1, 2, 3)]
        assert plain.rkreport("run", "--json").code == 0
    assert rate(plain.manifest) == (3, 3)
