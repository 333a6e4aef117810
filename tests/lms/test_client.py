"""The edge to aiohttp: what is sent, what is tried again, and that no library's error gets through."""

import contextlib
import inspect
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aioresponses import aioresponses as canned_replies
from yarl import URL

from rkreport.errors import (
    LmsError,
    LoginRefused,
    MalformedReply,
    NotFound,
    RkreportError,
    ServerTrouble,
    Throttled,
    TokenRefused,
    Unreachable,
)
from rkreport.lms.auth import AccessToken, GivenToken, RenewedToken
from rkreport.lms.client import LmsClient, fetch_token
from rkreport.lms.lists import USERS, content_of
from rkreport.lms.pacing import Gate, spacing_seconds
from rkreport.lms.transport import LmsSettings, Transport
from tests.lms.recorded import reply
from tests.lms.test_pacing import Clock, spacing

BASE = "http://lms.test"
USERS_URL = re.compile(r"^http://lms\.test/ruangkerja/users\?.*$")
SETTINGS = LmsSettings(BASE, timeout_seconds=30, max_attempts=4)


class World:
    """Everything the client needs, with time that passes only by sleeping."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Nothing said, nothing slept."""
        self.clock = Clock()
        self.slept: list[float] = []
        self.said: list[str] = []
        gate = Gate(1000, clock=self.clock, sleep=self.clock.sleep)
        self.transport = Transport(
            SETTINGS,
            session,
            gate,
            self.clock,
            lambda: datetime(2026, 11, 1, tzinfo=UTC),
            sleep=self.sleep,
            say=self.said.append,
        )

    async def sleep(self, seconds: float) -> None:
        """Note the wait of a retry."""
        self.slept.append(seconds)
        await self.clock.sleep(seconds)

    async def users(self, tokens: RenewedToken | GivenToken | None = None, settings: LmsSettings = SETTINGS) -> bytes:
        """Get a page of users."""
        client = LmsClient(replace(self.transport, settings=settings), tokens or GivenToken("secret-token"))
        read = partial(content_of, USERS, 1)
        answer = await client.get("/ruangkerja/users", {"page": 1, "pageSize": 100}, read, "users, page 1")
        return answer.body


@pytest.fixture
async def world(canned: canned_replies) -> AsyncIterator[World]:
    """A world whose session gets canned replies."""
    async with aiohttp.ClientSession() as session:
        yield World(session)


async def test_the_bare_token_and_the_paging_are_sent(world: World, canned: canned_replies) -> None:
    """As documented: no `Bearer`, Accept and Content-Type, page and pageSize; and no redirect is followed."""
    canned.get(USERS_URL, body=reply("users_page"))
    assert await world.users() == reply("users_page")
    ((_, url), (call,)) = next(iter(canned.requests.items()))
    assert URL(url).query == {"page": "1", "pageSize": "100"}
    assert call.kwargs["headers"]["Authorization"] == "secret-token"
    assert call.kwargs["headers"]["Accept"] == "application/json"
    assert call.kwargs["allow_redirects"] is False


async def test_a_scheme_goes_before_the_token_when_configured(world: World, canned: canned_replies) -> None:
    """`authorization_scheme` is for the day the API wants one."""
    canned.get(USERS_URL, body=reply("users_page"))
    await world.users(settings=LmsSettings(BASE, 30, 4, "Bearer"))
    ((call,),) = canned.requests.values()
    assert call.kwargs["headers"]["Authorization"] == "Bearer secret-token"


async def test_trouble_is_tried_again_with_growing_waits(world: World, canned: canned_replies) -> None:
    """5xx, cut JSON and broken connections are tried again; the waits grow and are said."""
    canned.get(USERS_URL, status=502)
    canned.get(USERS_URL, body=b'{"status": "succ')
    canned.get(USERS_URL, exception=aiohttp.ServerDisconnectedError())
    canned.get(USERS_URL, body=reply("users_page"))
    assert await world.users()
    assert world.transport.meter.requests == 4
    assert world.transport.meter.retries == 3
    assert world.slept == sorted(world.slept)
    assert 0.5 <= world.slept[0] <= 1.0
    assert "Trying again (1 of 4 tries failed)" in world.said[0]


