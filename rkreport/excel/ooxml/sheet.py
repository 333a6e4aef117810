"""Serialises a drawn sheet as a part of the file, in the schema's order; leaves row XML to `cell_xml` and `stream`.

It reads and writes table rows block by block, so memory does not grow with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZIP64_LIMIT, LargeZipFile

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation, DataValidationList
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import tostring

from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.layout import columns_xml, layout_xml
from rkreport.excel.draw.table import DrawnTable, PlacedTable
from rkreport.excel.ooxml.bars import bars_xml
from rkreport.excel.ooxml.cell_xml import links_xml, row_xml
from rkreport.excel.ooxml.parts import Relation, relation_id

DRAWING, TABLE = "drawing", "table"  # kinds of relations
_LARGEST_PART = ZIP64_LIMIT - 2**27  # headroom below ZIP64, which makes Excel offer to repair the file


@dataclass(frozen=True, slots=True)
class DrawnSheet:
    """One worksheet: its drawn cells, the tables over them, and the table whose rows are still to be read."""

    canvas: Canvas
    table: DrawnTable | None = None
    placed: tuple[PlacedTable, ...] = ()


def write_sheet(part: IO[bytes], drawn: DrawnSheet, relations: Sequence[Relation]) -> None:
    """Write the whole part; `relations` lead to its drawing and its tables.

    Raises LargeZipFile for more than 2 GB, and ValueError as `TableRows.blocks`.
    """
    canvas, table = drawn.canvas, drawn.table
    properties, view, printed = layout_xml(canvas.layout)
    opening = f'<worksheet xmlns="{SHEET_MAIN_NS}" xmlns:r="{REL_NS}">'.encode()
    part.write(b"".join((opening, properties, _area(drawn), view, columns_xml(canvas.widths), b"<sheetData>")))
    first_row = table.rows.first_row if table else canvas.last_row + 1
    part.write(b"".join(_drawn_rows(canvas, 1, first_row)))
    if table:
        _write_table_rows(part, canvas.name, table)
    part.write(b"".join(_drawn_rows(canvas, first_row, canvas.last_row + 1)))
    part.write(
        b"</sheetData>" + bars_xml(canvas.bars) + _validations(canvas.validations) + links_xml(canvas.links) + printed
    )
    part.write(_breaks(canvas.breaks))
    if table:
        digits = f'<ignoredError sqref="{table.text_range}" numberStoredAsText="1"/>'
        part.write(f"<ignoredErrors>{digits}</ignoredErrors>".encode())
    part.write(_references(relations) + b"</worksheet>")


def _area(drawn: DrawnSheet) -> bytes:
    """Return the used area, including table rows."""
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


def _validations(found: Sequence[DataValidation]) -> bytes:
    if not found:
        return b""
    listed: Any = DataValidationList(dataValidation=found)
    return bytes(tostring(listed.to_tree()))


def _breaks(rows: Sequence[int]) -> bytes:
    """Return the rows after which a page ends; Excel's last column is 16,383."""
    if not rows:
        return b""
    listed = "".join(f'<brk id="{row}" max="16383" man="1"/>' for row in rows)
    return f'<rowBreaks count="{len(rows)}" manualBreakCount="{len(rows)}">{listed}</rowBreaks>'.encode()


def _references(relations: Sequence[Relation]) -> bytes:
    """Return the references to the sheet's drawing, then to its tables."""
    ids = [(relation.kind, relation_id(number)) for number, relation in enumerate(relations, 1)]
    drawing = "".join(f'<drawing r:id="{number}"/>' for kind, number in ids if kind == DRAWING)
    tables = [f'<tablePart r:id="{number}"/>' for kind, number in ids if kind == TABLE]
    listed = f'<tableParts count="{len(tables)}">{"".join(tables)}</tableParts>' if tables else ""
    return (drawing + listed).encode()
