"""Makes one MIME message for one recipient from one composed mail.

Knows headers, parts and encodings, and reads every header back before it returns a message. Must not know templates,
figures or how a message is sent.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import HeaderParser
from typing import Final

from rkreport.core.compliance import Series
from rkreport.core.mail.addresses import Sender, needs_smtputf8
from rkreport.core.mail.templates import Composed
from rkreport.errors import DeliveryError
from rkreport.files import sha256_of
from rkreport.sentence import Sentence

WORKBOOK_TYPE: Final = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "X-RkReport-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._~ -]{1,900}")  # other letters need RFC 2231
_CONTROL = re.compile(rb"[^\t\r\n\x20-\x7e\x80-\xff]")
_REFUSED = (
    "A message was not built: its headers would not hold exactly the one recipient and the copies that were asked for; "
    "check the subject template, the company's name and the addresses."
)


class _Subject(str):
    """A subject that writes its own header line; `email.policy` lets a value with `name` and `fold` do so.

    Python 3.11's folding loses blanks and splits characters. It also decodes what looks like an encoded word, so a
    company named `=?utf-8?q?=0D=0ABcc:...?=` would add a header.
    """

    __slots__ = ()
    name: Final = "Subject"

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        """Return the whole header with its line end; text beyond ASCII becomes words of 75 characters."""
        charset = "us-ascii" if self.isascii() and "=?" not in self else "utf-8"
        encoded = Header(str(self), charset, header_name=self.name).encode(linesep=policy.linesep)
        return Sentence("{name}: {encoded}{linesep}", name=self.name, encoded=encoded, linesep=policy.linesep)


class _Disposition(str):
    """The name of an attachment on one line of any length; Python would split it after 78 characters (RFC 2231).

    Outlook shows a split name (`filename*0=`) as "Untitled attachment". A line may have 998 characters (RFC 5322).
    """

    __slots__ = ()
    name: Final = "Content-Disposition"

    def fold(self, *, policy: policy.EmailPolicy) -> str:
        """Return the whole header with its line end."""
        return Sentence("{name}: {what}{linesep}", name=self.name, what=self, linesep=policy.linesep)


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message: the bytes that a file or a mail server gets, and its id with brackets.

    `names` are those of the recipient; no shown reply may contain them.
    """

    message_id: str
    content: bytes
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A finished workbook: the checked bytes, and the name that the recipient sees."""

    file_name: str
    content: bytes


def message_id(series: Series, kind: str, manager_id: str, revision: int, domain: str) -> str:
    """Return the Message-ID: the same message always gets the same id, and no other message gets it.

    Args:
        series: the month of the report, or of its interim editions.
        kind: the kind of message, such as `manager`, `fallback` or `test`.
        manager_id: the manager whose message it is.
        revision: the revision of the workbooks in their series.
        domain: the domain of the sender's address, from `parse_address`.
    """
    identity = json.dumps([str(series), kind, manager_id, revision])
    return f"<rk.{series.period}.{sha256_of(identity.encode())[:32]}@{domain}>"


def build_message(
    composed: Composed,
    *,
    sender: Sender,
    reply_to: str,
    recipient: str,
    cc: tuple[str, ...],
    attachment: Attachment | None,
    message_id: str,
    date: datetime,
    language: str,
) -> Message:
    """Build the message to one recipient; all addresses come from `parse_address`, `date` is aware.

    The same arguments give the same bytes. Without an attachment, the text should say why: see `with_note`.

    Raises:
        DeliveryError: the finished headers, read back, differ from the arguments.
        ValueError: `date` is naive, which is a caller's bug.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    wanted = {"From": (sender.address,), "To": (recipient,), "Cc": cc, "Reply-To": (reply_to,)}
    is_utf8 = any(needs_smtputf8(address) for addresses in wanted.values() for address in addresses)
    message = EmailMessage(policy=policy.SMTPUTF8 if is_utf8 else policy.SMTP)
    try:
        message["From"] = _header_address(sender.address, sender.name)
        message["To"] = _header_address(recipient)
        if cc:
            message["Cc"] = [_header_address(address) for address in cc]
        message["Reply-To"] = _header_address(reply_to)
        message["Subject"] = _Subject(composed.subject)
        message["Date"] = date
        message["Message-ID"] = message_id
        message["X-RkReport-Id"] = message_id.strip("<>").rpartition("@")[0]  # some services replace the Message-ID
        message["Auto-Submitted"] = "auto-generated"
        _add_parts(message, composed, attachment)
        _name_boundaries(message, message_id)
        message["Content-Language"] = language  # last: adding parts would move Content headers into them
        content = message.as_bytes()
    except (ValueError, MessageError) as error:
        raise DeliveryError(_REFUSED) from error
    _check_headers(content.partition(b"\r\n\r\n")[0], wanted)
    return Message(message_id, content)


def _add_parts(message: EmailMessage, composed: Composed, attachment: Attachment | None) -> None:
    # Always quoted-printable: it needs no 8BITMIME and has no long lines.
    message.set_content(composed.text, cte="quoted-printable")
    message.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    if attachment is not None:
        message.add_attachment(
            attachment.content, maintype="application", subtype=WORKBOOK_TYPE, filename=attachment.file_name
        )
        if _PLAIN_NAME.fullmatch(attachment.file_name):
            *_, part = message.iter_attachments()
            part.replace_header(
                "Content-Disposition",
                _Disposition(Sentence('attachment; filename="{file_name}"', file_name=attachment.file_name)),
            )


def _name_boundaries(message: EmailMessage, message_id: str) -> None:
    """Choose the boundary lines between parts: Python's are random, so no two builds would be equal.

    No part can contain our lines: quoted-printable writes `==` as `=3D=3D`, and base64 has no hyphens.
    """
    digest = sha256_of(message_id.encode())[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"==rk.{digest}.{number}==")


def _header_address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _check_headers(head: bytes, wanted: Mapping[str, tuple[str, ...]]) -> None:
    """Read the finished headers back as a mail server would; accept only the wanted addresses and headers."""
    parsed = HeaderParser(policy=policy.default).parsestr(head.decode("utf-8"))
    found = {
        name: tuple(address.addr_spec for header in parsed.get_all(name, ()) for address in header.addresses)
        for name in wanted
    }
    names = sorted((*_HEADERS, "Cc") if wanted["Cc"] else _HEADERS)
    if found != wanted or sorted(parsed.keys()) != names or _CONTROL.search(head):
        raise DeliveryError(_REFUSED)
