"""Foresees where pages end on paper. Pure; draws nothing.

Excel ignores page breaks of one's own on a sheet that is fitted to a page's width, so what belongs together is kept
together by heights. A printer may differ by a row or so.
"""

import math
from collections.abc import Sequence

from rkreport.excel.draw.layout import ROW_HEIGHT, Layout, paper_room

_PERCENT = 100
_POINTS = 72  # of an inch


class Flow:
    """Rows that follow each other over pages; heights are in points of the house font.

    `left` is what is left of the page; endless where nothing is foreseen.
    """

    left: float

    def __init__(self, page: float = math.inf, repeated: float = 0.0) -> None:
        """Begin at the top of a page of this height; every further page begins with repeated rows of their height."""
        self._page = page - repeated
        self.left = page

    @classmethod
    def of(cls, layout: Layout, widths: Sequence[float], repeated: float = 0.0) -> "Flow":
        """Begin a sheet whose printed columns, widths in inches, are fitted to one page's width."""
        across, down = paper_room(layout)
        percent = min(_PERCENT, math.floor(_PERCENT * across / sum(widths)))
        return cls(down * _POINTS * _PERCENT / percent / (layout.row_height / ROW_HEIGHT), repeated)

    def take(self, height: float) -> None:
        """Put a row of this height on the page, or on the next where it does not fit."""
        self.left = (self._page if height > self.left else self.left) - height

    def turn(self) -> None:
        """Go on at the top of the next page."""
        self.left = self._page

    def gap_before(self, height: float) -> int:
        """Return how many empty rows of the usual height stand before what needs this height on one page; take them."""
        rows = 1
        if self.left < ROW_HEIGHT + height < self._page:
            rows += math.floor(self.left / ROW_HEIGHT)  # the last of them begins the next page
            self.turn()
        self.take(ROW_HEIGHT)
        return rows
