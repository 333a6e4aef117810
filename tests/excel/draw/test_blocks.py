"""What stands around the table of a sheet: a rate that follows the filter above it, tables and heat maps below it."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from rkreport.core.report.sheets import (
    Column,
    HeatCell,
    HeatMap,
    Indented,
    Kind,
    Link,
    LiveRate,
    NotesSection,
    NotesSheet,
    Panel,
    Row,
    StackedSheet,
    Table,
    TableSheet,
)
from rkreport.excel.draw.heat_map import UNITS
from rkreport.excel.draw.live_rate import shown_rate
from rkreport.excel.look.styles import HEATS, INK
from tests.excel.contrast import contrast
from tests.excel.reading import drawn, plan_of, table_sheet, write
from tests.excel.sample import table

COLUMNS = (
    Column("Employee ID", Kind.TEXT),
    Column("Name", Kind.TEXT),
    Column("Email", Kind.TEXT),
    Column("Counted", Kind.INTEGER),
    Column("Compliant", Kind.INTEGER),
)
ROWS: tuple[Row, ...] = tuple((f"{n:05}", f"Orang {n}", "", 1, n % 2) for n in range(1, 6))
LIVE = LiveRate(part=4, whole=3, sums=(3, 5), label='Filtered "rate":', note="Compliant ÷ Counted.")
SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")


def _call(*command: str | Path) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603 - ours
    return done.stdout


def _live(**overrides: Any) -> TableSheet:
    return table_sheet(COLUMNS, ROWS, frozen_columns=2, live_rate=LIVE, **overrides)


def test_the_rate_above_the_header_follows_the_filter(tmp_path: Path) -> None:
    """Three formulas, each with its value; the header stays in row 6; nothing else is a formula."""
    path = tmp_path / "book.xlsx"
    write(path, _live())
    formulas = {
        cell.coordinate: cell.value for row in load_workbook(path)["Main"] for cell in row if cell.data_type == "f"
    }
    assert formulas == {
        "D5": "=SUBTOTAL(109,D7:D11)",
        "E5": "=SUBTOTAL(109,E7:E11)",
        "B5": '=IF(D5=0,"–",MAX(ROUNDDOWN(E5/D5,4),IF(E5>0,0.0001,0)))',
    }
    sheet = load_workbook(path, data_only=True)["Main"]
    assert [sheet[place].value for place in ("B5", "D5", "E5")] == [0.6, 5, 3]
    assert sheet["B5"].number_format == '"Filtered rate: "0.00%;;"Filtered rate: "0.00%;"Filtered rate: "@'
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Main").to_python(skip_empty_area=False)
    assert rows[4][1:] == [0.6, "Compliant ÷ Counted.", 5.0, 3.0]
    assert rows[5] == [column.header for column in COLUMNS]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 9, 0), (9, 9, 1), (2_599, 2_600, 0.9996), (1, 26_000, 0.0001), (94_996, 100_000, 0.9499), (29, 100, 0.29)],
)
def test_the_rate_is_rounded_down(part: int, whole: int, shown: float) -> None:
    """It says 100 % or the target only when it is, and 0 % only of nothing."""
    assert shown_rate(part, whole) == shown


def test_nothing_counts_is_no_rate(tmp_path: Path) -> None:
    """A dash in place of a division by nothing."""
    path = tmp_path / "book.xlsx"
    live = LiveRate(part=4, whole=3, sums=(0, 0), label="Rate:", note="")
    write(path, table_sheet(COLUMNS, (), frozen_columns=2, live_rate=live))
    assert load_workbook(path, data_only=True)["Main"]["B5"].value == "–"


def test_sums_run_over_all_parts() -> None:
    """Where the rows go on in a further sheet, the rate is of both, each with its own filter."""
    sheets = drawn(_live(), rows_per_sheet=3)
    assert list(sheets) == ["Main", "Main 2"]
    assert sheets["Main"]["D5"].value == "=SUBTOTAL(109,D7:D9)+SUBTOTAL(109,'Main 2'!D7:D8)"
    assert sheets["Main 2"]["D5"].value is None


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (`soffice` on PATH)")
def test_another_program_calculates_the_same(tmp_path: Path) -> None:
    """LibreOffice, told to calculate anew, gets the values that are stored."""
    path = tmp_path / "book.xlsx"
    write(path, _live())
    book = load_workbook(path)
    book.save(path)  # openpyxl stores formulas without values
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "ods"]
    subprocess.run(  # noqa: S603 - ours
        [*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=120
    )
    rows = CalamineWorkbook.from_path(str(tmp_path / "book.ods")).get_sheet_by_name("Main").to_python()
    assert [0.6, "Compliant ÷ Counted.", 5.0, 3.0] in [row[1:] for row in rows]


def test_names_of_a_tree_are_whole(tmp_path: Path) -> None:
    """The format sets them in, so that a look-up finds them; their rows fold below the row above."""
    names = (Indented("Contoh", 0), Indented("Timur", 1), Indented("00417", 2), Indented("Barat", 1), Indented("X", 40))
    path = tmp_path / "book.xlsx"
    write(path, table_sheet((Column("Unit", Kind.TREE),), tuple((name,) for name in names)))
    sheet = load_workbook(path)["Main"]
    cells = [sheet[f"A{row}"] for row in range(7, 12)]
    assert [cell.value for cell in cells] == [name.text for name in names]
    assert [cell.alignment.indent for cell in cells] == [0, 1, 2, 1, 15]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [sheet.row_dimensions[row].outlineLevel for row in range(7, 12)] == [0, 1, 2, 1, 7]
    outline: Any = sheet.sheet_properties.outlinePr
    assert not outline.summaryBelow
    assert sheet.sheet_format.outlineLevelRow == 7


def test_numbers_among_texts_stay_numbers() -> None:
    """A column of values holds both, and ids in it stay text."""
    sheet = drawn(table_sheet((Column("Value", Kind.VALUE),), ((1_234,), ("00417",), (None,))))["Main"]
    assert [(cell.value, cell.data_type) for (cell,) in sheet["A7:A9"]] == [(1_234, "n"), ("00417", "s"), (None, "n")]


def _heat() -> HeatMap:
    def cell(compliant: int, counted: int, shade: int, row: int) -> HeatCell:
        return HeatCell(Link(f"{100 * compliant / counted:.1f}% · {compliant}/{counted}", "main", row), shade)

    names = ("Keselamatan dan Kesehatan Kerja bagi Karyawan Gudang – Modul 1", "Kode Etik")
    rows = (("Gudang\nBarat", (cell(0, 3, 4, 0), None)), ("Toko", (cell(12, 12, 0, 2), cell(1_234, 1_235, 1, 4))))
    return HeatMap("Units by course", "How to read it.", "Unit", names, rows)


def test_a_heat_map_stands_below_the_table() -> None:
    """Rates and their numbers as links to the rows, one hue; the table's area does not reach it."""
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=2, blocks=(_heat(),)))["Main"]
    cells = {cell.coordinate: cell for row in sheet for cell in row if cell.value is not None}
    (title,) = [cell.row for cell in cells.values() if cell.value == "Units by course"]
    head = title + 2
    assert sheet.tables["tblMain"].ref == "A6:E11"
    assert (sheet[f"A{head}"].value, sheet[f"D{head}"].value) == ("Unit", "Kode Etik")
    assert str(sheet[f"C{head}"].value).replace("\n", " ").endswith("Modul 1")
    assert [sheet[f"A{row}"].value for row in (head + 1, head + 2)] == ["Gudang Barat", "Toko"]
    assert (sheet[f"C{head + 1}"].value, sheet[f"D{head + 2}"].value) == ("0.0% · 0/3", "99.9% · 1234/1235")
    assert sheet[f"D{head + 1}"].value is None
    assert sheet[f"D{head + 2}"].hyperlink.location == "'Main'!A11"
    assert sheet[f"C{head + 1}"].fill.fgColor.rgb == f"FF{HEATS[4]}"
    assert sheet[f"C{head + 2}"].fill.fill_type is None
    assert sheet.print_area.endswith(f"${head + 2}")


