"""Access tokens for a mail server (XOAUTH2) that are fetched, and renewed before they expire.

Knows the two grants of RFC 6749 that need no person: client credentials and a refresh token. Must not know SMTP. No
message contains a token, a secret, or the server's own words.
"""

import json
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from rkreport.core.mail.smtp_reply import THROTTLED_SECONDS
from rkreport.errors import MailServerTrouble, MailServerUnusable
from rkreport.sentence import Sentence, joined

LARGEST_BODY_BYTES: Final = 64 * 1024  # a token has 2 kB
_OK = 200
_TOO_MANY, _SERVER_ERROR = 429, 500
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_UNKNOWN_LIFETIME_SECONDS = 600.0
_LONGEST_LIFETIME_SECONDS = 24 * 3600.0
_RENEW_BEFORE_SECONDS = 300.0  # at most, and at most half of the lifetime
_ERROR_WORD = re.compile(r"[a-z_]{3,40}")
_MICROSOFT_CODE = re.compile(r"AADSTS\d{3,8}")

OpenSession = Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """How to request a token: with a refresh token if there is one, else as the app itself.

    `url` is https, or http on this machine only; the config ensures that.
    """

    url: str
    app_id: str
    scope: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    def form(self, refresh_token: str) -> dict[str, str]:
        """Return the form's fields that have a value."""
        fields = {
            "grant_type": "refresh_token" if refresh_token else "client_credentials",
            "client_id": self.app_id,
            "client_secret": self.client_secret,
            "refresh_token": refresh_token,
            "scope": self.scope,
        }
        return {name: value for name, value in fields.items() if value}


class FetchedToken:
    """A token that is fetched for the first login, and renewed before it expires."""

    def __init__(self, request: TokenRequest, open_session: OpenSession, now: Callable[[], datetime]) -> None:
        """Take the request, how to open an HTTP session, and a wall clock, which also runs while a laptop sleeps."""
        self._request = request
        self._open_session = open_session
        self._now = now
        self._refresh_token = request.refresh_token
        self._value = ""
        self._good_until = datetime.min.replace(tzinfo=now().tzinfo)

    async def current(self) -> str:
        """As `rkreport.delivery.tokens.TokenSource.current`."""
        if not self._value or self._now() >= self._good_until:
            reply = await self._request_tokens()
            self._value = reply["access_token"]
            # Some services give a new refresh token each time and revoke the old one.
            self._refresh_token = reply.get("refresh_token") or self._refresh_token
            lifetime = _lifetime_seconds(reply)
            self._good_until = self._now() + timedelta(seconds=lifetime - min(_RENEW_BEFORE_SECONDS, lifetime / 2))
        return self._value

    async def _request_tokens(self) -> dict[str, str]:
        host = urlsplit(self._request.url).netloc
        try:
            async with (
                self._open_session() as session,
                session.post(
                    self._request.url,
                    data=self._request.form(self._refresh_token),
                    headers={"Accept": "application/json"},
                    timeout=_TIMEOUT,
                    allow_redirects=False,  # a redirect would carry the secret to wherever it points
                ) as response,
            ):
                status, body = response.status, await _body(response)
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            raise MailServerUnusable(
                "{host} (mail.oauth.url) could not prove who it is (TLS certificate); check the address.", host=host
            ) from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:  # the last of a name that no network can have
            raise MailServerTrouble(
                "{host} (mail.oauth.url) gave no token: no connection, or a cut one.",
                host=host,
                wait_seconds=THROTTLED_SECONDS,
            ) from error
        return self._read(host, status, body)

    def _read(self, host: str, status: int, body: bytes) -> dict[str, str]:
        document = _object(body)
        if status == _OK and isinstance(token := document.get("access_token"), str) and token.isprintable() and token:
            return {name: str(document[name]) for name in _WANTED if document.get(name)}
        if status == _TOO_MANY or status >= _SERVER_ERROR:
            raise MailServerTrouble(
                "{host} (mail.oauth.url) gives no tokens now (HTTP {status}); try again later.",
                host=host,
                status=status,
                wait_seconds=THROTTLED_SECONDS,
            )
        secret = "RKREPORT_SMTP_REFRESH_TOKEN" if self._refresh_token else "RKREPORT_SMTP_CLIENT_SECRET"
        raise MailServerUnusable(
            "{host} (mail.oauth.url) gave no token ({reason}); check mail.oauth.url, app_id, scope and {secret}.",
            host=host,
            reason=_reason(status, document),
            secret=secret,
        )


_WANTED = ("access_token", "refresh_token", "expires_in")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Read the body up to a limit; a longer body is no token."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            return b""
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _reason(status: int, document: dict[str, Any]) -> str:
    """Return the standard's error word and Microsoft's number, and nothing else of the answer."""
    word = document.get("error")
    found = [word] if isinstance(word, str) and _ERROR_WORD.fullmatch(word) else []
    number = _MICROSOFT_CODE.search(str(document.get("error_description", "")))
    return joined(", ", [Sentence("HTTP {status}", status=status), *found, *([number[0]] if number else [])])


def _lifetime_seconds(reply: dict[str, str]) -> float:
    said = reply.get("expires_in", "")
    seconds = float(said) if said.isascii() and said.isdecimal() and len(said) < 9 else _UNKNOWN_LIFETIME_SECONDS  # noqa: PLR2004 - a longer number is none
    return min(seconds, _LONGEST_LIFETIME_SECONDS)
