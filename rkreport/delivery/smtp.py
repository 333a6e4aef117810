"""Sends messages to a mail server step by step, and knows at each step whether the server can have taken one.

Knows the order of the commands and their arguments. Must not know what answers mean (`core.mail.smtp_reply`), how to
connect (`smtp_connection`), nor how often and when to try.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from aiosmtplib import SMTP, SMTPRecipientRefused, SMTPResponseException

from rkreport.core.mail.delivery import Outcome, OutcomeKind
from rkreport.core.mail.smtp_reply import REPLY_LIMIT, Phase, outcome_of
from rkreport.delivery.mime import Message
from rkreport.delivery.smtp_connection import Login, SmtpSettings, abort, open_connection, tls_context
from rkreport.delivery.smtp_errors import LIBRARY_ERRORS, outcome_of_error, outcome_of_own
from rkreport.errors import MailServerSilent, MailServerTrouble, MailServerUnusable
from rkreport.sentence import Sentence, joined

_GO_AHEAD = 354
_CLOSING = 421
_GOODBYE_SECONDS = 5.0
_BARE_LINE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_LONGEST_ID = 100  # of an envelope; RFC 3461
_XTEXT_SPECIAL = re.compile(r"[^!-*,-<>-~]")  # RFC 3461: printable without + and =


class SmtpTransport:
    """A mail server with one connection for all messages, opened on demand, and again if the server closed it."""

    def __init__(self, settings: SmtpSettings, login: Login | None) -> None:
        """Take the server and the login.

        Raises:
            ConfigError: the file of certificates cannot be used.
        """
        self._settings = settings
        self._login = login
        self._context = tls_context(settings)
        self._smtp: SMTP | None = None
        self._stop: Outcome | None = None
        self._has_answered = False

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Quit politely if all is well, and close."""
        if self._is_open and self._smtp and error is None:
            with suppress(*LIBRARY_ERRORS):
                await self._smtp.quit(timeout=_GOODBYE_SECONDS)
        self._abort()

    async def deliver(
        self, message: Message, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
    ) -> Outcome:
        """As `Transport.deliver`. A refused copy stops no other recipient; the reply mentions it.

        After STOP it tries no more: each refused login counts towards a locked account.
        """
        _heed_cancellation()
        if self._stop:
            return self._stop
        envelope = _Envelope.of(message, sender, recipients)
        was_open = self._is_open
        agreed = await self._agree(envelope)
        if was_open and isinstance(agreed, Outcome) and agreed.kind is OutcomeKind.LATER and not self._is_open:
            agreed = await self._agree(envelope)  # the server had closed the idle connection
        if isinstance(agreed, Outcome):
            return await self._settled(agreed)
        smtp, refused_copies = agreed
        try:
            before_text()
            outcome = await self._send_text(smtp, envelope)
        except BaseException:
            self._abort()
            raise
        if outcome.kind in {OutcomeKind.TAKEN, OutcomeKind.UNKNOWN} and refused_copies:
            missed = len(refused_copies) if outcome.kind is OutcomeKind.TAKEN else 0
            note = copies_note(refused_copies, len(envelope.recipients) - 1)
            reply = Sentence("{note}; {reply}", note=note, reply=outcome.reply)[:REPLY_LIMIT]
            outcome = replace(outcome, reply=reply, copies_missed=missed)
        return await self._settled(outcome)

    async def check_login(self) -> str:
        """Connect, encrypt, log in and quit; say briefly what was found.

        Raises:
            MailServerTrouble: a later try may succeed.
            MailServerUnusable: this configuration cannot work.
        """
        smtp = await open_connection(self._settings, self._login, self._context)
        secured = smtp.get_transport_info("ssl_object")
        size = _size_limit(smtp)
        found = [secured.version() if secured else Sentence("not encrypted")]
        found.append(Sentence("login accepted" if self._login else "no login"))
        found += [Sentence("messages up to {size:.0f} MB", size=size / 1_000_000)] if size else []
        with suppress(*LIBRARY_ERRORS):
            await smtp.quit(timeout=_GOODBYE_SECONDS)
        abort(smtp)
        return Sentence("{server}: ", server=self._settings.server) + joined(", ", found)

    @property
    def _is_open(self) -> bool:
        return self._smtp is not None and self._smtp.is_connected

    def _abort(self) -> None:
        if self._smtp is not None:
            abort(self._smtp)
        self._smtp = None

    async def _agree(self, envelope: "_Envelope") -> "tuple[SMTP, list[str]] | Outcome":
        """Do every step before the text. Return the connection and the reply to each refused copy, or the failure.

        The server cannot have taken the message yet.
        """
        phase = Phase.CONNECT
        try:
            if self._smtp is None or not self._smtp.is_connected:
                self._smtp = await open_connection(self._settings, self._login, self._context)
                self._has_answered = True
            smtp = self._smtp
            if unfit := envelope.unfit_for(smtp):
                return Outcome(OutcomeKind.REFUSED, unfit)
            phase = Phase.SENDER
            await smtp.mail(envelope.sender, options=envelope.mail_options(smtp), encoding=envelope.encoding)
            phase = Phase.RECIPIENT
            return smtp, await self._name_recipients(smtp, envelope)
        except (MailServerTrouble, MailServerUnusable) as error:
            outcome = outcome_of_own(error)
            is_silent = isinstance(error, MailServerSilent) and not self._has_answered
            return replace(outcome, kind=OutcomeKind.STOP) if is_silent else outcome  # it would stop every message
        except LIBRARY_ERRORS as error:
            if not isinstance(error, SMTPResponseException):
                self._abort()
            return outcome_of_error(error, phase, server=self._settings.server, hide=envelope.hidden)
        except BaseException:
            self._abort()
            raise

    async def _name_recipients(self, smtp: SMTP, envelope: "_Envelope") -> list[str]:
        """Name the recipient, which must be accepted, and the copies; return the reply to each refused copy."""
        first, *copies = envelope.recipients
        options = ["NOTIFY=FAILURE,DELAY"] if smtp.supports_extension("dsn") else []
        await smtp.rcpt(first, options=options, encoding=envelope.encoding)
        refused: list[str] = []
        for copy in copies:
            try:
                await smtp.rcpt(copy, options=options, encoding=envelope.encoding)
            except SMTPRecipientRefused as error:
                if error.code == _CLOSING:
                    raise
                outcome = outcome_of_error(error, Phase.RECIPIENT, server="", hide=envelope.hidden)
                refused.append(outcome.reply)
        return refused

    async def _send_text(self, smtp: SMTP, envelope: "_Envelope") -> Outcome:
        phase, server, hide = Phase.DATA, self._settings.server, envelope.hidden
        try:
            response = await smtp.execute_command(b"DATA")
            protocol = smtp.protocol
            if response.code != _GO_AHEAD or protocol is None:
                raise SMTPResponseException(response.code, response.message)
            _heed_cancellation()
            protocol.write(envelope.text())  # raises if closed, and then no byte was sent
            phase = Phase.TEXT
            response = await protocol.read_response(timeout=self._settings.text_timeout_seconds)
        except LIBRARY_ERRORS as error:
            if not isinstance(error, SMTPResponseException):
                self._abort()
            return outcome_of_error(error, phase, server=server, hide=hide)
        return outcome_of(response.code, response.message, phase=phase, hide=hide)

    async def _settled(self, outcome: Outcome) -> Outcome:
        """Make the connection ready for the next message, or close it."""
        if outcome.kind is OutcomeKind.STOP:
            self._stop = outcome
            self._abort()
        elif outcome.kind is OutcomeKind.UNKNOWN:
            self._abort()
        elif outcome.kind is not OutcomeKind.TAKEN and self._is_open and self._smtp:
            try:
                await self._smtp.rset()
            except LIBRARY_ERRORS:
                self._abort()
        return outcome


