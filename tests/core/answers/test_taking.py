"""What is taken from a returned list: the manager's three cells of rows that were sent, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.answers.sheet import ActionRow
from rkreport.core.answers.taking import (
    LONGEST_NOTE,
    LONGEST_REASON,
    Answer,
    Refusal,
    Remark,
    Taken,
    name_digest,
    take,
)
from rkreport.core.models import CourseSerial
from rkreport.core.words import LANGUAGES
from rkreport.locale import load_words
from tests.core.answers.lists import LATER, SENT_AT, answer, returned, row, sent

WORDS = tuple(load_words(language) for language in LANGUAGES)
DAY = date(2026, 12, 18)


def taken(*rows: ActionRow, was: tuple[ActionRow, ...] = (), known: tuple[Answer, ...] = ()) -> Taken:
    """Take the rows; where `was` is left out, the same rows were sent empty."""
    blank = was or tuple(row(each.key.employee_id, name=each.key.name, course=each.key.course) for each in rows)
    return take(returned(rows), sent(*blank), {each.key: each for each in known}, WORDS)


@pytest.mark.parametrize(
    ("written", "values", "remarks"),
    [
        (("On leave", DAY, "x"), ("leave", "", DAY, "x"), ()),
        (("CUTI ", "18/12/2026", ""), ("leave", "", DAY, ""), ()),
        (("Pindah tim", "", ""), ("moved", "", None, ""), ()),
        (("Sakit", "", ""), ("", "Sakit", None, ""), (Remark.NOT_A_CHOICE,)),
        (("", "03/04/2026", "x"), ("", "", None, "x"), (Remark.TWO_DAYS,)),
        (("", "besok", "x"), ("", "", None, "x"), (Remark.NO_DATE,)),
        (("", 1e9, "x"), ("", "", None, "x"), (Remark.NO_DATE,)),
        (("", "=TODAY()", "x"), ("", "", None, "x"), (Remark.FORMULA,)),
        (("=A1", DAY, "=HYPERLINK(1)"), ("", "", DAY, ""), (Remark.FORMULA,)),
        ((12, DAY, 2026), ("", "12", DAY, "2026"), (Remark.NOT_A_CHOICE,)),
        (("", "", "a\u202eb\x00c\nd"), ("", "", None, "abc d"), ()),
    ],
)
def test_cells_become_values(
    written: tuple[object, object, object], values: tuple[object, ...], remarks: tuple[Remark, ...]
) -> None:
    """A choice in either language, a date in any clear form, a text on one line; a formula is nothing."""
    found = taken(row("E1", *written))
    (one,) = found.answers
    assert (one.choice, one.reason, one.planned_on, one.note) == values
    assert tuple(one.remark for one in found.remarks) == remarks


def test_long_texts_are_cut() -> None:
    """A book is no reason."""
    (one,) = taken(row("E1", "r" * 5_000, "", "n" * 30_000)).answers
    assert (len(one.reason), len(one.note)) == (LONGEST_REASON, LONGEST_NOTE)
    assert one.note.endswith("n…")


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ((row("E9", note="x"),), Refusal.NOT_OF_TEAM),
        ((row("E1", note="x", name="Somebody else"),), Refusal.NOT_OF_TEAM),
        ((row("E1", note="x", course="Another"),), Refusal.NOT_OF_TEAM),
        ((row("", note="x", name="", course=""),), Refusal.NOT_OF_TEAM),
        ((row("E1", note="x"), row("E1", note="y")), Refusal.TWICE),
    ],
)
def test_rows_are_refused(others: tuple[ActionRow, ...], reason: Refusal) -> None:
    """Who is not in the sent list, under this very name and course, and what could mean two things."""
    found = taken(*others, was=(row("E1"),))
    assert found.answers == ()
    assert {why for _, why in found.refused} == {reason}
    assert len(found.refused) == len(others)


def test_a_course_that_is_two_is_refused() -> None:
    """Two courses of one name, or two people who look the same: nobody can tell which is meant."""
    origin = sent(row("E1"))
    for courses in (frozenset({CourseSerial("C-1"), CourseSerial("C-2")}), frozenset[CourseSerial]()):
        two = {key: replace(each, courses=courses) for key, each in origin.items()}
        found = take(returned([row("E1", note="x")]), two, {}, WORDS)
        assert (found.answers, found.refused) == ((), ((7, Refusal.UNCLEAR),))


def test_a_row_of_a_stranger_without_an_entry_is_no_refusal() -> None:
    """Footnotes below the list, and rows that somebody pasted to compare."""
    assert taken(row("E9"), was=(row("E1"),)) == Taken()


def test_what_stands_as_it_was_sent_says_nothing_new() -> None:
    """Prefilled cells come back, perhaps in another form of the same."""
    was = row("E1", "Cuti", DAY, "x")
    assert taken(was, was=(was,)) == Taken()
    assert taken(row("E1", "On leave", "18 Des 2026", " x "), was=(was,)) == Taken()


def test_an_unchanged_cell_keeps_what_is_known() -> None:
    """The sent file did not show the note, because it names somebody: it was not emptied."""
    known = answer(note="names somebody", choice="leave")
    found = taken(row("E1", "Shift", DAY), was=(row("E1", "Cuti", DAY),), known=(known,))
    (one,) = found.answers
    assert (one.choice, one.note, one.planned_on) == ("shift", "names somebody", None)
    (alone,) = taken(row("E1", "Shift", DAY), was=(row("E1", "Cuti", DAY),)).answers
    assert (alone.choice, alone.planned_on) == ("shift", DAY)


def test_a_formula_leaves_what_is_known() -> None:
    """It neither says nor takes back anything."""
    found = taken(row("E1", "=1", DAY, "=2"), was=(row("E1", "Cuti"),), known=(answer(choice="leave"),))
    (one,) = found.answers
    assert (one.choice, one.planned_on, one.note) == ("leave", DAY, "a note")


def test_an_older_workbook_does_not_win() -> None:
    """What the manager said of a later report stays."""
    found = taken(row("E1", note="old"), known=(answer(sent_at=LATER),))
    assert (found.answers, found.refused) == ((), ((7, Refusal.OLDER),))
    assert taken(row("E1", note="new"), known=(answer(sent_at=SENT_AT),)).answers[0].note == "new"


IDS = st.sampled_from(["E1", "E2", "E3", "", "e1", "E1 ", "01", "1"])
NAMES = st.sampled_from(["Sari", "Budi", "sari", "Sari\u200b", ""])
COURSES = st.sampled_from(["A", "B", "a"])
CELLS = st.sampled_from(["", "On leave", "=1", "03/04/2026", "2026-12-18", 46_000.0, float("nan"), "note", "Sakit"])


@st.composite
def rows(draw: st.DrawFn) -> ActionRow:
    """Any row: near those of the list, or far from them."""
    made = row(draw(IDS), draw(CELLS), draw(CELLS), draw(CELLS), name=draw(NAMES), course=draw(COURSES))
    return replace(made, line=draw(st.integers(1, 99)))


@given(st.lists(rows(), max_size=6), st.lists(rows(), max_size=12))
def test_no_row_outside_the_sent_list_is_ever_taken(was: list[ActionRow], came: list[ActionRow]) -> None:
    """Whatever comes back: each answer is about a row that was sent, each other row with an entry is counted."""
    origin = sent(*was)
    found = take(returned(came), origin, {}, WORDS)
    told = {(key.employee_id, name_digest(key.name)) for key in origin}
    assert {(one.employee_id, one.name_sha256) for one in found.answers} <= told
    for one in found.answers:
        assert (one.manager_id, one.address, one.course) == ("M-1", "satu@contoh.test", "C-1")
    outside = [each.line for each in came if each.key not in origin and not each.is_empty]
    assert [line for line, why in found.refused if why is Refusal.NOT_OF_TEAM] == outside
    assert len(found.answers) + len(found.refused) <= len(came)
