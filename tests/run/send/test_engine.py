"""One message after the other: what is tried again, what stops everything, and how a Ctrl-C ends it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from rkreport.core.mail.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.delivery.pace import Pace
from rkreport.errors import DeliveryError, OutputError
from rkreport.run.pool import all_cores
from rkreport.run.send.engine import SendLoop
from rkreport.run.send.recorders import LedgerRecorder, TrialRecorder
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from tests.store.test_ledger import row

TAKEN = Outcome(OutcomeKind.TAKEN, "250 2.0.0 Ok")
GREYLISTED = Outcome(OutcomeKind.LATER, "450 4.7.1 Greylisted", 300.0)
BUSY = Outcome(OutcomeKind.LATER, "421 4.3.2 Busy", 60.0)
NO_USER = Outcome(OutcomeKind.REFUSED, "550 5.1.1 No such user")
SPAM = Outcome(OutcomeKind.REFUSED, "550 5.7.1 Spam", policy_code="5.7.1")
LOGIN = Outcome(OutcomeKind.STOP, "535 5.7.8 Login refused")
LOST = Outcome(OutcomeKind.UNKNOWN, "the connection was cut")


@dataclass(slots=True)
class Script:
    """What a server does with each recipient, in turn and then for ever `TAKEN`; `early` before the text."""

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    early: frozenset[OutcomeKind] = frozenset({OutcomeKind.LATER, OutcomeKind.STOP})
    tried: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None  # the answer to a text waits for it
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    seconds: float = 0.0  # that each attempt takes
    clock: "Clock | None" = None

    async def __aenter__(self) -> Self:
        """Nothing to open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    async def deliver(
        self, message: Message, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
    ) -> Outcome:
        """As told."""
        manager_id = message.content.decode()
        self.tried.append(manager_id)
        if self.clock:
            self.clock.seconds += self.seconds
        outcome = (self.outcomes.get(manager_id) or [TAKEN]).pop(0)
        if outcome.kind in self.early:
            return outcome
        before_text()
        self.begun.set()
        if self.hold:
            await self.hold.wait()
        if outcome.kind is OutcomeKind.TAKEN:
            self.taken.append(manager_id)
        return outcome


@dataclass(slots=True)
class Clock:
    """A clock that sleeping moves."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        """Seconds."""
        return self.seconds

    def utc(self) -> datetime:
        """The same as a time of day."""
        return datetime(2026, 11, 10, tzinfo=UTC) + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Observer:
    """Hears what is said."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.heard: list[str] = []
        self.steps: list[str] = []

    def say(self, sentence: str) -> None:
        """Remember."""
        self.heard.append(sentence)

    def step(self, name: str, unit: str) -> Callable[[int, int], None]:
        """Remember that it began."""
        self.steps.append(name)
        return lambda _done, _known: None


@dataclass(slots=True)
class Desk:
    """A ledger with planned rows, and everything around a campaign."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    observer: Observer = field(default_factory=Observer)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.database, self.clock.utc)

    def planned(self, count: int) -> tuple[Delivery, ...]:
        """M-01, M-02 and so on."""
        self.ledger.plan([row(f"M-{number:02}") for number in range(1, count + 1)])
        return self.ledger.all()

    def campaign(self, script: Script, make: Callable[[Delivery], Message] | None = None) -> SendLoop:
        """A campaign through this script."""
        world = World(self.clock.utc, self.clock.monotonic, {}, self.observer, all_cores, self.clock.sleep, lambda: 0.0)
        pace = Pace(10_000_000, now=self.clock.utc, sleep=self.clock.sleep)
        return SendLoop(
            script, LedgerRecorder(self.ledger), pace, world, step="", sender="ld@contoh.test", make=make or made
        )

    def states(self) -> list[str]:
        """By manager id."""
        return [one.state.value for one in self.ledger.all()]


def made(planned: Delivery) -> Message:
    """A message that says whose it is."""
    return Message(planned.message_id, planned.manager_id.encode())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty ledger."""
    with closing(Database(tmp_path / "data")) as database:
        yield Desk(database)


