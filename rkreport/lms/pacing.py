"""One gate for every request of a run, the token's and the retries' too. Knows time, nothing of HTTP.

asyncio-throttle holds the limit. Measured on version 1.0.2: asked for R per second it lets R go at once, and what a
strict server counts are arrivals, so 2 to 15 % of the requests are refused; and each waiter polls. Therefore one
caller at a time asks it, and requests reach it evenly spaced on a schedule of absolute time, a little slower than the
limit, so that the spread between sending and arriving never makes R + 1 of R in any second.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

from asyncio_throttle import Throttler

_SLACK = 1.035  # the spacing's reserve for arrival jitter; 1.03 was never refused at 20 and 200 per second
_WIDER, _NARROWER, _WIDEST = 1.5, 0.99, 16.0
_RECENT_ANSWERS = 20
_SLOW_TIMES, _SLOW_SECONDS = 3.0, 1.0  # slower than the best by both


def spacing_seconds(requests_per_second: float) -> float:
    """How far apart requests go at a limit."""
    return _SLACK / requests_per_second


class Gate:
    """Lets requests go at a rate per second, in the order in which they came."""

    def __init__(
        self,
        requests_per_second: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the rate, a monotonic clock in seconds, and a sleep that goes with it."""
        self._spacing = spacing_seconds(requests_per_second)
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._next = -math.inf
        self._stretch = 1.0  # how many times slower than configured; 1 when the server has no complaints
        self._answers = 0
        self._recent = 0.0  # mean seconds of the recent answers
        self._best = math.inf  # its lowest value so far
        whole = max(1, math.floor(requests_per_second))
        self._throttler = Throttler(whole, period=whole / requests_per_second, retry_interval=self._spacing / 20)

    async def pass_through(self) -> None:
        """Wait for this request's turn."""
        async with self._turn:
            while (wait := self._next - self._clock()) > 0:
                await self._sleep(wait)
            # A schedule in absolute time loses nothing to late wake-ups, but lateness is never made up for by a burst.
            spacing = self._spacing * self._stretch
            self._next = max(self._next + spacing, self._clock() + spacing * 0.9)
            async with self._throttler:
                pass

    def hold(self, seconds: float) -> None:
        """Let nobody through for a while, and more slowly afterwards: the server complained."""
        self._next = max(self._next, self._clock() + seconds)
        self._stretch = min(self._stretch * _WIDER, _WIDEST)

    def answered(self, seconds: float) -> bool:
        """Take how long an answer took; True when answers have become so slow that requests go slower from now on.

        A server that is only far away is not slow: what counts is the recent mean against the best one so far.
        """
        self._recent += (seconds - self._recent) / min(self._answers + 1, _RECENT_ANSWERS)
        self._answers += 1
        if self._answers % _RECENT_ANSWERS:
            self._stretch = max(1.0, self._stretch * _NARROWER)
            return False
        self._best = min(self._best, self._recent)
        is_slow = self._recent > _SLOW_TIMES * self._best and self._recent - self._best > _SLOW_SECONDS
        self._stretch = min(self._stretch * _WIDER, _WIDEST) if is_slow else self._stretch
        return is_slow
