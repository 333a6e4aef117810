"""Parts of a list's workbook: each is looked at, whatever its name is, before openpyxl keeps what it holds."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from rkreport.config import workbook_file
from rkreport.config.sheet_look import SheetLook
from rkreport.config.workbook_file import workbook_rows
from rkreport.errors import ConfigError
from rkreport.excel.template.reader import read_brand
from rkreport.sheet_bounds import SlowTexts
from tests.config.list_books import MANAGERS, list_book, with_part

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET, TYPES, RELATIONS = "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKSHEET, STYLES = f"{OFFICE}/worksheet", f"{OFFICE}/styles".encode()
SECOND_NAME = f'<sheet xmlns:o="{OFFICE}" name="b" sheetId="9" o:id="rId1"/>'
TEMPLATE = Path(__file__).parents[2] / "templates" / "brand.xlsx"
TOO_MUCH = "unpacks to far more than a list needs"
DAMAGED = "is no Excel workbook, or damaged"
MANY = 100_001

Change = Callable[[bytes], bytes]


def within(end: str, content: str) -> Change:
    """Put content before an end tag."""
    return lambda part: part.replace(f"</{end}>".encode(), f"{content}</{end}>".encode())


def table(element: str, count: int = MANY, namespace: str = MAIN) -> bytes:
    """Shared strings that are so many elements."""
    return f'<sst xmlns="{MAIN}" xmlns:x="{namespace}">{element * count}</sst>'.encode()


def strings_in(name: str) -> Change:
    """Say that the shared strings are in this part."""
    return within("Types", f'<Override PartName="/{name}" ContentType="{STRINGS}"/>')


def related(target: str, kind: str = WORKSHEET) -> Change:
    """Name a part in the workbook's relations."""
    return within("Relationships", f'<Relationship Id="x" Type="{kind}" Target="{target}"/>')


REFUSED: dict[str, tuple[dict[str, Change], str]] = {
    "texts in a part of another name": (
        {TYPES: strings_in("xl/sharedStrings.bin"), "xl/sharedStrings.bin": lambda _: table("<a/>")},
        TOO_MUCH,
    ),
    "texts in a picture": (
        {TYPES: strings_in("xl/media/a.png"), "xl/media/a.png": lambda _: b"\xef\xbb\xbf\n" + table("<a/>")},
        TOO_MUCH,
    ),
    "a sheet in a part of another name": (
        {RELATIONS: related("worksheets/a.bin"), "xl/worksheets/a.bin": lambda _: table("<a/>")},
        TOO_MUCH,
    ),
    "a document type in a part of another name": (
        {TYPES: strings_in("xl/a.bin"), "xl/a.bin": lambda _: b"<!DOCTYPE sst []>" + table("<si/>", 1)},
        DAMAGED,
    ),
    "texts among the styles": ({"xl/styles.xml": within("styleSheet", "<si/>" * MANY)}, TOO_MUCH),
    "rows among the styles": ({"xl/styles.xml": within("styleSheet", "<row/>" * MANY)}, TOO_MUCH),
    "styles that say they are a sheet": (
        {"xl/styles.xml": lambda _: table("<row/>"), RELATIONS: lambda part: part.replace(STYLES, WORKSHEET.encode())},
        TOO_MUCH,
    ),
    "rows in the properties": ({"docProps/custom.xml": lambda _: table("<row/>")}, TOO_MUCH),
    "a sheet that is a drawing too": (
        {SHEET: within("sheetData", "<row/>" * MANY), RELATIONS: related("worksheets/sheet1.xml", "x/drawing")},
        DAMAGED,
    ),
    "texts of another namespace": (
        {TYPES: strings_in("xl/s.xml"), "xl/s.xml": lambda _: table("<x:si/>", namespace="other")},
        TOO_MUCH,
    ),
    "a sheet of two names": (
        {"xl/workbook.xml": within("sheets", SECOND_NAME)},
        DAMAGED,
    ),
    "two relations to one sheet": ({RELATIONS: related("/xl/worksheets/sheet1.xml")}, DAMAGED),
}


def changed(changes: dict[str, Change]) -> bytes:
    """A sound list with these parts changed or added."""
    content = list_book([MANAGERS])
    for name, change in changes.items():
        content = with_part(content, name, change)
    return content


