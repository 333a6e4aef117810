"""Which snapshot `build` takes for a month, and what it says about it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import DeliveryState
from rkreport.locale import load_words
from rkreport.store.database import Database
from tests import factories
from tests.cli.program import Outcome, Workspace, serving
from tests.cli.sent import mark_sent
from tests.ledger_rows import put
from tests.run.workbooks import cells_of, workbooks_of
from tests.simulator_fixture import made

DAYS = ("2026-10-20", "2026-11-05", "2026-11-20", "2026-12-04")
NAMES = {day: f"{day.replace('-', '')}-020000" for day in DAYS}


def at(day: str) -> datetime:
    """Nine in the morning in Jakarta."""
    return datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)


@pytest.fixture(scope="module")
def all_read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot of each day."""
    company = made(people=20, courses=1, batches=2)
    workspace = Workspace(tmp_path_factory.mktemp("all-read"))
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        for day in DAYS:
            workspace.now = at(day)
            assert workspace.rkreport("fetch", "--fresh").code == 0
    return workspace.folder


@pytest.fixture
def read(all_read: Path, tmp_path: Path) -> Workspace:
    """A copy of it, on the last day."""
    shutil.copytree(all_read, tmp_path / "read")
    workspace = Workspace(tmp_path / "read")
    workspace.now = at(DAYS[-1])
    return workspace


def change(workspace: Workspace, sql: str, *values: object) -> None:
    """Something happened to the store."""
    database = Database(workspace.folder / "rkreport-data")
    database.write(sql, *values)
    database.close()


def make_incomplete(workspace: Workspace, day: str) -> None:
    """A list of that day's snapshot could not be read whole."""
    change(
        workspace, "UPDATE snapshot SET lists = json_set(lists, '$[0].verdict', 'incomplete') WHERE id = ?", NAMES[day]
    )


def forget(workspace: Workspace, *days: str) -> None:
    """There were no such snapshots."""
    for day in days:
        change(workspace, "DELETE FROM snapshot WHERE id = ?", NAMES[day])


def built(workspace: Workspace, *options: str) -> tuple[str, str, Outcome]:
    """Month and snapshot of a build."""
    outcome = workspace.rkreport("build", "--json", *options)
    assert outcome.code in {0, 6}, outcome.err
    document = outcome.document
    return document["period"], document["run_id"].rpartition("-rev")[0], outcome


def test_a_month_is_made_of_the_data_of_the_month_after(read: Workspace) -> None:
    """October of November's newest, though December's is newer; November, the previous month, of December's."""
    period, snapshot, outcome = built(read, "--period", "2026-10")
    assert (period, snapshot, "was read on" in outcome.err) == ("2026-10", NAMES["2026-11-20"], False)
    assert built(read)[:2] == ("2026-11", NAMES["2026-12-04"])


def test_a_snapshot_that_is_named_is_taken(read: Workspace) -> None:
    """The month is the one before it, unless named too; that it was read late is said."""
    assert built(read, "--snapshot", NAMES["2026-11-05"])[:2] == ("2026-10", NAMES["2026-11-05"])
    period, snapshot, outcome = built(read, "--snapshot", NAMES["2026-12-04"], "--period", "2026-10")
    assert (period, snapshot) == ("2026-10", NAMES["2026-12-04"])
    assert f"The snapshot {snapshot} was read on 2026-12-04, not in the month after 2026-10" in outcome.err


def test_without_data_of_the_month_after_the_newest_are_taken_and_it_is_said(read: Workspace) -> None:
    """On screen, and on the first sheet of every workbook as of when the statuses are."""
    forget(read, "2026-11-05", "2026-11-20")
    period, snapshot, outcome = built(read, "--period", "2026-10")
    assert (period, snapshot) == ("2026-10", NAMES["2026-12-04"])
    assert f"The snapshot {snapshot} was read on 2026-12-04, not in the month after 2026-10" in outcome.err
    books = workbooks_of(read.built)
    assert len(books) > 1
    for book in books:
        first = next(iter(cells_of(book).values()))
        text = " ".join(str(cell) for row in first for cell in row)
        said = [load_words(language).text("extracted.outside", month=month) for language, month in MONTHS]
        assert any(sentence in text for sentence in said), book.name
        assert " 34 " in text, book.name


