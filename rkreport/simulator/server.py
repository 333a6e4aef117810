"""The simulated LMS on loopback: a real HTTP server in front of `answers`, with faults. Knows HTTP, no made-up person.

`/_stats` says what has been asked; it needs no token, never fails and is not counted itself.
"""

import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from email.utils import formatdate
from types import TracebackType
from typing import Self

from aiohttp import web

from rkreport.errors import ConfigError
from rkreport.files import reason_of
from rkreport.simulator.answers import Answers, Ask, Refusal, bad_request, not_found
from rkreport.simulator.company import Company
from rkreport.simulator.faults import NO_FAULTS, Dice, Faults, Kind
from rkreport.simulator.tokens import Tokens
from rkreport.simulator.traffic import SlidingSecond, Traffic

_DASHBOARD = "/ruangkerja/dashboard/courses"
_COMPLETIONS = "/ruangkerja/dashboard/user-course-status"
_PLANS = "/ruangkerja/dashboard/learning-plans"
_ELSEWHERE = "https://elsewhere.invalid"
_SERVER_ERRORS = (500, 502, 503, 504)
_PAGE = "<!doctype html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_INVALID_TOKEN = "rpc error: code = PermissionDenied desc = Token is not valid"  # noqa: S105 - the documented text
_IN_BODY = frozenset({Kind.SLOW, Kind.CUT, Kind.CUT_JSON, Kind.TOKEN, Kind.NULL_ITEMS})

_Answer = Callable[[web.Request, Ask], Awaitable[str]]


