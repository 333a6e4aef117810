"""The simulated LMS over HTTP."""

from collections import Counter

import pytest

from rkreport.errors import ConfigError
from rkreport.simulator.server import Simulator
from rkreport.simulator.tokens import Tokens
from tests.simulator.conftest import Browser, Hands
from tests.simulator_fixture import StartSimulator, made

USERS = "/ruangkerja/users"
FIRST = USERS + "?page=1&pageSize=10"
COURSES = "/ruangkerja/dashboard/courses"
PLANS = "/ruangkerja/dashboard/learning-plans"
COMPLETIONS = "/ruangkerja/dashboard/user-course-status"
ERROR_KEYS = ["errorCode", "message", "detail"]


async def test_token_is_given_as_documented(simulator: StartSimulator, browser: Browser) -> None:
    """Two parts joined by a dot, a lifetime in text, a lower-case type."""
    lms = await simulator("token-seconds=7")
    reply = await browser.log_in(lms)
    data = reply.body["data"]
    assert list(data) == ["accessToken", "expiresIn", "tokenType"]
    assert (data["expiresIn"], data["tokenType"]) == ("7", "bearer")
    assert len(data["accessToken"].split(".")) == 2
    assert (await browser.log_in(await simulator())).body["data"]["expiresIn"] == "43199"


@pytest.mark.parametrize("change", [{"clientID": "x"}, {"clientSecret": "x"}, {"grantType": "password"}])
async def test_wrong_credentials_are_refused(
    simulator: StartSimulator, browser: Browser, change: dict[str, str]
) -> None:
    """400 with the documented error body; so is a body that is no JSON object."""
    lms = await simulator()
    reply = await browser.log_in(lms, **change)
    assert (reply.status, reply.body["message"], list(reply.body)) == (400, "BAD_REQUEST", ERROR_KEYS)
    for junk in (b"", b"[]", b"\xff", b"{"):
        async with browser.session.post(f"{lms.base_url}/oauth/token", data=junk) as response:
            assert response.status == 400


@pytest.mark.parametrize(("spec", "status"), [("", 401), ("auth-403", 403), ("error-200", 200)])
async def test_bad_token_is_refused(simulator: StartSimulator, browser: Browser, spec: str, status: int) -> None:
    """Missing, wrong or with a scheme before it: code 123, no `status` key, and the HTTP status that was asked for."""
    lms = await simulator(spec)
    await browser.log_in(lms)
    for token in ("", "wrong", f"Bearer {browser.tokens[lms.base_url]}"):
        reply = await browser.get(lms, FIRST, token=token)
        assert reply.status == status
        assert list(reply.body) == ERROR_KEYS
        assert reply.body["errorCode"] == 123
        assert "Token is not valid" in reply.body["message"]
    assert (await browser.get(lms, FIRST)).status == 200


async def test_token_expires(simulator: StartSimulator, browser: Browser) -> None:
    """A token is good for its seconds and not longer; a new one is good again."""
    hands = Hands()
    lms = await simulator("token-seconds=5", clock=hands)
    assert (await browser.get(lms, FIRST)).status == 200
    hands.now += 4.9
    assert (await browser.get(lms, FIRST)).status == 200
    hands.now += 0.1
    assert (await browser.get(lms, FIRST)).status == 401
    await browser.log_in(lms)
    assert (await browser.get(lms, FIRST)).status == 200
    assert lms.stats["tokens_issued"] == 2


def test_unknown_token_is_never_valid() -> None:
    """A token is valid only when it was given out."""
    tokens = Tokens(5, 1, Hands())
    assert not tokens.is_valid(None)
    assert not tokens.is_valid("x")
    assert tokens.is_valid(tokens.issue())


async def test_whole_company_can_be_read(simulator: StartSimulator, browser: Browser) -> None:
    """All lists over HTTP hold exactly what the overview promises."""
    company = made(people=130, online_courses=2, learning_plans=2)
    lms = await simulator(company=company)
    truth = company.overview()
    assert len(await browser.items(lms, USERS)) == truth.users
    courses = [course["serial"] for course in await browser.items(lms, COURSES)]
    assert tuple(courses[:-2]) == truth.courses
    batches = {course: await browser.items(lms, f"{COURSES}/{course}/batches") for course in courses}
    assert [(course, row["serial"]) for course in courses for row in batches[course]] == [
        (batch.course, batch.batch) for batch in truth.batches
    ]
    for batch in truth.batches:
        rows = await browser.items(lms, f"{COURSES}/{batch.course}/{batch.kind}/{batch.batch}/users", size=20)
        assert len(rows) == batch.assignments
    for one in truth.online:
        assert len(await browser.items(lms, f"{COURSES}/{one.course}/online/users", size=20)) == one.assignments
    assert tuple(plan["serial"] for plan in await browser.items(lms, PLANS)) == truth.plans
    for plan in truth.plans:
        assert len(await browser.items(lms, f"{PLANS}/{plan}/courses")) == 3
        assert len(await browser.items(lms, f"{PLANS}/{plan}/users", size=20)) == len(company.plans[plan])
    structure = await browser.get(lms, "/ruangkerja/company-structure")
    assert structure.body["data"]["organizations"][0]["childOrganizations"]


