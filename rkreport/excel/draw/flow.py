"""Foresees where pages end on paper. Pure; draws nothing.

Excel ignores page breaks of one's own on a sheet that is fitted to a page's width, so what belongs together is kept
together by empty rows. A sheet with a scale of its own has breaks instead, which every program keeps.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from rkreport.excel.draw.layout import ROW_HEIGHT, Layout, paper_room

_BREADTHS = 1.0, 1.06  # of columns: Excel rounds the width of a digit down to pixels, LibreOffice does not
_PRUDENT = 1.08  # breadth at which no program prints a column on a page of its own
_ROUNDED = 0.98  # of a page: programs round the heights of rows to pixels
_PERCENT = 100
_POINTS = 72  # of an inch
_MOST_ROWS = 99
_SHRUNK = 0.15  # of the height of pages, by which rows may shrink for a foot


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
        percents = (min(_PERCENT, math.floor(_PERCENT * across / sum(widths) / breadth)) for breadth in _BREADTHS)
        return cls([page / percent for percent in percents])

    def pages(self, height: float) -> tuple[int, ...]:
        """Return the page, from 0, on which each program would print a row of this height."""
        return tuple(turned + (height > left) for turned, left in zip(self._turned, self._left, strict=True))

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

    def gap_before(self, height: float) -> int:
        """Return how many empty rows stand before what needs this height on one page; take them."""
        rows = 0
        while not rows or (not self.fits(height) and rows < _MOST_ROWS):
            self.take(ROW_HEIGHT)
            rows += 1
        return rows


def pages_tall(layout: Layout, widths: Sequence[float], rows: Sequence[float], foot: float, header: float) -> int:
    """Return on how many pages rows of these heights and their foot stand if it shall have no page of its own.

    0 where it has none anyway, or is too high to be made room for. Every further page begins with the header.
    """
    flow = Flow.of(layout, widths)
    for height in rows:
        if not flow.fits(height):
            flow.take(height + header)
        else:
            flow.take(height)
    ends = flow.pages(0.0)
    is_alone = flow.pages(foot) != ends
    return min(ends) + 1 if is_alone and foot <= _SHRUNK * (min(ends) + 1) * min(flow.whole) else 0


def scaled(layout: Layout, widths: Sequence[float]) -> Layout:
    """Return the layout with a scale at which columns, widths in inches, stand on one page's width in every program."""
    across, _ = paper_room(layout)
    return replace(layout, scale=min(_PERCENT, math.floor(_PERCENT * across / sum(widths) / _PRUDENT)))
