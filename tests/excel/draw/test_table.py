"""A table sheet: a real Excel table that filters, prints and can be filled in."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from rkreport.core.models import Status
from rkreport.core.report.sheets import Column, Kind, Link, Row, StatusCell, Table, TableSheet
from rkreport.excel.look.text_metrics import text_width
from rkreport.excel.workbook import write_workbook
from tests.excel.reading import drawn, parts, plan_of, table_sheet, write
from tests.excel.sample import heading
from tests.factories import percent

COLUMNS = (Column("Employee ID", Kind.TEXT), Column("Unit", Kind.TEXT), Column("Counted", Kind.INTEGER))
ROWS: tuple[Row, ...] = (("00417", "West", 3), ("00418", "East", 4))


def test_header_rows_and_excel_table() -> None:
    """The header is in row 6, data from row 7, and an Excel table of the plan's name lies over exactly those."""
    sheet = drawn(table_sheet(COLUMNS, ROWS))["Main"]
    assert [cell.value for cell in sheet[6]] == ["Employee ID", "Unit", "Counted"]
    assert [[cell.value for cell in row] for row in sheet["A7:C8"]] == [list(row) for row in ROWS]
    (table,) = sheet.tables.values()
    assert (table.displayName, table.ref, table.autoFilter.ref) == ("tblMain", "A6:C8", "A6:C8")
    assert table.column_names == ["Employee ID", "Unit", "Counted"]
    assert sheet.auto_filter.ref is None
    assert not sheet.merged_cells.ranges


def test_headers_of_cells_and_table_agree() -> None:
    """Headers become single, different lines, the same in cells and table; Excel would repair others."""
    columns = (Column("K3\nDasar", Kind.TEXT), Column("k3 dasar", Kind.TEXT), Column("=1+1", Kind.TEXT))
    sheet = drawn(table_sheet(columns, (("a", "b", "c"),)))["Main"]
    (table,) = sheet.tables.values()
    assert table.column_names == [cell.value for cell in sheet[6]] == ["K3 Dasar", "k3 dasar 2", "=1+1"]
    assert all(cell.data_type == "s" for cell in sheet[6])


def test_total_stands_apart() -> None:
    """The total is bold and one row below the table, so that sorting and filtering leave it alone."""
    sheet = drawn(table_sheet(COLUMNS, ROWS, total=("Total", None, 7)))["Main"]
    assert [cell.value for cell in sheet[9]] == [None, None, None]
    assert [cell.value for cell in sheet[10]] == ["Total", None, 7]
    assert sheet["A10"].font.bold
    assert sheet["C10"].font.bold
    assert sheet.tables["tblMain"].ref == "A6:C8"


def test_a_word_in_the_total_of_a_number_column() -> None:
    """A total row may say `Total` in a column of another kind."""
    sheet = drawn(table_sheet((Column("Status", Kind.STATUS),), ((None,),), total=("Total",)))["Main"]
    assert sheet["A9"].value == "Total"


def test_no_rows_are_said_in_words() -> None:
    """An empty table keeps the one empty row that Excel wants, and words below it say that there is nothing."""
    sheet = drawn(table_sheet(COLUMNS, (), empty_text="Nobody is overdue."))["Main"]
    assert sheet.tables["tblMain"].ref == "A6:C7"
    assert [cell.value for cell in sheet[7]] == [None, None, None]
    assert sheet["A9"].value == "Nobody is overdue."


def test_footnotes_stand_below_all() -> None:
    """Footnotes stand below the total, and long ones go on in the next row."""
    note = "word " * 60
    sheet = drawn(table_sheet(COLUMNS, ROWS, total=("Total", None, 7), footnotes=(note, "end")))["Main"]
    lines = [sheet.cell(row, 1).value for row in range(12, sheet.max_row + 1)]
    assert len(lines) > 2
    assert " ".join(lines) == note.strip() + " end"


def test_frozen_header_and_columns() -> None:
    """Header and name stay in sight when scrolling; without frozen columns the header alone."""
    assert drawn(table_sheet(COLUMNS, ROWS, frozen_columns=2))["Main"].freeze_panes == "C7"
    assert drawn(table_sheet(COLUMNS, ROWS))["Main"].freeze_panes == "A7"


