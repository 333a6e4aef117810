"""Where the cells of a sheet lie, as its XML tells, before anybody makes objects of them. Pure.

openpyxl makes an object for each cell of a merged range or a link, and for each cell up to the last one.
"""

from collections.abc import Mapping

from rkreport.sentence import Sentence
from rkreport.sheet_bounds import SlowTexts, cell_place, corners, covered_cells

_LAST_ROW, _LAST_COLUMN = 1_000, 100
PLACE_LIMIT = "CV1000"
_MOST_COVERED = 20_000  # cells of all merged ranges and links; a range may be told many times
_COVERING = frozenset({"mergeCell", "hyperlink"})


class Places:
    """Watches the elements of a sheet; `far` is the first place beyond the limit, `""` while there is none."""

    def __init__(self, slow: SlowTexts) -> None:
        """Nothing was seen yet of this sheet; `slow` watches all of them."""
        self.far = ""
        self._slow = slow
        self._row = 0
        self._column = 0
        self._covered = 0

    def visit(self, name: str, attributes: Mapping[str, str], _depth: int) -> None:
        """Look at one element.

        Raises:
            OutOfBounds: as `SlowTexts`.
        """
        name = name.rpartition(" ")[2]  # the file's namespace does not matter
        self._slow.visit(name, attributes)
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
        place = cell_place(told)
        row, self._column = place or (self._row, self._column + 1)
        if max(row, self._row) > _LAST_ROW or self._column > _LAST_COLUMN:
            self.far = self.far or told or Sentence("row {row}", row=self._row)

    def _range(self, told: str) -> None:
        found = corners(told)
        if not found:
            self.far = self.far or told[:20]
            return
        self._covered += covered_cells(told)
        if found[1].row > _LAST_ROW or found[1].column > _LAST_COLUMN or self._covered > _MOST_COVERED:
            self.far = self.far or told