async def test_each_is_handed_over_once(desk: Desk) -> None:
    """In order, without a pause, each on the disk as sent with the server's words."""
    rows, script = desk.planned(3), Script()
    campaign = desk.campaign(script)
    await campaign.run(rows)
    assert (script.tried, campaign.taken, campaign.stopped) == (["M-01", "M-02", "M-03"], 3, "")
    assert {(one.state, one.reply, one.attempts) for one in desk.ledger.all()} == {(DeliveryState.SENT, TAKEN.reply, 1)}
    assert sum(desk.clock.slept) < 0.01


async def test_without_messages_no_step_begins(desk: Desk) -> None:
    """A bar that says `0/0 messages` is no news."""
    await desk.campaign(Script()).run(())
    assert desk.observer.steps == []
    await desk.campaign(Script()).run(desk.planned(1))
    assert len(desk.observer.steps) == 1


async def test_a_failure_never_touches_another(desk: Desk) -> None:
    """Refused, lost, not even built: each is its own row's; all others are sent."""

    def make(planned: Delivery) -> Message:
        if planned.manager_id == "M-03":
            raise DeliveryError("A message was not built.")
        return made(planned)

    script = Script({"M-01": [NO_USER], "M-02": [LOST]})
    await desk.campaign(script, make).run(desk.planned(5))
    assert desk.states() == ["failed", "unknown", "failed", "sent", "sent"]
    assert desk.ledger.all()[2].reply == "A message was not built."


async def test_what_was_put_off_comes_after_the_others(desk: Desk) -> None:
    """Greylisted: the others go first, then it waits as long as servers want, and is sent once."""
    script = Script({"M-01": [GREYLISTED]})
    await desk.campaign(script).run(desk.planned(3))
    assert script.tried == ["M-01", "M-02", "M-03", "M-01"]
    assert script.taken == ["M-02", "M-03", "M-01"]
    assert desk.clock.slept[-1] == pytest.approx(300, abs=1)
    assert desk.ledger.all()[0].attempts == 2
    assert any(sentence.startswith("Waiting for 300 seconds") for sentence in desk.observer.heard)


@pytest.mark.parametrize("early", [True, False])
async def test_patience_ends_and_the_rest_stays_planned(desk: Desk, early: bool) -> None:  # noqa: FBT001 - a parameter
    """A server that says later for ever: some minutes of waiting, then planned, whether before the text or after it."""
    kinds = frozenset({OutcomeKind.LATER}) if early else frozenset[OutcomeKind]()
    script = Script({"M-01": [GREYLISTED] * 99, "M-02": [BUSY] * 99}, early=kinds)
    campaign = desk.campaign(script)
    await campaign.run(desk.planned(3))
    assert desk.states() == ["planned", "planned", "sent"]
    assert sum(desk.clock.slept) < 15 * 60
    assert (campaign.stopped, script.taken) == ("", ["M-03"])
    assert campaign.put_off in {GREYLISTED.reply, BUSY.reply}


async def test_a_server_that_is_gone_is_not_asked_by_everybody(desk: Desk) -> None:
    """2,000 managers and no server, each attempt of which takes two minutes: given up after some minutes."""
    rows = desk.planned(200)
    script = Script({one.manager_id: [BUSY] * 9 for one in rows}, seconds=120, clock=desk.clock)
    await desk.campaign(script).run(rows)
    assert len(script.tried) < 5
    assert desk.clock.seconds < 15 * 60
    assert set(desk.states()) == {"planned"}


