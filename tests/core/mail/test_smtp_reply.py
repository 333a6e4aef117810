"""Answers of mail servers, as they were seen or are documented, and what each means for the message."""

import re
from base64 import b64decode, b64encode
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.mail.delivery import OutcomeKind
from rkreport.core.mail.smtp_reply import (
    GREYLISTED_SECONDS,
    REPLY_LIMIT,
    THROTTLED_SECONDS,
    Phase,
    outcome_of,
    reply_text,
)

BUDI = "budi.s@contoh.test"


@pytest.mark.parametrize(
    ("code", "text", "phase", "seconds"),
    [
        (421, "4.3.2 System not accepting network messages", Phase.SENDER, THROTTLED_SECONDS),
        (421, "4.4.2 idle for too long", Phase.CONNECT, THROTTLED_SECONDS),
        (432, "4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending", Phase.SENDER, 60),
        (450, "4.7.1 <budi.s@contoh.test>: Recipient address rejected: Greylisted", Phase.RECIPIENT, 300),
        (451, "4.7.1 Greylisting in action, please come back in 5 minutes", Phase.RECIPIENT, 300),
        (450, "4.2.0 Greylisted, see http://postgrey.test/help; try again in 20 seconds", Phase.RECIPIENT, 20),
        (451, "Try again in 86400 seconds", Phase.RECIPIENT, 3600),
        (452, "4.2.2 The mailbox is over quota", Phase.RECIPIENT, GREYLISTED_SECONDS),
        (454, "4.7.0 Temporary authentication failure", Phase.LOGIN, GREYLISTED_SECONDS),
        (451, "4.3.0 Error: queue file write error", Phase.TEXT, GREYLISTED_SECONDS),
        (450, "4.7.28 Gmail has detected mail at an unusual pace", Phase.TEXT, THROTTLED_SECONDS),
    ],
)
def test_a_4xx_is_tried_again(code: int, text: str, phase: Phase, seconds: float) -> None:
    """Throttling waits a minute, greylisting five, and a server that says how long is believed within an hour."""
    outcome = outcome_of(code, text, phase=phase)
    assert (outcome.kind, outcome.wait_seconds) == (OutcomeKind.LATER, seconds)


@pytest.mark.parametrize(
    ("code", "text", "phase"),
    [
        (550, "5.1.1 <budi.s@contoh.test>: User unknown", Phase.RECIPIENT),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", Phase.TEXT),
        (550, "No such user here", Phase.RECIPIENT),
        (553, "5.1.3 not a valid address", Phase.RECIPIENT),
        (550, "5.2.1 The email account is inactive", Phase.RECIPIENT),
        (552, "5.3.4 Message size exceeds fixed limit", Phase.SENDER),
        (552, "5.2.3 Message too large", Phase.TEXT),
        (553, "5.6.7 Address is not ASCII", Phase.SENDER),
    ],
)
def test_a_refused_recipient_or_size_stops_nobody_else(code: int, text: str, phase: Phase) -> None:
    """Three mistyped addresses in a row are no policy of the server's."""
    outcome = outcome_of(code, text, phase=phase)
    assert (outcome.kind, outcome.policy_code) == (OutcomeKind.REFUSED, "")


@pytest.mark.parametrize(
    ("code", "text", "phase", "policy_code"),
    [
        (554, "5.7.1 Message rejected as spam", Phase.TEXT, "5.7.1"),
        (550, "5.7.1 Relaying denied", Phase.RECIPIENT, "5.7.1"),
        (554, "rejected for policy reasons", Phase.TEXT, "554"),
        (550, "5.7.26 This mail is unauthenticated", Phase.TEXT, "5.7.26"),
        (503, "5.5.1 Bad sequence", Phase.DATA, "5.5.1"),
    ],
)
def test_a_policy_is_told_by_its_code(code: int, text: str, phase: Phase, policy_code: str) -> None:
    """What is refused for what it is carries the code that the caller counts."""
    outcome = outcome_of(code, text, phase=phase)
    assert (outcome.kind, outcome.policy_code) == (OutcomeKind.REFUSED, policy_code)


@pytest.mark.parametrize(
    ("code", "text", "phase"),
    [
        (535, "5.7.8 Error: authentication failed", Phase.LOGIN),
        (535, "5.7.139 Authentication unsuccessful, basic authentication is disabled", Phase.LOGIN),
        (534, "5.7.9 Application-specific password required", Phase.LOGIN),
        (504, "5.5.4 Unrecognized authentication type", Phase.LOGIN),
        (530, "5.7.57 Client not authenticated to send mail", Phase.SENDER),
        (550, "5.7.30 Basic authentication is not supported for Client Submission", Phase.TEXT),
        (554, "5.2.252 SendAsDenied; not allowed to send as this user", Phase.TEXT),
        (550, "5.1.90 Your message can't be sent because you've reached your daily limit", Phase.RECIPIENT),
        (550, "5.4.5 Daily user sending limit exceeded", Phase.TEXT),
        (554, "5.2.0 STOREDRV.Submission.Exception: submission quota exceeded", Phase.TEXT),
        (554, "5.7.1 You may not send as this sender", Phase.SENDER),
        (554, "No SMTP service here", Phase.CONNECT),
    ],
)
def test_what_would_befall_all_stops(code: int, text: str, phase: Phase) -> None:
    """A login, a sender or a used-up allowance is not tried again with the next message."""
    assert outcome_of(code, text, phase=phase).kind is OutcomeKind.STOP


