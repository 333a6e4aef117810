"""What managers answered: kept with its file or not at all, the newest alone, and gone when it is purged."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.answers import AnsweredKey, AnswerStore, ReturnedFile
from rkreport.store.database import Database
from tests.core.answers.lists import LATER, NOW, SENT_AT, answer

FILE = ReturnedFile("f" * 64, "2026-10", 1, ManagerId("M-1"), SENT_AT, NOW)
OCTOBER = AnsweredKey("2026-10", 1, ManagerId("M-1"))


def test_an_answer_comes_back_as_it_was_kept(database: Database) -> None:
    """With its file; a newer one stands in its place, others stay."""
    store = AnswerStore(database)
    kept = (answer("E1", choice="leave", planned_on=NOW.date()), answer("E2"))
    store.keep(FILE, kept)
    assert (store.all(), store.files()) == (kept, (FILE,))
    store.keep(replace(FILE, file_sha256="0" * 64), [answer("E1", note="new")])
    assert store.all() == (answer("E1", note="new"), answer("E2"))
    assert len(store.files()) == 2


def test_all_of_a_file_is_kept_or_nothing(database: Database) -> None:
    """The file would count as read, and its answers be lost."""
    store = AnswerStore(database)
    broken = replace(answer("E2"), note=None)  # type: ignore[arg-type]  # to break it
    with pytest.raises(StoreError):
        store.keep(FILE, [answer("E1"), broken])
    assert (store.all(), store.files()) == ((), ())


def test_only_what_is_newer_is_taken_over(database: Database) -> None:
    """From another machine: by the report, then by when it was collected."""
    store = AnswerStore(database)
    store.keep(FILE, [answer("E1"), answer("E2"), answer("E3", sent_at=LATER)])
    later = {"collected_at": NOW + timedelta(1), "note": "new"}
    assert store.take_in([answer("E1", **later), answer("E2"), answer("E3", **later), answer("E4")], [FILE]) == 2
    assert [one.note for one in store.all()] == ["new", "a note", "a note", "a note"]
    assert store.files() == (FILE,)


def test_old_answers_are_forgotten_with_their_files(database: Database) -> None:
    """By when the workbook went; a younger workbook of another month stays."""
    store = AnswerStore(database)
    young = answer("E2", period="2026-11", sent_at=LATER)
    store.keep(FILE, [answer("E1")])
    store.keep(replace(FILE, file_sha256="0" * 64, period="2026-11", sent_at=LATER), [young])
    old = store.kept_before(LATER)
    assert (old, store.count_of(old)) == ((OCTOBER,), 1)
    store.forget(old)
    assert (store.all(), [file.period for file in store.files()]) == ((young,), ["2026-11"])


def test_a_damaged_answer_is_said(database: Database) -> None:
    """One sentence, without what it says."""
    store = AnswerStore(database)
    store.keep(FILE, [answer("E1")])
    database.write("UPDATE answer SET sent_at = 'x'")
    with pytest.raises(StoreError, match="is damaged"):
        store.all()
