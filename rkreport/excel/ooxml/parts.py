"""What ties a file together, as XML: relations, drawings, the lists of sheets and of all parts. Pure; knows no cell."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import absolute_coordinate, quote_sheetname
from openpyxl.xml.constants import (
    CHART_NS,
    CONTYPES_NS,
    DRAWING_NS,
    PKG_REL_NS,
    REL_NS,
    SHEET_DRAWING_NS,
    SHEET_MAIN_NS,
)

CALC_ID = 191_029  # of Excel 2019 and later; with an older one Excel asks to save on closing
CORE_PROPERTIES = "core-properties"  # the one kind of relation that has its name elsewhere
_TYPES = {
    "xml": "application/xml",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


class PrintedSheet(NamedTuple):
    """A sheet by its name, the area that is printed, such as `A1:F40`, and the row that every page repeats."""

    name: str
    printed: str
    header_row: int | None


class Relation(NamedTuple):
    """That one part uses another: as what, such as `chart`, and where that one stands, such as `/xl/charts/chart1.xml`.

    The relations of a part are known there by their places in the list of them: see `relation_id`.
    """

    kind: str
    path: str


def relation_id(number: int) -> str:
    """The name of a relation, by its place from 1."""
    return f"rId{number}"


def relations_path(path: str) -> str:
    """Where the relations of a part stand."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def relations_xml(relations: Iterable[Relation]) -> bytes:
    """The relations of one part."""
    coded = "".join(
        f'<Relationship Id="{relation_id(number)}" Type="{_relation_type(kind)}" Target={quoteattr(path)}/>'
        for number, (kind, path) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PKG_REL_NS}">{coded}</Relationships>'.encode()


def _relation_type(kind: str) -> str:
    return f"{PKG_REL_NS}/metadata/{kind}" if kind == CORE_PROPERTIES else f"{REL_NS}/{kind}"


def drawing_xml(anchors: Sequence[str]) -> bytes:
    """A drawing of what stands at these anchors."""
    return (
        f'<wsDr xmlns="{SHEET_DRAWING_NS}" xmlns:a="{DRAWING_NS}" xmlns:c="{CHART_NS}" xmlns:r="{REL_NS}">'
        f"{''.join(anchors)}</wsDr>"
    ).encode()


def workbook_xml(sheets: Sequence[PrintedSheet]) -> bytes:
    """The list of sheets, and what of them is printed; the first one shows. Their relations come first, in order."""
    listed, names = [], []
    for number, sheet in enumerate(sheets):
        listed.append(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number + 1}" state="visible"'
            f' r:id="{relation_id(number + 1)}"/>'
        )
        place = escape(quote_sheetname(sheet.name))
        if sheet.header_row is not None:
            names.append(_defined("Print_Titles", number, f"{place}!${sheet.header_row}:${sheet.header_row}"))
        names.append(_defined("Print_Area", number, f"{place}!{absolute_coordinate(sheet.printed)}"))
    return (
        f'<workbook xmlns="{SHEET_MAIN_NS}" xmlns:r="{REL_NS}"><workbookPr/><workbookProtection/>'
        '<bookViews><workbookView visibility="visible" tabRatio="600" firstSheet="0" activeTab="0"/></bookViews>'
        f"<sheets>{''.join(listed)}</sheets><definedNames>{''.join(names)}</definedNames>"
        f'<calcPr calcId="{CALC_ID}" fullCalcOnLoad="0"/></workbook>'
    ).encode()


def _defined(name: str, sheet: int, place: str) -> str:
    return f'<definedName name="_xlnm.{name}" localSheetId="{sheet}">{place}</definedName>'


def content_types_xml(parts: Iterable[tuple[str, str]], extensions: Iterable[str]) -> bytes:
    """The list of parts with their types; what is in none of them has the type of its extension.

    KeyError for an extension of which no type is known.
    """
    coded = [f'<Default Extension="{each}" ContentType="{_TYPES[each]}"/>' for each in extensions]
    coded += [f'<Override PartName={quoteattr(path)} ContentType="{kind}"/>' for path, kind in parts]
    return f'<Types xmlns="{CONTYPES_NS}">{"".join(coded)}</Types>'.encode()
