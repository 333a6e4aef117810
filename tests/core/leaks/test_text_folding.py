"""Texts that read alike are the same, however they are written."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.leaks.text_folding import folded, spelled_out, ways_to_read, without_invisible, words_of
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


IGNORABLE = (  # Default_Ignorable_Code_Point in DerivedCoreProperties.txt of Unicode
    *(range(0xAD, 0xAE), range(0x34F, 0x350), range(0x61C, 0x61D), range(0x115F, 0x1161), range(0x17B4, 0x17B6)),
    *(range(0x180B, 0x1810), range(0x200B, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2070)),
    *(range(0x3164, 0x3165), range(0xFE00, 0xFE10), range(0xFEFF, 0xFF00), range(0xFFA0, 0xFFA1)),
    *(range(0xFFF0, 0xFFF9), range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B), range(0xE0000, 0xE1000)),
)
BLANK_SHAPES = (0x2800, 0x1D159)


def test_what_nobody_sees_is_spelled_out_and_folded_away() -> None:
    """Every character without a shape of its own: on the screen it is an escape, and no comparison knows it."""
    for code in (*(code for span in IGNORABLE for code in span), *BLANK_SHAPES):
        char = chr(code)
        shown = spelled_out(f"a{char}b")
        assert shown.isascii(), hex(code)
        assert len(shown) > 3, hex(code)
        assert folded(f"a{char}b") == "ab", hex(code)


def test_what_is_seen_stays_as_it_is() -> None:
    """Of all characters there are, only those of the list, controls and what moves the text are spelled out."""
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        is_hidden = unicodedata.category(char) in unseen or not without_invisible(char)
        if (spelled_out(char) != char) != is_hidden:
            pytest.fail(hex(code))
    assert spelled_out("Zoë 財務 Ма'руф ☎ e\u0301") == "Zoë 財務 Ма'руф ☎ e\u0301"
