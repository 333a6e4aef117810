"""What it costs to hold many tasks back at a rate limit, and how many start in one second: rkreport and two peers.

At each limiter all tasks wait at once, in an own process, by the real clock. Those that never start are cancelled.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec

from benchmarks.measuring import answer_of_a_process, say, say_skipped

_WAITERS, _PER_SECOND = 400, 20

Wait = Callable[[], Awaitable[None]]


def compare_gates(seconds: float) -> None:
    """Measure each limiter, one after the other, and print a table."""
    say(
        f"Rate limit: {_WAITERS} tasks wait at {_PER_SECOND} a second for {seconds:g} s. Waiting is the processor time"
        " of those seconds alone, without imports\n"
    )
    say(f"{'limiter':<18}{'CPU s':>8}{'waiting s':>11}{'of a core':>11}{'starts':>8}{'in one second':>15}")
    for name in _GATES:
        if find_spec(name):
            took = answer_of_a_process("gate", name, str(seconds))
            waiting = took["waiting_cpu_seconds"]
            say(
                f"{name:<18}{took['cpu_seconds']:>8.2f}{waiting:>11.3f}{waiting / seconds:>11.1%}"
                f"{took['starts']:>8.0f}{took['busiest_second']:>15.0f}"
            )
    say_skipped([(name, (name,)) for name in _GATES if not find_spec(name)])


def wait_at(name: str, seconds: float) -> dict[str, float]:
    """Let the tasks wait at one limiter; processor seconds, starts, and the most starts in any window of a second."""
    return asyncio.run(_wait(_GATES[name], seconds))


async def _wait(make: Callable[[], Wait], seconds: float) -> dict[str, float]:
    pass_through = make()
    starts: list[float] = []

    async def one() -> None:
        await pass_through()
        starts.append(time.monotonic())

    began = time.process_time()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one()) for _ in range(_WAITERS)]
        await asyncio.sleep(seconds)
        used = time.process_time() - began
        for task in tasks:
            task.cancel()
    return {
        "waiting_cpu_seconds": used,
        "starts": len(starts),
        "busiest_second": max((sum(first <= one < first + 1 for one in starts) for first in starts), default=0),
    }


def _rkreport() -> Wait:
    from rkreport.lms.pacing import Gate  # noqa: PLC0415 - a process pays for its own imports

    return Gate(_PER_SECOND, clock=time.monotonic).pass_through


def _asyncio_throttle() -> Wait:
    from asyncio_throttle import Throttler  # noqa: PLC0415 - as above

    return Throttler(_PER_SECOND, period=1.0).acquire


def _aiolimiter() -> Wait:
    from aiolimiter import AsyncLimiter  # noqa: PLC0415 - as above

    wait: Wait = AsyncLimiter(_PER_SECOND, 1.0).acquire
    return wait


_GATES: dict[str, Callable[[], Wait]] = {
    "rkreport": _rkreport,
    "asyncio_throttle": _asyncio_throttle,
    "aiolimiter": _aiolimiter,
}
