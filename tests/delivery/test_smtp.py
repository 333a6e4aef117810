"""Sending to a server that does as it is told: what each fault comes to, and that none touches another message."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rkreport.core.delivery import Outcome, OutcomeKind
from rkreport.core.message import Composed, Sender
from rkreport.delivery.mime import Attachment, build_message
from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import PasswordLogin, SmtpSettings, TokenLogin
from rkreport.errors import ConfigError, MailServerTrouble, MailServerUnusable
from tests.delivery.scripted_smtp import Certificates, Do, Fault, Offers, ScriptedSmtp, Step

SENDER = "ld@contoh.test"
BUDI = "budi.s@contoh.test"
PASSWORD = "k4ta-Sandi-rahasia"
CERTIFICATES = Certificates()


def letter(number: int = 1, recipient: str = BUDI, **overrides: Any) -> EmailMessage:
    """A message with a number."""
    fields: dict[str, Any] = {
        "sender": Sender("L&D", SENDER),
        "reply_to": SENDER,
        "recipient": recipient,
        "cc": (),
        "attachment": Attachment("M-001_2026-10_rev1.xlsx", b"PK\x03\x04" * 50),
        "message_id": f"<rk.2026-10.{number:032d}@contoh.test>",
        "date": datetime(2026, 11, 2, 8, 30, tzinfo=ZoneInfo("Asia/Jakarta")),
        "language": "id",
    } | overrides
    return build_message(Composed("Kepatuhan", "Halo\n.\n..\nFrom\n", "<p>Halo</p>\n"), **fields)


class Steps:
    """Counts how often the engine would have written `sending`."""

    def __init__(self) -> None:
        """None yet."""
        self.count = 0

    def __call__(self) -> None:
        """One more."""
        self.count += 1


def plain(server: ScriptedSmtp, **overrides: Any) -> SmtpTransport:
    """A transport without encryption, which only this machine's own server may have."""
    settings = SmtpSettings("127.0.0.1", server.port, "none", timeout_seconds=5, text_timeout_seconds=5)
    return SmtpTransport(settings, overrides.get("login"))


def secured(server: ScriptedSmtp, tmp_path: Path, **overrides: Any) -> SmtpTransport:
    """A transport with STARTTLS that trusts the test's own authority."""
    ca_file = CERTIFICATES.write_ca(tmp_path / "ca.pem")
    fields: dict[str, Any] = {"security": "starttls", "ca_file": ca_file, "timeout_seconds": 5} | overrides
    login = fields.pop("login", PasswordLogin(SENDER, PASSWORD))
    return SmtpTransport(SmtpSettings(fields.pop("host", "127.0.0.1"), server.port, **fields), login)


