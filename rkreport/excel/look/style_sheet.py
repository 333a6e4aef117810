"""The style sheet of a workbook: each format once, under its number, as openpyxl's records. Knows no sheet."""

from copy import copy
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.styles.table import TableStyle, TableStyleElement
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.xml.functions import tostring

from rkreport.core.report.sheets import Kind
from rkreport.excel.look.brand import Brand
from rkreport.excel.look.styles import (
    INPUT,
    INPUT_EDGES,
    INPUTS,
    LOCALES,
    NUMERIC,
    TABLE_STYLE,
    CellFormat,
    Role,
    alignment,
    font_of,
    percent_format,
    points_format,
    with_gap,
)

# The attributes in which openpyxl keeps a workbook's styles; a new format goes into the first ones.
_PARTS = ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles")
_OTHERS = ("_named_styles", "_differential_styles", "_table_styles")


class Styles:
    """The formats of one workbook by number; each is registered once and shared by all its cells."""

    def __init__(self, language: str, brand: Brand) -> None:
        """Start with the brand's font as the default, and the table style."""
        self.brand = brand
        self._workbook = workbook = Workbook()  # openpyxl keeps formats only in a workbook
        self._locale = LOCALES[language]
        self._numbers: dict[tuple[CellFormat, bool], int] = {}
        self._is_shared = False
        self._xml: bytes | None = None
        plain = _font(replace(brand.shown(CellFormat()), bold=False, italic=False, underline=False, color="000000"))
        workbook._fonts = IndexedList([plain])  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
        workbook._named_styles["Normal"].font = plain  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        _add_table_style(workbook, brand.stripe)

    def copied(self) -> "Styles":
        """Copy the formats with their numbers; later additions to one do not affect the other."""
        copied = copy(self)
        copied._is_shared = True  # noqa: SLF001 - its own kind
        return copied

    def xml(self) -> bytes:
        """Return the file's part with the styles; it is cached until a format is added."""
        if self._xml is None:
            self._xml = bytes(tostring(write_stylesheet(self._workbook)))
        return self._xml

    def workbook(self) -> Workbook:
        """Return an openpyxl workbook without sheets that has these formats under their numbers."""
        made = Workbook()
        made.remove(made.worksheets[0])
        for name in _OTHERS:
            setattr(made, name, getattr(self._workbook, name))
        for name in _PARTS:
            setattr(made, name, IndexedList(getattr(self._workbook, name)))
        return made

    def number(self, look: CellFormat, *, quoted: bool = False) -> int:
        """Return the number of a format; `quoted` marks text that must stay text when a reader edits it."""
        key = look, quoted
        number = self._numbers.get(key)
        if number is None:
            self._take_own_workbook()
            number = self._numbers[key] = self._register(look, quoted=quoted)
        return number

    def _take_own_workbook(self) -> None:
        """Detach a copy from its original before the first addition; until then they share a workbook."""
        self._xml = None
        if self._is_shared:
            self._workbook = self.workbook()
            self._numbers = dict(self._numbers)
            self._is_shared = False

    def of_kind(self, kind: Kind, look: CellFormat) -> CellFormat:
        """Add to a format what the kind of a column needs: number format, alignment, tint of an input."""
        number_format = {
            Kind.TEXT: "@",
            Kind.TREE: "@",
            Kind.VALUE: "@",
            Kind.INTEGER: "#,##0",
            Kind.DECIMAL: "#,##0.0#",
            Kind.PERCENT: percent_format(1),
            Kind.POINTS: points_format(1),
            Kind.DATE: f"{self._locale}dd mmm yyyy",
            Kind.MARKED_DATE: f"{self._locale}dd mmm yyyy",
            Kind.DATETIME: f"{self._locale}dd mmm yyyy hh:mm",
            Kind.INPUT_CHOICE: "@",
            Kind.INPUT_DATE: f"{self._locale}dd mmm yyyy",
            Kind.INPUT_TEXT: "@",
        }.get(kind, "General")
        if look.gap and kind in NUMERIC:
            number_format = with_gap(number_format)
        look = replace(look, number_format=number_format, horizontal=look.horizontal or alignment(kind))
        if kind in INPUTS:
            wraps = kind is Kind.INPUT_TEXT or (look.wrap and kind is Kind.INPUT_CHOICE)
            return replace(look, role=Role.INPUT, fill=INPUT, edges=INPUT_EDGES, wrap=wraps)
        return replace(look, wrap=True, indent=1) if kind is Kind.NOTE else look  # else a note touches the edge

    def _register(self, look: CellFormat, *, quoted: bool) -> int:
        look = self.brand.shown(look)
        nowhere: Any = SimpleNamespace(parent=self._workbook)  # all that a cell without a sheet needs
        scratch = SheetCell(nowhere, 1, 1)
        scratch.font = _font(look)
        scratch.alignment = Alignment(
            horizontal=look.horizontal,
            vertical=look.vertical,
            wrap_text=look.wrap or None,
            shrink_to_fit=look.shrink or None,
            indent=look.indent,
            text_rotation=90 if look.is_upright else 0,
        )
        scratch.number_format = look.number_format
        if look.fill:
            scratch.fill = PatternFill("solid", fgColor="FF" + look.fill)
        if look.edges:
            sides = {edge.side: Side(edge.weight, "FF" + edge.color) for edge in look.edges}
            scratch.border = Border(
                left=sides.get("left"), right=sides.get("right"), top=sides.get("top"), bottom=sides.get("bottom")
            )
        scratch.quotePrefix = quoted
        hidden: Any = self._workbook  # openpyxl hides the list of styles and a cell's place in it
        number: int = hidden._cell_styles.add(scratch._style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        return number


def _font(look: CellFormat) -> Font:
    return font_of(look.font, look.size, bold=look.bold, italic=look.italic, underline=look.underline, color=look.color)


def _add_table_style(workbook: Workbook, color: str) -> None:
    """Add stripes only: cells themselves have header and lines, as some programs lack table styles."""
    stripe = DifferentialStyle(fill=PatternFill("solid", bgColor="FF" + color))
    number = workbook._differential_styles.add(stripe)  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    element = TableStyleElement(type="secondRowStripe", dxfId=number)
    style = TableStyle(name=TABLE_STYLE, pivot=False, table=True, count=1, tableStyleElement=[element])
    workbook._table_styles.tableStyle.append(style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