async def test_it_gives_up_after_max_attempts(world: World, canned: canned_replies) -> None:
    """The last error is the answer."""
    canned.get(USERS_URL, status=500, repeat=True)
    with pytest.raises(ServerTrouble, match=r"HTTP 500"):
        await world.users()
    assert world.transport.meter.requests == 4


async def test_a_wrong_shape_is_not_tried_again(world: World, canned: canned_replies) -> None:
    """Asking again would bring the same."""
    canned.get(USERS_URL, body=b'{"status": "success", "data": 7}', repeat=True)
    with pytest.raises(MalformedReply):
        await world.users()
    assert world.transport.meter.requests == 1


async def test_a_429_holds_the_gate_and_is_no_failed_try(world: World, canned: canned_replies) -> None:
    """More 429s than max_attempts do not end the request, and all requests wait as long as the server asked."""
    for _ in range(6):
        canned.get(USERS_URL, status=429, headers={"Retry-After": "7"})
    canned.get(USERS_URL, body=reply("users_page"))
    before = world.clock()
    assert await world.users()
    assert world.clock() - before >= 42
    assert world.transport.meter.pauses == 6
    assert await spacing(world.transport.gate, world.clock) > 1.1 * spacing_seconds(1000)


async def test_endless_429s_end(world: World, canned: canned_replies) -> None:
    """A server that never lets us through is given up in the end."""
    canned.get(USERS_URL, status=429, repeat=True)
    with pytest.raises(Throttled):
        await world.users()
    assert world.transport.meter.requests < 50


async def test_one_request_is_tried_for_half_an_hour_at_most(world: World, canned: canned_replies) -> None:
    """A server may ask for the longest pause that is kept again and again."""
    before = world.clock()
    canned.get(USERS_URL, status=429, headers={"Retry-After": "60"}, repeat=True)
    with pytest.raises(Throttled, match=r"pause 30 for it within 29 min.*; run the command again later"):
        await world.users()
    assert 28 * 60 < world.clock() - before < 31 * 60


async def test_tries_end_after_half_an_hour_too(world: World, canned: canned_replies) -> None:
    """Also where the config allows more tries than fit into it."""
    before = world.clock()
    canned.get(USERS_URL, status=503, headers={"Retry-After": "60"}, repeat=True)
    with pytest.raises(ServerTrouble, match=r"HTTP 503.*ask Ruangkerja"):
        await world.users(settings=replace(SETTINGS, max_attempts=1000))
    assert 29 * 60 < world.clock() - before < 31 * 60


async def test_a_refused_token_is_renewed(world: World, canned: canned_replies) -> None:
    """The request goes on with the new token; refused with the third renewal too, it is a refused login."""
    given = iter(["old", "new", "newer", "newest", "last"])

    async def renew() -> AccessToken:
        return AccessToken(next(given), 1000)

    canned.get(USERS_URL, status=401)
    canned.get(USERS_URL, body=reply("users_page"))
    tokens = RenewedToken(renew, world.clock)
    assert await world.users(tokens)
    assert await tokens.current() == "new"
    assert world.transport.meter.requests == 2
    canned.get(USERS_URL, body=reply("token_refused"), repeat=True)
    with pytest.raises(LoginRefused):
        await world.users(tokens)
    assert world.transport.meter.requests == 2 + 4
    assert list(given) == []


async def test_a_refused_given_token_is_named(world: World, canned: canned_replies) -> None:
    """The admin learns which variable to set."""
    canned.get(USERS_URL, status=403, repeat=True)
    with pytest.raises(LoginRefused, match="RKREPORT_ACCESS_TOKEN"):
        await world.users()
    assert world.transport.meter.requests == 1


async def test_the_login_sends_the_documented_body(world: World, canned: canned_replies) -> None:
    """CamelCase names, client_credentials; the lifetime is a string of seconds."""
    canned.post(f"{BASE}/oauth/token", body=reply("token"))
    token = await fetch_token(world.transport, "id", "shh")
    assert (token.value, token.lifetime_seconds) == ("q1W2e3R4t5.Y6u7I8o9P0", 43_199)
    ((call,),) = canned.requests.values()
    assert call.kwargs["json"] == {"clientID": "id", "clientSecret": "shh", "grantType": "client_credentials"}


