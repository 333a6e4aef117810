"""The edge to aiohttp: sends requests through the gate, retries what can be retried, and hands parsed answers on.

Knows neither paging nor what the answers are for. A library's error never leaves this module.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import aiohttp
from pydantic import ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential, wait_random

from rkreport.errors import (
    Forbidden,
    LmsError,
    LoginRefused,
    MalformedReply,
    NotFound,
    ServerTrouble,
    Throttled,
    TokenRefused,
    Unreachable,
)
from rkreport.lms import shapes
from rkreport.lms.auth import AccessToken, GivenToken, TokenSource, usable
from rkreport.lms.pacing import Gate
from rkreport.lms.protocol import Document, Reply, error_code, interpret, is_web_page

LARGEST_BODY_BYTES = 6 * 1024 * 1024  # a page of 100 rows has 40 kB; as objects a body takes up to 35 times its size
_MOST_RENEWALS = 3  # of the token for one request: a fresh one may be revoked while it waits its turn
_MOST_PAUSES = 30  # 429s in a row for one request before the run gives up
LONGEST_WAIT_SECONDS = 60.0  # a server that asks for more ends the run, which goes on when it is said again
_PAUSE_WITHOUT_HINT_SECONDS = 5.0

Content = TypeVar("Content")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class LmsSettings:
    """How to talk to the LMS."""

    base_url: str
    timeout_seconds: float
    max_attempts: int
    authorization_scheme: str = ""


@dataclass(slots=True)
class Meter:
    """What the requests of a run came to."""

    requests: int = 0
    retries: int = 0
    answered: int = 0
    pauses: int = 0
    server_time: str = ""  # the Date header of the newest answer


@dataclass(frozen=True, slots=True)
class Wire:
    """What the client needs of the world: session, gate, clocks (`clock` in seconds), sleep, and whom to tell."""

    session: aiohttp.ClientSession
    gate: Gate
    clock: Callable[[], float]
    utc_now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    say: Callable[[str], None] = lambda _: None
    meter: Meter = field(default_factory=Meter)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Content]):
    """A good answer: what it holds, and the bytes it came as."""

    content: Content
    body: bytes


class LmsClient:
    """Gets documents from the LMS."""

    def __init__(self, settings: LmsSettings, wire_: Wire, tokens: TokenSource) -> None:
        """Take settings, the world and the token source; the session's owner closes it."""
        self._settings = settings
        self._wire = wire_
        self._tokens = tokens

    @property
    def meter(self) -> Meter:
        """The running count of requests."""
        return self._wire.meter

    async def log_in(self) -> None:
        """Get a token before anything is asked; one that was given is taken as it is.

        Raises:
            LmsError: there is no connection, or the login is refused.
        """
        await self._tokens.current()

    async def get(
        self, path: str, query: Mapping[str, str | int], read: Callable[[Document], Content], what: str
    ) -> Answer[Content]:
        """GET a document and `read` it; `what` names it in messages: `users, page 3`.

        Raises:
            LmsError: one of its branches, after `max_attempts` tries where trying again can help.
        """

        async def once() -> Answer[Content]:
            token = await self._tokens.current()
            for renewals in range(_MOST_RENEWALS):
                try:
                    return await self._ask(token, path, query, read, what)
                except TokenRefused as error:
                    if error.is_forbidden and renewals:
                        raise Forbidden(
                            f"The LMS does not give this account {what} (HTTP 403, with a fresh token too); check the"
                            " account's rights in the LMS."
                        ) from error
                    token = await self._renewed(token, error)
            return await self._ask(token, path, query, read, what)

        try:
            return await attempt(once, self._settings, self._wire, what)
        except TokenRefused as error:
            raise LoginRefused(f"{error} A renewed token was refused too; check the account's rights.") from error

    async def _renewed(self, token: str, refused: TokenRefused) -> str:
        try:
            return await self._tokens.replace(token)
        except LoginRefused as error:
            error.is_forbidden = refused.is_forbidden and isinstance(self._tokens, GivenToken)
            raise

    async def _ask(
        self, token: str, path: str, query: Mapping[str, str | int], read: Callable[[Document], Content], what: str
    ) -> Answer[Content]:
        scheme = self._settings.authorization_scheme
        headers = {"Authorization": f"{scheme} {token}" if scheme else token}
        reply = await exchange(self._settings, self._wire, "GET", path, what, headers=headers, params=query)
        return Answer(read(interpret(reply, what, self._wire.utc_now())), reply.body)


