"""The outbox folder: holds finished messages as .eml files, which every mail program opens.

Knows the file names, and which files an older build left. Must not know how messages are made or sent.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rkreport.bounds import read_regular
from rkreport.core.filenames import message_file_name, safe_names
from rkreport.core.mail.delivery import Outcome, OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.errors import OutputError
from rkreport.files import PART_SUFFIX, reason_of, sha256_of, unwritable, write_private_file
from rkreport.sentence import Sentence

_DATE = re.compile(rb"(?mi)^Date:[^\r\n]*\r?\n")
_OURS = re.compile(rf"\d{{4,}}_.+\.eml|\.\d{{4,}}_.+\.eml{re.escape(PART_SUFFIX)}")


Seal = Callable[[str, str], None]
"""Receives the name of a file and its SHA-256 before it is written."""


def put_message(path: Path, message: Message, seal: Seal | None = None) -> bytes | None:
    """Write a message whole or not at all; return its bytes. Both a build and a sending use this.

    Returns None, and keeps the file, if it exists already and differs only in its date.

    Raises:
        OutputError: the file could not be written.
        OSError: the existing file cannot be read.
    """
    content = message.content
    if path.exists() and _undated(read_regular(path)) == _undated(content):
        return None
    if seal:
        seal(path.name, sha256_of(content))
    write_private_file(path, content)
    return content


def prepared_outbox(folder: Path, burst_list: Sequence[str]) -> dict[str, Path]:
    """Make the folder ready for the messages of a build; return the path of each manager's message, by manager id.

    `burst_list` has the manager ids of the whole build in order. It numbers the messages and tells which files may
    stay: files with another manager or number are from an older build and are removed.

    Raises:
        OutputError: the folder could not be made, or a file not removed.
    """
    paths = {manager_id: folder / name for manager_id, name in outbox_names(burst_list).items()}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(unwritable(folder, error)) from error
    _remove_left_over(folder, {path.name for path in paths.values()})
    return paths


def write_message(path: Path, message: Message) -> str:
    """Write a message as `put_message` does; return the SHA-256 of the file.

    Raises:
        OutputError: the file could not be written.
    """
    try:
        return sha256_of(put_message(path, message) or read_regular(path))
    except OSError as error:
        raise OutputError(unwritable(path, error)) from error


def outbox_names(burst_list: Sequence[str]) -> dict[str, str]:
    """Return the file name of each manager's message, by manager id."""
    names = safe_names(burst_list)
    return {
        manager_id: message_file_name(number, names[manager_id])
        for number, manager_id in enumerate(burst_list, start=1)
    }


class OutboxTransport:
    """Sends into the folder: a message is taken once its whole file is there."""

    def __init__(self, folder: Path, names: Mapping[str, str], seal: Seal | None = None) -> None:
        """Take the folder, the file names by Message-ID (others are named after their id), and a seal."""
        self._folder = folder
        self._names = names
        self._seal = seal

    async def __aenter__(self) -> Self:
        """Open nothing."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close nothing."""

    async def deliver(
        self,
        message: Message,
        sender: str,  # noqa: ARG002 - the protocol's; the message holds it
        recipients: Sequence[str],  # noqa: ARG002 - as sender
        before_text: Callable[[], None],
    ) -> Outcome:
        """As `Transport.deliver`. A file that differs from the message only in its date stays unchanged."""
        path = self._folder / self._name(message.message_id)
        before_text()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if put_message(path, message, self._seal) is None:
                return Outcome(OutcomeKind.TAKEN, Sentence("{name} lies in the outbox already", name=path.name))
        except OSError as error:
            return Outcome(OutcomeKind.STOP, unwritable(path, error))
        except OutputError as error:  # every other message would fail too, and no file is half written
            return Outcome(OutcomeKind.STOP, error.sentence)
        return Outcome(OutcomeKind.TAKEN, Sentence("{name} written to the outbox", name=path.name))

    def _name(self, message_id: str) -> str:
        known = self._names.get(message_id)
        return known or f"{safe_names([message_id.strip('<>').rpartition('@')[0]]).popitem()[1]}.eml"


def _undated(content: bytes) -> bytes:
    head, gap, body = content.partition(b"\r\n\r\n")
    return _DATE.sub(b"", head + b"\r\n", count=1) + gap + body


def _remove_left_over(folder: Path, keep: set[str]) -> None:
    for path in folder.iterdir():
        if path.name in keep or not _OURS.fullmatch(path.name):
            continue
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(
                "Cannot remove {path}, a message of an older build: {reason}; close the program that"
                " has it open, or delete it yourself, and run the command again.",
                path=path,
                reason=reason_of(error),
            ) from error
