"""One message after the other: at the server's pace, again when it says later, and never twice.

Knows the order of steps around one message and when to give up; must not know files, figures or SMTP.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from rkreport.core.delivery import Delivery, Outcome, OutcomeKind
from rkreport.delivery.mime import encoded_size
from rkreport.delivery.transport import Transport
from rkreport.errors import DeliveryError
from rkreport.run.books import Book
from rkreport.run.world import World

_PAUSES_SECONDS = (20.0, 60.0, 120.0, 150.0)
"""Before those that were put off are tried again. Servers that greylist want a minute, many five; nobody wants to sit
before a screen for longer. What is left then stays planned for the next `send`."""

_JITTER = 0.2  # so much longer at most: two machines that were put off together do not come back together
_PUT_OFF_IN_A_ROW = 10  # then the server is not there; to try all of 2,000 would only take time
_POLICY_REFUSALS_IN_A_ROW = 3  # then it is not about the recipients
_MINUTE_SECONDS = 60.0
_MEGABYTE = 1_000_000


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
        self._patience = sum(_PAUSES_SECONDS)  # for waiting, since the server last took something
        self.taken = 0
        self.stopped = ""

    async def run(self, rows: Sequence[Delivery]) -> None:
        """Hand all over, those that were put off again later; what then is left stays planned."""
        self._known = len(rows)
        self._advance(0, self._known)
        left = await self._round(rows)
        for pause in _PAUSES_SECONDS:
            if not left or self.stopped or pause > self._patience:
                return
            await self._wait(pause, f"{len(left)} messages were put off by the mail server")
            left = await self._round(left)

    async def _round(self, rows: Sequence[Delivery]) -> list[Delivery]:
        """Each once; gives those that are left."""
        put_off: list[Delivery] = []
        in_a_row = 0
        for number, row in enumerate(rows, start=1):
            outcome = await self._hand_over(row)
            if outcome.kind is not OutcomeKind.LATER:
                in_a_row = 0
                self._count(outcome)
            else:
                put_off.append(row)
                in_a_row += 1
            if self.stopped or in_a_row == _PUT_OFF_IN_A_ROW or outcome.wait_seconds > self._patience:
                return [*put_off, *rows[number:]]
            if outcome.wait_seconds:
                await self._wait(outcome.wait_seconds, "the mail server is to be left alone for a while")
        return put_off

    async def _wait(self, seconds: float, why: str) -> None:
        self._patience -= seconds
        self._world.audience.say(f"Waiting for {seconds:.0f} seconds: {why}.")
        await self._world.sleep(seconds * (1 + _JITTER * self._world.random()))

    def _count(self, outcome: Outcome) -> None:
        self._done += 1
        self._advance(self._done, self._known)
        if outcome.kind is OutcomeKind.TAKEN:
            self.taken += 1
            self._patience = sum(_PAUSES_SECONDS)
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
