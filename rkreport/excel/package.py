"""A workbook into the parts of an .xlsx file. Knows zip and openpyxl's writer; knows nothing of what the sheets say.

Openpyxl writes what is few: charts, tables, views, print set-up, styles, relations, and the list of it all. Differences
from its own `save`: worksheets go straight into the archive, where it would make readable files in the system's temp
folder; every time stamp is the plan's; the application's properties name the company; and what many workbooks share
is written once. All that is used here and is private to openpyxl is held by tests, and openpyxl is pinned below its
next minor version.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.packaging.manifest import Manifest
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.workbook._writer import WorkbookWriter
from openpyxl.worksheet.table import Table
from openpyxl.writer.excel import ExcelWriter
from openpyxl.writer.theme import theme_xml
from openpyxl.xml.constants import (
    ARC_APP,
    ARC_CORE,
    ARC_CUSTOM,
    ARC_ROOT_RELS,
    ARC_STYLE,
    ARC_THEME,
    ARC_WORKBOOK,
    ARC_WORKBOOK_RELS,
    CPROPS_TYPE,
)
from openpyxl.xml.functions import tostring

from rkreport.excel.deflate import deflating
from rkreport.excel.sheet import DrawnSheet, write_sheet

if TYPE_CHECKING:
    from _typeshed import SizedBuffer
    from openpyxl.worksheet.worksheet import Worksheet

APPLICATION = "rkreport"
_USED = {
    ExcelWriter: ("write_data", "write_worksheet", "_write_worksheets", "_write_images", "_write_charts"),
    WorkbookWriter: ("write_root_rels", "write", "write_rels"),
    Manifest: ("append", "_write"),
    SpreadsheetDrawing: ("_write", "_write_rels"),
    Table: ("_write", "_rel_type", "path"),
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
        _PackageWriter(workbook, archive, sheets, styles).write_data()


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


class _PackageWriter(ExcelWriter):
    def __init__(self, workbook: Workbook, archive: _Archive, sheets: Mapping[str, DrawnSheet], styles: bytes) -> None:
        super().__init__(workbook, archive)
        self._styles = styles
        self._into = archive
        self._sheets = sheets

    def write_data(self) -> None:
        """Every part; openpyxl's own would write the styles anew for each of many alike workbooks."""
        book: Any = self.workbook
        into = self._into
        into.writestr(ARC_APP, _application_properties(into.company))
        into.writestr(ARC_CORE, tostring(book.properties.to_tree()))
        into.writestr(ARC_THEME, theme_xml)
        if len(book.custom_doc_props):
            into.writestr(ARC_CUSTOM, tostring(book.custom_doc_props.to_tree()))
            self.manifest.append(_CustomProperties)
        parts: Any = self
        for write in ("_write_worksheets", "_write_images", "_write_charts"):
            getattr(parts, write)()
        into.writestr(ARC_STYLE, self._styles)
        writer: Any = WorkbookWriter(book)
        into.writestr(ARC_ROOT_RELS, writer.write_root_rels())
        into.writestr(ARC_WORKBOOK, writer.write())
        into.writestr(ARC_WORKBOOK_RELS, writer.write_rels())
        manifest: Any = self.manifest
        manifest._write(into, book)  # noqa: SLF001 - as openpyxl's own does

    def write_worksheet(self, ws: "Worksheet") -> None:
        sheet: Any = ws  # openpyxl keeps what a worksheet brings along in private places
        sheet._drawing = SpreadsheetDrawing()  # noqa: SLF001
        sheet._drawing.charts = sheet._charts  # noqa: SLF001
        sheet._drawing.images = sheet._images  # noqa: SLF001
        with deflating(self._into, self._into.entry(sheet.path[1:])) as part:
            sheet._rels = write_sheet(part, sheet, self._sheets[sheet.title])  # noqa: SLF001
        self.manifest.append(sheet)

    def _write_images(self) -> None:
        """Each picture once, though it stands on every sheet."""
        images: Any = self._images  # type: ignore[attr-defined]
        for path, image in {image.path: image for image in images}.items():
            self._into.writestr(path[1:], image._data())  # noqa: SLF001 - as openpyxl does

    def _write_charts(self) -> None:
        for chart in self._charts:  # type: ignore[attr-defined]
            self._into.writestr(chart.path[1:], chart.xml)
            self.manifest.append(chart)


class _CustomProperties:
    """The part as the list of parts wants it named."""

    path = "/" + ARC_CUSTOM
    mime_type = CPROPS_TYPE


def _application_properties(company: str) -> bytes:
    properties: Any = ExtendedProperties(Company=company)
    properties.Application = APPLICATION
    properties.AppVersion = None
    properties.__elements__ = ("Application", "Company")
    return bytes(tostring(properties.to_tree()))
