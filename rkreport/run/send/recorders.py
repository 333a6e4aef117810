"""Where it is written down what becomes of each message: in the ledger, or, for trials, nowhere for long."""

from dataclasses import replace
from typing import Protocol

from rkreport.core.mail.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from rkreport.core.models import ManagerId
from rkreport.store.ledger import Ledger


class OutcomeRecorder(Protocol):
    """Where it is written down."""

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """The text goes next; what this raises keeps it back."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """What came of it."""


class LedgerRecorder:
    """Real messages: every step is in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the ledger."""
        self._ledger = ledger

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """On the disk as `sending`, before the text goes."""
        self._ledger.claim(row, size_bytes)

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Before the text nothing can have been taken, whatever happened; after it, what was answered counts.

        `row` is as it was before: one that was in doubt stays so, unless it is taken now. Refusing it a second time
        tells nothing of the first.
        """
        end, reply = row.channel.ends[outcome.kind], outcome.reply
        if row.state is DeliveryState.UNKNOWN and outcome.kind is not OutcomeKind.TAKEN:
            end, reply = DeliveryState.UNKNOWN, f"sent again without success: {reply}"
        if outcome.kind is OutcomeKind.TAKEN and not is_begun:  # a bug of the transport must not make it go twice
            self._ledger.claim(row, row.size_bytes)
            is_begun = True
        if is_begun:
            self._ledger.move(
                replace(row, state=DeliveryState.SENDING), end, reply, copies_missed=outcome.copies_missed
            )
        elif end is DeliveryState.FAILED:
            self._ledger.move(row, end, reply, attempts=1)
        else:
            self._ledger.put_off(row, reply)


class TrialRecorder:
    """Trials: nothing is kept but what went wrong, by manager id."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.reached = set[ManagerId]()
        self.wrong = dict[ManagerId, str]()

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """A trial may go any number of times."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """The last word counts."""
        del is_begun
        self.reached.add(row.manager_id)
        self.wrong.pop(row.manager_id, None)
        if outcome.kind is not OutcomeKind.TAKEN:
            self.wrong[row.manager_id] = outcome.reply
