"""One message after the other: at the server's pace, again when it says later, and never twice.

Knows the order of steps around one message and when to give up; must not know files, figures or SMTP.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import MappingProxyType
from typing import Final, Protocol

from rkreport.core.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from rkreport.delivery.mime import encoded_size
from rkreport.delivery.transport import Transport
from rkreport.core.models import ManagerId
from rkreport.errors import DeliveryError
from rkreport.run.world import World
from rkreport.store.ledger import Ledger

_PAUSES_SECONDS = (20.0, 60.0, 120.0, 150.0)
"""Before those that were put off are tried again: most servers that greylist want a minute or five, and nobody wants to
sit before a screen for longer. What is left then stays planned for the next `send`."""

_JITTER = 0.2  # so much longer at most: two machines that were put off together do not come back together
_PUT_OFF_IN_A_ROW = 10  # then the server is not there; to try all of 2,000 would only take time
_POLICY_REFUSALS_IN_A_ROW = 3  # then it is not about the recipients
_MINUTE_SECONDS = 60.0
_MEGABYTE = 1_000_000


class Book(Protocol):
    """Where it is written down."""

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """The text goes next; what this raises keeps it back."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """What came of it."""


class Pace:
    """So many messages in any minute, those of a run before this one too."""

    def __init__(self, per_minute: int, world: World, before: Sequence[datetime] = ()) -> None:
        """`before`: when messages began to go out lately."""
        self._most, self._world = per_minute, world
        now, started = world.utc_now(), world.monotonic()
        ages = (max(0.0, (now - at).total_seconds()) for at in before)  # a clock that was put back makes no wait longer
        self._begun = deque(started - age for age in ages)

    async def turn(self) -> None:
        """Wait until one more may go."""
        while len(self._begun) >= self._most:
            left = self._begun[-self._most] + _MINUTE_SECONDS - self._world.monotonic()
            if left <= 0:
                self._begun.popleft()
            else:
                await self._world.sleep(left)
        self._begun.append(self._world.monotonic())

    @staticmethod
    def since(now: datetime) -> datetime:
        """From when on earlier messages matter."""
        return now - timedelta(seconds=_MINUTE_SECONDS)


class Campaign:
    """A sending in progress. `stopped` says why it ended before its time; `taken` counts what the server has."""

    def __init__(
        self,
        transport: Transport,
        book: Book,
        pace: Pace,
        world: World,
        *,
        sender: str,
        most_bytes: float,
        make: Callable[[Delivery], EmailMessage],
    ) -> None:
        """Take everything that a message passes; `make` builds the message of a row."""
        self._transport, self._book, self._pace, self._world = transport, book, pace, world
        self._sender, self._most_bytes, self._make = sender, most_bytes, make
        self._advance = world.audience.step("Sending messages", "messages")
        self._done = self._known = 0
        self._policy_code, self._alike = "", 0
        self.taken = 0
        self.stopped = ""

    async def run(self, rows: Sequence[Delivery]) -> None:
        """Hand all over, those that were put off again later; what then is left stays planned."""
        self._known = len(rows)
        self._advance(0, self._known)
        left, wait = await self._round(rows)
        patience = sum(_PAUSES_SECONDS)
        for pause in _PAUSES_SECONDS:
            longest = max(pause, wait)
            if not left or self.stopped or longest > patience:
                return
            patience -= longest
            self._world.audience.say(
                f"The mail server put off {len(left)} messages; trying them again in {longest:.0f} seconds."
            )
            await self._world.sleep(longest * (1 + _JITTER * self._world.random()))
            left, wait = await self._round(left)

    async def _round(self, rows: Sequence[Delivery]) -> tuple[list[Delivery], float]:
        """Each once; gives those that are left, and for how many seconds the server wants to be left alone."""
        put_off: list[Delivery] = []
        in_a_row = 0
        for number, row in enumerate(rows, start=1):
            outcome = await self._hand_over(row)
            if outcome.kind is OutcomeKind.LATER:
                put_off.append(row)
                in_a_row += 1
            else:
                in_a_row = 0
                self._count(outcome)
            if self.stopped or outcome.wait_seconds or in_a_row == _PUT_OFF_IN_A_ROW:
                return [*put_off, *rows[number:]], outcome.wait_seconds
        return put_off, 0

    def _count(self, outcome: Outcome) -> None:
        self._done += 1
        self._advance(self._done, self._known)
        self.taken += outcome.kind is OutcomeKind.TAKEN
        if outcome.kind is OutcomeKind.STOP:
            self.stopped = outcome.reply
        self._alike = self._alike + 1 if outcome.policy_code == self._policy_code else 1
        self._policy_code = outcome.policy_code
        if self._policy_code and self._alike == _POLICY_REFUSALS_IN_A_ROW:
            self.stopped = f"{_POLICY_REFUSALS_IN_A_ROW} messages in a row were refused alike: {outcome.reply}"

    async def _hand_over(self, row: Delivery) -> Outcome:
        """One message; when this returns, its outcome is on the disk."""
        is_begun = False

        def before_text() -> None:
            nonlocal is_begun
            self._book.begin(row, size)
            is_begun = True

        try:
            message = self._make(row)
            size = self._checked_size(message)
        except DeliveryError as error:
            refused = Outcome(OutcomeKind.REFUSED, str(error))
            self._book.settle(row, refused, is_begun=False)
            return refused
        await self._pace.turn()
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
            self._world.audience.say("Stopping after the message in hand; press Ctrl-C again to stop at once.")
            return await handing, True

    def _checked_size(self, message: EmailMessage) -> int:
        size = encoded_size(message)
        if size > self._most_bytes:
            raise DeliveryError(
                f"The message has {size / _MEGABYTE:.1f} MB, more than mail.max_message_mb"
                f" ({self._most_bytes / _MEGABYTE:g}); raise that if the mail server takes more."
            )
        return size


class LedgerBook:
    """Real messages: every step is in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger."""
        self._ledger = ledger

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """On the disk as `sending`, before the text goes."""
        self._ledger.claim(row, size_bytes)

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Before the text nothing can have been taken, whatever happened; after it, what was answered counts."""
        if outcome.kind is OutcomeKind.TAKEN and not is_begun:
            raise ValueError("a message was taken that never began")
        end = _ENDS[outcome.kind]
        if is_begun:
            self._ledger.move(replace(row, state=DeliveryState.SENDING), end, outcome.reply)
        elif end is DeliveryState.FAILED:
            self._ledger.move(row, end, outcome.reply, attempts=1)
        else:
            self._ledger.put_off(row, outcome.reply)


_ENDS: Final = MappingProxyType(
    {
        OutcomeKind.TAKEN: DeliveryState.SENT,
        OutcomeKind.LATER: DeliveryState.PLANNED,
        OutcomeKind.REFUSED: DeliveryState.FAILED,
        OutcomeKind.STOP: DeliveryState.PLANNED,  # it is not about this message, and nothing was taken
        OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
    }
)


class TrialBook:
    """Trials: nothing is kept but what went wrong, by manager id."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.wrong: dict[ManagerId, str] = {}

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """A trial may go any number of times."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """The last word counts."""
        self.wrong.pop(row.manager_id, None)
        if outcome.kind is not OutcomeKind.TAKEN:
            self.wrong[row.manager_id] = outcome.reply
