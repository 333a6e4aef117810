"""One gate for every request of a run, including token requests and retries. Knows time, not HTTP.

asyncio-throttle holds the limit. Measured on version 1.0.2: at R per second it releases R requests at once, and each
waiter polls. A strict server counts arrivals and then refuses 2 to 15 % of the requests. So only one caller at a time
asks it, and requests reach it evenly spaced on an absolute schedule, which is a little slower than the limit. Late
wake-ups are made up for, by requests that follow each other more closely; the throttler then keeps the limit, in a
window a little longer than a second. So jitter between sending and arriving never puts R + 1 requests into one second.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

from asyncio_throttle import Throttler

_SLACK = 1.033  # of the schedule
_WINDOW = (
    1.03  # of the throttler: it keeps the limit in any case, so jitter may be 30 ms; below _SLACK, or it would poll
)
_CLOSEST = 0.5  # of the usual distance, while lateness is made up for
_MOST_LATE_SECONDS = 0.25  # more is not made up for
_WIDER, _NARROWER, _WIDEST = 1.5, 0.99, 16.0
_RECENT_ANSWERS = 20
_SLOW_TIMES, _SLOW_SECONDS = 3.0, 1.0  # slow means slower than the best answer by both


def spacing_seconds(requests_per_second: float) -> float:
    """Return the seconds between requests at a limit."""
    return _SLACK / requests_per_second


class Gate:
    """Lets requests pass at a rate per second, in order of arrival."""

    def __init__(
        self,
        requests_per_second: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the rate, a monotonic clock in seconds, and a matching sleep."""
        self._spacing = spacing_seconds(requests_per_second)
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._next = self._closest = -math.inf  # by the schedule, and the earliest in any case
        self._stretch = 1.0  # factor of slowness against the configured rate; 1 if the server has not complained
        self._answers = 0
        self._recent = 0.0  # mean seconds of the recent answers
        self._best = math.inf  # its lowest value so far
        whole = max(1, math.floor(requests_per_second))
        period = _WINDOW * whole / requests_per_second
        self._throttler = Throttler(whole, period=period, retry_interval=self._spacing / 20)

    async def pass_through(self) -> None:
        """Wait for this request's turn."""
        came = self._clock()
        async with self._turn:
            was_waited_for = came < self._next
            while (wait := max(self._next, self._closest) - self._clock()) > 0:
                await self._sleep(wait)
            async with self._throttler:
                pass
            # An absolute schedule makes up for late wake-ups and short gaps, but not for a silence.
            now, spacing = self._clock(), self._spacing * self._stretch
            late = now - self._next
            if late > _MOST_LATE_SECONDS:
                late = _MOST_LATE_SECONDS if was_waited_for else 0
            self._next = now - late + spacing
            self._closest = now + spacing * _CLOSEST

    def hold(self, seconds: float) -> None:
        """Stop all requests for a while and let them pass more slowly afterwards: the server complained."""
        self._next = max(self._next, self._clock() + seconds)
        self._stretch = min(self._stretch * _WIDER, _WIDEST)

    def answered(self, seconds: float) -> bool:
        """Note how long an answer took; return True if answers became so slow that requests slow down from now on.

        A distant server is not slow: the recent mean is compared with the best mean so far.
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
