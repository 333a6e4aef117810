"""What openpyxl reads in more time or memory than its length tells. Knows no sheet's meaning.

Print areas, number formats and lists of ranges go through its patterns, and a range makes an object of each cell.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from rkreport.bounds import OutOfBounds

_MOST_OF_RESERVED = 16_384  # characters of print areas and titles, of all sheets: openpyxl's pattern is quadratic
_LONGEST_FORMAT = 1_000  # Excel's are 255 long; the pattern is quadratic too
_MOST_OF_RANGES = 1_000_000  # characters of the ranges to which formats and drop-downs apply
_PLACE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class CellPlace(NamedTuple):
    """A cell's row and column, both from 1."""

    row: int
    column: int


def cell_place(told: str) -> CellPlace | None:
    """The place that a text such as `B12` or `$B$12` names; None for any other text."""
    found = _PLACE.fullmatch(told)
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return CellPlace(int(found[2]), column)


def corners(told: str) -> tuple[CellPlace, CellPlace] | None:
    """The first and the last cell of a range such as `A1:B2` or `A1`; None for any other text."""
    places = [cell_place(corner) for corner in told.split(":", 2)]
    known = [place for place in places if place]
    if len(known) < len(places):
        return None
    first = CellPlace(min(place.row for place in known), min(place.column for place in known))
    return first, CellPlace(max(place.row for place in known), max(place.column for place in known))


def covered_cells(told: str) -> int:
    """How many cells a range has; 0 for a text that is none."""
    found = corners(told)
    return (found[1].row - found[0].row + 1) * (found[1].column - found[0].column + 1) if found else 0


class SlowTexts:
    """Watches the elements and texts of a part for those that openpyxl's patterns would take minutes for."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._is_reserved = False
        self._reserved = self._ranges = 0

    def visit(self, local: str, attributes: Mapping[str, str]) -> None:
        """Look at one element, by its local name.

        Raises:
            OutOfBounds: a number format is too long, or there are too many ranges.
        """
        self._is_reserved = local == "definedName" and attributes.get("name", "").startswith("_xlnm.")
        self._ranges += len(attributes.get("sqref", ""))
        if len(attributes.get("formatCode", "")) > _LONGEST_FORMAT or self._ranges > _MOST_OF_RANGES:
            raise OutOfBounds("a number format that is too long, or too many ranges")

    def hear(self, text: str) -> None:
        """Take a piece of the text behind the element.

        Raises:
            OutOfBounds: print areas and titles are too long.
        """
        if self._is_reserved:
            self._reserved += len(text)
            if self._reserved > _MOST_OF_RESERVED:
                raise OutOfBounds("print areas that are too long")
