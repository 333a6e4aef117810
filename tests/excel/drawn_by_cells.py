"""The same plan written through openpyxl's own cells: slow, simple, what the fast way must equal."""

from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from rkreport.core.report.sheets import WorkbookPlan
from rkreport.excel.workbook import WrittenWorkbook, write_workbook


def all_digits() -> AbstractContextManager[object]:
    """Openpyxl writes 16 digits of a number, which may be a neighbour's; the fast way writes them all."""
    return patch("openpyxl.cell._writer.safe_string", str)


def write_by_cells(plan: WorkbookPlan, path: Path, **limits: int) -> WrittenWorkbook:
    """As `write_workbook` with an openpyxl whose inside has changed, and all digits."""
    with patch("rkreport.excel.package.missing_hooks", lambda: ("something",)), all_digits():
        return write_workbook(plan, path, **limits)
