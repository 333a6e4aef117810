"""Every value goes in as what it is: text as text, numbers whole, dates as dates."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell, Column, Kind, Link, StatusCell
from rkreport.excel.text import clean
from tests.excel.reading import (
    assert_texts_alone,
    column_of_calamine,
    column_of_openpyxl,
    drawn,
    parts,
    table_sheet,
    write,
)
from tests.excel.sample_words import HOSTILE

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
FORMULA_LIKE = st.builds(str.__add__, st.sampled_from("=+-@\t\r#_"), ANY_TEXT)


def _cell(kind: Kind, value: Cell) -> SheetCell:
    """One value drawn in a column of a kind, read back."""
    cell: SheetCell = drawn(table_sheet((Column("Header", kind),), ((value,),)))["Main"]["A7"]
    return cell


def _assert_reads_back(folder: Path, texts: list[str], kind: Kind) -> None:
    path = folder / "texts.xlsx"
    write(path, table_sheet((Column("Text", kind),), tuple((text,) for text in texts)))
    expected = [clean(text) for text in texts]
    assert column_of_calamine(path, "Main", len(texts)) == expected
    assert column_of_openpyxl(path, "Main", len(texts)) == expected
    assert_texts_alone(path)


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(ANY_TEXT | FORMULA_LIKE, min_size=1, max_size=25), kind=st.sampled_from([Kind.TEXT, Kind.NOTE]))
def test_text_in_is_text_out(tmp_path_factory: pytest.TempPathFactory, texts: list[str], kind: Kind) -> None:
    """Any text comes out of two unrelated readers as its clean form, and no cell is a formula or an error."""
    _assert_reads_back(tmp_path_factory.mktemp("texts"), texts, kind)


def test_hostile_text(tmp_path: Path) -> None:
    """The texts that trip other writers come back as they are."""
    _assert_reads_back(tmp_path, list(HOSTILE), Kind.TEXT)


def test_formula_like_text_is_marked() -> None:
    """Text that begins like a formula stays text when somebody edits the cell; other text needs no mark."""
    assert _cell(Kind.TEXT, "=1+1").quotePrefix
    assert _cell(Kind.NOTE, "-1").quotePrefix
    assert not _cell(Kind.TEXT, "1+1").quotePrefix


def test_ids_keep_their_zeros() -> None:
    """An id is text in a cell formatted as text."""
    cell = _cell(Kind.TEXT, "00417")
    assert (cell.value, cell.data_type, cell.number_format) == ("00417", "s", "@")


def test_a_status_is_symbol_word_and_fill() -> None:
    """A status can be read by symbol, by word and by fill."""
    cell = _cell(Kind.STATUS, StatusCell(Status.OVERDUE, "Terlambat"))
    assert cell.value == "✖ Terlambat"
    assert cell.fill.fgColor.rgb == "FFFBD9C6"
    assert cell.font.bold


@pytest.mark.parametrize(
    ("kind", "value", "number_format"),
    [
        (Kind.INTEGER, 1234, "#,##0_W_)"),
        (Kind.DECIMAL, 72.5, "#,##0.0#_W_)"),
        (Kind.DECIMAL, 70.0, "#,##0_W_)"),
        (Kind.POINTS, Decimal("-1.2"), "+0.0_W_);-0.0_W_);0.0_W_)"),
        (Kind.POINTS, Decimal("0.0312"), "+0.0000_W_);-0.0000_W_);0.0000_W_)"),
        (Kind.INTEGER, 2**53, "#,##0_W_)"),
    ],
)
def test_numbers_are_numbers(kind: Kind, value: float | Decimal, number_format: str) -> None:
    """Numbers keep their value and show as their kind says, in a table with room before the next column's text."""
    cell = _cell(kind, value)
    assert (cell.value, cell.data_type, cell.number_format) == (float(value), "n", number_format)


@pytest.mark.parametrize(
    ("value", "number_format"),
    [
        (Percent(Fraction(7, 8), 1), "0.0%_W_)"),
        (Percent(Fraction(2_599, 2_600), 2), "0.00%_W_)"),
        (Percent(Fraction(999_999, 1_000_000), 4), "0.0000%_W_)"),
        (Percent(Fraction(1, 3), 30), "0.000000000000%_W_)"),  # a double has no more to show
    ],
)
def test_a_percentage_keeps_its_share_and_its_decimals(value: Percent, number_format: str) -> None:
    """The cell holds the share itself, and its format has the decimals that the percentage is shown with."""
    cell = _cell(Kind.PERCENT, value)
    assert (cell.value, cell.data_type, cell.number_format) == (float(value.share), "n", number_format)