@pytest.mark.parametrize("case", REFUSED)
def test_what_openpyxl_would_keep_is_refused(case: str) -> None:
    """Whichever part holds it, and whatever the file says that part is."""
    changes, words = REFUSED[case]
    with pytest.raises(ConfigError, match=words):
        workbook_rows(Path("m.xlsx"), changed(changes))


TAKEN: dict[str, dict[str, Change]] = {
    "long shared strings": {
        TYPES: strings_in("xl/sharedStrings.xml"),
        "xl/sharedStrings.xml": lambda _: table("<si/>"),
    },
    "many rows": {SHEET: within("sheetData", "<row/>" * MANY)},
    "a drawing with a document type": {
        "xl/media/a.svg": lambda _: b"<!DOCTYPE svg []><svg/>",
        "xl/drawings/_rels/drawing1.xml.rels": lambda _: (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="a" Type="x/image" Target="../media/a.svg"/>'
            b'<Relationship Id="b" Type="x/image" Target="../media/a.svg"/></Relationships>'
        ),
    },
    "many values of another workbook": {
        RELATIONS: related("externalLinks/externalLink1.xml", "x/externalLink"),
        "xl/externalLinks/externalLink1.xml": lambda _: table("<row/>"),
    },
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_it_gives_up_is_read(case: str) -> None:
    """Lists of people who have large workbooks, or pictures."""
    assert workbook_rows(Path("m.xlsx"), changed(TAKEN[case]))[0][1] == MANAGERS


KEPT = {
    "formatted rows": "<row/>" * 1_000,
    "cells": "<row>" + "<c/>" * 1_000 + "</row>",
    "formulas": "<row>" + "<c><f>1</f><v>1</v></c>" * 500 + "</row>",
    "rows of another sheet": "",
}


@pytest.mark.parametrize("case", KEPT)
def test_a_refresh_keeps_less_than_a_reader(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a refresh would hold in memory is counted over all parts; texts and values are not."""
    monkeypatch.setattr(workbook_file, "_MOST_OBJECTS", 1_000)
    texts = {TYPES: strings_in("xl/sharedStrings.xml"), "xl/sharedStrings.xml": lambda _: table("<si><t/></si>", 900)}
    few = changed(texts)
    assert workbook_rows(Path("m.xlsx"), few, is_loaded_whole=True) == workbook_rows(Path("m.xlsx"), few)
    second = {RELATIONS: related("worksheets/a.xml"), "xl/worksheets/a.xml": lambda _: table("<row/>", 1_000)}
    many = changed({SHEET: within("sheetData", KEPT[case])} if KEPT[case] else second)
    assert workbook_rows(Path("m.xlsx"), many)[0][1] == MANAGERS
    with pytest.raises(ConfigError, match="too many cells or formatted rows for a refresh"):
        workbook_rows(Path("m.xlsx"), many, is_loaded_whole=True)


@pytest.mark.parametrize("name", ["row", "si"])
def test_rows_and_texts_have_a_bound(name: str) -> None:
    """As many as Excel has rows."""
    look = SheetLook(SlowTexts())
    for _ in range(1_048_576):
        look.visit(f"{MAIN} {name}", {}, 3)
    with pytest.raises(Exception, match="too many"):
        look.visit(f"{MAIN} {name}", {}, 3)


def test_a_brand_hides_no_xml_either() -> None:
    """Shared strings under the name of a picture."""
    content = with_part(TEMPLATE.read_bytes(), TYPES, strings_in("xl/a.png"))
    assert read_brand(with_part(content, "xl/a.png", lambda _: table("<si/>"))).flaws == (
        "unpacks to far more than a brand needs; begin anew from templates/brand.xlsx",
    )
    assert read_brand(with_part(TEMPLATE.read_bytes(), "xl/media/a.svg", lambda _: b"<!DOCTYPE svg []><svg/>")).brand


def test_many_formatted_rows_take_little_memory() -> None:
    """What each says of its height and style is not kept."""
    rows = "".join(f'<row ht="{number}" s="{number}" customFormat="1"/>' for number in range(20_000))
    content = changed({SHEET: within("sheetData", rows)})
    workbook_rows(Path("m.xlsx"), content)  # imports openpyxl
    tracemalloc.start()
    try:
        workbook_rows(Path("m.xlsx"), content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 2**20