class Simulator:
    """`async with Simulator(company) as simulator:` serves the company until the block ends.

    `clock` (seconds, never backwards) moves the rate window and the tokens' lives, `wall_clock` (seconds since 1970)
    the Date and Retry-After headers. `fault_seed` chooses which requests fail.
    """

    def __init__(
        self,
        company: Company,
        *,
        faults: Faults = NO_FAULTS,
        client_id: str = "demo",
        client_secret: str = "demo-secret",  # noqa: S107 - of a made-up company
        port: int = 0,
        fault_seed: int = 1,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Make ready; nothing listens yet. `port` 0 takes a free one."""
        self._answers = Answers(company, faults)
        self._faults = faults
        self._login = (client_id, client_secret)
        self._port = port
        self._dice = Dice(faults, fault_seed)
        self._tokens = Tokens(faults.token_seconds, fault_seed, clock)
        self._clock = clock
        self._wall_clock = wall_clock
        self._sleep = sleep
        self._last_second = SlidingSecond()
        self._attempts: Counter[str] = Counter()
        self._runner: web.AppRunner | None = None
        self.traffic = Traffic()
        self.base_url = ""

    async def __aenter__(self) -> Self:
        """Listen on 127.0.0.1; from now on `base_url` is right. Raises ConfigError where the port is taken."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError(
                f"Simulator: port {self._port} cannot be listened on ({reason_of(error)}); choose another, or 0 for"
                " any."
            ) from error
        self._port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening and drop every connection."""
        if self._runner:
            await self._runner.cleanup()

    @property
    def stats(self) -> dict[str, object]:
        """What `/_stats` answers; see `Traffic.body`."""
        return self.traffic.body(self._tokens.issued)

    def stable_users(self) -> Iterator[str]:
        """User records, as JSON text, that were in the user list from the start until now."""
        return self._answers.stable_users()

    def stable_assignments(self, course: str, batch: str) -> Iterator[str]:
        """The same for one batch's list of assignments."""
        return self._answers.stable_assignments(course, batch)

    def stable_online(self, course: str) -> Iterator[str]:
        """The same for one online course's list."""
        return self._answers.stable_online(course)

    def stable_plan_users(self, plan: str) -> Iterator[str]:
        """The same for one learning plan's list of users."""
        return self._answers.stable_plan_users(plan)

    def _app(self) -> web.Application:
        app = web.Application()
        app.on_response_prepare.append(self._date)
        app.router.add_get("/_stats", self._show_stats)
        for endpoint, method, path, answer in (
            ("token", "POST", "/oauth/token", self._token),
            ("users", "GET", "/ruangkerja/users", self._users),
            ("user", "GET", "/ruangkerja/users/{employee_id}", self._user),
            ("courses", "GET", _DASHBOARD, self._courses),
            ("batches", "GET", _DASHBOARD + "/{course}/batches", self._batches),
            ("webinar_users", "GET", _DASHBOARD + "/{course}/{kind:webinar}/{batch}/users", self._assignments),
            ("offline_users", "GET", _DASHBOARD + "/{course}/{kind:offline}/{batch}/users", self._assignments),
            ("online_users", "GET", _DASHBOARD + "/{course}/online/users", self._online),
            ("completions", "GET", _COMPLETIONS, self._completions),
            ("plans", "GET", _PLANS, self._plans),
            ("plan_courses", "GET", _PLANS + "/{plan}/courses", self._plan_courses),
            ("plan_users", "GET", _PLANS + "/{plan}/users", self._plan_users),
            ("structure", "GET", "/ruangkerja/company-structure", self._structure),
            ("unknown", "*", "/{path:.*}", self._unknown),
        ):
            app.router.add_route(method, path, self._serve(endpoint, answer))
        return app

    async def _date(self, _: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self._wall_clock(), usegmt=True)

    async def _show_stats(self, _: web.Request) -> web.Response:
        return web.json_response(self.stats)

    def _serve(self, endpoint: str, answer: _Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """One route: count the request, refuse it by rate, apply a fault, or answer."""

        async def serve(request: web.Request) -> web.StreamResponse:
            now = self._clock()
            target = f"{request.method} {request.path_qs}"
            self.traffic.arrive(endpoint, target, now)
            is_over = self._faults.rate is not None and self._last_second.count(now) >= self._faults.rate
            if not is_over:
                self._last_second.add(now)
            if self._faults.latency_seconds:
                await self._sleep(self._faults.latency_seconds)
            if is_over:
                return self._too_many("1")
            self._attempts[target] += 1
            fault = self._dice.fault(target, self._attempts[target])
            if fault:
                self.traffic.faults[fault] += 1
            if fault and fault not in _IN_BODY:
                return self._instead(fault, request)
            if fault is Kind.SLOW:
                await self._sleep(self._faults.slow_seconds)
            return await self._whole(request, target, fault, answer)

        return serve

    async def _whole(
        self, request: web.Request, target: str, fault: Kind | None, answer: _Answer
    ) -> web.StreamResponse:
        """The true answer, or its first half."""
        try:
            if answer != self._token:
                self._check_token(request, fault)
            change = self._dice.churn(target, self._attempts[target])
            text = await answer(request, Ask(request.query, change, fault is Kind.NULL_ITEMS))
        except Refusal as refusal:
            return _json(refusal.body, 200 if self._faults.errors_as_200 else refusal.status)
        body = text.encode()
        if fault is Kind.CUT:
            return await _cut(request, body)
        if fault is Kind.CUT_JSON:
            return _json(body[: len(body) // 2].decode(errors="ignore"))
        if fault is not Kind.NULL_ITEMS:
            self.traffic.answered[target] += 1
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    def _check_token(self, request: web.Request, fault: Kind | None) -> None:
        token = request.headers.get("Authorization")
        if fault is Kind.TOKEN and token:
            self._tokens.revoke(token)
        if not self._tokens.is_valid(token):
            raise Refusal(403 if self._faults.refuses_with_403 else 401, 123, _INVALID_TOKEN, _INVALID_TOKEN)

    def _instead(self, fault: Kind, request: web.Request) -> web.Response:
        """The response in place of the answer."""
        if fault is Kind.TOO_MANY_BARE:
            return self._too_many(None)
        if fault is Kind.TOO_MANY:
            in_seconds = self.traffic.faults[fault] % 2 == 1
            # an HTTP date has no fractions: rounded up, so that it is a second away at least
            date = formatdate(math.ceil(self._wall_clock()) + 1, usegmt=True)
            return self._too_many("1" if in_seconds else date)
        if fault is Kind.HTML:
            return web.Response(text=_PAGE.format("Sedang dalam pemeliharaan"), content_type="text/html")
        if fault is Kind.REDIRECT:
            # 307 would make a careless client send the login elsewhere; 302 turns a POST into a GET
            status = 307 if request.method == "POST" else 302
            return web.Response(status=status, headers={"Location": _ELSEWHERE + request.path_qs})
        status = _SERVER_ERRORS[self.traffic.faults[fault] % len(_SERVER_ERRORS)]
        if status == 500:  # noqa: PLR2004 - the application's own; the others come from a proxy before it
            return _json(Refusal(500, 500, "INTERNAL_SERVER_ERROR", "rpc error: code = Internal").body, status)
        return web.Response(status=status, text=_PAGE.format(status), content_type="text/html")

    def _too_many(self, retry_after: str | None) -> web.Response:
        self.traffic.refused += 1
        response = _json(Refusal(429, 429, "TOO_MANY_REQUESTS", "too many requests").body, 429)
        if retry_after:
            response.headers["Retry-After"] = retry_after
        return response

    async def _token(self, request: web.Request, _: Ask) -> str:
        try:
            asked = json.loads(await request.read())
        except ValueError as error:
            raise bad_request("the body is not JSON") from error
        wanted = {"clientID": self._login[0], "clientSecret": self._login[1], "grantType": "client_credentials"}
        if not isinstance(asked, dict) or any(asked.get(name) != value for name, value in wanted.items()):
            raise bad_request("Credentials do not match any record")
        granted = {
            "accessToken": self._tokens.issue(),
            "expiresIn": str(self._faults.token_seconds),
            "tokenType": "bearer",
        }
        return json.dumps({"status": "success", "message": "success", "data": granted})

    async def _users(self, _: web.Request, ask: Ask) -> str:
        return self._answers.users(ask)

    async def _user(self, request: web.Request, _: Ask) -> str:
        return self._answers.user(request.match_info["employee_id"])

    async def _courses(self, _: web.Request, ask: Ask) -> str:
        return self._answers.courses(ask)

    async def _batches(self, request: web.Request, ask: Ask) -> str:
        return self._answers.batches(ask, request.match_info["course"])

    async def _assignments(self, request: web.Request, ask: Ask) -> str:
        named = request.match_info
        return self._answers.assignments(ask, named["kind"], named["course"], named["batch"])

    async def _online(self, request: web.Request, ask: Ask) -> str:
        return self._answers.online(ask, request.match_info["course"])

    async def _completions(self, _: web.Request, ask: Ask) -> str:
        return self._answers.completions(ask)

    async def _plans(self, _: web.Request, ask: Ask) -> str:
        return self._answers.plans(ask)

    async def _plan_courses(self, request: web.Request, ask: Ask) -> str:
        return self._answers.plan_courses(ask, request.match_info["plan"])

    async def _plan_users(self, request: web.Request, ask: Ask) -> str:
        return self._answers.plan_users(ask, request.match_info["plan"])

    async def _structure(self, _: web.Request, __: Ask) -> str:
        return self._answers.structure()

    async def _unknown(self, _: web.Request, __: Ask) -> str:
        raise not_found("endpoint")


def _json(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="application/json")


async def _cut(request: web.Request, body: bytes) -> web.StreamResponse:
    """Promise the whole body, send half of it and hang up."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport:
        request.transport.close()
    return response
