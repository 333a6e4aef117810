"""The style sheet of a workbook: every look once, under its number, as openpyxl's style records. Knows no sheet."""

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
    with_gap,
)

# What openpyxl keeps a workbook's styles in; a new look goes into the first ones.
_PARTS = ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles")
_OTHERS = ("_named_styles", "_differential_styles", "_table_styles")


class Styles:
    """The looks of one workbook by number; every look is registered once and shared by all its cells."""

    def __init__(self, language: str, brand: Brand) -> None:
        """Begin with the brand's font as the default, and the table style."""
        self.brand = brand
        self._workbook = workbook = Workbook()  # openpyxl keeps looks in nothing less
        self._locale = LOCALES[language]
        self._numbers: dict[tuple[CellFormat, bool], int] = {}
        self._is_shared = False
        self._xml: bytes | None = None
        plain = _font(replace(brand.shown(CellFormat()), bold=False, italic=False, underline=False, color="000000"))
        workbook._fonts = IndexedList([plain])  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
        workbook._named_styles["Normal"].font = plain  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        _add_table_style(workbook, brand.stripe)

    def copied(self) -> "Styles":
        """The same looks under the same numbers; neither notices what the other adds."""
        copied = copy(self)
        copied._is_shared = True  # noqa: SLF001 - its own kind
        return copied

    def xml(self) -> bytes:
        """Their part of a file; made once, as long as nothing is added."""
        if self._xml is None:
            self._xml = bytes(tostring(write_stylesheet(self._workbook)))
        return self._xml

    def workbook(self) -> Workbook:
        """A workbook of openpyxl's without sheets that has these looks under their numbers."""
        made = Workbook()
        made.remove(made.worksheets[0])
        for name in _OTHERS:
            setattr(made, name, getattr(self._workbook, name))
        for name in _PARTS:
            setattr(made, name, IndexedList(getattr(self._workbook, name)))
        return made

    def number(self, look: CellFormat, *, quoted: bool = False) -> int:
        """The number of a look; `quoted` marks text that must stay text when somebody edits it."""
        key = look, quoted
        if key not in self._numbers:
            self._take_own_workbook()
            self._numbers[key] = self._register(look, quoted=quoted)
        return self._numbers[key]

    def _take_own_workbook(self) -> None:
        """Before something is added: until then a copy shares what it was copied from."""
        self._xml = None
        if self._is_shared:
            self._workbook = self.workbook()
            self._numbers = dict(self._numbers)
            self._is_shared = False

    def of_kind(self, kind: Kind, look: CellFormat) -> CellFormat:
        """The look with what the kind of a column adds: number format, alignment, tint of an input."""
        number_format = {
            Kind.TEXT: "@",
            Kind.INTEGER: "#,##0",
            Kind.DECIMAL: "#,##0.0#",
            Kind.PERCENT: percent_format(1),
            Kind.POINTS: "+0.0;-0.0;0.0",
            Kind.DATE: f"{self._locale}dd mmm yyyy",
            Kind.DATETIME: f"{self._locale}dd mmm yyyy hh:mm",
            Kind.INPUT_CHOICE: "@",
            Kind.INPUT_DATE: f"{self._locale}dd mmm yyyy",
            Kind.INPUT_TEXT: "@",
        }.get(kind, "General")
        if look.gap and kind in NUMERIC:
            number_format = with_gap(number_format)
        look = replace(look, number_format=number_format, horizontal=look.horizontal or alignment(kind))
        if kind in INPUTS:
            return replace(look, role=Role.INPUT, fill=INPUT, edges=INPUT_EDGES, wrap=kind is Kind.INPUT_TEXT)
        return replace(look, wrap=True, indent=1) if kind is Kind.NOTE else look  # a note fills its column to the edge

    def _register(self, look: CellFormat, *, quoted: bool) -> int:
        look = self.brand.shown(look)
        nowhere: Any = SimpleNamespace(parent=self._workbook)  # all that a cell without a sheet needs to know
        scratch = SheetCell(nowhere, 1, 1)
        scratch.font = _font(look)
        scratch.alignment = Alignment(
            horizontal=look.horizontal,
            vertical=look.vertical,
            wrap_text=look.wrap or None,
            shrink_to_fit=look.shrink or None,
            indent=look.indent,
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
        hidden: Any = self._workbook  # openpyxl hides the list of styles, and a cell's place in it
        number: int = hidden._cell_styles.add(scratch._style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        return number


def _font(look: CellFormat) -> Font:
    return font_of(look.font, look.size, bold=look.bold, italic=look.italic, underline=look.underline, color=look.color)


def _add_table_style(workbook: Workbook, color: str) -> None:
    """Only stripes: header and lines are drawn on the cells, so that programs without table styles show them too."""
    stripe = DifferentialStyle(fill=PatternFill("solid", bgColor="FF" + color))
    number = workbook._differential_styles.add(stripe)  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    element = TableStyleElement(type="secondRowStripe", dxfId=number)
    style = TableStyle(name=TABLE_STYLE, pivot=False, table=True, count=1, tableStyleElement=[element])
    workbook._table_styles.tableStyle.append(style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
