"""Opens a brand template's zip file if that is safe, and reads its parts and relations. Knows no styles.

The limits suit a file from outside: it may be a zip bomb, hold macros, or link to outside.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.xml.functions import fromstring

from rkreport.bounds import NotSound, OutOfBounds, XmlBounds, may_be_xml, open_zip, read_part, scan_xml
from rkreport.excel.template.places import PLACE_LIMIT, Places
from rkreport.sentence import Sentence
from rkreport.sheet_bounds import SlowTexts

_MOST_PARTS = 2_000
_LARGEST_WHOLE = 100 * 2**20  # unpacked
_LARGEST_XML = 5 * 2**20  # unpacked, per part
_HIGHEST_RATIO = 200  # unpacked to packed; plain XML packs to a tenth or a twentieth
_SMALL = 2**20  # unpacked; smaller parts may have any ratio
_ENCRYPTED_FLAG = 1
_OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"  # of .xls, and of an .xlsx with a password
_XML_BOUNDS = XmlBounds(most_elements=100_000)  # of a part; ours has two thousand in all
_XML_ENDS = (".xml", ".rels", ".vml")
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Unusable(Exception):
    """The file is unusable; the reason is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: the last word of its type (`drawing`), and the target part's name."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of a workbook. Raises Unusable if the file is no workbook, damaged, or dangerous to unpack."""

    def __init__(self, content: bytes) -> None:
        """Check the table of contents, then read every part once to find damage."""
        if content.startswith(_OLD_OFFICE_MARK):
            raise Unusable("has a password or is an old .xls; save it in Excel as .xlsx without a password")
        try:
            self._archive = open_zip(content)
        except OutOfBounds as error:
            raise Unusable(_NO_WORKBOOK) from error
        self._refuse_bombs()
        self._slow = SlowTexts()
        self.names = frozenset(self._archive.namelist())
        if "[Content_Types].xml" not in self.names:
            raise Unusable(_NO_WORKBOOK)
        disguised = set()
        for name in sorted(self.names):
            part = self.read(name)  # one that is damaged, or not as long as it says, is refused here
            if name.lower().endswith(_XML_ENDS):
                self._check_xml(name, part)
            elif may_be_xml(part):
                disguised.add(name)
        self._check_disguised(disguised)

    def read(self, part: str) -> bytes:
        """Return the bytes of a part; raise Unusable if it is missing or damaged."""
        if part not in self.names:
            raise Unusable(Sentence("is damaged (it lacks {part}); save it again in Excel", part=part))
        try:
            return read_part(self._archive, self._archive.getinfo(part))
        except OutOfBounds as error:
            raise Unusable(Sentence("is damaged ({damaged}); save it again in Excel", damaged=part)) from error

    def xml(self, part: str) -> Any:  # noqa: ANN401 - an element of lxml if installed, else of ElementTree
        """Return the root element of a part."""
        try:
            return fromstring(self.read(part))
        except (SyntaxError, ValueError, RecursionError) as error:  # not well-formed, or entities and the like
            raise Unusable(
                Sentence("is damaged ({part} is no sound XML); save it again in Excel", part=part)
            ) from error

    def _check_xml(self, part: str, content: bytes) -> None:
        """Refuse what would become large in memory, and cells so far away that openpyxl would make a million."""
        places = Places(self._slow)
        try:
            scan_xml(content, _XML_BOUNDS, places.visit, self._slow.hear)
        except NotSound as error:
            raise Unusable(
                Sentence("is damaged ({part} is no sound XML); save it again in Excel", part=part)
            ) from error
        except OutOfBounds as error:
            raise Unusable(_TOO_MUCH) from error
        if places.far:
            raise Unusable(
                Sentence(
                    "has a cell, link or merged range at {far}, beyond {place_limit}; delete the rows"
                    " and columns behind the sample cells, and save it",
                    far=places.far,
                    place_limit=PLACE_LIMIT,
                )
            )

    def _check_disguised(self, parts: set[str]) -> None:
        """Check parts of XML that are named otherwise, unless they are only drawings, which openpyxl does not parse."""
        if not parts:
            return
        used = {one.target for _, one in self.all_relations() if one.kind != "image"}
        used |= {one.get("PartName", "").lstrip("/") for one in self.xml("[Content_Types].xml").iter(_OVERRIDE)}
        for name in sorted(parts & used):
            part = self.read(name)
            if len(part) > _LARGEST_XML:
                raise Unusable(_TOO_MUCH)
            self._check_xml(name, part)

    def relations(self, part: str) -> dict[str, Relation]:
        """Return a part's relations by id; an empty name means the package itself."""
        folder, name = posixpath.split(part)
        file = posixpath.join(folder, "_rels", f"{name}.rels")
        return self._relations(file, folder) if file in self.names else {}

    def all_relations(self) -> Iterator[tuple[str, Relation]]:
        """Yield every relation of every part, with the name of its list."""
        for file in sorted(self.names):
            if file.endswith(".rels"):
                for relation in self._relations(file, posixpath.dirname(posixpath.dirname(file))).values():
                    yield file, relation

    def _relations(self, file: str, folder: str) -> dict[str, Relation]:
        found = {}
        for element in self.xml(file).iter(_RELATIONS):
            target = element.get("Target", "")
            found[element.get("Id", "")] = Relation(
                kind=element.get("Type", "").rpartition("/")[2],
                target=posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"),
                is_external=element.get("TargetMode") == "External",
            )
        return found

    def _refuse_bombs(self) -> None:
        entries = self._archive.infolist()
        if len(entries) > _MOST_PARTS:
            raise Unusable(
                Sentence(
                    "has {entries} parts, more than {most_parts}; begin anew from templates/brand.xlsx",
                    entries=len(entries),
                    most_parts=_MOST_PARTS,
                )
            )
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise Unusable("has a password; save it in Excel without one")
        whole, packed = (sum(getattr(entry, size) for entry in entries) for size in ("file_size", "compress_size"))
        is_bomb = (
            whole > _LARGEST_WHOLE
            or (whole > _SMALL and whole > _HIGHEST_RATIO * packed)
            or any(
                entry.file_size > max(_SMALL, _HIGHEST_RATIO * entry.compress_size)
                or (entry.file_size > _LARGEST_XML and entry.filename.lower().endswith(_XML_ENDS))
                for entry in entries
            )
        )
        if is_bomb:
            raise Unusable(_TOO_MUCH)


_TOO_MUCH = "unpacks to far more than a brand needs; begin anew from templates/brand.xlsx"
_NO_WORKBOOK = "is no Excel workbook, or damaged; save it in Excel as .xlsx"
