"""One cell at a time onto a worksheet, past openpyxl's own reading of values.

Knows nothing of where things stand on a sheet; what a value becomes is for the rules of values to say.
"""

from collections.abc import Callable
from typing import Any

from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.report.sheets import Cell, Kind, Link
from rkreport.excel.styles import LINK, Look, Styles
from rkreport.excel.tabs import Targets
from rkreport.excel.text import stored
from rkreport.excel.values import Misfit, Rule, Stored, link_rule, rule_of, text_rule

Pen = Callable[[int, int, Cell], None]
"""Draws one value at a row and a column, both from 1."""


class Canvas:
    """One worksheet to draw on. ValueError for a value that the kind of its column cannot hold."""

    def __init__(self, sheet: Worksheet, styles: Styles, targets: Targets, links_left: int) -> None:
        """Draw at most `links_left` links; further ones become plain text, as Excel takes no more."""
        self.sheet = sheet
        self.styles = styles
        self._targets = targets
        self._links_left = links_left

    def text(self, row: int, column: int, text: str, look: Look) -> None:
        """Draw a text, such as a heading, as text."""
        self._pen(text_rule(self.styles, look))(row, column, text)

    def blank(self, row: int, column: int, look: Look) -> None:
        """Draw an empty cell: fill and lines."""
        self._put(row, column, Stored(None, "n", self.styles.array(look)))

    def link(self, row: int, column: int, link: Link, look: Look = LINK) -> None:
        """Draw a link inside the workbook."""
        self._pen(link_rule(self.styles, look))(row, column, link)

    def draw(self, row: int, column: int, value: Cell, kind: Kind, look: Look) -> None:
        """Draw one value of a kind; for many cells take a `pen` instead."""
        self.pen(kind, look)(row, column, value)

    def pen(self, kind: Kind, look: Look) -> Pen:
        """What draws the cells of a column of this kind, its styles looked up once."""
        return self._pen(rule_of(self.styles, kind, look))

    def follow(self, value: Cell) -> tuple[Cell, str | None]:
        """The value, and where it leads if it is a link; a link past the sheet's last one becomes its text.

        ValueError for a link to nowhere.
        """
        if not isinstance(value, Link):
            return value, None
        location = stored(self._targets.location(value))
        if self._links_left <= 0:
            return value.text, None
        self._links_left -= 1
        return value, location

    def _pen(self, rule: Rule) -> Pen:
        def draw(row: int, column: int, value: Cell) -> None:
            value, location = self.follow(value)
            try:
                self._put(row, column, rule(value))
            except Misfit as misfit:
                raise misplaced(misfit, row, column) from misfit
            if location is not None:
                cell = self.sheet.cell(row, column)
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location)

        return draw

    def _put(self, row: int, column: int, shown: Stored) -> None:
        """Past openpyxl's own reading of values, which makes formulas, errors and formats out of text."""
        cell: Any = self.sheet.cell(row, column)  # what follows is private to openpyxl, and not in its stubs
        cell._value = shown.content  # noqa: SLF001 - `value` guesses the type
        cell.data_type = shown.type
        cell._style = shown.style  # noqa: SLF001 - one record shared by all cells of a look; never changed


def misplaced(misfit: Misfit, row: int, column: int) -> ValueError:
    """A misfit with its place, both numbers from 1."""
    return ValueError(f"row {row}, column {column}: {misfit}")
