"""One cell at a time: every value goes into a worksheet here, and text goes in as text and nothing else.

Knows the kinds of columns and how each is shown; knows nothing of where things stand on a sheet.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.models import Status
from rkreport.core.report.sheets import Cell, Kind, Link, StatusCell
from rkreport.excel.styles import LINK, STATUS_LOOKS, Look, Styles
from rkreport.excel.tabs import Targets
from rkreport.excel.text import begins_like_a_formula, clean, stored

Pen = Callable[[int, int, Cell], None]
"""Draws one value at a row and a column, both from 1."""

_EXACT = 2**53  # Excel holds numbers as doubles: a larger whole number would lose digits
_FIRST_TRUE_DAY = date(1900, 3, 1)  # Excel believes in 29 February 1900 and misnumbers all days before


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
        self._text_pen(look)(row, column, text)

    def blank(self, row: int, column: int, look: Look) -> None:
        """Draw an empty cell: fill and lines."""
        self._put(row, column, None, "n", self.styles.array(look))

    def link(self, row: int, column: int, link: Link, look: Look = LINK) -> None:
        """Draw a link inside the workbook."""
        self._link_pen(look)(row, column, link)

    def draw(self, row: int, column: int, value: Cell, kind: Kind, look: Look) -> None:
        """Draw one value of a kind; for many cells take a `pen` instead."""
        self.pen(kind, look)(row, column, value)

    def pen(self, kind: Kind, look: Look) -> Pen:
        """What draws the cells of a column of this kind, its styles looked up once."""
        look = self.styles.of_kind(kind, look)
        match kind:
            case Kind.STATUS:
                return self._status_pen(look)
            case Kind.LINK:
                return self._link_pen(replace(look, color=LINK.color, underline=True))
            case Kind.DATE | Kind.MOMENT | Kind.INPUT_DATE:
                return self._date_pen(look, kind)
            case Kind.INTEGER | Kind.DECIMAL | Kind.PERCENT | Kind.POINTS:
                return self._number_pen(look, kind)
            case Kind.TEXT | Kind.NOTE | Kind.INPUT_CHOICE | Kind.INPUT_TEXT:
                return self._text_pen(look)

    def _text_pen(self, look: Look) -> Pen:
        plain, quoted = self.styles.array(look), self.styles.array(look, quoted=True)

        def draw(row: int, column: int, value: Cell) -> None:
            if value is None:
                self._put(row, column, None, "n", plain)
                return
            if not isinstance(value, str):
                raise _misfit(row, column, value, "text")
            text = clean(value)
            self._put(row, column, stored(text), "s", quoted if begins_like_a_formula(text) else plain)

        return draw

    def _number_pen(self, look: Look, kind: Kind) -> Pen:
        style = self.styles.array(look)
        whole = self.styles.array(replace(look, number_format="#,##0")) if kind is Kind.DECIMAL else style
        digits = self._text_pen(replace(look, number_format="@"))

        def draw(row: int, column: int, value: Cell) -> None:
            if value is None:
                self._put(row, column, None, "n", style)
                return
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                raise _misfit(row, column, value, kind)
            if abs(value) > _EXACT:
                digits(row, column, str(value))
            else:
                self._put(row, column, value, "n", whole if value == int(value) else style)

        return draw

    def _date_pen(self, look: Look, kind: Kind) -> Pen:
        style = self.styles.array(look)
        as_text = self._text_pen(look)

        def draw(row: int, column: int, value: Cell) -> None:
            if value is None:
                self._put(row, column, None, "n", style)
                return
            if not isinstance(value, date) or (isinstance(value, datetime) and value.tzinfo is not None):
                raise _misfit(row, column, value, kind)
            day = value.date() if isinstance(value, datetime) else value
            if day < _FIRST_TRUE_DAY:
                as_text(row, column, value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
            else:
                self._put(row, column, value, "d", style)

        return draw

    def _status_pen(self, look: Look) -> Pen:
        empty = self.styles.array(look)
        styles = {status: self.styles.array(status_look(status, look)) for status in Status}

        def draw(row: int, column: int, value: Cell) -> None:
            if value is None:
                self._put(row, column, None, "n", empty)
                return
            if not isinstance(value, StatusCell):
                raise _misfit(row, column, value, "status")
            self._put(row, column, stored(status_text(value)), "s", styles[value.status])

        return draw

    def _link_pen(self, look: Look) -> Pen:
        write = self._text_pen(look)
        write_plain = self._text_pen(replace(look, color=Look().color, underline=False))

        def draw(row: int, column: int, value: Cell) -> None:
            if not isinstance(value, Link):
                write_plain(row, column, value)
                return
            location = stored(self._targets.location(value))
            if self._links_left <= 0:
                write_plain(row, column, value.text)
                return
            self._links_left -= 1
            write(row, column, value.text)
            cell = self.sheet.cell(row, column)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location)

        return draw

    def _put(self, row: int, column: int, value: str | float | date | None, data_type: str, style: StyleArray) -> None:
        """Past openpyxl's own reading of values, which makes formulas, errors and formats out of text."""
        cell: Any = self.sheet.cell(row, column)  # what follows is private to openpyxl, and not in its stubs
        cell._value = value  # noqa: SLF001 - `value` guesses the type
        cell.data_type = data_type
        cell._style = style  # noqa: SLF001 - one record shared by all cells of a look; never changed


def status_text(cell: StatusCell) -> str:
    """Symbol and word, as shown."""
    return f"{STATUS_LOOKS[cell.status].symbol} {clean(cell.word)}"


def status_look(status: Status, look: Look) -> Look:
    """A look with text colour, fill and weight of a status."""
    own = STATUS_LOOKS[status]
    return replace(look, color=own.color, fill=own.fill or look.fill, bold=own.bold or look.bold, italic=own.italic)


def _misfit(row: int, column: int, value: Cell, kind: str) -> ValueError:
    """Names the place and the type, never the value: it may be personal."""
    return ValueError(f"row {row}, column {column}: a {type(value).__name__} cannot be drawn as {kind}")
