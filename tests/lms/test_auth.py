"""Tokens are renewed in time, once for all who wait."""

import asyncio

import pytest

from rkreport.errors import LoginRefused
from rkreport.lms.auth import AccessToken, GivenToken, RenewedToken


class Login:
    """Hands out token-1, token-2, ... with a lifetime."""

    def __init__(self, lifetime_seconds: float | None = 1_000) -> None:
        """Count from nothing."""
        self.count = 0
        self.lifetime_seconds = lifetime_seconds

    async def __call__(self) -> AccessToken:
        """The next token, after somebody else had a chance to run."""
        await asyncio.sleep(0)
        self.count += 1
        return AccessToken(f"token-{self.count}", self.lifetime_seconds)


async def test_one_login_serves_all_who_wait() -> None:
    """A hundred requests at the start cost one login."""
    login = Login()
    tokens = RenewedToken(login, lambda: 0.0)
    assert set(await asyncio.gather(*(tokens.current() for _ in range(100)))) == {"token-1"}
    assert login.count == 1


async def test_a_refusal_renews_once_for_all() -> None:
    """A hundred refused requests cost one renewal."""
    login = Login()
    tokens = RenewedToken(login, lambda: 0.0)
    refused = await tokens.current()
    assert set(await asyncio.gather(*(tokens.replace(refused) for _ in range(100)))) == {"token-2"}
    assert login.count == 2


@pytest.mark.parametrize(("lifetime", "renewed_after"), [(43_199, 43_079), (60, 54), (None, 540)])
async def test_a_token_is_renewed_before_it_runs_out(lifetime: float | None, renewed_after: float) -> None:
    """Two minutes before, or a tenth of a short life; an unknown life counts as ten minutes."""
    now = 0.0
    tokens = RenewedToken(Login(lifetime), lambda: now)
    assert await tokens.current() == "token-1"
    now = renewed_after - 1
    assert await tokens.current() == "token-1"
    now = renewed_after
    assert await tokens.current() == "token-2"


async def test_a_given_token_cannot_be_renewed() -> None:
    """The admin is told what to set instead."""
    tokens = GivenToken("abc")
    assert await tokens.current() == "abc"
    with pytest.raises(LoginRefused, match="RKREPORT_ACCESS_TOKEN"):
        await tokens.replace("abc")


def test_a_token_does_not_show_in_its_repr() -> None:
    """Whatever prints a token object does not print the token."""
    assert "abc" not in repr(AccessToken("abc", 1))
