"""Records what becomes of each message: in the ledger and the audit log, or in memory for trials.

Must not know how a message is sent.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from rkreport.core.audit_chain import AuditEvent
from rkreport.core.mail.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from rkreport.core.models import ManagerId
from rkreport.core.release import NO_RELEASE, Release
from rkreport.sentence import Sentence
from rkreport.store.ledger import Ledger

Note = Callable[[AuditEvent, Delivery, str], None]
"""Writes a line about a message into the audit log, with a result."""


class OutcomeRecorder(Protocol):
    """Records what becomes of each message."""

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """Record that the text goes next; an error here stops the message."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Record the outcome."""


class LedgerRecorder:
    """Records every step of real messages in the ledger."""

    def __init__(self, ledger: Ledger, release: Release = NO_RELEASE) -> None:
        """Take the ledger, and the release under which all messages go."""
        self._ledger, self._release = ledger, release

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """Write `sending` to the disk before the text goes."""
        self._ledger.claim(row, size_bytes, self._release)

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Record the outcome. Before the text nothing can have been taken; after it, the server's answer counts.

        `row` has its earlier state. A message in doubt stays in doubt unless the server takes it now: a second refusal
        says nothing about the first try.
        """
        end, reply = row.channel.ends[outcome.kind], outcome.reply
        if row.state is DeliveryState.UNKNOWN and outcome.kind is not OutcomeKind.TAKEN:
            end, reply = DeliveryState.UNKNOWN, Sentence("sent again without success: {reply}", reply=reply)
        if outcome.kind is OutcomeKind.TAKEN and not is_begun:  # a bug in the transport must not send it twice
            self._ledger.claim(row, row.size_bytes, self._release)
            is_begun = True
        if is_begun:
            self._ledger.move(
                replace(row, state=DeliveryState.SENDING), end, reply, copies_missed=outcome.copies_missed
            )
        elif end is DeliveryState.FAILED:
            self._ledger.move(row, end, reply, attempts=1)
        else:
            self._ledger.put_off(row, reply)


class AuditedRecorder:
    """Writes into the audit log what another recorder records."""

    def __init__(self, recorder: OutcomeRecorder, note: Note) -> None:
        """Take both."""
        self._recorder, self._note = recorder, note

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """Write the line first: without it no text goes."""
        event = AuditEvent.MESSAGE_GIVEN_AGAIN if row.again else AuditEvent.MESSAGE_GIVEN
        self._note(AuditEvent.MESSAGE_RETRIED if row.state is DeliveryState.UNKNOWN else event, row, "")
        self._recorder.begin(row, size_bytes)

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Record the outcome first: it is what keeps a message from going twice."""
        self._recorder.settle(row, outcome, is_begun=is_begun)
        self._note(AuditEvent.MESSAGE_ENDED, row, outcome.kind.value)


class TrialRecorder:
    """Keeps only the failures of trials, by manager id."""

    def __init__(self) -> None:
        """Start without failures."""
        self.wrong = dict[ManagerId, str]()

    def begin(self, row: Delivery, size_bytes: int) -> None:
        """Record nothing: a trial may go any number of times."""

    def settle(self, row: Delivery, outcome: Outcome, *, is_begun: bool) -> None:
        """Keep the latest outcome per manager."""
        del is_begun
        self.wrong.pop(row.manager_id, None)
        if outcome.kind is not OutcomeKind.TAKEN:
            self.wrong[row.manager_id] = outcome.reply
