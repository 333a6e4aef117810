"""How a worksheet is shown and printed: on A4 or A3, frozen below its header. Must not know its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from rkreport.core.report.sheets import Heading
from rkreport.excel.look.brand import Brand, PrintLine
from rkreport.excel.look.placeholders import fill_print

MARGIN = 0.4  # inches
_MARGIN_BELOW_HEADER = 0.75
_MARGIN_ABOVE_FOOTER = 1.8 / 2.54
_A4, _A3_LONG = (210 / 25.4, 297 / 25.4), 420 / 25.4
USUAL_COLUMN = 9.14  # characters of a column without a width of its own
CELL_MARGIN = 0.71  # characters, added by Excel to a width
ROW_HEIGHT = 15.0  # points of a row of one line, in the house font


@dataclass(frozen=True, slots=True)
class Layout:
    """How a worksheet is shown and printed, with the brand's print header and footer.

    `is_first` marks the sheet shown on opening; `freeze` is the first cell that scrolls. `tab` is the colour of the
    first sheet's tab. `row_height` is in points, for rows without one. `is_portrait` turns the page
    upright; `is_a3` takes paper of twice the size. `pages_wide` is how many pages lie beside each other, `pages_tall`
    how many below each other at most, 0 for any number. `scale`, in percent, stands in for both: only with a scale of
    its own has a sheet page breaks of its own. `folds` is how deep rows fold below the row above them.
    """

    is_first: bool
    freeze: str | None
    zoom: int
    tab: str
    header: PrintLine
    footer: PrintLine
    row_height: float
    is_portrait: bool = False
    is_a3: bool = False
    pages_wide: int = 1
    pages_tall: int = 0
    scale: int = 0
    folds: int = 0


def layout_of(heading: Heading, brand: Brand, *, is_first: bool, freeze: str | None = None, zoom: int = 100) -> Layout:
    """Return the layout of a sheet with this title block."""
    return Layout(
        is_first=is_first,
        freeze=freeze,
        zoom=zoom,
        tab=brand.tab,
        header=fill_print(brand.print_header, heading),
        footer=fill_print(brand.print_footer, heading),
        row_height=row_height(brand),
    )


def row_height(brand: Brand) -> float:
    """Return the height of a row of one line, in points."""
    return ROW_HEIGHT * brand.scale


def paper_room(layout: Layout) -> tuple[float, float]:
    """Return the width and height between a page's margins, in inches."""
    short, long = (_A4[1], _A3_LONG) if layout.is_a3 else _A4
    across, down = (short, long) if layout.is_portrait else (long, short)
    return across - 2 * MARGIN, down - (_MARGIN_BELOW_HEADER if layout.header else MARGIN) - _MARGIN_ABOVE_FOOTER


@lru_cache(maxsize=256)
def layout_xml(layout: Layout) -> tuple[bytes, bytes, bytes]:
    """Return openpyxl's XML of a layout: before the used area, between it and the columns, and after the cells."""
    sheet: Any = Workbook().worksheets[0]
    apply_layout(sheet, layout)
    return (
        _xml(sheet.sheet_properties),
        _xml(sheet.views, sheet.sheet_format),
        _xml(sheet.print_options, sheet.page_margins, sheet.page_setup, sheet.HeaderFooter),
    )


def apply_layout(sheet: Any, layout: Layout) -> None:  # noqa: ANN401 - the stubs make much of a worksheet Optional
    """Apply the layout to a worksheet of openpyxl."""
    if layout.is_first:
        sheet.sheet_properties.tabColor = layout.tab
    sheet.sheet_properties.pageSetUpPr.fitToPage = not layout.scale
    if layout.folds:
        sheet.sheet_properties.outlinePr.summaryBelow = False
        sheet.sheet_format.outlineLevelRow = layout.folds
    view = sheet.sheet_view
    view.showGridLines = False
    view.zoomScale = view.zoomScaleNormal = layout.zoom
    view.tabSelected = layout.is_first
    sheet.freeze_panes = layout.freeze
    sheet.sheet_format.defaultRowHeight = layout.row_height
    sheet.page_setup.orientation = "portrait" if layout.is_portrait else "landscape"
    sheet.page_setup.paperSize = int(Worksheet.PAPERSIZE_A3 if layout.is_a3 else Worksheet.PAPERSIZE_A4)
    sheet.page_setup.fitToWidth = layout.pages_wide
    if layout.pages_wide > 1:
        sheet.page_setup.pageOrder = "overThenDown"  # keeps the pages of the same rows together
    sheet.page_setup.fitToHeight = layout.pages_tall
    if layout.scale:
        sheet.page_setup.scale = layout.scale
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = MARGIN
    margins.header = margins.footer = 0.3
    margins.bottom = _MARGIN_ABOVE_FOOTER
    sheet.print_options.horizontalCentered = False
    _set_print_line(sheet.oddFooter, layout.footer)
    if layout.header:
        margins.top = _MARGIN_BELOW_HEADER
        _set_print_line(sheet.oddHeader, layout.header)


def columns_xml(widths: Sequence[float]) -> bytes:
    """Return the XML of column widths in characters, from column A on."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{round(width + CELL_MARGIN, 2)}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>".encode()


def _set_print_line(item: Any, line: PrintLine) -> None:  # noqa: ANN401 - Optional in the stubs
    for part, text in ((item.left, line.left), (item.center, line.center), (item.right, line.right)):
        if text:
            part.text = text


def _xml(*parts: Any) -> bytes:  # noqa: ANN401 - parts of openpyxl's worksheet, some of them without stubs
    return b"".join(bytes(tostring(part.to_tree())) for part in parts if part)
