"""What becomes of a fetch, or of a look around, when a page cannot be read."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import pytest

from rkreport.core.models import CourseKind, CourseSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, ListReading, Verdict
from rkreport.errors import Forbidden, LmsError, MalformedReply, NotFound, ServerTrouble, Unreachable
from rkreport.lms.browse import Browser
from rkreport.lms.client import Answer, LmsClient
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.protocol import Document, Reply, interpret
from rkreport.lms.transport import Meter
from tests.lms.recorded import page_of
from tests.lms.test_fetch import Memory, silence

COURSES, UNITS, USERS = "/ruangkerja/dashboard/courses", "/ruangkerja/company-structure", "/ruangkerja/users"
BATCHES = f"{COURSES}/C/batches"
WEBINAR, OFFLINE = f"{COURSES}/C/webinar/{{}}/users", f"{COURSES}/C/offline/{{}}/users"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
Content = TypeVar("Content")
Answers = dict[Any, bytes | LmsError]


class Scripted:
    """Answers like `LmsClient`: by path, or by path and page."""

    def __init__(self, answers: Answers, *, answers_others: bool = True) -> None:
        """With `answers_others` somebody else's request is always answered before one fails."""
        self.meter = Meter()
        self.asked: list[str] = []
        self._answers = answers
        self._answers_others = answers_others

    def utc_now(self) -> datetime:
        """Return always the same time."""
        return NOW

    async def get(
        self,
        path: str,
        query: Mapping[str, str | int],
        read: Callable[[Document], Content],
        what: str,
        *,
        is_urgent: bool = True,
        at_once: Callable[[bytes], Content | None] = lambda _: None,
    ) -> Answer[Content]:
        """As `LmsClient.get`; what is not scripted is not there."""
        self.asked.append(path)
        answer = self._answers.get((path, int(query.get("page", 1)))) or self._answers.get(path) or NotFound("No.")
        self.meter.answered += self._answers_others
        if isinstance(answer, LmsError):
            raise answer
        return Answer(read(interpret(Reply(200, {}, answer), what, NOW)), answer)


def company(batches: int = 1) -> Answers:
    """One course whose batches look like webinars, with one user in each."""
    place = page_of([{"user": {"serial": "S"}, "userAssignedStatus": "Cleared"}], total=1)
    serials = [f"B-{number}" for number in range(batches)]
    return {
        COURSES: page_of([{"serial": "C", "name": "Course"}], total=1),
        BATCHES: page_of([{"serial": serial, "platform": "zoom"} for serial in serials], total=batches),
        UNITS: b'{"data": {"organizations": []}}',
        USERS: page_of([{"serial": "S", "isActive": True}], total=1),
        **{WEBINAR.format(serial): place for serial in serials},
    }


async def fetched(
    client: Scripted, *, kind: CourseKind | None = None, store: Memory | None = None, max_in_flight: int = 1
) -> dict[ListKind, list[ListReading]]:
    """What the engine says of each list, by kind."""
    plan = FetchPlan((CoursePolicy(CourseSerial("C"), kind=kind),), 100, max_in_flight)
    readings = await FetchEngine(plan, cast("LmsClient", client), store or Memory(), silence).run()
    return {each: [one for one in readings if one.kind is each] for each in ListKind}


async def test_the_other_kind_is_read_where_the_guessed_one_is_not_there() -> None:
    """A batch that looks like a webinar and is none; where the config gives the kind, nothing else is tried."""
    answers = company() | {
        WEBINAR.format("B-0"): NotFound("gone"),
        OFFLINE.format("B-0"): page_of([{"user": {"serial": "S"}}, {"user": {"serial": "T"}}], total=2),
    }
    (found,) = (await fetched(Scripted(answers)))[ListKind.ASSIGNMENTS]
    assert (found.verdict, found.rows_received) == (Verdict.PROVEN, 2)
    (missing,) = (await fetched(Scripted(answers), kind=CourseKind.WEBINAR))[ListKind.ASSIGNMENTS]
    assert missing.verdict is Verdict.INCOMPLETE
    assert missing.reason
    assert missing.reason.code == "not_found"


