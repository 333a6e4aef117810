"""Sending to a server that does as it is told: what each fault comes to, and that none touches another message."""

import asyncio
import socket
from email import message_from_string, policy
from pathlib import Path

import pytest

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import OutcomeKind
from rkreport.delivery.mime import Attachment
from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import SmtpSettings
from tests.delivery.scripted_smtp import Do, Fault, Offers, ScriptedSmtp, Step
from tests.delivery.sending import BUDI, CERTIFICATES, PASSWORD, SENDER, Steps, kinds, letter, plain, secured, send

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
    assert [one.content for one in server.taken] == [letter(one).content for one in (1, 2, 3)]
    assert len(accept_log.read_text().splitlines()) == 3


async def test_reports_of_failure_are_asked_for(tmp_path: Path) -> None:
    """Headers only, so that no report mails the workbook around, and named by the message's own id."""
    with ScriptedSmtp() as server:
        await send(plain(server), 1)
    taken = server.taken[0]
    assert f"SIZE={len(letter(1).content)} RET=HDRS ENVID=rk.2026-10.{1:032d}@contoh.test" in taken.mail_options
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
    """Busy, cut or silent: later; a 5xx at the door, or never a word: the end."""
    if (step, instead) == (Step.GREETING, Do.HANG):
        kind = "stop"
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


@pytest.mark.parametrize("was_there", [False, True])
async def test_a_port_that_never_answers_is_given_up(was_there: bool) -> None:  # noqa: FBT001 - a case
    """After a while with a hint at the ports, and for all messages; one that answered before may come back."""
    faults = [Fault(Step.SENDER, Do.CUT, after=1), Fault(Step.GREETING, Do.HANG, after=1)] if was_there else []
    with ScriptedSmtp(*(faults or [Fault(Step.GREETING, Do.HANG, times=None)])) as server:
        settings = SmtpSettings("127.0.0.1", server.port, "none", greeting_timeout_seconds=0.3)
        outcomes = await send(SmtpTransport(settings, None), 1, 2)
    assert kinds(outcomes) == ("taken later" if was_there else "stop stop")
    assert outcomes[-1].reply == (
        f"The mail server 127.0.0.1:{server.port} does not answer; check mail.host, mail.port and the network (port 587"
        ' goes with security = "starttls", port 465 with "tls").'
    )
    assert SmtpSettings("h", 1).greeting_timeout_seconds == 15


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
