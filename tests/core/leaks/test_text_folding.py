"""Texts that read alike are the same, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.leaks.text_folding import folded, ways_to_read, words_of
from rkreport.excel.text import clean, stored


@pytest.mark.parametrize(
    "written",
    [
        *("Budi Santoso", "BUDI SANTOSO", " budi\n santoso ", "Budi\u00a0Santoso", "Bu\u200bdi San\u00adtoso"),
        *(
            "Ｂｕｄｉ Ｓａｎｔｏｓｏ",
            "Budi\u200bSantoso",
            "Budi\u2060 Santoso",
            "Bu\u00a0di Santoso",
            "_x0042_udi Santoso",
        ),
        *("&#66;udi Santoso", "Budi&nbsp;Santoso", "Budi%20Santoso", "\x00Budi \x1fSantoso", "\ufeffBudi Santoso"),
    ],
)
def test_ways_to_write_a_name(written: str) -> None:
    """Case, white space, invisible characters, wide letters and escapes change nothing for who reads it."""
    assert "budi santoso" in ways_to_read(written)


def test_marks_above_letters_are_one_with_them() -> None:
    """A letter with its mark, and a letter and a mark, are the same; without the mark it is another name."""
    assert folded("Zoe\u0308") == folded("Zoë") != folded("Zoe")


@given(st.text())
def test_what_is_stored_reads_as_the_text(text: str) -> None:
    """Whatever the workbook's writer does to a text for a cell to hold it, it is found again."""
    assert folded(text) in ways_to_read(stored(clean(text))) or not clean(text)


def test_words_are_letters_and_digits() -> None:
    """All else parts them."""
    assert [word for word, _, _ in words_of("ma'ruf al-qur_ani 7.")] == ["ma", "ruf", "al", "qur", "ani", "7"]
