"""Every error that the mail library, sockets and TLS can raise has a meaning."""

import inspect
import socket
import ssl

import aiosmtplib.errors
import pytest
from aiosmtplib import SMTPException, SMTPRecipientRefused, SMTPRecipientsRefused

from rkreport.core.mail.delivery import OutcomeKind
from rkreport.core.mail.smtp_reply import Phase
from rkreport.delivery.smtp_errors import LIBRARY_ERRORS, error_of, outcome_of_error, outcome_of_own
from rkreport.errors import MailServerTrouble, MailServerUnusable

ADDRESS = "budi.s@contoh.test"

# One of each class that the library defines, and what it means before the text and after it.
OF_THE_LIBRARY = {
    "SMTPException": (SMTPException("odd"), "later", "unknown"),
    "SMTPServerDisconnected": (aiosmtplib.errors.SMTPServerDisconnected("gone"), "later", "unknown"),
    "SMTPConnectError": (aiosmtplib.errors.SMTPConnectError("no way"), "later", "unknown"),
    "SMTPTimeoutError": (aiosmtplib.errors.SMTPTimeoutError("slow"), "later", "unknown"),
    "SMTPConnectTimeoutError": (aiosmtplib.errors.SMTPConnectTimeoutError("slow"), "later", "unknown"),
    "SMTPReadTimeoutError": (aiosmtplib.errors.SMTPReadTimeoutError("slow"), "later", "unknown"),
    "SMTPNotSupported": (aiosmtplib.errors.SMTPNotSupported("SMTPUTF8"), "stop", "unknown"),
    "SMTPResponseException": (aiosmtplib.errors.SMTPResponseException(-1, "gibberish"), "later", "unknown"),
    "SMTPConnectResponseError": (aiosmtplib.errors.SMTPConnectResponseError(451, "busy"), "later", "later"),
    "SMTPHeloError": (aiosmtplib.errors.SMTPHeloError(451, "busy"), "later", "later"),
    "SMTPDataError": (aiosmtplib.errors.SMTPDataError(550, "5.1.1 no"), "refused", "refused"),
    "SMTPAuthenticationError": (aiosmtplib.errors.SMTPAuthenticationError(535, "5.7.8 no"), "stop", "stop"),
    "SMTPSenderRefused": (aiosmtplib.errors.SMTPSenderRefused(451, "4.3.0 no", ADDRESS), "later", "later"),
    "SMTPRecipientRefused": (SMTPRecipientRefused(550, f"5.1.1 <{ADDRESS}> no", ADDRESS), "refused", "refused"),
    "SMTPRecipientsRefused": (
        SMTPRecipientsRefused([SMTPRecipientRefused(550, "5.1.1 no", ADDRESS)]),
        "refused",
        "refused",
    ),
}
OF_THE_SYSTEM = [
    (TimeoutError(), "later", "unknown"),
    (ConnectionResetError(), "later", "unknown"),
    (BrokenPipeError(), "later", "unknown"),
    (OSError(113, "No route to host"), "later", "unknown"),
    (socket.gaierror(socket.EAI_NONAME, "unknown"), "stop", "unknown"),
    (socket.gaierror(socket.EAI_AGAIN, "try again"), "later", "unknown"),
    (ssl.SSLCertVerificationError("certificate verify failed"), "stop", "unknown"),
    (ssl.SSLError("bad record"), "later", "unknown"),
    (ssl.SSLEOFError("cut"), "later", "unknown"),
]


def test_every_error_of_the_library_is_known() -> None:
    """A class that a new version brings is missing here until somebody has thought about it."""
    defined = {
        name
        for name, one in inspect.getmembers(aiosmtplib.errors, inspect.isclass)
        if one.__module__ == aiosmtplib.errors.__name__
    }
    assert defined == set(OF_THE_LIBRARY)
    assert all(issubclass(getattr(aiosmtplib.errors, name), LIBRARY_ERRORS) for name in defined)


@pytest.mark.parametrize(("error", "before", "after"), [*OF_THE_LIBRARY.values(), *OF_THE_SYSTEM])
def test_each_error_means_something(error: Exception, before: str, after: str) -> None:
    """Before the text nothing is in doubt; after it everything that is no answer is. No sentence names anybody."""
    assert isinstance(error, LIBRARY_ERRORS)
    outcomes = [outcome_of_error(error, phase, server="h:587", hide=[ADDRESS]) for phase in (Phase.DATA, Phase.TEXT)]
    assert [one.kind.value for one in outcomes] == [before, after]
    assert all(one.reply and "@" not in one.reply and "budi" not in one.reply for one in outcomes)


@pytest.mark.parametrize("code", [200, 250, 334, 354])
def test_a_wrong_yes_is_no_answer(code: int) -> None:
    """A 2xx or 3xx where another was expected stops nothing and loses nothing."""
    outcome = outcome_of_error(aiosmtplib.errors.SMTPHeloError(code, "?"), Phase.CONNECT, server="h:587")
    assert outcome.kind is OutcomeKind.LATER


def test_a_broken_handshake_is_the_config_s_a_cut_one_is_not() -> None:
    """TLS on a plain port cannot work later; a connection cut within the handshake can."""
    broken = aiosmtplib.errors.SMTPConnectError("x")
    broken.__cause__ = ssl.SSLError("wrong version number")
    cut = aiosmtplib.errors.SMTPConnectError("x")
    cut.__cause__ = ssl.SSLEOFError("EOF occurred")
    found = [outcome_of_error(one, Phase.CONNECT, server="h:587").kind for one in (broken, cut)]
    assert found == [OutcomeKind.STOP, OutcomeKind.LATER]


@pytest.mark.parametrize("error", [MailServerTrouble("Later.", 60), MailServerUnusable("Never.")])
def test_outcomes_and_errors_are_two_forms_of_one_thing(error: MailServerTrouble | MailServerUnusable) -> None:
    """There and back nothing is lost."""
    again = error_of(outcome_of_own(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
