"""The same drawn sheets by openpyxl's own way: cell by cell, slow, and with rows in memory.

For an openpyxl whose inside is no longer what `package` builds on. Readers see the same cells; the file's times are
those of its writing, and Excel marks ids as numbers stored as text.
"""

from collections.abc import Mapping
from copy import copy
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from rkreport.excel.layout import CELL_MARGIN, apply_layout
from rkreport.excel.sheet import DrawnSheet
from rkreport.excel.values import Stored


def save_plainly(workbook: Workbook, stream: IO[bytes], sheets: Mapping[str, DrawnSheet]) -> None:
    """Put every cell of the sheets, which are by name, into openpyxl's, and have it saved. ValueError as by `cells`."""
    for name, drawn in sheets.items():
        _fill(workbook, workbook[name], drawn)
    workbook.save(stream)


def _fill(workbook: Workbook, sheet: Any, drawn: DrawnSheet) -> None:  # noqa: ANN401 - the stubs lack much of it
    canvas = drawn.canvas
    apply_layout(sheet, canvas.layout)
    for number, width in enumerate(canvas.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = round(width + CELL_MARGIN, 2)
    rows = [(row, canvas.cells.get(row, {}), canvas.heights.get(row)) for row in canvas.cells.keys() | canvas.heights]
    if drawn.table:
        rows += [(row, dict(enumerate(cells, 1)), height) for row, cells, height in drawn.table.rows.cells()]
    for row, cells, height in rows:
        if height is not None:
            sheet.row_dimensions[row].height = height
        for column, shown in cells.items():
            _put(workbook, sheet.cell(row, column), shown)
    for image in sheet._images:  # noqa: SLF001 - no public way
        image.name = f"logo{workbook.index(sheet)}"  # openpyxl writes a picture for every sheet, and names must differ
    for place, location in canvas.links:
        sheet[place].hyperlink = Hyperlink(ref=place, location=location)


def _put(workbook: Any, cell: Any, shown: Stored) -> None:  # noqa: ANN401 - what follows is not in openpyxl's stubs
    """Past openpyxl's own reading of values, which makes formulas, errors and formats out of text."""
    cell._value = shown.content  # noqa: SLF001 - `value` guesses the type
    cell.data_type = shown.type
    cell._style = copy(workbook._cell_styles[shown.style])  # noqa: SLF001 - no public way to give a whole style
