"""The gate keeps the limit in every window of one second, also as the server counts."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.lms.pacing import Gate, spacing_seconds


class Clock:
    """Time that passes only by sleeping, a little longer than asked for."""

    def __init__(self, oversleep: Iterable[float] = ()) -> None:
        """Oversleep by these seconds, one after the other, then by none."""
        self.now = 100.0
        self._oversleep = iter(oversleep)

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds + next(self._oversleep, 0.0)


async def departures(gate: Gate, clock: Clock, count: int) -> list[float]:
    """When `count` requests went through."""
    times = []
    for _ in range(count):
        await gate.pass_through()
        times.append(clock())
    return times


async def spacing(gate: Gate, clock: Clock) -> float:
    """How far apart requests are now, in seconds; the first may find the gate open."""
    _, earlier, later = await departures(gate, clock, 3)
    return later - earlier


def busiest_second(times: list[float]) -> int:
    """The most requests in any window of one second."""
    return max(sum(start <= time < start + 1.0 for time in times) for start in times)


# The throttler inside counts real time; at these rates it has room for all.
@given(st.integers(400, 900), st.lists(st.floats(0, 0.004), max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_second_holds_more_than_the_limit(rate: int, oversleep: list[float]) -> None:
    """Whatever the event loop's lateness, no window of a second has more requests than allowed."""
    clock = Clock(oversleep)
    gate = Gate(rate, clock=clock, sleep=clock.sleep)
    times = asyncio.run(departures(gate, clock, 300))
    span = times[-1] - times[0]
    assert busiest_second(times) <= rate
    assert span >= 299 / rate * 0.98


async def test_lateness_is_not_paid_for_twice() -> None:
    """A schedule in absolute time: oversleeping by little does not add up."""
    clock = Clock([0.0002] * 400)
    gate = Gate(500, clock=clock, sleep=clock.sleep)
    times = await departures(gate, clock, 300)
    assert times[-1] - times[0] <= 299 / 500 * 1.06


async def test_a_stall_is_made_up_for() -> None:
    """A program that could not run for a tenth of a second is back on its schedule soon, without a burst."""
    clock = Clock([0, 0, 0, 0.1])
    gate = Gate(500, clock=clock, sleep=clock.sleep)
    times = await departures(gate, clock, 300)
    assert times[-1] - times[0] == pytest.approx(299 * spacing_seconds(500))
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.49 / 500


async def test_the_throttler_keeps_the_limit_whatever_the_schedule_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a second and a little more no more requests pass than in a second may, also while lateness is made up for."""
    clock = Clock([0.2 if number % 40 == 39 else 0.0 for number in range(600)])
    monkeypatch.setattr("asyncio_throttle.throttler.time.monotonic", clock)
    monkeypatch.setattr("asyncio_throttle.throttler.asyncio.sleep", clock.sleep)
    times = await departures(Gate(50, clock=clock, sleep=clock.sleep), clock, 300)
    assert min(later - earlier for earlier, later in zip(times, times[50:], strict=False)) >= 1.03
    assert min(later - earlier for earlier, later in pairwise(times)) < 0.9 / 50


async def test_idle_time_is_not_made_up_for_by_a_burst() -> None:
    """After a silence requests are as far apart as ever."""
    clock = Clock()
    gate = Gate(500, clock=clock, sleep=clock.sleep)
    await gate.pass_through()
    clock.now += 60
    times = await departures(gate, clock, 3)
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.9 / 500


async def test_a_pause_holds_everybody_and_slows_down_after() -> None:
    """A 429 lets nobody through for its time; then requests come more slowly, and faster again while all is well."""
    clock = Clock()
    gate = Gate(500, clock=clock, sleep=clock.sleep)
    usual = await spacing(gate, clock)
    began = clock()
    gate.hold(5)
    (first, second) = await departures(gate, clock, 2)
    assert first >= began + 5
    assert second - first > 1.2 / 500
    slowed = await spacing(gate, clock)
    for _ in range(500):
        assert not gate.answered(0.1)
    assert slowed > 1.1 * usual
    assert await spacing(gate, clock) == pytest.approx(usual)


async def test_requests_go_in_the_order_in_which_they_came() -> None:
    """First come, first served."""
    clock = Clock()
    gate = Gate(800, clock=clock, sleep=clock.sleep)
    order: list[int] = []

    async def one(number: int) -> None:
        await gate.pass_through()
        order.append(number)

    await asyncio.gather(*(one(number) for number in range(30)))
    assert order == list(range(30))


async def test_answers_that_become_slow_slow_the_gate_for_everybody() -> None:
    """A server under load gets fewer requests, and the old rate again when it has recovered; a far one is not slow."""
    clock = Clock()
    gate = Gate(500, clock=clock, sleep=clock.sleep)
    assert not any(gate.answered(2.0) for _ in range(100))
    usual = await spacing(gate, clock)
    assert usual == pytest.approx(spacing_seconds(500))
    assert sum(gate.answered(9.0) for _ in range(60)) >= 1
    assert await spacing(gate, clock) > 1.1 * usual
    assert not any(gate.answered(2.0) for _ in range(400)[100:])
    assert await spacing(gate, clock) == pytest.approx(usual)
