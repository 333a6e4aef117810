"""A letter: all that makes one manager's message but their workbook. Any process can make the message of it.

Knows no config, no clock and no other manager.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rkreport.bounds import read_regular
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.team_message import too_large_note
from rkreport.core.mail.templates import Composed, with_note
from rkreport.delivery.mime import Attachment, Message, build_message
from rkreport.errors import OutputError
from rkreport.files import reason_of, sha256_of
from rkreport.locale import load_words


@dataclass(frozen=True, slots=True)
class Letter:
    """The arguments of a message, with the largest size that the mail server takes."""

    composed: Composed
    sender: Sender
    reply_to: str
    recipient: str
    cc: tuple[str, ...]
    message_id: str
    date: datetime  # aware
    language: str
    limit_bytes: int
    name: str = ""  # of the recipient


def message_of(letter: Letter, attachment: Attachment) -> tuple[Message, bool]:
    """Make the message; return it, and whether it had to leave out the workbook and says so.

    Raises:
        DeliveryError: the message's headers would differ from the letter.
    """
    message = _built(letter, letter.composed, attachment)
    size_bytes = len(message.content)
    if size_bytes <= letter.limit_bytes:
        return message, False
    words = load_words(letter.language)
    note = too_large_note(attachment.file_name, size_bytes, letter.limit_bytes, letter.reply_to, words)
    return _built(letter, with_note(letter.composed, note), None), True


def _built(letter: Letter, composed: Composed, attachment: Attachment | None) -> Message:
    message = build_message(
        composed,
        sender=letter.sender,
        reply_to=letter.reply_to,
        recipient=letter.recipient,
        cc=letter.cc,
        attachment=attachment,
        message_id=letter.message_id,
        date=letter.date,
        language=letter.language,
    )
    return replace(message, names=(letter.name,))


def checked_attachment(path: Path, sha256: str) -> Attachment:
    """Return a workbook with exactly the bytes that were checked.

    Raises:
        OutputError: it cannot be read, or has other bytes.
    """
    try:
        content = read_regular(path)
    except OSError as error:
        raise OutputError(
            "{path} cannot be read: {reason}; run rkreport build again.", path=path, reason=reason_of(error)
        ) from error
    if sha256_of(content) != sha256:
        raise OutputError("{path} was changed while messages were made; run rkreport build again.", path=path)
    return Attachment(path.name, content)
