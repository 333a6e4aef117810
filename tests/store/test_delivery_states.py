"""What the ledger says of a revision."""

from collections.abc import Callable

import pytest

from rkreport.core.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database
from rkreport.store.delivery_states import delivery_states

ONE, TWO = ManagerId("M-001"), ManagerId("M-002")
CONTENTS = {ONE: "same", TWO: "same"}
Keep = Callable[..., None]


@pytest.fixture
def keep(database: Database) -> Keep:
    """Puts a row into the ledger."""

    def kept(manager_id: str, state: str, *, revision: int = 1, content: str = "same", period: str = "2026-10") -> None:
        database.write(
            "INSERT INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file,"
            " file_sha256, content_sha256, figures, state, planned_at, changed_at)"
            " VALUES (?, ?, ?, '', '[]', 'id', '', '', '', ?, '{}', ?, '', '')",
            *(period, revision, manager_id, content, state),
        )

    return kept


def test_nothing_was_planned(database: Database) -> None:
    """An empty ledger names nobody."""
    assert delivery_states(database, "2026-10", 1, CONTENTS) == ({}, frozenset())


def test_states_of_this_revision(database: Database, keep: Keep) -> None:
    """Every state that there is, of this period and revision alone."""
    for number, state in enumerate(DeliveryState):
        keep(f"M-{number}", state.value, revision=2)
    keep("M-9", "sent", revision=3)
    keep("M-8", "sent", period="2026-09")
    states, unchanged = delivery_states(database, "2026-10", 2, CONTENTS)
    assert states == {ManagerId(f"M-{number}"): state for number, state in enumerate(DeliveryState)}
    assert unchanged == frozenset()


def test_the_same_content_needs_no_second_message(database: Database, keep: Keep) -> None:
    """Who was sent the same is unchanged; who was sent something else, or was refused, is not."""
    keep(ONE, "sent")
    keep(TWO, "sent", content="other")
    keep("M-003", "failed")
    contents = {**CONTENTS, ManagerId("M-003"): "same"}
    assert delivery_states(database, "2026-10", 2, contents) == ({}, frozenset({ONE}))


@pytest.mark.parametrize("state", ["unknown", "sending"])
def test_what_is_in_doubt_stays_in_doubt(database: Database, keep: Keep, state: str) -> None:
    """Where nobody can tell whether the same content has arrived, the message is `unknown` in the next revision too."""
    keep(ONE, state)
    assert delivery_states(database, "2026-10", 2, CONTENTS) == ({ONE: DeliveryState.UNKNOWN}, frozenset())


def test_this_revision_has_the_last_word(database: Database, keep: Keep) -> None:
    """A manager whose message of this revision is planned is not called unchanged."""
    keep(ONE, "sent")
    keep(ONE, "planned", revision=2)
    assert delivery_states(database, "2026-10", 2, CONTENTS) == ({ONE: DeliveryState.PLANNED}, frozenset())


def test_a_damaged_state_is_a_sentence(database: Database, keep: Keep) -> None:
    """A state that there is not is told as damage of the file."""
    keep(ONE, "sent")
    database.write("PRAGMA ignore_check_constraints=ON")
    database.write("UPDATE delivery SET state = 'gone'")
    with pytest.raises(StoreError, match="is damaged; restore the file from a backup"):
        delivery_states(database, "2026-10", 1, CONTENTS)
