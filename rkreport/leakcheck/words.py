"""Tells which places in a workbook's parts hold words, and which only numbers and switches. Reads no file."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rkreport.core.leaks.opened_file import Leak

KNOWN_PARTS: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core|custom)\.xml|xl/(?:workbook|styles|sharedStrings)\.xml"
    r"|xl/theme/theme\d+\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/(?:_rels/)?sheet\d+\.xml(?:\.rels)?"
    r"|xl/(?:drawings|charts)/(?:_rels/)?(?:drawing|chart)\d+\.xml(?:\.rels)?|xl/tables/table\d+\.xml"
    r"|xl/media/(?:logo|image\d+)\.(?:png|jpe?g)"
)
PICTURES: Final = "xl/media/"
_TELLING: Final = (  # unknown parts whose name tells what they are
    ("comment", Leak.COMMENT),
    ("vmldrawing", Leak.COMMENT),
    ("externallink", Leak.EXTERNAL),
    ("connections", Leak.EXTERNAL),
    ("querytable", Leak.EXTERNAL),
    ("pivot", Leak.PIVOT),
    ("vbaproject", Leak.MACRO),
    ("embeddings", Leak.EMBEDDED),
    ("activex", Leak.EMBEDDED),
    ("ctrlprops", Leak.EMBEDDED),
)
KNOWN_RELATIONS: Final = frozenset(
    {
        "worksheet",
        "styles",
        "theme",
        "sharedStrings",
        "drawing",
        "chart",
        "table",
        "image",
        "officeDocument",
        "core-properties",
        "extended-properties",
        "custom-properties",
    }
)
UNWANTED: Final = {  # elements
    "legacyDrawing": Leak.COMMENT,
    "legacyDrawingHF": Leak.COMMENT,
    "externalReferences": Leak.EXTERNAL,
    "pivotCaches": Leak.PIVOT,
    "oleObjects": Leak.EMBEDDED,
    "controls": Leak.EMBEDDED,
    "customSheetViews": Leak.HIDDEN,
    "scenarios": Leak.HIDDEN,
    "customWorkbookViews": Leak.AUTHOR,
    "fileSharing": Leak.AUTHOR,
    "rPh": Leak.MARKUP,
}
AUTHORS: Final = frozenset({"creator", "lastModifiedBy", "Company", "Manager"})
RUNS_TOGETHER: Final = frozenset({"is", "si", "p", "text"})  # the pieces inside these are read as one text
PARAGRAPHS: Final = frozenset({"txBody", "rich"})
FORMULAS: Final = frozenset({"f", "formula", "formula1", "formula2", "definedName", "calculatedColumnFormula"})
PRINTED: Final = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
PLACES: Final = frozenset({"col", "colOff", "row", "rowOff"})  # in drawings; their text is a number

# attributes with numbers, switches, colours, references or a fixed word; all others may hold any text
_FORMAT_ATTRIBUTES = (
    "ContentType Extension Id PartName Target Type activeCell activePane activeTab algn allowBlank anchor anchorCtr "
    "ang applyAlignment applyBorder applyFill applyFont applyNumberFormat applyProtection autoFilterDateGrouping b "
    "baseColWidth bestFit blackAndWhite blurRad borderId bottom builtinId calcId cap cellComments cmpd codeName "
    "colOff collapsed copies count cstate customBuiltin customFormat customHeight customWidth cx cy defaultColWidth "
    "defaultPivotStyle defaultRowHeight defaultTableStyle dir dist draft dxfId dy editAs embed enableFormat errors "
    "eval evenFooter fLocksText fPublished fillId firstHeader firstPageNumber firstSheet fitToHeight fitToPage "
    "fitToWidth flip flipH flipV fmtid fontId footer formatCells formatColumns fullCalcOnLoad gridLines gridLinesSet "
    "h header headerRowCount headings hidden horizontal horizontalCentered horizontalDpi ht iconSet id idx imeMode "
    "indent indexed insetPen justifyLastLine l lang lastClr lat left link localSheetId locked lon man "
    "manualBreakCount max min minimized "
    "noChangeArrowheads noChangeAspect noGrp numFmtId numberStoredAsText objects operator orientation outlineLevel "
    "pageOrder pane paperSize path patternType percent pid pivot pivotButton pos priority prst quotePrefix r "
    "readingOrder ref relativeHeight rev rgb right rig rot rotWithShape rupBuild rtl s scale scaled scenarios script "
    "sheetId shrinkToFit showButton showColHeaders showColumnStripes showDropDown showErrorMessage showFirstColumn "
    "showFormulas showGridLines showHorizontalScroll showInputMessage showLastColumn showOutlineSymbols "
    "showRowColHeaders showRowStripes showSheetTabs showVerticalScroll showZeros simplePos sourceLinked space spans "
    "sqref standalone state stopIfTrue strike style summaryBelow summaryRight sx sy sz t tIns tabRatio tabSelected "
    "table textRotation thickBot thickTop tileRect tint top topLeftCell totalsRowCount totalsRowShown type typeface u "
    "uniqueCount uri useFirstPageNumber usePrinterDefaults val vert vertOverflow vertical verticalCentered "
    "verticalDpi visibility w width windowHeight windowWidth workbookViewId wrap wrapText x xSplit xWindow xfId xml y "
    "ySplit yWindow zeroHeight zoomScale zoomScaleNormal zoomScalePageLayoutView zoomScaleSheetLayoutView zoomToFit"
)
FORMAT: Final = frozenset(_FORMAT_ATTRIBUTES.split())

_CELLS = re.compile(r"(?<![^\W_])\$?[A-Z]{0,3}\$?\d{1,7}(?::\$?[A-Z]{0,3}\$?\d{1,7})?(?![^\W_])")
_PLAIN = re.compile(
    r"[-+]?[\d.]+(?:[eE][-+]?\d+)?|(?:[0-9A-Fa-f]{2}){3,4}|[A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?"
    r"|[A-Za-z]{1,3}|"
)
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[-+]\d{3}|\d{1,3}|[A-Za-z])')
_SHORT_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d|[A-Za-z])')


def unknown_part(name: str) -> Leak:
    """Return the leak for an unknown part."""
    lowered = name.lower()
    return next((leak for word, leak in _TELLING if word in lowered), Leak.UNKNOWN_PART)


@lru_cache(maxsize=8_192)  # most are the same in many files
def is_plain(value: str) -> bool:
    """True if the value of a `FORMAT` attribute is a number, a colour or a place, and so holds no words."""
    return _PLAIN.fullmatch(value) is not None


def without_cells(formula: str) -> str:
    """Remove the cell references from a formula or a link's target: `AB1234` could look like an employee id."""
    return _CELLS.sub(" ", formula)


def printed_texts(text: str) -> Iterator[str]:
    """Yield each reading of a print header or footer. Codes (`&8` a size, `&R` a side) touch the words directly."""
    yield text
    for codes in (_CODES, _SHORT_CODES):
        for between in (" ", ""):
            yield codes.sub(between, text).replace("&&", "&")
