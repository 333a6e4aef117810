"""The data folder itself. Knows how it and its files are made private, not what is in them."""

import os
from pathlib import Path

from rkreport.errors import StoreError
from rkreport.files import reason_of
from rkreport.sentence import Sentence

_OTHERS = 0o077


def make_private_folder(folder: Path) -> None:
    """Make the folder for its owner alone; an existing folder keeps its rights.

    Raises:
        StoreError: it cannot be made, or is a file.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise StoreError(
            "The data folder {folder} is a file, not a folder; choose another data_dir.", folder=folder
        ) from None
    except OSError as error:
        raise unusable(folder, error) from error


def make_private_file(path: Path) -> None:
    """Make the file for its owner alone; an existing file is closed to others.

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


def unusable(folder: Path, error: OSError | NotImplementedError) -> StoreError:
    """The sentence for a folder that the operating system refuses."""
    return StoreError(
        Sentence(
            "The data folder {folder} cannot be used: {reason}; choose another data_dir.",
            folder=folder,
            reason=reason_of(error),
        )
    )
