"""Brand templates: what an admin saves is read as it looks, and what is wrong with it is named, never guessed over."""

import hashlib
import re
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import GradientFill, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.table import Table

from rkreport.excel.brand import HOUSE, Brand
from rkreport.excel.colors import contrast
from rkreport.excel.placeholders import PRINT_NAMES
from rkreport.excel.styles import Role
from rkreport.excel.template import read_brand
from tests.excel.brands import (
    SAMPLES,
    SHIPPED,
    corporate,
    edited,
    in_sheet,
    png,
    repacked,
    restyle,
    set_font,
    with_logo,
)
from tools.make_brand import make

OUTSIDE = (
    '<Relationship Id="rId99" Type="http://contoh.test/attachedTemplate" Target="https://contoh.test/x"'
    ' TargetMode="External"/>'
)
EXCELS_DRAWING = """<xdr:wsDr
    xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor editAs="oneCell">
    <xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>
    <xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>3</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>
    <xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Picture 1"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>
    <a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId1">
    <a:extLst><a:ext uri="{28A0092B-C50C-407E-A947-70E740481C1C}"/></a:extLst></a:blip><a:srcRect/><a:stretch/>
    </xdr:blipFill><xdr:spPr><a:xfrm rot="0"><a:off x="0" y="0"/><a:ext cx="1905000" cy="762000"/></a:xfrm>
    </xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"""
DRAWING = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'


def brand_of(content: bytes) -> Brand:
    """The brand of a template without flaws."""
    reading = read_brand(content)
    assert reading.flaws == ()
    assert reading.brand is not None
    return reading.brand


def flaws_of(content: bytes) -> str:
    """All flaws, of which there is one at least; no brand comes of them."""
    reading = read_brand(content)
    assert reading.brand is None
    assert reading.flaws
    assert not any("\n" in flaw or flaw.endswith(".") for flaw in reading.flaws)
    return " | ".join(reading.flaws)


def jpeg(width: int, height: int) -> bytes:
    """As much of a JPEG as tells its size."""
    start = b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"JF"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 3)
    return start + frame + b"\xff\xda\x00\x02picture\xff\xd9"


def in_part(name: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    """Changes the text of a part."""

    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode(), 1)

    return change


def with_part(name: str, content: bytes = b"<x/>") -> Callable[[dict[str, bytes]], None]:
    """Puts a part into the file."""
    return lambda parts: parts.update({name: content})


def without_part(name: str) -> Callable[[dict[str, bytes]], None]:
    """Takes a part out of the file."""

    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


def in_drawing(xml: str) -> bytes:
    """The shipped template with a logo, and with something else in its drawing."""
    change = in_part("xl/drawings/drawing1.xml", "</oneCellAnchor>", f"<clientData/>{xml}</oneCellAnchor>")
    return repacked(change, edited(with_logo(png())))


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


# ---- what is refused


def _title(text: object) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet["A1"] = text

    return change


def _cell(place: str, **changes: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        for name, value in changes.items():
            setattr(sheet[place], name, value)

    return change


def _style(name: str, **changes: Any) -> Callable[[Any], None]:
    return lambda sheet: restyle(sheet, name, **changes)


def _footer(text: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.oddFooter.center.text = text

    return change


def _chart(sheet: Any) -> None:
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1))
    sheet.add_chart(chart)


def _two_logos(sheet: Any) -> None:
    with_logo(png())(sheet)
    with_logo(jpeg(30, 10), "jpeg")(sheet)


