"""Checks a brand template for dangerous contents, and for contents that reports would silently drop.

It reads the parts of the file itself, because openpyxl silently drops most of this. Each flaw or remark is the end of a
sentence about the file: what, where, and what to do. A flaw would change how reports look; a remark would not.
"""

from collections.abc import Iterator
from typing import Any

from rkreport.excel.template.package import Package, Unusable
from rkreport.sentence import Sentence

_OUTSIDE_PARTS = ("xl/externalLinks/", "xl/connections.xml", "xl/queryTables/")
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/", "xl/dialogsheets/")
_ON_SHEET = {
    "picture": "has a background picture",
    "legacyDrawingHF": "has a picture in its print header or footer",
    "controls": "holds form controls or ActiveX",
    "oleObjects": "holds embedded objects",
    "conditionalFormatting": "has conditional formats",
    "conditionalFormattings": "has data bars, icon sets or other conditional formats",
    "tableParts": "holds a table",
    "sparklineGroups": "holds sparklines",
    "slicerList": "holds slicers",
    "timelineRefs": "holds timelines",
}
_HINTS = {
    "picture": "delete it (Page Layout, Delete Background)",
    "legacyDrawingHF": "delete it, and insert the logo on the sheet itself",
    "tableParts": "turn it into a range",
}
_IN_DRAWING = {
    "sp": "a text box or shape",
    "cxnSp": "a line",
    "grpSp": "a group",
    "contentPart": "ink",
    "graphicFrame": "a chart, SmartArt or slicer",
}


def package_flaws(package: Package) -> Iterator[str]:
    """Find macros, and links to outside the file."""
    names = sorted(package.names)
    types = package.read("[Content_Types].xml").lower()
    if b"macroenabled" in types or any(part in name.lower() for name in names for part in _MACRO_PARTS):
        yield "holds macros; save it in Excel as .xlsx, which has none"
    outside = any(name.startswith(_OUTSIDE_PARTS) for name in names)
    if outside or any(one.is_external and one.kind != "hyperlink" for _, one in package.all_relations()):
        yield "leads to other files or data sources; remove them (Data, Edit Links and Queries & Connections)"


def find_sheet(package: Package, wanted: str) -> tuple[str, str]:
    """Return name and part of the brand's sheet: the only sheet, or the one named `wanted`; else raise Unusable."""
    workbook = _workbook(package)
    relations = package.relations(workbook)
    sheets = [
        (sheet.get("name", ""), relations[key].target)
        for sheet in _named(package.xml(workbook), "sheet")
        for name, key in sheet.attrib.items()
        if _local(name) == "id" and key in relations and relations[key].kind == "worksheet"
    ]
    chosen = sheets if len(sheets) == 1 else [one for one in sheets if one[0].strip().casefold() == wanted.casefold()]
    if not chosen:
        raise Unusable(Sentence('has no sheet "{wanted}"; name the sheet with the title block so', wanted=wanted))
    return chosen[0]


def style_names(package: Package) -> dict[int, str]:
    """Return the lower-case names of cell styles by the numbers that cells use.

    openpyxl counts only named styles, which gives wrong names if some styles have none, as in files from LibreOffice.
    """
    named = _named(package.xml(_part(package, "styles")), "cellStyle")
    found = ((style.get("xfId", ""), style.get("name", "")) for style in named)
    return {int(number): name.casefold() for number, name in found if number.isdigit()}


def theme(package: Package) -> Any:  # noqa: ANN401 - see `Package.xml`
    """Return the root of the theme; None without a theme."""
    part = _part(package, "theme")
    return package.xml(part) if part else None


def sheet_flaws(package: Package, sheet: str, part: str) -> Iterator[str]:
    """Find contents of a sheet that reports would lose."""
    where = Sentence('sheet "{sheet}"', sheet=sheet)
    root = package.xml(part)
    for name, what in _ON_SHEET.items():
        if next(_named(root, name), None) is not None:
            yield Sentence(
                "{where} {what}, which reports do not get; {get}",
                where=where,
                what=what,
                get=_HINTS.get(name, "remove that"),
            )
    settings = next(_named(root, "headerFooter"), None)
    if settings is not None and {"1", "true"} & {settings.get("differentFirst"), settings.get("differentOddEven")}:
        yield (
            Sentence(
                "{where} has other print headers on its first or its even pages, which reports do"
                " not get; untick both in Page Layout, Print Titles, Header/Footer",
                where=where,
            )
        )
    for drawing in _drawings(package, part):
        for name, what in _IN_DRAWING.items():
            titles = {_title(element): None for element in _named(package.xml(drawing), name)}
            for title in titles:
                yield Sentence(
                    "{where} holds {what}{title}, which reports do not get; delete it",
                    where=where,
                    what=what,
                    title=title,
                )


