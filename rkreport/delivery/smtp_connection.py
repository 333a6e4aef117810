"""Opens a connection to the mail server: encrypts, checks the certificate, logs in; or says why it cannot.

Knows aiosmtplib, TLS and how to log in. Must not know messages.
"""

import asyncio
import ssl
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Literal

import truststore
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPResponseException

from rkreport.bounds import read_regular
from rkreport.core.mail.smtp_reply import THROTTLED_SECONDS, Phase
from rkreport.delivery.smtp_errors import LIBRARY_ERRORS, error_of, login_refused, outcome_of_error
from rkreport.delivery.tokens import TokenSource
from rkreport.errors import ConfigError, MailServerSilent, MailServerUnusable
from rkreport.sentence import Sentence

_LARGEST_CA_FILE = 10 * 2**20  # bytes; all authorities of the world take 250,000
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the mail server.

    `greeting_timeout_seconds` limits the wait for the connection and the server's greeting. A firewall, or a port that
    expects TLS at once, stays silent forever. `text_timeout_seconds` limits the wait for the answer to a text. RFC
    5321 says ten minutes; a shorter limit turns slow virus scanners into doubts.
    """

    host: str
    port: int
    security: Security = "starttls"
    ca_file: Path | None = None
    greeting_timeout_seconds: float = 15.0
    timeout_seconds: float = 120.0
    text_timeout_seconds: float = 600.0

    @property
    def server(self) -> str:
        """Host and port, for messages."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class PasswordLogin:
    """User name and password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """User name and token source, for XOAUTH2."""

    username: str
    tokens: TokenSource = field(repr=False)


Login = PasswordLogin | TokenLogin


def tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Return the context that checks the server's certificate and name: by the system's authorities, or `ca_file`.

    Raises:
        ConfigError: `ca_file` cannot be read or holds no certificate.
    """
    if settings.security == "none":
        return None
    if settings.ca_file is None:
        system = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        system.minimum_version = ssl.TLSVersion.TLSv1_2
        return system
    try:
        # Given the name, OpenSSL would wait for a pipe, and read a device for ever.
        text = read_regular(settings.ca_file, _LARGEST_CA_FILE).decode("ascii", "ignore")  # comments in any language
        if not text:
            raise ssl.SSLError("empty: the system's authorities would be taken instead")
        context = ssl.create_default_context(cadata=text)
    except OSError as error:  # includes SSLError
        raise ConfigError(
            "mail.ca_file: {ca_file} cannot be read as a certificate; name a file that begins"
            " with -----BEGIN CERTIFICATE-----.",
            ca_file=settings.ca_file,
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def open_connection(settings: SmtpSettings, login: Login | None, context: ssl.SSLContext | None) -> SMTP:
    """Connect, encrypt and log in.

    Raises:
        MailServerTrouble: a later try may succeed.
        MailServerUnusable: this configuration cannot work.
    """
    # Get the token first: a server that waits for its client meanwhile would close the connection.
    secret = await login.tokens.current() if isinstance(login, TokenLogin) else login.password if login else ""
    smtp = SMTP(
        hostname=settings.host,
        port=settings.port,
        use_tls=settings.security == "tls",
        start_tls=False,  # None would continue without TLS if the server offers none
        tls_context=context,
        local_hostname="localhost",  # the default asks DNS, which takes seconds without an answer
        timeout=settings.timeout_seconds,
    )
    try:
        await _connect(smtp, settings, context)
        if login is not None:
            await _log_in(smtp, login, secret)
    except SMTPAuthenticationError as error:
        abort(smtp)
        raise login_refused(error, is_token=isinstance(login, TokenLogin)) from error
    except LIBRARY_ERRORS as error:
        abort(smtp)
        outcome = outcome_of_error(error, Phase.CONNECT, server=settings.server)
        if isinstance(error, SMTPResponseException):
            outcome = replace(
                outcome,
                reply=Sentence(
                    "The mail server {server} answered: {reply}", server=settings.server, reply=outcome.reply
                ),
            )
        raise error_of(outcome) from error
    except BaseException:
        abort(smtp)
        raise
    return smtp


def abort(smtp: SMTP) -> None:
    """Close at once and drop unwritten bytes; a polite close would still send them."""
    if isinstance(smtp.transport, asyncio.WriteTransport):
        smtp.transport.abort()
    smtp.close()


async def _connect(smtp: SMTP, settings: SmtpSettings, context: ssl.SSLContext | None) -> None:
    try:
        async with asyncio.timeout(settings.greeting_timeout_seconds):
            await smtp.connect()
    except TimeoutError as error:
        raise MailServerSilent(
            "The mail server {server} does not answer; check mail.host, mail.port and the"
            ' network (port 587 goes with security = "starttls", port 465 with "tls").',
            server=settings.server,
            wait_seconds=THROTTLED_SECONDS,
        ) from error
    except UnicodeError as error:  # of a name that no network can have
        raise MailServerUnusable(
            "The mail server {server} has no address; check mail.host and the network.", server=settings.server
        ) from error
    if settings.security == "none" and not ip_address(smtp.get_transport_info("peername")[0]).is_loopback:
        raise MailServerUnusable(
            'mail.security: "none" is for a mail server on this machine, and {server} is another; write "starttls".',
            server=settings.server,
        )
    name = _address_literal(smtp)
    await smtp.ehlo(hostname=name)
    if settings.security != "starttls":
        return
    if not smtp.supports_extension("starttls"):
        raise MailServerUnusable(
            "The mail server {server} offers no encryption (STARTTLS), so nothing was sent;"
            ' check mail.port, or write security = "tls" if it encrypts from the start.',
            server=settings.server,
        )
    await smtp.starttls(tls_context=context)
    await smtp.ehlo(hostname=name)  # earlier answers were unencrypted, so anyone could have sent them


def _address_literal(smtp: SMTP) -> str:
    """Return this machine's address for the greeting, in RFC 5321's form for machines without a public name."""
    own = ip_address(smtp.get_transport_info("sockname")[0].partition("%")[0])
    return f"[IPv6:{own}]" if isinstance(own, IPv6Address) else f"[{own}]"


async def _log_in(smtp: SMTP, login: Login, secret: str) -> None:
    """Log in with one method only: each refused try counts towards a locked account."""
    offered = smtp.server_auth_methods
    ways = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
    if isinstance(login, TokenLogin):
        ways = {"xoauth2": smtp.auth_xoauth2}
    way = next((ways[name] for name in ways if name in offered), None)
    if way is None:
        wanted = "XOAUTH2" if isinstance(login, TokenLogin) else Sentence("a password")
        found = ", ".join(sorted(offered)).upper() or "none"
        raise MailServerUnusable(
            "The mail server offers no login with {wanted} (it offers: {found}); check mail.port and mail.auth.",
            wanted=wanted,
            found=found,
        )
    await way(login.username, secret)