@dataclass(frozen=True, slots=True)
class _Envelope:
    """A message as sent, with the sender and recipients that the server is told."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    needs_utf8: bool
    report_id: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, message: Message, sender: str, recipients: Sequence[str]) -> Self:
        """Encode the message.

        Raises:
            ValueError: no recipient, or an address that is not from `parse_address`; a caller's bug.
        """
        everybody = tuple(dict.fromkeys(recipients))
        if not everybody or any(not _is_bare(address) for address in (sender, *everybody)):
            raise ValueError("a message needs bare addresses")
        content = message.content
        if _BARE_LINE_BREAK.search(content):
            raise ValueError("a message needs whole line ends; servers differ in how they read others")
        head = content.partition(b"\r\n\r\n")[0]
        needs_utf8 = not (head.isascii() and "".join((sender, *everybody)).isascii())
        return cls(sender, everybody, content, needs_utf8, message.message_id.strip("<>")[:_LONGEST_ID], message.names)

    @property
    def hidden(self) -> tuple[str, ...]:
        """All addresses and names, which no shown reply may contain."""
        return (self.sender, *self.recipients, *self.names)

    @property
    def encoding(self) -> str:
        """The encoding of the addresses."""
        return "utf-8" if self.needs_utf8 else "ascii"

    def unfit_for(self, smtp: SMTP) -> str:
        """Say why this server cannot take the message, by what it offers; `""` if it can."""
        limit = _size_limit(smtp)
        if limit and len(self.content) > limit:
            mb = 1_000_000
            return Sentence(
                "The message has {content:.1f} MB and the mail server takes {limit:.1f} MB; lower"
                " mail.max_message_mb, and it goes out without the workbook.",
                content=len(self.content) / mb,
                limit=limit / mb,
            )
        if self.needs_utf8 and not (smtp.supports_extension("smtputf8") and smtp.supports_extension("8bitmime")):
            return (
                "The address has letters that the mail server cannot take (it offers no SMTPUTF8); write another"
                " address of the same person in the list of managers."
            )
        return ""

    def mail_options(self, smtp: SMTP) -> list[str]:
        """Return the options after the sender. RET=HDRS: a failure report must not contain the workbook."""
        options: list[str] = []
        if smtp.supports_extension("size"):
            options.append(f"SIZE={len(self.content)}")
        if self.needs_utf8:
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        if smtp.supports_extension("dsn"):
            options += ["RET=HDRS", f"ENVID={_xtext(self.report_id)}"]
        return options

    def text(self) -> bytes:
        """Return the message as sent after DATA, with its end mark."""
        end = b"" if self.content.endswith(b"\r\n") else b"\r\n"
        return _LINE_START_DOT.sub(b"..", self.content) + end + b".\r\n"


def copies_note(refused: Sequence[str], of: int) -> str:
    """Return the beginning of a reply that lists refused copies."""
    return Sentence("{refused} of {of} copies not taken ({why})", refused=len(refused), of=of, why=refused[0])


def _heed_cancellation() -> None:
    """Raise a pending Ctrl-C: Python 3.11 forgets one that arrives together with an answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _is_bare(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and not re.search(r"[\s<>,;\"\\\x00-\x20\x7f]", address)


def _size_limit(smtp: SMTP) -> int:
    """Return the largest message that the server takes; 0 if it does not say."""
    said = smtp.esmtp_extensions.get("size", "")
    return int(said) if said.isascii() and said.isdecimal() else 0


def _xtext(text: str) -> str:
    def encoded() -> Iterator[str]:
        for byte in text.encode():
            char = chr(byte)
            yield f"+{byte:02X}" if _XTEXT_SPECIAL.match(char) else char

    return "".join(encoded())
