"""What a list's parts hold, seen element by element before openpyxl reads them: merged cells, formulas without a value.

Refuses what openpyxl would keep in memory. Of worksheets and shared strings it gives up each row or text before it
reads the next one; it keeps all other elements, and other parts whole.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from rkreport.bounds import NotWhole, OutOfBounds

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_GIVEN_UP = frozenset({_MAIN + " row", _MAIN + " si"})  # by openpyxl: no others of these names
_MOST_KEPT = 100_000  # elements of one row, or beside the rows; Excel's longest row has 16,384 cells
_MOST_GIVEN_UP = 1_048_576  # of a part: Excel's last row; openpyxl takes half a minute for so many texts
_MOST_OF_LINKS = 500_000  # elements of the values from another workbook, which only a refresh reads
_TEXTS: Final = frozenset({"v", "si", "is", "t"})  # openpyxl makes one value of them; of all others objects
_READ_PIECEMEAL: Final = frozenset({"worksheet", "sharedStrings"})
_LINKS: Final = frozenset({"externalLink"})
_READ_WHOLE: Final = frozenset(
    {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", "xl/theme/theme1.xml"}
    | {"docProps/core.xml", "docProps/custom.xml"}
)  # by their names, whatever the file says of them

Uses = Mapping[str, Collection[str]]
"""What the parts of a package are used as, by their names: `worksheet`, `image` …"""


class SheetLook:
    """Watches the elements of a part. `merged` is the first merged range, `""` for none.

    `references`: the parts that this one names, and what it says they are. `objects`: how many openpyxl makes of them
    when it reads the part whole.
    """

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self.merged = ""
        self.without_value: set[str] = set()
        self.references: list[tuple[str, str]] = []
        self.objects = 0
        self._sheets: set[str] = set()
        self._cell = ""
        self._count = self._kept = self._given_up = 0

    def visit(self, name: str, attributes: Mapping[str, str]) -> None:
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
        local = name.rpartition(" ")[2]
        self.objects += local not in _TEXTS
        if local == "c":
            self._cell = attributes.get("r", "")
        elif local == "f" and self._cell:
            self.without_value.add(self._cell)
        elif local in {"v", "is"}:
            self.without_value.discard(self._cell)
        elif local == "mergeCell":
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
