"""The figures kept for the trend."""

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rkreport.core.compliance import Period, PeriodResult
from rkreport.core.mail.delivery import Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.migrations import MIGRATIONS
from rkreport.store.results import Results, Standing
from tests import factories
from tests.ledger_rows import put
from tests.store.conftest import Clock


def result(year: int, month: int) -> PeriodResult:
    """The figures of a month, a little different in each."""
    return PeriodResult(
        period=Period(year, month),
        people=100 + month,
        people_compliant=90,
        counted=300,
        compliant=280,
        overdue=5,
        failed=4,
        not_assigned=3,
        rules_sha256="0" * 64,
        snapshot_id=f"{year}{month:02d}01-000000",
        people_by_manager={ManagerId("M-001"): 60, ManagerId("M-002"): 40 + month},
    )


@pytest.fixture
def results(database: Database, clock: Clock) -> Results:
    """The results of an empty store."""
    return Results(database, clock)


def test_earlier_periods_come_oldest_first(results: Results) -> None:
    """Across a year's end, in the order of the calendar and not of building; neither this period nor later ones."""
    for year, month in ((2026, 2), (2025, 12), (2026, 1), (2026, 3), (2025, 9)):
        results.keep(result(year, month), 1, is_written=True)
    assert results.before(Period(2026, 2)) == (result(2025, 9), result(2025, 12), result(2026, 1))
    assert results.before(Period(2025, 9)) == ()


def test_all_periods_come_oldest_first(results: Results) -> None:
    """The history shows every month, in the order of the calendar."""
    assert results.all() == ()
    for year, month in ((2026, 2), (2025, 12), (2026, 1)):
        results.keep(result(year, month), 1)
    assert [kept.result for kept in results.all()] == [result(2025, 12), result(2026, 1), result(2026, 2)]


def test_eleven_periods_at_most(results: Results) -> None:
    """With this one they make a year; the newest are given."""
    for month in range(1, 13):
        results.keep(result(2025, month), 1, is_written=True)
    results.keep(result(2024, 12), 1, is_written=True)
    assert [one.period.month for one in results.before(Period(2026, 1))] == list(range(2, 13))


def test_newest_build_stands_for_a_period_of_which_nothing_went(results: Results) -> None:
    """Building a month again replaces its figures, as long as nothing was sent or written."""
    results.keep(result(2026, 9), 1)
    again = replace(result(2026, 9), people=7, snapshot_id="20261002-000000")
    results.keep(again, 1)
    assert [(kept.result, kept.standing) for kept in results.all()] == [(again, Standing.BUILT)]


def test_a_build_that_was_not_handed_over_is_no_base(results: Results, database: Database) -> None:
    """Months that were only built take no place among the eleven; they are shown, and count once something went."""
    for month in range(1, 12):
        results.keep(result(2025, month), 1, is_written=True)
    for year, month in ((2025, 12), (2026, 1)):
        results.keep(result(year, month), 1)
    assert [one.period.month for one in results.before(Period(2026, 2))] == list(range(1, 12))
    assert [kept.is_base for kept in results.all()] == [True] * 11 + [False] * 2
    put(database, factories.delivery(period="2026-01", state=DeliveryState.SENT))
    assert results.before(Period(2026, 2))[-1] == result(2026, 1)


def test_what_was_told_is_kept(results: Results) -> None:
    """By manager, the figures of the messages in the outbox."""
    told = replace(result(2026, 9), told_by_manager={ManagerId("M-001"): TeamFigures(3, 9, 6, 1)})
    results.keep(told, 1, is_written=True)
    assert results.before(Period(2026, 10)) == (told,)


def test_results_of_an_older_version_are_read(results: Results, database: Database) -> None:
    """What was kept before managers were is there still, without any."""
    results.keep(result(2026, 9), 1, is_written=True)
    newer = ("$.people_by_manager", "$.told_by_manager")
    database.write("UPDATE edition_result SET figures = json_remove(figures, ?, ?)", *newer)
    assert results.before(Period(2026, 10)) == (replace(result(2026, 9), people_by_manager=None),)


