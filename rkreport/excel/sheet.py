"""One worksheet as a part of the file, in the order that the schema wants. Knows the drawn, and how rows are coded.

Memory does not grow with the rows of a table: they are read and written block by block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZIP64_LIMIT, LargeZipFile

from openpyxl.packaging.relationship import Relationship, RelationshipList
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import tostring

from rkreport.excel.cells import Canvas
from rkreport.excel.coding import links_xml, row_xml
from rkreport.excel.layout import columns_xml, layout_xml
from rkreport.excel.table import DrawnTable

_DRAWING = f"{REL_NS}/drawing"
_LARGEST_PART = ZIP64_LIMIT - 2**27  # less what stands around; past the limit comes a form of zip that Excel repairs


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """One worksheet: what was drawn on it, and the table whose rows are yet to be read."""

    canvas: Canvas
    table: DrawnTable | None = None


def write_sheet(part: IO[bytes], sheet: Worksheet, drawn: DrawnSheet) -> RelationshipList:
    """Write the whole part; returns what it relates to, as openpyxl's package wants to complete it.

    LargeZipFile for more than 2 GB, ValueError as by `TableRows.blocks`.
    """
    canvas, table = drawn.canvas, drawn.table
    relations = RelationshipList()
    properties, view, printed = layout_xml(canvas.layout)
    opening = f'<worksheet xmlns="{SHEET_MAIN_NS}" xmlns:r="{REL_NS}">'.encode()
    part.write(b"".join((opening, properties, _area(drawn), view, columns_xml(canvas.widths), b"<sheetData>")))
    first_row = table.rows.first_row if table else canvas.last_row + 1
    part.write(b"".join(_drawn_rows(canvas, 1, first_row)))
    if table:
        _write_table_rows(part, sheet.title, table)
    part.write(b"".join(_drawn_rows(canvas, first_row, canvas.last_row + 1)))
    part.write(b"</sheetData>" + _validations(sheet) + links_xml(canvas.links) + printed)
    if table:
        digits = f'<ignoredError sqref="{table.text_range}" numberStoredAsText="1"/>'
        part.write(f"<ignoredErrors>{digits}</ignoredErrors>".encode())
    part.write(_drawing(sheet, relations) + _tables(sheet, relations) + b"</worksheet>")
    return relations


def _area(drawn: DrawnSheet) -> bytes:
    """The area in use, table rows included."""
    last_row = max(drawn.canvas.last_row, drawn.table.rows.last_row if drawn.table else 1)
    return f'<dimension ref="A1:{get_column_letter(drawn.canvas.last_column)}{last_row}"/>'.encode()


def _drawn_rows(canvas: Canvas, first: int, end: int) -> Iterator[bytes]:
    for number in sorted(canvas.cells.keys() | canvas.heights.keys()):
        if first <= number < end:
            yield row_xml(number, canvas.cells.get(number, {}), canvas.heights.get(number))


def _write_table_rows(part: IO[bytes], name: str, table: DrawnTable) -> None:
    size = 0
    for block in table.rows.blocks():
        size += len(block)
        if size > _LARGEST_PART:
            raise LargeZipFile(name)
        part.write(block)


def _validations(sheet: Worksheet) -> bytes:
    found: Any = sheet.data_validations
    return bytes(tostring(found.to_tree())) if found else b""


def _drawing(sheet: Any, relations: RelationshipList) -> bytes:  # noqa: ANN401 - openpyxl keeps charts and pictures in private places
    if not (sheet._charts or sheet._images):  # noqa: SLF001 - as above
        return b""
    return f'<drawing r:id="{_related(relations, _DRAWING)}"/>'.encode()


def _related(relations: RelationshipList, kind: str) -> str:
    """Relate the worksheet to a part that has no name yet; the id of the relation."""
    make: Any = Relationship  # the stubs want its id, which the list gives
    relation = make(Type=kind, Target="")
    relations.append(relation)
    number: str = relation.Id
    return number


def _tables(sheet: Worksheet, relations: RelationshipList) -> bytes:
    ids = []
    for table in sheet.tables.values():
        written: Any = table
        written._rel_id = _related(relations, written._rel_type)  # noqa: SLF001 - openpyxl completes it by this id
        ids.append(written._rel_id)  # noqa: SLF001 - as above
    parts = "".join(f'<tablePart r:id="{number}"/>' for number in ids)
    return f'<tableParts count="{len(ids)}">{parts}</tableParts>'.encode() if ids else b""