def _heads_on_pages(book: Path) -> list[list[str]]:
    """Print a workbook; the first words of the lines of each page."""
    profile = f"-env:UserInstallation=file://{book.parent / 'profile'}"
    _call(str(SOFFICE), profile, "--headless", "--convert-to", "pdf", "--outdir", book.parent, book)
    text = _call(str(PDFTOTEXT), "-layout", book.with_suffix(".pdf"), "-")
    return [[line.split()[0] for line in page.splitlines() if line.split()] for page in text.split("\f")[:-1]]


@pytest.mark.skipif(SOFFICE is None or PDFTOTEXT is None, reason="prints with LibreOffice")
@pytest.mark.parametrize("above", [5, 24, 60])
def test_every_page_of_a_map_names_its_columns(tmp_path: Path, above: int) -> None:
    """The header begins each further page, and the title is never alone at the end of one."""
    squares = tuple((f"Toko-{n:02}", (HeatCell(Link("50.0% · 1/2", "main", 0), 2),)) for n in range(70))
    heats = tuple(HeatMap(title, "Note.", "Unit", ("A",), squares) for title in ("First", "Second"))
    rows = tuple((f"{n:05}", "x", "", 1, 0) for n in range(above))
    write(tmp_path / "book.xlsx", table_sheet(COLUMNS, rows, frozen_columns=1, blocks=heats))
    pages = _heads_on_pages(tmp_path / "book.xlsx")
    begun = next(number for number, page in enumerate(pages) if "First" in page)
    assert len(pages[begun:]) >= 3
    for page in pages[begun + 1 :]:
        assert page[0] in {"Unit", "First", "Second"}
    for page in pages:
        for title in {"First", "Second"} & set(page):
            at = page.index(title)
            assert page[at : at + 3] == [title, "Note.", "Unit"]
            assert all(word.startswith("Toko") for word in page[at + 3 : at + 6])


