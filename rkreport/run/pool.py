"""Executors for the workbooks of many managers: all cores where that pays, else this process. Knows no workbook."""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import islice
from typing import Any, TypeVar

from rkreport.errors import OutputError

_WORTH_PROCESSES = 60  # tasks: a second of one core's work, and starting takes half a second
_AHEAD = 4  # tasks per process that wait in memory

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

Executors = Callable[[int], AbstractContextManager[Executor]]
"""Gives an executor for so many tasks, which ends with the context."""


class Inline(Executor):
    """Does each task at once, in this process."""

    def submit(self, fn: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:  # noqa: ANN401 - as Executor
        """Do it; an error is raised here and now."""
        future: Future[_Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def all_cores(tasks: int) -> AbstractContextManager[Executor]:
    """As many processes as there are cores, unless there is too little to do."""
    return nullcontext(Inline()) if _cores() == 1 or tasks < _WORTH_PROCESSES else _processes(_cores())


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    # Never a fork: this process may have threads by now, and on Windows there is none.
    way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(way)
    executor = ProcessPoolExecutor(count, context, initializer=_begin_worker)
    try:
        yield executor
    except BrokenProcessPool as error:
        raise OutputError(
            "A process that wrote workbooks was ended from outside, perhaps because the memory is full; close other"
            " programs and build again."
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that hands out the tasks
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what is imported stays


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def in_order(executor: Executor, do: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
    """The results of all tasks in their order. Tasks are made as they are needed: a few wait, never all of them."""
    source = iter(tasks)
    most = 1 if isinstance(executor, Inline) else _AHEAD * _cores()
    waiting = deque(executor.submit(do, task) for task in islice(source, most))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(executor.submit(do, task) for task in islice(source, 1))
