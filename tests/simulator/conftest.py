"""A bare client of the simulated LMS, beside the simulator itself."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout

from rkreport.simulator.server import Simulator
from tests.simulator_fixture import simulator

__all__ = ["simulator"]

LOGIN = {"clientID": "demo", "clientSecret": "demo-secret", "grantType": "client_credentials"}


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object."""
        body: dict[str, Any] = json.loads(self.text)
        return body


@dataclass
class Browser:
    """Asks as a client would, with the tokens it was given."""

    session: ClientSession
    tokens: dict[str, str] = field(default_factory=dict)

    async def log_in(self, lms: Simulator, **changes: str) -> Reply:
        """Ask for a token and keep it."""
        async with self.session.post(f"{lms.base_url}/oauth/token", json=LOGIN | changes) as response:
            reply = Reply(response.status, response.headers, await response.text())
        if reply.status == 200:
            self.tokens[lms.base_url] = reply.body["data"]["accessToken"]
        return reply

    async def get(self, lms: Simulator, path: str, token: str | None = None) -> Reply:
        """GET, never following a redirect; logs in first where that has not been done."""
        if token is None and lms.base_url not in self.tokens:
            await self.log_in(lms)
        headers = {"Authorization": self.tokens[lms.base_url] if token is None else token}
        async with self.session.get(lms.base_url + path, headers=headers, allow_redirects=False) as response:
            return Reply(response.status, response.headers, await response.text())

    async def items(self, lms: Simulator, path: str, size: int = 100) -> list[Any]:
        """All items of a list, page after page until an empty one."""
        items: list[Any] = []
        for page in range(1, 1000):
            reply = await self.get(lms, f"{path}?page={page}&pageSize={size}")
            if not reply.body["data"]["items"]:
                break
            items += reply.body["data"]["items"]
        return items


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin at 100 seconds."""
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A client without retries or rules of its own."""
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        yield Browser(session)
