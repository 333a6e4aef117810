"""How much room text takes in the house font."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.excel.look.text_metrics import shortened, text_width, wrapped

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def test_letters_are_not_all_alike() -> None:
    """Capital letters take more room than digits, slim letters less, bold letters more than plain ones."""
    assert text_width("APUPPT") > text_width("123456") > text_width("ilitif")
    assert text_width("Overdue", bold=True) > text_width("Overdue")
    assert text_width("0" * 20) == pytest.approx(20, rel=0.06)


def test_wide_unseen_and_accented_characters() -> None:
    """An emoji is wide, a combining accent takes no room, and an accented letter as much as the letter."""
    assert text_width("🚀") == 2
    assert text_width("e\u0301") == text_width("é") == text_width("e")
    assert text_width("abc\nde") == text_width("abc")
    assert text_width("") == 0


@given(TEXT, st.floats(1, 40))
def test_wrapping_loses_no_word(text: str, width: float) -> None:
    """Wrapped lines hold the words of the text in their order, and none is wider than asked but a single long word."""
    lines = wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(text_width(line) <= width or len(line.split()) == 1 for line in lines)


def test_own_line_ends_stay() -> None:
    """A line end in the text is a line end on the sheet."""
    assert wrapped("one two\nthree", 40) == ["one two", "three"]
    assert wrapped("", 40) == [""]


@given(TEXT, st.floats(3, 40))
def test_shortened_text_fits(text: str, width: float) -> None:
    """A text that fits stays; of another one beginning and end are kept around an ellipsis."""
    short = shortened(text, width)
    if text_width(text) <= width:
        assert short == text
    else:
        front, _, back = short.rpartition("…")
        assert text.startswith(front)
        assert text.endswith(back)
        assert text_width(short) <= width


def test_names_that_differ_at_their_end_still_differ() -> None:
    """Five modules of one course can be told apart wherever their names are shortened."""
    names = [f"Pelatihan Keselamatan dan Kesehatan Kerja Tingkat Dasar – Modul {number}" for number in range(1, 6)]
    assert len({shortened(name, 30) for name in names}) == 5


def test_a_text_of_any_length_is_shortened_at_once() -> None:
    """A text as long as a cell can hold is looked at only as far as it fits, from either end."""
    looked_at: list[str] = []

    class Spied(str):
        __slots__ = ()

        def __iter__(self) -> Iterator[str]:
            for character in str(self):
                looked_at.append(character)
                yield character

    assert shortened(Spied("é" * 32_767), 20).endswith("é")
    assert len(looked_at) < 2 * 32_767
