"""The pace holds in any minute, over a run and from one run to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.delivery.pace import Pace

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self, now: datetime = START) -> None:
        """Begin at `now`."""
        self.moment = now

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


async def test_messages_go_evenly() -> None:
    """25 a minute: the first at once, then one every 2.4 s, and never 26 in a minute."""
    clock = Clock()
    pace = Pace(25, now=clock.now, sleep=clock.sleep)
    waited = [await pace.pass_through() for _ in range(26)]
    assert waited[0] == 0
    assert waited[1:25] == pytest.approx([2.4] * 24)
    assert clock.moment - START > timedelta(seconds=60)


async def test_the_last_run_counts() -> None:
    """What went just before the program was started again leaves no room for a burst."""
    clock = Clock()
    went = [START - timedelta(seconds=second) for second in (*range(20, 26), *range(1, 20))]
    pace = Pace(25, went, now=clock.now, sleep=clock.sleep)
    assert await pace.pass_through() == pytest.approx(60 - 25 + 0.05)


async def test_old_messages_do_not_count() -> None:
    """After a minute of silence the next message goes at once."""
    clock = Clock()
    pace = Pace(25, [START - timedelta(minutes=2)] * 25, now=clock.now, sleep=clock.sleep)
    assert await pace.pass_through() == 0


async def test_a_clock_that_was_set_back_does_not_stop_the_run() -> None:
    """Messages from the future went now; nobody waits longer than a minute."""
    clock = Clock()
    pace = Pace(2, [START + timedelta(days=1)] * 2, now=clock.now, sleep=clock.sleep)
    assert await pace.pass_through() <= 61
    clock.moment -= timedelta(hours=5)
    assert await pace.pass_through() <= 61


@given(
    st.integers(1, 60),
    st.lists(st.floats(-90, 0), max_size=80),
    st.lists(st.floats(0, 90), min_size=1, max_size=40),
)
async def test_no_minute_has_too_many(limit: int, earlier: list[float], pauses: list[float]) -> None:
    """Whatever went before and however irregularly the engine comes: a new message is never one too many."""
    clock = Clock()
    went = [START + timedelta(seconds=second) for second in earlier]
    pace = Pace(limit, went, now=clock.now, sleep=clock.sleep)
    for pause in pauses:
        await clock.sleep(pause)
        await pace.pass_through()
        went.append(clock.now())
        last_minute = [one for one in went if clock.now() - timedelta(seconds=60) < one <= clock.now()]
        assert len(last_minute) <= limit or len([one for one in earlier if one > -60]) > limit


async def test_files_need_no_pace() -> None:
    """Without a limit nobody waits, however many went."""
    clock = Clock()
    pace = Pace(None, [START] * 5, now=clock.now, sleep=clock.sleep)
    assert [await pace.pass_through() for _ in range(100)] == [0.0] * 100
