"""One message after the other: at the server's pace, again when it says later, and never twice.

Knows the order of steps around one message and when to give up; must not know files, figures or SMTP.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from rkreport.core.mail.delivery import Delivery, Outcome, OutcomeKind
from rkreport.delivery.mime import encoded_size
from rkreport.delivery.pace import Pace
from rkreport.delivery.transport import Transport
from rkreport.errors import DeliveryError
from rkreport.run.send.recorders import OutcomeRecorder
from rkreport.run.world import World

_PATIENCE_SECONDS = 400.0
"""For waiting, since the server last took something. Servers that greylist want five minutes; nobody wants to sit
before a screen for longer. What is left then stays planned for the next `send`."""

_MOST_TRIES = 4  # of one message in one run
_SHORTEST_PAUSE_SECONDS = 20.0  # before a message that was put off is tried again
_OF_THE_SERVER_SECONDS = 60.0  # who has too much to do says a minute at most; who greylists one message says more
_JITTER = 0.2  # so much longer at most: two machines that were put off together do not come back together
_REFUSALS_IN_A_ROW = 3  # alike, and for what the message is: then the next will be refused as well
_DOUBTS_IN_A_ROW = 3
"""A cut now and then is the network's; three in a row are the server's way with our texts (a filter, a proxy that times
out), and each message more would be one more manager of whom nobody knows whether they have it."""


@dataclass(slots=True, order=True)
class _PutOff:
    """A message that is tried again, not before a moment of the monotonic clock."""

    ready: float
    place: int
    tries: int
    row: Delivery


class SendLoop:
    """A sending in progress. `stopped` says why it ended before its time; `taken` counts what the server has."""

    def __init__(
        self,
        transport: Transport,
        book: OutcomeRecorder,
        pace: Pace,
        world: World,
        *,
        step: str,
        sender: str,
        make: Callable[[Delivery], EmailMessage],
    ) -> None:
        """Take everything that a message passes; `make` builds the message of a row, `step` names the work."""
        self._transport, self._book, self._pace, self._world = transport, book, pace, world
        self._sender, self._make = sender, make
        self._advance = world.observer.step(step, "messages")
        self._done = self._known = 0
        self._policy_code, self._alike, self._doubts = "", 0, 0
        self._patience = _PATIENCE_SECONDS
        self.taken = 0
        self.stopped = ""

    async def run(self, rows: Sequence[Delivery]) -> None:
        """Hand all over, those that were put off after the others; what then is left stays planned."""
        fresh, put_off = deque(rows), list[_PutOff]()
        self._known = len(rows)
        self._advance(0, self._known)
        while (fresh or put_off) and not self.stopped:
            if fresh:
                one = _PutOff(0, self._known - len(fresh), 0, fresh.popleft())
            else:
                one = heapq.heappop(put_off)
                if not await self._wait(one.ready - self._world.monotonic(), "Messages were put off."):
                    return
            started = self._world.monotonic()
            outcome = await self._hand_over(one.row)
            if outcome.kind is not OutcomeKind.LATER:
                self._count(outcome)
                continue
            if one.tries + 1 < _MOST_TRIES:
                pause = max(_SHORTEST_PAUSE_SECONDS, outcome.wait_seconds) * 2**one.tries
                ready = self._world.monotonic() + self._with_jitter(pause)
                heapq.heappush(put_off, _PutOff(ready, one.place, one.tries + 1, one.row))
            if 0 < outcome.wait_seconds <= _OF_THE_SERVER_SECONDS:
                self._patience -= self._world.monotonic() - started  # a server that is not there takes time to say so
                if not await self._wait(outcome.wait_seconds, outcome.reply):
                    return

    async def _wait(self, seconds: float, why: str) -> bool:
        """Wait, unless that has been done for too long already."""
        if seconds > self._patience:
            return False
        if seconds > 0:
            self._patience -= seconds
            self._world.observer.say(f"Waiting for {seconds:.0f} seconds. {why.rstrip('.')}.")
            await self._world.sleep(seconds)
        return True

    def _with_jitter(self, seconds: float) -> float:
        return seconds * (1 + _JITTER * self._world.random())

    def _count(self, outcome: Outcome) -> None:
        self._done += 1
        self._advance(self._done, self._known)
        if outcome.kind is OutcomeKind.TAKEN:
            self.taken += 1
            self._patience = _PATIENCE_SECONDS
        if outcome.kind is OutcomeKind.STOP:
            self.stopped = outcome.reply
        self._alike = self._alike + 1 if outcome.policy_code == self._policy_code else 1
        self._policy_code = outcome.policy_code
        self._doubts = self._doubts + 1 if outcome.kind is OutcomeKind.UNKNOWN else 0
        if self._doubts == _DOUBTS_IN_A_ROW:
            self.stopped = (
                f"of {_DOUBTS_IN_A_ROW} messages in a row it is not known whether the mail server took them"
                f" ({outcome.reply.rstrip('.')}); ask the people who run it what became of them, then look at"
                " ledger.csv before you send again"
            )
        if self._policy_code and self._alike == _REFUSALS_IN_A_ROW:
            self.stopped = f"{_REFUSALS_IN_A_ROW} messages in a row were refused alike: {outcome.reply}"

    async def _hand_over(self, row: Delivery) -> Outcome:
        """One message; when this returns, its outcome is on the disk."""
        is_begun = False

        def before_text() -> None:
            nonlocal is_begun
            self._book.begin(row, size)
            is_begun = True

        try:
            message = self._make(row)
            size = encoded_size(message)
        except DeliveryError as error:
            refused = Outcome(OutcomeKind.REFUSED, str(error))
            self._book.settle(row, refused, is_begun=False)
            return refused
        await self._pace.pass_through()
        handing = asyncio.ensure_future(
            self._transport.deliver(message, self._sender, (row.recipient, *row.cc), before_text)
        )
        try:
            outcome, is_cancelled = await self._finished(handing)
        except BaseException:  # whatever ended it: once the text had begun, nobody can tell who has it
            if is_begun:
                lost = Outcome(OutcomeKind.UNKNOWN, "rkreport was ended before the answer came")
                self._book.settle(row, lost, is_begun=True)
            raise
        self._book.settle(row, outcome, is_begun=is_begun)
        if is_cancelled:
            raise asyncio.CancelledError
        return outcome

    async def _finished(self, handing: "asyncio.Future[Outcome]") -> tuple[Outcome, bool]:
        """The outcome, and whether Ctrl-C came meanwhile: the message in hand is brought to its end first."""
        try:
            return await asyncio.shield(handing), False
        except asyncio.CancelledError:
            self._world.observer.say("Stopping after the message in hand; press Ctrl-C again to stop at once.")
            return await handing, True