def _wide_maps() -> tuple[HeatMap, ...]:
    """Maps that are wider than a page, so that programs which fit it to the page do so by different scales."""
    cells = (HeatCell(Link("100.0% · 15/15", "main", 0), 2),) * 14
    squares = tuple((f"Toko-{n:02}", cells) for n in range(40))
    return tuple(HeatMap(title, "", "Unit", ("A",) * 14, squares) for title in ("First", "Second", "Third"))


def test_pages_of_a_map_end_where_the_sheet_says() -> None:
    """A scale of its own, at which its columns fit with room to spare, and a header or title after each break."""
    sheet = drawn(table_sheet(COLUMNS, ROWS * 9, frozen_columns=1, blocks=_wide_maps()))["Main"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    inches = sum(sheet.column_dimensions[get_column_letter(at)].width for at in range(1, 16)) * 7 / 96
    assert 0.85 < inches * sheet.page_setup.scale / 100 / (297 / 25.4 - 0.8) < 0.95
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert len(breaks) >= 3
    assert all(sheet.cell(row + 1, 1).value in {"Unit", "First", "Second", "Third"} for row in breaks)
    assert not drawn(table_sheet(COLUMNS, ROWS * 9))["Main"].row_breaks.brk


@pytest.mark.skipif(SOFFICE is None or PDFTOTEXT is None, reason="prints with LibreOffice")
@pytest.mark.slow
def test_another_program_ends_pages_of_a_map_there_too(tmp_path: Path) -> None:
    """As many pages as the sheet says, each of the full width, and each begins with a title or a header."""
    write(tmp_path / "book.xlsx", table_sheet(COLUMNS, ROWS * 9, frozen_columns=1, blocks=_wide_maps()))
    breaks = load_workbook(tmp_path / "book.xlsx")["Main"].row_breaks.brk
    pages = _heads_on_pages(tmp_path / "book.xlsx")
    assert len(pages) == len(breaks) + 1
    assert {page[0] for page in pages[1:]} <= {"A", "Unit", "First", "Second", "Third"}


@pytest.mark.skipif(SOFFICE is None or PDFTOTEXT is None, reason="prints with LibreOffice")
def test_no_heading_of_notes_is_alone_at_the_end_of_a_page(tmp_path: Path) -> None:
    """Wherever a page ends, its last line is no heading."""
    sections = tuple(
        NotesSection(f"Heading-{at}", tuple((f"Term-{at}", "meaning " * (3 + 7 * at % 60)) for _ in range(1 + at % 3)))
        for at in range(40)
    )
    write(tmp_path / "book.xlsx", NotesSheet("notes", "Notes", sections))
    pages = _heads_on_pages(tmp_path / "book.xlsx")
    assert len(pages) > 4
    body = [[word for word in page if word.startswith(("Heading-", "Term-"))] for page in pages]
    assert not any(words[-1].startswith("Heading-") for words in body)


def test_a_map_repeats_its_header_on_the_screen() -> None:
    """After so many rows of squares and a gap, since it cannot stay in sight."""
    squares = tuple((f"Toko {n}", (HeatCell(Link("50.0% · 1/2", "main", 0), 2),)) for n in range(2 * UNITS))
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=1, blocks=(HeatMap("T", "", "Unit", ("A",), squares),)))
    heads = [cell.row for cell in sheet["Main"]["A"] if cell.value == "Unit"]
    assert len(heads) >= 2
    assert all(low - high <= UNITS + 2 for high, low in pairwise(heads))