@pytest.mark.parametrize(
    ("status", "body"), [(400, b"{}"), (401, b""), (200, b'{"errorCode": 400, "message": "BAD_REQUEST"}')]
)
async def test_a_refused_login_is_tried_once(world: World, canned: canned_replies, status: int, body: bytes) -> None:
    """A wrong secret is not tried again, so that nobody is locked out, and is not shown."""
    canned.post(f"{BASE}/oauth/token", status=status, body=body, repeat=True)
    with pytest.raises(LoginRefused, match="RKREPORT_CLIENT_SECRET") as caught:
        await fetch_token(world.transport, "id", "shh-very-secret")
    assert world.transport.meter.requests == 1
    assert "shh-very-secret" not in str(caught.value)


async def test_a_login_that_cannot_be_reached_is_not_tried_for_every_request(
    world: World, canned: canned_replies
) -> None:
    """A request that needs a token does not begin all tries of the login again: the first that gives up is the end."""
    canned.post(f"{BASE}/oauth/token", exception=aiohttp.ServerDisconnectedError(), repeat=True)
    tokens = RenewedToken(lambda: fetch_token(world.transport, "id", "shh"), lambda: 0.0)
    with pytest.raises(LmsError, match="broke while reading the login"):
        await world.users(tokens)
    assert world.transport.meter.requests == SETTINGS.max_attempts


async def test_a_login_that_redirects_never_sends_the_secret_on(world: World, canned: canned_replies) -> None:
    """A 307 would carry the body with the secret to another host."""
    canned.post(f"{BASE}/oauth/token", status=307, headers={"Location": "http://thief.test/"})
    with pytest.raises(LmsError, match="another address"):
        await fetch_token(world.transport, "id", "shh")
    assert len(canned.requests) == 1


async def test_an_answer_without_end_is_cut_off() -> None:
    """A decompression bomb or an endless body stops at the limit."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(b" " * 1024 * 1024)
        return response

    app = web.Application()
    app.router.add_get("/ruangkerja/users", endless)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        settings = LmsSettings(str(server.make_url("")).rstrip("/"), timeout_seconds=20, max_attempts=1)
        with pytest.raises(MalformedReply, match="6 MB"):
            await World(session).users(settings=settings)


def _client_errors() -> list[type[Exception]]:
    return [
        one
        for _, one in inspect.getmembers(aiohttp, inspect.isclass)
        if issubclass(one, aiohttp.ClientError | TimeoutError) and one is not aiohttp.ClientConnectorDNSError
    ]


@pytest.mark.parametrize("kind", _client_errors())
async def test_every_error_of_aiohttp_becomes_one_of_ours(
    world: World, canned: canned_replies, kind: type[Exception]
) -> None:
    """Whatever aiohttp raises, the admin gets a sentence; its repr, which holds the token, is never shown."""
    error = kind.__new__(kind)
    error.args = ("secret-token",)
    error.__dict__.update(
        _conn_key=SimpleNamespace(host="proxy.test", port=3128, ssl=True),
        host="lms.test",
        port=80,
        ssl=True,
        os_error=OSError(1, "x"),
        certificate_error=OSError("x"),
    )
    canned.get(f"{BASE}/x", exception=error)
    with pytest.raises(RkreportError) as caught:
        await world.transport.exchange("GET", "/x", "users, page 1")
    assert isinstance(caught.value, LmsError)
    assert "secret-token" not in str(caught.value)


async def test_a_host_that_cannot_exist_has_no_address() -> None:
    """A socket raises no error of aiohttp, nor of the system, for such a name."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Unreachable, match=r"a\.\.b has no address"):
            await World(session).users(settings=LmsSettings("https://a..b", timeout_seconds=5, max_attempts=1))


def test_the_errors_to_retry_are_those_a_second_try_can_mend() -> None:
    """Login, shape and missing things are final."""
    retried = {
        kind
        for kind in (Unreachable, ServerTrouble, Throttled, TokenRefused, LoginRefused, NotFound, MalformedReply)
        if kind.recovery == "retry"
    }
    assert retried == {Unreachable, ServerTrouble, Throttled, TokenRefused}
