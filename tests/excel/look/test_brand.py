"""A brand reaches every cell, chart and page, changes no figure, and leaves statuses alone."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from rkreport.core.models import Status
from rkreport.excel.draw import cards, notes, panels
from rkreport.excel.draw.logo import fitting_size
from rkreport.excel.look import styles
from rkreport.excel.look.brand import HOUSE, HOUSE_PAINTS, Brand, Logo, PrintLine
from rkreport.excel.look.placeholders import fill_print, fill_title, title_values
from rkreport.excel.look.styles import CellFormat, Role
from rkreport.excel.look.text_metrics import text_width
from rkreport.excel.template.colors import contrast
from rkreport.excel.template.reader import read_brand
from rkreport.excel.text import utf16_units
from rkreport.excel.workbook import write_workbook
from tests.excel.brands import corporate, edited, png
from tests.excel.drawn_by_cells import write_by_cells
from tests.excel.reading import parts
from tests.excel.sample import heading, plan
from tests.excel.sample_words import HOSTILE

VALUES = {
    "company": "PT Contoh Sejahtera",
    "report": "Training compliance",
    "period": "October 2026",
    "as_of": "31 Oct 2026 23:59 WIB",
    "extracted": "1 Nov 2026 08:02 WIB",
    "host": "api.contoh.test",
    "revision": "1",
    "run": "20261101-010203",
}
LOOKS = {
    "title": styles.TITLE,
    "subtitle": styles.SUBTITLE,
    "link": styles.LINK,
    "header": styles.HEADER,
    "body": styles.BODY,
    "total": styles.TOTAL,
    "footnote": styles.FOOTNOTE,
    "card label": cards._LABEL,  # noqa: SLF001 - what a brand must reach
    "card value": cards._VALUE,  # noqa: SLF001 - as above
    "card note": cards._NOTE,  # noqa: SLF001 - as above
    "card change": cards._CHANGE,  # noqa: SLF001 - as above
    "panel title": panels._TITLE,  # noqa: SLF001 - as above
    "panel header": panels._HEADER,  # noqa: SLF001 - as above
    "panel cell": panels._CELL,  # noqa: SLF001 - as above
    "panel total": panels._TOTAL,  # noqa: SLF001 - as above
    "notes heading": notes._HEADING,  # noqa: SLF001 - as above
}


def corporate_brand() -> Brand:
    """Teal, Georgia, a logo."""
    brand = read_brand(edited(corporate)).brand
    assert brand is not None
    return brand


def with_logo() -> Brand:
    """The house with a logo."""
    return replace(HOUSE, logo=Logo(png(30, 10), "png", 150, 50))


def test_every_look_is_that_of_its_role() -> None:
    """A look that differs from its role by mistake would be left out of a brand."""
    for name, look in LOOKS.items():
        paint = HOUSE_PAINTS[look.role]
        found = (look.font, look.size, look.bold, look.italic, look.underline, look.color, look.fill)
        expected = (paint.font, paint.size, paint.bold, paint.italic, paint.underline, paint.color, paint.fill)
        assert found == expected, name
        assert {edge.color for edge in look.edges} <= {paint.line}, name


def test_the_house_changes_nothing() -> None:
    """In the house's own brand every look is what it is."""
    assert all(HOUSE.shown(look) == look for look in LOOKS.values())
    assert all(contrast(paint.color, paint.fill or "FFFFFF") >= 7 for paint in HOUSE_PAINTS.values())


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_brand_reaches_everything(tmp_path: Path, language: str) -> None:
    """No font, no blue and no grey line of the house is left, in cells, charts or on tabs."""
    path = tmp_path / "report.xlsx"
    write_workbook(plan(language, rows=50, banner="INCOMPLETE"), path, corporate_brand())
    for name, text in parts(path, r"xl/(styles|charts/.*|worksheets/[^/]*)\.xml").items():
        assert styles.FONT_NAME not in text, name
        assert styles.NAVY not in text, name
        assert styles.CARD not in text, name


def test_a_brand_changes_no_cell_s_value(tmp_path: Path) -> None:
    """Below the title block every value is as without it, to an unrelated reader too."""
    source = plan(rows=50)
    write_workbook(source, tmp_path / "house.xlsx")
    write_workbook(source, tmp_path / "brand.xlsx", corporate_brand())
    for name in CalamineWorkbook.from_path(str(tmp_path / "house.xlsx")).sheet_names:
        house, brand = (
            CalamineWorkbook.from_path(str(tmp_path / file)).get_sheet_by_name(name).to_python(skip_empty_area=False)
            for file in ("house.xlsx", "brand.xlsx")
        )
        assert house[3:] == brand[3:]


def test_statuses_keep_their_looks() -> None:
    """Colour and fill of a status are guaranteed to be readable, so no brand changes them."""
    brand = corporate_brand()
    for status in Status:
        own = styles.STATUS_LOOKS[status]
        shown = brand.shown(replace(styles.BODY, color=own.color, fill=own.fill, bold=own.bold, italic=own.italic))
        assert (shown.color, shown.fill) == (own.color, own.fill)
        assert contrast(shown.color, shown.fill or brand.stripe) >= 7


