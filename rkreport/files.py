"""Whole files or none, digests, CSV, and the reason of an OSError. The ground of everything but `core` and `errors`.

Knows nothing of what is in the files.
"""

import csv
import hashlib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rkreport.bounds import open_regular
from rkreport.errors import OutputError
from rkreport.sentence import Sentence

PART_SUFFIX = ".part"


def write_private_file(path: Path, content: bytes) -> None:
    """Like `write_whole`, but raises a sentence for the admin.

    Raises:
        OutputError: the file could not be written; the old one, if any, is untouched.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise OutputError(unwritable(path, error)) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` (mode 0600) through a temporary file in the same, existing folder.

    After a crash there is the old file, no file, or the new one. When this returns, the new one is on the disk.

    Raises:
        OSError: the file could not be written; the old one, if any, is untouched.
    """
    # A fixed name: the next run replaces what a killed run left behind.
    part = path.with_name(f".{path.name}{PART_SUFFIX}")
    part.unlink(missing_ok=True)
    try:
        _write_and_sync(part, content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def unwritable(path: Path, error: OSError) -> str:
    """Say in one sentence which file or folder cannot be written, why, and what to do."""
    return Sentence(
        "Cannot write {path}: {reason}; check the free disk space and the rights of the"
        " folder, close the program that has the file open, and run the command again.",
        path=path,
        reason=reason_of(error),
    )


def reason_of(error: BaseException | None) -> str:
    """Why the operating system refused, in its words; else the name of the error's class."""
    return Sentence((error.strerror if isinstance(error, OSError) else None) or type(error).__name__)


def sha256_of(content: bytes | Path) -> str:
    """The SHA-256 of some bytes, or of a file's, as 64 hexadecimal digits.

    Raises:
        OSError: the file cannot be read.
    """
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with open_regular(content) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """CSV in UTF-8 with the byte order mark that Excel needs, and no cell that would run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str | int) -> str | int:
    """Spreadsheet programs run what begins like a formula, in a CSV file too."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _write_and_sync(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # Windows cannot open a folder; its journal does this
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
