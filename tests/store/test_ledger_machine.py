"""Any history of plans, attempts, answers, cuts and crashes, against a server that remembers what it has taken."""

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rkreport.core.mail.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from rkreport.core.models import ManagerId
from rkreport.run.send.recorders import LedgerRecorder
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from tests.store.test_ledger import row

MANAGERS = ("M-1", "M-2", "M-3")
managers = st.sampled_from(MANAGERS)


class Sending(RuleBasedStateMachine):
    """`taken` counts what the server has; `allowed` how often a person has said that twice is all right."""

    def __init__(self) -> None:
        """A store of its own."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="rkreport-ledger-"))
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.taken: Counter[str] = Counter()
        self.allowed: Counter[str] = Counter()
        self.in_hand: Delivery | None = None  # as it was before it was begun; its answer is not written down
        self.planned: set[str] = set()
        self._open()

    def _open(self) -> None:
        self.database = Database(self.folder)
        self.ledger = Ledger(self.database, self._clock)
        self.book = LedgerRecorder(self.ledger)

    def _clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.database.close()
        shutil.rmtree(self.folder)

    @initialize()
    def _begin(self) -> None:
        self.plan(list(MANAGERS[:2]), 0)

    def _row(self, manager_id: str) -> Delivery | None:
        return next((one for one in self.ledger.rows("2026-10", 1) if one.manager_id == manager_id), None)

    # ---- what rkreport does

    @precondition(lambda self: self.in_hand is None)
    @rule(whom=st.lists(managers, unique=True), build=st.integers(0, 3))
    def plan(self, whom: list[str], build: int) -> None:
        """A `send` begins, perhaps after another build."""
        self.ledger.plan([row(one, file_sha256=str(build) * 64) for one in whom])
        self.planned.update(whom)

    @precondition(lambda self: self.in_hand is None)
    @rule(manager_id=managers)
    def refuse_before_the_text(self, manager_id: str) -> None:
        """The recipient is refused for good."""
        found = self._row(manager_id)
        if found and found.state is DeliveryState.PLANNED:
            self.ledger.move(found, DeliveryState.FAILED, "550 5.1.1", attempts=1)

    @precondition(lambda self: self.in_hand is None)
    @rule(manager_id=managers)
    def put_off_before_the_text(self, manager_id: str) -> None:
        """The recipient is refused for now, perhaps of a message that is in doubt and sent again."""
        found = self._row(manager_id)
        if found and found.state in {DeliveryState.PLANNED, DeliveryState.UNKNOWN}:
            self.ledger.put_off(found, "450 4.2.0")

    @precondition(lambda self: self.in_hand is None)
    @rule(manager_id=managers, is_taken=st.booleans())
    def begin(self, manager_id: str, *, is_taken: bool) -> None:
        """The text goes, and the server takes it or not; what it answers comes later, or never."""
        found = self._row(manager_id)
        if found and found.state is DeliveryState.PLANNED:
            self._begin_text(found, is_taken=is_taken)

    @precondition(lambda self: self.in_hand is None)
    @rule(manager_id=managers, is_taken=st.booleans())
    def retry_unknown(self, manager_id: str, *, is_taken: bool) -> None:
        """A person says so: the text of a message in doubt goes once more."""
        found = self._row(manager_id)
        if found and found.state is DeliveryState.UNKNOWN:
            self.allowed[manager_id] += 1
            self._begin_text(found, is_taken=is_taken)

    def _begin_text(self, found: Delivery, *, is_taken: bool) -> None:
        self.book.begin(found, 1)
        self.in_hand, self.was_taken = found, is_taken
        self.taken[found.manager_id] += is_taken

    @precondition(lambda self: self.in_hand is not None)
    @rule(is_refused_for_good=st.booleans())
    def answer(self, *, is_refused_for_good: bool) -> None:
        """The answer arrives, and is true."""
        assert self.in_hand
        no = OutcomeKind.REFUSED if is_refused_for_good else OutcomeKind.LATER
        outcome = Outcome(OutcomeKind.TAKEN if self.was_taken else no, "an answer")
        self.book.settle(self.in_hand, outcome, is_begun=True)
        self.in_hand = None

    @precondition(lambda self: self.in_hand is not None)
    @rule()
    def lose_the_answer(self) -> None:
        """The connection is cut, and rkreport lives to tell."""
        assert self.in_hand
        self.book.settle(self.in_hand, Outcome(OutcomeKind.UNKNOWN, "cut"), is_begun=True)
        self.in_hand = None

    @rule()
    def crash(self) -> None:
        """Whatever it was at, the next run begins by saying what is in doubt."""
        self.database.close()
        self._open()
        self.in_hand = None
        self.ledger.recover()

    # ---- what must hold

    @invariant()
    def nobody_is_mailed_twice(self) -> None:
        """But for those of whom a person said so, and never more often than that."""
        assert all(self.taken[one] <= 1 + self.allowed[one] for one in MANAGERS)

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Everybody ever planned has a row; `sent` was taken, and what is planned or failed was not."""
        rows = {one.manager_id: one for one in self.ledger.all()}
        assert rows.keys() == {ManagerId(one) for one in self.planned}
        for manager_id, found in rows.items():
            if found.state is DeliveryState.SENT:
                assert self.taken[manager_id] >= 1
            if found.state in {DeliveryState.PLANNED, DeliveryState.FAILED}:  # also after a person said so
                assert self.taken[manager_id] == 0

    @invariant()
    def the_record_ends_where_the_row_is(self) -> None:
        """The last event of each message is its state."""
        recorded = self.database.read("SELECT manager_id, state FROM delivery_event ORDER BY number")
        last = {str(manager_id): str(state) for manager_id, state in recorded}
        assert last == {one.manager_id: one.state for one in self.ledger.all()}


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
