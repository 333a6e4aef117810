"""Brand templates: what an admin saves is read as it looks, and what is wrong with it is named, never guessed over."""

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles.colors import Color

from rkreport.excel.look.brand import HOUSE
from rkreport.excel.look.placeholders import PRINT_NAMES
from rkreport.excel.look.styles import Role
from rkreport.excel.template.colors import contrast
from rkreport.excel.template.reader import read_brand
from tests.excel.brands import (
    SAMPLES,
    SHIPPED,
    corporate,
    edited,
    png,
    repacked,
    restyle,
    set_font,
    with_logo,
)
from tests.excel.templates import EXCELS_DRAWING, brand_of, jpeg
from tools.make_brand import make

# ---- what is read


def test_the_shipped_template_is_the_house(tmp_path: Path) -> None:
    """A workbook in the shipped template looks exactly as one without; the script remakes the same brand."""
    assert brand_of(SHIPPED.read_bytes()) == HOUSE
    assert read_brand(SHIPPED.read_bytes()).remarks == ()
    make(tmp_path / "brand.xlsx")
    assert brand_of((tmp_path / "brand.xlsx").read_bytes()) == HOUSE
    with ZipFile(tmp_path / "brand.xlsx") as made, ZipFile(SHIPPED) as shipped:
        sheet = "xl/worksheets/sheet1.xml"
        assert made.read(sheet) == shipped.read(sheet)


def test_the_shipped_template_explains_every_placeholder() -> None:
    """Each stands in the list on its sheet."""
    with ZipFile(SHIPPED) as archive:
        texts = archive.read("xl/worksheets/sheet1.xml").decode()
    assert all(f">${name}<" in texts for name in PRINT_NAMES)


def test_saved_again_it_stays_the_house() -> None:
    """Another program's way of writing the same workbook changes nothing."""
    assert brand_of(edited(lambda sheet: None)) == HOUSE


def test_a_brand_is_read_as_it_looks() -> None:
    """Fonts, sizes, colours, fills, lines, tab, title block, print header and logo are those of the template."""
    brand = brand_of(edited(corporate))
    header, body, label = (brand.paint(role) for role in (Role.HEADER, Role.BODY, Role.CARD_LABEL))
    assert (header.font, header.size, header.fill, header.color) == ("Georgia", 11, "00404A", "FFFFFF")
    assert (body.size, brand.stripe, brand.tab) == (11, "F4FAFA", "00404A")
    assert (label.fill, label.line) == ("EDF6F6", "00404A")
    assert brand.title_block[0] == "$company – $report"
    assert brand.print_header.right == '&"Georgia,Italic"&8$company'
    assert brand.logo is not None
    assert (brand.logo.content, brand.logo.format) == (png(), "png")
    assert (brand.logo.width, brand.logo.height) == (150, 50)


def test_a_changed_style_counts_where_no_sample_shows_it() -> None:
    """Without its sample cell, the cell style itself is what counts."""

    def change(sheet: Any) -> None:
        sheet[SAMPLES["rk Total"]].style = "Normal"

    assert brand_of(edited(change)) == HOUSE


@pytest.mark.parametrize(
    ("color", "shown"),
    [
        (Color(theme=4, tint=-0.499984740745262), "244062"),  # the darker blue of the theme that openpyxl writes
        (Color(theme=1), "000000"),
        (Color(indexed=18), "000080"),
        (Color(indexed=64), "000000"),
        (Color(rgb="FF123456"), "123456"),
    ],
)
def test_colours_become_rgb(color: Color, shown: str) -> None:
    """Theme colours with their tint, numbered and automatic ones are what Excel shows."""

    def change(sheet: Any) -> None:
        restyle(sheet, "rk Heading", color=color)

    found = brand_of(edited(change)).paint(Role.HEADING).color
    assert all(abs(int(found[at : at + 2], 16) - int(shown[at : at + 2], 16)) <= 1 for at in (0, 2, 4)), found


@pytest.mark.parametrize(("content", "ending"), [(png(600, 60), "png"), (jpeg(300, 200), "jpeg")])
def test_png_and_jpeg_are_logos(content: bytes, ending: str) -> None:
    """A logo of either kind is taken as it is, as large as it is shown."""
    logo = brand_of(edited(with_logo(content, ending, 120, 40))).logo
    assert logo is not None
    assert (logo.content, logo.format, logo.width, logo.height) == (content, ending, 120, 40)


def test_styles_are_told_by_number_and_not_by_place() -> None:
    """LibreOffice saves styles without a name between those with one; every sample keeps its own."""

    def change(found: dict[str, bytes]) -> None:
        styles = found["xl/styles.xml"].decode()
        styles = re.sub(r'(xfId=")(\d+)', lambda match: f"{match[1]}{int(match[2]) + 1}", styles)
        styles = re.sub(r"(<cellStyleXfs[^>]*>)", r'\1<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>', styles)
        found["xl/styles.xml"] = styles.encode()

    assert brand_of(repacked(change, edited(corporate))) == brand_of(edited(corporate))


def test_a_logo_as_excel_inserts_it() -> None:
    """Excel anchors a picture at two cells; how large it shows stands in its frame, among extensions of other kinds."""
    name = "xl/drawings/drawing1.xml"

    def change(found: dict[str, bytes]) -> None:
        found[name] = EXCELS_DRAWING.encode()

    logo = brand_of(repacked(change, edited(with_logo(png())))).logo
    assert logo is not None
    assert (logo.width, logo.height) == (200, 80)


def test_fonts_of_the_theme_are_those_of_the_theme() -> None:
    """A font that follows the theme is the theme's, whatever name the cell keeps beside it."""

    def change(sheet: Any) -> None:
        set_font(sheet[SAMPLES["rk Heading"]], scheme="major", name="Arial")

    assert brand_of(edited(change)).paint(Role.HEADING).font == "Cambria"


def test_other_sheets_do_not_matter() -> None:
    """Beside the sheet named Brand there may be others with whatever on them."""

    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet("Notes", 0)
        other["A1"] = "=1+1"
        chart = BarChart()
        chart.add_data(Reference(other, min_col=1, min_row=1))
        other.add_chart(chart)

    assert brand_of(edited(change)) == HOUSE


# ---- contrast


def test_contrast_is_the_wcags() -> None:
    """Black on white is 21, the same colour 1, and the order does not matter."""
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("16324F", "16324F") == 1
    assert contrast("767676", "FFFFFF") == contrast("FFFFFF", "767676") == pytest.approx(4.54, abs=0.01)
