"""Where the cells of a sheet lie, as its XML tells, before anybody makes objects of them. Pure.

openpyxl makes an object for each cell of a merged range or a link, and for each cell up to the last one.
"""

import re
from collections.abc import Mapping

from rkreport.sentence import Sentence

_LAST_ROW, _LAST_COLUMN = 1_000, 100
PLACE_LIMIT = "CV1000"
_MOST_COVERED = 20_000  # cells of all merged ranges and links; a range may be told many times
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_COVERING = frozenset({"mergeCell", "hyperlink"})


class Places:
    """Watches the elements of a sheet; `far` is the first place beyond the limit, `""` while there is none."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.far = ""
        self._row = 0
        self._column = 0
        self._covered = 0

    def visit(self, name: str, attributes: Mapping[str, str]) -> None:
        """Look at one element."""
        name = name.rpartition(" ")[2]  # the file's namespace does not matter
        if name == "row":
            told = attributes.get("r", "")
            self._row = int(told) if told.isdecimal() else self._row + 1
            self._column = 0
        elif name == "c":
            self._cell(attributes.get("r", ""))
        elif name in _COVERING:
            self._range(attributes.get("ref", ""))

    def _cell(self, told: str) -> None:
        """A cell without a place of its own is the next one of its row."""
        place = _PLACE.fullmatch(told)
        row, self._column = (int(place[2]), _number(place[1])) if place else (self._row, self._column + 1)
        if max(row, self._row) > _LAST_ROW or self._column > _LAST_COLUMN:
            self.far = self.far or told or Sentence("row {row}", row=self._row)

    def _range(self, told: str) -> None:
        corners = [_PLACE.fullmatch(corner) for corner in told.split(":")]
        if not all(corners):
            self.far = self.far or (told[:20] if told else "")
            return
        rows = [int(corner[2]) for corner in corners if corner]
        columns = [_number(corner[1]) for corner in corners if corner]
        self._covered += (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
        if max(rows) > _LAST_ROW or max(columns) > _LAST_COLUMN or self._covered > _MOST_COVERED:
            self.far = self.far or told


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
