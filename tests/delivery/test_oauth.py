"""Tokens: fetched once, renewed in time, and no secret in any sentence."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from rkreport.delivery.oauth import LARGEST_BODY_BYTES, FetchedToken, TokenRequest
from rkreport.delivery.tokens import GivenToken
from rkreport.errors import MailServerTrouble, MailServerUnusable

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
SECRET = "rahasia-sekali"
REFRESH = "segar-terus"
Answer = Callable[[int], web.Response]


class Service:
    """A service of tokens, with what it was asked."""

    def __init__(self, answer: Answer) -> None:
        """Answer the n-th request (from 1) so."""
        self.forms: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.now = START
        self._answer = answer
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        """Note the form and answer."""
        self.paths.append(request.path)
        form = await request.post()
        self.forms.append({name: str(value) for name, value in form.items()})
        return self._answer(len(self.forms))

    def tokens(self, **overrides: Any) -> FetchedToken:
        """A source that asks here."""
        fields = {"app_id": "app-1", "scope": "mail.send", "client_secret": SECRET} | overrides
        return FetchedToken(TokenRequest(self.url, **fields), aiohttp.ClientSession, lambda: self.now)


@asynccontextmanager
async def service(answer: Answer) -> AsyncIterator[Service]:
    """A running service."""
    one = Service(answer)
    app = web.Application()
    app.router.add_post("/{path:.*}", one.take)
    async with TestServer(app) as server:
        one.url = str(server.make_url("/token"))
        yield one


def good(number: int, **more: object) -> web.Response:
    """A token that lasts an hour."""
    return web.json_response({"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": 3600} | more)


async def test_the_app_s_own_token_is_fetched_once_and_renewed_in_time() -> None:
    """Client credentials; the same token until five minutes before its end, then another."""
    async with service(good) as one:
        tokens = one.tokens()
        first = [await tokens.current(), await tokens.current()]
        one.now += timedelta(minutes=54)
        first.append(await tokens.current())
        one.now += timedelta(minutes=1)
        assert first == ["token-1"] * 3
        assert await tokens.current() == "token-2"
    assert one.forms[0] == {
        "grant_type": "client_credentials",
        "client_id": "app-1",
        "client_secret": SECRET,
        "scope": "mail.send",
    }


async def test_a_refresh_token_is_followed_when_it_changes() -> None:
    """Some services give another one each time; the next request uses it."""
    async with service(lambda number: good(number, refresh_token=f"r-{number}")) as one:
        tokens = one.tokens(refresh_token=REFRESH, client_secret="", scope="")
        await tokens.current()
        one.now += timedelta(hours=1)
        await tokens.current()
    assert one.forms[0] == {"grant_type": "refresh_token", "client_id": "app-1", "refresh_token": REFRESH}
    assert one.forms[1]["refresh_token"] == "r-1"


@pytest.mark.parametrize("lifetime", [None, "soon", -5, 0, "99999999999", 1e400])
async def test_an_odd_lifetime_is_a_short_one(lifetime: object) -> None:
    """Who does not say how long a token lasts is asked again within a day, and it works until then."""
    body = json.dumps({"access_token": "t", "expires_in": lifetime})
    async with service(lambda _: web.Response(text=body)) as one:
        tokens = one.tokens()
        assert await tokens.current() == "t"
        one.now += timedelta(days=1)
        await tokens.current()
    assert len(one.forms) == 2


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"error": "invalid_grant", "error_description": f"bad {REFRESH}"}, "HTTP 400, invalid_grant"),
        (401, {"error": "invalid_client", "error_description": f"AADSTS7000215: {SECRET}"}, "AADSTS7000215"),
        (400, {"error": f"x {SECRET}"}, "(HTTP 400)"),
        (200, {"error": "none"}, "HTTP 200"),
        (200, {"access_token": "a\r\nb"}, "HTTP 200"),
        (200, {"access_token": 5}, "HTTP 200"),
        (302, {}, "HTTP 302"),
        (404, [], "HTTP 404"),
    ],
)
async def test_a_refusal_is_told_without_its_words(status: int, body: object, reason: str) -> None:
    """The standard's word and Microsoft's number are kept; the rest could be a secret. A redirect is not followed."""
    headers = {"Location": "/elsewhere"}
    async with service(lambda _: web.json_response(body, status=status, headers=headers)) as one:
        with pytest.raises(MailServerUnusable) as caught:
            await one.tokens(refresh_token=REFRESH).current()
    assert reason in str(caught.value)
    assert "RKREPORT_SMTP_REFRESH_TOKEN" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert REFRESH not in str(caught.value)
    assert one.paths == ["/token"]


@pytest.mark.parametrize("body", ["[" * 100_000, "no json", "", "x" * (LARGEST_BODY_BYTES + 1)])
async def test_an_answer_that_is_none(body: str) -> None:
    """Neither nonsense nor an endless body is a token, and neither ends the program."""
    async with service(lambda _: web.Response(text=body)) as one:
        with pytest.raises(MailServerUnusable, match="gave no token"):
            await one.tokens().current()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_service_in_trouble_is_asked_later(status: int) -> None:
    """A busy or broken service is no refusal; the next try can succeed."""
    busy = web.Response(status=status)
    async with service(lambda number: busy if number == 1 else good(number)) as one:
        tokens = one.tokens()
        with pytest.raises(MailServerTrouble) as caught:
            await tokens.current()
        assert caught.value.wait_seconds == 60
        assert await tokens.current() == "token-2"


async def test_no_connection_is_trouble() -> None:
    """As for the mail server itself."""
    async with service(good) as one:
        url = one.url
    tokens = FetchedToken(TokenRequest(url, "app-1", client_secret=SECRET), aiohttp.ClientSession, lambda: START)
    with pytest.raises(MailServerTrouble, match="no connection"):
        await tokens.current()


async def test_secrets_are_in_no_picture() -> None:
    """A request or token printed by accident shows nothing."""
    assert await GivenToken("tok").current() == "tok"
    assert "tok'" not in repr(GivenToken("tok"))
    request = TokenRequest("https://h.test/token", "app-1", "", SECRET, REFRESH)
    assert SECRET not in repr(request)
    assert REFRESH not in repr(request)


async def test_a_host_that_cannot_exist_gives_no_token() -> None:
    """A socket raises no error of aiohttp, nor of the system, for such a name."""
    tokens = FetchedToken(TokenRequest("https://a..b/token", "app-1"), aiohttp.ClientSession, lambda: START)
    with pytest.raises(MailServerTrouble, match=r"a\.\.b \(mail\.oauth\.url\) gave no token: no connection"):
        await tokens.current()
