"""Pools for many tasks: all cores if that saves time, else this process. Knows no workbook."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from rkreport.errors import OutputError
from rkreport.run.garbage import collect_garbage_rarely

_WORTH_PROCESSES = 60  # tasks: a second of work on one core, while starting processes takes half a second
AHEAD = 4  # tasks per process that wait in memory

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Pool:
    """Any executor, and how many tasks wait with it in memory. One that `is_elsewhere` does not share our disk."""

    executor: Executor
    ahead: int
    is_elsewhere: bool = False


Pools = Callable[[int], AbstractContextManager[Pool]]
"""Makes a pool for this many tasks; it ends with the context."""


class Inline(Executor):
    """Runs each task immediately, in this process."""

    def submit(self, fn: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:  # noqa: ANN401 - as Executor
        """Run it; an error is raised immediately."""
        future: Future[_Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


INLINE = Pool(Inline(), ahead=1)


def all_cores(tasks: int) -> AbstractContextManager[Pool]:
    """Use one process per core, or this process for few tasks."""
    return nullcontext(INLINE) if _cores() == 1 or tasks < _WORTH_PROCESSES else _processes(_cores())


def _cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _processes(count: int) -> Iterator[Pool]:
    # Never fork: this process may have threads by now, and Windows cannot fork.
    way = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(way)
    executor = ProcessPoolExecutor(count, context, initializer=_begin_worker)
    try:
        yield Pool(executor, AHEAD * count)
    except BrokenProcessPool as error:
        raise OutputError(
            "A process that wrote workbooks was ended from outside, perhaps because the memory is full; close other"
            " programs and build again."
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # only the parent reacts to Ctrl-C
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_garbage_rarely()


def _end_with_parent() -> None:
    """End with the parent: a worker whose parent was killed would wait for tasks forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def in_order(pool: Pool, do: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
    """Yield the results of all tasks in order. Create tasks as needed, so only a few wait in memory."""
    source = iter(tasks)
    waiting = deque(pool.executor.submit(do, task) for task in islice(source, pool.ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(pool.executor.submit(do, task) for task in islice(source, 1))
