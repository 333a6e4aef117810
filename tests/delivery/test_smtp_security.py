"""Encryption and login: nothing goes to a server that is not the one, or not over a closed line."""

import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import PasswordLogin, SmtpSettings, TokenLogin
from rkreport.errors import ConfigError, MailServerTrouble, MailServerUnusable
from tests.delivery.certificates import Certificates
from tests.delivery.scripted_smtp import Fault, Offers, ScriptedSmtp, Step
from tests.delivery.sending import CERTIFICATES, PASSWORD, SENDER, kinds, plain, secured, send

# ---- encryption


async def test_a_server_without_starttls_gets_nothing(tmp_path: Path) -> None:
    """No downgrade: neither login nor address nor text is sent, and the sentence says what to do."""
    offers = Offers(starttls=False, login=(SENDER, PASSWORD))
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path), 1, 2)
    assert kinds(outcomes) == "stop stop"
    assert "offers no encryption" in outcomes[0].reply
    assert [line.split()[0] for line, _ in server.commands] == ["EHLO"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_an_unknown_authority_is_refused(tmp_path: Path, security: str) -> None:
    """The system's store does not know the test's authority, whichever way encryption begins."""
    offers = Offers(is_tls=security == "tls", login=(SENDER, PASSWORD))
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path, ca_file=None, security=security), 1)
    assert kinds(outcomes) == "stop"
    assert "certificate of the mail server" in outcomes[0].reply
    assert not any("AUTH" in line for line, _ in server.commands)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_another_name_is_refused(tmp_path: Path, security: str) -> None:
    """The right authority is not enough."""
    other = Certificates("mail.lain.test")
    offers = Offers(is_tls=security == "tls")
    with ScriptedSmtp(offers=offers, certificates=other) as server:
        ca_file = other.write_ca(tmp_path / "other.pem")
        transport = SmtpTransport(SmtpSettings("127.0.0.1", server.port, security, ca_file), None)  # type: ignore[arg-type]  # a parameter of the test
        outcomes = await send(transport, 1)
    assert kinds(outcomes) == "stop"
    assert "certificate of the mail server" in outcomes[0].reply


async def test_encryption_on_a_port_without_it(tmp_path: Path) -> None:
    """`security = "tls"` on a plain port is told as what it is."""
    with ScriptedSmtp() as server:
        outcomes = await send(secured(server, tmp_path, security="tls"), 1)
    assert kinds(outcomes) == "stop"
    assert "mail.security" in outcomes[0].reply


async def test_a_server_that_is_busy_encrypting_is_tried_later(tmp_path: Path) -> None:
    """A 4xx to STARTTLS is no downgrade and no end."""
    with ScriptedSmtp(Fault(Step.STARTTLS, "454 4.7.0 TLS not available"), certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path, login=None), 1, 1)
    assert kinds(outcomes) == "later taken"


async def test_plain_text_never_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """`security = "none"` looks at where the connection went, not at what the host is called."""
    with ScriptedSmtp() as server:
        monkeypatch.setattr(
            "aiosmtplib.SMTP.get_transport_info", lambda _self, key: ("192.0.2.1", 25) if key == "peername" else None
        )
        outcomes = await send(plain(server), 1)
    assert kinds(outcomes) == "stop"
    assert server.commands == []


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


BEGIN = b"-----BEGIN CERTIFICATE-----\n"
NO_CERTIFICATES: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"no certificate"),
    "no base64": lambda path: path.write_bytes(BEGIN + b"\x00\xff\x1b[31m\n-----END CERTIFICATE-----\n"),
    "cut off": lambda path: path.write_bytes(BEGIN + b"AA==\n"),
    "begun without end": lambda path: path.write_bytes(BEGIN * 300_000),
    "UTF-16": lambda path: path.write_bytes(CERTIFICATES.write_ca(path).read_text("ascii").encode("utf-16")),
    "a private key": lambda path: path.write_bytes(CERTIFICATES.private_key()),
    "a huge file": _huge,
    "a pipe": _fifo,
    "a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes and devices among files")
@pytest.mark.parametrize("what", NO_CERTIFICATES)
def test_a_file_that_is_no_certificate(tmp_path: Path, what: str) -> None:
    """Is told before anything is connected, in one short sentence with the setting and the file, never its content."""
    path = tmp_path / "ca.pem"
    NO_CERTIFICATES[what](path)
    with pytest.raises(ConfigError, match=r"^mail\.ca_file: .*ca\.pem cannot be read as a certificate; ") as caught:
        SmtpTransport(SmtpSettings("smtp.contoh.test", 587, ca_file=path), None)
    assert (len(str(caught.value)) < 400, "PRIVATE" in str(caught.value)) == (True, False)


def test_comments_beside_the_certificate_do_not_matter(tmp_path: Path) -> None:
    """Whatever their language, and with a byte order mark before them."""
    path = CERTIFICATES.write_ca(tmp_path / "ca.pem")
    path.write_bytes("\ufeff# Otoritas – PT Contoh\n".encode() + path.read_bytes())
    SmtpTransport(SmtpSettings("smtp.contoh.test", 587, ca_file=path), None)


# ---- login


