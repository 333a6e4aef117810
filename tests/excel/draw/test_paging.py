"""A table is printed on one page, as wide as it is, with letters that can be read; a very wide one on several."""

import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.models import Status
from rkreport.core.report.sheets import Column, Kind, NotesSection, NotesSheet, Row, StatusCell, Table, TableSheet
from rkreport.excel.draw.paging import LEAST, MOST_PAGES, SMALLEST, Paper, paper_of, squeezed
from rkreport.excel.draw.upright import short_header
from rkreport.excel.draw.widths import header_width
from rkreport.excel.look.brand import HOUSE
from rkreport.excel.look.text_metrics import text_width
from tests.excel.reading import drawn, write
from tests.excel.sample import table
from tests.factories import percent

_A4_INCHES, _A3_INCHES = 297 / 25.4 - 0.8, 420 / 25.4 - 0.8
SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")
_CHARACTER = 7 / 96  # inches, at 10 points


def _inches(widths: list[float], points: float) -> float:
    return sum(width + 0.71 for width in widths) * _CHARACTER * points / 10


def _sheet(columns: tuple[Column, ...], row: Row, legend: tuple[str, ...] = ()) -> Any:
    made = TableSheet("wide", "Wide", table("tblWide", columns, (row,)), frozen_columns=2, legend=legend)
    return drawn(made)["Wide"]


def test_a_narrow_table_prints_on_one_page() -> None:
    """Nothing is repeated beside it."""
    sheet = _sheet((Column("Name", Kind.TEXT), Column("Unit", Kind.TEXT)), ("Sari", "K3"))
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.print_title_cols is None


def test_texts_wrap_before_letters_shrink() -> None:
    """The widest columns of text become narrower until the page holds all; what does not wrap keeps its width."""
    columns = (Column("Course", Kind.TEXT), Column("Why", Kind.NOTE), *(Column("Due", Kind.DATE),) * 10)
    row = ("Keselamatan dan Kesehatan Kerja " * 2, "Belum selesai di Gelombang 3. " * 4, *(None,) * 10)
    sheet = _sheet(columns, row)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.paperSize) == (1, 9)
    widths = [sheet.column_dimensions[letter].width - 0.71 for letter in "ABCDEFGHIJKL"]
    assert _inches(widths, SMALLEST) <= _A4_INCHES
    assert 24 < widths[0] < 60
    assert widths[2] == pytest.approx(14.1)  # set in behind the text
    assert widths[3] == 12.7
    assert sheet.row_dimensions[7].height > 13


def test_a_very_wide_table_prints_on_larger_paper() -> None:
    """As 40 upright columns: at 7 points on one page of A3."""
    columns = (
        Column("Name", Kind.TEXT, 30.0),
        *(Column(f"C{n}", Kind.STATUS, 4.3, is_upright=True) for n in range(40)),
    )
    cell = StatusCell(Status.COMPLETED, "")
    setup = _sheet(columns, ("Sari", *(cell,) * 40), ("✔ Selesai",)).page_setup
    assert (setup.fitToWidth, setup.paperSize) == (1, 8)
    assert _inches([30.0, *[4.3] * 40], 7) <= _A3_INCHES


def test_the_widest_table_prints_beside_itself() -> None:
    """Every page has the columns that name the row, and the pages of a row follow each other."""
    columns = tuple(Column(f"Column {number}", Kind.STATUS, 20.0) for number in range(25))
    sheet = _sheet(columns, (None,) * 25)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.paperSize) == (2, 8)
    assert sheet.page_setup.pageOrder == "overThenDown"
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$6:$6")
    assert (sheet["A1"].value, sheet["B1"].value) == (None, None)  # pages beside the first would cut the title
    assert str(sheet["C1"].value).startswith("PT Contoh Sejahtera")


def test_a_legend_stands_on_every_page() -> None:
    """It is repeated with the header."""
    assert _sheet((Column("Name", Kind.TEXT),), ("Sari",), ("✔ Selesai",)).print_title_rows == "$5:$6"


