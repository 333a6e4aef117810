"""Draws what surrounds every worksheet's content: title block with logo, back link, and printed area."""

from collections.abc import Sequence
from itertools import accumulate, chain, repeat

from openpyxl.utils import get_column_letter

from rkreport.core.report.sheets import Heading, Link
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.layout import CELL_MARGIN, USUAL_COLUMN
from rkreport.excel.draw.logo import last_column, place_logo
from rkreport.excel.draw.widths import HIGHEST_ROW
from rkreport.excel.look.brand import Brand, Paint
from rkreport.excel.look.placeholders import fill_title, title_values
from rkreport.excel.look.styles import BANNER, SUBTITLE, TITLE, Role
from rkreport.excel.look.text_metrics import text_width
from rkreport.excel.text import single_line

TITLE_CHARACTERS = 96  # width of the printed title block beside a narrow table
_TITLE_HEIGHT = 24.0
_BANNER_HEIGHT = 22.0
_BANNER_AIR = 3.0  # characters, with the indent


def draw_heading(canvas: Canvas, heading: Heading, columns: int, back: Link | None, first: int = 1) -> None:
    """Draw rows 1 to 5 with a banner over `columns` columns. The first sheet has no back link and no name.

    The words begin in column `first`: in columns that every page repeats, those beside the first would cut them.
    """
    brand = canvas.brand
    values = title_values(heading)
    title, *lines = (fill_title(text, values) for text in brand.title_block)
    texts = [(title if back is None else f"{title} · {canvas.name}", TITLE), *((line, SUBTITLE) for line in lines)]
    for row, (text, look) in enumerate(texts, 1):
        canvas.text(row, first, text, look)
    canvas.heights[1] = _TITLE_HEIGHT
    if heading.banner:
        banner = single_line(heading.banner)
        canvas.text(4, first, banner, BANNER)
        canvas.banner_end = _last_reached(canvas.widths, first, text_width(banner, bold=True) + _BANNER_AIR)
        for column in range(first + 1, max(columns, canvas.banner_end) + 1):
            canvas.blank(4, column, BANNER)
        canvas.heights[4] = _BANNER_HEIGHT
    if back is not None:
        canvas.link(5, 1, back)
    if brand.logo is not None:
        before = sum(_file_widths(canvas)[: first - 1])
        text_end = before + max(_width(text, brand.paint(look.role), brand) for text, look in texts)
        alt_text = single_line(values["company"]) or "Logo"
        canvas.logo = place_logo(brand.logo, brand, _file_widths(canvas), text_end=text_end, alt_text=alt_text)


def set_printed(canvas: Canvas, *, columns: int, rows: int, header_rows: tuple[int, int] | None) -> None:
    """Set the printed area and the rows, from first to last, that every page repeats."""
    if canvas.logo is not None:
        columns = max(columns, last_column(canvas.logo, canvas.brand, _file_widths(canvas)))
    columns = max(columns, canvas.banner_end)
    canvas.printed = f"A1:{get_column_letter(columns)}{rows}"
    canvas.header_rows = header_rows


def printed_columns(widths: Sequence[float], default: float = USUAL_COLUMN) -> int:
    """Return how many columns to print so that a narrow table does not cut off the title block."""
    total, columns = sum(widths), len(widths)
    while total < TITLE_CHARACTERS:
        total += default
        columns += 1
    return columns


def _last_reached(widths: Sequence[float], first: int, needed: float) -> int:
    """Return the last column under words of this width that begin in column `first`."""
    ends = accumulate(chain(widths[first - 1 :], repeat(USUAL_COLUMN)))
    return next(column for column, end in enumerate(ends, first) if end >= needed)


def fit_to_brand(canvas: Canvas) -> None:
    """Scale widths and heights, which are measured for the house font and size, to the brand's."""
    brand = canvas.brand
    breadth = brand.breadth
    if breadth > 1:
        canvas.widths = [width * breadth for width in canvas.widths]
    if brand.scale > 1:
        canvas.heights = {row: min(height * brand.scale, HIGHEST_ROW) for row, height in canvas.heights.items()}


def _file_widths(canvas: Canvas) -> list[float]:
    """Return the column widths for the file."""
    breadth = canvas.brand.breadth
    return [width * breadth + CELL_MARGIN for width in canvas.widths]


def _width(text: str, paint: Paint, brand: Brand) -> float:
    """Return the width of a title block's text, in characters of a column."""
    return text_width(text, bold=paint.bold) * brand.breadth * paint.size / brand.paint(Role.BODY).size