async def test_a_refused_login_is_tried_once(tmp_path: Path) -> None:
    """The first refusal stops all that follows without another try, and names no secret."""
    with ScriptedSmtp(offers=Offers(login=(SENDER, "another")), certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path), 1, 2, 3)
    assert kinds(outcomes) == "stop stop stop"
    assert sum("AUTH" in line for line, _ in server.commands) == 1
    assert server.connections == 1
    assert outcomes[0].reply == (
        "The mail server refused the login (535 5.7.8); check mail.username and RKREPORT_SMTP_PASSWORD."
    )


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled", 'mail.auth = "xoauth2"'),
        ("534 5.7.9 Application-specific password required", "app password"),
        (f"535 AUTH PLAIN {PASSWORD} is wrong", "RKREPORT_SMTP_PASSWORD"),
    ],
)
async def test_what_a_refused_login_means(tmp_path: Path, answer: str, hint: str) -> None:
    """Known codes say what to do; the server's own words, which may repeat the secret, are left out."""
    offers = Offers(login=(SENDER, PASSWORD))
    with ScriptedSmtp(Fault(Step.LOGIN, answer), offers=offers, certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path), 1)
    assert kinds(outcomes) == "stop"
    assert hint in outcomes[0].reply
    assert PASSWORD not in outcomes[0].reply


async def test_a_login_that_is_busy_is_tried_later(tmp_path: Path) -> None:
    """A 4xx to the login is no wrong password."""
    offers = Offers(login=(SENDER, PASSWORD))
    fault = Fault(Step.LOGIN, "454 4.7.0 Temporary authentication failure")
    with ScriptedSmtp(fault, offers=offers, certificates=CERTIFICATES) as server:
        assert kinds(await send(secured(server, tmp_path), 1, 1)) == "later taken"


async def test_the_older_way_to_log_in(tmp_path: Path) -> None:
    """A server that knows LOGIN alone gets that."""
    offers = Offers(login=(SENDER, PASSWORD), mechanisms="LOGIN")
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES) as server:
        assert kinds(await send(secured(server, tmp_path), 1)) == "taken"


@pytest.mark.parametrize("offers", [Offers(), Offers(login=(SENDER, PASSWORD), mechanisms="GSSAPI")])
async def test_a_server_without_a_login_that_fits(tmp_path: Path, offers: Offers) -> None:
    """No login offered, or none with a password: told, not tried."""
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES) as server:
        outcomes = await send(secured(server, tmp_path), 1)
    assert kinds(outcomes) == "stop"
    assert "offers no login with a password" in outcomes[0].reply


class Tokens:
    """Gives the tokens it was made with, one per login, or raises."""

    def __init__(self, *tokens: str | Exception) -> None:
        """Take them in order."""
        self._tokens = list(tokens)

    async def current(self) -> str:
        """The next."""
        token = self._tokens.pop(0)
        if isinstance(token, Exception):
            raise token
        return token


async def test_a_token_instead_of_a_password(tmp_path: Path) -> None:
    """XOAUTH2 is taken with the right token; a wrong one stops, and is in no sentence."""
    with ScriptedSmtp(offers=Offers(token="right-token"), certificates=CERTIFICATES) as server:
        good = await send(secured(server, tmp_path, login=TokenLogin(SENDER, Tokens("right-token"))), 1)
        bad = await send(secured(server, tmp_path, login=TokenLogin(SENDER, Tokens("wrong-token"))), 1)
    assert kinds(good + bad) == "taken stop"
    assert "SMTP.SendAsApp" in bad[0].reply
    assert "wrong-token" not in bad[0].reply


async def test_no_token_no_connection(tmp_path: Path) -> None:
    """Trouble with tokens is LATER, a refused app is STOP, and the mail server hears of neither."""
    with ScriptedSmtp(offers=Offers(token="t"), certificates=CERTIFICATES) as server:
        tokens = Tokens(MailServerTrouble("No tokens now.", 60), MailServerUnusable("No tokens."))
        outcomes = await send(secured(server, tmp_path, login=TokenLogin(SENDER, tokens)), 1, 2)
    assert kinds(outcomes) == "later stop"
    assert outcomes[0].wait_seconds == 60
    assert server.connections == 0


async def test_checking_the_login_sends_nothing(tmp_path: Path) -> None:
    """`check_login` says what was found, or raises the sentence."""
    with ScriptedSmtp(offers=Offers(login=(SENDER, PASSWORD)), certificates=CERTIFICATES) as server:
        found = await secured(server, tmp_path).check_login()
        with pytest.raises(MailServerUnusable, match="refused the login"):
            await secured(server, tmp_path, login=PasswordLogin(SENDER, "wrong")).check_login()
    assert found == f"127.0.0.1:{server.port}: TLSv1.3, login accepted, messages up to 10 MB"
    assert not any("MAIL" in line for line, _ in server.commands)


def test_secrets_are_in_no_picture_of_a_login() -> None:
    """A login printed by accident shows neither password nor token."""
    assert PASSWORD not in repr(PasswordLogin(SENDER, PASSWORD))
    assert "tok" not in repr(TokenLogin(SENDER, Tokens("tok"))).removeprefix("TokenLogin")


def test_encryption_of_this_century() -> None:
    """Nothing older than TLS 1.2, names checked, certificates demanded; with the system's authorities too."""
    context = SmtpTransport(SmtpSettings("smtp.contoh.test", 587), None)._context  # noqa: SLF001 - what it would use
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


async def test_a_host_that_cannot_exist_has_no_address() -> None:
    """A socket raises no error of the library, nor of the system, for such a name."""
    outcomes = await send(SmtpTransport(SmtpSettings("a..b", 587), None), 1, 2)
    assert kinds(outcomes) == "stop stop"
    assert "The mail server a..b:587 has no address; check mail.host" in outcomes[0].reply
