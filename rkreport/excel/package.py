"""A workbook into the parts of an .xlsx file. Knows zip and openpyxl's writer; knows nothing of what the sheets say.

Four things differ from openpyxl's own `save`: worksheets go straight into the archive instead of as readable files into
the system's temp folder, every time stamp is the plan's, the application's properties name the company, and
"number stored as text" is no error in tables (openpyxl cannot write that element).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_APP
from openpyxl.xml.functions import Element, SubElement, tostring

if TYPE_CHECKING:
    from _typeshed import SizedBuffer
    from openpyxl.worksheet.worksheet import Worksheet

APPLICATION = "rkreport"
_FIRST_ZIP_YEAR = 1980


def save(
    workbook: Workbook,
    stream: IO[bytes],
    *,
    company: str,
    created: datetime,
    text_ranges: Mapping[str, str],
) -> None:
    """Write the workbook into a stream that can be read back and sought; the same workbook gives the same bytes.

    `text_ranges`, by sheet name, are the cells where digits are meant as text.
    """
    with _Archive(stream, company, created) as archive:
        _PackageWriter(workbook, archive, text_ranges).write_data()


class _Archive(ZipFile):
    """A zip file whose entries all carry one time."""

    def __init__(self, stream: IO[bytes], company: str, created: datetime) -> None:
        super().__init__(stream, "w", ZIP_DEFLATED)
        self._company = company
        self._time = (max(created.year, _FIRST_ZIP_YEAR), *created.timetuple()[1:6])

    def entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._time)
        entry.compress_type = ZIP_DEFLATED
        return entry

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: "SizedBuffer | str",
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        if name == ARC_APP:
            data = _application_properties(self._company)
        super().writestr(self.entry(name), data, compress_type, compresslevel)


class _PackageWriter(ExcelWriter):
    def __init__(self, workbook: Workbook, archive: _Archive, text_ranges: Mapping[str, str]) -> None:
        super().__init__(workbook, archive)
        self._into = archive
        self._text_ranges = text_ranges

    def write_worksheet(self, ws: "Worksheet") -> None:
        sheet: Any = ws  # openpyxl keeps what a worksheet brings along in private places
        sheet._drawing = SpreadsheetDrawing()  # noqa: SLF001
        sheet._drawing.charts = sheet._charts  # noqa: SLF001
        sheet._drawing.images = sheet._images  # noqa: SLF001
        with self._into.open(self._into.entry(sheet.path[1:]), "w") as part:
            writer = _SheetWriter(sheet, part, self._text_ranges.get(sheet.title))
            writer.write()
        sheet._rels = writer.relations  # noqa: SLF001
        self.manifest.append(sheet)


class _SheetWriter(WorksheetWriter):
    def __init__(self, sheet: "Worksheet", part: IO[bytes], text_range: str | None) -> None:
        super().__init__(sheet, part)
        self._text_range = text_range

    @property
    def relations(self) -> Any:  # noqa: ANN401 - openpyxl's stubs do not have it
        return self._rels  # type: ignore[attr-defined]

    def write_breaks(self) -> None:
        """Breaks, then what the schema wants right after them."""
        super().write_breaks()
        if self._text_range:
            ignored = Element("ignoredErrors")  # openpyxl's own class leaves out sqref
            SubElement(ignored, "ignoredError", {"sqref": self._text_range, "numberStoredAsText": "1"})
            self.xf.send(ignored)


def _application_properties(company: str) -> bytes:
    properties: Any = ExtendedProperties(Company=company)
    properties.Application = APPLICATION
    properties.AppVersion = None
    properties.__elements__ = ("Application", "Company")
    return bytes(tostring(properties.to_tree()))
