"""The ledger: what planning may change and what not, claims, moves, and what a crash leaves."""

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from rkreport.core.mail.delivery import MOVES, Delivery, DeliveryState, TeamFigures, received_of
from rkreport.core.models import ManagerId
from rkreport.core.review.last_sent import WentTo
from rkreport.errors import StoreError
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from tests.store.conftest import Clock

PLANNED, SENDING, SENT, WRITTEN, FAILED, UNKNOWN = DeliveryState


def row(manager_id: str = "M-1", **fields: Any) -> Delivery:
    """A planned message."""
    values: dict[str, Any] = {
        "period": "2026-10",
        "revision": 1,
        "manager_id": ManagerId(manager_id),
        "recipient": f"{manager_id.lower()}@contoh.test",
        "cc": ("copy@contoh.test",),
        "language": "id",
        "message_id": f"<rk.2026-10.{manager_id}@contoh.test>",
        "file": f"managers/{manager_id}.xlsx",
        "file_sha256": "a" * 64,
        "content_sha256": "b" * 64,
        "figures": TeamFigures(people=10, counted=30, compliant=20, overdue=4),
    }
    return Delivery(**(values | fields))


def brought_to(ledger: Ledger, planned: Delivery, state: DeliveryState) -> Delivery:
    """A row in this state, by the shortest way there; it is as the ledger has it."""
    ledger.plan([planned])
    if state in {SENDING, SENT, WRITTEN, UNKNOWN}:
        ledger.claim(planned, 1000)
    if state in {SENT, WRITTEN, UNKNOWN}:
        ledger.move(replace(planned, state=SENDING), state, "250 2.0.0 Ok")
    if state is FAILED:
        ledger.move(planned, FAILED, "550 5.1.1 No such user", attempts=1)
    return next(one for one in ledger.rows(planned.period, 1) if one.manager_id == planned.manager_id)


def events(database: Database) -> list[tuple[str, str]]:
    """Manager and state of all that was recorded, in order."""
    return [
        (one, state) for one, state in database.read("SELECT manager_id, state FROM delivery_event ORDER BY number")
    ]


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    """The ledger of an empty store."""
    return Ledger(database, clock)


def test_a_plan_comes_back_as_it_was_written(ledger: Ledger, clock: Clock) -> None:
    """Every field, and the time of planning; by manager id."""
    ledger.plan([row("M-2"), row("M-1", revision=2)])
    planned = {"planned_at": clock.now, "changed_at": clock.now}
    assert ledger.all() == (row("M-2", **planned), row("M-1", revision=2, **planned))
    assert ledger.rows("2026-10", 2) == (row("M-1", revision=2, **planned),)
    assert ledger.rows("2026-09", 1) == ()


def test_planning_again_changes_nothing(ledger: Ledger, database: Database, clock: Clock) -> None:
    """The same plan twice is one plan: no row, no time and no event more."""
    ledger.plan([row(), row("M-2", state=FAILED, reply="has no email address")])
    before = ledger.all()
    clock.pass_time(hours=1)
    ledger.plan([row(), row("M-2", state=FAILED, reply="has no email address")])
    assert ledger.all() == before
    assert events(database) == [("M-1", "planned"), ("M-2", "failed")]


@pytest.mark.parametrize("state", [PLANNED, FAILED])
def test_what_nobody_has_takes_over_what_is_new(ledger: Ledger, clock: Clock, state: DeliveryState) -> None:
    """A mended address and a file that was built again; the attempts, the last reply and the first plan's time stay."""
    before = brought_to(ledger, row(), state)
    clock.pass_time(hours=1)
    mended = row(recipient="other@contoh.test", cc=(), file_sha256="c" * 64, content_sha256="d" * 64)
    ledger.plan([mended])
    assert ledger.all() == (
        replace(
            mended,
            attempts=before.attempts,
            reply=before.reply,
            planned_at=before.planned_at,
            changed_at=clock.now,
        ),
    )


