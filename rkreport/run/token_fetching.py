"""Opens HTTP sessions for tokens of mail servers. Knows no config and no secret by name."""

import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

import aiohttp
import truststore

from rkreport import __version__
from rkreport.config.schema import is_loopback
from rkreport.delivery.oauth import FetchedToken, TokenRequest
from rkreport.run.world import Clock


def fetched_token(request: TokenRequest, utc_now: Clock) -> FetchedToken:
    """Return a token that is fetched when it is wanted."""
    return FetchedToken(request, _open_session(request.url), utc_now)


def _open_session(url: str) -> Callable[[], AbstractAsyncContextManager[aiohttp.ClientSession]]:
    def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": f"rkreport/{__version__}"},
            trust_env=not is_loopback(urlsplit(url).hostname),  # use company proxies, but never for this machine
        )

    return opened