MONTHS = (("en", "October 2026"), ("id", "Oktober 2026"))


def test_data_from_before_the_end_of_a_past_month_are_named(read: Workspace) -> None:
    """October was over when it was built, its data are of the twentieth: that is not in the month after."""
    forget(read, *DAYS[1:])
    read.now = at("2026-11-03")
    period, snapshot, outcome = built(read, "--period", "2026-10")
    assert (period, snapshot) == ("2026-10", NAMES["2026-10-20"])
    assert f"The snapshot {snapshot} was read on 2026-10-20, not in the month after 2026-10" in outcome.err


@pytest.mark.parametrize("how", ["--period", "config"])
def test_the_current_month_is_made_of_the_newest_data(read: Workspace, how: str) -> None:
    """Asked for by its number or by its word; nothing is said, since its data cannot be of the month after."""
    if how == "config":
        read.edit('period = "previous-month"', 'period = "current-month"')
    period, snapshot, outcome = built(read, *(("--period", "2026-12") if how == "--period" else ()))
    assert (period, snapshot, "was read on" in outcome.err) == ("2026-12", NAMES["2026-12-04"], False)


def test_a_whole_snapshot_is_taken_before_a_newer_one_that_is_not(read: Workspace) -> None:
    """It is said; where none is whole, the newest is refused, or taken if that is allowed."""
    make_incomplete(read, "2026-11-20")
    _, snapshot, outcome = built(read, "--period", "2026-10")
    assert snapshot == NAMES["2026-11-05"]
    assert f"The snapshot {NAMES['2026-11-20']} is incomplete, so the report is made from {snapshot}" in outcome.err
    make_incomplete(read, "2026-11-05")
    forget(read, "2026-12-04")
    assert read.rkreport("build", "--period", "2026-10").code == 4
    _, snapshot, outcome = built(read, "--period", "2026-10", "--allow-incomplete")
    assert (snapshot, outcome.code) == (NAMES["2026-11-20"], 6)


def test_the_previous_month_goes_by_the_newest_snapshot(read: Workspace) -> None:
    """Even an incomplete one."""
    make_incomplete(read, "2026-12-04")
    outcome = read.rkreport("build")
    assert outcome.code == 4
    forget(read, "2026-12-04")
    assert built(read)[:2] == ("2026-10", NAMES["2026-11-20"])


def test_a_correction_keeps_the_data_of_what_was_sent(read: Workspace) -> None:
    """Until another snapshot is named, and again after that trial: it was not sent. It is said from where they are."""
    assert built(read, "--period", "2026-10", "--snapshot", NAMES["2026-11-05"])[1] == NAMES["2026-11-05"]
    mark_sent(read, read.now)
    _, snapshot, outcome = built(read, "--period", "2026-10")
    assert (snapshot, outcome.document["revision"]) == (NAMES["2026-11-05"], 2)
    said = f"Revision 2 of 2026-10 keeps the snapshot {snapshot} of revision 1, which was sent"
    assert said in outcome.err
    trial = built(read, "--period", "2026-10", "--snapshot", NAMES["2026-11-20"])
    assert (trial[1], "keeps the snapshot" in trial[2].err) == (NAMES["2026-11-20"], False)
    _, snapshot, outcome = built(read, "--period", "2026-10")
    assert (snapshot, said in outcome.err) == (NAMES["2026-11-05"], True)


def test_a_correction_of_data_that_are_gone_is_made_like_a_first_edition(read: Workspace) -> None:
    """The snapshot was purged."""
    built(read, "--period", "2026-10", "--snapshot", NAMES["2026-11-05"])
    mark_sent(read, read.now)
    forget(read, "2026-11-05")
    assert built(read, "--period", "2026-10")[1] == NAMES["2026-11-20"]


