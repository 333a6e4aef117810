"""What the ledger says of a revision."""

from collections.abc import Iterable

import pytest

from rkreport.core.delivery import Delivery, DeliveryState, TeamFigures, states_of
from rkreport.core.models import ManagerId

ONE, TWO = ManagerId("M-001"), ManagerId("M-002")
CONTENTS = {ONE: "same", TWO: "same"}


def row(manager_id: str, state: str, *, revision: int = 1, content: str = "same") -> Delivery:
    """A row of the ledger."""
    return Delivery(
        period="2026-10",
        revision=revision,
        manager_id=ManagerId(manager_id),
        recipient="",
        cc=(),
        language="id",
        message_id="",
        file="",
        file_sha256="",
        content_sha256=content,
        figures=TeamFigures(0, 0, 0, 0),
        state=DeliveryState(state),
    )


def states(rows: Iterable[Delivery], revision: int = 2) -> tuple[object, object]:
    """The states of a revision whose workbooks all say the same."""
    return states_of(rows, revision, CONTENTS)


def test_nothing_was_planned() -> None:
    """An empty ledger names nobody."""
    assert states(()) == ({}, frozenset())


def test_states_of_this_revision() -> None:
    """Every state that there is, of this revision alone."""
    rows = [row(f"M-{number}", state.value, revision=2) for number, state in enumerate(DeliveryState)]
    expected = {ManagerId(f"M-{number}"): state for number, state in enumerate(DeliveryState)}
    assert states([*rows, row("M-9", "sent", revision=3)]) == (expected, frozenset())


def test_the_same_content_needs_no_second_message() -> None:
    """Who was sent the same is unchanged; who was sent something else, or was refused, is not."""
    rows = (row(ONE, "sent"), row(TWO, "sent", content="other"), row("M-003", "failed"))
    assert states_of(rows, 2, {**CONTENTS, ManagerId("M-003"): "same"}) == ({}, frozenset({ONE}))


@pytest.mark.parametrize("state", ["unknown", "sending"])
def test_what_is_in_doubt_stays_in_doubt(state: str) -> None:
    """Where nobody can tell whether the same content has arrived, the message is `unknown` in the next revision too."""
    assert states([row(ONE, state)]) == ({ONE: DeliveryState.UNKNOWN}, frozenset())


def test_this_revision_has_the_last_word() -> None:
    """A manager whose message of this revision is planned is not called unchanged."""
    rows = (row(ONE, "sent"), row(ONE, "planned", revision=2))
    assert states(rows) == ({ONE: DeliveryState.PLANNED}, frozenset())