@pytest.mark.parametrize(
    "figures",
    [
        "{",
        "[" * 100_000,
        "[]",
        "{}",
        '{"period": 3}',
        '{"period": {"year": 2026, "month": 9}}',
        '{"told_by_manager": [1]}',
    ],
)
def test_damaged_result_is_a_sentence(results: Results, database: Database, figures: str) -> None:
    """Figures that cannot be read are told as damage of the file."""
    results.keep(result(2026, 9), 1, is_written=True)
    database.write("UPDATE edition_result SET figures = ?", figures)
    with pytest.raises(StoreError, match=r"A result in .* is damaged; restore the file from a backup"):
        results.before(Period(2026, 10))
    with pytest.raises(StoreError, match=r"A result in .* is damaged; restore the file from a backup"):
        results.all()


@pytest.mark.parametrize("change", ["handed_over = 8", "period = '2026-08'"])
def test_a_result_under_another_month_or_state_is_damage(results: Results, database: Database, change: str) -> None:
    """The store's columns and the figures tell of one edition."""
    results.keep(result(2026, 9), 1)
    database.write(f"UPDATE edition_result SET {change}")  # noqa: S608 - from above
    with pytest.raises(StoreError, match=r"A result in .* is damaged"):
        results.all()


# ---- which edition stands


def edition(results: Results, revision: int, *, is_written: bool = False) -> PeriodResult:
    """September was built as this revision; its figures tell the revision."""
    figures = replace(result(2026, 9), people=revision)
    results.keep(figures, revision, is_written=is_written)
    return figures


@pytest.mark.parametrize(
    ("builds", "rows", "expected"),
    [
        ([(1, False), (2, False)], [], (2, Standing.BUILT)),
        ([(1, True), (1, False)], [], (1, Standing.WRITTEN)),
        ([(1, True), (2, False)], [], (1, Standing.WRITTEN)),
        ([(1, True), (2, True)], [], (2, Standing.WRITTEN)),
        ([(1, False), (2, False)], [(1, "sent", "smtp")], (1, Standing.SENT)),
        ([(1, False), (2, False)], [(1, "sent", "smtp"), (2, "sent", "smtp")], (2, Standing.SENT)),
        ([(1, False), (2, True)], [(1, "sent", "smtp"), (2, "written", "outbox")], (1, Standing.SENT)),
        ([(1, False), (2, False)], [(1, "written", "outbox")], (1, Standing.WRITTEN)),
        ([(1, False), (2, False)], [(1, "unknown", "smtp"), (2, "failed", "smtp")], (1, Standing.SENT)),
        ([(1, False), (2, False)], [(1, "failed", "smtp"), (1, "planned", "smtp")], (2, Standing.BUILT)),
    ],
)
def test_what_was_sent_stands(
    results: Results,
    database: Database,
    builds: list[tuple[int, bool]],
    rows: list[tuple[int, str, str]],
    expected: tuple[int, Standing],
) -> None:
    """Sent by a server before written to the outbox before only built; of each the newest. All readers get the same."""
    for revision, is_written in builds:
        edition(results, revision, is_written=is_written)
    for revision, state, transport in rows:
        put(database, _row(revision, state, transport))
    standing = results.standing(Period(2026, 9))
    assert standing is not None
    assert (standing.revision, standing.standing) == expected
    assert results.all() == (standing,)
    assert results.before(Period(2026, 10)) == ((standing.result,) if standing.is_base else ())


def _row(revision: int, state: str, transport: str) -> Delivery:
    return factories.delivery(
        period="2026-09",
        revision=revision,
        manager_id=ManagerId(f"M-{state}"),
        state=DeliveryState(state),
        transport=transport,
    )


