"""The figures kept for the trend."""

from dataclasses import replace

import pytest

from rkreport.core.compliance import Period, PeriodResult
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database
from rkreport.store.results import Results
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
        results.keep(result(year, month))
    assert results.before(Period(2026, 2)) == (result(2025, 9), result(2025, 12), result(2026, 1))
    assert results.before(Period(2025, 9)) == ()


def test_all_periods_come_oldest_first(results: Results) -> None:
    """The history shows every month, in the order of the calendar."""
    assert results.all() == ()
    for year, month in ((2026, 2), (2025, 12), (2026, 1)):
        results.keep(result(year, month))
    assert results.all() == (result(2025, 12), result(2026, 1), result(2026, 2))


def test_eleven_periods_at_most(results: Results) -> None:
    """With this one they make a year; the newest are given."""
    for month in range(1, 13):
        results.keep(result(2025, month))
    assert [one.period.month for one in results.before(Period(2026, 1))] == list(range(2, 13))


def test_newest_build_stands_for_its_period(results: Results) -> None:
    """Building a month again replaces its figures."""
    results.keep(result(2026, 9))
    again = replace(result(2026, 9), people=7, snapshot_id="20261002-000000")
    results.keep(again)
    assert results.before(Period(2026, 10)) == (again,)


def test_results_of_an_older_version_are_read(results: Results, database: Database) -> None:
    """What was kept before managers were is there still, without any."""
    results.keep(result(2026, 9))
    database.write("UPDATE result SET figures = json_remove(figures, '$.people_by_manager')")
    assert results.before(Period(2026, 10)) == (replace(result(2026, 9), people_by_manager=None),)


@pytest.mark.parametrize("figures", ["{", "[]", "{}", '{"period": 3}', '{"period": {"year": 2026, "month": 9}}'])
def test_damaged_result_is_a_sentence(results: Results, database: Database, figures: str) -> None:
    """Figures that cannot be read are told as damage of the file."""
    results.keep(result(2026, 9))
    database.write("UPDATE result SET figures = ?", figures)
    with pytest.raises(StoreError, match=r"A result in .* is damaged; restore the file from a backup"):
        results.before(Period(2026, 10))
    with pytest.raises(StoreError, match=r"A result in .* is damaged; restore the file from a backup"):
        results.all()
