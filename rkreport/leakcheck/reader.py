"""The independent reader: collects everything in a workbook's file, visible or not, before it may be mailed.

Knows the file format, and shares no code with the writer. It reads every part, text and attribute, and refuses what it
does not know. `core.leaks.judge` decides who may be in the file.

Python's own parser reads a part of a megabyte in 40 ms, defusedxml in 130. defusedxml guards against attacks that need
a document type. Our parts have none, so bytes that could begin one are refused before parsing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse
from xml.parsers.expat import ExpatError, ParserCreate

from rkreport.core.leaks.opened_file import Leak, OpenedFile, OpenedSheet
from rkreport.files import sha256_of
from rkreport.leakcheck.strict_zip import NotStrict, parts_of
from rkreport.leakcheck.words import (
    AUTHORS,
    FORMAT,
    FORMULAS,
    KNOWN_PARTS,
    KNOWN_RELATIONS,
    PARAGRAPHS,
    PICTURES,
    PLACES,
    PRINTED,
    RUNS_TOGETHER,
    UNWANTED,
    is_plain,
    printed_texts,
    unknown_part,
    without_cells,
)

LAST_DATE = 2_958_465  # 31 December 9999 as Excel counts days

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml\s[^<>?]*\?>)?\s*")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*")
_NAMESPACE = re.compile(rb"xmlns[^=]*=\s*(?:\"[^\"]*\"|'[^']*')")
_AT_ONCE = 2**25  # bytes
_USUAL_CELL = re.compile(  # nearly all: one text without escapes, one number, or nothing
    rb'(?<=>)<c r="[A-Z]{1,3}[0-9]{1,7}" s="[0-9]{1,6}"'
    rb'(?: t="inlineStr"><is><t>([^<&\r]*)</t></is></c>|><v>([0-9.]{1,20})</v></c>|/>)'
)
_USUAL_ROW = re.compile(rb'<row r="[0-9]{1,7}"(?: ht="[1-9][0-9.]{0,9}" customHeight="1")?></row>')  # without its cells
_TRUE = frozenset({"1", "true", "on"})
_SHARED = "xl/sharedStrings.xml"
_PROPERTIES = "docProps/custom.xml"
_SHEETS = "xl/worksheets/sheet"
_REMEMBERED = 128  # parts that have the same bytes in many files, such as styles and relations
_LONG = 2**17  # bytes of a part that is not remembered
_PRINT_NAMES = frozenset({"_xlnm.Print_Area", "_xlnm.Print_Titles"})


def open_file(content: bytes, sha256: str) -> OpenedFile:
    """Read a whole file from its bytes; errors in its structure are among its flaws. Never raises."""
    try:
        parts = parts_of(content)
    except NotStrict as found:
        return OpenedFile(sha256, flaws=frozenset({found.leak}))
    reading = _Reading()
    for name in sorted(parts, key=lambda name: (name != _SHARED, name)):
        if name in (_SHARED, _PROPERTIES) or name.startswith(_SHEETS) or len(parts[name]) > _LONG:
            reading.take(name, parts[name])
        else:
            reading.add(_alone(name, parts[name]))
    return reading.opened(sha256)


@lru_cache(maxsize=_REMEMBERED)
def _alone(name: str, content: bytes) -> "_Reading":
    """Read a part that needs no other part to be understood."""
    reading = _Reading()
    reading.take(name, content)
    return reading


class _Reading:
    """Collects the contents of the parts."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._marks: set[str] = set()
        self._numbers: set[int] = set()
        self._authors: set[str] = set()
        self._pictures: set[str] = set()
        self._flaws: set[Leak] = set()
        self._properties: list[tuple[str, str]] = []
        self._shared: list[str] = []
        self._cells: dict[str, set[str]] = {}  # by part
        self._sheets: list[tuple[str, str]] = []  # name and relation, in sheet order
        self._targets: dict[str, str] = {}  # of the workbook's relations
        self._locals: dict[str, str] = {}
        self._part = ""

    def take(self, name: str, content: bytes) -> None:
        """Read one part."""
        self._part = name
        self._marks.add(name)
        if not KNOWN_PARTS.fullmatch(name):
            self._flaws.add(unknown_part(name))
        elif name.startswith(PICTURES):
            self._pictures.add(sha256_of(content))
        elif not is_plain_xml(content):
            self._flaws.add(Leak.MARKUP)
        else:
            if name.startswith(_SHEETS):
                self._cells[name] = set()
            try:
                self._read_properties(content) if name == _PROPERTIES else self._read(content)
            except (ParseError, ExpatError, ValueError, OverflowError):
                self._flaws.add(Leak.DAMAGED)

    def add(self, other: "_Reading") -> None:
        """Add what another part holds, which is no worksheet."""
        self._texts |= other._texts  # noqa: SLF001 - its own kind
        self._marks |= other._marks  # noqa: SLF001 - as above
        self._numbers |= other._numbers  # noqa: SLF001 - as above
        self._authors |= other._authors  # noqa: SLF001 - as above
        self._flaws |= other._flaws  # noqa: SLF001 - as above
        self._pictures |= other._pictures  # noqa: SLF001 - as above
        self._sheets += other._sheets  # noqa: SLF001 - as above
        self._targets |= other._targets  # noqa: SLF001 - as above

    def opened(self, sha256: str) -> OpenedFile:
        """Return everything that was read."""
        sheets = [
            OpenedSheet(name, frozenset(self._cells.pop(self._targets.get(relation, ""), ())))
            for name, relation in self._sheets
        ]
        if self._cells:  # worksheets that the workbook does not list remain
            self._flaws.add(Leak.HIDDEN)
        return OpenedFile(
            sha256=sha256,
            sheets=tuple(sheets),
            texts=frozenset(self._texts),
            marks=frozenset(mark for mark in self._marks if not is_plain(mark)),
            numbers=frozenset(self._numbers),
            properties=tuple(self._properties),
            authors=frozenset(self._authors),
            pictures=frozenset(self._pictures),
            flaws=frozenset(self._flaws),
        )

    def _read_properties(self, content: bytes) -> None:
        """Read the file's own properties apart from other texts: a revision is not an employee id."""
        before, self._texts = self._texts, set()
        self._read(content)
        self._texts.difference_update(text for named in self._properties for text in named)
        self._texts |= before

    def _read(self, content: bytes) -> None:
        texts, marks, known = self._texts, self._marks, self._locals
        marks.update(found.decode() for found in set(_NAMESPACE.findall(content)))
        for element in self._elements(content):
            local = known.get(element.tag) or self._local(element.tag)
            for tag, value in element.items():
                attribute = known.get(tag) or self._local(tag)
                (marks if attribute in FORMAT else texts).add(value)
            if element.tail and not element.tail.isspace():
                texts.add(element.tail)
            if element.text:
                self._take_text(local, element.text)
            special = _SPECIAL.get(local)
            if special:
                special(self, element)
            if local in UNWANTED:
                self._flaws.add(UNWANTED[local])

    def _elements(self, content: bytes) -> Iterator[Element]:
        """Yield all elements of a part with their contents; long parts row by row, to save memory."""
        if len(content) <= _AT_ONCE:
            rest = self._take_usual(content) if self._part in self._cells else content
            yield from fromstring(rest).iter()  # noqa: S314 - no document type: see above
            return
        for _, element in iterparse(BytesIO(content)):  # noqa: S314 - as above
            yield element
            if element.tag.endswith("}row"):
                element.clear()

    def _local(self, tag: str) -> str:
        """Return a name without its namespace; an unknown name is collected too, as it could carry data."""
        local = tag.rpartition("}")[2]
        self._marks.add(local)
        self._locals[tag] = local
        return local

    def _take_text(self, local: str, text: str) -> None:
        if local == "t":
            self._texts.add(text)
        elif local == "v" and _NUMBER.fullmatch(text):
            value = float(text)
            if LAST_DATE < value < 1e18 and value == int(value):  # noqa: PLR2004 - beyond it numbers have no last digits
                self._numbers.add(int(value))
        elif local in PRINTED:
            self._texts.update(printed_texts(text))
        elif local in FORMULAS:
            self._texts.add(without_cells(text))
        elif not (local in PLACES and text.strip().lstrip("-").isdigit()) and not text.isspace():
            self._texts.add(text)
        if local in AUTHORS:
            self._authors.add(text)

    def _take_usual(self, content: bytes) -> bytes:
        """Take all cells that hold one plain text or number; return the part without them and without empty rows.

        The whole part is parsed first: without its plain cells, damaged XML could look sound.
        """
        ParserCreate().Parse(content, True)  # noqa: FBT003 - the library's flag for the last piece
        pieces = _USUAL_CELL.split(content)  # what is between, text, number, what is between, …
        texts = {text.decode() for text in set(pieces[1::3]) if text}
        self._texts |= texts
        self._cells[self._part] |= texts
        for number in set(pieces[2::3]):
            if number:
                self._take_text("v", number.decode())
        return _USUAL_ROW.sub(b"", b"".join(pieces[::3]))

    # ---- elements with a meaning beyond their text and attributes

    def _formula(self, element: Element) -> None:  # noqa: ARG002 - only its presence counts
        if self._part in self._cells:
            self._flaws.add(Leak.FORMULA)

    def _cell(self, element: Element) -> None:
        kind = element.get("t")
        if kind in (None, "n", "b"):
            return
        text = "".join(piece for child in element for piece in child.itertext())
        if kind == "s":
            text = self._shared[int(text)] if text.isdecimal() and int(text) < len(self._shared) else ""
        self._texts.add(text)
        if self._part in self._cells:
            self._cells[self._part].add(text)

    def _row(self, element: Element) -> None:
        self._note_hidden(element, "ht")

    def _column(self, element: Element) -> None:
        self._note_hidden(element, "width")

    def _note_hidden(self, element: Element, size: str) -> None:
        if element.get("hidden") in _TRUE or float(element.get(size) or 1) == 0:
            self._flaws.add(Leak.HIDDEN)

    def _shown(self, element: Element) -> None:
        """Note whether a sheet, a view, a shape or the default row is hidden."""
        states = {element.get("state", "visible"), element.get("visibility", "visible")}
        switches = {element.get("hidden"), element.get("zeroHeight")}
        if states != {"visible"} or switches & _TRUE:
            self._flaws.add(Leak.HIDDEN)

    def _sheet(self, element: Element) -> None:
        self._shown(element)
        relation = next((value for tag, value in element.items() if tag.endswith("}id")), "")
        self._sheets.append((element.get("name", ""), relation))

    def _relation(self, element: Element) -> None:
        kind, target = element.get("Type", "").rpartition("/")[2], element.get("Target", "")
        if element.get("TargetMode") or "://" in target:
            self._flaws.add(Leak.EXTERNAL)
        elif kind not in KNOWN_RELATIONS:
            self._flaws.add(unknown_part(kind))
        if self._part == "xl/_rels/workbook.xml.rels":
            folder = dirname(dirname(self._part))
            self._targets[element.get("Id", "")] = normpath(join("/", folder, target)).lstrip("/")

    def _defined_name(self, element: Element) -> None:
        if element.get("name") not in _PRINT_NAMES or element.get("hidden") in _TRUE:
            self._flaws.add(Leak.DEFINED_NAME)

    def _custom_property(self, element: Element) -> None:
        if self._part == _PROPERTIES:
            self._properties.append((element.get("name", ""), "".join(element.itertext())))

    def _joined(self, element: Element) -> None:
        pieces = list(element.itertext())
        if len(pieces) > 1:
            self._texts.add("".join(pieces))
        if self._part == _SHARED and element.tag.endswith("}si"):
            self._shared.append("".join(pieces))

    def _paragraphs(self, element: Element) -> None:
        pieces = list(element.itertext())
        self._texts.update(("".join(pieces), " ".join(pieces)))

    def _cached(self, element: Element) -> None:
        """Take a chart's copies of text cells."""
        self._texts.update(element.itertext())


