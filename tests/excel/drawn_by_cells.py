"""The same plan with its table rows drawn into openpyxl's cells one by one: slow, simple, what streaming must equal."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from unittest.mock import patch

from rkreport.core.report.sheets import Kind, Row, Table, WorkbookPlan
from rkreport.excel.cells import Canvas
from rkreport.excel.stream import TableRows
from rkreport.excel.styles import Look
from rkreport.excel.tabs import Tab
from rkreport.excel.widths import lines_needed
from rkreport.excel.workbook import WrittenWorkbook, write_workbook


class _CellRows(TableRows):
    """Rows that are on the sheet before it is written, so that nothing is left to stream."""

    def __init__(
        self,
        canvas: Canvas,
        tab: Tab,
        table: Table,
        rows: Iterator[Row],
        *,
        first_row: int,
        looks: Sequence[Look],
        widths: Sequence[float],
    ) -> None:
        super().__init__(canvas, tab, table, rows, first_row=first_row, looks=looks, widths=widths)
        columns = list(zip(table.columns, looks, widths, strict=True))
        for at, row in enumerate(islice(rows, tab.count), first_row):
            lines = 1
            for number, (value, (column, look, width)) in enumerate(zip(row, columns, strict=True), 1):
                canvas.draw(at, number, value, column.kind, look)
                if column.kind is Kind.NOTE and isinstance(value, str):
                    lines = max(lines, lines_needed(value, width))
            if lines > 1:
                canvas.sheet.row_dimensions[at].height = min(13.0 * lines, 409.0)

    def blocks(self) -> Iterator[bytes]:
        return iter(())


def all_digits() -> AbstractContextManager[object]:
    """Openpyxl writes 16 digits of a number, which may be a neighbour's; the streamed rows have them all."""
    return patch("openpyxl.cell._writer.safe_string", str)


def write_by_cells(plan: WorkbookPlan, path: Path, **limits: int) -> WrittenWorkbook:
    """As `write_workbook`, with all digits."""
    with patch("rkreport.excel.table.TableRows", _CellRows), all_digits():
        return write_workbook(plan, path, **limits)
