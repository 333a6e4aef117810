"""The edge to aiohttp: sends one request through the gate and reads its answer whole.

Must not know what an answer means nor what is retried. A library's error never leaves this module.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp

from rkreport.core.snapshot import LARGEST_PAGE_BYTES
from rkreport.errors import LmsError, MalformedReply, Unreachable
from rkreport.lms.pacing import Gate
from rkreport.lms.protocol import IF_IT_STAYS, Reply
from rkreport.sentence import Sentence

_NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}  # as OpenSSL calls an answer that is plain HTTP
LARGEST_BODY_BYTES = LARGEST_PAGE_BYTES
_LATE = "{host} did not answer {what} within {seconds:g} s; {if_it_stays}."
_CUT = "The connection to {host} broke while reading {what}; {if_it_stays}."


@dataclass(frozen=True, slots=True)
class LmsSettings:
    """How to talk to the LMS."""

    base_url: str
    timeout_seconds: float
    max_attempts: int
    authorization_scheme: str = ""


@dataclass(slots=True)
class Meter:
    """Counts the requests of a run."""

    requests: int = 0
    retries: int = 0
    answered: int = 0
    pauses: int = 0
    seconds: float = 0.0  # from sending to the end of the answer, of all answers together
    server_time: str = ""  # the Date header of the newest answer

    def note(self, seconds: float, server_time: str) -> None:
        """Count an answer."""
        self.answered += 1
        self.seconds += seconds
        self.server_time = server_time

    @property
    def mean_seconds(self) -> float:
        """How long an answer took."""
        return self.seconds / self.answered if self.answered else 0.0


@dataclass(frozen=True, slots=True)
class Transport:
    """The way to the LMS: settings, session, gate, clocks (`clock` in seconds), sleep, and `say` for messages.

    The owner of the session closes it.
    """

    settings: LmsSettings
    session: aiohttp.ClientSession
    gate: Gate
    clock: Callable[[], float]
    utc_now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    say: Callable[[str], None] = lambda _: None
    meter: Meter = field(default_factory=Meter)

    async def exchange(
        self,
        method: str,
        path: str,
        what: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request and read its answer; `what` names it in messages, such as `users, page 3`.

        Raises:
            Unreachable: no connection, a cut connection, no answer in time.
            LmsError: the host cannot prove who it is.
            MalformedReply: the answer does not end.
        """
        await self.gate.pass_through()
        self.meter.requests += 1
        sent = self.clock()
        host, seconds = urlsplit(self.settings.base_url).netloc, self.settings.timeout_seconds
        try:
            async with self.session.request(
                method,
                self.settings.base_url.rstrip("/") + path,
                headers={"Accept": "application/json", "Content-Type": "application/json", **(headers or {})},
                params=params,
                json=json,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,  # a redirect would send the token or secret to its target
            ) as response:
                body = await _read(response, what)
        except TimeoutError as error:
            raise Unreachable(_LATE, host=host, what=what, seconds=seconds, if_it_stays=IF_IT_STAYS) from error
        except (aiohttp.ClientConnectorDNSError, UnicodeError) as error:  # of a name that no network can have
            raise Unreachable("{host} has no address: check base_url and the network.", host=host) from error
        except aiohttp.ClientProxyConnectionError as error:
            raise Unreachable(_dead_proxy(error)) from error
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError) as error:
            raise LmsError(_no_proof(host, error)) from error
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("No connection to {host}: check base_url and the network.", host=host) from error
        except (aiohttp.ClientError, OSError) as error:
            raise Unreachable(_CUT, host=host, what=what, if_it_stays=IF_IT_STAYS) from error
        took = self.clock() - sent
        self.meter.note(took, response.headers.get("Date", ""))
        if self.gate.answered(took):
            self.say("The LMS answers ever more slowly: requests go slower for a while.")
        return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)


def _dead_proxy(error: aiohttp.ClientProxyConnectionError) -> str:
    return Sentence(
        "No connection to the proxy {host}:{port}, which the variable HTTPS_PROXY or the"
        " system names; ask the network team, or unset it.",
        host=error.host,
        port=error.port,
    )


def _no_proof(host: str, error: Exception) -> str:
    if getattr(error.__cause__ or error, "reason", "") in _NO_TLS:
        return Sentence("{host} answers without TLS on that port; check base_url: address and port.", host=host)
    return Sentence(
        "{host} could not prove who it is (TLS certificate); check base_url, or ask the network team.", host=host
    )


async def _read(response: aiohttp.ClientResponse, what: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise MalformedReply(
                "The LMS's answer to {what} is larger than {largest_body_bytes} MB; ask Ruangkerja.",
                what=what,
                largest_body_bytes=LARGEST_BODY_BYTES // 2**20,
            )
    return bytes(body)
