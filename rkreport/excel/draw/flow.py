"""Foresees where pages end on paper. Pure; draws nothing.

Excel ignores page breaks of one's own on a sheet that is fitted to a page's width, so what belongs together is kept
together by empty rows.
"""

import math
from collections.abc import Sequence

from rkreport.excel.draw.layout import ROW_HEIGHT, Layout, paper_room

_BREADTHS = 1.0, 1.06  # of columns: Excel rounds the width of a digit down to pixels, LibreOffice does not
_PERCENT = 100
_POINTS = 72  # of an inch
_MOST_ROWS = 99


class Flow:
    """Rows that follow each other over pages, as each of several programs prints them; without pages nothing is known.

    Heights are in points of the house font.
    """

    def __init__(self, pages: Sequence[float] = ()) -> None:
        """Begin at the top of pages of these heights."""
        self._whole = list(pages)
        self._left = list(pages)
        self._turned = [0 for _ in pages]

    @classmethod
    def of(cls, layout: Layout, widths: Sequence[float]) -> "Flow":
        """Begin a sheet whose printed columns, widths in inches, are fitted to one page's width."""
        across, down = paper_room(layout)
        percents = (min(_PERCENT, math.floor(_PERCENT * across / sum(widths) / breadth)) for breadth in _BREADTHS)
        page = down * _POINTS * _PERCENT / (layout.row_height / ROW_HEIGHT)
        return cls([page / percent for percent in percents])

    def pages(self, height: float) -> tuple[int, ...]:
        """Return the page, from 0, on which each program would print a row of this height."""
        return tuple(turned + (height > left) for turned, left in zip(self._turned, self._left, strict=True))

    def fits(self, height: float) -> bool:
        """True if so much stays on one page in every program; so does what no page holds."""
        return all(height <= left or height > whole for left, whole in zip(self._left, self._whole, strict=True))

    def take(self, height: float) -> None:
        """Put a row of this height on the page, or on the next where it does not fit."""
        self._turned = list(self.pages(height))
        self._left = [
            (whole if height > left else left) - height for left, whole in zip(self._left, self._whole, strict=True)
        ]

    def gap_before(self, height: float) -> int:
        """Return how many empty rows stand before what needs this height on one page; take them."""
        rows = 0
        while not rows or (not self.fits(height) and rows < _MOST_ROWS):
            self.take(ROW_HEIGHT)
            rows += 1
        return rows
