"""What goes wrong over HTTP, each as it was asked for."""

import asyncio
import json
from email.utils import parsedate_to_datetime

import pytest
from aiohttp import ClientPayloadError

from rkreport.simulator.faults import parse_faults
from rkreport.simulator.server import Simulator
from rkreport.simulator.traffic import SlidingSecond
from tests.simulator.conftest import LOGIN, Browser, Hands
from tests.simulator_fixture import StartSimulator, made

USERS = "/ruangkerja/users"
FIRST = USERS + "?page=1&pageSize=10"
COURSES = "/ruangkerja/dashboard/courses"
ERROR_KEYS = ["errorCode", "message", "detail"]


async def test_rate_refuses_the_21st_of_a_sliding_second(simulator: StartSimulator, browser: Browser) -> None:
    """Twenty pass, the next gets 429 with Retry-After 1 and takes no place itself; a second later there is room."""
    hands = Hands()
    lms = await simulator("rate=20", clock=hands)
    await browser.log_in(lms)
    hands.now += 0.5
    assert [(await browser.get(lms, FIRST)).status for _ in range(19)] == [200] * 19
    refused = await browser.get(lms, FIRST)
    assert (refused.status, refused.headers["Retry-After"], refused.body["errorCode"]) == (429, "1", 429)
    hands.now += 0.499
    assert (await browser.get(lms, FIRST)).status == 429
    hands.now += 0.001  # the log-in is now a whole second ago, the other nineteen are not
    assert [(await browser.get(lms, FIRST)).status for _ in range(2)] == [200, 429]
    assert lms.stats["refused"] == 3
    assert lms.stats["peak_per_second"] == 23


def test_sliding_second_is_strict() -> None:
    """A moment counts for exactly one second."""
    window = SlidingSecond()
    window.add(10.0)
    assert window.count(10.999) == 1
    assert window.count(11.0) == 0


async def test_429_names_the_wait_in_both_forms(simulator: StartSimulator, browser: Browser) -> None:
    """Retry-After is seconds and an HTTP date in turn, by the wall clock; the bare kind has none."""
    async with Simulator(made(), faults=parse_faults("429"), wall_clock=lambda: 1000.5) as lms:
        replies = [await browser.log_in(lms) for _ in range(4)]
    assert [reply.status for reply in replies] == [429] * 4
    waits = [reply.headers["Retry-After"] for reply in replies]
    assert waits[::2] == ["1", "1"]
    assert [parsedate_to_datetime(wait).timestamp() for wait in waits[1::2]] == [1002.0, 1002.0]
    bare = await browser.log_in(await simulator("429-bare"))
    assert bare.status == 429
    assert "Retry-After" not in bare.headers


async def test_server_errors_take_turns(simulator: StartSimulator, browser: Browser) -> None:
    """500 comes with an error body, the gateways' 502, 503 and 504 with a web page."""
    lms = await simulator("5xx")
    replies = [await browser.log_in(lms) for _ in range(4)]
    assert [reply.status for reply in replies] == [502, 503, 504, 500]
    assert list(replies[3].body) == ERROR_KEYS
    assert replies[0].headers["Content-Type"].startswith("text/html")