async def test_a_server_that_wants_a_pause_gets_it(desk: Desk) -> None:
    """Too many messages: nobody else is tried meanwhile, and then all go; the patience begins anew with each taken."""
    rows = desk.planned(20)
    script = Script({one.manager_id: [BUSY] for one in rows})
    await desk.campaign(script).run(rows)
    assert set(desk.states()) == {"planned"}  # 20 in a row without one taken: it is left alone
    assert len(script.tried) < 10
    script = Script({one.manager_id: [BUSY] for one in rows[::2]})
    await desk.campaign(script).run(rows)
    assert set(desk.states()) == {"sent"}
    assert desk.clock.slept.count(60.0) >= 10


async def test_a_refused_login_is_tried_once(desk: Desk) -> None:
    """STOP stops it at once: all stay planned, and the reason is known."""
    script = Script({"M-02": [LOGIN]})
    campaign = desk.campaign(script)
    await campaign.run(desk.planned(4))
    assert (script.tried, campaign.stopped) == (["M-01", "M-02"], LOGIN.reply)
    assert desk.states() == ["sent", "planned", "planned", "planned"]


@pytest.mark.parametrize(
    ("replies", "tried"),
    [
        ([SPAM, SPAM, SPAM, TAKEN], 3),
        ([SPAM, SPAM, NO_USER, SPAM, SPAM, TAKEN], 6),
        ([SPAM, SPAM, TAKEN, SPAM, SPAM, TAKEN], 6),
        ([NO_USER, NO_USER, NO_USER, NO_USER], 4),
        ([SPAM, SPAM, Outcome(OutcomeKind.REFUSED, "550 5.7.26 Unsigned", policy_code="5.7.26"), TAKEN], 4),
        ([SPAM, SPAM, GREYLISTED, SPAM, TAKEN], 4),
    ],
)
async def test_three_policy_refusals_in_a_row_stop_it(desk: Desk, replies: list[Outcome], tried: int) -> None:
    """The third with the same code; another code, a taken message or a missing mailbox between them begins anew."""
    rows = desk.planned(len(replies))
    script = Script({one.manager_id: [reply] for one, reply in zip(rows, replies, strict=True)})
    campaign = desk.campaign(script)
    await campaign.run(rows)
    assert len(dict.fromkeys(script.tried)) == tried
    assert bool(campaign.stopped) == (tried < len(replies))


@pytest.mark.parametrize(
    ("outcomes", "tried"),
    [
        ([LOST] * 40, 3),
        ([TAKEN, LOST, LOST, LOST, TAKEN], 4),
        ([LOST, LOST, TAKEN, LOST, LOST, TAKEN], 6),
        ([LOST, LOST, NO_USER, LOST, LOST, TAKEN], 6),
        ([LOST, LOST, GREYLISTED, LOST, TAKEN], 4),
    ],
)
async def test_three_doubts_in_a_row_stop_it(desk: Desk, outcomes: list[Outcome], tried: int) -> None:
    """The third without an answer: all others stay planned, and it is said what to do; any answer begins anew."""
    rows = desk.planned(len(outcomes))
    script = Script({one.manager_id: [outcome] for one, outcome in zip(rows, outcomes, strict=True)})
    campaign = desk.campaign(script)
    await campaign.run(rows)
    assert len(dict.fromkeys(script.tried)) == tried
    assert desk.states()[tried:] == ["planned"] * (len(rows) - tried)
    is_stopped = tried < len(rows)
    assert [word in campaign.stopped for word in (LOST.reply, "who run it", "ledger.csv")] == [is_stopped] * 3