def test_a_written_build_is_replaced_by_a_written_one_alone(results: Results, database: Database, clock: Clock) -> None:
    """A trial of the same revision leaves what lies in the outbox; sent by a server, it is the newer one that went."""
    written = edition(results, 1, is_written=True)
    clock.pass_time(minutes=1)
    trial = replace(written, people=99)
    results.keep(trial, 1)
    put(database, _row(1, "written", "outbox"))
    found = results.standing(written.period)
    assert found is not None
    assert found.result == written


def test_what_a_server_sent_is_the_newest_build_of_its_revision(
    results: Results, database: Database, clock: Clock
) -> None:
    """The messages lay in the outbox, were built again for a server, and went."""
    written = edition(results, 1, is_written=True)
    clock.pass_time(minutes=1)
    sent = replace(written, people=99)
    results.keep(sent, 1)
    put(database, _row(1, "sent", "smtp"))
    assert results.before(Period(2026, 10)) == (sent,)


def test_nothing_stands_for_a_month_that_was_never_built(results: Results) -> None:
    """There is nothing to compare with, and nothing to show."""
    assert results.standing(Period(2026, 9)) is None


def test_the_same_rules_get_the_digest_of_this_version(results: Results, database: Database) -> None:
    """Only where they are the same; what is damaged stays so, for whoever reads it."""
    old, other = replace(result(2026, 8), rules_sha256="old"), replace(result(2026, 9), rules_sha256="other")
    results.keep(old, 1, is_written=True)
    results.keep(other, 1, is_written=True)
    results.keep(result(2026, 10), 1)
    database.write("UPDATE edition_result SET figures = '{' WHERE period = '2026-10'")
    results.rename_rules("old", "2:new")
    assert results.before(Period(2026, 10)) == (replace(old, rules_sha256="2:new"), other)
    with pytest.raises(StoreError):
        results.all()


# ---- a store of version 0.1.0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], (1, Standing.KEPT)),
        ([(1, "sent", "smtp")], (1, Standing.SENT)),
        ([(1, "sent", "smtp"), (2, "planned", "smtp")], (1, Standing.SENT)),
        ([(1, "sent", "smtp"), (2, "unknown", "smtp")], (2, Standing.SENT)),
        ([(1, "sent", "smtp"), (2, "sent", "outbox")], (1, Standing.SENT)),
        ([(1, "sent", "outbox"), (2, "sent", "outbox")], (2, Standing.WRITTEN)),
        ([(1, "failed", "smtp")], (1, Standing.KEPT)),
    ],
)
def test_the_one_result_of_a_month_counts_as_what_was_sent(
    folder: Path, rows: list[tuple[int, str, str]], expected: tuple[int, Standing]
) -> None:
    """A store of format 3 knew the newest build alone: what was sent of the month counts as made from it.

    Where nothing was, nobody knows whether it was handed over: it stays a base, whatever is built and not sent later.
    """
    folder.mkdir()
    with closing(sqlite3.connect(folder / FILE_NAME)) as store:
        for number, script in enumerate(MIGRATIONS[:3], start=1):
            store.executescript(f"BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")
        values = ("2026-09", "2026-10-01T00:00:00+00:00", json.dumps(asdict(result(2026, 9))))
        store.execute("INSERT INTO result (period, built_at, figures) VALUES (?, ?, ?)", values)
        store.executemany(
            "INSERT INTO delivery VALUES ('2026-09', ?1, 'M-' || ?2, 'a@contoh.test', '[]', 'en', 'id', 'f', 'd', 'd',"
            " '{}', ?2, 1, '', 0, '', '', ?3)",
            rows,
        )
        store.commit()
    database = Database(folder)
    results = Results(database, Clock())
    results.keep(replace(result(2026, 9), people=7), 9)
    (kept,) = results.all()
    assert results.before(Period(2026, 10)) == (result(2026, 9),)
    database.close()
    assert (kept.result, kept.revision, kept.standing) == (result(2026, 9), *expected)
