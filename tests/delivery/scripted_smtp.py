"""A mail server that does as it is told: refuses, delays, cuts and hangs at any step, and notes all it sees.

It runs in threads of its own, so that a test may drive a whole command against it. What it takes is in its accept log,
on the disk, before it says so: the log is the judge of what was sent, whoever was killed when.

    with ScriptedSmtp(Fault(Step.RECIPIENT, "450 4.7.1 Greylisted"), accept_log=path) as server: ...
"""

import base64
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import NoReturn, Self

from tests.delivery.certificates import Certificates


class Step(StrEnum):
    """Where in the conversation."""

    GREETING = "greeting"
    HELLO = "hello"
    STARTTLS = "starttls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"  # the answer to the command, before any text
    TEXT = "text"  # the answer to the text


class Do(Enum):
    """What to do instead of answering."""

    CUT = "cut"  # close the connection; after the text: without taking it
    CUT_DURING = "cut during"  # the text, after its first bytes
    TAKE_AND_CUT = "take and cut"  # take the message, close without saying so
    HANG = "hang"  # say nothing until the client goes away
    TAKE_AND_HANG = "take and hang"


@dataclass(slots=True)
class Fault:
    """What happens at a step in place of the usual answer, how often, and to whom. `times` None: for ever.

    `instead` is an answer, such as `450 4.7.1 Later`, or what to do. `after` lets so many pass first. A `421` is
    followed by a closed connection, as the standard demands.
    """

    step: Step
    instead: str | Do
    times: int | None = 1
    recipient: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the server answers for."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    mail_options: str
    rcpt_options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What the server offers. `login` None: it wants none; a `token` wants XOAUTH2."""

    starttls: bool = True
    is_tls: bool = False  # from the first byte
    login: tuple[str, str] | None = None
    token: str = ""
    mechanisms: str = "PLAIN LOGIN"
    size: int | None = 10_000_000
    smtputf8: bool = True
    dsn: bool = True


class _Gone(Exception):
    """The conversation is over."""


@dataclass(slots=True)
class _Letter:
    sender: str = ""
    mail_options: str = ""
    recipients: list[str] = field(default_factory=list)
    rcpt_options: list[str] = field(default_factory=list)


class ScriptedSmtp:
    """The server. `commands` are all lines it got, each with whether it came encrypted."""

    def __init__(
        self,
        *faults: Fault,
        offers: Offers | None = None,
        certificates: Certificates | None = None,
        accept_log: Path | None = None,
        port: int = 0,
    ) -> None:
        """Listen on this machine, at `port` or a free one; STARTTLS is offered as soon as there are certificates."""
        self.faults = list(faults)
        self.offers = offers or Offers(starttls=certificates is not None)
        self.taken: list[Taken] = []
        self.summaries: list[bytes] = []
        self.commands: list[tuple[str, bool]] = []
        self.connections = 0
        self._context = certificates.server_context() if certificates else None
        self._accept_log = accept_log
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._is_closing = False
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        """Close everything, and wait until it is."""
        self._is_closing = True
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):  # ends the accept
            pass
        self.drop_connections()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    @property
    def message_ids(self) -> list[str]:
        """What was taken, in order."""
        return [one.message_id for one in self.taken]

    def drop_connections(self) -> None:
        """Close all connections, as a server does with idle ones."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _spawn(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]  # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._is_closing:
                connection.close()
                return
            self.connections += 1
            self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with self._known(connection), suppress(_Gone, OSError):
            if self.offers.is_tls and self._context:
                with self._context.wrap_socket(connection, server_side=True) as secured, self._known(secured):
                    _Conversation(self, secured, is_tls=True).run()
            else:
                _Conversation(self, connection, is_tls=False).run()

    @contextmanager
    def _known(self, connection: socket.socket) -> Iterator[None]:
        with self._lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def secure(self, connection: socket.socket) -> ssl.SSLSocket:
        """The server's side of STARTTLS."""
        assert self._context is not None
        secured = self._context.wrap_socket(connection, server_side=True)
        with self._lock:
            self._open.add(secured)
        return secured

    def fault_at(self, step: Step, recipient: str = "") -> str | Do | None:
        """What happens here in place of the usual."""
        with self._lock:
            for fault in self.faults:
                if fault.step is not step or fault.times == 0 or fault.recipient not in {"", recipient}:
                    continue
                if fault.after:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault.instead
        return None

    def take(self, letter: _Letter, content: bytes) -> None:
        """Answer for a message: it is on the disk when this returns."""
        found = re.search(rb"(?im)^message-id:\s*(\S+)", content)
        message_id = found[1].decode() if found else ""
        with self._lock:
            if message_id.startswith("<rk.summary."):  # to the admin, about the sending: no part of it, nor of its log
                self.summaries.append(content)
                return
            if self._accept_log:
                with self._accept_log.open("a", encoding="utf-8") as log:
                    log.write(f"{message_id} {' '.join(letter.recipients)}\n")
                    log.flush()
                    os.fsync(log.fileno())
            self.taken.append(
                Taken(
                    message_id,
                    letter.sender,
                    tuple(letter.recipients),
                    content,
                    letter.mail_options,
                    tuple(letter.rcpt_options),
                )
            )


