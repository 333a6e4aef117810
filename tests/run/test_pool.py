"""Workbooks of many managers on all cores: in order, a few at a time, and nothing stays behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rkreport.errors import OutputError
from rkreport.run.pool import INLINE, _processes, all_cores, in_order

_PARENT = """
import os, sys, time
sys.path.insert(0, {root!r})
from rkreport.run.pool import _processes
if __name__ == "__main__":
    with _processes(2) as pool:
        print(*{{pool.executor.submit(os.getpid).result() for _ in range(8)}}, flush=True)
        time.sleep(60)
"""


def _square(number: int) -> int:
    return number * number


def _die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def _ignores_interrupts(_: int) -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def _counted(made: list[int]) -> Iterator[int]:
    for number in range(1_000):
        made.append(number)
        yield number


def test_few_tasks_stay_in_this_process() -> None:
    """Starting processes takes longer than a few workbooks."""
    with all_cores(10) as pool:
        assert list(in_order(pool, lambda _: os.getpid(), range(3))) == [os.getpid()] * 3


def test_results_come_in_the_order_of_the_tasks() -> None:
    """Whichever process is done first, results are in order; and all of them leave Ctrl-C to the program itself."""
    with _processes(2) as pool:
        assert list(in_order(pool, _square, range(50))) == [number * number for number in range(50)]
        assert pool.executor.submit(os.getpid).result() != os.getpid()
        assert all(in_order(pool, _ignores_interrupts, range(4)))


def test_tasks_are_made_as_they_are_needed() -> None:
    """A thousand managers' rows are never in memory together."""
    made: list[int] = []
    with _processes(2) as pool:
        results = in_order(pool, _square, _counted(made))
        next(results)
        assert len(made) < 50
    made.clear()
    assert next(in_order(INLINE, _square, _counted(made))) == 0
    assert made == [0]


def test_an_error_of_a_task_is_raised_as_it_is() -> None:
    """The sentence that a process raises reaches the one who waits for it."""
    with _processes(2) as pool, pytest.raises(OutputError, match="the disk is full"):
        list(in_order(pool, _fail, range(3)))


def _fail(_: int) -> int:
    raise OutputError("the disk is full; make room and build again.")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_process_that_is_ended_is_a_sentence() -> None:
    """When the system ends a process for want of memory, the admin reads what to do."""
    with pytest.raises(OutputError, match="was ended from outside"), _processes(2) as pool:
        list(in_order(pool, _die, range(3)))


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_no_process_outlives_its_parent(tmp_path: Path) -> None:
    """After a kill -9 of the program its processes end by themselves instead of waiting for ever."""
    script = tmp_path / "parent.py"
    script.write_text(_PARENT.format(root=str(Path(__file__).parents[2])))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 - ours
        assert parent.stdout is not None
        assert parent.stdout.readline().split()  # the processes are at work
        parent.kill()
        assert parent.stdout.read() == ""  # closes when the last process that could write to it has ended