async def test_what_cannot_be_claimed_does_not_go(desk: Desk) -> None:
    """A row that somebody else has claimed meanwhile: the text does not go, and the whole sending ends."""
    rows, script = desk.planned(2), Script()
    desk.ledger.claim(rows[0], 1)
    with pytest.raises(OutputError, match="is not where the ledger"):
        await desk.campaign(script).run(rows)
    assert (script.taken, desk.states()) == ([], ["sending", "planned"])


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("outcome", [GREYLISTED, LOGIN, NO_USER, LOST])
async def test_a_doubt_ends_only_when_it_is_taken(desk: Desk, outcome: Outcome, early: bool) -> None:  # noqa: FBT001 - a parameter
    """Sent again and not taken, before the text or after it: still unknown, with the reason; once taken: sent."""
    kinds = frozenset({outcome.kind}) if early else frozenset[OutcomeKind]()
    await desk.campaign(Script({"M-01": [LOST]})).run(desk.planned(1))
    script = Script({"M-01": [outcome] * 9}, early=kinds)
    await desk.campaign(script).run(desk.ledger.all())
    assert (script.taken, desk.states()) == ([], ["unknown"])
    assert desk.ledger.all()[0].reply == f"sent again without success: {outcome.reply}"
    await desk.campaign(Script()).run(desk.ledger.all())
    assert (desk.states(), desk.ledger.all()[0].reply) == (["sent"], TAKEN.reply)


async def test_ctrl_c_finishes_the_message_in_hand(desk: Desk) -> None:
    """Cancelled while the answer is awaited: it is awaited on, written down, and nobody else is tried."""
    rows, script = desk.planned(3), Script(hold=asyncio.Event())
    running = asyncio.ensure_future(desk.campaign(script).run(rows))
    await script.begun.wait()
    running.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not running.done()
    assert script.hold
    script.hold.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (script.tried, desk.states()) == (["M-01"], ["sent", "planned", "planned"])
    assert desk.observer.heard == ["Stopping after the message in hand; press Ctrl-C again to stop at once."]


async def test_a_second_ctrl_c_leaves_a_doubt(desk: Desk) -> None:
    """Cancelled again: nobody can tell who has it, and that is what the ledger says."""
    rows, script = desk.planned(2), Script(hold=asyncio.Event())
    running = asyncio.ensure_future(desk.campaign(script).run(rows))
    await script.begun.wait()
    for _ in range(2):
        running.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert desk.states() == ["unknown", "planned"]


async def test_whatever_a_transport_raises_after_the_text_leaves_a_doubt(desk: Desk) -> None:
    """A mistake of ours while the answer is read: the message is in doubt, not planned."""

    class Broken(Script):
        async def deliver(
            self, message: Message, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
        ) -> Outcome:
            before_text()
            raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError, match="a mistake"):
        await desk.campaign(Broken()).run(desk.planned(2))
    assert desk.states() == ["unknown", "planned"]


async def test_a_transport_that_takes_without_asking_sends_nobody_twice(desk: Desk) -> None:
    """Taken although the text never began, by its own account: sent all the same."""
    script = Script(early=frozenset({OutcomeKind.TAKEN}))
    await desk.campaign(script).run(desk.planned(1))
    assert desk.states() == ["sent"]


async def test_trials_leave_no_trace(desk: Desk) -> None:
    """The book of trials keeps the last word about each, and no row of the ledger changes."""
    rows = desk.planned(3)
    before = desk.ledger.all()
    book, script = TrialRecorder(), Script({"M-01": [GREYLISTED], "M-02": [NO_USER]})
    campaign = desk.campaign(script)
    campaign._recorder = book  # noqa: SLF001 - everything else as for real messages
    await campaign.run(rows)
    assert book.wrong == {"M-02": NO_USER.reply}
    assert desk.ledger.all() == before


def test_the_order_of_those_put_off_is_kept(desk: Desk) -> None:
    """Several greylisted ones come back in the order in which they may."""
    rows = desk.planned(4)
    short = Outcome(OutcomeKind.LATER, "450", 100.0)
    script = Script({"M-01": [GREYLISTED], "M-02": [short], "M-03": [short]})
    asyncio.run(desk.campaign(script).run(rows))
    assert script.tried == ["M-01", "M-02", "M-03", "M-04", "M-02", "M-03", "M-01"]
    assert desk.states() == ["sent"] * 4
