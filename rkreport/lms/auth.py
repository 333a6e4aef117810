"""The access token: given, or fetched with client id and secret and renewed. Knows no HTTP; the caller passes it in.

One renewal serves all requests that need a new token at the same time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from rkreport.errors import LoginRefused

_UNKNOWN_LIFETIME_SECONDS = 600.0  # if `expiresIn` does not parse
_RENEW_BEFORE_SHARE = 0.1  # of the lifetime ...
_RENEW_BEFORE_SECONDS = 120.0  # ... at most this early


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and its lifetime in seconds from now; None if the LMS did not say."""

    value: str = field(repr=False)
    lifetime_seconds: float | None


class TokenSource(Protocol):
    """Gives the client its token."""

    async def current(self) -> str:
        """Return a token that should be valid."""

    async def replace(self, refused: str) -> str:
        """Return another token than the one that the LMS has just refused.

        Raises:
            LoginRefused: no other token exists.
        """


def usable(token: str, source: str, mend: str) -> str:
    """Return a token fit for a header, without blanks around it; an unfit one is named by `source`, and `mend` helps.

    Raises:
        LoginRefused: it is empty, or holds a line break, a blank or a character that is not ASCII.
    """
    value = token.strip()
    if value and value.isascii() and value.isprintable() and " " not in value:
        return value
    raise LoginRefused(
        "{source} is no token: it is empty, or holds a blank, a line break or a sign no token has; {mend}.",
        source=source,
        mend=mend,
    )


class GivenToken:
    """A token from the environment, which cannot be renewed."""

    def __init__(self, value: str) -> None:
        """Take the token.

        Raises:
            LoginRefused: it cannot be a token.
        """
        self._value = usable(value, "RKREPORT_ACCESS_TOKEN", "copy it again, in one piece")

    async def current(self) -> str:
        """Return the token."""
        return self._value

    async def replace(self, refused: str) -> str:  # noqa: ARG002 - the protocol's
        """Raise LoginRefused: the token cannot be replaced."""
        raise LoginRefused(
            "The LMS refused the access token in RKREPORT_ACCESS_TOKEN; set a fresh one, or set RKREPORT_CLIENT_ID and"
            " RKREPORT_CLIENT_SECRET, with which tokens are renewed by themselves."
        )


class RenewedToken:
    """A token fetched with client id and secret, renewed before it expires and once on refusal."""

    def __init__(self, renew: Callable[[], Awaitable[AccessToken]], clock: Callable[[], float]) -> None:
        """Take the call that fetches a token, and a monotonic clock in seconds."""
        self._renew = renew
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value = ""
        self._good_until = 0.0

    async def current(self) -> str:
        """Return the token; renew it first if it is about to expire."""
        async with self._lock:
            if not self._value or self._clock() >= self._good_until:
                await self._fetch()
            return self._value

    async def replace(self, refused: str) -> str:
        """Return a new token; fetch it unless another request has already replaced the refused one."""
        async with self._lock:
            if self._value == refused:
                await self._fetch()
            return self._value

    async def _fetch(self) -> None:
        token = await self._renew()
        lifetime = token.lifetime_seconds or _UNKNOWN_LIFETIME_SECONDS
        self._value = token.value
        self._good_until = self._clock() + lifetime - min(lifetime * _RENEW_BEFORE_SHARE, _RENEW_BEFORE_SECONDS)