def test_a_legend_stands_on_pages_beside_each_other() -> None:
    """It is in the columns that all of them repeat, an entry unbroken, and cuts no word of the link back beside it."""
    columns = (Column("ID", Kind.TEXT), *(Column(f"Column {number}", Kind.STATUS, 20.0) for number in range(25)))
    entries = ("✔ Selesai", "✖ Terlambat", "○ Belum ditugaskan")
    wide = TableSheet("wide", "Wide", table("tblWide", columns, ((None,) * 26,)), frozen_columns=2, legend=entries)
    sheet = drawn(NotesSheet("notes", "Notes", ()), wide)["Wide"]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols, sheet.print_title_rows) == (2, "$A:$B", "$5:$6")
    assert sheet["B5"].value == "✔ Selesai   ✖ Terlambat\n○ Belum ditugaskan"
    assert sheet["B5"].alignment.wrap_text
    assert sheet.row_dimensions[5].height >= 2 * 12
    assert sheet.column_dimensions["A"].width > text_width(sheet["A5"].value)
    assert sheet["C5"].value is None


def test_paper_has_the_first_columns_alone() -> None:
    """What stands behind them is on the screen only, and makes the printed letters no smaller."""
    columns = tuple(Column(f"Column {number}", Kind.STATUS, 20.0) for number in range(25))
    made = TableSheet("wide", "Wide", table("tblWide", columns, ((None,) * 25,)), 2, printed_columns=9)
    sheet = drawn(made)["Wide"]
    assert sheet.print_area == "'Wide'!$A$1:$I$7"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.paperSize) == (1, 9)
    assert sheet.tables["tblWide"].ref == "A6:Y7"


@given(st.lists(st.floats(4, 60), min_size=3, max_size=30))
def test_pages_hold_their_columns(widths: list[float]) -> None:
    """With letters of the least size or larger, unless there are too many columns for any number of pages."""
    paper = paper_of(widths, 2, HOUSE)
    assert 1 <= paper.pages_wide <= MOST_PAGES
    if paper.pages_wide > 1:
        assert paper.is_a3
        assert _inches(widths, LEAST) > _A3_INCHES
        assert _inches(widths, SMALLEST) <= paper.pages_wide * _A3_INCHES
    else:
        assert _inches(widths, LEAST) <= (_A3_INCHES if paper.is_a3 else _A4_INCHES) or sum(widths[:2]) > 100


@given(st.lists(st.tuples(st.sampled_from([Kind.TEXT, Kind.NOTE, Kind.DATE]), st.floats(8, 60)), min_size=1))
def test_columns_become_narrower_and_never_wider(shape: list[tuple[Kind, float]]) -> None:
    """Texts alone, not below 16 characters, and only where a page of A4 then holds all."""
    columns, widths = [Column("H", kind) for kind, _ in shape], [width for _, width in shape]
    found = squeezed(columns, widths, HOUSE)
    for column, before, after in zip(columns, widths, found, strict=True):
        assert after == before or (column.kind is not Kind.DATE and 16 <= after < before)
    if found != widths:
        assert paper_of(found, 0, HOUSE) == Paper()


def test_more_columns_never_need_fewer_pages() -> None:
    """Until there are too many for any number of pages."""
    found = [paper_of([15.0] * number, 2, HOUSE) for number in range(1, 90)]
    sizes = [(paper.is_a3, paper.pages_wide) for paper in found]
    assert all(before <= after for before, after in pairwise(sizes))


def test_a_larger_brand_needs_more_paper() -> None:
    """Letters of a wider font take more room at the same size."""
    wide = replace(HOUSE, paints=tuple((role, replace(paint, font="Courier New")) for role, paint in HOUSE.paints))
    assert paper_of([15.0] * 15, 2, HOUSE) == Paper()
    assert paper_of([15.0] * 15, 2, wide) != Paper()


