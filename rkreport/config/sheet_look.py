"""What a list's sheet holds, seen element by element before openpyxl reads it: merged cells, formulas without a value.

Refuses what openpyxl would keep in memory. It gives up the cells of a row, and a text that cells share, before it reads
the next one, and keeps all other elements of the part.
"""

from collections.abc import Mapping

from rkreport.bounds import OutOfBounds

_GIVEN_UP = frozenset({"row", "si"})
_MOST_KEPT = 100_000  # elements of one row, or beside the rows; Excel's longest row has 16,384 cells


class SheetLook:
    """Watches the elements of a part. `merged` is the first merged range, `""` for none."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.merged = ""
        self.without_value: set[str] = set()
        self._cell = ""
        self._kept = 0

    def visit(self, name: str, attributes: Mapping[str, str]) -> None:
        """Look at one element.

        Raises:
            OutOfBounds: a row, or what is beside the rows, has too many of them.
        """
        self._kept = 0 if name in _GIVEN_UP else self._kept + 1
        if self._kept > _MOST_KEPT:
            raise OutOfBounds("too many elements that would be kept")
        if name == "c":
            self._cell = attributes.get("r", "")
        elif name == "f" and self._cell:
            self.without_value.add(self._cell)
        elif name in {"v", "is"}:
            self.without_value.discard(self._cell)
        elif name == "mergeCell":
            self.merged = self.merged or attributes.get("ref", "")