def beside_repeated_columns(sheet: Worksheet, row: int) -> Cell | MergedCell:
    """The cell where the title block begins: on pages beside each other right of the columns that each repeats."""
    _, _, last = (sheet.print_title_cols or "").replace("$", "").partition(":")
    return sheet.cell(row, column_index_from_string(last) + 1 if last else 1)


def test_the_banner_keeps_its_colours(tmp_path: Path) -> None:
    """That data are incomplete must be seen in any brand."""
    write_workbook(plan(rows=5, banner="INCOMPLETE"), tmp_path / "book.xlsx", corporate_brand())
    for sheet in load_workbook(tmp_path / "book.xlsx"):
        banner = beside_repeated_columns(sheet, 4)
        assert (banner.value, banner.fill.fgColor.rgb) == ("INCOMPLETE", "FF" + styles.ALARM)


def test_the_same_brand_gives_the_same_bytes(tmp_path: Path) -> None:
    """Read anew, a template gives the same workbook."""
    written = [write_workbook(plan(rows=5), tmp_path / f"{n}.xlsx", corporate_brand()) for n in range(2)]
    assert written[0].sha256 == written[1].sha256
    assert write_workbook(plan(rows=5), tmp_path / "h.xlsx", HOUSE).sha256 != written[0].sha256


def test_rows_and_columns_grow_with_the_font(tmp_path: Path) -> None:
    """Text of 11 points in a wider font has more room, in rows that are streamed too.

    A column that has to become narrower for the page wraps more of it.
    """
    sizes, heights = [], []
    for brand in (HOUSE, corporate_brand()):
        path = tmp_path / "book.xlsx"
        write_workbook(plan(rows=5), path, brand)
        book = load_workbook(path)
        actions = book["Action list"]
        heights.append([actions.row_dimensions[row].height for row in range(7, 31)])
        sizes.append((book["Detail"].column_dimensions["C"].width, book["Detail"].row_dimensions[6].height))
        assert actions.sheet_format.defaultRowHeight == pytest.approx(15 * brand.scale)
    assert sizes[1][0] == pytest.approx((sizes[0][0] - 0.71) * 1.1 + 0.71, abs=0.01)
    house, own = heights
    assert any(height is not None for height in house)
    grown = [(mine, height * 1.1) for mine, height in zip(own, house, strict=True) if height is not None]
    assert all(mine > height or mine == pytest.approx(height) for mine, height in grown)
    assert sizes[1][1] == pytest.approx(sizes[0][1] * 1.1)


# ---- logo


def test_the_logo_is_on_every_sheet_and_once_in_the_file(tmp_path: Path) -> None:
    """Beside the title block, within rows 1 to 3, in proportion; one part of the file holds it."""
    path = tmp_path / "book.xlsx"
    write_workbook(plan(rows=5), path, with_logo())
    drawings = parts(path, r"xl/drawings/drawing\d+\.xml")
    assert len(drawings) == len(load_workbook(path).sheetnames)
    for text in drawings.values():
        assert text.count("<pic>") == 1
        assert 'descr="Logo"' in text
        (width, height), *_ = re.findall(r'<ext cx="(\d+)" cy="(\d+)"', text)
        assert int(width) / int(height) == pytest.approx(3, abs=0.01)
        assert int(height) <= 48 / 72 * 914_400
    with_media = [name for name in parts_named(path) if "/media/" in name]
    assert with_media == ["xl/media/logo.png"]


def parts_named(path: Path) -> list[str]:
    """The names of all parts, pictures too."""
    with ZipFile(path) as archive:
        return archive.namelist()


def test_logo_and_chart_stand_where_openpyxl_would_put_them(tmp_path: Path) -> None:
    """The drawing of every sheet is, element by element, what openpyxl writes, which gives a chart no words."""
    ours, theirs = tmp_path / "book.xlsx", tmp_path / "cells.xlsx"
    write_workbook(plan(rows=5), ours, with_logo())
    write_by_cells(plan(rows=5), theirs, with_logo())
    drawings = [parts(path, r"xl/drawings/drawing\d+\.xml") for path in (ours, theirs)]
    ours_read, theirs_read = [
        {name: re.sub(r'(descr="[^"]*" )(?=id="\d+" name="Chart)', "", canonicalize(xml)) for name, xml in each.items()}
        for each in drawings
    ]
    assert ours_read == theirs_read
    assert len(ours_read) == len(load_workbook(ours).sheetnames)