@pytest.mark.parametrize("state", [SENDING, SENT, UNKNOWN])
@pytest.mark.parametrize("again", [PLANNED, FAILED])
def test_what_somebody_may_have_is_never_planned_again(
    ledger: Ledger, database: Database, state: DeliveryState, again: DeliveryState
) -> None:
    """Planning leaves it as it is, whatever the plan says."""
    before = brought_to(ledger, row(), state)
    recorded = events(database)
    ledger.plan([row(recipient="other@contoh.test", file_sha256="c" * 64, state=again)])
    assert ledger.all() == (before,)
    assert events(database) == recorded


def test_a_plan_is_all_or_nothing(ledger: Ledger, database: Database) -> None:
    """A row that cannot be planned takes the others with it."""
    with pytest.raises(ValueError, match="sent cannot be planned"):
        ledger.plan([row(), row("M-2", state=SENT)])
    assert (ledger.all(), events(database)) == ((), [])


def test_a_message_is_claimed_once(ledger: Ledger) -> None:
    """Who claims a planned message has it; a second claim is refused, and none is made of what is not there."""
    ledger.plan([row()])
    ledger.claim(row(), 4711)
    (claimed,) = ledger.all()
    assert (claimed.state, claimed.attempts, claimed.size_bytes) == (SENDING, 1, 4711)
    for wrong in (row(), row("M-2")):
        with pytest.raises(StoreError, match="is not where the ledger in"):
            ledger.claim(wrong, 4711)
    assert ledger.all() == (claimed,)


@pytest.mark.parametrize("state", [SENDING, SENT, FAILED, UNKNOWN])
def test_only_what_is_planned_can_be_claimed(ledger: Ledger, state: DeliveryState) -> None:
    """Whatever state the caller believes the row to be in; but one in doubt can be by who knows that it is."""
    before = brought_to(ledger, row(), state)
    for believed in set(DeliveryState) - ({UNKNOWN} if state is UNKNOWN else set()):
        with pytest.raises(StoreError, match="is not where the ledger in"):
            ledger.claim(replace(before, state=believed), 1)
    assert ledger.all() == (before,)


@pytest.mark.parametrize("start", DeliveryState)
@pytest.mark.parametrize("end", DeliveryState)
def test_there_are_no_moves_but_those_that_there_are(
    ledger: Ledger, database: Database, start: DeliveryState, end: DeliveryState
) -> None:
    """Each pair of states: the move is made and recorded, or refused as a bug; no other row is touched."""
    before = brought_to(ledger, row(), start)
    other = brought_to(ledger, row("M-2"), PLANNED)
    recorded = events(database)
    if end not in MOVES[start]:
        with pytest.raises(ValueError, match=f"nothing leads from {start} to {end}"):
            ledger.move(before, end, "so")
        assert (ledger.all(), events(database)) == ((before, other), recorded)
        return
    ledger.move(before, end, "so")
    assert ledger.all() == (replace(before, state=end, reply="so"), other)
    assert events(database) == [*recorded, ("M-1", end)]


def test_a_move_from_where_the_row_is_not_is_refused(ledger: Ledger) -> None:
    """An outcome for a message that nobody is sending changes nothing."""
    ledger.plan([row()])
    before = ledger.all()
    with pytest.raises(StoreError, match=r"manager M-1 is not where the ledger in .* said it is"):
        ledger.move(row(state=SENDING), SENT, "250 Ok")
    assert ledger.all() == before


def test_what_a_crash_left_is_in_doubt(ledger: Ledger, database: Database, clock: Clock) -> None:
    """Every message in flight becomes unknown, once; all others stay."""
    kept = [brought_to(ledger, row(f"M-{state}"), state) for state in (PLANNED, SENT, FAILED, UNKNOWN)]
    brought_to(ledger, row("M-a"), SENDING)
    brought_to(ledger, row("M-b", period="2026-09"), PLANNED)
    ledger.claim(row("M-b", period="2026-09"), 5)
    clock.pass_time(hours=1)
    recorded = len(events(database))
    assert ledger.recover() == 2
    assert ledger.recover() == 0
    found = {one.manager_id: one for one in ledger.all()}
    assert {found[ManagerId(one)].state for one in ("M-a", "M-b")} == {UNKNOWN}
    assert found[ManagerId("M-a")].changed_at == clock.now
    assert [found[one.manager_id] for one in kept] == kept
    assert sorted(events(database)[recorded:]) == [("M-a", "unknown"), ("M-b", "unknown")]


