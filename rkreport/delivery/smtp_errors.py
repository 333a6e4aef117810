"""Translates every error of the mail library, sockets and TLS into what it means for the message.

Knows aiosmtplib's errors; `core.mail.smtp_reply` reads the codes in them. Must not know what was being sent.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator
from typing import Final

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from rkreport.core.mail.delivery import Outcome, OutcomeKind
from rkreport.core.mail.smtp_reply import THROTTLED_SECONDS, Phase, outcome_of
from rkreport.errors import MailServerTrouble, MailServerUnusable
from rkreport.sentence import Sentence

LIBRARY_ERRORS: Final = (SMTPException, OSError)
"""The errors of aiosmtplib, sockets and TLS: TimeoutError, ConnectionError, gaierror and SSLError are OSErrors."""

_GIBBERISH = 0  # stands for an answer that cannot be parsed
_RECONNECT_SECONDS = 5.0
_CUT_DURING_HANDSHAKE = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLSyscallError)


def outcome_of_error(error: Exception, phase: Phase, *, server: str, hide: Iterable[str] = ()) -> Outcome:
    """Return what an error means for the message that is being sent.

    Args:
        error: one of `LIBRARY_ERRORS`.
        phase: the current step. The server can have taken a message only after its text began.
        server: host and port, for the sentence.
        hide: as in `core.mail.smtp_reply.outcome_of`.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return outcome_of_error(error.recipients[0], phase, server=server, hide=hide)
    if isinstance(error, SMTPResponseException):
        # In RFC 5321 2xx and 3xx mean success; where another code was expected they are no answer.
        decides_nothing = 200 <= error.code < 400 and phase is not Phase.TEXT  # noqa: PLR2004 - as above
        return outcome_of(_GIBBERISH if decides_nothing else error.code, error.message, phase=phase, hide=hide)
    if phase is Phase.TEXT:
        return Outcome(
            OutcomeKind.UNKNOWN,
            Sentence("{what} after the text had gone; nobody can tell if it was taken", what=_what(error)),
        )
    if unusable := _unusable(error, phase, server):
        return Outcome(OutcomeKind.STOP, unusable)
    if phase is Phase.CONNECT:
        dead = "The mail server {server} cannot be reached ({what}); check mail.host, mail.port and the network."
        return Outcome(OutcomeKind.LATER, Sentence(dead, server=server, what=_what(error)), THROTTLED_SECONDS)
    return Outcome(
        OutcomeKind.LATER, Sentence("{what} before the text; nothing was sent", what=_what(error)), _RECONNECT_SECONDS
    )


def error_of(outcome: Outcome) -> MailServerTrouble | MailServerUnusable:
    """Turn an outcome into an error, for callers without a message."""
    if outcome.kind is OutcomeKind.LATER:
        return MailServerTrouble(outcome.reply, outcome.wait_seconds)
    return MailServerUnusable(outcome.reply)


def outcome_of_own(error: MailServerTrouble | MailServerUnusable) -> Outcome:
    """Turn such an error back into an outcome, for callers with a message."""
    if isinstance(error, MailServerTrouble):
        return Outcome(OutcomeKind.LATER, error.sentence, error.wait_seconds)
    return Outcome(OutcomeKind.STOP, error.sentence)


def login_refused(error: SMTPAuthenticationError, *, is_token: bool) -> MailServerTrouble | MailServerUnusable:
    """Word a refused login ourselves: the server's answer could repeat the secret."""
    outcome = outcome_of_error(error, Phase.LOGIN, server="")
    codes = " ".join(word for word in outcome.reply.split()[:2] if word[:1].isdigit())
    if outcome.kind is OutcomeKind.LATER:
        return MailServerTrouble(
            Sentence("The mail server takes no login now ({codes}).", codes=codes), outcome.wait_seconds
        )
    if is_token:
        hint = (
            "check that mail.username is the mailbox, and that the app of mail.oauth.app_id may send for it"
            " (Microsoft 365: SMTP.SendAsApp and rights on the mailbox; Google: the scope https://mail.google.com/)"
        )
    elif {"5.7.139", "5.7.30", "5.7.57"} & set(codes.split()):
        hint = 'it takes no passwords from programs; set mail.auth = "xoauth2", or let its admin allow SMTP AUTH'
    elif {"534", "5.7.9", "5.7.14"} & set(codes.split()):
        hint = "it wants an app password; make one in the account's security settings and set RKREPORT_SMTP_PASSWORD"
    else:
        hint = "check mail.username and RKREPORT_SMTP_PASSWORD"
    return MailServerUnusable(Sentence("The mail server refused the login ({codes}); {hint}.", codes=codes, hint=hint))


def _unusable(error: Exception, phase: Phase, server: str) -> str:
    """Say why every message would fail; `""` if another may succeed."""
    for one in _causes(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            reason = getattr(one, "verify_message", None) or Sentence("not trusted")  # not every system gives a reason
            return Sentence(
                "The certificate of the mail server {server} was not accepted ({reason}); check"
                " mail.host, or set mail.ca_file to the certificate of your company's authority.",
                server=server,
                reason=reason,
            )
        if isinstance(one, ssl.SSLError) and not isinstance(one, _CUT_DURING_HANDSHAKE) and phase is Phase.CONNECT:
            return Sentence(
                "The mail server {server} does not speak TLS as expected; check mail.port and mail.security.",
                server=server,
            )
        if isinstance(one, socket.gaierror) and one.errno != socket.EAI_AGAIN:
            return Sentence("The mail server {server} has no address; check mail.host and the network.", server=server)
    if isinstance(error, SMTPNotSupported):
        return Sentence("The mail server {server} cannot do what is needed to send; ask its admin.", server=server)
    return ""


def _what(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    is_refused = any(isinstance(one, ConnectionRefusedError) for one in _causes(error))
    return "nothing listens there" if is_refused else "the connection was cut"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
