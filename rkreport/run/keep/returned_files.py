"""The files in a folder that an admin saved from mails: which may be workbooks of ours, and their cells.

Such a file may be anything. Each that is not read gets one sentence, and none stops the others. Must not know what the
cells mean.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from rkreport.bounds import NotRegular, TooLarge, read_regular
from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.errors import ConfigError, DeliveryError
from rkreport.excel.ooxml.encryption import decrypted
from rkreport.files import reason_of, sha256_of
from rkreport.leakcheck.bounded_zip import LARGEST_FILE_BYTES
from rkreport.leakcheck.cells import FoundBook, Unreadable, read_cells
from rkreport.sentence import Sentence

log = logging.getLogger(__name__)

_WORKBOOK: Final = ".xlsx"
_OTHER_WORKBOOKS: Final = frozenset(
    {".xls", ".xlsm", ".xlsb", ".xltx", ".xltm", ".ods", ".fods", ".numbers", ".csv", ".tsv", ".et", ".gsheet"}
)
_LOCK_MARKS: Final = ("~$", ".~lock.")
_NOT_REGULAR: Final = "is no regular file; put the workbook itself into the folder."
_CONTAINER = b"\xd0\xcf\x11\xe0"  # of encrypted workbooks, and of workbooks before 2007


class Skipped(Exception):
    """A file that is not read; the message completes the sentence "<file> …"."""


def files_in(folder: Path) -> tuple[list[Path], int]:
    """The files that look like workbooks, the oldest first, and how many others lie there. Subfolders are left out.

    Raises:
        ConfigError: the folder cannot be read, or holds no such file.
    """
    try:
        names = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigError(
            "The folder {folder} cannot be read: {reason}; name the folder into which you saved"
            " the workbooks that came back.",
            folder=folder,
            reason=reason_of(error),
        ) from error
    files = [path for path in names if path.is_symlink() or not path.is_dir()]
    looked_at = [path for path in files if _looks_like_a_workbook(path)]
    if not looked_at:
        raise ConfigError(
            "The folder {folder} holds no workbook; save those that came back there, as .xlsx, and collect again.",
            folder=folder,
        )
    return sorted(looked_at, key=_saved_at), len(files) - len(looked_at)


def open_returned(path: Path, secrets: Mapping[str, str]) -> tuple[str, bytes]:
    """Read a file; returns its digest and its bytes without encryption.

    Raises:
        Skipped: it is of another kind, too large, locked, or cannot be read.
    """
    if path.name.startswith(_LOCK_MARKS):
        raise Skipped("is a lock file: the workbook is open in another program; close it there and collect again.")
    if path.suffix.casefold() != _WORKBOOK:
        raise Skipped("is of another format; open it, save it as an Excel workbook (.xlsx), and collect again.")
    content = _bytes_of(path)
    sha256 = sha256_of(content)
    return sha256, unlocked(content, secrets)


def unlocked(content: bytes, secrets: Mapping[str, str]) -> bytes:
    """Decrypt a workbook if it is encrypted.

    Raises:
        Skipped: it does not open with our password.
    """
    if not content.startswith(_CONTAINER):
        return content
    password = secrets.get(WORKBOOK_PASSWORD, "")
    if not password:
        raise Skipped(
            "is encrypted, or of a format before 2007; open it, save it without a password as .xlsx, and collect again."
        )
    try:
        return decrypted(content, password)
    except Exception as error:  # the library was made for honest files: others may break it in any way
        log.info("An encrypted workbook does not open", exc_info=not isinstance(error, DeliveryError))
        raise Skipped(
            Sentence(
                "does not open with the password in {workbook_password}; open it, save it without"
                " one, and collect again.",
                workbook_password=WORKBOOK_PASSWORD,
            )
        ) from error


def cells_of(content: bytes) -> FoundBook:
    """The cells of a workbook.

    Raises:
        Skipped: it is damaged, or larger than any workbook of ours.
    """
    try:
        return read_cells(content)
    except Unreadable as error:
        raise Skipped(
            "is no readable workbook, or one larger than any of ours; ask the manager to send it again."
        ) from error


def _looks_like_a_workbook(path: Path) -> bool:
    return path.suffix.casefold() in {_WORKBOOK, *_OTHER_WORKBOOKS} or (
        path.name.startswith(_LOCK_MARKS) and path.suffix.rstrip("#").casefold() == _WORKBOOK
    )


def _saved_at(path: Path) -> tuple[float, str]:
    with suppress(OSError):
        return path.lstat().st_mtime, path.name
    return 0.0, path.name


def _bytes_of(path: Path) -> bytes:
    """Read a regular file, neither the target of a link nor a device that never ends."""
    try:
        if path.is_symlink():
            raise Skipped(_NOT_REGULAR)
        return read_regular(path, LARGEST_FILE_BYTES, follow_links=False)
    except NotRegular:
        raise Skipped(_NOT_REGULAR) from None
    except TooLarge:
        raise Skipped("is larger than 50 MB, so no workbook of ours; look at what it is.") from None
    except OSError as error:
        raise Skipped(
            Sentence("cannot be read: {reason}; close it in Excel and collect again.", reason=reason_of(error))
        ) from error
