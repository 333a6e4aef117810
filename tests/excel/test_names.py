"""Names that Excel takes without a repair."""

import re

from hypothesis import given
from hypothesis import strategies as st

from rkreport.excel.names import header_names, sheet_names, table_names
from rkreport.excel.text import utf16_units

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)


@given(st.lists(ANY_TEXT, max_size=12))
def test_sheet_names_are_always_valid_and_different(titles: list[str]) -> None:
    """Whatever the titles: one name each, allowed characters, at most 31 units, no two alike."""
    names = sheet_names(titles)
    assert len(names) == len(titles) == len({name.casefold() for name in names})
    for name in names:
        assert 0 < utf16_units(name) <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        assert name == name.strip("' ")
        assert name.casefold() != "history"


def test_sheet_names_by_example() -> None:
    """Names stay recognisable, and the second of two alike gets a number."""
    assert sheet_names(["Detail", "DETAIL", "By/unit", "'Q'", "History", "x" * 40, "x" * 40, ""]) == (
        "Detail",
        "DETAIL 2",
        "By-unit",
        "Q",
        "History 2",
        "x" * 31,
        "x" * 29 + " 2",
        "Sheet",
    )


@given(st.lists(ANY_TEXT, max_size=12))
def test_table_names_are_always_valid_and_different(wanted: list[str]) -> None:
    """Whatever is wanted: letters first, no name of a cell, no two alike."""
    names = table_names(wanted)
    assert len(names) == len(wanted) == len({name.casefold() for name in names})
    for name in names:
        assert re.fullmatch(r"[A-Za-z_][\w.]{0,254}", name, re.ASCII)
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+|[Rr]\d*([Cc]\d*)?|[Cc]\d*", name)


def test_table_names_by_example() -> None:
    """Good names stay, names of cells get an underscore."""
    assert table_names(["tblDetail", "TBLDETAIL", "A1", "R1C1", "c", "1st", "a b"]) == (
        "tblDetail",
        "TBLDETAIL_2",
        "_A1",
        "_R1C1",
        "_c",
        "_1st",
        "a_b",
    )


@given(st.lists(ANY_TEXT, max_size=12))
def test_headers_are_always_single_lines_and_different(headers: list[str]) -> None:
    """Whatever the headers: one line each, not empty, no two alike without case."""
    names = header_names(headers)
    assert len(names) == len(headers) == len({name.casefold() for name in names})
    assert all(name == " ".join(name.split()) and 0 < utf16_units(name) <= 255 for name in names)


def test_headers_by_example() -> None:
    """A course named twice keeps both columns."""
    assert header_names(["K3\nDasar", "k3 dasar", ""]) == ("K3 Dasar", "k3 dasar 2", "#3")
    assert header_names(["'", "'"]) == ("'", "2")
