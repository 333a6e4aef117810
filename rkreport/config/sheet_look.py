"""What a list's parts hold, seen element by element before openpyxl reads them.

Merged cells, formulas without a value, and rows out of order, which openpyxl would leave out.

Refuses what openpyxl would keep in memory. Of worksheets and shared strings it gives up each row or text before it
reads the next one; it keeps all other elements, and other parts whole.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from rkreport.bounds import NotWhole, OutOfBounds
from rkreport.sheet_bounds import CellPlace, SlowTexts, cell_place, covered_cells

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_GIVEN_UP = frozenset({_MAIN + " row", _MAIN + " si"})  # by openpyxl: no others of these names
_MOST_KEPT = 100_000  # elements of one row, or beside the rows; Excel's longest row has 16,384 cells
_MOST_GIVEN_UP = 1_048_576  # of a part: Excel's last row; openpyxl takes half a minute for so many texts
_MOST_OF_LINKS = 500_000  # elements of the values from another workbook, which only a refresh reads
_TEXTS: Final = frozenset({"v", "si", "is", "t"})  # openpyxl makes one value of them; of all others objects
_COVERING: Final = frozenset({"mergeCell", "hyperlink"})
_LAST_ROW, _ROW_DEPTH = 1_048_576, 3
_LETTERS_OF_AN_OBJECT = 16  # of a shared formula: to translate them takes as long as to make an object
_READ_PIECEMEAL: Final = frozenset({"worksheet", "sharedStrings"})
_LINKS: Final = frozenset({"externalLink"})
_READ_WHOLE: Final = frozenset(
    {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/theme/theme1.xml"}
    | {"docProps/core.xml", "docProps/custom.xml"}
)  # by their names, whatever the file says of them

Uses = Mapping[str, Collection[str]]
"""What the parts of a package are used as, by their names: `worksheet`, `image` …"""


class SheetLook:
    """Watches the elements and texts of a part. `merged` is the first merged range, `""` for none.

    `references`: the parts that this one names, and what it says they are. `objects`: how many openpyxl makes of them
    when it reads the part whole. `is_disordered`: rows or cells do not stand in order, or not where they belong.
    """

    def __init__(self, slow: SlowTexts) -> None:
        """Nothing was seen yet of this part; `slow` watches all of them."""
        self.merged = ""
        self.without_value: set[str] = set()
        self.references: list[tuple[str, str]] = []
        self.objects = 0
        self.is_disordered = False
        self._slow = slow
        self._sheets: set[str] = set()
        self._shared: dict[str, int] = {}
        self._cell = self._type = self._element = self._formula = ""
        self._count = self._kept = self._given_up = self._row = self._column = 0

    def visit(self, name: str, attributes: Mapping[str, str], depth: int) -> None:
        """Look at one element.

        Raises:
            NotWhole: it names a sheet twice; openpyxl would go through it twice.
            OutOfBounds: there are too many rows or texts, or a row, or what is beside the rows, has too many of them.
        """
        self._count += 1
        if name in _GIVEN_UP:
            self._kept, self._given_up = 0, self._given_up + 1
        else:
            self._kept += 1
        if self._kept > _MOST_KEPT or self._given_up > _MOST_GIVEN_UP:
            raise OutOfBounds("too many elements that would be kept")
        namespace, _, local = name.rpartition(" ")
        self._element = local if namespace == _MAIN else ""
        if self._element in _TEXTS:
            if local == "is" or (local == "v" and self._type == "str"):  # a formula's value may be the empty text
                self.without_value.discard(self._cell)
            return
        self.objects += 1
        if self._element == "c":
            self._look_at_cell(attributes, depth)
        elif self._element == "row":
            self._look_at_row(attributes, depth)
        elif self._element == "f":
            self._look_at_formula(attributes)
        else:
            self._look_beside_cells(local, attributes)

    def hear(self, text: str) -> None:
        """Take a piece of the text behind an element.

        Raises:
            OutOfBounds: as `SlowTexts`.
        """
        if self._element == "v":
            if not text.isspace():
                self.without_value.discard(self._cell)
        elif self._element == "f":  # the first of the cells that share a formula has it
            self._shared[self._formula] = self._shared.get(self._formula, 0) + len(text)
        else:
            self._slow.hear(text)

    def _look_at_row(self, attributes: Mapping[str, str], depth: int) -> None:
        told = attributes.get("r", "")
        row = int(told) if told.isdecimal() else self._row + (not told)
        if row <= self._row or row > _LAST_ROW or depth != _ROW_DEPTH:
            self.is_disordered = True
        self._row, self._column = row, 0

    def _look_at_cell(self, attributes: Mapping[str, str], depth: int) -> None:
        self._cell, self._type = attributes.get("r", ""), attributes.get("t", "")
        place = cell_place(self._cell) if self._cell else CellPlace(self._row, self._column + 1)
        if place is None or place.row != self._row or place.column <= self._column or depth != _ROW_DEPTH + 1:
            self.is_disordered = True
        self._column = place.column if place else self._column

    def _look_at_formula(self, attributes: Mapping[str, str]) -> None:
        """Look at a formula; a shared one is translated for each of its cells."""
        self._formula = attributes.get("si", "")
        self.objects += self._shared.get(self._formula, 0) // _LETTERS_OF_AN_OBJECT if self._formula else 0
        if self._cell:
            self.without_value.add(self._cell)

    def _look_beside_cells(self, local: str, attributes: Mapping[str, str]) -> None:
        self._slow.visit(local, attributes)
        if local in _COVERING:
            self.objects += covered_cells(attributes.get("ref", ""))  # an object for each
        if local == "mergeCell":
            self.merged = self.merged or attributes.get("ref", "")
        elif local == "sheet":
            sheet = next((value for key, value in attributes.items() if key.endswith(" id")), "")
            if sheet and sheet in self._sheets:
                raise NotWhole("a sheet of two names")
            self._sheets.add(sheet)
        else:
            self._look_at_reference(local, attributes)

    def _look_at_reference(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "Override":
            kind = attributes.get("ContentType", "").rpartition(".")[2].removesuffix("+xml")
            self.references.append((attributes.get("PartName", ""), kind))
        elif local == "Relationship":
            is_outside = attributes.get("TargetMode") == "External"
            target = f"/{attributes.get('Target', '')}" if is_outside else attributes.get("Target", "")
            self.references.append((target, attributes.get("Type", "").rpartition("/")[2]))

    def check_use(self, part: str, uses: Uses) -> None:
        """Refuse a part of many elements that openpyxl would not give up as it reads.

        Raises:
            OutOfBounds: it is one.
        """
        used_as = uses.get(part, frozenset({""}))
        if part not in _READ_WHOLE and _READ_PIECEMEAL.issuperset(used_as):
            return
        if self._count > (_MOST_OF_LINKS if _LINKS.issuperset(used_as) else _MOST_KEPT):
            raise OutOfBounds("too many elements that would be kept")


def uses_of(looks: Mapping[str, SheetLook]) -> Uses:
    """What the parts are used as, by the names under which openpyxl finds them.

    Raises:
        NotWhole: a part names another one twice; openpyxl would go through it twice.
    """
    found = defaultdict(set)
    for part, look in looks.items():
        above = posixpath.dirname(posixpath.dirname(part))
        named = set()
        for target, kind in look.references:
            name = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(above, target))
            found[name].add(kind)
            if name in looks and name in named:
                raise NotWhole("a part that is used twice")
            named.add(name)
    return dict(found)
