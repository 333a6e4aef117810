"""The send loop: sends messages one by one at the server's pace, retries deferred ones, and sends none twice.

Knows the steps for one message and when to give up; must not know files, figures or SMTP.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rkreport.core.mail.delivery import Delivery, Outcome, OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.delivery.pace import Pace
from rkreport.delivery.transport import Transport
from rkreport.errors import DeliveryError
from rkreport.run.send.recorders import OutcomeRecorder
from rkreport.run.world import World
from rkreport.sentence import Sentence

PATIENCE_SECONDS = 400.0
"""The longest total wait since the server last took a message. Servers that greylist want five minutes, and an admin
at the screen will not wait longer. The other messages stay planned for the next `send`."""

TRIAL_PATIENCE_SECONDS = 30.0
"""The same for a trial: nothing is lost, and its admin waits for the one answer. A cut connection is tried again."""

_MOST_TRIES = 4  # for one message in one run
_SHORTEST_PAUSE_SECONDS = 20.0  # before a deferred message is tried again
_OF_THE_SERVER_SECONDS = 60.0  # a busy server asks for a minute at most; greylisting of one message asks for more
_JITTER = 0.2  # adds up to this share: two machines deferred together do not return together
_REFUSALS_IN_A_ROW = 3  # with the same policy code: the server would refuse the next one too
_DOUBTS_IN_A_ROW = 3
"""One broken connection may be the network's fault. Three in a row come from the server's handling of our texts, such
as a filter or a proxy that times out. Each further message would leave one more manager in doubt."""


@dataclass(slots=True, order=True)
class _Deferred:
    """A message to try again, not before `ready` on the monotonic clock."""

    ready: float
    place: int
    tries: int
    row: Delivery


class SendLoop:
    """A sending in progress. `stopped` says why it ended early; `taken` counts the messages that the server took.

    `put_off` is the server's last word if the patience ended; the messages that remain may be sent later.
    """

    def __init__(
        self,
        transport: Transport,
        recorder: OutcomeRecorder,
        pace: Pace,
        world: World,
        *,
        step: str,
        sender: str,
        make: Callable[[Delivery], Message],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Take what sending needs; `make` builds the message of a row, `step` names the progress bar."""
        self._transport, self._recorder, self._pace, self._world = transport, recorder, pace, world
        self._sender, self._make = sender, make
        self._step = step
        self._done = self._known = 0
        self._policy_code, self._alike, self._doubts = "", 0, 0
        self._patience = self._longest_patience = patience_seconds
        self._advance: Callable[[int, int], None] = lambda _done, _known: None
        self.taken = 0
        self.stopped = self.put_off = ""

    async def run(self, rows: Sequence[Delivery]) -> None:
        """Send all messages, deferred ones after the others; those that remain stay planned."""
        if not rows:
            return
        fresh, deferred = deque(rows), list[_Deferred]()
        self._known, last_reply = len(rows), ""
        self._advance = self._world.observer.step(self._step, "messages")
        self._advance(0, self._known)
        while (fresh or deferred) and not self.stopped:
            if fresh:
                one = _Deferred(0, self._known - len(fresh), 0, fresh.popleft())
            else:
                one = heapq.heappop(deferred)
                if not await self._wait(one.ready - self._world.monotonic(), "Messages were put off."):
                    self.put_off = last_reply
                    return
            started = self._world.monotonic()
            outcome = await self._transmit(one.row)
            if outcome.kind is not OutcomeKind.LATER:
                self._count(outcome)
                continue
            last_reply = outcome.reply
            if one.tries + 1 < _MOST_TRIES:
                pause = max(_SHORTEST_PAUSE_SECONDS, outcome.wait_seconds) * 2**one.tries
                ready = self._world.monotonic() + self._with_jitter(pause)
                heapq.heappush(deferred, _Deferred(ready, one.place, one.tries + 1, one.row))
            if 0 < outcome.wait_seconds <= _OF_THE_SERVER_SECONDS:
                self._patience -= self._world.monotonic() - started  # an unreachable server uses up time as well
                if not await self._wait(outcome.wait_seconds, outcome.reply):
                    self.put_off = last_reply
                    return

    async def _wait(self, seconds: float, why: str) -> bool:
        """Wait, and return True; return False at once if the total wait would be too long."""
        if seconds > self._patience:
            return False
        if seconds > 0:
            self._patience -= seconds
            self._world.observer.say(
                Sentence("Waiting for {seconds:.0f} seconds. {why}.", seconds=seconds, why=why.rstrip("."))
            )
            await self._world.sleep(seconds)
        return True

    def _with_jitter(self, seconds: float) -> float:
        return seconds * (1 + _JITTER * self._world.random())

    def _count(self, outcome: Outcome) -> None:
        self._done += 1
        self._advance(self._done, self._known)
        if outcome.kind is OutcomeKind.TAKEN:
            self.taken += 1
            self._patience = self._longest_patience
        if outcome.kind is OutcomeKind.STOP:
            self.stopped = outcome.reply
        self._alike = self._alike + 1 if outcome.policy_code == self._policy_code else 1
        self._policy_code = outcome.policy_code
        self._doubts = self._doubts + 1 if outcome.kind is OutcomeKind.UNKNOWN else 0
        if self._doubts == _DOUBTS_IN_A_ROW:
            self.stopped = Sentence(
                "of {doubts_in_a_row} messages in a row it is not known whether the mail server took"
                " them ({reply}); ask the people who run it what became of them, then look at"
                " ledger.csv before you send again",
                doubts_in_a_row=_DOUBTS_IN_A_ROW,
                reply=outcome.reply.rstrip("."),
            )
        if self._policy_code and self._alike == _REFUSALS_IN_A_ROW:
            self.stopped = Sentence(
                "{refusals_in_a_row} messages in a row were refused alike: {reply}",
                refusals_in_a_row=_REFUSALS_IN_A_ROW,
                reply=outcome.reply,
            )

    async def _transmit(self, row: Delivery) -> Outcome:
        """Send one message; its outcome is on the disk when this returns."""
        is_begun = False

        def before_text() -> None:
            nonlocal is_begun
            self._recorder.begin(row, size)
            is_begun = True

        try:
            message = self._make(row)
            size = len(message.content)
        except DeliveryError as error:
            refused = Outcome(OutcomeKind.REFUSED, error.sentence)
            self._recorder.settle(row, refused, is_begun=False)
            return refused
        await self._pace.pass_through()
        handing = asyncio.ensure_future(
            self._transport.deliver(message, self._sender, (row.recipient, *row.cc), before_text)
        )
        try:
            outcome, is_cancelled = await self._finished(handing)
        except BaseException:  # once the text had begun, the outcome is in doubt, whatever the error
            if is_begun:
                lost = Outcome(OutcomeKind.UNKNOWN, "rkreport was ended before the answer came")
                self._recorder.settle(row, lost, is_begun=True)
            raise
        self._recorder.settle(row, outcome, is_begun=is_begun)
        if is_cancelled:
            raise asyncio.CancelledError
        return outcome

    async def _finished(self, handing: "asyncio.Future[Outcome]") -> tuple[Outcome, bool]:
        """Return the outcome, and whether Ctrl-C came meanwhile; finish the current message first."""
        try:
            return await asyncio.shield(handing), False
        except asyncio.CancelledError:
            self._world.observer.say("Stopping after the message in hand; press Ctrl-C again to stop at once.")
            return await handing, True
