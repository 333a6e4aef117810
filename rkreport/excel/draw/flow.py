"""Foresees where pages end on paper. Pure; draws nothing.

Excel ignores page breaks of one's own on a sheet that is fitted to a page's width, so what belongs together is kept
together by empty rows. A sheet with a scale of its own has breaks instead, which every program keeps.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rkreport.excel.draw.layout import ROW_HEIGHT, Layout, paper_room

_BREADTHS = 1.0, 1.06  # of columns: Excel rounds the width of a digit down to pixels, LibreOffice does not
_PRUDENT = 1.08  # breadth at which no program prints a column on a page of its own
_ROUNDED = 0.98  # of a page: programs round the heights of rows to pixels
_PERCENT = 100
_POINTS = 72  # of an inch
_MOST_ROWS = 99
_NOTABLY = 1.2  # times larger letters are worth a page that lies
_SHRUNK = 0.15  # of the height of pages, by which rows may shrink to save a last one


class Flow:
    """Rows that follow each other over pages, as each of several programs prints them; without pages nothing is known.

    Heights are in points of the house font. `is_exact` says that pages end where the sheet says, in every program.
    """

    def __init__(self, pages: Sequence[float] = (), *, is_exact: bool = False) -> None:
        """Begin at the top of pages of these heights."""
        self.is_exact = is_exact
        self.whole = list(pages)
        self._left = list(pages)
        self._turned = [0 for _ in pages]

    @classmethod
    def of(cls, layout: Layout, widths: Sequence[float]) -> "Flow":
        """Begin a sheet whose printed columns, widths in inches, are fitted to one page's width or have a scale."""
        across, down = paper_room(layout)
        page = down * _POINTS * _PERCENT / (layout.row_height / ROW_HEIGHT)
        if layout.scale:
            return cls([page * _ROUNDED / layout.scale], is_exact=True)
        return cls([page / percent for percent in _percents(across, widths)])

    def pages(self, height: float) -> tuple[int, ...]:
        """Return the page, from 0, on which each program would print a row of this height."""
        return tuple(turned + (height > left) for turned, left in zip(self._turned, self._left, strict=True))

    def _state(self) -> Iterator[tuple[int, float, float]]:
        return zip(self._turned, self.whole, self._left, strict=True)

    def fits(self, height: float) -> bool:
        """True if so much stays on one page in every program; so does what no page holds."""
        return all(height <= left or height > whole for left, whole in zip(self._left, self.whole, strict=True))

    def take(self, height: float) -> None:
        """Put a row of this height on the page, or on the next where it does not fit."""
        self._turned = list(self.pages(height))
        self._left = [
            (whole if height > left else left) - height for left, whole in zip(self._left, self.whole, strict=True)
        ]

    def turn(self) -> None:
        """Begin the next page."""
        self._turned = [turned + 1 for turned in self._turned]
        self._left = list(self.whole)

    def saved(self, header: float) -> int:
        """Return how many pages are enough if rows shrink a little, by which a last page is saved; else 0."""
        last = max(self._turned)
        used = [(whole - left - header, whole) for at, whole, left in self._state() if at == last]
        return last if all(rows <= _SHRUNK * last * whole for rows, whole in used) else 0

    def gap_before(self, height: float) -> int:
        """Return how many empty rows stand before what needs this height on one page; take them."""
        rows = 0
        while not rows or (not self.fits(height) and rows < _MOST_ROWS):
            self.take(ROW_HEIGHT)
            rows += 1
        return rows


def pages_tall(
    layout: Layout, widths: Sequence[float], rows: Sequence[float], *, foot: float, header: float, least: float
) -> int:
    """Return on how many pages rows of these heights and their foot stand if one with little on it is to be saved.

    0 where the last page is well filled, or where the scale would come below `least` percent. Every further page begins
    with the header; a foot is never parted.
    """
    if min(_percents(paper_room(layout)[0], widths)) < least * (1 + _SHRUNK):
        return 0
    flow = Flow.of(layout, widths)
    for height in (*rows, foot):
        flow.take(height if flow.fits(height) else height + header)
    return flow.saved(header)


def _percents(across: float, widths: Sequence[float]) -> list[int]:
    return [min(_PERCENT, math.floor(_PERCENT * across / sum(widths) / breadth)) for breadth in _BREADTHS]


def scaled(layout: Layout, widths: Sequence[float]) -> Layout:
    """Return the layout with a scale at which columns, widths in inches, stand on one page's width in every program."""
    across, _ = paper_room(layout)
    return replace(layout, scale=min(_PERCENT, math.floor(_PERCENT * across / sum(widths) / _PRUDENT)))


def is_larger_upright(layout: Layout, widths: Sequence[float], heights: Sequence[float]) -> bool:
    """Whether a sheet on one page is printed about as large on a page that stands as on one that lies, or larger."""
    across, down = sum(widths), sum(heights) * (layout.row_height / ROW_HEIGHT) / _POINTS

    def size(*, is_portrait: bool) -> float:
        room = paper_room(replace(layout, is_portrait=is_portrait))
        return min(1.0, room[0] / across, room[1] / down)

    return size(is_portrait=True) * _NOTABLY >= size(is_portrait=False)