def test_the_report_of_a_month_that_was_sent_under_way_is_made_of_later_data(read: Workspace) -> None:
    """On 20 October its state so far was sent; the report of October must not be made of that."""
    read.now = at("2026-10-20")
    assert built(read, "--period", "2026-10", "--snapshot", NAMES["2026-10-20"])[1] == NAMES["2026-10-20"]
    mark_sent(read, read.now)
    read.now = at("2026-11-20")
    forget(read, "2026-12-04")
    period, snapshot, outcome = built(read)
    assert (period, snapshot, outcome.document["revision"]) == ("2026-10", NAMES["2026-11-20"], 2)


def test_review_and_send_stay_with_the_edition(read: Workspace) -> None:
    """A newer fetch changes nothing of what was built: its own snapshot is judged again."""
    built(read, "--period", "2026-10", "--snapshot", NAMES["2026-11-05"])
    for command in ("review", "send"):
        outcome = read.rkreport(command, "--period", "2026-10")
        assert outcome.code == 0, outcome.err
    assert json.loads((read.built / "manifest.json").read_text("utf-8"))["run_id"] == f"{NAMES['2026-11-05']}-rev1"


# ---- the past stays what was sent


def kept_of(workspace: Workspace, period: str) -> dict[str, object]:
    """What `history` tells of a month."""
    periods = workspace.rkreport("history", "--json").document["periods"]
    (found,) = (one for one in periods if one["period"] == period)
    return dict(found)


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.UNKNOWN])
def test_a_trial_build_changes_nothing_of_the_past(read: Workspace, state: DeliveryState) -> None:
    """October was sent, then built by other rules and not sent: it stays as it was, for history and the month after."""
    read.edit("[mail]\n", '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nallowed_domains = ["contoh.test"]\n')
    built(read, "--period", "2026-10")
    before = kept_of(read, "2026-10")
    assert before["standing"] == "built"
    database = Database(read.folder / "rkreport-data")
    put(database, factories.delivery(state=state))
    database.close()
    before |= {"standing": "sent"}
    assert kept_of(read, "2026-10") == before
    rules = read.config.read_text("utf-8")
    read.edit("due_days_after_session = 14", "due_days_after_session = 1")
    assert built(read, "--period", "2026-10")[2].document["revision"] == 2
    assert kept_of(read, "2026-10") == before
    read.config.write_text(rules, "utf-8")
    built(read)
    sheets = cells_of(next((read.folder / "reports" / "2026-11" / "rev1").glob("*_master_*.xlsx")))
    words = load_words("en")
    changed = [row for row in sheets["Trend"] if words.month(2026, 11) in row]
    assert words.text("word.no") in changed[0]


def test_a_month_that_was_only_built_is_no_base(read: Workspace) -> None:
    """October was built for a mail server and never sent: it is shown as such, and November says nothing of it."""
    read.edit("[mail]\n", '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nallowed_domains = ["contoh.test"]\n')
    built(read, "--period", "2026-10")
    assert "2026-10 " in read.rkreport("history").out
    assert "revision 1, built, not sent" in read.rkreport("history").out
    built(read)
    sheets = cells_of(next((read.folder / "reports" / "2026-11" / "rev1").glob("*_master_*.xlsx")))
    words = load_words("en")
    assert [row for row in sheets["Trend"] if words.month(2026, 10) in row] == []
    assert [row for row in sheets["Trend"] if words.month(2026, 11) in row] != []


def test_the_outbox_stands_until_something_is_sent(read: Workspace) -> None:
    """What lies in the outbox is not replaced by a build for a mail server that was not sent."""
    built(read, "--period", "2026-10")
    before = kept_of(read, "2026-10")
    assert before["standing"] == "written"
    read.edit("[mail]\n", '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nallowed_domains = ["contoh.test"]\n')
    read.edit("due_days_after_session = 14", "due_days_after_session = 1")
    built(read, "--period", "2026-10")
    assert kept_of(read, "2026-10") == before