def test_what_was_put_off_stays_planned(ledger: Ledger, database: Database) -> None:
    """The attempt counts, the answer is kept, and it can be claimed."""
    ledger.plan([row()])
    ledger.put_off(row(), "450 4.2.0 Greylisted")
    (found,) = ledger.all()
    assert (found.state, found.attempts, found.reply) == (PLANNED, 1, "450 4.2.0 Greylisted")
    assert events(database)[-1] == ("M-1", "planned")
    ledger.claim(row(), 1)
    with pytest.raises(StoreError):
        ledger.put_off(row(), "450 4.2.0 Greylisted")


def received(ledger: Ledger, before: int) -> dict[ManagerId, Delivery]:
    """What managers have, all of them at the address of `row`, through a mail server."""
    rows = ledger.of_period("2026-10")
    return received_of(rows, before, {one.manager_id: one.recipient for one in rows})


def test_what_is_in_doubt_can_be_tried_again_and_stays_in_doubt(ledger: Ledger, database: Database) -> None:
    """Put off before its text it stays unknown; claimed, and dead before the answer, it is unknown again."""
    before = brought_to(ledger, row(), UNKNOWN)
    ledger.put_off(before, "450 4.2.0 Greylisted")
    (found,) = ledger.all()
    assert (found.state, found.attempts, found.reply) == (UNKNOWN, 2, "450 4.2.0 Greylisted")
    ledger.claim(found, 1)
    assert [one.state for one in ledger.all()] == [SENDING]
    assert ledger.recover() == 1
    assert [state for _, state in events(database)] == [PLANNED, SENDING, UNKNOWN, UNKNOWN, SENDING, UNKNOWN]


def test_a_file_is_never_in_doubt(ledger: Ledger, database: Database) -> None:
    """Cut short while it was written to the outbox: planned again, and no message is named that may have arrived."""
    brought_to(ledger, row("M-1", transport="outbox"), SENDING)
    brought_to(ledger, row("M-2"), SENDING)
    assert ledger.recover() == 1
    assert [one.state for one in ledger.all()] == [PLANNED, UNKNOWN]
    assert events(database)[-2:] == [("M-1", "planned"), ("M-2", "unknown")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, WRITTEN),
        ({"file_sha256": "c" * 64}, PLANNED),
        ({"recipient": "other@contoh.test"}, PLANNED),
        ({"transport": "smtp"}, PLANNED),
        ({"state": FAILED, "reply": "has no email address"}, FAILED),
    ],
)
def test_what_lies_in_the_outbox_stands_for_its_own_build_alone(
    ledger: Ledger, change: dict[str, Any], expected: DeliveryState
) -> None:
    """The same message stays written; another file or address, or a mail server, makes it planned again."""
    written = row(transport="outbox")
    brought_to(ledger, written, WRITTEN)
    ledger.plan([replace(written, **change)])
    (found,) = ledger.all()
    assert found.state is expected
    assert ledger.recover() == 0


def test_what_managers_have_of_earlier_revisions(ledger: Ledger) -> None:
    """The newest that was sent or may have been, of this period and before this revision; none that failed."""
    for planned, state in (
        (row("M-1"), SENT),
        (row("M-2"), UNKNOWN),
        (row("M-3"), FAILED),
        (row("M-4"), PLANNED),
    ):
        brought_to(ledger, planned, state)
    ledger.plan([row("M-1", revision=2), row("M-2", revision=2), row("M-5", period="2026-09")])
    for later in (row("M-1", revision=2), row("M-5", period="2026-09")):
        ledger.claim(later, 1)
    found = received(ledger, 3)
    assert {manager_id: (one.revision, one.state) for manager_id, one in found.items()} == {
        "M-1": (2, SENDING),
        "M-2": (1, UNKNOWN),
    }
    assert {one.revision for one in received(ledger, 2).values()} == {1}


