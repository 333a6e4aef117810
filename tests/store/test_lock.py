"""One run at a time per data folder, and no lock that outlives its process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rkreport.errors import AlreadyRunning, StoreError
from rkreport.store.lock import exclusive_run

HOLDER = """
import sys
from pathlib import Path
from rkreport.store.lock import exclusive_run
with exclusive_run(Path(sys.argv[1]), "2026-11-01 08:02"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_process_is_told_who_holds_it_until_that_dies(folder: Path) -> None:
    """Another process is refused with the holder's number and start; when the holder is killed the lock is free."""
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(AlreadyRunning, match=f"process {holder.pid} since 2026-11-01 08:02.*; wait until"),
            exclusive_run(folder, "2026-11-01 09:00"),
        ):
            pass
        os.kill(holder.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        holder.wait(10)
    with exclusive_run(folder, "2026-11-01 09:00"):
        assert (folder / "run.lock.txt").read_text("utf-8") == f"process {os.getpid()} since 2026-11-01 09:00\n"


def test_lock_is_free_after_a_run_that_failed(folder: Path) -> None:
    """An error within the run passes through and frees the folder."""
    with pytest.raises(ZeroDivisionError), exclusive_run(folder, "now"):
        raise ZeroDivisionError
    with exclusive_run(folder, "now"):
        pass
    assert not (folder / "run.lock.txt").exists()


def test_second_run_in_this_process_is_refused_too(folder: Path) -> None:
    """The lock is not only between processes, and a refused run leaves it with its holder."""
    with exclusive_run(folder, "08:00"):
        for _ in range(2):
            with pytest.raises(AlreadyRunning), exclusive_run(folder, "08:01"):
                pass


def test_missing_note_is_no_second_error(folder: Path) -> None:
    """Who holds the folder is a courtesy; without it the refusal stands."""
    with exclusive_run(folder, "08:00"):
        (folder / "run.lock.txt").write_bytes(b"\xff")
        with pytest.raises(AlreadyRunning, match="another process"), exclusive_run(folder, "08:01"):
            pass
        (folder / "run.lock.txt").unlink()
        with pytest.raises(AlreadyRunning, match="another process"), exclusive_run(folder, "08:01"):
            pass


def test_full_disk_does_not_keep_a_run_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that would make room has to get in when the note finds none."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with exclusive_run(folder, "08:00"):
        pass


def test_folder_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in place of the folder, and a file system without locks, get a sentence."""
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(StoreError, match="is a file, not a folder; choose another data_dir"),
        exclusive_run(tmp_path / "file", "now"),
    ):
        pass

    def no_locks(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", no_locks)
    with (
        pytest.raises(StoreError, match="cannot be used: NotImplementedError; choose another data_dir"),
        exclusive_run(tmp_path / "data", "now"),
    ):
        pass
