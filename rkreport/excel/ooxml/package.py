"""Writes drawn sheets as the parts of an .xlsx file. Knows zip and how parts relate; not the sheets' contents.

Differences from openpyxl's `save`: worksheets go straight into the archive, not through readable files in the system's
temp folder. Every time stamp is the plan's. The application's properties name the company. Simple XML needs no objects.
Styles, properties, charts and print set-up are as openpyxl writes them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl.writer.theme import theme_xml
from openpyxl.xml.constants import (
    ARC_APP,
    ARC_CONTENT_TYPES,
    ARC_CORE,
    ARC_CUSTOM,
    ARC_ROOT_RELS,
    ARC_STYLE,
    ARC_THEME,
    ARC_WORKBOOK,
    ARC_WORKBOOK_RELS,
    CHART_TYPE,
    CPROPS_TYPE,
    DRAWING_TYPE,
    STYLES_TYPE,
    THEME_TYPE,
    WORKSHEET_TYPE,
    XLSX,
)

from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.table import DrawnTable, PlacedTable
from rkreport.excel.look.styles import TABLE_STYLE
from rkreport.excel.ooxml.cell_xml import table_xml
from rkreport.excel.ooxml.deflate import deflating
from rkreport.excel.ooxml.parts import (
    CORE_PROPERTIES,
    PrintedSheet,
    Relation,
    content_types_xml,
    drawing_xml,
    relations_path,
    relations_xml,
    workbook_xml,
)
from rkreport.excel.ooxml.properties import Properties, application_xml, core_xml, own_xml
from rkreport.excel.ooxml.sheet import DRAWING, TABLE, DrawnSheet, write_sheet

_APP_TYPE = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_FIRST_ZIP_YEAR = 1980


def save(stream: IO[bytes], properties: Properties, sheets: Sequence[DrawnSheet], styles: bytes) -> list[str]:
    """Write the file into a readable, seekable stream; the same sheets give the same bytes.

    This reads the rows of tables. Returns the names of the parts. Raises LargeZipFile for a sheet of more than 2 GB,
    and ValueError as `TableRows.blocks`.
    """
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        _Package(archive, properties.created).write(properties, sheets, styles)
        return archive.namelist()


class _Package:
    """Writes the parts of one file, each once, and finally the list of parts."""

    def __init__(self, archive: ZipFile, created: datetime) -> None:
        self._archive = archive
        self._time = (max(created.year, _FIRST_ZIP_YEAR), *created.timetuple()[1:6])  # the time stamp of every part
        self._types: dict[str, str] = {}
        self._charts: list[bytes] = []
        self._pictures: dict[str, bytes] = {}
        self._drawings = self._tables = 0

    def write(self, properties: Properties, sheets: Sequence[DrawnSheet], styles: bytes) -> None:
        """Write every part, and the relations from file to workbook and from workbook to sheets."""
        self._write(f"/{ARC_APP}", _APP_TYPE, application_xml(properties))
        self._write(f"/{ARC_CORE}", _CORE_TYPE, core_xml(properties))
        self._write(f"/{ARC_THEME}", THEME_TYPE, theme_xml)
        own = [Relation("custom-properties", ARC_CUSTOM)] if properties.own else []
        if own:
            self._write(f"/{ARC_CUSTOM}", CPROPS_TYPE, own_xml(properties))
        paths = [self._write_sheet(drawn, number) for number, drawn in enumerate(sheets, 1)]
        for number, chart in enumerate(self._charts, 1):
            self._write(_chart_path(number), CHART_TYPE, chart)
        for path, content in self._pictures.items():
            self._put(path[1:], content)
        self._write(f"/{ARC_STYLE}", STYLES_TYPE, styles)
        canvases = [one.canvas for one in sheets]
        printed = [PrintedSheet(each.name, each.printed, each.header_rows, each.header_columns) for each in canvases]
        self._write(f"/{ARC_WORKBOOK}", XLSX, workbook_xml(printed))
        self._put(ARC_ROOT_RELS, relations_xml([*_FILE, *own]))
        to_sheets = [Relation("worksheet", path) for path in paths]
        self._put(ARC_WORKBOOK_RELS, relations_xml([*to_sheets, *_WORKBOOK]))
        extensions = ["xml", "rels", *dict.fromkeys(path.rpartition(".")[2] for path in self._pictures)]
        self._put(ARC_CONTENT_TYPES, content_types_xml(self._types.items(), extensions))

    def _write(self, path: str, kind: str, content: bytes | str) -> None:
        self._put(path[1:], content)
        self._types[path] = kind

    def _put(self, name: str, content: bytes | str) -> None:
        with self._opened(name) as part:
            part.write(content.encode() if isinstance(content, str) else content)

    def _opened(self, name: str) -> IO[bytes]:
        """Open a part for writing; a zip file allows one open entry at a time."""
        entry = ZipInfo(name, self._time)
        entry.compress_type = ZIP_DEFLATED
        return deflating(self._archive, entry)

    def _write_sheet(self, drawn: DrawnSheet, number: int) -> str:
        path = f"/xl/worksheets/sheet{number}.xml"
        relations = [*self._write_drawing(drawn.canvas), *map(self._write_table, _tables_of(drawn))]
        with self._opened(path[1:]) as part:
            write_sheet(part, drawn, relations)
        self._types[path] = WORKSHEET_TYPE
        self._relate(path, relations)
        return path

    def _write_drawing(self, canvas: Canvas) -> list[Relation]:
        """Write a sheet's drawing. Its charts are written later, and each picture once for all sheets."""
        relations, anchors = [], []
        for chart in canvas.charts:
            self._charts.append(chart.xml)
            relations.append(Relation("chart", _chart_path(len(self._charts))))
            anchors.append(chart.anchor_xml(len(relations)))
        if canvas.logo is not None:
            self._pictures[canvas.logo.path] = canvas.logo.logo.content
            relations.append(Relation("image", canvas.logo.path))
            anchors.append(canvas.logo.anchor_xml(len(relations)))
        if not relations:
            return []
        self._drawings += 1
        path = f"/xl/drawings/drawing{self._drawings}.xml"
        self._write(path, DRAWING_TYPE, drawing_xml(anchors))
        self._relate(path, relations)
        return [Relation(DRAWING, path)]

    def _write_table(self, table: DrawnTable | PlacedTable) -> Relation:
        self._tables += 1
        path = f"/xl/tables/table{self._tables}.xml"
        xml = table_xml(self._tables, name=table.name, area=table.area, headers=table.headers, style=TABLE_STYLE)
        self._write(path, _TABLE_TYPE, xml)
        return Relation(TABLE, path)

    def _relate(self, path: str, relations: Sequence[Relation]) -> None:
        if relations:
            self._put(relations_path(path)[1:], relations_xml(relations))


_FILE = (
    Relation("officeDocument", ARC_WORKBOOK),
    Relation(CORE_PROPERTIES, ARC_CORE),
    Relation("extended-properties", ARC_APP),
)
_WORKBOOK = (Relation("styles", f"/{ARC_STYLE}"), Relation("theme", f"/{ARC_THEME}"))


def _tables_of(drawn: DrawnSheet) -> list[DrawnTable | PlacedTable]:
    return [*drawn.placed, *([drawn.table] if drawn.table else [])]


def _chart_path(number: int) -> str:
    return f"/xl/charts/chart{number}.xml"
