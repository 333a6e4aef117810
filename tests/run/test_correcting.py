"""What managers were told last month: only what was sent for certain, and only what can be compared."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from rkreport.core.compliance import Period, PeriodResult
from rkreport.core.delivery import Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.core.since import LastMonth
from rkreport.run.correcting import last_months
from rkreport.store.database import Database
from rkreport.store.results import Results
from tests import factories
from tests.cli.program import Workspace, serving
from tests.ledger_rows import put
from tests.run.conftest import WholeRun

OCTOBER, SEPTEMBER = Period(2026, 10), Period(2026, 9)
BUDI = ManagerId("M-001")
NOW = datetime(2026, 10, 2, tzinfo=UTC)
NEWER = TeamFigures(people=31, counted=90, compliant=61, overdue=8)
OLD = TeamFigures(people=30, counted=90, compliant=60, overdue=9)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store."""
    opened = Database(tmp_path / "data")
    yield opened
    opened.close()


def september(database: Database, *, built_at: datetime = NOW, rules: str = "rules") -> None:
    """September was built."""
    result = PeriodResult(SEPTEMBER, 30, 20, 90, 60, 9, 0, 0, rules, "20261001-010203")
    Results(database, lambda: built_at).keep(result)


def sent_in_september(**overrides: object) -> Delivery:
    """Budi's message about September, planned an hour after the build."""
    fields = {"period": "2026-09", "figures": OLD, "planned_at": NOW + timedelta(hours=1)}
    return factories.delivery(**(fields | overrides))


def told(database: Database) -> LastMonth | None:
    """What Budi was told of September when October is built."""
    return last_months(database, lambda: NOW, OCTOBER, "rules").get(BUDI)


def test_nobody_was_told_anything(database: Database) -> None:
    """A first run with an empty ledger."""
    september(database)
    assert last_months(database, lambda: NOW, OCTOBER, "rules") == {}


def test_the_last_revision_that_was_sent_counts(database: Database) -> None:
    """Not a later one that failed or is in doubt."""
    september(database)
    put(
        database,
        sent_in_september(revision=1),
        sent_in_september(revision=2, figures=NEWER),
        sent_in_september(revision=3, figures=OLD, state=DeliveryState.UNKNOWN),
        sent_in_september(revision=4, figures=OLD, state=DeliveryState.FAILED),
    )
    assert told(database) == LastMonth(NEWER, is_comparable=True)


def test_last_month_by_the_same_rules_is_compared(database: Database) -> None:
    """The figures that were sent, as long as the same rules made them."""
    september(database)
    put(database, sent_in_september())
    assert told(database) == LastMonth(OLD, is_comparable=True)


def test_last_month_by_other_rules_is_not(database: Database) -> None:
    """The figures are known, and said not to be comparable."""
    september(database, rules="others")
    put(database, sent_in_september())
    assert told(database) == LastMonth(OLD, is_comparable=False)


def test_figures_whose_rules_are_not_known_are_not_used(database: Database) -> None:
    """September was never built here, or built again after it was sent: nobody knows which rules made what was sent."""
    put(database, sent_in_september())
    assert told(database) is None
    september(database, built_at=NOW + timedelta(days=1))
    assert told(database) is None


def test_a_correction_of_others_leaves_a_team_comparable(database: Database) -> None:
    """September was built again and sent to those whose content changed: Budi's is as it was sent."""
    september(database, built_at=NOW + timedelta(days=1))
    other = factories.delivery(
        period="2026-09", revision=2, manager_id=ManagerId("M-002"), planned_at=NOW + timedelta(days=2)
    )
    put(database, sent_in_september(), other)
    assert told(database) == LastMonth(OLD, is_comparable=True)


def test_messages_say_how_the_rate_moved(whole_run: WholeRun, workspace: Workspace) -> None:
    """A month was built and sent; the next month's messages compare with it, and only where something was sent."""
    with serving(whole_run.company) as simulator:
        workspace.configure(whole_run.company, simulator.base_url)
        assert workspace.rkreport("run", "--period", "2026-09").code == 0
        database = Database(workspace.folder / "rkreport-data")
        put(database, factories.delivery(period="2026-09", figures=OLD, planned_at=workspace.now))
        database.close()
        assert workspace.rkreport("build").code == 0
    compared = {}
    for path in sorted((workspace.built / "outbox").iterdir()):
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        body = message.get_body(("plain",))
        assert body is not None
        compared[path.stem[5:]] = any(word in body.get_content() for word in ("from last month", "dari bulan lalu"))
    assert compared.pop("M-001")
    assert compared
    assert not any(compared.values())