class _Conversation:
    def __init__(self, server: ScriptedSmtp, connection: socket.socket, *, is_tls: bool) -> None:
        self._server = server
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._is_tls = is_tls
        self._is_logged_in = False
        self._letter = _Letter()

    def run(self) -> None:
        try:
            self._answer(Step.GREETING, "220 scripted.test ESMTP")
            while True:
                self._command(self._line())
        finally:
            self._lines.close()
            self._connection.close()

    def _line(self) -> str:
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise _Gone
        text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
        self._server.commands.append((text, self._is_tls))
        return text

    def _say(self, text: str) -> None:
        self._connection.sendall(text.encode() + b"\r\n")
        if text.startswith("421"):
            raise _Gone

    def _answer(self, step: Step, usual: str, recipient: str = "") -> bool:
        """Answer as usual or as told; True when as usual."""
        fault = self._server.fault_at(step, recipient)
        if isinstance(fault, Do):
            self._do(fault)
        self._say(fault or usual)
        return fault is None

    def _do(self, fault: Do) -> NoReturn:
        if fault in {Do.HANG, Do.TAKE_AND_HANG}:
            while self._lines.readline():
                pass
        raise _Gone

    def _command(self, line: str) -> None:
        verb = line.split(" ", 1)[0].upper()
        handlers = {
            "EHLO": self._hello,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
        }
        if verb == "QUIT":
            self._say("221 2.0.0 Bye")
            raise _Gone
        if verb == "RSET":
            self._letter = _Letter()
            self._say("250 2.0.0 Ok")
        elif verb in handlers:
            handlers[verb](line)
        else:
            self._say("502 5.5.2 Not known here")

    def _hello(self, _line: str) -> None:
        offers = self._server.offers
        lines = ["scripted.test", "ENHANCEDSTATUSCODES"]
        lines += ["STARTTLS"] if offers.starttls and not self._is_tls else []
        lines += [] if offers.size is None else [f"SIZE {offers.size}"]
        lines += ["SMTPUTF8", "8BITMIME"] if offers.smtputf8 else []
        lines += ["DSN"] if offers.dsn else []
        if offers.login or offers.token:
            lines.append("AUTH XOAUTH2" if offers.token else f"AUTH {offers.mechanisms}")
        usual = "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
        self._answer(Step.HELLO, usual)

    def _starttls(self, _line: str) -> None:
        if self._answer(Step.STARTTLS, "220 2.0.0 Go ahead"):
            self._lines.close()
            self._connection = self._server.secure(self._connection)
            self._lines = self._connection.makefile("rb")
            self._is_tls = True

    def _auth(self, line: str) -> None:
        _, mechanism, *initial = line.split(" ")
        offers = self._server.offers
        if mechanism == "XOAUTH2":
            said = base64.b64decode(initial[0]).decode()
            is_right = f"auth=Bearer {offers.token}\x01\x01" in said
            if not is_right:
                self._say("334 " + base64.b64encode(b'{"status":"401"}').decode())
                self._line()
        elif mechanism == "PLAIN":
            is_right = tuple(base64.b64decode(initial[0]).decode().split("\0")[1:]) == offers.login
        else:
            self._say("334 UGFzc3dvcmQ6")
            said = base64.b64decode(self._line()).decode()
            is_right = (base64.b64decode(initial[0]).decode(), said) == offers.login
        usual = "235 2.7.0 Welcome" if is_right else "535 5.7.8 Authentication credentials invalid"
        self._is_logged_in = self._answer(Step.LOGIN, usual) and is_right

    def _mail(self, line: str) -> None:
        wants_login = self._server.offers.login or self._server.offers.token
        if wants_login and not self._is_logged_in:
            self._say("530 5.7.0 Authentication required")
            return
        if self._letter.sender:
            self._say("503 5.5.1 Nested MAIL command")
            return
        found = re.match(r"(?i)MAIL FROM:<([^>]*)>\s*(.*)", line)
        assert found
        if self._answer(Step.SENDER, "250 2.1.0 Ok"):
            self._letter = _Letter(found[1], found[2])

    def _rcpt(self, line: str) -> None:
        found = re.match(r"(?i)RCPT TO:<([^>]*)>\s*(.*)", line)
        assert found
        if self._answer(Step.RECIPIENT, "250 2.1.5 Ok", found[1]):
            self._letter.recipients.append(found[1])
            self._letter.rcpt_options.append(found[2])

    def _data(self, _line: str) -> None:
        if not self._letter.recipients:
            self._say("503 5.5.1 No recipients")
            return
        if not self._answer(Step.DATA, "354 End with a dot"):
            return
        fault = self._server.fault_at(Step.TEXT)
        if fault is Do.CUT_DURING:
            self._lines.readline()
            raise _Gone
        content = self._text()
        if fault is None or fault in {Do.TAKE_AND_CUT, Do.TAKE_AND_HANG} or str(fault).startswith("2"):
            self._server.take(self._letter, content)
        self._letter = _Letter()
        if isinstance(fault, Do):
            self._do(fault)
        self._say(fault or "250 2.0.0 Ok: queued as 4F2A")

    def _text(self) -> bytes:
        rows: list[bytes] = []
        while (row := self._lines.readline()) != b".\r\n":
            if not row:
                raise _Gone
            rows.append(row.removeprefix(b"."))
        return b"".join(rows)
