"""Writes the XML that connects a file: relations, drawings, lists of sheets and parts. Pure; knows no cell."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import absolute_coordinate, get_column_letter, quote_sheetname
from openpyxl.xml.constants import (
    CHART_NS,
    CONTYPES_NS,
    DRAWING_NS,
    PKG_REL_NS,
    REL_NS,
    SHEET_DRAWING_NS,
    SHEET_MAIN_NS,
)

CALC_ID = 191_029  # of Excel 2019 and later; with an older id Excel asks to save on closing
CORE_PROPERTIES = "core-properties"  # the only kind of relation in another namespace
_TYPES = {
    "xml": "application/xml",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
}


class PrintedSheet(NamedTuple):
    """A sheet's name, its printed area, such as `A1:F40`, and the rows and first columns that every page repeats."""

    name: str
    printed: str
    header_rows: tuple[int, int] | None
    header_columns: int = 0


class Relation(NamedTuple):
    """A part that another part uses: its kind, such as `chart`, and its path, such as `/xl/charts/chart1.xml`.

    The using part refers to a relation by its place in the list: see `relation_id`.
    """

    kind: str
    path: str


def relation_id(number: int) -> str:
    """Return the id of a relation by its place from 1."""
    return f"rId{number}"


def relations_path(path: str) -> str:
    """Return the path of a part's relations."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def relations_xml(relations: Iterable[Relation]) -> bytes:
    """Return the XML of one part's relations."""
    coded = "".join(
        f'<Relationship Id="{relation_id(number)}" Type="{_relation_type(kind)}" Target={quoteattr(path)}/>'
        for number, (kind, path) in enumerate(relations, 1)
    )
    return f'<Relationships xmlns="{PKG_REL_NS}">{coded}</Relationships>'.encode()


def _relation_type(kind: str) -> str:
    return f"{PKG_REL_NS}/metadata/{kind}" if kind == CORE_PROPERTIES else f"{REL_NS}/{kind}"


def drawing_xml(anchors: Sequence[str]) -> bytes:
    """Return a drawing with these anchors."""
    return (
        f'<wsDr xmlns="{SHEET_DRAWING_NS}" xmlns:a="{DRAWING_NS}" xmlns:c="{CHART_NS}" xmlns:r="{REL_NS}">'
        f"{''.join(anchors)}</wsDr>"
    ).encode()


def workbook_xml(sheets: Sequence[PrintedSheet]) -> bytes:
    """Return the list of sheets with their printed areas; the first sheet opens. Relations 1, 2 … are the sheets."""
    listed, names = [], []
    for number, sheet in enumerate(sheets):
        listed.append(
            f'<sheet name={quoteattr(sheet.name)} sheetId="{number + 1}" state="visible"'
            f' r:id="{relation_id(number + 1)}"/>'
        )
        place = escape(quote_sheetname(sheet.name))
        if sheet.header_rows is not None:
            first, last = sheet.header_rows
            columns = f"{place}!$A:${get_column_letter(sheet.header_columns)}," if sheet.header_columns else ""
            titles = f"{columns}{place}!${first}:${last}"
            names.append(_defined("Print_Titles", number, titles))
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
    """Return the list of parts with their types; an unlisted part has the type of its extension.

    Raises KeyError for an extension without a known type.
    """
    coded = [f'<Default Extension="{each}" ContentType="{_TYPES[each]}"/>' for each in extensions]
    coded += [f'<Override PartName={quoteattr(path)} ContentType="{kind}"/>' for path, kind in parts]
    return f'<Types xmlns="{CONTYPES_NS}">{"".join(coded)}</Types>'.encode()
