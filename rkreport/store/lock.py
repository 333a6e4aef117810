"""One run at a time per data folder: a lock of the operating system, which dies with its process."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from rkreport.errors import AlreadyRunning, StoreError


@contextlib.contextmanager
def exclusive_run(folder: Path, since: str) -> Iterator[None]:
    """Hold the data folder; `since` is the start time shown to whoever else wants it.

    Raises:
        AlreadyRunning: says which process holds it, since when.
        StoreError: the lock file cannot be made.
    """
    note = folder / "run.lock.txt"
    lock = FileLock(folder / "run.lock", mode=0o600)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        holder = note.read_text("utf-8").strip() if note.exists() else "another process"
        raise AlreadyRunning(
            f"Another rkreport is at work in {folder} ({holder}); wait until it has ended, or stop it."
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"The data folder {folder} cannot be used: {reason}; choose another data_dir.") from error
    try:
        note.write_text(f"process {os.getpid()} since {since}\n", "utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()