def test_a_repeated_header_pushes_no_row_off_its_page() -> None:
    """It serves the screen, and is left out where the last squares would have room without it."""
    for count in range(36, 52):
        squares = tuple((f"Toko {n}", (HeatCell(Link("50.0% · 1/2", "main", 0), 2),)) for n in range(count))
        heat = HeatMap("T", "", "Unit", ("A",), squares)
        sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=1, blocks=(heat,)))["Main"]
        breaks = [each.id for each in sheet.row_breaks.brk]
        heads = [cell.row for cell in sheet["A"] if cell.value == "Unit"]
        before, last = ([0, *breaks, sheet.max_row])[-3:-1] if breaks else (0, 0)
        if any(before < row - 1 < last for row in heads[1:]):
            squares_left = sheet.max_row - last - 1
            assert squares_left * sheet.row_dimensions[sheet.max_row].height > sheet.row_dimensions[heads[0]].height


def test_a_heading_keeps_its_end() -> None:
    """Courses that differ in their last word alone do not read the same."""
    names = tuple(f"Pelatihan Keselamatan dan Kesehatan Kerja Tingkat Dasar – Modul {number}" for number in range(1, 6))
    heat = HeatMap("T", "", "Unit", names, (("Toko", (None,) * 5),))
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=1, blocks=(heat,)))["Main"]
    shown = {" ".join(str(cell.value).split()) for row in sheet for cell in row if "Modul" in str(cell.value)}
    assert len(shown) == 5
    assert all("…" in text for text in shown)


def test_a_long_name_wraps_beside_its_squares() -> None:
    """Units that differ in the middle of their names do not read the same."""
    names = [f"Gudang dan Distribusi Wilayah {n:03} Jakarta Timur dan sekitarnya, lantai dua" for n in range(3)]
    heat = HeatMap("T", "", "Unit", ("A",), tuple((name, (None,)) for name in names))
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=1, blocks=(heat,)))["Main"]
    shown = [str(cell.value) for cell in sheet["A"] if cell.value]
    assert [text for text in shown if text.startswith("Gudang")] == names
    cell = next(cell for cell in sheet["A"] if cell.value == names[0])
    assert cell.alignment.wrap_text
    assert sheet.row_dimensions[cell.row].height > 2 * 13


def test_a_further_table_is_a_real_one() -> None:
    """It has its own name and filter, below the first; long texts wrap."""
    columns = (Column("Level", Kind.TEXT), Column("Where", Kind.NOTE))
    rows: tuple[Row, ...] = (("Check", "00417"), ("Info", "kata " * 40))
    block = Panel("All findings: 2", Table("tblFindings", columns, lambda: rows, 2))
    sheet = drawn(table_sheet(COLUMNS, ROWS, blocks=(block,)))["Main"]
    assert sheet.tables["tblMain"].ref == "A6:E11"
    assert sheet["A13"].value == "All findings: 2"
    assert sheet.tables["tblFindings"].ref == "A14:B16"
    assert [cell.value for cell in sheet[15]][:2] == ["Check", "00417"]
    assert sheet.row_dimensions[16].height > 13


def test_blocks_stand_on_the_last_part_alone() -> None:
    """A table that goes on in a further sheet has them there."""
    block = Panel("More", Table("tblMore", (Column("A", Kind.TEXT),), lambda: (("x",),), 1))
    sheets = drawn(table_sheet(COLUMNS, ROWS, blocks=(block, _heat()), frozen_columns=2), rows_per_sheet=3)
    assert set(sheets["Main"].tables) == {"tblMain"}
    assert set(sheets["Main 2"].tables) == {"tblMain_2", "tblMore"}


def test_a_header_does_not_stand_over_a_map() -> None:
    """No page of a map has the header of the table above it; on the screen only a long table keeps its own in sight.

    A table that no page holds is printed alone, its header on every page.
    """
    for count, frozen, repeated, last in ((45, "C1", None, "57"), (46, "C7", None, "58"), (90, "C7", "$6:$6", "96")):
        rows = tuple((f"{n:05}", "x", "", 1, 0) for n in range(count))
        sheet = drawn(table_sheet(COLUMNS, rows, frozen_columns=2, blocks=(_heat(),)))["Main"]
        assert (sheet.freeze_panes, sheet.print_title_rows) == (frozen, repeated)
        assert sheet.print_area.rpartition("$")[2] == last
        assert sheet.max_row == 12 + count