async def send(
    transport: SmtpTransport,
    *numbers: int,
    recipients: Sequence[str] = (BUDI,),
    before_text: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Send numbered messages over one transport."""
    async with transport:
        return [await transport.deliver(letter(one), SENDER, recipients, before_text) for one in numbers]


def kinds(outcomes: Sequence[Outcome]) -> str:
    """The kinds, in words."""
    return " ".join(one.kind.value for one in outcomes)


# ---- the good case


async def test_many_messages_go_over_one_connection(tmp_path: Path) -> None:
    """Encrypted before the login and before any address, in one connection, and byte for byte as built."""
    accept_log = tmp_path / "accepted"
    offers = Offers(login=(SENDER, PASSWORD))
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES, accept_log=accept_log) as server:
        outcomes = await send(secured(server, tmp_path), 1, 2, 3)
    assert kinds(outcomes) == "taken taken taken"
    assert outcomes[0].reply == "250 2.0.0 Ok: queued as 4F2A"
    assert server.connections == 1
    assert [line.split()[0] for line, is_tls in server.commands if not is_tls] == ["EHLO", "STARTTLS"]
    assert [one.content for one in server.taken] == [letter(one).as_bytes() for one in (1, 2, 3)]
    assert len(accept_log.read_text().splitlines()) == 3


async def test_reports_of_failure_are_asked_for(tmp_path: Path) -> None:
    """Headers only, so that no report mails the workbook around, and named by the message's own id."""
    with ScriptedSmtp() as server:
        await send(plain(server), 1)
    taken = server.taken[0]
    assert f"SIZE={len(letter(1).as_bytes())} RET=HDRS ENVID=rk.2026-10.{1:032d}@contoh.test" in taken.mail_options
    assert taken.rcpt_options == ("NOTIFY=FAILURE,DELAY",)


async def test_nothing_is_asked_of_a_server_that_offers_nothing() -> None:
    """A server without extensions gets bare commands."""
    with ScriptedSmtp(offers=Offers(starttls=False, size=None, smtputf8=False, dsn=False)) as server:
        assert kinds(await send(plain(server), 1)) == "taken"
    assert (server.taken[0].mail_options, server.taken[0].rcpt_options) == ("", ("",))


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    """`security = "tls"` sends nothing unencrypted."""
    offers = Offers(is_tls=True, login=(SENDER, PASSWORD))
    with ScriptedSmtp(offers=offers, certificates=CERTIFICATES) as server:
        assert kinds(await send(secured(server, tmp_path, security="tls"), 1)) == "taken"
    assert all(is_tls for _, is_tls in server.commands)


async def test_the_disk_knows_before_the_text_goes() -> None:
    """`before_text` runs once per message: after every recipient was taken, before DATA."""
    seen: list[list[str]] = []
    with ScriptedSmtp() as server:
        await send(
            plain(server), 1, 2, before_text=lambda: seen.append([line.split()[0] for line, _ in server.commands])
        )
    assert seen == [["EHLO", "MAIL", "RCPT"], ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT"]]


async def test_nothing_goes_when_the_disk_fails() -> None:
    """What `before_text` raises goes up, and the text stays here; the transport is fit for another message."""
    with ScriptedSmtp() as server:
        async with plain(server) as transport:

            def full() -> None:
                raise OSError("disk full")

            with pytest.raises(OSError, match="disk full"):
                await transport.deliver(letter(1), SENDER, [BUDI], full)
            outcome = await transport.deliver(letter(2), SENDER, [BUDI], lambda: None)
    assert outcome.kind is OutcomeKind.TAKEN
    assert server.message_ids == [f"<rk.2026-10.{2:032d}@contoh.test>"]


async def test_copies_are_recipients_of_the_same_message() -> None:
    """To and cc are named to the server, each once."""
    with ScriptedSmtp() as server:
        await send(plain(server), 1, recipients=[BUDI, "siti@contoh.test", BUDI])
    assert server.taken[0].recipients == (BUDI, "siti@contoh.test")


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


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_a_file_that_is_no_certificate(tmp_path: Path, content: bytes | None) -> None:
    """Is told before anything is connected, with the key and the file."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"mail\.ca_file: .*ca\.pem"):
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


# ---- each step refuses, cuts and hangs; the message before and the one after go through


BEFORE_TEXT = [Step.SENDER, Step.RECIPIENT, Step.DATA]


@pytest.mark.parametrize("step", BEFORE_TEXT)
@pytest.mark.parametrize("instead", ["450 4.7.1 Greylisted", "421 4.3.2 Closing", Do.CUT, Do.HANG])
async def test_faults_before_the_text_take_nothing(step: Step, instead: str | Do) -> None:
    """Refused for now, cut or silent before the text: LATER, and the next message is not touched."""
    with ScriptedSmtp(Fault(step, instead, after=1, times=2)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", timeout_seconds=0.3)
        async with SmtpTransport(settings, None) as transport:
            first = await transport.deliver(letter(1), SENDER, [BUDI], lambda: None)
            second = await transport.deliver(letter(2), SENDER, [BUDI], lambda: None)
            server.faults.clear()
            third = await transport.deliver(letter(3), SENDER, [BUDI], lambda: None)
    assert kinds([first, second, third]) == "taken later taken"
    assert len(server.message_ids) == 2


@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.DATA, Step.TEXT])
async def test_a_refused_message_leaves_the_others_alone(step: Step) -> None:
    """A 5xx is final for this message; the next goes over the same connection."""
    with ScriptedSmtp(Fault(step, "550 5.1.1 <budi.s@contoh.test>: no such user", after=1)) as server:
        outcomes = await send(plain(server), 1, 2, 3)
    assert kinds(outcomes) == "taken refused taken"
    assert outcomes[1].reply == "550 5.1.1 <(address)>: no such user"
    assert server.connections == 1


@pytest.mark.parametrize("instead", [Do.CUT, Do.CUT_DURING, Do.TAKE_AND_CUT, Do.HANG, Do.TAKE_AND_HANG, "? what"])
async def test_no_answer_to_the_text_is_a_doubt(instead: str | Do) -> None:
    """Taken or not, the client cannot tell: UNKNOWN in all cases, and the next message goes."""
    with ScriptedSmtp(Fault(Step.TEXT, instead, after=1)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", timeout_seconds=5, text_timeout_seconds=0.3)
        outcomes = await send(SmtpTransport(settings, None), 1, 2, 3)
    assert kinds(outcomes) == "taken unknown taken"
    assert len(server.message_ids) == (3 if instead in {Do.TAKE_AND_CUT, Do.TAKE_AND_HANG} else 2)


@pytest.mark.parametrize("answer", ["451 4.3.0 Disk full", "421 4.3.2 Going down"])
async def test_an_answered_text_is_no_doubt(answer: str) -> None:
    """A 4xx after the text says that it was not taken."""
    with ScriptedSmtp(Fault(Step.TEXT, answer)) as server:
        assert kinds(await send(plain(server), 1, 1)) == "later taken"
    assert len(server.message_ids) == 1


@pytest.mark.parametrize("step", [Step.GREETING, Step.HELLO])
@pytest.mark.parametrize(
    ("instead", "kind"),
    [("421 4.3.2 Too busy", "later"), ("554 No service", "stop"), (Do.CUT, "later"), (Do.HANG, "later")],
)
async def test_a_server_that_does_not_let_us_in(step: Step, instead: str | Do, kind: str) -> None:
    """Busy, cut or silent: later; a 5xx at the door: the end."""
    with ScriptedSmtp(Fault(step, instead)) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", timeout_seconds=0.3)
        outcomes = await send(SmtpTransport(settings, None), 1)
    assert kinds(outcomes) == kind
    assert "127.0.0.1" in outcomes[0].reply


@pytest.mark.parametrize("instead", ["421 4.4.2 Idle for too long", Do.CUT])
async def test_a_connection_that_was_closed_is_opened_again(instead: str | Do) -> None:
    """A server that had enough of a connection costs no message its turn."""
    with ScriptedSmtp(Fault(Step.SENDER, instead, after=1)) as server:
        assert kinds(await send(plain(server), 1, 2)) == "taken taken"
    assert server.connections == 2


async def test_a_connection_closed_while_idle_is_opened_again() -> None:
    """As a server does while the pace lets nothing go."""
    steps = Steps()
    with ScriptedSmtp() as server:
        async with plain(server) as transport:
            first = await transport.deliver(letter(1), SENDER, [BUDI], steps)
            server.drop_connections()
            second = await transport.deliver(letter(2), SENDER, [BUDI], steps)
    assert kinds([first, second]) == "taken taken"
    assert (server.connections, steps.count) == (2, 2)


async def test_nobody_listens() -> None:
    """A port without a server is LATER, with a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcomes = await send(SmtpTransport(SmtpSettings("127.0.0.1", port, "none"), None), 1)
    assert kinds(outcomes) == "later"
    assert outcomes[0].reply.startswith(f"The mail server 127.0.0.1:{port} cannot be reached (nothing listens there)")


async def test_a_cancelled_text_leaves_no_connection() -> None:
    """Ctrl-C while the text is on its way: the rest is not sent behind our back."""
    with ScriptedSmtp(Fault(Step.TEXT, Do.HANG)) as server:
        async with plain(server) as transport:
            began = asyncio.Event()
            task = asyncio.create_task(transport.deliver(letter(1), SENDER, [BUDI], began.set))
            await began.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            outcome = await transport.deliver(letter(2), SENDER, [BUDI], lambda: None)
    assert outcome.kind is OutcomeKind.TAKEN
    assert server.connections == 2


# ---- recipients


async def test_a_refused_copy_does_not_keep_the_manager_from_theirs() -> None:
    """The message goes, and the reply tells of the copy without naming it."""
    with ScriptedSmtp(Fault(Step.RECIPIENT, "550 5.1.1 <x@y.test> unknown", recipient="x@y.test")) as server:
        outcomes = await send(plain(server), 1, recipients=[BUDI, "x@y.test"])
    assert kinds(outcomes) == "taken"
    assert outcomes[0].reply.startswith("1 of 1 copies not taken (550 5.1.1 <(address)> unknown); 250 2.0.0 Ok")
    assert server.taken[0].recipients == (BUDI,)


async def test_a_refused_copy_is_told_of_in_doubt_too() -> None:
    """The answer to the text is lost: what became of the copy is known all the same."""
    faults = (Fault(Step.RECIPIENT, "450 4.2.1 Busy", recipient="x@y.test"), Fault(Step.TEXT, Do.TAKE_AND_CUT))
    with ScriptedSmtp(*faults) as server:
        outcomes = await send(plain(server), 1, recipients=[BUDI, "x@y.test"])
    assert kinds(outcomes) == "unknown"
    assert outcomes[0].reply.startswith("1 of 1 copies not taken (450 4.2.1 Busy); ")


async def test_a_refused_manager_sends_no_copies() -> None:
    """Without its recipient the message goes to nobody."""
    steps = Steps()
    with ScriptedSmtp(Fault(Step.RECIPIENT, "550 5.1.1 unknown", recipient=BUDI)) as server:
        outcomes = await send(plain(server), 1, recipients=[BUDI, "siti@contoh.test"], before_text=steps)
    assert kinds(outcomes) == "refused"
    assert (server.taken, steps.count) == ([], 0)


@pytest.mark.parametrize(
    "address", ["a@x.test, b@y.test", "<a@x.test>", "a@x.test\r\nRCPT TO:<b@y.test>", "a b@x.test"]
)
async def test_only_bare_addresses_reach_the_server(address: str) -> None:
    """An address that the strict reading would never give is a bug, not a command."""
    with ScriptedSmtp() as server, pytest.raises(ValueError, match="bare addresses"):
        await send(plain(server), 1, recipients=[address])
    assert server.commands == []


@pytest.mark.parametrize("local", ["o'neil", "a+b", "a=b&c", "~x~", "a_b-c.d"])
async def test_addresses_arrive_as_they_are(local: str) -> None:
    """The library quotes none of the marks that addresses may have."""
    address = f"{local}@contoh.test"
    with ScriptedSmtp() as server:
        await send(plain(server), 1, recipients=[address])
    assert server.taken[0].recipients == (address,)


async def test_letters_beyond_ascii_need_a_server_that_takes_them() -> None:
    """With SMTPUTF8 the address arrives whole; without it this message is refused and the next one goes."""
    wanted = "bùdi@contoh.test"
    with ScriptedSmtp() as able, ScriptedSmtp(offers=Offers(starttls=False, smtputf8=False)) as unable:
        async with plain(able) as transport:
            taken = await transport.deliver(letter(1, wanted), SENDER, [wanted], lambda: None)
        async with plain(unable) as transport:
            refused = await transport.deliver(letter(1, wanted), SENDER, [wanted], lambda: None)
            other = await transport.deliver(letter(2), SENDER, [BUDI], lambda: None)
    assert kinds([taken, refused, other]) == "taken refused taken"
    assert "SMTPUTF8" in refused.reply
    assert able.taken[0].recipients == (wanted,)
    assert "SMTPUTF8 BODY=8BITMIME" in able.taken[0].mail_options
    read = message_from_string(able.taken[0].content.decode(), policy=policy.default)
    assert read["To"].addresses[0].addr_spec == wanted


async def test_a_name_beyond_ascii_needs_nothing() -> None:
    """A sender's name and a subject with accents travel as encoded words."""
    with ScriptedSmtp(offers=Offers(starttls=False, smtputf8=False)) as server:
        async with plain(server) as transport:
            message = letter(1, sender=Sender("Pelatihan – é", SENDER))
            outcome = await transport.deliver(message, SENDER, [BUDI], lambda: None)
    assert outcome.kind is OutcomeKind.TAKEN
    assert server.taken[0].content.isascii()


async def test_a_size_that_the_server_names_is_kept() -> None:
    """What is too large is refused before its recipient is named; the next message goes."""
    steps = Steps()
    with ScriptedSmtp(offers=Offers(starttls=False, size=3000)) as server:
        async with plain(server) as transport:
            large = letter(1, attachment=Attachment("besar.xlsx", b"x" * 3000))
            refused = await transport.deliver(large, SENDER, [BUDI], steps)
            taken = await transport.deliver(letter(2), SENDER, [BUDI], lambda: None)
    assert kinds([refused, taken]) == "refused taken"
    assert "mail.max_message_mb" in refused.reply
    assert (steps.count, sum(line.startswith("MAIL") for line, _ in server.commands)) == (0, 1)


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
