"""What the tests of sending share: letters, transports to the scripted server, and what became of the letters."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import Outcome
from rkreport.core.mail.templates import Composed
from rkreport.delivery.mime import Attachment, Message, build_message
from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import PasswordLogin, SmtpSettings
from tests.delivery.certificates import Certificates
from tests.delivery.scripted_smtp import ScriptedSmtp

SENDER = "ld@contoh.test"
BUDI = "budi.s@contoh.test"
PASSWORD = "k4ta-Sandi-rahasia"
CERTIFICATES = Certificates()


def letter(number: int = 1, recipient: str = BUDI, **overrides: Any) -> Message:
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
