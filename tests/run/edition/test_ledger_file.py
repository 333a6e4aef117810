"""`ledger.csv` read again, whoever wrote it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.run.edition.ledger_file import read_ledger_file, write_ledger_file
from rkreport.store.origin import Stamp
from tests import factories
from tests.cli.program import Workspace
from tests.run.test_upgrading import old, only_the_first

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
STAMP = Stamp("rk-1", 7, "h-2")

__all__ = ["old"]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every field that another folder needs, of the messages that left; a cell that would run keeps its text."""
    row = factories.delivery(manager_id=ManagerId("=M-1"), cc=("a@contoh.test", "b@contoh.test"), reply="-ok")
    write_ledger_file(tmp_path, [row], STAMP)
    read = read_ledger_file(tmp_path / "ledger.csv", row.period, row.revision, NOW)
    assert (read.rows, read.stamp) == ((row,), STAMP)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DeliveryState.PLANNED, None),
        (DeliveryState.FAILED, None),
        (DeliveryState.SENT, DeliveryState.SENT),
        (DeliveryState.SENDING, DeliveryState.UNKNOWN),
        (DeliveryState.UNKNOWN, DeliveryState.UNKNOWN),
    ],
)
def test_only_what_may_have_left_is_told(tmp_path: Path, state: DeliveryState, expected: DeliveryState | None) -> None:
    """What was in flight there is in doubt here; files in the outbox are no messages."""
    write_ledger_file(tmp_path, [factories.delivery(state=state)], STAMP)
    rows = read_ledger_file(tmp_path / "ledger.csv", "2026-10", 1, NOW).rows
    assert [row.state for row in rows] == ([expected] if expected else [])
    write_ledger_file(tmp_path, [factories.delivery(state=state, transport="outbox")], STAMP)
    assert read_ledger_file(tmp_path / "ledger.csv", "2026-10", 1, NOW).rows == ()


@only_the_first
def test_a_file_of_an_older_version(old: Workspace) -> None:
    """It has no stamp and no figures; what each workbook says stands in the manifest beside it."""
    read = read_ledger_file(old.built / "ledger.csv", "2026-10", 1, NOW)
    assert read.stamp is None
    assert [(row.manager_id, row.state.value) for row in read.rows] == [
        ("M-001", "sent"),
        ("M-003", "unknown"),
        ("no-manager", "sent"),
    ]
    assert all(row.content_sha256 and row.figures == TeamFigures(0, 0, 0, 0) for row in read.rows)