async def fetch_token(settings: LmsSettings, wire_: Wire, client_id: str, client_secret: str) -> AccessToken:
    """POST the client credentials for a token.

    Raises:
        LoginRefused: the LMS does not take them; tried once, so that nobody is locked out.
        LmsError: as every request, but final: each of many requests would else try all over again.
    """
    what = "the login"
    body = {"clientID": client_id, "clientSecret": client_secret, "grantType": "client_credentials"}

    async def once() -> AccessToken:
        reply = await exchange(settings, wire_, "POST", "/oauth/token", what, json=body)
        # Bad credentials are documented as an error body of code 400, without an HTTP status.
        is_refused = reply.status in {400, 401, 403} or error_code(reply.body) in {"400", "401", "403", "123"}
        if is_refused and not is_web_page(reply.body):
            raise LoginRefused(
                "The LMS refused RKREPORT_CLIENT_ID and RKREPORT_CLIENT_SECRET; check both, and for stray blanks."
            )
        document = interpret(reply, what, wire_.utc_now())
        try:
            token = shapes.TOKEN.validate_python(document.values)["data"]
        except ValidationError:
            raise MalformedReply("The LMS answered the login without an access token; check base_url.") from None
        return AccessToken(usable(token["accessToken"], "What the LMS answered the login with"), token.get("expiresIn"))

    try:
        return await attempt(once, settings, wire_, what)
    except LoginRefused:
        raise
    except NotFound as error:
        raise LmsError(f"{error} Check base_url: the login is not there.") from error
    except LmsError as error:
        raise LmsError(str(error)) from error


async def attempt(once: Callable[[], Awaitable[Result]], settings: LmsSettings, wire_: Wire, what: str) -> Result:
    """Try until it succeeds, cannot succeed, or has been tried `max_attempts` times; a 429 is no failed try."""
    pauses = 0
    backoff = wait_exponential(multiplier=0.5, max=30) + wait_random(0, 0.5)

    def is_over(state: RetryCallState) -> bool:
        return state.attempt_number - pauses >= settings.max_attempts or pauses >= _MOST_PAUSES

    def wait(state: RetryCallState) -> float:
        nonlocal pauses
        error = state.outcome.exception() if state.outcome else None
        hint = error.retry_after_seconds if isinstance(error, Throttled | ServerTrouble) else None
        if hint and hint > LONGEST_WAIT_SECONDS:
            raise LmsError(
                f"{error} It asks for a wait of {_duration(hint)}, so this ends here; nothing is lost: say the same"
                " command again then, and it goes on where it stopped."
            ) from error
        if isinstance(error, Throttled):
            pauses += 1
            wire_.meter.pauses += 1
            pause = hint or _PAUSE_WITHOUT_HINT_SECONDS
            wire_.gate.hold(pause)
            wire_.say(f"The LMS asked for a pause: all requests wait {pause:.0f} s, then go slower.")
            return 0.0  # the gate holds everybody, this request too
        return max(hint or 0.0, backoff(state))

    def before_sleep(state: RetryCallState) -> None:
        wire_.meter.retries += 1
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Throttled):
            failed = state.attempt_number - pauses
            wire_.say(
                f"{error} Trying again ({failed} of {settings.max_attempts} tries failed)"
                f" in {_duration(state.upcoming_sleep)}."
            )

    async for trial in AsyncRetrying(
        sleep=wire_.sleep,
        stop=is_over,
        wait=wait,
        retry=retry_if_exception_type((Unreachable, ServerTrouble, Throttled)),
        before_sleep=before_sleep,
        reraise=True,
    ):
        with trial:
            return await once()
    raise AssertionError(what)  # reraise=True never ends without a result or an error


def _duration(seconds: float) -> str:
    """A wait in words: `4 s`, `12 min`, `28 h`."""
    if seconds < 90:  # noqa: PLR2004
        return f"{max(1, round(seconds))} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{min(minutes / 60, 9999):.0f} h"  # noqa: PLR2004


async def exchange(
    settings: LmsSettings,
    wire_: Wire,
    method: str,
    path: str,
    what: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | int] | None = None,
    json: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request through the gate and read its answer whole.

    Raises:
        Unreachable: no connection, a cut connection, no answer in time.
        MalformedReply: the answer does not end.
    """
    await wire_.gate.pass_through()
    wire_.meter.requests += 1
    sent = wire_.clock()
    host = urlsplit(settings.base_url).netloc
    try:
        async with wire_.session.request(
            method,
            settings.base_url.rstrip("/") + path,
            headers={"Accept": "application/json", "Content-Type": "application/json", **(headers or {})},
            params=params,
            json=json,
            timeout=aiohttp.ClientTimeout(total=settings.timeout_seconds),
            allow_redirects=False,  # a redirect would carry token or secret to wherever it points
        ) as response:
            body = await _read(response, what)
    except TimeoutError as error:
        raise Unreachable(f"{host} did not answer {what} within {settings.timeout_seconds:g} s.") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise Unreachable(f"{host} has no address: check base_url and the network.") from error
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError) as error:
        raise LmsError(
            f"{host} could not prove who it is (TLS certificate); check base_url, or ask the network team."
        ) from error
    except aiohttp.ClientConnectorError as error:
        raise Unreachable(f"No connection to {host}: check base_url and the network.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(f"The connection to {host} broke while reading {what}.") from error
    wire_.meter.answered += 1
    wire_.meter.server_time = response.headers.get("Date", "")
    if wire_.gate.answered(wire_.clock() - sent):
        wire_.say("The LMS answers ever more slowly: requests go slower for a while.")
    return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


async def _read(response: aiohttp.ClientResponse, what: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise MalformedReply(f"The LMS's answer to {what} is larger than {LARGEST_BODY_BYTES // 2**20} MB.")
    return bytes(body)
