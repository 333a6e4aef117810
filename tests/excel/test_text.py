"""Text as Excel can hold it."""

import re

from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from rkreport.excel.text import (
    CUT_MARK,
    LIMIT,
    begins_like_a_formula,
    clean,
    fit_units,
    single_line,
    stored,
    utf16_units,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)


def test_control_characters_go_and_tab_and_newline_stay() -> None:
    """Control characters have no place in the file, tab and newline do, and CR LF is one newline."""
    assert clean("a\x00b\x07c\x1f\td\r\ne\rf") == "abc\td\ne\nf"


def test_broken_characters_are_replaced() -> None:
    """Lone surrogates and noncharacters would make the file unreadable; they show as U+FFFD."""
    assert clean("a\ud800b\udfffc\ufffed\uffff") == "a\ufffdb\ufffdc\ufffdd\ufffd"


def test_white_space_alone_is_empty() -> None:
    """Text of nothing but white space is an empty cell for every reader."""
    assert clean(" \n\t ") == ""


@given(ANY_TEXT)
def test_clean_text_stays(text: str) -> None:
    """Cleaning twice is cleaning once, and clean text can be written as UTF-8 XML."""
    once = clean(text)
    assert clean(once) == once
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", once)


@given(ANY_TEXT | st.from_regex(r"(_x[0-9A-F]{4}_|x|_){0,6}", fullmatch=True))
def test_stored_text_reads_back_as_itself(text: str) -> None:
    """A reader that unescapes `_xHHHH_` gets the clean text again."""
    assert unescape(stored(clean(text))) == clean(text)


def test_long_text_is_cut_with_a_mark() -> None:
    """Past the limit of a cell text ends in a mark, and every form of it is within the limit in UTF-16 units."""
    for long in ("x" * 40_000, "🧪" * 20_000, "_x0041_" * 5_000, "ab_x0041_🧪" * 4_000):
        cut = clean(long)
        assert cut.endswith(CUT_MARK)
        assert long.startswith(cut.removesuffix(CUT_MARK))
        assert LIMIT - 8 <= utf16_units(stored(cut)) <= LIMIT
        assert clean(cut) == cut


def test_text_at_the_limit_is_whole() -> None:
    """Nothing is cut that Excel can hold."""
    assert clean("x" * LIMIT) == "x" * LIMIT
    assert clean("🧪" * (LIMIT // 2)) == "🧪" * (LIMIT // 2)


def test_formula_like_beginnings() -> None:
    """The characters that make Excel read an edited text as a formula."""
    assert all(begins_like_a_formula(text) for text in ("=1", "+1", "-1", "@a", "\t=1", "\n=1"))
    assert not any(begins_like_a_formula(text) for text in ("", "a=1", " =1", "'=1"))


def test_units() -> None:
    """An emoji is two units for Excel."""
    assert utf16_units("a🧪") == 3
    assert fit_units("a🧪b", 2) == "a"
    assert fit_units("a🧪b", 3) == "a🧪"


def test_lines() -> None:
    """A name is one line."""
    assert single_line(" a\r\n b\tc ") == "a b c"
