"""Finished workbooks read again: all rows of all tables, and nothing from what is none of ours."""

import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.report.sheets import Column, Kind
from rkreport.excel.ooxml.read_back import read_properties, read_tables
from tests.excel.reading import table_sheet, write

COLUMNS = (Column("ID", Kind.TEXT), Column("Name", Kind.TEXT), Column("Days", Kind.INTEGER))
ROWS = (("007", "=1+1", 3), ("008", None, 0), (None, "Ani _x0041_ <b>", None))


def book(tmp_path: Path, total: tuple[object, ...] | None = None) -> bytes:
    """A workbook with one table."""
    path = tmp_path / "book.xlsx"
    write(path, table_sheet(COLUMNS, ROWS, total=total), properties={"manager_id": "M-001", "period": "2026-10"})
    return path.read_bytes()


@pytest.mark.parametrize("total", [None, ("Total", None, 3)])
def test_all_rows_of_the_columns_that_are_asked_for(tmp_path: Path, total: tuple[object, ...] | None) -> None:
    """As text, ids with their zeros, hostile text as it was; without header and total row."""
    (table,) = read_tables(book(tmp_path, total), {"ID", "Name"})
    assert (table.sheet, table.name, table.columns) == ("Main", "tblMain", ("ID", "Name", "Days"))
    assert [dict(row) for row in table.rows] == [
        {"ID": "007", "Name": "=1+1"},
        {"ID": "008", "Name": ""},
        {"ID": "", "Name": "Ani _x0041_ <b>"},
    ]
    assert read_tables(book(tmp_path, total), set())[0].rows == ()


def test_a_workbook_says_whose_it_is(tmp_path: Path) -> None:
    """The properties that the report gave it."""
    found = read_properties(book(tmp_path))
    assert (found["manager_id"], found["period"]) == ("M-001", "2026-10")


@given(st.binary(max_size=200))
def test_what_is_no_workbook_says_nothing(content: bytes) -> None:
    """Whatever came back in its place: no property, and one kind of error."""
    for junk in (content, b"PK\x03\x04" + content, b"\xd0\xcf\x11\xe0" + content):
        assert read_properties(junk) == {}
        with pytest.raises(ValueError, match="no readable workbook"):
            read_tables(junk, {"ID"})


def test_a_bomb_is_not_unpacked() -> None:
    """Properties of a size that ours never have are left alone."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        package.writestr("docProps/custom.xml", b"<Properties>" + b" " * 50_000_000 + b"</Properties>")
    assert read_properties(packed.getvalue()) == {}
