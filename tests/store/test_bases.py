"""What each edition told of whom: kept whole, replaced whole, gone whole."""

from datetime import timedelta
from typing import Any

import pytest

from rkreport.core.models import Counts, CourseSerial, ManagerId, Status
from rkreport.core.review.last_sent import BaseRow
from rkreport.errors import StoreError
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from tests.store.conftest import Clock

SENT, WRITTEN = BaseKey("2026-10", 1, is_written=False), BaseKey("2026-10", 1, is_written=True)


def base_row(person: str, manager_id: str = "M-001") -> BaseRow:
    """One requirement of a person."""
    return BaseRow(person, ManagerId(manager_id), CourseSerial("C-1"), Status.OVERDUE, Counts.YES)


def test_it_comes_back_as_it_was_kept(database: Database, clock: Clock) -> None:
    """In its order; what was sent and what was written of one revision stand apart."""
    bases = Bases(database)
    rows = (base_row("00002"), base_row("00001", ""), base_row("00003", "M-002"))
    bases.keep(SENT, rows, clock())
    assert (bases.has(SENT), bases.has(WRITTEN)) == (True, False)
    assert (bases.rows(SENT), bases.rows(WRITTEN)) == (rows, ())
    assert (bases.managers(SENT), bases.managers(WRITTEN)) == ({"00002": "M-001", "00001": "", "00003": "M-002"}, {})


def test_kept_again_it_is_the_new_one(database: Database, clock: Clock) -> None:
    """Nothing is left of the earlier one; an edition without requirements is kept as such."""
    bases = Bases(database)
    bases.keep(SENT, [base_row("00001"), base_row("00002")], clock())
    bases.keep(SENT, [base_row("00003")], clock())
    assert bases.rows(SENT) == (base_row("00003"),)
    bases.keep(SENT, [], clock())
    assert (bases.has(SENT), bases.rows(SENT)) == (True, ())
    assert database.read("SELECT * FROM base_requirement") == []


def test_a_keeping_that_fails_leaves_what_was(database: Database, clock: Clock) -> None:
    """All rows or none."""
    bases = Bases(database)
    bases.keep(SENT, [base_row("00001")], clock())
    nobody: Any = None
    broken = BaseRow(nobody, ManagerId("M"), CourseSerial("C"), Status.OVERDUE, Counts.YES)
    with pytest.raises(StoreError):
        bases.keep(SENT, [base_row("00002"), broken], clock())
    assert bases.rows(SENT) == (base_row("00001"),)


def test_the_old_ones_are_forgotten(database: Database, clock: Clock) -> None:
    """By when they were kept, with all their rows; the others stay."""
    bases = Bases(database)
    bases.keep(SENT, [base_row("00001")], clock())
    bases.keep(WRITTEN, [base_row("00002")], clock() + timedelta(days=1))
    old = bases.kept_before(clock() + timedelta(days=1))
    assert old == (SENT,)
    bases.forget(old)
    assert (bases.has(SENT), bases.rows(SENT), bases.rows(WRITTEN)) == (False, (), (base_row("00002"),))


@pytest.mark.parametrize("damage", ["status = 'Lulus'", "counts = 'maybe'"])
def test_damage_is_a_sentence(database: Database, clock: Clock, damage: str) -> None:
    """Words that are none of ours."""
    bases = Bases(database)
    bases.keep(SENT, [base_row("00001")], clock())
    database.write(f"UPDATE base_requirement SET {damage}")  # noqa: S608 - the damage above
    with pytest.raises(StoreError, match=r"What was last sent, in .* is damaged; restore the file from a backup"):
        bases.rows(SENT)