def test_upright_headers_and_their_legend() -> None:
    """The header reads from below and keeps both ends of a long name; the legend stands right of the link back."""
    names = [f"Keselamatan kerja dan tanggap darurat bagi semua karyawan – Modul {number}" for number in (1, 2)]
    courses = (Column(name, Kind.STATUS, 4.3, is_upright=True) for name in names)
    cell = StatusCell(Status.COMPLETED, "")
    columns = (Column("ID", Kind.TEXT), Column("Name", Kind.TEXT), *courses)
    sheet = _sheet(columns, ("1", "Sari", cell, cell), ("✔ Selesai", "✖ Terlambat"))
    header = sheet["C6"]
    assert header.alignment.textRotation == 90
    assert [str(sheet[place].value)[-7:] for place in ("C6", "D6")] == ["Modul 1", "Modul 2"]
    assert header.value == short_header(names[0])
    assert sheet["C5"].value == "✔ Selesai   ✖ Terlambat"
    assert (sheet["C7"].value, sheet["C7"].alignment.horizontal) == ("✔", "center")
    assert header.alignment.vertical == "center"  # not at the border
    line = max(header_width(str(sheet[place].value), 2) for place in ("C6", "D6")) * 5.4
    assert line + 16 <= sheet.row_dimensions[6].height <= line + 20  # a higher one would fill with more words


def _rated(count: int) -> TableSheet:
    columns = (Column("Manager", Kind.TEXT), Column("Rate", Kind.PERCENT, target=Fraction(9, 10)))
    rows: tuple[Row, ...] = tuple((f"Manager-{number}", percent(0.5)) for number in range(count))
    whole = Table("tblMain", columns, lambda: rows, count, ("Total", percent(0.5)))
    return TableSheet("main", "Main", whole, footnotes=("Note.", "More."))


@pytest.mark.slow
def test_a_foot_has_no_page_of_its_own() -> None:
    """Rows shrink a little where total and footnotes alone would stand on the last page, and nowhere else."""
    tall = [drawn(_rated(count))["Main"].page_setup.fitToHeight for count in range(20, 90)]
    assert set(tall) >= {0, 1, 2}
    first, last = tall.index(1), len(tall) - tall[::-1].index(1)
    assert set(tall[first:last]) == {1}
    assert 4 <= last - first <= 10


def test_a_few_rows_have_no_page_of_their_own() -> None:
    """A short table shrinks a little, too; a long one ends where it ends."""
    columns = (Column("Section", Kind.TEXT), Column("Value", Kind.TEXT))
    sheets = {
        count: drawn(TableSheet("audit", "Audit", table("tblAudit", columns, (("a", "b"),) * count)))["Audit"]
        for count in (25, 31, 45, 61)
    }
    assert {count: sheet.page_setup.fitToHeight for count, sheet in sheets.items()} == {25: 0, 31: 1, 45: 0, 61: 0}


def test_the_last_line_of_a_section_is_not_alone() -> None:
    """At least two lines of the notes' sections stand on a page, wherever it ends."""
    for count in range(20, 40):
        lines = tuple((f"Term {number}", "meaning") for number in range(count))
        sheet = drawn(NotesSheet("notes", "Notes", (NotesSection("One", lines), NotesSection("Two", lines))))["Notes"]
        ends = [each.id for each in sheet.row_breaks.brk]
        assert ends
        last = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == f"Term {count - 1}"]
        assert not set(ends) & {row - 1 for row in last}, count


@pytest.mark.skipif(SOFFICE is None or PDFTOTEXT is None, reason="prints with LibreOffice")
@pytest.mark.slow
def test_another_program_prints_no_foot_alone(tmp_path: Path) -> None:
    """One page for the rows whose foot would have been on a second one."""
    for count in range(26, 36):
        write(tmp_path / f"{count}.xlsx", _rated(count))
    books = sorted(tmp_path.glob("*.xlsx"))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command: list[str | Path] = [str(SOFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, *books], check=True, capture_output=True, timeout=120)  # noqa: S603 - ours
    for book in books:
        printed = subprocess.run(  # noqa: S603 - ours
            [str(PDFTOTEXT), "-layout", book.with_suffix(".pdf"), "-"], check=True, capture_output=True, text=True
        )
        assert all("Manager-" in page for page in printed.stdout.split("\f")[:-1]), book.name
