"""Decides over how many pages a wide table is printed, so that its smallest letters can be read. Pure.

One page if the letters stay large enough; else as many as it takes, with the columns that name a row on each of them.
"""

from collections.abc import Sequence
from typing import Final

from rkreport.excel.draw.layout import CELL_MARGIN, MARGIN
from rkreport.excel.look.brand import Brand
from rkreport.excel.look.styles import Role

SMALLEST: Final = 6.6
"""Points; letters are printed no smaller, unless the table is too wide for `MOST_PAGES`."""

SMALLEST_UPRIGHT: Final = 7.1
MOST_PAGES: Final = 8

_PAGE = 297 / 25.4 - 2 * MARGIN  # inches, of A4 landscape
_CHARACTER = 7 / 96  # inches, of a digit in the house font and size
_HOUSE_SIZE = 10.0  # points


def pages_wide(widths: Sequence[float], repeated: int, brand: Brand, smallest: float = SMALLEST) -> int:
    """Return over how many pages columns of these widths, in characters, are printed.

    Every page has the first `repeated` columns.
    """
    size = brand.paint(Role.BODY).size
    scale = min(1.0, smallest / size)
    room = _PAGE / scale
    character = _CHARACTER * size / _HOUSE_SIZE
    inches = [(width * brand.breadth + CELL_MARGIN) * character for width in widths]
    named = sum(inches[:repeated])
    pages, used = 1, named
    for width in inches[repeated:]:
        if used + width > room and used > named:
            pages, used = pages + 1, named
        used += width
    return pages if pages <= MOST_PAGES else 1