def test_print_set_up() -> None:
    """A4 landscape, one page wide, header on every page, footer with its text and the page."""
    sheet = drawn(table_sheet(COLUMNS, ROWS))["Main"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.print_area.startswith("'Main'!$A$1:$")
    assert "R&&D" in sheet.oddFooter.left.text
    assert sheet.oddFooter.right.text == "Page &P of &N"


def test_digits_as_text_are_no_error(tmp_path: Path) -> None:
    """Excel shows no green triangles on ids."""
    path = tmp_path / "book.xlsx"
    write(path, table_sheet(COLUMNS, ROWS))
    (sheet,) = parts(path, "xl/worksheets/sheet1.xml").values()
    assert '<ignoredError sqref="A7:C8" numberStoredAsText="1"/>' in sheet


def test_inputs_can_be_filled_in() -> None:
    """Choices are a list, dates are checked, text is free; the cells are tinted and say what they want."""
    columns = (
        Column("Reason", Kind.INPUT_CHOICE, choices=("leave", 'say "shift"')),
        Column("Planned", Kind.INPUT_DATE),
        Column("Remark", Kind.INPUT_TEXT),
    )
    sheet = drawn(table_sheet(columns, ((None, None, None), (None, None, None))))["Main"]
    choice, day = sheet.data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", '"leave,say ""shift"""', "A7:A8")
    assert (choice.promptTitle, choice.prompt) == ("Reason", 'leave · say "shift"')
    assert (day.type, str(day.sqref)) == ("date", "B7:B8")
    assert {cell.fill.fgColor.rgb for cell in sheet[7]} == {"FFFFFBE8"}


@pytest.mark.parametrize("choices", [(), ("a,b",), ("x" * 200, "y" * 80)])
def test_choices_that_excel_cannot_hold_are_refused(choices: tuple[str, ...]) -> None:
    """A list inside a validation has no commas and at most 255 characters."""
    with pytest.raises(ValueError, match="choices of column 'Reason'"):
        drawn(table_sheet((Column("Reason", Kind.INPUT_CHOICE, choices=choices),), ((None,),)))


def test_widths_fit() -> None:
    """Columns are as wide as header and content want, never under 8 or over 60 characters, or as wide as asked."""
    columns = (
        Column("A", Kind.TEXT),
        Column("B", Kind.TEXT),
        Column("C", Kind.TEXT),
        Column("D", Kind.TEXT, width=20),
        Column("Compliance status", Kind.STATUS),
    )
    rows = (("x", "y" * 25, "z" * 300, "w" * 90, StatusCell(Status.NOT_STARTED, "Not started")),)
    sheet = drawn(table_sheet(columns, rows))["Main"]
    narrow, fitted, wide, asked, status = (sheet.column_dimensions[letter].width for letter in "ABCDE")
    assert narrow == pytest.approx(8.71)
    assert 25 < fitted < 30
    assert wide == pytest.approx(60.71)
    assert asked == pytest.approx(20.71)
    assert 14 < status < 20


def test_a_freak_does_not_widen_its_column() -> None:
    """One name far longer than all others leaves the column as it is; its cell holds it whole all the same."""
    ordinary = tuple((f"Sari Wulandari {number:03d}",) for number in range(100))
    alone = drawn(table_sheet((Column("Name", Kind.TEXT),), ordinary))["Main"]
    freak = "Raden Mas Aryo " * 20
    among = drawn(table_sheet((Column("Name", Kind.TEXT),), (*ordinary, (freak,))))["Main"]
    assert among.column_dimensions["A"].width == alone.column_dimensions["A"].width
    assert among["A107"].value == freak


def test_a_total_fits() -> None:
    """A total has more digits than any of its rows, and Excel would show it as ####."""
    column = (Column("N", Kind.INTEGER),)
    bare = drawn(table_sheet(column, ((1,),)))["Main"]
    summed = drawn(table_sheet(column, ((1,),), total=(1_234_567_890,)))["Main"]
    assert summed.column_dimensions["A"].width > len("1,234,567,890") + 2 > bare.column_dimensions["A"].width


def test_wrapped_notes_get_higher_rows() -> None:
    """A long note is shown whole."""
    sheet = drawn(table_sheet((Column("Why", Kind.NOTE),), (("short",), ("long " * 60,))))["Main"]
    assert sheet.row_dimensions[7].height is None
    assert sheet.row_dimensions[8].height > 60
    assert sheet["A8"].alignment.wrap_text


def _numbered(count: int) -> TableSheet:
    rows = tuple((number, Link(f"to {number}", "main", number)) for number in range(count))
    return table_sheet(
        (Column("Number", Kind.INTEGER), Column("Link", Kind.LINK)), rows, title="Detail", total=(count, None)
    )


def test_long_tables_go_on_in_a_second_sheet(tmp_path: Path) -> None:
    """Past the last row a table goes on in `Detail 2` with a table of its own; links still find their row."""
    path = tmp_path / "long.xlsx"
    written = write_workbook(plan_of(_numbered(45)), path, rows_per_sheet=20)
    book = load_workbook(path)
    assert book.sheetnames == ["Detail", "Detail 2", "Detail 3"]
    assert [[*book[name].tables] for name in book.sheetnames] == [["tblMain"], ["tblMain_2"], ["tblMain_3"]]
    numbers = [
        book[name].cell(row, 1).value
        for name, count in (("Detail", 20), ("Detail 2", 20), ("Detail 3", 5))
        for row in range(7, 7 + count)
    ]
    assert numbers == list(range(45))
    assert book["Detail"]["B8"].hyperlink.location == "'Detail'!A8"
    assert book["Detail 3"]["B11"].hyperlink.location == "'Detail 3'!A11"
    assert book["Detail 3"]["A13"].value == 45
    assert book["Detail"].max_row == 26
    assert written.rows == {"main": 45}


@pytest.mark.parametrize("count", [19, 20, 21])
def test_a_full_sheet_is_no_reason_for_an_empty_one(count: int) -> None:
    """A second sheet is made when there is a row for it."""
    assert len(drawn(_numbered(count), rows_per_sheet=20)) == (2 if count > 20 else 1)


@pytest.mark.parametrize("announced", [1, 3])
def test_a_wrong_row_count_is_refused(announced: int) -> None:
    """A table that gives more or fewer rows than it announced would make numbers that do not add up."""
    table = Table("tblMain", COLUMNS, lambda: ROWS, announced)
    with pytest.raises(ValueError, match="announced"):
        drawn(table_sheet(COLUMNS, ROWS, table=table))


def test_a_row_of_another_length_is_refused() -> None:
    """A row with a value too few would shift everything after it."""
    with pytest.raises(ValueError, match="zip"):
        drawn(table_sheet(COLUMNS, (("00417", "West"),)))


def test_dates_in_an_input_column_are_kept() -> None:
    """An input cell that already holds a date shows it."""
    assert drawn(table_sheet((Column("Planned", Kind.INPUT_DATE),), ((date(2026, 12, 1),),)))["Main"]["A7"].is_date


def test_rates_have_bars_and_a_target(tmp_path: Path) -> None:
    """A bar from 0 to 100 % lies behind each rate, and a mark says which are below the target."""
    columns = (Column("Unit", Kind.TEXT), Column("Rate", Kind.PERCENT, target=Fraction(95, 100)))
    path = tmp_path / "book.xlsx"
    write(path, table_sheet(columns, (("West", percent(0.5)), ("East", percent(0.95)))))
    (xml,) = parts(path, "xl/worksheets/sheet1.xml").values()
    assert '<conditionalFormatting sqref="B7:B8">' in xml
    assert '<cfvo type="num" val="0"/><cfvo type="num" val="1"/>' in xml
    sheet = load_workbook(path)["Main"]
    assert [sheet[place].number_format for place in ("B7", "B8")] == ['"▼ "0.0%_W_)', "0.0%_W_)"]
    assert [rule.type for area in sheet.conditional_formatting for rule in area.rules] == ["dataBar"]


def test_a_banner_reaches_as_far_as_its_words(tmp_path: Path) -> None:
    """Beside a narrow table too: white words on white would be lost, and paper ends with the printed area."""
    banner = "DATA INCOMPLETE, figures may be wrong: " + "a list was not read; " * 8
    path = tmp_path / "book.xlsx"
    write(path, table_sheet((Column("Unit", Kind.TEXT),), (("K3",),)), heading=heading(banner=banner))
    sheet = load_workbook(path)["Main"]
    filled = [get_column_letter(column) for column, cell in enumerate(sheet[4], 1) if cell.fill.fill_type == "solid"]
    reached = sum(sheet.column_dimensions[letter].width if letter == "A" else 9.14 for letter in filled)
    assert reached > text_width(banner, bold=True)
    assert sheet.print_area.split(":")[1].startswith(f"${filled[-1]}$")
