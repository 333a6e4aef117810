"""Keeps `messages_per_minute` within a run and across runs. Knows clocks, not messages."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

_MINUTE: Final = timedelta(seconds=60)
_SLACK = timedelta(milliseconds=50)  # the server counts on another clock


class Pace:
    """Spaces messages evenly, and never lets more than the limit go in any minute."""

    def __init__(
        self,
        messages_per_minute: int | None,
        went: Iterable[datetime] = (),
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Take the rate, the times of earlier messages (aware, in any order), and a clock.

        A rate of None means no limit, as for files. Times older than a minute have no effect. Times in the future count
        as now, because the clock was set back.
        """
        self._limit = messages_per_minute
        self._now = now
        self._sleep = sleep
        kept = messages_per_minute or 0
        self._went = deque(sorted(went)[-kept:], kept)

    async def pass_through(self) -> float:
        """Wait for the next message's turn; return the seconds waited."""
        waited = 0.0
        while (wait := self._wait()) > timedelta(0):
            waited += wait.total_seconds()
            await self._sleep(wait.total_seconds())
        self._went.append(self._now())
        return waited

    def _wait(self) -> timedelta:
        if self._limit is None or not self._went:
            return timedelta(0)
        moment = self._now()
        for place, one in enumerate(self._went):
            self._went[place] = min(one, moment)
        turn = self._went[-1] + _MINUTE / self._limit
        if len(self._went) == self._limit:
            turn = max(turn, self._went[0] + _MINUTE + _SLACK)
        return turn - moment
