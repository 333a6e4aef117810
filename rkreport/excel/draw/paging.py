"""Decides how a wide table is printed, so that its smallest letters can be read. Pure.

One page of A4 if the letters stay large enough, perhaps with narrower columns of text, which wrap; else one page of A3;
else as many pages beside each other as it takes, with the columns that name a row on each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rkreport.core.report.sheets import Column, Kind, Row, spread
from rkreport.excel.draw.layout import CELL_MARGIN, MARGIN, USUAL_COLUMN
from rkreport.excel.draw.widths import narrowest_header, usual_width
from rkreport.excel.look.brand import Brand
from rkreport.excel.look.styles import Role

SMALLEST: Final = 6.6
"""Points; columns of text become narrower where letters would be printed smaller."""

LEAST: Final = 5.5
"""Points; the least on one page, for a table whose columns cannot become narrower."""

SMALLEST_UPRIGHT: Final = 7.1
MOST_PAGES: Final = 8

_A4 = 297 / 25.4 - 2 * MARGIN  # inches, of landscape
_A3 = 420 / 25.4 - 2 * MARGIN
_CHARACTER = 7 / 96  # inches, of a digit in the house font and size
_HOUSE_SIZE = 10.0  # points
_NARROW, _NARROWEST = 24.0, 16.0  # characters of a column of text
_SMALL = 6.0  # points; letters become as small before columns of text become narrower than `_NARROW`
_JUDGED = 100  # rows that tell what is usual
_WRAPPING = frozenset({Kind.TEXT, Kind.NOTE, Kind.TREE, Kind.VALUE})


@dataclass(frozen=True, slots=True)
class Paper:
    """What a sheet is printed on: A4 or A3, and how many pages beside each other."""

    is_a3: bool = False
    pages_wide: int = 1


def paper_of(widths: Sequence[float], repeated: int, brand: Brand, *, is_upright: bool = False) -> Paper:
    """Return the paper for columns of these widths, in characters.

    Of several pages, every one has the first `repeated` columns.
    """
    least = SMALLEST_UPRIGHT if is_upright else LEAST
    taken = _taken(widths, brand)
    for is_a3, page in ((False, _A4), (True, _A3)):
        if sum(taken) <= _room(page, least, brand):
            return Paper(is_a3=is_a3)
    pages = _pages(taken, repeated, _room(_A3, SMALLEST_UPRIGHT if is_upright else SMALLEST, brand))
    return Paper(is_a3=True, pages_wide=pages if pages <= MOST_PAGES else 1)


def squeezed(
    columns: Sequence[Column], widths: Sequence[float], brand: Brand, sample: Sequence[Row] = ()
) -> list[float]:
    """Return the widths with columns of text narrower, the widest first, until all fit a page of A4.

    Text that no longer fits wraps: first the few of the `sample` that are longer than the others of their column. Where
    that is not enough for a page of A4, the widths stay. There may be more widths than columns; the further ones stay.
    """
    is_upright = any(column.is_upright for column in columns)
    room = _room(_A4, SMALLEST_UPRIGHT if is_upright else SMALLEST, brand)
    if sum(_taken(widths, brand)) <= room:
        return list(widths)
    floors = [*map(_floor, columns, widths), *widths[len(columns) :]]
    kept = [*map(max, floors, _usual(columns, sample)), *floors[len(columns) :]] if sample else widths
    narrow = _lowered(widths, kept, room, _NARROWEST, brand)
    narrow = _lowered(narrow, floors, room, _NARROW, brand)
    if is_upright or sum(_taken(narrow, brand)) > _room(_A4, _SMALL, brand):
        narrow = _lowered(narrow, floors, room, _NARROWEST, brand)
    fits = paper_of(narrow, 0, brand, is_upright=is_upright) == Paper()
    return list(narrow if fits else widths)


def _floor(column: Column, width: float) -> float:
    """Return how narrow a column may become."""
    if column.kind not in _WRAPPING:
        return width
    return max(narrowest_header(column), _NARROW if column.kind is Kind.TREE else _NARROWEST)


def _usual(columns: Sequence[Column], sample: Sequence[Row]) -> list[float]:
    """Return the usual widths of columns of text."""
    by_column = zip(*spread(sample, _JUDGED), strict=True)
    return [
        usual_width(column, values) if column.kind in _WRAPPING else 0.0
        for column, values in zip(columns, by_column, strict=True)
    ]


def _lowered(
    widths: Sequence[float], floors: Sequence[float], room: float, lowest: float, brand: Brand
) -> Sequence[float]:
    """Return the widths lowered to one level, as little as it takes, `lowest` at most, and none below its floor."""
    level, narrow = max(widths), widths
    room = (room - CELL_MARGIN * len(widths)) / brand.breadth
    while sum(narrow) > room and level > lowest:
        level = max(level - 1, lowest)
        narrow = [min(width, max(level, floor)) for width, floor in zip(widths, floors, strict=True)]
    return narrow


def _room(page: float, points: float, brand: Brand) -> float:
    """Return how many characters a page holds if its letters are printed at this size, never enlarged."""
    size = brand.paint(Role.BODY).size
    scale = min(1.0, points / size)
    return page / scale / (_CHARACTER * size / _HOUSE_SIZE)


def inches_of(widths: Sequence[float], columns: int, brand: Brand) -> list[float]:
    """Return the widths in inches, and of further columns up to so many the usual one."""
    character = _CHARACTER * brand.paint(Role.BODY).size / _HOUSE_SIZE
    taken = [*_taken(widths[:columns], brand), *[USUAL_COLUMN] * (columns - len(widths))]
    return [width * character for width in taken]


def _taken(widths: Sequence[float], brand: Brand) -> list[float]:
    breadth = brand.breadth
    return [width * breadth + CELL_MARGIN for width in widths]


def _pages(taken: Sequence[float], repeated: int, room: float) -> int:
    named = sum(taken[:repeated])
    pages, used = 1, named
    for width in taken[repeated:]:
        if used + width > room and used > named:
            pages, used = pages + 1, named
        used += width
    return pages
