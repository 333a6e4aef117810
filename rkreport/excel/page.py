"""What every worksheet has around its content: title block, way back, view and print set-up."""

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.report.sheets import Heading, Link
from rkreport.excel.cells import Canvas
from rkreport.excel.styles import BANNER, SUBTITLE, TITLE
from rkreport.excel.text import fit_units, single_line

TITLE_CHARACTERS = 96  # room that the printed title block needs beside a narrow table
_TITLE_HEIGHT = 24.0
_BANNER_HEIGHT = 22.0
_MARGIN = 0.4  # inches
_SHEET_NAME = "&A"  # in a footer
_FOOTER_UNITS = 180  # of Excel's 255 for the whole footer, doubled ampersands included
_CENTIMETRE = 1 / 2.54


def draw_heading(canvas: Canvas, heading: Heading, columns: int, back: Link | None) -> None:
    """Rows 1 to 5; the banner reaches over `columns` columns. `back` is None on the first sheet, which is not named."""
    sheet = canvas.sheet
    title = heading.title if back is None else f"{heading.title} · {sheet.title}"
    canvas.text(1, 1, single_line(title), TITLE)
    sheet.row_dimensions[1].height = _TITLE_HEIGHT
    for row, line in enumerate(heading.lines, 2):
        canvas.text(row, 1, single_line(line), SUBTITLE)
    if heading.banner:
        canvas.text(4, 1, single_line(heading.banner), BANNER)
        for column in range(2, columns + 1):
            canvas.blank(4, column, BANNER)
        sheet.row_dimensions[4].height = _BANNER_HEIGHT
    if back is not None:
        canvas.link(5, 1, back)


def set_widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Column widths in characters, from column A on."""
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = round(width + 0.71, 2)  # Excel's cell margin


def set_view(sheet: Worksheet, *, is_first: bool, freeze: str | None = None, zoom: int = 100) -> None:
    """No grid lines, A1 selected; the first sheet is the one that shows."""
    view = sheet.sheet_view
    view.showGridLines = False
    view.zoomScale = zoom
    view.zoomScaleNormal = zoom
    view.tabSelected = is_first
    sheet.freeze_panes = freeze


def set_print(sheet: Worksheet, heading: Heading, *, columns: int, rows: int, header_row: int | None) -> None:
    """A4 landscape, one page wide, the table's header on every page, footer with page n of m."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = int(Worksheet.PAPERSIZE_A4)
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = _MARGIN
    margins.header = margins.footer = 0.3
    margins.bottom = 1.8 * _CENTIMETRE
    sheet.print_options.horizontalCentered = False
    sheet.print_area = f"A1:{get_column_letter(columns)}{rows}"
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    footer: Any = sheet.oddFooter  # the stubs have it as perhaps None
    footer.left.text = f"{_SHEET_NAME} · {footer_text(heading.footer)}"
    footer.right.text = footer_text(heading.page_of).format(page="&P", pages="&N")
    footer.left.size = footer.right.size = 8


def set_one_portrait_page(sheet: Worksheet) -> None:
    """All on one upright page: for a summary, which is taller than wide."""
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToHeight = 1


def printed_columns(widths: Sequence[float], default: float = 9.14) -> int:
    """How many columns to print, so that the title block is not cut off beside a narrow table."""
    total, columns = sum(widths), len(widths)
    while total < TITLE_CHARACTERS:
        total += default
        columns += 1
    return columns


def footer_text(text: str) -> str:
    """Text in which Excel finds no code: `&` doubled, one line, short enough for a footer."""
    return fit_units(single_line(text), _FOOTER_UNITS // 2).replace("&", "&&")