def test_a_share_without_decimals_is_refused() -> None:
    """Nobody has decided how it may read."""
    with pytest.raises(ValueError, match="row 7, column 1: a float cannot be drawn as percent"):
        _cell(Kind.PERCENT, 0.875)


def test_a_number_past_excel_is_text() -> None:
    """A whole number that a double cannot hold keeps all its digits, as text."""
    assert _cell(Kind.INTEGER, 2**53 + 1).value == str(2**53 + 1)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "1", True, date(2026, 1, 1)])
def test_what_is_no_number_is_refused(value: Cell) -> None:
    """A number column takes numbers alone; anything else is a mistake of ours, and loud."""
    with pytest.raises(ValueError, match="row 7, column 1"):
        _cell(Kind.DECIMAL, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TEXT, 417),
        (Kind.STATUS, "Overdue"),
        (Kind.DATE, "2026-10-31"),
        (Kind.DATETIME, datetime(2026, 10, 31, tzinfo=UTC)),
        (Kind.LINK, 3),
    ],
)
def test_misfits_are_refused(kind: Kind, value: Cell) -> None:
    """A value of another type than its column's is refused, and the message holds no value."""
    with pytest.raises(ValueError, match=r"a \w+ cannot be drawn as") as caught:
        _cell(kind, value)
    assert "2026" not in str(caught.value)


def test_dates_are_dates_with_the_month_in_letters() -> None:
    """Dates and moments are real ones, shown with the month's name in the reader's language."""
    cell = _cell(Kind.DATE, date(2026, 10, 31))
    assert (cell.value, cell.number_format) == (datetime(2026, 10, 31), "[$-409]dd mmm yyyy")  # noqa: DTZ001 - naive
    moment = datetime(2026, 10, 31, 23, 59)  # noqa: DTZ001 - as the plan has it
    cell = _cell(Kind.DATETIME, moment)
    assert (cell.value, cell.number_format) == (moment, "[$-409]dd mmm yyyy hh:mm")


def test_dates_that_excel_misnumbers_are_text() -> None:
    """A date before March 1900 shows as it is instead of as another day."""
    assert _cell(Kind.DATE, date(1, 1, 1)).value == "0001-01-01"
    assert _cell(Kind.DATETIME, datetime(1900, 2, 28, 8, 0)).value == "1900-02-28 08:00:00"  # noqa: DTZ001 - naive


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_an_empty_cell(kind: Kind) -> None:
    """None is an empty cell in a column of any kind."""
    column = Column("Header", kind, choices=("a", "b") if kind is Kind.INPUT_CHOICE else ())
    assert drawn(table_sheet((column,), ((None,),)))["Main"]["A7"].value is None


def test_links_lead_inside_the_workbook(tmp_path: Path) -> None:
    """A link leads to a sheet or to a row of its table, by place in the file and by no relation to the outside."""
    rows = ((Link("First", "other"),), (Link("=Row", "other", 1),))
    other = table_sheet((Column("B", Kind.TEXT),), (("x",), ("y",)), key="other", title="O'Brien")
    path = tmp_path / "links.xlsx"
    write(path, table_sheet((Column("A", Kind.LINK),), rows), other)
    (sheet,) = parts(path, "xl/worksheets/sheet1.xml").values()
    assert "location=\"'O''Brien'!A1\"" in sheet
    assert "location=\"'O''Brien'!A8\"" in sheet
    assert not any("hyperlink" in text for text in parts(path, ".*rels").values())
    assert column_of_calamine(path, "Main", 2) == ["First", "=Row"]


@pytest.mark.parametrize("link", [Link("x", "nowhere"), Link("x", "main", 1)])
def test_links_to_nowhere_are_refused(link: Link) -> None:
    """A link to a sheet or row that does not exist is a mistake of ours, and loud."""
    with pytest.raises(ValueError, match="a link leads to"):
        drawn(table_sheet((Column("A", Kind.LINK),), ((link,),)))


def test_links_past_excels_limit_are_plain_text() -> None:
    """Excel repairs a sheet with too many links, so the rest are words."""
    rows = tuple((Link(f"link {number}", "main"),) for number in range(5))
    sheet = drawn(table_sheet((Column("A", Kind.LINK),), rows), links_per_sheet=3)["Main"]
    assert [bool(sheet.cell(7 + index, 1).hyperlink) for index in range(5)] == [True, True, True, False, False]
    assert sheet["A11"].value == "link 4"
    assert not sheet["A11"].font.underline


def test_language_decides_the_months(tmp_path: Path) -> None:
    """Indonesian readers get Indonesian month names."""
    path = tmp_path / "id.xlsx"
    write(path, table_sheet((Column("D", Kind.DATE),), ((date(2026, 10, 31),),)), language="id")
    assert load_workbook(path)["Main"]["A7"].number_format == "[$-421]dd mmm yyyy"
