"""Wide tables are printed on pages beside each other, with letters that can be read."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.models import Status
from rkreport.core.report.sheets import Column, Kind, Row, StatusCell, TableSheet
from rkreport.excel.draw.paging import MOST_PAGES, SMALLEST, pages_wide
from rkreport.excel.draw.upright import short_header
from rkreport.excel.look.brand import HOUSE
from tests.excel.reading import drawn
from tests.excel.sample import table

_A4_INCHES = 297 / 25.4 - 0.8


def _sheet(columns: tuple[Column, ...], row: Row, legend: str = "") -> Any:
    made = TableSheet("wide", "Wide", table("tblWide", columns, (row,)), frozen_columns=2, legend=legend)
    return drawn(made)["Wide"]


def test_a_narrow_table_prints_on_one_page() -> None:
    """Nothing is repeated beside it."""
    sheet = _sheet((Column("Name", Kind.TEXT), Column("Unit", Kind.TEXT)), ("Sari", "K3"))
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.print_title_cols is None


def test_a_wide_table_prints_beside_itself() -> None:
    """Every page has the columns that name the row, and the pages of a row follow each other."""
    columns = tuple(Column(f"Column {number}", Kind.TEXT, 20.0) for number in range(25))
    sheet = _sheet(columns, ("text",) * 25)
    assert sheet.page_setup.fitToWidth == 3
    assert sheet.page_setup.pageOrder == "overThenDown"
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$6:$6")


@given(st.lists(st.floats(4, 60), min_size=3, max_size=30))
def test_pages_hold_their_columns(widths: list[float]) -> None:
    """One page fewer would need smaller letters than allowed: the columns alone are wider."""
    pages = pages_wide(widths, 2, HOUSE)
    assert 1 <= pages <= MOST_PAGES
    inches = sum(widths) * 7 / 96 * SMALLEST / 10
    assert inches <= pages * _A4_INCHES or pages == 1


def test_more_columns_never_need_fewer_pages() -> None:
    """Until there are too many for any number of pages."""
    found = [pages_wide([15.0] * number, 2, HOUSE) for number in range(1, 60)]
    assert all(before <= after for before, after in pairwise(found))


def test_upright_headers_and_their_legend() -> None:
    """The header reads from below and keeps both ends of a long name; the legend stands right of the link back."""
    names = [f"Keselamatan kerja dan tanggap darurat bagi semua karyawan – Modul {number}" for number in (1, 2)]
    courses = (Column(name, Kind.STATUS, 4.3, is_upright=True) for name in names)
    cell = StatusCell(Status.COMPLETED, "")
    columns = (Column("ID", Kind.TEXT), Column("Name", Kind.TEXT), *courses)
    sheet = _sheet(columns, ("1", "Sari", cell, cell), "✔ Selesai")
    header = sheet["C6"]
    assert header.alignment.textRotation == 90
    assert [str(sheet[place].value)[-7:] for place in ("C6", "D6")] == ["Modul 1", "Modul 2"]
    assert header.value == short_header(names[0])
    assert sheet["C5"].value == "✔ Selesai"
    assert (sheet["C7"].value, sheet["C7"].alignment.horizontal) == ("✔", "center")
    assert sheet.row_dimensions[6].height > 100
