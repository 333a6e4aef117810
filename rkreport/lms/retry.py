"""Retries: decides what to try again, when, and for how long. Knows errors, not HTTP.

`_Patience` decides; `attempt` does what follows from it: holds the gate, counts and speaks.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential, wait_random

from rkreport.errors import LmsError, ServerTrouble, Throttled, Unreachable
from rkreport.lms.transport import Transport
from rkreport.sentence import Sentence

_MOST_PAUSES = 30  # 429s in a row for one request before the run gives up
LONGEST_WAIT_SECONDS = 60.0  # a server that asks for more ends the run; the next run continues from there
_PAUSE_WITHOUT_HINT_SECONDS = 5.0
_TRIES_IF_NOT_URGENT = 2
_LONGEST_TRYING_SECONDS = _MOST_PAUSES * LONGEST_WAIT_SECONDS

Result = TypeVar("Result")


async def attempt(once: Callable[[], Awaitable[Result]], transport: Transport, *, is_urgent: bool = True) -> Result:
    """Try until success, until a permanent error, or `max_attempts` times; a 429 does not count as a try.

    After 30 pauses, or 30 minutes after its first failure, a request that fails is not tried again. What is not urgent
    is tried twice, with at most 2 pauses.
    """
    try:
        return await once()
    except (Unreachable, ServerTrouble, Throttled) as error:
        return await _attempt_again(once, error, transport, is_urgent=is_urgent)


async def _attempt_again(
    once: Callable[[], Awaitable[Result]],
    first: Unreachable | ServerTrouble | Throttled,
    transport: Transport,
    *,
    is_urgent: bool,
) -> Result:
    """Go on trying after the first failure."""
    failures = [first]

    async def next_try() -> Result:
        if failures:
            raise failures.pop()
        return await once()

    patience = _Patience(transport.settings.max_attempts, transport.clock, is_urgent=is_urgent)
    trials = AsyncRetrying(
        sleep=transport.sleep,
        stop=patience.is_over,
        wait=patience.wait,
        retry=retry_if_exception_type((Unreachable, ServerTrouble, Throttled)),
        before_sleep=lambda state: _tell(transport, patience, state),
        reraise=True,
    )
    try:
        async for trial in trials:
            with trial:
                try:
                    return await next_try()
                except (Unreachable, ServerTrouble, Throttled) as error:
                    patience.note(error)
                    if isinstance(error, Throttled):
                        _hold_all(transport, error)
                    raise
    except Throttled as error:
        raise Throttled(
            "{error} That was pause {pauses} for it within {duration}, so it is not asked for"
            " again now; run the command again later, and if it stays so, ask Ruangkerja.",
            error=error,
            pauses=patience.pauses,
            duration=_duration(patience.seconds()),
        ) from error
    raise AssertionError("unreachable")  # reraise=True never ends without a result or an error


def _hold_all(transport: Transport, error: Throttled) -> None:
    """Hold the gate: all requests wait, the refused one too."""
    pause = error.retry_after_seconds or _PAUSE_WITHOUT_HINT_SECONDS
    transport.meter.pauses += 1
    transport.gate.hold(pause)
    transport.say(Sentence("The LMS asked for a pause: all requests wait {pause:.0f} s, then go slower.", pause=pause))


def _tell(transport: Transport, patience: "_Patience", state: RetryCallState) -> None:
    """Count a retry, and say that it comes and when."""
    transport.meter.retries += 1
    error = _error_of(state)
    if not isinstance(error, Throttled):
        transport.say(
            Sentence(
                "{error} Trying again ({failed} of {most_attempts} tries failed) in {duration}.",
                error=error,
                failed=patience.failed(state),
                most_attempts=patience.most_attempts,
                duration=_duration(state.upcoming_sleep),
            )
        )


class _Patience:
    """What one request has cost so far. `note` takes each failure; all else computes, and tenacity asks it."""

    def __init__(self, max_attempts: int, clock: Callable[[], float], *, is_urgent: bool) -> None:
        self.most_attempts = max_attempts if is_urgent else min(max_attempts, _TRIES_IF_NOT_URGENT)
        self.pauses = 0
        self._most_pauses = _MOST_PAUSES if is_urgent else _TRIES_IF_NOT_URGENT
        self._clock = clock
        self._first_failed: float | None = None
        self._backoff = wait_exponential(multiplier=0.5, max=30) + wait_random(0, 0.5)

    def note(self, error: Unreachable | ServerTrouble | Throttled) -> None:
        """Note a failure.

        Raises:
            LmsError: the server asks for a longer wait than a run has.
        """
        if self._first_failed is None:
            self._first_failed = self._clock()
        hint = _hint(error)
        if hint > LONGEST_WAIT_SECONDS:
            raise LmsError(
                "{error} It asks for a wait of {duration}, so this ends here; nothing is lost: say"
                " the same command again then, and it goes on where it stopped.",
                error=error,
                duration=_duration(hint),
            ) from error
        if isinstance(error, Throttled):
            self.pauses += 1

    def seconds(self) -> float:
        """How long ago the request first failed; 0 if it never has."""
        return 0.0 if self._first_failed is None else self._clock() - self._first_failed

    def is_over(self, state: RetryCallState) -> bool:
        has_failed_often = self.failed(state) >= self.most_attempts
        return has_failed_often or self.pauses >= self._most_pauses or self.seconds() >= _LONGEST_TRYING_SECONDS

    def wait(self, state: RetryCallState) -> float:
        error = _error_of(state)
        if isinstance(error, Throttled):
            return 0.0  # the gate holds all requests, including this one
        return max(_hint(error), self._backoff(state))

    def failed(self, state: RetryCallState) -> int:
        return state.attempt_number - self.pauses


def _hint(error: BaseException | None) -> float:
    """How long the server asked to wait; 0 if it did not ask."""
    return (error.retry_after_seconds or 0.0) if isinstance(error, Throttled | ServerTrouble) else 0.0


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _duration(seconds: float) -> str:
    """Word a wait: `4 s`, `12 min`, `28 h`."""
    if seconds < 90:  # noqa: PLR2004 - up to here seconds read well
        return Sentence("{seconds:.0f} s", seconds=max(1, round(seconds)))
    minutes = seconds / 60
    if minutes < 90:  # noqa: PLR2004 - as above
        return Sentence("{minutes:.0f} min", minutes=minutes)
    return Sentence("{hours:.0f} h", hours=min(minutes / 60, 9999))
