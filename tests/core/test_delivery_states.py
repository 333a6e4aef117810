"""What the ledger says of a revision, and who has what already."""

import pytest

from rkreport.core.mail.delivery import (
    Delivery,
    DeliveryState,
    MessageContent,
    TeamFigures,
    corrected,
    received_of,
    states_of,
)
from rkreport.core.models import ManagerId
from tests import factories

ONE, TWO, THREE = ManagerId("M-001"), ManagerId("M-002"), ManagerId("M-003")
HERE = dict.fromkeys((ONE, TWO, THREE), "here@contoh.test")
SAME = {one: MessageContent("same", ()) for one in HERE}


def row(manager_id: str, state: str, *, revision: int = 1, content: str = "same", **overrides: object) -> Delivery:
    """A row of the ledger."""
    fields: dict[str, object] = {
        "period": "2026-10",
        "revision": revision,
        "manager_id": ManagerId(manager_id),
        "recipient": "here@contoh.test",
        "cc": (),
        "language": "",
        "message_id": "",
        "file": "",
        "file_sha256": "",
        "content_sha256": content,
        "figures": TeamFigures(0, 0, 0, 0),
        "state": DeliveryState(state),
    }
    return Delivery(**(fields | overrides))  # type: ignore[arg-type]  # overrides fit by name


def states(*rows: Delivery, wanted: MessageContent = SAME[ONE]) -> tuple[object, object]:
    """The states of revision 2, whose workbooks all say the same."""
    received = received_of(rows, 2, HERE)
    current = [one for one in rows if one.revision == 2]
    return states_of(current, received, dict.fromkeys(HERE, wanted))


def test_nothing_was_planned() -> None:
    """An empty ledger names nobody."""
    assert states() == ({}, frozenset())


def test_states_of_this_revision() -> None:
    """Every state that there is."""
    rows = [row(f"M-{number}", state.value, revision=2) for number, state in enumerate(DeliveryState)]
    assert states(*rows) == ({ManagerId(f"M-{number}"): one for number, one in enumerate(DeliveryState)}, frozenset())


def test_the_same_content_needs_no_second_message() -> None:
    """Who was sent the same is unchanged; who was sent something else, or was refused, is not."""
    rows = (row(ONE, "sent"), row(TWO, "sent", content="other"), row(THREE, "failed"))
    assert states(*rows) == ({}, frozenset({ONE}))


@pytest.mark.parametrize("state", ["unknown", "sending"])
def test_what_is_in_doubt_stays_in_doubt(state: str) -> None:
    """Where nobody can tell whether the same content has arrived, the message is `unknown` in the next revision too."""
    assert states(row(ONE, state)) == ({ONE: DeliveryState.UNKNOWN}, frozenset())


def test_this_revision_has_the_last_word() -> None:
    """A manager whose message of this revision is planned is not called unchanged."""
    assert states(row(ONE, "sent"), row(ONE, "planned", revision=2)) == ({ONE: DeliveryState.PLANNED}, frozenset())


def test_what_went_elsewhere_nobody_has() -> None:
    """A message to an address that was corrected since did not reach the manager."""
    assert states(row(ONE, "sent", recipient="elsewhere@contoh.test")) == ({}, frozenset())


def test_an_emptied_address_says_nothing() -> None:
    """What a purge has emptied is no reason to send anything again."""
    assert states(row(ONE, "sent", recipient="")) == ({}, frozenset({ONE}))


def test_a_file_in_the_outbox_is_no_message() -> None:
    """What lies in the outbox folder reached nobody, also where its writing was cut short."""
    assert states(row(ONE, "written", transport="outbox")) == ({}, frozenset())
    assert states(row(ONE, "sending", transport="outbox")) == ({}, frozenset())


def test_a_new_copy_is_a_reason_to_send() -> None:
    """Somebody more is to get it; somebody less is no reason."""
    assert states(row(ONE, "sent"), wanted=MessageContent("same", ("copy@contoh.test",))) == ({}, frozenset())
    assert states(row(ONE, "sent", cc=("copy@contoh.test",))) == ({}, frozenset({ONE}))


def test_a_renamed_id_keeps_what_its_address_has() -> None:
    """The row belongs to whoever has the address alone now; not where its own id is there."""
    row = factories.delivery(manager_id=ManagerId("OLD"), recipient="A@contoh.test")
    for recipients, owner in (
        ({"NEW": "a@contoh.test", "X": "x@contoh.test"}, "NEW"),
        ({"NEW": "a@contoh.test", "X": "a@contoh.test"}, None),
        ({"OLD": "b@contoh.test", "NEW": "a@contoh.test"}, None),
        ({"NEW": "b@contoh.test"}, None),
    ):
        here = {ManagerId(one): address for one, address in recipients.items()}
        assert received_of([row], 2, here) == ({owner: row} if owner else {})


def test_renamed_ids_of_one_address_are_told_apart_by_what_they_say() -> None:
    """Two managers share an address and both ids are others now: each keeps the row that says what theirs does."""
    rows = [
        factories.delivery(manager_id=ManagerId(one), recipient="a@contoh.test", content_sha256=content)
        for one, content in (("OLD-1", "one"), ("OLD-2", "two"))
    ]
    new = ManagerId("NEW-1"), ManagerId("NEW-2")
    here = dict.fromkeys(new, "A@contoh.test")
    found = received_of(rows, 2, here, dict(zip(new, ("two", "one"), strict=True)))
    assert found == {new[0]: rows[1], new[1]: rows[0]}
    assert received_of(rows, 2, here, dict.fromkeys(new, "three")) == {}  # a report is not corrected by guessing
    assert received_of(rows, 2, here, dict.fromkeys(new, "one")) == {}


def test_only_what_says_something_else_is_corrected() -> None:
    """The same content again corrects nothing, whatever became of the first message."""
    for state in ("sent", "unknown"):
        assert corrected(row(ONE, state), "same") is None
        assert corrected(row(ONE, state), "other") == row(ONE, state)
    assert corrected(None, "same") is None