@settings(max_examples=40)
@given(title=st.text("WMi .", min_size=1, max_size=200), width=st.floats(5, 2_000), height=st.floats(5, 2_000))
def test_the_logo_never_covers_text(title: str, width: float, height: float) -> None:
    """However long the title and however large the logo: it begins right of the text and ends above row 4."""
    logo = Logo(png(30, 10), "png", width, height)
    brand = replace(HOUSE, logo=logo)
    source = plan(rows=1)
    source = replace(source, heading=heading(title=title), sheets=source.sheets[-1:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(source, path, brand)
        (drawing,) = parts(path, r"xl/drawings/drawing1\.xml").values()
        sheet = load_workbook(path).worksheets[0]
    column, offset = (int(re.findall(rf"<{name}>(\d+)<", drawing)[0]) for name in ("col", "colOff"))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    left = sum(sheet.column_dimensions[letters[at]].width if at < 2 else 9.14 for at in range(column))
    assert left + offset / 9_525 / 7 >= text_width(" ".join(title.split()), bold=True) * 1.4
    assert fitting_size(logo, 1.0)[1] <= 64.1


# ---- title block, print header and footer


def with_title(*lines: str) -> Brand:
    """The house with another title block."""
    first, second, third = lines
    return replace(HOUSE, title_block=(first, second, third))


def test_a_title_block_of_one_s_own(tmp_path: Path) -> None:
    """Placeholders stand for the report's own words; the other sheets name themselves behind the first line."""
    source = replace(plan(rows=5), heading=replace(heading(), values=VALUES))
    brand = with_title("$company ($report)", "${period}: $as_of", "Rp $$ $extracted r$revision")
    write_workbook(source, tmp_path / "book.xlsx", brand)
    book = load_workbook(tmp_path / "book.xlsx")
    expected = ("PT Contoh Sejahtera (Training compliance)", "October 2026: 31 Oct 2026 23:59 WIB")
    first, detail = book.worksheets[0], book["Detail"]
    assert (first["A1"].value, first["A2"].value) == expected
    assert first["A3"].value == "Rp $ 1 Nov 2026 08:02 WIB r1"
    assert beside_repeated_columns(detail, 1).value == f"{expected[0]} · Detail"


@pytest.mark.parametrize("company", [*HOSTILE, "$report", "${x}", "{0.__class__}", "&R&D 007"])
def test_a_hostile_company_stays_text(tmp_path: Path, company: str) -> None:
    """No name becomes a formula, a placeholder or a code of Excel's, in the title block or in print."""
    source = replace(plan(rows=1), heading=replace(heading(), values={**VALUES, "company": company}))
    source = replace(source, sheets=source.sheets[-1:])
    brand = replace(with_title("$company", "", ""), print_header=PrintLine(right="&8$company"))
    write_workbook(source, tmp_path / "book.xlsx", brand)
    cell: Any = load_workbook(tmp_path / "book.xlsx").worksheets[0]["A1"]
    assert cell.data_type in {"s", "n"}
    assert cell.value == fill_title("$company", {"company": company}) or "_x" in company
    printed = fill_print(PrintLine(right="&8$company"), source.heading).right
    assert "&" not in re.sub("&&", "", printed.removeprefix("&8"))


def test_a_digit_behind_a_size_is_no_part_of_it() -> None:
    """`&8` and a company that begins with a digit: a space comes between."""
    values = {**VALUES, "company": "3M Contoh"}
    assert fill_print(PrintLine("&8$company"), replace(heading(), values=values)).left == "&8 3M Contoh"


names = st.sampled_from(["$company", "$report", "$footer", "$page_line", "$title", " · ", "&P", "$$", "&&"])


@given(
    line=st.tuples(*[st.lists(names, max_size=6).map("".join)] * 3).map(lambda texts: PrintLine(*texts)),
    company=st.text(max_size=300),
)
def test_print_lines_fit_into_excel(line: PrintLine, company: str) -> None:
    """Whatever the names stand for, header and footer stay within Excel's 255 characters."""
    source = replace(heading(title=company, footer=company), values={**VALUES, "company": company})
    filled = fill_print(line, source)
    assert utf16_units(f"&L{filled.left}&C{filled.center}&R{filled.right}") <= 255


def test_the_house_s_print_lines(tmp_path: Path) -> None:
    """Sheet, company and page in the footer, in the reader's language; no header."""
    write_workbook(plan("id", rows=5), tmp_path / "book.xlsx")
    sheet: Any = load_workbook(tmp_path / "book.xlsx").worksheets[0]
    assert sheet.oddFooter.left.text == "&A · October 2026 · R&&D Confidential · revision 1"
    assert sheet.oddFooter.right.text == "Halaman &P dari &N"
    assert not sheet.oddHeader.right.text


def test_values_without_a_name_are_empty() -> None:
    """A plan that gives no single facts fills a title block with its sentences alone."""
    assert title_values(heading())["company"] == ""
    assert fill_title("$title", title_values(heading())) == heading().title


def test_roles_are_all_painted() -> None:
    """The house has a paint for every role, and a look begins as the body."""
    assert set(HOUSE_PAINTS) == set(Role)
    assert CellFormat().role is Role.BODY