def test_maps_wider_than_a_page_stay_on_paper() -> None:
    """On pages beside each other, below a short table."""
    cells = (HeatCell(Link("100.0% · 15/15 karyawan tetap", "main", 0), 2),) * 16
    heat = HeatMap("Wide", "", "Unit", ("A",) * 16, tuple((f"Toko-{n:02}", cells) for n in range(5)))
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=1, printed_columns=4, blocks=(heat,)))["Main"]
    assert sheet.page_setup.fitToWidth > 1
    assert (sheet.print_area, sheet.print_title_rows) == (f"'Main'!$A$1:$Q${sheet.max_row}", None)


def test_maps_on_the_screen_alone_make_no_paper_wider() -> None:
    """The printed area ends with the table and its title block, not with the squares in column O."""
    rows = tuple((f"{n:05}", "x", "", 1, 0) for n in range(200))
    made = table_sheet(COLUMNS, rows, frozen_columns=1, printed_columns=4, blocks=_wide_maps())
    assert drawn(made)["Main"].print_area == "'Main'!$A$1:$I$206"


@pytest.mark.parametrize(
    ("count", "paper"), [(20, ("9", "landscape")), (45, ("8", "portrait")), (90, ("9", "landscape"))]
)
def test_a_table_above_maps_stands_whole_on_its_page(count: int, paper: tuple[str, str]) -> None:
    """Its header stands on one page alone; an upright A3 is as wide and holds twice the rows."""
    rows: tuple[Row, ...] = tuple((f"{n:05}", f"Orang {n}", "", 1, 1) for n in range(count))
    setup = drawn(table_sheet(COLUMNS, rows, frozen_columns=1, blocks=(_heat(),)))["Main"].page_setup
    assert (str(setup.paperSize), setup.orientation) == paper


def test_pages_repeat_the_header_of_a_further_table() -> None:
    """And never the one of the short table above it, whose columns are others."""
    more = table("tblMore", (Column("Where", Kind.TEXT),), (("x",),) * 45)
    sheet = drawn(table_sheet(COLUMNS, ROWS, frozen_columns=2, blocks=(Panel("More", more),)))["Main"]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("C1", "$14:$14")


def test_shades_are_of_one_hue_and_legible() -> None:
    """Text stands out at 7:1 on each, and each is darker than the one before, also in grey."""
    shades = [shade or "FFFFFF" for shade in HEATS]
    assert all(contrast(shade, INK) >= 7 for shade in shades)
    assert all(contrast(light, INK) - contrast(dark, INK) > 0.7 for light, dark in pairwise(shades))


def test_columns_are_wide_enough_for_their_squares() -> None:
    """Large numbers fit."""
    cell = HeatCell(Link("52,6% · 1.234.567/2.345.678", "main", 0), 2)
    heat = HeatMap("T", "", "Unit", ("A",), (("Toko", (cell,)),))
    plan = plan_of(table_sheet(COLUMNS, ROWS, frozen_columns=1, blocks=(heat,)))
    sheet = drawn(*plan.sheets)["Main"]
    assert sheet.column_dimensions[get_column_letter(2)].width > len(cell.link.text) - 3


def test_no_page_ends_within_a_stacked_table() -> None:
    """What fits a page begins a new one where the one before has no room left."""
    names = [f"Table{number}" for number in range(9)]
    tables = tuple(Panel(name, table(f"tbl{name}", (Column("A", Kind.TEXT),), (("x",),) * 15)) for name in names)
    sheet = drawn(StackedSheet("main", "Main", "Down.", (), tables))["Main"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert len(breaks) >= 4
    assert all(sheet.cell(row + 1, 1).value in names for row in breaks)


def test_pages_repeat_the_header_of_the_last_of_stacked_tables() -> None:
    """It may end on a further page; the others fit one. The notes stand above it."""
    tables = tuple(
        Panel(name, table(f"tbl{name}", (Column("A", Kind.TEXT),), (("x",),) * rows))
        for name, rows in (("First", 2), ("Last", 45))
    )
    sheet = drawn(StackedSheet("main", "Main", "Down.", (), tables, ("A note.",)))["Main"]
    assert sheet.tables["tblLast"].ref.startswith("A19:")
    assert sheet.print_title_rows == "$19:$19"
    assert sheet["A16"].value == "A note."
