"""Decides what to retry, when, and for how long. Knows errors, not HTTP."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential, wait_random

from rkreport.errors import LmsError, ServerTrouble, Throttled, Unreachable
from rkreport.lms.transport import Transport

_MOST_PAUSES = 30  # 429s in a row for one request before the run gives up
LONGEST_WAIT_SECONDS = 60.0  # a server that asks for more ends the run; the next run continues from there
_PAUSE_WITHOUT_HINT_SECONDS = 5.0
_LONGEST_TRYING_SECONDS = _MOST_PAUSES * LONGEST_WAIT_SECONDS

Result = TypeVar("Result")


async def attempt(once: Callable[[], Awaitable[Result]], transport: Transport) -> Result:
    """Try until success, until a permanent error, or `max_attempts` times; a 429 does not count as a try.

    After 30 pauses, or 30 minutes after its first failure, a request that fails is not tried again.
    """
    pauses = 0
    first_failed: float | None = None
    backoff = wait_exponential(multiplier=0.5, max=30) + wait_random(0, 0.5)

    def trying_seconds() -> float:
        nonlocal first_failed
        now = transport.clock()
        if first_failed is None:
            first_failed = now
        return now - first_failed

    def is_over(state: RetryCallState) -> bool:
        failed = state.attempt_number - pauses
        is_late = trying_seconds() >= _LONGEST_TRYING_SECONDS
        return failed >= transport.settings.max_attempts or pauses >= _MOST_PAUSES or is_late

    def wait(state: RetryCallState) -> float:
        nonlocal pauses
        error = state.outcome.exception() if state.outcome else None
        hint = error.retry_after_seconds if isinstance(error, Throttled | ServerTrouble) else None
        if hint and hint > LONGEST_WAIT_SECONDS:
            raise LmsError(
                f"{error} It asks for a wait of {_duration(hint)}, so this ends here; nothing is lost: say the same"
                " command again then, and it goes on where it stopped."
            ) from error
        if isinstance(error, Throttled):
            pauses += 1
            transport.meter.pauses += 1
            pause = hint or _PAUSE_WITHOUT_HINT_SECONDS
            transport.gate.hold(pause)
            transport.say(f"The LMS asked for a pause: all requests wait {pause:.0f} s, then go slower.")
            return 0.0  # the gate holds all requests, including this one
        return max(hint or 0.0, backoff(state))

    def before_sleep(state: RetryCallState) -> None:
        transport.meter.retries += 1
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Throttled):
            failed = state.attempt_number - pauses
            transport.say(
                f"{error} Trying again ({failed} of {transport.settings.max_attempts} tries failed)"
                f" in {_duration(state.upcoming_sleep)}."
            )

    trials = AsyncRetrying(
        sleep=transport.sleep,
        stop=is_over,
        wait=wait,
        retry=retry_if_exception_type((Unreachable, ServerTrouble, Throttled)),
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        async for trial in trials:
            with trial:
                return await once()
    except Throttled as error:
        raise Throttled(
            f"{error} That was pause {pauses} for it within {_duration(trying_seconds())}, so it is not asked for again"
            " now; run the command again later, and if it stays so, ask Ruangkerja."
        ) from error
    raise AssertionError("unreachable")  # reraise=True never ends without a result or an error


def _duration(seconds: float) -> str:
    """Word a wait: `4 s`, `12 min`, `28 h`."""
    if seconds < 90:  # noqa: PLR2004 - up to here seconds read well
        return f"{max(1, round(seconds))} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{min(minutes / 60, 9999):.0f} h"  # noqa: PLR2004 - as above
