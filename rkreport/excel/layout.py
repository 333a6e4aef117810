"""How a worksheet is seen and printed: on A4, one page wide, frozen below its header. Knows nothing of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from rkreport.core.report.sheets import Heading
from rkreport.excel.styles import NAVY
from rkreport.excel.text import fit_units, single_line

_MARGIN = 0.4  # inches
_SHEET_NAME = "&A"  # in a footer
_FOOTER_UNITS = 180  # of Excel's 255 for the whole footer, doubled ampersands included
_CENTIMETRE = 1 / 2.54
CELL_MARGIN = 0.71  # characters that Excel adds to a width


@dataclass(frozen=True, slots=True)
class Layout:
    """How a worksheet is seen and printed: on A4, one page wide, with a footer that ends in page n of m.

    `is_first` is the sheet that shows; `freeze` the first cell that scrolls. `is_one_page`: all on one upright page.
    """

    is_first: bool
    freeze: str | None = None
    zoom: int = 100
    footer: str = ""
    page_of: str = ""
    is_one_page: bool = False


def layout_of(heading: Heading, *, is_first: bool, freeze: str | None = None, zoom: int = 100) -> Layout:
    """The layout of a sheet with this title block."""
    footer = f"{_SHEET_NAME} · {footer_text(heading.footer)}"
    return Layout(is_first, freeze, zoom, footer, footer_text(heading.page_of).format(page="&P", pages="&N"))


@lru_cache(maxsize=256)
def layout_xml(layout: Layout) -> tuple[bytes, bytes, bytes]:
    """What openpyxl writes for a layout: before the area in use, between that and the columns, and below the cells."""
    sheet: Any = Workbook().worksheets[0]
    apply_layout(sheet, layout)
    return (
        _xml(sheet.sheet_properties),
        _xml(sheet.views, sheet.sheet_format),
        _xml(sheet.print_options, sheet.page_margins, sheet.page_setup, sheet.HeaderFooter),
    )


def apply_layout(sheet: Any, layout: Layout) -> None:  # noqa: ANN401 - the stubs have much of a worksheet as perhaps None
    """Give a worksheet of openpyxl's the layout."""
    if layout.is_first:
        sheet.sheet_properties.tabColor = NAVY
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    view = sheet.sheet_view
    view.showGridLines = False
    view.zoomScale = view.zoomScaleNormal = layout.zoom
    view.tabSelected = layout.is_first
    sheet.freeze_panes = layout.freeze
    sheet.page_setup.orientation = "portrait" if layout.is_one_page else "landscape"
    sheet.page_setup.paperSize = int(Worksheet.PAPERSIZE_A4)
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = int(layout.is_one_page)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = _MARGIN
    margins.header = margins.footer = 0.3
    margins.bottom = 1.8 * _CENTIMETRE
    sheet.print_options.horizontalCentered = False
    footer = sheet.oddFooter
    footer.left.text, footer.right.text = layout.footer, layout.page_of
    footer.left.size = footer.right.size = 8


def columns_xml(widths: Sequence[float]) -> bytes:
    """Column widths in characters, from column A on."""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{round(width + CELL_MARGIN, 2)}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>".encode()


def footer_text(text: str) -> str:
    """Text in which Excel finds no code: `&` doubled, one line, short enough for a footer."""
    return fit_units(single_line(text), _FOOTER_UNITS // 2).replace("&", "&&")


def _xml(*parts: Any) -> bytes:  # noqa: ANN401 - parts of openpyxl's worksheet, some of them without stubs
    return b"".join(bytes(tostring(part.to_tree())) for part in parts if part)
