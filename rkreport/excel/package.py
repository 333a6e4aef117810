"""A workbook into the parts of an .xlsx file. Knows zip and openpyxl's writer; knows nothing of what the sheets say.

Openpyxl writes what is few: charts, tables, views, print set-up, styles, relations, and the list of it all. Differences
from its own `save`: worksheets go straight into the archive, where it would make readable files in the system's temp
folder; every time stamp is the plan's; the application's properties name the company; and what many workbooks share
is written once. All that is used here and is private to openpyxl is held by tests, and openpyxl is pinned below its
next minor version.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.packaging.manifest import DEFAULT_OVERRIDE
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.workbook._writer import WorkbookWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.theme import theme_xml
from openpyxl.xml.constants import (
    ARC_APP,
    ARC_CONTENT_TYPES,
    ARC_CORE,
    ARC_CUSTOM,
    ARC_ROOT_RELS,
    ARC_STYLE,
    ARC_THEME,
    ARC_WORKBOOK_RELS,
    CPROPS_TYPE,
    DRAWING_TYPE,
)
from openpyxl.xml.functions import tostring

from rkreport.excel.charts import DrawnChart
from rkreport.excel.deflate import deflating
from rkreport.excel.logo import LogoImage
from rkreport.excel.parts import Relation, content_types_xml, drawing_xml, relations_path, relations_xml
from rkreport.excel.sheet import DRAWING, TABLE, DrawnSheet, write_sheet

if TYPE_CHECKING:
    from _typeshed import SizedBuffer

APPLICATION = "rkreport"
_USED = {
    Workbook: ("path", "mime_type"),
    Worksheet: ("path", "mime_type"),
    WorkbookWriter: ("write_root_rels", "write", "write_rels"),
}
_FIRST_ZIP_YEAR = 1980


def save(
    workbook: Workbook,
    stream: IO[bytes],
    *,
    company: str,
    created: datetime,
    sheets: Mapping[str, DrawnSheet],
    styles: bytes,
) -> None:
    """Write the workbook into a stream that can be read back and sought; the same workbook gives the same bytes.

    `sheets` are by name; the rows of tables are read now. `styles` is the part `styles_xml` of the same styles.
    LargeZipFile for a sheet of more than 2 GB, ValueError as by `TableRows.blocks`.
    """
    with _Archive(stream, company, created) as archive:
        _Package(archive, sheets).write(workbook, styles)


def missing_hooks() -> tuple[str, ...]:
    """What of openpyxl's inside is built on here and is not there any more; then `plain` has to do."""
    return tuple(
        f"{owner.__name__}.{name}" for owner, names in _USED.items() for name in names if not hasattr(owner, name)
    )


def styles_xml(workbook: Workbook) -> bytes:
    """The part with the styles of a workbook."""
    return bytes(tostring(write_stylesheet(workbook)))


class _Archive(ZipFile):
    """A zip file whose entries all carry one time."""

    def __init__(self, stream: IO[bytes], company: str, created: datetime) -> None:
        super().__init__(stream, "w", ZIP_DEFLATED)
        self.company = company
        self._time = (max(created.year, _FIRST_ZIP_YEAR), *created.timetuple()[1:6])

    def entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._time)
        entry.compress_type = ZIP_DEFLATED
        return entry

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: "SizedBuffer | str",
        compress_type: int | None = None,  # noqa: ARG002 - as the method it stands for
        compresslevel: int | None = None,  # noqa: ARG002 - as above
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        with deflating(self, self.entry(name)) as part:
            part.write(data.encode() if isinstance(data, str) else data)


class _Package:
    """The parts of one file: each is written once, and the list of them at last."""

    def __init__(self, archive: _Archive, sheets: Mapping[str, DrawnSheet]) -> None:
        self._into = archive
        self._sheets = sheets
        self._types = {part.PartName: part.ContentType for part in DEFAULT_OVERRIDE}
        self._images: dict[str, bytes] = {}
        self._charts: list[DrawnChart] = []
        self._drawings = self._tables = 0

    def write(self, workbook: Workbook, styles: bytes) -> None:
        """Every part."""
        book: Any = workbook  # much of which is not in the stubs
        into = self._into
        into.writestr(ARC_APP, _application_properties(into.company))
        into.writestr(ARC_CORE, tostring(book.properties.to_tree()))
        into.writestr(ARC_THEME, theme_xml)
        if len(book.custom_doc_props):
            self._write(f"/{ARC_CUSTOM}", CPROPS_TYPE, tostring(book.custom_doc_props.to_tree()))
        for number, sheet in enumerate(book.worksheets, 1):
            self._write_sheet(sheet, number)
        for chart in self._charts:
            self._write(chart.path, chart.mime_type, chart.xml)
        for path, content in self._images.items():
            into.writestr(path[1:], content)
        into.writestr(ARC_STYLE, styles)
        writer: Any = WorkbookWriter(book)
        into.writestr(ARC_ROOT_RELS, writer.write_root_rels())
        self._write(book.path, book.mime_type, writer.write())
        into.writestr(ARC_WORKBOOK_RELS, writer.write_rels())
        extensions = ["xml", "rels", *dict.fromkeys(path.rpartition(".")[2] for path in self._images)]
        into.writestr(ARC_CONTENT_TYPES, content_types_xml(self._types.items(), extensions))

    def _write(self, path: str, kind: str, content: bytes) -> None:
        self._into.writestr(path[1:], content)
        self._types[path] = kind

    def _write_sheet(self, sheet: Any, number: int) -> None:  # noqa: ANN401 - openpyxl keeps what it brings along in private places
        sheet._id = number  # noqa: SLF001 - its path and the workbook's list of sheets go by it
        relations = [*self._write_drawing([*sheet._charts, *sheet._images]), *self._write_tables(sheet)]  # noqa: SLF001 - as above
        with deflating(self._into, self._into.entry(sheet.path[1:])) as part:
            write_sheet(part, sheet, self._sheets[sheet.title], relations)
        self._types[sheet.path] = sheet.mime_type
        self._relate(sheet.path, relations)

    def _write_drawing(self, drawn: Sequence[DrawnChart | LogoImage]) -> Iterator[Relation]:
        """Charts come later, one after the other, and each picture once, though it stands on every sheet."""
        if not drawn:
            return
        for one in drawn:
            if isinstance(one, DrawnChart):
                self._charts.append(one)
                one.take_number(len(self._charts))
            else:
                self._images[one.path] = one.content
        self._drawings += 1
        path = f"/xl/drawings/drawing{self._drawings}.xml"
        anchors = [one.anchor_xml(number) for number, one in enumerate(drawn, 1)]
        self._write(path, DRAWING_TYPE, drawing_xml(anchors))
        self._relate(path, [Relation("chart" if isinstance(one, DrawnChart) else "image", one.path) for one in drawn])
        yield Relation(DRAWING, path)

    def _write_tables(self, sheet: Worksheet) -> Iterator[Relation]:
        for table in sheet.tables.values():
            self._tables += 1
            written: Any = table
            written.id = self._tables
            self._write(written.path, written.mime_type, written.xml)
            yield Relation(TABLE, written.path)

    def _relate(self, path: str, relations: Sequence[Relation]) -> None:
        if relations:
            self._into.writestr(relations_path(path)[1:], relations_xml(relations))


@lru_cache(maxsize=16)
def _application_properties(company: str) -> bytes:
    properties: Any = ExtendedProperties(Company=company)
    properties.Application = APPLICATION
    properties.AppVersion = None
    properties.__elements__ = ("Application", "Company")
    return bytes(tostring(properties.to_tree()))
