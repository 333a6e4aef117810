"""The outbox folder: finished messages as .eml files that every mail program opens.

Knows the names of the files and which of them are left from an older build. Must not know how messages are made
or sent by other ways.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Self

from rkreport.core.delivery import Outcome, OutcomeKind
from rkreport.core.filenames import message_file_name, safe_names
from rkreport.delivery.private_file import PART_SUFFIX, unwritable, write_private_file
from rkreport.errors import OutputError

_OURS = re.compile(rf"\d{{4,}}_.+\.eml|\.\d{{4,}}_.+\.eml{re.escape(PART_SUFFIX)}")


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message and whose it is."""

    manager_id: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that is on the disk."""

    manager_id: str
    message_id: str
    path: Path
    size_bytes: int


def write_outbox(folder: Path, messages: Iterable[OutboxMessage], *, burst_list: Sequence[str]) -> tuple[Receipt, ...]:
    """Write messages as `<nnnn>_<manager_id>.eml`, one by one as `messages` gives them.

    Args:
        folder: is made if it is not there.
        messages: all messages of the build, or those that are still to be written.
        burst_list: the manager ids of the whole build in order: gives every message its number, and says which
            files may stay. Files of another manager or number are left from an older build and removed first.

    Raises:
        OutputError: a file could not be written or removed; what was written before it stays.
        KeyError: a message belongs to nobody in the burst list; that is a bug of the caller.
    """
    paths = outbox_paths(folder, burst_list)
    _make(folder)
    _remove_left_over(folder, {path.name for path in paths.values()})
    return tuple(_write(paths[entry.manager_id], entry) for entry in messages)


def outbox_paths(folder: Path, burst_list: Sequence[str]) -> dict[str, Path]:
    """Where the message of each manager of a build is, by manager id."""
    names = safe_names(burst_list)
    return {
        manager_id: folder / message_file_name(number, names[manager_id])
        for number, manager_id in enumerate(burst_list, start=1)
    }


class OutboxTransport:
    """Hands messages over to a folder. A message that the build has put there already stays as it is."""

    def __init__(self, folder: Path, paths: Mapping[str, Path]) -> None:
        """Take the folder, and where each message goes, by its Message-ID."""
        self._folder, self._paths = folder, paths

    async def __aenter__(self) -> Self:
        """Nothing is opened yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    async def deliver(
        self, message: EmailMessage, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
    ) -> Outcome:
        """Write the message, unless it is there.

        Raises:
            OutputError: it cannot be written.
        """
        del sender, recipients  # the message says both itself
        path = self._paths[str(message["Message-ID"])]
        _make(self._folder)
        before_text()
        if not path.exists():
            write_private_file(path, message.as_bytes())
        return Outcome(OutcomeKind.TAKEN, f"is in {self._folder.name}/{path.name}")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(unwritable(folder, error)) from error


def _write(path: Path, entry: OutboxMessage) -> Receipt:
    content = entry.message.as_bytes()
    write_private_file(path, content)
    return Receipt(entry.manager_id, str(entry.message["Message-ID"]), path, len(content))


def _remove_left_over(folder: Path, keep: set[str]) -> None:
    for path in folder.iterdir():
        if path.name in keep or not _OURS.fullmatch(path.name):
            continue
        try:
            path.unlink()
        except OSError as error:
            raise OutputError(
                f"Cannot remove {path}, a message of an older build: {error.strerror}; close the program "
                "that has it open, or delete it yourself, and run the command again."
            ) from error
