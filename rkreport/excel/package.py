"""A workbook into the parts of an .xlsx file. Knows zip and openpyxl's writer; knows nothing of what the sheets say.

Five things differ from openpyxl's own `save`: worksheets go straight into the archive instead of as readable files into
the system's temp folder, the rows of tables go past openpyxl, every time stamp is the plan's, the application's
properties name the company, and "number stored as text" is no error in tables (openpyxl cannot write that element).
All that is used here and is private to openpyxl is held by tests, and openpyxl is pinned below its next minor version.
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, LargeZipFile, ZipFile, ZipInfo

from openpyxl import LXML, Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.packaging.extended import ExtendedProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_APP
from openpyxl.xml.functions import Element, SubElement, tostring

if TYPE_CHECKING:
    from _typeshed import SizedBuffer
    from openpyxl.worksheet.worksheet import Worksheet

    from rkreport.excel.stream import TableRows
    from rkreport.excel.table import DrawnTable

APPLICATION = "rkreport"
_FIRST_ZIP_YEAR = 1980
_MANY_ROWS = 20_000  # from here on time counts for more than size: half the time for 40 % more bytes
_FAST = 1
_LARGEST_PART = ZIP64_LIMIT - 2**27  # less openpyxl's share; past the limit comes a form of zip that Excel repairs


def save(
    workbook: Workbook,
    stream: IO[bytes],
    *,
    company: str,
    created: datetime,
    tables: Mapping[str, "DrawnTable"],
) -> None:
    """Write the workbook into a stream that can be read back and sought; the same workbook gives the same bytes.

    `tables` are by sheet name; their rows are read now. LargeZipFile for a sheet of more than 2 GB, ValueError as by
    `TableRows.blocks`.
    """
    with _Archive(stream, company, created) as archive:
        _PackageWriter(workbook, archive, tables).write_data()


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
    def __init__(self, workbook: Workbook, archive: _Archive, tables: Mapping[str, "DrawnTable"]) -> None:
        super().__init__(workbook, archive)
        self._into = archive
        self._drawn = tables  # `_tables` is openpyxl's

    def write_worksheet(self, ws: "Worksheet") -> None:
        sheet: Any = ws  # openpyxl keeps what a worksheet brings along in private places
        sheet._drawing = SpreadsheetDrawing()  # noqa: SLF001
        sheet._drawing.charts = sheet._charts  # noqa: SLF001
        sheet._drawing.images = sheet._images  # noqa: SLF001
        table = self._drawn.get(sheet.title)
        entry = self._into.entry(sheet.path[1:])
        if table is not None and table.rows.count >= _MANY_ROWS:
            entry._compresslevel = _FAST  # type: ignore[attr-defined]  # noqa: SLF001 - no public way before 3.13
        with self._into.open(entry, "w") as part, closing(_SheetWriter(sheet, part, table)) as writer:
            writer.write()
        sheet._rels = writer.relations  # noqa: SLF001
        self.manifest.append(sheet)


class _SheetWriter(WorksheetWriter):
    """Openpyxl's writer, with the rows of a table between the cells above and below it."""

    def __init__(self, sheet: "Worksheet", part: IO[bytes], table: "DrawnTable | None") -> None:
        super().__init__(sheet, part)
        self._part = part
        self._table = table

    @property
    def relations(self) -> Any:  # noqa: ANN401 - openpyxl's stubs do not have it
        return self._rels  # type: ignore[attr-defined]

    def write_dimensions(self) -> None:
        """The area in use, table rows included."""
        if self._table is None:
            super().write_dimensions()
            return
        sheet: Any = self.ws
        last_row = max(sheet.max_row, self._table.rows.last_row)
        self.xf.send(SheetDimension(f"A1:{get_column_letter(sheet.max_column)}{last_row}").to_tree())

    def write_rows(self) -> None:
        """The cells above the table, its rows, the cells below."""
        drawn = self.rows()
        first_row = self._table.rows.first_row if self._table else 0
        xf: Any = self.xf.send(True)  # noqa: FBT003 - openpyxl's way to ask for its stream
        with xf.element("sheetData"):
            for number, cells in drawn:
                if number < first_row:
                    self.write_row(xf, cells, number)
            if self._table:
                _flush(xf)
                self._write_table_rows(self._table.rows)
            for number, cells in drawn:
                if number >= first_row:
                    self.write_row(xf, cells, number)
        self.xf.send(None)

    def _write_table_rows(self, rows: "TableRows") -> None:
        size = 0
        for block in rows.blocks():
            size += len(block)
            if size > _LARGEST_PART:
                raise LargeZipFile(self.ws.title)
            self._part.write(block)

    def write_breaks(self) -> None:
        """Breaks, then what the schema wants right after them."""
        super().write_breaks()
        if self._table is not None:
            ignored = Element("ignoredErrors")  # openpyxl's own class leaves out sqref
            SubElement(ignored, "ignoredError", {"sqref": self._table.text_range, "numberStoredAsText": "1"})
            self.xf.send(ignored)


def _flush(xf: Any) -> None:  # noqa: ANN401 - lxml's stream where lxml is installed, else et_xmlfile's; untyped both
    """Have openpyxl's stream hand on what it holds, so that something else can be written behind it."""
    if LXML:
        xf.flush()
    else:
        xf._file.__self__.flush()  # noqa: SLF001 - et_xmlfile forgot to give it one


def _application_properties(company: str) -> bytes:
    properties: Any = ExtendedProperties(Company=company)
    properties.Application = APPLICATION
    properties.AppVersion = None
    properties.__elements__ = ("Application", "Company")
    return bytes(tostring(properties.to_tree()))