def test_when_texts_began_is_known_to_the_next_run(ledger: Ledger, clock: Clock) -> None:
    """The pace of a run that ended still counts: the times of the last texts, oldest first."""
    times = []
    for number in range(3):
        planned = row(f"M-{number}")
        ledger.plan([planned])
        ledger.claim(planned, 1)
        times.append(clock.now)
        clock.pass_time(seconds=20, microseconds=5 if number else 0)
    assert ledger.begun_since(times[0]) == tuple(times[1:])
    assert ledger.begun_since(clock.now) == ()


@pytest.mark.parametrize(
    "damage",
    [
        "state = 'sent', cc = '{'",
        "figures = '{}'",
        "planned_at = 'yesterday'",
        "figures = '[1]'",
        f"cc = '{'[' * 100_000}'",
    ],
)
def test_a_damaged_row_is_a_sentence(ledger: Ledger, database: Database, damage: str) -> None:
    """A row that cannot be read is told as damage of the file."""
    ledger.plan([row()])
    database.write(f"UPDATE delivery SET {damage}")  # noqa: S608 - the damage above
    with pytest.raises(StoreError, match=r"A row of the ledger in .* is damaged; restore the file from a backup"):
        ledger.all()


def test_the_file_itself_knows_no_other_state(ledger: Ledger, database: Database) -> None:
    """The table refuses what is no state, whoever writes."""
    ledger.plan([row()])
    with pytest.raises(StoreError) as refused:
        database.write("UPDATE delivery SET state = 'posted'")
    assert isinstance(refused.value.__cause__, sqlite3.IntegrityError)


def test_the_newest_address_that_was_sent_to(ledger: Ledger, database: Database, clock: Clock) -> None:
    """Of whatever period, by when it was sent, else where one in doubt may be.

    What was refused, or purged, says nothing.
    A guard that did not know of those in doubt would let their people go to anybody.
    """
    for period, recipient in (("2026-10", "old@contoh.test"), ("2026-09", "new@contoh.test")):
        brought_to(ledger, row("M-1", period=period, recipient=recipient), SENT)  # September was sent after October
        clock.pass_time(hours=1)
    for manager_id, state in (("M-2", UNKNOWN), ("M-3", FAILED), ("M-4", SENT)):
        brought_to(ledger, row(manager_id), state)
    copy = ("copy@contoh.test",)
    doubtful = {"M-2": WentTo("m-2@contoh.test", copy)}
    sent = {"M-1": WentTo("new@contoh.test", copy), "M-4": WentTo("m-4@contoh.test", copy)}
    assert ledger.last_recipients() == sent | doubtful
    database.write("UPDATE delivery SET recipient = '' WHERE manager_id = 'M-4' OR period = '2026-09'")
    assert ledger.last_recipients() == {"M-1": WentTo("old@contoh.test", copy)} | doubtful
    brought_to(ledger, row("M-1", period="2026-12", recipient="doubt@contoh.test"), UNKNOWN)
    assert ledger.last_recipients() == {"M-1": WentTo("old@contoh.test", copy)} | doubtful
    database.write("UPDATE delivery SET recipient = '' WHERE manager_id = 'M-2'")
    for manager_id in ("M-1", "M-5"):  # a file counts only where nothing was ever sent
        brought_to(ledger, row(manager_id, period="2026-11", recipient="file@contoh.test"), WRITTEN)
    found = {manager_id: each.recipient for manager_id, each in ledger.last_recipients().items()}
    assert found == {"M-1": "old@contoh.test", "M-5": "file@contoh.test"}