def sheet_remarks(package: Package, sheet: str, part: str) -> Iterator[str]:
    """Find contents that reports leave out without harm."""
    where = Sentence('sheet "{sheet}"', sheet=sheet)
    kinds = {relation.kind for relation in package.relations(part).values()}
    if kinds & {"comments", "threadedComment"}:
        yield Sentence("{where} has comments, which reports do not get", where=where)
    root = package.xml(part)
    if next(_named(root, "dataValidation"), None) is not None:
        yield Sentence("{where} has data validations, which reports do not get", where=where)
    if next(_named(root, "mergeCell"), None) is not None:
        yield Sentence("{where} has merged cells; reports have none", where=where)


def print_texts(package: Package, part: str) -> tuple[str, str]:
    """Return print header and footer of a sheet, with Excel's codes."""
    root = package.xml(part)
    texts = [next(_named(root, name), None) for name in ("oddHeader", "oddFooter")]
    header, footer = ("" if text is None else text.text or "" for text in texts)
    return header, footer


def pictures(package: Package, part: str) -> Iterator[tuple[Any, str | None]]:
    """Yield each picture on a sheet: its anchor, and its part or None if the file lacks the part."""
    for drawing in _drawings(package, part):
        relations = package.relations(drawing)
        for anchor in package.xml(drawing):
            for frame in anchor:
                if _local(frame.tag) == "pic":
                    blip = next(_named(frame, "blip"), None)
                    keys = () if blip is None else [key for name, key in blip.attrib.items() if _local(name) == "embed"]
                    found = [relations[key] for key in keys if key in relations]
                    yield anchor, found[0].target if found and not found[0].is_external else None


def shown_size(anchor: Any) -> tuple[float, float] | None:  # noqa: ANN401 - see `Package.xml`
    """Return an anchor's width and height in pixels, if it gives them."""
    for extent in _named(anchor, "ext"):
        width, height = extent.get("cx", ""), extent.get("cy", "")
        if width.isdigit() and height.isdigit() and int(width) and int(height):
            return int(width) / 9_525, int(height) / 9_525
    return None


def picture_flaws(anchor: Any) -> Iterator[str]:  # noqa: ANN401 - see `Package.xml`
    """Find changes that Excel applies to a picture, such as cropping, which reports would lose."""
    crop = next(_named(anchor, "srcRect"), None)
    if crop is not None and any(value.strip("0%") for value in crop.attrib.values()):
        yield "is cropped, and reports would show it whole; press Compress Pictures with Delete cropped areas"
    frame = next(_named(anchor, "xfrm"), None)
    if frame is not None and {"rot", "flipH", "flipV"} & {name for name, value in frame.attrib.items() if value != "0"}:
        yield "is turned, and reports would show it upright; turn it before you insert it"


def _workbook(package: Package) -> str:
    return next((one.target for one in package.relations("").values() if one.kind == "officeDocument"), "")


def _part(package: Package, kind: str) -> str:
    relations = package.relations(_workbook(package)).values()
    return next((one.target for one in relations if one.kind == kind and not one.is_external), "")


def _drawings(package: Package, part: str) -> list[str]:
    return [one.target for one in package.relations(part).values() if one.kind == "drawing" and not one.is_external]


def _title(element: Any) -> str:  # noqa: ANN401 - see `Package.xml`
    named = next(_named(element, "cNvPr"), None)
    return "" if named is None or not named.get("name") else f' ("{" ".join(named.get("name").split())[:40]}")'


def _named(root: Any, name: str) -> Iterator[Any]:  # noqa: ANN401 - see `Package.xml`
    """Yield descendants with this name in any namespace, because newer versions of Excel use other namespaces."""
    return (element for element in root.iter() if _local(element.tag) == name)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""  # a comment in lxml has a tag that is not text