def test_only_a_text_is_taken() -> None:
    """A 2xx to the text is the one good end; elsewhere it decides nothing and asking is a bug."""
    assert outcome_of(250, "2.0.0 Ok: queued as 4F2A", phase=Phase.TEXT).kind is OutcomeKind.TAKEN
    with pytest.raises(ValueError, match="decides nothing"):
        outcome_of(250, "2.1.5 Ok", phase=Phase.RECIPIENT)


@pytest.mark.parametrize("code", [-1, 0, 99, 199, 354, 600, 999])
def test_no_answer_at_all_after_the_text_is_a_doubt(code: int) -> None:
    """Gibberish after the text leaves open whether it was taken; before it nothing was."""
    assert outcome_of(code, "?", phase=Phase.TEXT).kind is OutcomeKind.UNKNOWN
    if code != 354:
        assert outcome_of(code, "?", phase=Phase.DATA).kind is OutcomeKind.LATER


def test_a_reply_is_one_line_that_names_nobody() -> None:
    """Lines are joined, the enhanced code stands once, and addresses are gone in whole and by their first part."""
    text = "5.1.1 <Budi.S@contoh.test>: no mailbox\n5.1.1 budi.s here\x00\u202e (mailto:budi.s%40contoh.test)"
    assert reply_text(550, text, hide=[BUDI]) == "550 5.1.1 <(address)>: no mailbox (address) here (mailto:(address))"


AYU = "ayu.putra.lubis@contoh.test"
LOGIN = b"\0ayu.putra.lubis\0secret"


@pytest.mark.parametrize(
    "said",
    [
        *("no such user Budi Santoso", "mailbox of SANTOSO, budi is full", "user ayu.putra.lubis unknown"),
        *("user Ayu Putra Lubis unknown", "/var/mail/ayu_putra_lubis: no such file", "user ayu-lubis unknown"),
        *("user ayuputralubis unknown", "user ay\u200bu and lu\ufe0fbis", "ayu.putra.lubis(at)contoh.test"),
        *("=?utf-8?q?ayu.putra.lubis=40contoh.test?=", "ayu.putra.lubis @contoh.test"),
        f"rcpt {b64encode(AYU.encode()).decode()} refused",
        f"rcpt {b64encode(AYU.encode()).decode().rstrip('=')}: refused",
        f"login {b64encode(b'Budi Santoso').decode()} refused",
        f"auth {b64encode(LOGIN).decode()} refused",
    ],
)
def test_a_reply_names_nobody_in_any_way(said: str) -> None:
    """Neither name nor mailbox, nor a word of them, in whatever spelling."""
    reply = reply_text(550, said, hide=["ld@contoh.test", AYU, "Budi Santoso"])
    assert "(address)" in reply
    plain = reply.casefold().translate({0xFE0F: None})
    decoded = [b64decode(f"{word}===").decode("utf-8", "replace") for word in re.findall("[A-Za-z0-9+/]{8,}", reply)]
    for word in ("ayu", "putra", "lubis", "budi", "santoso"):
        assert word not in plain
        assert not any(word in text.casefold() for text in decoded)


@pytest.mark.parametrize(
    ("said", "hide"),
    [
        ("Recipient address rejected: User unknown", ["mail.user@contoh.test", "The Admin"]),
        ("queued as 4F2A19C0ffeeAB12", ["ayu@contoh.test"]),
        ("Client was not authenticated to send anonymous mail during MAIL FROM", ["not.from@contoh.test"]),
        ("5.7.1 Kebayuran relay denied", ["ayu@contoh.test"]),
    ],
)
def test_a_reply_stays_readable(said: str, hide: list[str]) -> None:
    """What servers say of everybody is no name, and neither is a part of a longer word."""
    assert reply_text(550, said, hide=hide).endswith(said.removeprefix("5.7.1 "))


@pytest.mark.parametrize("unit", ["A", "a.b_c-", "(address) ", "=@", "ayu.", "a:"])
def test_a_long_answer_is_read_in_its_length(unit: str) -> None:
    """Four times as long takes no more than about four times as long, not sixteen."""
    short, long = (unit * (count // len(unit)) for count in (25_000, 100_000))

    def seconds(text: str) -> float:
        begun = process_time()
        reply_text(550, text, hide=[AYU, "Budi Santoso"])
        return process_time() - begun

    assert seconds(long) < 10 * min(seconds(short) for _ in range(2)) + 0.1


def test_a_long_reply_is_cut() -> None:
    """At 200 characters, with a mark."""
    reply = reply_text(554, "word " * 100)
    assert len(reply) <= REPLY_LIMIT
    assert reply.endswith("…")


@given(st.integers(-1, 999), st.text(), st.sampled_from(Phase), st.lists(st.emails(), max_size=2))
def test_whatever_is_answered_is_read(code: int, text: str, phase: Phase, names: list[str]) -> None:
    """No text breaks it, and no reply holds an @ or a line break."""
    if 200 <= code < 400 and phase is not Phase.TEXT:
        return
    outcome = outcome_of(code, " ".join([text, *names]), phase=phase, hide=names)
    assert "@" not in outcome.reply
    assert outcome.reply.splitlines() == [outcome.reply]
    assert len(outcome.reply) <= REPLY_LIMIT
