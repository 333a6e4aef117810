"""Files that appear whole or not at all, readable by their owner alone. Knows nothing of what is in them."""

import os
import sys
from pathlib import Path

from rkreport.errors import OutputError

PART_SUFFIX = ".part"


def write_private_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` (mode 0600) through a temporary file in the same, existing folder.

    After a crash there is the old file, or none, or the new one; it is on the disk when this returns.

    Raises:
        OutputError: the file could not be written; the old one, if any, is untouched.
    """
    # One fixed name: what a killed run left behind is replaced by the next run instead of lying there for ever.
    temporary = path.with_name(f".{path.name}{PART_SUFFIX}")
    try:
        temporary.unlink(missing_ok=True)
        try:
            _write_and_sync(temporary, content)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(unwritable(path, error)) from error


def unwritable(path: Path, error: OSError) -> str:
    """Say in one sentence which file or folder cannot be written, why, and what to do."""
    reason = error.strerror or type(error).__name__
    return (
        f"Cannot write {path}: {reason}; check the free disk space and the rights of the folder, "
        "close the program that has the file open, and run the command again."
    )


def _write_and_sync(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # has no way to open a folder; its own journal does this
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
