"""What every worksheet has around its content: title block, way back, and what of it is printed."""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.report.sheets import Heading, Link
from rkreport.excel.cells import Canvas
from rkreport.excel.styles import BANNER, SUBTITLE, TITLE
from rkreport.excel.text import single_line

TITLE_CHARACTERS = 96  # room that the printed title block needs beside a narrow table
_TITLE_HEIGHT = 24.0
_BANNER_HEIGHT = 22.0


def draw_heading(canvas: Canvas, heading: Heading, columns: int, back: Link | None) -> None:
    """Rows 1 to 5; the banner reaches over `columns` columns. `back` is None on the first sheet, which is not named."""
    sheet = canvas.sheet
    title = heading.title if back is None else f"{heading.title} · {sheet.title}"
    canvas.text(1, 1, single_line(title), TITLE)
    canvas.heights[1] = _TITLE_HEIGHT
    for row, line in enumerate(heading.lines, 2):
        canvas.text(row, 1, single_line(line), SUBTITLE)
    if heading.banner:
        canvas.text(4, 1, single_line(heading.banner), BANNER)
        for column in range(2, columns + 1):
            canvas.blank(4, column, BANNER)
        canvas.heights[4] = _BANNER_HEIGHT
    if back is not None:
        canvas.link(5, 1, back)


def set_printed(sheet: Worksheet, *, columns: int, rows: int, header_row: int | None) -> None:
    """What is printed, and the row that is repeated on every page."""
    sheet.print_area = f"A1:{get_column_letter(columns)}{rows}"
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"


def printed_columns(widths: Sequence[float], default: float = 9.14) -> int:
    """How many columns to print, so that the title block is not cut off beside a narrow table."""
    total, columns = sum(widths), len(widths)
    while total < TITLE_CHARACTERS:
        total += default
        columns += 1
    return columns
