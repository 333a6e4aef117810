"""Looking up what was sent."""

import pytest

from rkreport.core.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database
from rkreport.store.past import PastDeliveries
from tests import factories
from tests.ledger_rows import put

FIRST = factories.delivery(cc=("siti@contoh.test",))
SECOND = factories.delivery(revision=2, message_id="<rk.2026-10.second@contoh.test>", file_sha256="b" * 64)
OTHER = factories.delivery(manager_id=ManagerId("M-002"), message_id="<rk.2026-10.other@contoh.test>")
NEXT = factories.delivery(
    period="2026-11", message_id="<rk.2026-11.next@contoh.test>", state=DeliveryState.UNKNOWN, file_sha256="d" * 64
)


@pytest.fixture
def past(database: Database) -> PastDeliveries:
    """A ledger of two months and two managers."""
    put(database, NEXT, SECOND, OTHER, FIRST)
    return PastDeliveries(database)


def test_rows_come_back_as_they_were_put(past: PastDeliveries) -> None:
    """Every value of every row, oldest month and revision first."""
    assert past.all() == [FIRST, OTHER, SECOND, NEXT]


def test_rows_are_found_by_what_is_known(past: PastDeliveries) -> None:
    """A month's, a manager's, a file's: those and no others."""
    assert past.of_period("2026-11") == [NEXT]
    assert past.of_manager("M-001") == [FIRST, SECOND, NEXT]
    assert past.of_file("b" * 64) == [SECOND]


@pytest.mark.parametrize(
    "name",
    [
        "<rk.2026-10.second@contoh.test>",
        "rk.2026-10.second@contoh.test",
        "rk.2026-10.second",
        " <rk.2026-10.second@mail.other.test> ",
    ],
)
def test_a_message_is_found_by_any_of_its_names(past: PastDeliveries, name: str) -> None:
    """With brackets or without, as X-RkReport-Id, and with a domain that a mail service put there."""
    assert past.of_message(name) == [SECOND]


@pytest.mark.parametrize("name", ["", "<>", "@contoh.test", "rk.2026-10.secon", "%"])
def test_what_is_no_name_finds_nothing(past: PastDeliveries, name: str) -> None:
    """No part of a name, and nothing that means something to the database."""
    assert past.of_message(name) == []


def test_a_damaged_row_is_said(past: PastDeliveries, database: Database) -> None:
    """One sentence instead of a traceback."""
    database.write("UPDATE delivery SET figures = '{' WHERE manager_id = 'M-002'")
    with pytest.raises(StoreError, match=r"A row of the ledger in .* is damaged"):
        past.all()