SHEET_CASES: dict[str, tuple[Callable[[Any], None], str]] = {
    "formula": (_title("=1+1"), 'sheet "Brand": cell A1 holds a formula'),
    "number": (_title(2026), "cell A1 holds a formula, a number or a date"),
    "empty": (_title(None), "cell A1 is empty"),
    "unknown name": (_title("$title $adress"), 'cell A1 has the unknown placeholder "$adress"; use one of $title,'),
    "print name": (_title("$title $page_line"), 'unknown placeholder "$page_line"'),
    "bare dollar": (_title("$title in US$ "), 'cell A1 has a "$" that begins no placeholder'),
    "long line": (_title("$title" + "x" * 300), "cell A1 is 306 characters long; shorten it to 200"),
    "no title": (_title("Report"), "the title block (A1 to A3) lacks $title, or $company and $report"),
    "no as-of": (_cell("A2", value="$period"), "lacks $period_line, or $period and $as_of"),
    "beside": (_cell("D2", value="Confidential"), "cell D2 holds something that reports do not get"),
    "long footer": (_footer("x" * 300), "the print footer is "),
    "footer name": (_footer("$adress"), 'the print footer has the unknown placeholder "$adress"'),
    "large": (_style("rk Header", sz=14), 'the cell style "rk Header" is 14 points large; 7 to 10 fit'),
    "large body": (_style("rk Body", sz=20), '"rk Body" is 20 points large; 8 to 12 fit'),
    "pale": (_style("rk Header", color="FF888888"), "with a contrast of"),
    "dark stripe": (_style("rk Stripe", fill="CCCCCC"), '"rk Stripe" has the fill #CCCCCC, on which statuses'),
    "body with fill": (_style("rk Body", fill="EEEEEE"), '"rk Body" has a fill, which its cells do not get'),
    "pattern": (
        _cell(SAMPLES["rk Header"], fill=PatternFill("lightGrid", fgColor="FF000000")),
        '"rk Header" has a pattern or a gradient',
    ),
    "gradient": (
        _cell(SAMPLES["rk Header"], fill=GradientFill(stop=("FF000000", "FF0000FF"))),
        '"rk Header" has a pattern or a gradient',
    ),
    "two looks": (
        lambda sheet: restyle(sheet, "rk Subtitle", color="FF000000"),
        'have the style "rk Subtitle" and look different',
    ),
    "conditional format": (
        lambda sheet: sheet.conditional_formatting.add("A8:A9", Rule(type="duplicateValues", priority=1)),
        "has conditional formats",
    ),
    "table": (lambda sheet: sheet.add_table(Table(displayName="t", ref="B7:C9")), "holds a table"),
    "chart": (_chart, "holds a chart, SmartArt or slicer"),
    "two pictures": (_two_logos, "holds 2 pictures; leave one, the logo"),
    "gif": (with_logo(b"GIF89a" + b"x" * 40, "gif"), "the logo is a GIF"),
    "bitmap": (with_logo(b"BM" + b"x" * 40), "the logo is a bitmap"),
    "emf": (with_logo(b"\x01\x00\x00\x00" + b"x" * 40), "the logo is an EMF drawing"),
    "damaged picture": (with_logo(png()[:-20]), "the logo is damaged"),
    "many pixels": (with_logo(jpeg(9000, 100), "jpeg"), "the logo has 9000 × 100 pixels"),
    "many bytes": (with_logo(jpeg(30, 10) + hashlib.shake_128().digest(2**21), "jpeg"), "the logo has 2.0 MB"),
    "other first page": (
        lambda sheet: setattr(sheet.HeaderFooter, "differentFirst", True),
        "has other print headers on its first",
    ),
}


@pytest.mark.parametrize("case", SHEET_CASES)
def test_what_a_report_could_not_look_like_is_named(case: str) -> None:
    """Each flaw says where it is and what to do."""
    change, words = SHEET_CASES[case]
    assert words in flaws_of(edited(change))


PART_CASES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "macros": (with_part("xl/vbaProject.bin"), "holds macros"),
    "macro type": (
        in_part("[Content_Types].xml", "spreadsheetml.sheet.main+xml", "macroEnabled.main+xml"),
        "holds macros",
    ),
    "external link": (with_part("xl/externalLinks/externalLink1.xml"), "leads to other files or data sources"),
    "data source": (with_part("xl/connections.xml"), "leads to other files or data sources"),
    "template of another": (
        in_part(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f"{OUTSIDE}</Relationships>",
        ),
        "leads to other files or data sources",
    ),
    "missing style": (in_part("xl/styles.xml", 'name="rk Header"', 'name="Header"'), 'has no cell style "rk Header"'),
    "missing stripe": (in_part("xl/styles.xml", 'name="rk Stripe"', 'name="Strip"'), 'has no cell style "rk Stripe"'),
    "background": (
        in_sheet(
            '<picture xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId9"/>',
            before="</worksheet>",
        ),
        "has a background picture",
    ),
    "picture in header": (in_sheet("<legacyDrawingHF/>", before="</worksheet>"), "a picture in its print header"),
    "form controls": (in_sheet("<controls/>", before="</worksheet>"), "holds form controls or ActiveX"),
    "sparklines": (
        in_sheet('<extLst><ext uri="x" xmlns:x14="x"><x14:sparklineGroups/></ext></extLst>', before="</worksheet>"),
        "holds sparklines",
    ),
    "data bars": (
        in_sheet(
            '<extLst><ext uri="x" xmlns:x14="x"><x14:conditionalFormattings/></ext></extLst>', before="</worksheet>"
        ),
        "has data bars, icon sets",
    ),
    "slicers": (
        in_sheet('<extLst><ext uri="x" xmlns:x14="x"><x14:slicerList/></ext></extLst>', before="</worksheet>"),
        "holds slicers",
    ),
    "no XML": (with_part("xl/worksheets/sheet1.xml", b"<worksheet"), "is no sound XML"),
    "entities": (
        in_part("xl/worksheets/sheet1.xml", "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
        "",
    ),
    "no sheet": (without_part("xl/worksheets/sheet1.xml"), "is damaged"),
    "no styles": (without_part("xl/styles.xml"), "cannot be read"),
}