async def test_html_and_redirects_come_in_place_of_the_answer(simulator: StartSimulator, browser: Browser) -> None:
    """A maintenance page with status 200; a redirect to another host, that keeps the method of a POST."""
    html = await browser.get(await simulator("html"), FIRST, token="any")
    assert (html.status, html.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    lms = await simulator("redirect")
    moved = await browser.get(lms, FIRST, token="any")
    assert (moved.status, moved.headers["Location"]) == (302, "https://elsewhere.invalid" + FIRST)
    async with browser.session.post(f"{lms.base_url}/oauth/token", json={}, allow_redirects=False) as response:
        assert response.status == 307


async def test_cut_ends_in_the_middle_of_the_body(simulator: StartSimulator, browser: Browser) -> None:
    """The connection closes before the promised length has come."""
    lms = await simulator("cut")
    with pytest.raises(ClientPayloadError):
        await browser.log_in(lms)


async def test_cut_json_is_a_whole_answer_that_does_not_parse(simulator: StartSimulator, browser: Browser) -> None:
    """HTTP sees nothing wrong, JSON does."""
    lms = await simulator("cut-json")
    async with browser.session.post(f"{lms.base_url}/oauth/token", json=LOGIN) as response:
        text = await response.text()
        assert response.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


async def test_slow_and_latency_wait(browser: Browser) -> None:
    """Every answer takes the latency, a slow one its own seconds too; both come by the injected sleep."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    async with Simulator(made(), faults=parse_faults("latency-ms=80,slow,slow-seconds=3"), sleep=sleep) as lms:
        assert (await browser.log_in(lms)).status == 200
    assert slept == [0.08, 3.0]


async def test_token_fault_revokes_the_token(simulator: StartSimulator, browser: Browser) -> None:
    """From the fault on the token is refused, until a new one is taken."""
    lms = await simulator("token=0.5")
    statuses = [(await browser.get(lms, f"{USERS}?page={page}&pageSize=1")).status for page in range(1, 12)]
    first = statuses.index(401)
    assert statuses[:first] == [200] * first
    assert statuses[first:] == [401] * len(statuses[first:])
    await browser.log_in(lms)
    later = [(await browser.get(lms, f"{USERS}?page={page}&pageSize=1")).status for page in range(12, 24)]
    assert lms.stats["tokens_issued"] == 2
    assert {200, 401} >= set(later)


async def test_null_items_hides_the_rows_of_a_page(simulator: StartSimulator, browser: Browser) -> None:
    """`items` is null although the totals say there are rows; such a page does not count as answered."""
    lms = await simulator("null-items")
    data = (await browser.get(lms, FIRST)).body["data"]
    assert (data["items"], data["totalItems"]) == (None, 250)
    assert FIRST not in str(lms.traffic.answered)


async def test_churn_moves_lists_and_remembers_what_stayed(simulator: StartSimulator, browser: Browser) -> None:
    """With churn the lists differ from request to request; the stable rows are in all of them."""
    lms = await simulator("churn=0.5", people=90)
    sets = []
    for size in range(90, 101):
        reply = await browser.get(lms, f"{USERS}?page=1&pageSize={size}")
        sets.append({row["serial"] for row in reply.body["data"]["items"]})
    stable = {json.loads(row)["serial"] for row in lms.stable_users()}
    assert any(one != sets[0] for one in sets)
    assert 70 < len(stable) <= 90
    path = f"{COURSES}/COURSE-KODEETIK/webinar/BATCH-KODEETIK-01/users"
    whole = len(list(lms.stable_assignments("COURSE-KODEETIK", "BATCH-KODEETIK-01")))
    for size in range(80, 100):
        rows = (await browser.get(lms, f"{path}?page=1&pageSize={size}")).body["data"]["items"]
    left = [json.loads(row) for row in lms.stable_assignments("COURSE-KODEETIK", "BATCH-KODEETIK-01")]
    assert len(left) < whole
    assert {row["user"]["serial"] for row in left} <= {row["user"]["serial"] for row in rows}


async def test_churn_moves_online_lists_and_plans_too(simulator: StartSimulator, browser: Browser) -> None:
    """They change between requests as every list does, and the stable rows are in every answer."""
    company = made(people=150)
    (plan,) = company.plans
    lms = await simulator("churn=0.5", company=company)
    for path, name, stable in (
        (f"{COURSES}/COURSE-ORIENTASI/online/users", "COURSE-ORIENTASI", lms.stable_online),
        (f"/ruangkerja/dashboard/learning-plans/{plan}/users", plan, lms.stable_plan_users),
    ):
        whole = len(list(stable(name)))
        sets = []
        for size in range(85, 100):
            rows = (await browser.get(lms, f"{path}?page=1&pageSize={size}")).body["data"]["items"]
            sets.append({row["user"]["serial"] for row in rows})
        left = {json.loads(row)["user"]["serial"] for row in stable(name)}
        assert len(left) < whole
        assert any(one != sets[0] for one in sets)
        assert all(left <= one for one in sets)


async def test_faults_repeat_with_their_seed(simulator: StartSimulator, browser: Browser) -> None:
    """The same requests fail in the same way, in whatever order they come; another seed is another run."""
    spec = "429=0.1,429-bare=0.1,5xx=0.2,html=0.1"
    pages = [f"{USERS}?page={page}&pageSize=1" for page in range(1, 60)]

    async def outcome(seed: int, order: list[str]) -> dict[str, bool]:
        lms = await simulator(spec, fault_seed=seed)
        return {path: (await browser.get(lms, path, token="x")).status == 401 for path in order}

    first = await outcome(1, pages)
    assert await outcome(1, pages[::-1]) == first
    assert await outcome(2, pages) != first
