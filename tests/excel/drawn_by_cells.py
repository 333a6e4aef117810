"""The same drawn workbook through openpyxl's own cells: slow, simple, what the fast way must equal.

Readers see the same; the file's times are those of its writing, and Excel marks ids as numbers stored as text.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from openpyxl import Workbook
from openpyxl.chart._chart import ChartBase
from openpyxl.drawing.fill import Blip
from openpyxl.drawing.geometry import PresetGeometry2D
from openpyxl.drawing.image import Image
from openpyxl.drawing.picture import PictureFrame
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor, TwoCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.packaging.core import DocumentProperties
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.xml.functions import fromstring

from rkreport.core.report.sheets import ROWS_PER_SHEET, WorkbookPlan
from rkreport.excel.draw.charts import PlacedChart
from rkreport.excel.draw.layout import CELL_MARGIN, apply_layout
from rkreport.excel.draw.logo import FRAME_NUMBER, PlacedLogo
from rkreport.excel.draw.stream import TableRows
from rkreport.excel.draw.tabs import LINKS_PER_SHEET
from rkreport.excel.look.brand import HOUSE, Brand
from rkreport.excel.look.cell_rules import Stored
from rkreport.excel.look.styles import TABLE_STYLE
from rkreport.excel.ooxml.parts import CALC_ID
from rkreport.excel.ooxml.properties import Properties
from rkreport.excel.ooxml.sheet import DrawnSheet
from rkreport.excel.workbook import draw_workbook


def write_by_cells(
    plan: WorkbookPlan,
    path: Path,
    brand: Brand = HOUSE,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
    links_per_sheet: int = LINKS_PER_SHEET,
) -> None:
    """As `write_workbook`, cell by cell, and with all digits: openpyxl writes 16, which may be a neighbour's."""
    drawn = draw_workbook(plan, brand, rows_per_sheet, links_per_sheet)
    with path.open("wb") as stream, patch("openpyxl.cell._writer.safe_string", str):
        _save(stream, drawn.properties, drawn.sheets, drawn.styles.workbook())


def _save(stream: IO[bytes], properties: Properties, sheets: Sequence[DrawnSheet], workbook: Workbook) -> None:
    """Put every cell of the sheets into an empty workbook with their looks, and have it saved.

    ValueError as by `TableRows.blocks`.
    """
    book: Any = workbook  # much of which is not in the stubs
    for drawn in sheets:
        _fill(book, book.create_sheet(drawn.canvas.name), drawn)
    book.properties = DocumentProperties(
        title=properties.title,
        subject=properties.subject,
        creator=properties.company,
        lastModifiedBy=properties.company,
        keywords=properties.keywords or None,
        created=properties.created,
    )
    for name, value in properties.own.items():
        book.custom_doc_props.append(StringProperty(name=name, value=value))
    book.calculation = CalcProperties(calcId=CALC_ID, fullCalcOnLoad=False)
    book.active = 0
    book.save(stream)


def _fill(workbook: Workbook, sheet: Any, drawn: DrawnSheet) -> None:
    canvas = drawn.canvas
    apply_layout(sheet, canvas.layout)
    for number, width in enumerate(canvas.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = round(width + CELL_MARGIN, 2)
    rows = [(row, canvas.cells.get(row, {}), canvas.heights.get(row)) for row in canvas.cells.keys() | canvas.heights]
    if drawn.table:
        rows += [(row, dict(enumerate(cells, 1)), height) for row, cells, height in _cells(drawn.table.rows)]
    for row, cells, height in rows:
        if height is not None:
            sheet.row_dimensions[row].height = height
        for column, shown in cells.items():
            _put(workbook, sheet.cell(row, column), shown)
    _add_objects(sheet, drawn, workbook.index(sheet))
    sheet.print_area = canvas.printed
    if canvas.header_rows is not None:
        sheet.print_title_rows = "{}:{}".format(*canvas.header_rows)


def _cells(rows: TableRows) -> Iterator[tuple[int, list[Stored], float | None]]:
    """The rows of a table one value at a time, not by column and from memory: number, cells, own height if any."""
    following = rows.first_row
    for block in rows._counted():  # noqa: SLF001 - the same reading and the same rules, without the coding
        for number, row in enumerate(block, following):
            coded = zip(rows._coders, row, strict=True)  # noqa: SLF001 - as above
            stored = [coder.stored(value, number) for coder, value in coded]
            yield number, stored, rows.height(row)
        following += len(block)


def _add_objects(sheet: Any, drawn: DrawnSheet, number: int) -> None:
    canvas = drawn.canvas
    for place, location in canvas.links:
        sheet[place].hyperlink = Hyperlink(ref=place, location=location)
    for chart in canvas.charts:
        sheet.add_chart(_Chart(chart))
    if canvas.logo is not None:
        sheet.add_image(_Logo(canvas.logo, number))
    if drawn.table:
        table = Table(displayName=drawn.table.name, ref=drawn.table.area)
        table.tableStyleInfo = TableStyleInfo(name=TABLE_STYLE, showRowStripes=True, showColumnStripes=False)
        sheet.add_table(table)
    for validation in canvas.validations:
        sheet.add_data_validation(validation)


def _put(workbook: Any, cell: Any, shown: Stored) -> None:
    """Past openpyxl's own reading of values, which makes formulas, errors and formats out of text."""
    cell._value = shown.content  # noqa: SLF001 - `value` guesses the type
    cell.data_type = shown.type
    cell._style = copy(workbook._cell_styles[shown.style])  # noqa: SLF001 - no public way to give a whole style


class _Chart(ChartBase):
    """A chart that is finished: openpyxl gives it a number, and need not write it again."""

    def __init__(self, chart: PlacedChart) -> None:
        super().__init__()
        place = chart.place
        self._xml = chart.xml
        self.anchor: Any = TwoCellAnchor(
            editAs="oneCell",
            _from=AnchorMarker(col=place.first_column, row=place.first_row),
            to=AnchorMarker(col=place.end_column, row=place.end_row),
        )

    def _write(self) -> Any:
        return fromstring(self._xml)


class _Logo(Image):
    """A picture that is written as it is; openpyxl's own way would open it with Pillow."""

    def __init__(self, logo: PlacedLogo, number: int) -> None:
        self.format = logo.logo.format
        self._content = logo.logo.content
        self._number = number
        frame = PictureFrame()
        named = frame.nvPicPr.cNvPr
        named.id, named.name, named.descr = FRAME_NUMBER, "Logo", logo.alt_text
        frame.blipFill.blip = Blip(cstate="print")
        frame.spPr.prstGeom = PresetGeometry2D(prst="rect")
        frame.spPr.ln = None
        self.anchor: Any = OneCellAnchor(
            _from=AnchorMarker(col=logo.column, colOff=logo.right, row=0, rowOff=logo.below),
            ext=XDRPositiveSize2D(logo.width, logo.height),
        )
        self.anchor.pic = frame

    def _data(self) -> bytes:
        return self._content

    @property
    def path(self) -> str:
        """Its part of the file: openpyxl writes a picture for every sheet, and names must differ."""
        return f"/xl/media/logo{self._number}.{self.format}"
