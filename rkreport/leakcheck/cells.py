"""Reads the cells of a workbook that came from anywhere: what stands in them, never what a formula would give.

Knows the file format; must not know what the cells are for. It reads only the parts that hold cells, their texts, the
names of sheets and the file's own properties, all within the bounds of `bounded_zip`. No part may have a document type,
and elements nest only as deep as a worksheet's do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from sys import getsizeof
from typing import Final
from xml.etree.ElementTree import Element, ParseError, iterparse

from rkreport.core.answers.sheet import FoundCell, FoundRow
from rkreport.leakcheck.bounded_zip import BoundedPackage, NotBounded
from rkreport.leakcheck.reader import is_plain_xml

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHARED, _PROPERTIES = "xl/sharedStrings.xml", "docProps/custom.xml"
_LARGEST_PROPERTIES = 100_000  # bytes; ours take seven hundred
_DEEPEST = 40  # elements within each other
_MOST_KEPT = 100_000  # elements of one row; Excel's longest have 50,000
_MOST_BESIDE = 500_000  # elements of a part that are in no row; ours have some hundred
_LONG_PIECE = re.compile(
    rb"[<>][^<>]{400000}"
)  # a tag, or the text after one; Excel's longest text takes 130,000 bytes
_MOST_ELEMENTS = 4_000_000  # of all parts that are read; the most cells that are taken have three each
_LARGEST_READ = 256 * 2**20  # bytes of all parts that are read
_MOST_SHEETS = 50
_MOST_ROWS = 200_000  # of one sheet; a team's list has some hundred
_MOST_COLUMNS = 200  # the others are left out
_LARGEST_TEXTS = 128 * 2**20  # bytes in memory, of all texts that cells share
_MOST_CELLS = 1_000_000  # of all sheets, 200 MB of memory; the detail of 30,000 assignments
_LONGEST_TEXT = 32_767  # of a cell, as Excel has it
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE: Final = frozenset({"1", "true", "on"})


class Unreadable(Exception):
    """A file that is no workbook, is damaged, or goes beyond a bound."""


@dataclass(frozen=True, slots=True)
class FoundBook:
    """What was read: the rows of each sheet by its name, in order, and the file's own properties.

    `is_1904`: its days count from 1904, as on old Macs.
    """

    sheets: Mapping[str, tuple[FoundRow, ...]]
    properties: Mapping[str, str] = field(default_factory=dict)
    is_1904: bool = False


def read_cells(content: bytes) -> FoundBook:
    """Read all sheets of a workbook.

    Raises:
        Unreadable: it is no workbook, or goes beyond a bound.
    """
    try:
        return _book(_Parts(BoundedPackage(content)))
    except (NotBounded, ParseError, ValueError, OverflowError, RecursionError) as error:
        raise Unreadable("no readable workbook") from error


class _Parts:
    """The parts of a package, each of which is read once, as long as their sum has room."""

    def __init__(self, package: BoundedPackage) -> None:
        self._package = package
        self._read: set[str] = set()
        self._bytes, self._elements = _LARGEST_READ, _MOST_ELEMENTS

    def has(self, name: str) -> bool:
        return self._package.has(name)

    def part(self, name: str) -> bytes:
        if name in self._read:
            raise ValueError("a part that is used twice")
        self._read.add(name)
        content = self._package.part(name)
        self._bytes -= len(content)
        self._elements -= content.count(b"<") - content.count(b"</")  # only plain XML is parsed
        if min(self._bytes, self._elements) < 0:
            raise ValueError("too many elements, or too long parts")
        return content


def _book(package: _Parts) -> FoundBook:
    targets = {
        element.get("Id", ""): normpath(join("/xl", element.get("Target", ""))).lstrip("/")
        for element in _elements(package.part(_RELATIONS), "Relationship")
        if element.get("TargetMode") != "External" and element.get("Type", "").endswith("/worksheet")
    }
    places: dict[str, str] = {}
    is_1904 = False
    for element in _elements(package.part(_WORKBOOK), "sheet", "workbookPr"):
        if _local(element) == "workbookPr":
            is_1904 = element.get("date1904") in _TRUE
        else:
            relation = next((value for name, value in element.items() if name.endswith("}id")), "")
            if relation in targets:
                places.setdefault(element.get("name", ""), targets[relation])
    if len(places) > _MOST_SHEETS:
        raise ValueError("too many sheets")
    shared = _shared(package.part(_SHARED)) if package.has(_SHARED) else ()
    sheets: dict[str, tuple[FoundRow, ...]] = {}
    room = _MOST_CELLS
    for name, part in places.items():
        sheets[name] = tuple(_rows(package.part(part), shared, room))
        room -= sum(len(row.cells) for row in sheets[name])
    return FoundBook(sheets, _properties(package), is_1904)


def _properties(package: _Parts) -> dict[str, str]:
    if not package.has(_PROPERTIES):
        return {}
    content = package.part(_PROPERTIES)
    if len(content) > _LARGEST_PROPERTIES:
        return {}
    return {one.get("name", ""): "".join(one.itertext()).strip() for one in _elements(content, "property")}


def _shared(content: bytes) -> tuple[str, ...]:
    texts, room = [], _LARGEST_TEXTS
    for element in _elements(content, "si"):
        text = _text(element)
        room -= getsizeof(text)
        if room < 0:
            raise ValueError("too many texts")
        texts.append(text)
    return tuple(texts)


def _rows(content: bytes, shared: tuple[str, ...], room: int) -> Iterator[FoundRow]:
    number = 0
    for count, row in enumerate(_elements(content, "row"), start=1):
        if count > _MOST_ROWS:
            raise ValueError("too many rows")
        told = row.get("r", "")
        number = int(told) if told.isdecimal() and len(told) < 8 else number + 1  # noqa: PLR2004 - digits of Excel's last row
        cells = dict(_cells(row, shared))
        room -= len(cells)
        if room < 0:
            raise ValueError("too many cells")
        if cells:
            yield FoundRow(number, cells)


def _cells(row: Element, shared: tuple[str, ...]) -> Iterator[tuple[int, FoundCell]]:
    column = 0
    for cell in row:
        if _local(cell) != "c":
            continue
        place = _PLACE.fullmatch(cell.get("r", ""))
        column = _column(place[1]) if place else column + 1
        found = _cell(cell, shared)
        if column <= _MOST_COLUMNS and found is not None:
            yield column, found


def _cell(cell: Element, shared: tuple[str, ...]) -> FoundCell | None:
    """What stands in a cell; None for an empty one. The value that a program kept of a formula is not looked at."""
    parts = {_local(part): part for part in cell}
    if "f" in parts:
        return FoundCell(is_formula=True)
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return FoundCell(_text(parts["is"])) if "is" in parts else None
    value = (parts["v"].text or "").strip() if "v" in parts else ""
    if not value:
        return None
    if kind == "s":
        return FoundCell(shared[int(value)]) if value.isdecimal() and int(value) < len(shared) else None
    if kind == "n":
        return FoundCell(number=float(value))
    return FoundCell(_unescaped(value)[:_LONGEST_TEXT])


def _text(element: Element) -> str:
    """The text of all its runs, without the reading aids of East Asian texts."""
    runs = [run for run in element if _local(run) in {"t", "r"}]
    pieces = (piece for run in runs for piece in run.iter() if _local(piece) == "t")
    return _unescaped("".join(piece.text or "" for piece in pieces))[:_LONGEST_TEXT]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text) if "_x" in text else text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _elements(content: bytes, *wanted: str) -> Iterator[Element]:
    """Yield the elements of these names, whole; what was read leaves the tree, so that memory does not grow."""
    if not is_plain_xml(content) or _LONG_PIECE.search(content):
        raise ValueError("a document type, another encoding, or a piece that is too long")
    above: list[Element] = []
    inside, kept, beside = 0, 0, 0
    for event, element in iterparse(BytesIO(content), events=("start", "end")):  # noqa: S314 - no document type: see above
        is_wanted = _local(element) in wanted
        if event == "start":
            above.append(element)
            inside, kept = inside + is_wanted, kept + 1
            if len(above) > _DEEPEST or kept > _MOST_KEPT:
                raise ValueError("too many elements within each other")
            continue
        above.pop()
        if is_wanted:
            yield element
            inside -= 1
        if above and not inside:
            above[-1].remove(element)
            kept, beside = len(above), beside + (not is_wanted)
            if beside > _MOST_BESIDE:
                raise ValueError("too many elements beside those wanted")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
