"""The folder of an edition: grows as a draft beside its place, and moves there whole.

Knows folders and what to say when they cannot be written; must not know what is in them.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rkreport.errors import OutputError, RkreportError
from rkreport.files import reason_of
from rkreport.run.edition.loading import aside_of


def make_output_folder(output_dir: Path) -> None:
    """Make the folder for all reports, if it is missing.

    Raises:
        OutputError: the folder cannot be made, or its path is a file.
    """
    with _explained(output_dir):
        output_dir.mkdir(parents=True, exist_ok=True)


def fresh_draft(target: Path) -> Path:
    """Make the empty folder beside the target in which a build grows."""
    draft = target.with_name(f".{target.name}.building")
    with _explained(target):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)  # the mode applies to the last folder only
        (draft / "managers").mkdir(mode=0o700)
    return draft


def move_into_place(draft: Path, target: Path, seal: Callable[[], None]) -> None:
    """Move the draft into place and seal it; if either fails, restore the earlier folder."""
    aside = aside_of(target)
    with _explained(target):
        shutil.rmtree(aside, ignore_errors=True)
        if target.exists():
            target.rename(aside)
        try:
            draft.rename(target)
            seal()
        except (OSError, RkreportError):
            with suppress(OSError):
                if target.exists():
                    target.rename(draft)
                aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)


class _explained:  # noqa: N801 - used as a function
    """Turns an OSError into an OutputError about a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise OutputError(
                "The folder {folder} cannot be made, because a file has its name or that of a folder"
                " above it; choose another output_dir.",
                folder=self._folder,
            ) from error
        if isinstance(error, OSError):
            raise OutputError(
                "The folder {folder} cannot be written: {reason}; close its workbooks in Excel,"
                " check the rights and the free space, or choose another output_dir.",
                folder=self._folder,
                reason=reason_of(error),
            ) from error