async def test_user_is_read_by_encoded_id(simulator: StartSimulator, browser: Browser) -> None:
    """An id in the path finds its record; an unknown one gets a 404 error body."""
    lms = await simulator()
    assert (await browser.get(lms, f"{USERS}/ID%2D1234")).body["data"]["employeeID"] == "ID-1234"
    unknown = await browser.get(lms, f"{USERS}/no%20body")
    assert (unknown.status, list(unknown.body)) == (404, ERROR_KEYS)


async def test_plus_of_an_offset_must_be_encoded(simulator: StartSimulator, browser: Browser) -> None:
    """A bare plus arrives as a blank, and is refused with 400; encoded it is read."""
    lms = await simulator()
    times = "startTimestamp=2026-10-01T00:00:00{0}07:00&endTimestamp=2026-11-01T00:00:00{0}07:00"
    good = await browser.get(lms, f"{COMPLETIONS}?{times.format('%2B')}")
    assert good.status == 200
    assert {row["completedAt"][:7] for row in good.body["data"]["items"]} == {"2026-10"}
    bare = await browser.get(lms, f"{COMPLETIONS}?{times.format('+')}")
    assert (bare.status, list(bare.body)) == (400, ERROR_KEYS)


async def test_new_lists_are_counted_by_name(simulator: StartSimulator, browser: Browser) -> None:
    """Each endpoint has its own count, answered or refused."""
    company = made()
    (plan,) = company.plans
    lms = await simulator(company=company)
    for path in (f"{COURSES}/COURSE-ORIENTASI/online/users", COMPLETIONS, PLANS, f"{PLANS}/{plan}/courses"):
        await browser.get(lms, path)
    await browser.items(lms, f"{PLANS}/{plan}/users")
    counts = lms.traffic.by_endpoint
    assert dict(counts) == {
        "token": 1,
        "online_users": 1,
        "completions": 1,
        "plans": 1,
        "plan_courses": 1,
        "plan_users": 2,
    }


@pytest.mark.parametrize(
    "path",
    [
        COURSES + "/NONE/batches",
        "/elsewhere",
        COURSES + "/COURSE-PDP/online/users",
        PLANS + "/NONE/users",
        PLANS + "/NONE/courses",
    ],
)
async def test_unknown_places_get_an_error_body(simulator: StartSimulator, browser: Browser, path: str) -> None:
    """404 in the documented shape for what does not exist."""
    reply = await browser.get(await simulator(), f"{path}?page=1&pageSize=10")
    assert (reply.status, list(reply.body)) == (404, ERROR_KEYS)


async def test_errors_can_come_with_status_200(simulator: StartSimulator, browser: Browser) -> None:
    """`error-200` hides every refusal behind HTTP 200."""
    lms = await simulator("error-200")
    for path in (USERS, USERS + "/nobody", "/elsewhere"):
        reply = await browser.get(lms, path)
        assert (reply.status, list(reply.body)) == (200, ERROR_KEYS)


async def test_stats_tell_what_happened(simulator: StartSimulator, browser: Browser) -> None:
    """Counts by endpoint, faults by kind, repeated targets; no token is needed, and it does not count itself."""
    lms = await simulator("5xx=0.3")
    while (await browser.log_in(lms)).status != 200:
        pass
    statuses = Counter([(await browser.get(lms, FIRST)).status for _ in range(10)])
    async with browser.session.get(f"{lms.base_url}/_stats") as response:
        stats = await response.json()
    assert stats == lms.stats
    assert stats["by_endpoint"]["users"] == 10
    assert stats["requests"] == 10 + stats["by_endpoint"]["token"]
    assert stats["faults"]["5xx"] >= 10 - statuses[200]
    assert stats["repeated_targets"][f"GET {FIRST}"] == 10
    assert stats["answered_again"][f"GET {FIRST}"] == statuses[200] > 1
    assert stats["refused"] == 0


async def test_taken_port_is_a_sentence() -> None:
    """Two simulators cannot share a port, and the message says what to do."""
    async with Simulator(made(people=1)) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
        with pytest.raises(ConfigError, match=f"port {port}.*choose another"):
            await Simulator(made(people=1), port=port).__aenter__()


async def test_port_is_free_again_after_the_end(browser: Browser) -> None:
    """A simulator can be started again on the same port at once."""
    async with Simulator(made()) as first:
        port = int(first.base_url.rsplit(":", 1)[1])
        assert (await browser.log_in(first)).status == 200
    async with Simulator(made(), port=port, client_id="other", client_secret="s3") as second:
        assert (await browser.log_in(second)).status == 400
        assert (await browser.log_in(second, clientID="other", clientSecret="s3")).status == 200
