"""Decides whether a value fits into the cell of a table, and how high its row becomes. Pure; draws nothing.

A table is as wide as a sample of its rows, so some texts are longer than their column. They wrap, and nothing is cut.
Measuring must cost little: a long list has some unlike texts in each row.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast

from rkreport.core.report.sheets import Cell, Column, Indented, Kind, Link
from rkreport.excel.draw.widths import LEVEL_INDENT, lines_needed, number_room, shown_width, text_room
from rkreport.excel.look.styles import NUMERIC
from rkreport.excel.look.text_metrics import letters_width, widest_of
from rkreport.excel.text import clean

_REMEMBERED = 512  # values per column
_REMEMBERED_TIGHT = 128  # of those that do not fit
_UNLIKE = 0.9  # share of new values in a column that hardly repeats any
_MIXED = frozenset({Kind.TREE, Kind.VALUE})  # texts that are set in, or that stand among numbers
_INPUTS = frozenset({Kind.INPUT_CHOICE, Kind.INPUT_TEXT})  # what a manager wrote before
_TEXTS = frozenset({Kind.TEXT, Kind.NOTE, Kind.LINK}) | _INPUTS | _MIXED


class Room:
    """The room in one column of a table, whose width is in characters."""

    def __init__(self, column: Column, width: float) -> None:
        """Nothing is measured yet."""
        self.wraps = column.kind in _TEXTS
        self.matters = self.wraps or column.kind in NUMERIC
        self._leads = column.kind is Kind.LINK
        self._kind = column.kind
        self._width = text_room(column, width) if self.wraps else number_room(width)
        self._fitting: set[Cell] = {None}
        self._lines: dict[Cell, int] = {}  # of values that do not fit

    def lines(self, value: Cell) -> int:
        """Return how many lines a value needs: 1 if it fits."""
        text = value.text if isinstance(value, Link | Indented) else value
        if not self.wraps or not isinstance(text, str):
            return 1
        indent = LEVEL_INDENT * value.level if isinstance(value, Indented) else 0.0
        return lines_needed(clean(text), max(1.0, self._width - indent))

    def is_tight(self, value: Cell) -> bool:
        """True if the value must wrap, or, for a number, shrink."""
        shown = value.text if isinstance(value, Link) else value
        return self.matters and shown is not None and not self._fits(shown)

    def tight(self, values: Sequence[Cell]) -> Mapping[int, int]:
        """Return the values that do not fit: index and lines. A value of a wrong type must be refused before."""
        if not self.matters:
            return {}
        shown = [value.text if isinstance(value, Link) else value for value in values] if self._leads else values
        if self._fitting.issuperset(shown):
            return {}
        seen = set(shown) - self._fitting
        unknown = seen.difference(self._lines)
        if self._all_fit(unknown):
            if len(unknown) < _UNLIKE * len(values):  # unlike values are not seen again
                self._remember(unknown)
            if len(unknown) == len(seen):
                return {}
        else:
            if len(self._lines) >= _REMEMBERED_TIGHT:
                unknown, self._lines = seen, {}
            tight = {value: self.lines(value) for value in unknown if not self._fits(value)}
            self._remember(unknown.difference(tight))
            self._lines.update(tight)
        lines = self._lines
        return {index: lines[value] for index, value in enumerate(shown) if value in lines}

    def _all_fit(self, values: Collection[Cell]) -> bool:
        """Measure plain texts all at once, which costs a third of measuring each."""
        if self.wraps and self._kind not in _MIXED:
            texts = cast("Collection[str]", values)
            joined = "".join(texts)
            if joined.isascii() and joined.isprintable():
                return widest_of(texts) <= self._width
        return all(map(self._fits, values))

    def _remember(self, fitting: Iterable[Cell]) -> None:
        if len(self._fitting) >= _REMEMBERED:
            self._fitting = {None}
        self._fitting.update(fitting)

    def _fits(self, value: Cell) -> bool:
        if isinstance(value, Indented):
            return self.lines(value) == 1
        if not isinstance(value, str):
            return shown_width(self._kind, value) <= self._width
        if not value.isprintable():  # a line end, perhaps
            value = clean(value)
            if "\n" in value:
                return False
        return letters_width(value) <= self._width
