"""What a template is refused for: each flaw is named, and no file ends in a traceback."""

import hashlib
from collections.abc import Callable
from io import BytesIO
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
from openpyxl.worksheet.table import Table

from rkreport.excel.template.reader import read_brand
from tests.excel.brands import (
    SAMPLES,
    SHIPPED,
    edited,
    in_sheet,
    png,
    repacked,
    restyle,
    set_font,
    with_logo,
)
from tests.excel.templates import (
    DRAWING,
    OUTSIDE,
    flaws_of,
    in_drawing,
    in_part,
    jpeg,
    with_part,
    without_part,
)

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
    # Not the content: a zip file tells when it was made, and the workers of pytest-xdist must agree.
    ids=["empty", "text", "cut short", "old", "cut off", "wrong mark", "no types", "large", "many parts"],
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
