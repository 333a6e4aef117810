"""Decides whether a value fits into the cell of a table, and how high its row becomes. Pure; draws nothing.

A table is as wide as a sample of its rows, so some texts are longer than their column. They wrap, and nothing is cut.
Measuring must cost little: a long list has some unlike texts in each row.
"""

from collections.abc import Mapping, Sequence

from rkreport.core.report.sheets import Cell, Column, Kind, Link
from rkreport.excel.draw.widths import lines_needed, number_room, shown_width, text_room
from rkreport.excel.look.styles import NUMERIC
from rkreport.excel.look.text_metrics import WIDEST_LETTER, letters_width
from rkreport.excel.text import clean

_REMEMBERED = 2_048  # values per column
_TEXTS = frozenset({Kind.TEXT, Kind.NOTE, Kind.LINK})


class Room:
    """The room in one column of a table, whose width is in characters."""

    def __init__(self, column: Column, width: float) -> None:
        """Nothing is measured yet."""
        self.wraps = column.kind in _TEXTS
        self.matters = self.wraps or column.kind in NUMERIC
        self._leads = column.kind is Kind.LINK
        self._kind = column.kind
        self._width = text_room(column.kind, width) if self.wraps else number_room(width)
        self._short = int(self._width / WIDEST_LETTER)  # letters that fit, whichever they are
        self._fitting: set[Cell] = set()

    def lines(self, value: Cell) -> int:
        """Return how many lines a value needs: 1 if it fits."""
        text = value.text if isinstance(value, Link) else value
        if not self.wraps or not isinstance(text, str) or self._fits(text):
            return 1
        return lines_needed(clean(text), self._width)

    def is_tight(self, value: Cell) -> bool:
        """True if the value must wrap, or, for a number, shrink."""
        shown = value.text if isinstance(value, Link) else value
        return self.matters and shown is not None and not self._fits(shown)

    def tight(self, values: Sequence[Cell]) -> Mapping[int, int]:
        """Return the values that do not fit: index and lines. A value of a wrong type must be refused before."""
        if not self.matters:
            return {}
        shown = {value.text if isinstance(value, Link) else value for value in values} if self._leads else set(values)
        shown -= self._fitting
        shown.discard(None)
        if not shown or all(map(self._fits, shown)):
            return {}
        return {index: self.lines(value) for index, value in enumerate(values) if self.is_tight(value)}

    def _fits(self, value: Cell) -> bool:
        if value in self._fitting:
            return True
        if isinstance(value, str):
            if len(value) <= self._short and value.isprintable():
                return True
            is_fitting = self._is_one_line(value)
        else:
            is_fitting = shown_width(self._kind, value) <= self._width
        if is_fitting:
            if len(self._fitting) >= _REMEMBERED:
                self._fitting.clear()
            self._fitting.add(value)
        return is_fitting

    def _is_one_line(self, text: str) -> bool:
        if not text.isprintable():  # a line end, perhaps
            text = clean(text)
            if "\n" in text:
                return False
        return letters_width(text) <= self._width
