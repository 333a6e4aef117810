"""One run per data folder, one sending per folder of reports: locks of the operating system die with their process.

Must not know what is done under a lock.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from rkreport.bounds import read_regular
from rkreport.errors import AlreadyRunning
from rkreport.sentence import Sentence
from rkreport.store.folder import make_private_folder, unusable

_NOTE, _LONGEST_NOTE = "run.lock.txt", 1_000


@contextlib.contextmanager
def exclusive_run(folder: Path, since: str) -> Iterator[None]:
    """Hold the data folder; `since` is the start time that other runs are told.

    Raises:
        AlreadyRunning: says which process holds it, since when.
        StoreError: the lock file cannot be made.
    """
    note = folder / _NOTE
    lock = FileLock(folder / "run.lock", mode=0o600)
    make_private_folder(folder)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(_at_work(folder)) from None
    except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
        raise unusable(folder, error) from error
    try:
        # The note is a courtesy to other runs: a full disk must not stop the run that would make room.
        with contextlib.suppress(OSError):
            note.unlink(missing_ok=True)  # also a link or pipe that somebody put there
            with note.open("x", encoding="utf-8") as file:
                file.write(Sentence("process {getpid} since {since}\n", getpid=os.getpid(), since=since))
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()
        lock.release()


def at_work(folder: Path) -> str:
    """Say who holds the data folder, in the words of `exclusive_run`; `""`: nobody does."""
    path = folder / "run.lock"
    if not path.is_file():
        return ""
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _at_work(folder)
    except (OSError, NotImplementedError):
        return ""
    lock.release()
    return ""


@contextlib.contextmanager
def one_sending(output_dir: Path) -> Iterator[None]:
    """Hold a folder of reports while its messages go: another data folder may write there too.

    On a file system without locks it goes on without one: the ledgers still tell what was sent before.

    Raises:
        AlreadyRunning: another sending holds it.
    """
    lock = FileLock(output_dir / ".sending.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AlreadyRunning(
            "Another rkreport is sending from {output_dir}; wait until it has ended, or stop it.", output_dir=output_dir
        ) from None
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release()


def _at_work(folder: Path) -> str:
    try:
        holder = read_regular(folder / _NOTE, _LONGEST_NOTE).decode().strip()
    except (OSError, UnicodeDecodeError):
        holder = ""
    who = holder or Sentence("another process")
    return Sentence(
        "Another rkreport is at work in {folder} ({who}); wait until it has ended, or stop it.", folder=folder, who=who
    )