_SPECIAL: Mapping[str, Callable[[_Reading, Element], None]] = {
    "c": _Reading._cell,  # noqa: SLF001 - this very module's
    "f": _Reading._formula,  # noqa: SLF001 - as above
    "row": _Reading._row,  # noqa: SLF001 - as above
    "col": _Reading._column,  # noqa: SLF001 - as above
    "sheet": _Reading._sheet,  # noqa: SLF001 - as above
    "Relationship": _Reading._relation,  # noqa: SLF001 - as above
    "definedName": _Reading._defined_name,  # noqa: SLF001 - as above
    "property": _Reading._custom_property,  # noqa: SLF001 - as above
    "strCache": _Reading._cached,  # noqa: SLF001 - as above
    "strLit": _Reading._cached,  # noqa: SLF001 - as above
    **dict.fromkeys(("sheetFormatPr", "workbookView", "cNvPr"), _Reading._shown),  # noqa: SLF001 - as above
    **dict.fromkeys(RUNS_TOGETHER, _Reading._joined),  # noqa: SLF001 - as above
    **dict.fromkeys(PARAGRAPHS, _Reading._paragraphs),  # noqa: SLF001 - as above
}


def is_plain_xml(content: bytes) -> bool:
    """True if a part is UTF-8 without document type, comments, processing instructions and CDATA, as ours are."""
    declared = _DECLARATION.match(content)
    end = declared.end() if declared else 0
    return (
        content[end : end + 1] == b"<"
        and b"\0" not in content
        and content.find(b"<!", end) < 0
        and content.find(b"<?", end) < 0
        and not _ENCODING.search(content[:end])
    )
