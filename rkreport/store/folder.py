"""The data folder itself. Knows how it and its files are made private, not what is in them."""

import os
import sys
from pathlib import Path

from rkreport.errors import StoreError

_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, unless it is there; one that is there keeps its rights.

    Raises:
        StoreError: it cannot be made, or is a file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise StoreError(f"The data folder {folder} is a file, not a folder; choose another data_dir.") from None
    except OSError as error:
        raise unusable(folder, error) from error


def make_private_file(path: Path) -> None:
    """Make the file, for its owner alone, unless it is there; one that is there is closed to others.

    Raises:
        OSError: it cannot be made or opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        mode = os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
    if mode & _OTHERS:
        path.chmod(mode & ~_OTHERS & 0o777)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, which is on the disk whole when this returns, or is not there at all.

    Raises:
        OSError: it cannot be written; what had its name before is untouched.
    """
    # One fixed name: what a killed run left behind is replaced by the next one instead of lying there for ever.
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(part, flags, 0o600), "wb") as file:  # noqa: PTH123 - Path.open takes no descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if sys.platform != "win32":  # has no way to open a folder; its own journal does this
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unusable(folder: Path, error: OSError | NotImplementedError) -> StoreError:
    """The sentence for a folder that the operating system refuses."""
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return StoreError(f"The data folder {folder} cannot be used: {reason}; choose another data_dir.")