@pytest.mark.parametrize("case", PART_CASES)
def test_what_openpyxl_would_drop_or_must_not_meet_is_named(case: str) -> None:
    """Macros, links outside, and what has no place in a report, each by name."""
    change, words = PART_CASES[case]
    assert words in flaws_of(repacked(change))


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (
            '<xdr:sp {0}><xdr:nvSpPr><xdr:cNvPr id="9" name="TextBox 1"/></xdr:nvSpPr></xdr:sp>',
            'a text box or shape ("TextBox 1")',
        ),
        (
            '<xdr:grpSp {0}><xdr:nvGrpSpPr><xdr:cNvPr id="9" name="Group 7"/></xdr:nvGrpSpPr></xdr:grpSp>',
            'a group ("Group 7")',
        ),
        ("<xdr:cxnSp {0}/>", "holds a line,"),
    ],
)
def test_drawn_things_are_named(xml: str, words: str) -> None:
    """Text boxes, groups and lines by the name that Excel shows for them."""
    assert words in flaws_of(in_drawing(xml.format(DRAWING)))


def test_a_cropped_or_turned_logo_is_refused() -> None:
    """It would not look as it does in Excel."""
    name = "xl/drawings/drawing1.xml"
    logo = edited(with_logo(png()))
    with ZipFile(BytesIO(logo)) as archive:
        drawing = archive.read(name).decode()
    blip = drawing[drawing.index("<a:blip") if "<a:blip" in drawing else drawing.index("<blip") :].split(">")[0] + ">"
    crop = repacked(in_part(name, blip, blip + '<a:srcRect xmlns:a="a" l="10000"/>'), logo)
    turn = repacked(in_part(name, blip, blip + '<a:xfrm xmlns:a="a" rot="5400000"/>'), logo)
    assert "the logo is cropped" in flaws_of(crop)
    assert "the logo is turned" in flaws_of(turn)


def test_all_flaws_are_named_at_once() -> None:
    """The admin mends them in one go."""

    def change(sheet: Any) -> None:
        sheet["A1"] = "$titel"
        sheet["C2"] = "Confidential"
        restyle(sheet, "rk Header", sz=16)
        _chart(sheet)

    flaws = flaws_of(edited(change))
    assert all(words in flaws for words in ("$titel", "C2", "rk Header", "a chart"))


def test_remarks_do_not_refuse() -> None:
    """What nobody misses is said, and the brand is used."""

    def change(sheet: Any) -> None:
        sheet["A2"] = CellRichText("$period_line ", TextBlock(InlineFont(b=True), "!"))
        sheet["B9"].comment = Comment("text", "author")
        sheet.merge_cells("B30:C30")
        sheet.oddFooter.right.text = ""
        for row in range(1, 22):
            set_font(sheet.cell(row, 1), name="Frutiger")

    reading = read_brand(edited(change))
    assert reading.brand is not None
    remarks = " | ".join(reading.remarks)
    expected = ("words of different looks", "comments", "merged cells", "page number", "(Frutiger)")
    assert all(words in remarks for words in expected), remarks


# ---- files that are no templates


def _stored_bomb() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/media/image1.png", b"\0" * 300 * 2**20)
    return stream.getvalue()


def _many_parts() -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for number in range(2_100):
            archive.writestr(f"xl/{number}.xml", b"<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no Excel workbook"),
        (b"company,report\n", "is no Excel workbook"),
        (b"PK\x03\x04 not quite", "is no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "has a password or is an old .xls"),
        (SHIPPED.read_bytes()[:-300], "is no Excel workbook"),
        (SHIPPED.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05", 1), "is damaged (docProps/app.xml)"),
        (repacked(without_part("[Content_Types].xml")), "is no Excel workbook"),
        (repacked(with_part("xl/media/large.xml", b" " * 6 * 2**20)), "unpacks to far more than a brand needs"),
        (_many_parts(), "has 2100 parts"),
    ],
)
def test_other_files_are_refused(content: bytes, words: str) -> None:
    """Text, old and encrypted workbooks, cut and damaged ones, and bombs."""
    assert words in flaws_of(content)


def test_a_bomb_is_never_unpacked() -> None:
    """300 MB of nothing in 300 kB are refused by the table of contents alone."""
    assert "unpacks to far more" in flaws_of(_stored_bomb())


def test_without_the_sheet_among_several() -> None:
    """Two sheets, and none has the name."""

    def change(sheet: Any) -> None:
        sheet.title = "One"
        sheet.parent.create_sheet("Two")

    assert 'has no sheet "Brand"' in flaws_of(edited(change))


@settings(max_examples=60)
@given(st.data())
def test_damage_never_ends_in_a_traceback(data: st.DataObject) -> None:
    """Whatever bytes of whatever part are changed, there is a brand or a reason."""
    with ZipFile(SHIPPED) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from([*parts, "xl/styles.xml", "xl/worksheets/sheet1.xml"]))
    content = bytearray(parts[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        end = min(start + data.draw(st.integers(0, 12)), len(content))
        content[start:end] = data.draw(st.binary(max_size=8) | st.sampled_from([b"-1", b"99999", b"", b"true"]))

    def change(found: dict[str, bytes]) -> None:
        found[name] = bytes(content)

    reading = read_brand(repacked(change))
    assert (reading.brand is None) == bool(reading.flaws)


# ---- contrast


def test_contrast_is_the_wcags() -> None:
    """Black on white is 21, the same colour 1, and the order does not matter."""
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("16324F", "16324F") == 1
    assert contrast("767676", "FFFFFF") == contrast("FFFFFF", "767676") == pytest.approx(4.54, abs=0.01)
