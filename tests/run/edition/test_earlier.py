"""What managers were told last month: only what was sent for certain, and only what can be compared."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rkreport.core.compliance import Period, PeriodResult
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.locale import load_words
from rkreport.run.edition.earlier import last_months
from rkreport.store.database import Database
from rkreport.store.results import Results
from tests import factories
from tests.cli.program import Workspace, serving
from tests.cli.sent import message_in
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


def september(
    database: Database,
    revision: int = 1,
    *,
    built_at: datetime = NOW,
    rules: str = "rules",
    told: dict[ManagerId, TeamFigures] | None = None,
) -> None:
    """September was built; with `told`, its messages lie in the outbox."""
    result = PeriodResult(SEPTEMBER, 30, 20, 90, 60, 9, 0, 0, rules, "20261001-010203", told_by_manager=told)
    Results(database, lambda: built_at).keep(result, revision, is_written=told is not None)


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
    """September was never built here: nobody knows which rules made what was sent."""
    put(database, sent_in_september())
    assert told(database) is None


def test_a_build_that_was_not_sent_changes_nothing(database: Database) -> None:
    """September was built again by other rules after it was sent: what was sent is compared, by its own rules."""
    september(database)
    put(database, sent_in_september())
    september(database, 2, built_at=NOW + timedelta(days=1), rules="others")
    assert told(database) == LastMonth(OLD, is_comparable=True)


def test_files_in_the_outbox_tell_nobody_what_a_server_sent_otherwise(database: Database) -> None:
    """A revision that was only written comes after the one that was sent: the latter is what was told."""
    september(database)
    september(database, 2)
    written = sent_in_september(revision=2, figures=NEWER, transport="outbox", state=DeliveryState.WRITTEN)
    put(database, sent_in_september(), written)
    assert told(database) == LastMonth(OLD, is_comparable=True)


def test_a_message_that_a_build_wrote_was_told(database: Database) -> None:
    """It lies in the outbox and no `send` was said: its figures are compared, also with an older row of the ledger."""
    september(database, told={BUDI: OLD})
    assert told(database) == LastMonth(OLD, is_comparable=True)
    put(database, sent_in_september(transport="outbox"))
    september(database, 2, told={BUDI: NEWER})
    assert told(database) == LastMonth(NEWER, is_comparable=True)


def test_what_a_build_wrote_says_nothing_of_what_a_server_sent(database: Database) -> None:
    """September was sent by a server to others, and written for Budi later: he was sent nothing."""
    september(database)
    put(database, sent_in_september(manager_id=ManagerId("M-002")))
    september(database, 2, told={BUDI: NEWER})
    assert told(database) is None


def test_a_build_that_was_not_handed_over_was_told_to_nobody(database: Database) -> None:
    """A message that failed is none, and the build says nothing of the rules of a revision whose figures are gone."""
    september(database)
    put(database, sent_in_september(state=DeliveryState.FAILED), sent_in_september(revision=2))
    assert last_months(database, lambda: NOW, OCTOBER, "rules") == {}


def test_a_correction_of_others_leaves_a_team_comparable(database: Database) -> None:
    """September was built again and sent to those whose content changed: Budi's is as it was sent."""
    september(database, rules="others")
    september(database, 2, built_at=NOW + timedelta(days=1))
    other = factories.delivery(
        period="2026-09", revision=2, manager_id=ManagerId("M-002"), planned_at=NOW + timedelta(days=2)
    )
    put(database, sent_in_september(), other)
    assert told(database) == LastMonth(OLD, is_comparable=True)


def test_messages_say_how_the_rate_moved(whole_run: WholeRun, workspace: Workspace) -> None:
    """A month's messages were written; the next month's compare with it, and only where there was one."""
    with serving(whole_run.company) as simulator:
        workspace.configure(whole_run.company, simulator.base_url)
        managers = workspace.folder / "managers.csv"
        whole = managers.read_text("utf-8-sig")
        header, (manager_id, name, email, *rest), *others = csv.reader(whole.splitlines())
        without = [header, [manager_id, name, "", *rest], *others]
        managers.write_text("\n".join(",".join(row) for row in without), "utf-8")
        assert workspace.rkreport("run", "--period", "2026-09").code == 0
        managers.write_text(whole, "utf-8")
        assert workspace.rkreport("build").code == 0
    compared = {}
    for path in sorted((workspace.built / "outbox").iterdir()):
        compared[path.stem[5:]] = any(word in body_of(path) for word in ("last month", "bulan lalu"))
    assert email
    assert not compared.pop(manager_id)
    assert compared
    assert all(compared.values())


def test_a_correction_goes_to_whom_it_concerns_and_says_what_changed(whole_run: WholeRun, workspace: Workspace) -> None:
    """Of a second revision only the manager whose content differs gets a message, with old and new numbers."""
    with serving(whole_run.company) as simulator:
        workspace.configure(whole_run.company, simulator.base_url)
        workspace.rkreport("run", "--send")
    database = Database(workspace.folder / "rkreport-data")
    ((figures,),) = database.read("SELECT figures FROM delivery WHERE manager_id = 'M-001'")
    before = json.loads(figures)
    before["overdue"] += 3
    database.write(
        "UPDATE delivery SET content_sha256 = '2:other', figures = ? WHERE manager_id = 'M-001'", json.dumps(before)
    )
    database.write("UPDATE delivery SET state = 'sent', transport = 'smtp'")  # a mail server sent the first revision
    database.close()
    assert workspace.rkreport("build").code == 0
    found = workspace.rkreport("send", "--json").document
    assert (found["revision"], [row["manager_id"] for row in found["deliveries"]]) == (2, ["M-001"])
    (path,) = (workspace.built.parent / "rev2" / "outbox").glob("*_M-001.eml")
    words = load_words(found_language(path))
    moved = words.text(
        "since.moved", what=words.text("since.overdue"), before=before["overdue"], now=before["overdue"] - 3
    )
    assert words.text("since.changed", revision="1", changes=moved) in body_of(path)


def body_of(path: Path) -> str:
    """The plain text of a message."""
    body = message_in(path).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def found_language(path: Path) -> str:
    """The language of a message."""
    return str(message_in(path)["Content-Language"])