async def test_a_lost_connection_ends_the_fetch_unless_others_are_answered() -> None:
    """A page that alone cannot be reached is missing; when nothing is answered any more, the LMS is gone."""
    answers = company() | {USERS: Unreachable("no connection")}
    assert (await fetched(Scripted(answers)))[ListKind.USERS][0].verdict is Verdict.INCOMPLETE
    with pytest.raises(Unreachable):
        await fetched(Scripted(answers, answers_others=False))


async def test_trouble_with_the_first_list_ends_the_fetch() -> None:
    """As long as nothing was read, it is not one page that fails."""
    trouble = ServerTrouble("HTTP 500")
    with pytest.raises(ServerTrouble):
        await fetched(Scripted(company() | {COURSES: trouble}))
    (units,) = (await fetched(Scripted(company() | {UNITS: trouble})))[ListKind.UNITS]
    assert units.verdict is Verdict.INCOMPLETE


async def test_many_failures_in_a_row_end_the_fetch_but_missing_lists_do_not() -> None:
    """Of one connection three; whatever is answered between begins the count anew."""
    lost = {WEBINAR.format(f"B-{number}"): MalformedReply("odd") for number in (0, 1, 3, 4)}
    readings = (await fetched(Scripted(company(9) | lost)))[ListKind.ASSIGNMENTS]
    assert [one.verdict for one in readings].count(Verdict.INCOMPLETE) == 4
    with pytest.raises(MalformedReply):
        await fetched(Scripted(company(9) | lost | {WEBINAR.format("B-2"): MalformedReply("odd")}))
    gone = {WEBINAR.format(f"B-{number}"): NotFound("gone") for number in range(9)}
    readings = (await fetched(Scripted(company(9) | gone), kind=CourseKind.WEBINAR))[ListKind.ASSIGNMENTS]
    assert len(readings) == 9


async def test_only_the_company_structure_may_be_refused() -> None:
    """The report does without it, and says why; no other list is absent."""
    forbidden = Forbidden("HTTP 403")
    (units,) = (await fetched(Scripted(company() | {UNITS: forbidden})))[ListKind.UNITS]
    assert (units.verdict, units.pages_expected, units.rows_expected) == (Verdict.ABSENT, 0, 0)
    assert units.reason
    assert units.reason.values == {"status": "403"}
    (users,) = (await fetched(Scripted(company() | {USERS: forbidden})))[ListKind.USERS]
    assert users.verdict is Verdict.INCOMPLETE


async def test_what_the_store_has_is_not_asked_for() -> None:
    """A fetch that is said again after all pages were kept sends no request, and says the same."""
    store, again = Memory(), Scripted({})
    first = await fetched(Scripted(company(3)), store=store)
    assert await fetched(again, store=store) == first
    assert again.asked == []


@pytest.mark.parametrize(
    ("page", "error", "expected"),
    [
        (1, MalformedReply("odd"), "raised"),
        (2, MalformedReply("odd"), "not whole"),
        (2, ServerTrouble("HTTP 500"), "raised"),
    ],
)
async def test_a_look_around_does_without_a_later_page_only(page: int, error: LmsError, expected: str) -> None:
    """Who looks around waits for the answer: what would have to be tried again is an error at once."""
    rows: list[dict[str, Any]] = [{"serial": f"C-{number}"} for number in range(2)]
    answers: Answers = {(COURSES, page): page_of(rows[page - 1 : page], page=page, total=2) for page in (1, 2, 3)}
    browser = Browser(cast("LmsClient", Scripted(answers)), page_size=1, max_in_flight=4)
    assert (await browser.courses())[1]
    answers[COURSES, page] = error
    if expected == "raised":
        with pytest.raises(type(error)):
            await browser.courses()
    else:
        courses, is_whole = await browser.courses()
        assert ([one.serial for one in courses], is_whole) == (["C-0"], False)
