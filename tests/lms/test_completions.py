"""Dates of completion: months of UTC, newest first; whatever goes wrong there costs only the dates."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from aiohttp import web

from rkreport.core.findings import FindingCode
from rkreport.core.snapshot import ListKind, ListReading, Snapshot, Verdict
from rkreport.lms.lists import completions_in, query_of
from tests.lms.plain import NOW, Fetch, examples, of_kind
from tests.plain_lms import BATCHES, COMPLETIONS, PlainLms, Respond, Row, as_text, batch, completion

DONE = "2026-10-06T15:15:00+07:00"


def lms_with(rows: dict[str, list[Row]], start: str | None = "2026-09-05T02:00:00.000Z") -> PlainLms:
    """One webinar batch that begins then, and these completions by month."""
    return PlainLms({BATCHES: [batch("B-1", start)]}, completions=rows)


def months_of(snapshot: Snapshot) -> dict[str, ListReading]:
    """The readings of completions, by month."""
    return {one.batch: one for one in of_kind(snapshot, ListKind.COMPLETIONS)}


# ---- what is asked for


async def test_months_are_asked_for_from_the_first_session_to_now_the_newest_first() -> None:
    """Whole months of UTC with the plus encoded, and the current month until now."""
    lms = lms_with({"2026-10": [completion(1, DONE)]})
    snapshot = await Fetch(lms, dates=True).run()
    assert lms.windows[0] == ("2026-11-01T00:00:00+00:00", "2026-11-05T03:20:07+00:00")
    assert sorted(lms.windows[1:]) == [
        ("2026-09-01T00:00:00+00:00", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"),
    ]
    asked = [page for page in lms.pages if page.startswith(COMPLETIONS)]
    assert all("+" not in page and page.count("%2B00:00") == 2 for page in asked)
    assert all("page" not in page for page in asked)
    assert {one.verdict for one in months_of(snapshot).values()} == {Verdict.PROVEN}
    assert sorted(months_of(snapshot)) == ["2026-09", "2026-10", "2026-11"]
    assert lms.asked.index(COMPLETIONS) > max(at for at, path in enumerate(lms.asked) if path == BATCHES)


@pytest.mark.parametrize(
    ("start", "months"),
    [
        ("2026-11-05T03:20:06Z", ["2026-11"]),
        ("2026-11-05T03:20:08Z", []),
        ("2026-12-01T02:00:00Z", []),
        (None, []),
        ("2026-10-31T23:59:59Z", ["2026-11", "2026-10"]),
        ("2026-11-01T06:00:00+07:00", ["2026-11", "2026-10"]),
        ("2025-12-05T02:00:00Z", [*(f"2026-{month:02}" for month in range(11, 0, -1)), "2025-12"]),
    ],
)
async def test_only_months_with_or_after_a_session_are_asked_for(start: str | None, months: list[str]) -> None:
    """Nothing is asked for while no session has begun."""
    lms = lms_with({}, start)
    await Fetch(lms, dates=True).run()
    assert sorted((window[0][:7] for window in lms.windows), reverse=True) == months


async def test_at_most_sixty_months_are_asked_for() -> None:
    """The newest."""
    lms = lms_with({}, "2001-01-05T02:00:00Z")
    await Fetch(lms, dates=True).run()
    months = sorted(window[0][:7] for window in lms.windows)
    assert (len(months), months[0], months[-1]) == (60, "2021-12", "2026-11")


async def test_nothing_is_asked_for_if_it_is_off() -> None:
    """`completion_dates = "off"`."""
    lms = lms_with({"2026-10": [completion(1, DONE)]})
    snapshot = await Fetch(lms, dates=False).run()
    assert COMPLETIONS not in lms.asked
    assert not snapshot.completions


async def test_what_is_stored_is_not_asked_for_again() -> None:
    """A run that goes on asks for no month twice, and says the same."""
    lms = lms_with({"2026-10": [completion(1, DONE)]})
    first = Fetch(lms, dates=True)
    snapshot = await first.run()
    again = await Fetch(lms, dates=True, store=first.store).run()
    assert lms.asked.count(COMPLETIONS) == 3
    assert (again.completions, again.lists) == (snapshot.completions, snapshot.lists)


@pytest.mark.parametrize(
    ("month", "now", "expected"),
    [
        ("2026-12", datetime(2027, 1, 1, tzinfo=UTC), "2027-01-01T00:00:00+00:00"),
        ("2028-02", datetime(2029, 1, 1, tzinfo=UTC), "2028-03-01T00:00:00+00:00"),
        ("2026-12", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-12-31T23:59:59+00:00"),
    ],
)
def test_a_window_ends_with_its_month_or_now(month: str, now: datetime, expected: str) -> None:
    """Also at the end of a year and in February."""
    query = query_of(completions_in(month), 1, 100, now)
    assert query == {"startTimestamp": f"{month}-01T00:00:00+00:00", "endTimestamp": expected}


# ---- what is answered


@pytest.mark.parametrize("is_bare", [True, False])
async def test_rows_come_as_items_or_as_a_bare_array(*, is_bare: bool) -> None:
    """Equal rows stay two, and several courses under one key stay all."""
    rows = [completion(1, DONE), completion(1, DONE), completion(1, DONE, courseName="Other"), completion(2, DONE)]
    lms = lms_with({"2026-10": rows})
    lms.is_bare = is_bare
    snapshot = await Fetch(lms, dates=True).run()
    found = Counter((one.employee_id, one.assigned_course, one.course_name) for one in snapshot.completions)
    assert found == {
        ("E001", "ASGC-1", "Course one"): 2,
        ("E001", "ASGC-1", "Other"): 1,
        ("E002", "ASGC-1", "Course one"): 1,
    }
    reading = months_of(snapshot)["2026-10"]
    assert (reading.verdict, reading.rows_received) == (Verdict.PROVEN, 4)
    assert {one.completed_at for one in snapshot.completions} == {datetime(2026, 10, 6, 8, 15, tzinfo=UTC)}
    assert {one.assigned_course for one in snapshot.assignments} == {"ASGC-1"}


@pytest.mark.parametrize(
    ("text", "expected", "is_odd"),
    [
        ("2026-10-06", date(2026, 10, 6), False),
        ("2026-10-06T15:15:00.000Z", datetime(2026, 10, 6, 15, 15, tzinfo=UTC), False),
        ("2026-10-06T15:15:00Z", datetime(2026, 10, 6, 15, 15, tzinfo=UTC), False),
        ("2026-10-06 15:15:00", datetime(2026, 10, 6, 15, 15, tzinfo=UTC), False),
        ("", None, False),
        (None, None, False),
        ("9999-12-31T00:00:00Z", None, True),
        ("yesterday", None, True),
        ({"at": 1}, None, True),
    ],
)
async def test_dates_come_in_all_formats(text: object, expected: object, *, is_odd: bool) -> None:
    """A row without a usable date says nothing; one that cannot be a date is a finding."""
    snapshot = await Fetch(lms_with({"2026-10": [completion(1, text)]}), dates=True).run()
    assert [one.completed_at for one in snapshot.completions] == ([expected] if expected else [])
    assert len(examples(snapshot, FindingCode.TIME_UNUSABLE)) == is_odd
    assert months_of(snapshot)["2026-10"].rows_received == 1


@pytest.mark.parametrize(
    ("word", "counts"),
    [("completed", True), ("COMPLETED", True), (" Completed ", True), ("failed", False), ("", False), (None, False)],
)
async def test_only_what_is_completed_counts(word: str | None, *, counts: bool) -> None:
    """The word is compared as all are; rows with others say nothing."""
    snapshot = await Fetch(lms_with({"2026-10": [completion(1, DONE, status=word)]}), dates=True).run()
    assert bool(snapshot.completions) is counts


async def test_a_row_that_cannot_be_read_costs_itself() -> None:
    """It is set aside and named; the others are read."""
    rows = [7, completion(1, DONE), completion(2, DONE, employeeID=["x"])]
    snapshot = await Fetch(lms_with({"2026-10": rows}), dates=True).run()  # type: ignore[dict-item]  # broken rows
    assert [one.employee_id for one in snapshot.completions] == ["E001"]
    assert {(one.kind, one.batch, one.field) for one in snapshot.set_aside} == {
        (ListKind.COMPLETIONS, "2026-10", ""),
        (ListKind.COMPLETIONS, "2026-10", "employeeID"),
    }
    assert snapshot.is_complete


# ---- what fails


def hangs(_request: web.Request) -> web.StreamResponse:
    """Never answer."""
    raise web.HTTPGatewayTimeout(text="{}")


FAILURES: dict[str, tuple[Callable[[], Respond], str, int]] = {
    "403": (lambda: as_text(b"{}", 403), "dates_refused", 4),
    "404": (lambda: as_text(b"{}", 404), "dates_refused", 1),
    "400": (lambda: as_text(b'{"errorCode": 400, "message": "BAD_REQUEST"}', 400), "dates_unreadable", 1),
    "error under 200": (lambda: as_text(b'{"errorCode": 7, "message": "X"}'), "dates_unreadable", 1),
    "500": (lambda: as_text(b"{}", 500), "dates_unreadable", 4),
    "504": (lambda: hangs, "dates_unreadable", 4),
    "429": (lambda: as_text(b"{}", 429), "dates_unreadable", 2),
    "no JSON": (lambda: as_text(b"{nonsense}"), "dates_unreadable", 1),
    "web page": (lambda: as_text(b"<html>"), "dates_unreadable", 4),
    "a text": (lambda: as_text(b'{"status": "success", "data": "x"}'), "dates_unreadable", 1),
    "another object": (lambda: as_text(b'{"status": "success", "data": {"users": []}}'), "dates_unreadable", 1),
    "a page of several": (
        lambda: as_text(b'{"status": "success", "data": {"items": [], "totalItems": 5}}'),
        "dates_unreadable",
        1,
    ),
    "too many rows": (lambda: as_text(b'{"data": [' + b",".join([b"{}"] * 100_001) + b"]}"), "dates_unreadable", 1),
    "too large": (lambda: as_text(b" " * 7 * 2**20), "dates_unreadable", 1),
    "redirect": (lambda: as_text(b"{}", 302), "dates_unreadable", 1),
    "wrong token": (lambda: as_text(b"{}", 401), "dates_unreadable", 4),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_what_fails_in_the_newest_month_ends_the_asking(name: str) -> None:
    """All months are absent with the reason; the report is complete, and little is asked."""
    make, code, most = FAILURES[name]
    lms = lms_with({})
    lms.respond[COMPLETIONS] = make()
    snapshot = await Fetch(lms, dates=True).run()
    months = months_of(snapshot)
    assert sorted(months) == ["2026-09", "2026-10", "2026-11"]
    assert {one.verdict for one in months.values()} == {Verdict.ABSENT}
    assert {one.reason.code for one in months.values() if one.reason} == {code}
    assert snapshot.is_complete
    assert len(snapshot.assignments) == 3
    assert 1 <= lms.asked.count(COMPLETIONS) <= most


@pytest.mark.parametrize("month", ["2026-11", "2026-10"], ids=["newest", "older"])
@pytest.mark.parametrize("failures", [2, 3])
async def test_a_trouble_that_passes_costs_no_dates(month: str, failures: int) -> None:
    """A month is not tried often at a time, but once more when all else is read."""
    lms = lms_with({month: [completion(1, DONE)]})
    failing, left = as_text(b"{}", 500), [failures]

    def fails_at_first(request: web.Request) -> web.StreamResponse | None:
        if not request.query["startTimestamp"].startswith(month) or not left[0]:
            return None
        left[0] -= 1
        return failing(request)

    lms.respond[COMPLETIONS] = fails_at_first
    snapshot = await Fetch(lms, dates=True).run()
    assert {one.verdict for one in months_of(snapshot).values()} == {Verdict.PROVEN}
    assert len(snapshot.completions) == 1


@pytest.mark.parametrize("status", [404, 400, 500])
async def test_what_fails_in_an_older_month_costs_that_month(status: int) -> None:
    """The others are read."""
    lms = lms_with({"2026-10": [completion(1, DONE)]})
    failing = as_text(b"{}", status)
    lms.respond[COMPLETIONS] = lambda request: (
        failing(request) if request.query["startTimestamp"].startswith("2026-09") else None
    )
    snapshot = await Fetch(lms, dates=True).run()
    verdicts = {month: one.verdict for month, one in months_of(snapshot).items()}
    assert verdicts == {"2026-09": Verdict.ABSENT, "2026-10": Verdict.PROVEN, "2026-11": Verdict.PROVEN}
    assert len(snapshot.completions) == 1
    assert snapshot.is_complete


async def test_an_answer_without_a_list_is_asked_for_again() -> None:
    """No total shows that a server left the rows out once, so null is not believed at once; a second one is."""
    lms = lms_with({"2026-10": [completion(1, DONE)]})
    nothing = as_text(b'{"status": "success", "data": {"items": null}}')
    asked: Counter[str] = Counter()

    def respond(request: web.Request) -> web.StreamResponse | None:
        month = request.query["startTimestamp"][:7]
        asked[month] += 1
        return nothing(request) if month == "2026-09" or (month == "2026-10" and asked[month] == 1) else None

    lms.respond[COMPLETIONS] = respond
    snapshot = await Fetch(lms, dates=True).run()
    assert len(snapshot.completions) == 1
    assert asked == {"2026-09": 2, "2026-10": 2, "2026-11": 1}


async def test_many_months_that_fail_are_no_failing_lms() -> None:
    """Only the newest of sixty can be read."""
    lms = lms_with({}, "2001-01-05T02:00:00Z")
    failing = as_text(b"{}", 500)
    lms.respond[COMPLETIONS] = lambda request: (
        None if request.query["startTimestamp"].startswith("2026-11") else failing(request)
    )
    snapshot = await Fetch(lms, dates=True).run()
    assert Counter(one.verdict for one in months_of(snapshot).values()) == {Verdict.ABSENT: 59, Verdict.PROVEN: 1}
    assert lms.asked.count(COMPLETIONS) == 1 + 59 * 2


async def test_an_lms_that_is_gone_by_then_costs_only_the_dates() -> None:
    """No answer in time, as if the network were down: everything else has been read."""

    class Slow(PlainLms):
        async def answer(self, request: web.Request) -> web.StreamResponse:
            if request.path == COMPLETIONS:
                self.asked.append(request.path)
                await asyncio.sleep(2)
            return await super().answer(request)

    lms = Slow({BATCHES: [batch("B-1", "2026-09-05T02:00:00.000Z")]}, completions={})
    snapshot = await Fetch(lms, dates=True, timeout_seconds=0.3).run()
    assert {one.verdict for one in months_of(snapshot).values()} == {Verdict.ABSENT}
    assert lms.asked.count(COMPLETIONS) == 4
    assert snapshot.is_complete
    assert snapshot.finished_at == NOW
