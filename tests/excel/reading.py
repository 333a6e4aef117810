"""Written workbooks seen from outside: by openpyxl, by calamine, and as the bytes of their parts."""

import re
import tempfile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from rkreport.core.report.sheets import Column, Row, Sheet, Table, TableSheet, WorkbookPlan
from rkreport.excel.workbook import WrittenWorkbook, write_workbook
from tests.excel.sample import CREATED, heading


def table_sheet(columns: tuple[Column, ...], rows: tuple[Row, ...], **overrides: object) -> TableSheet:
    """A table sheet with key `main`, title `Main` and table `tblMain`."""
    fields: dict[str, Any] = {"key": "main", "title": "Main", "total": None}
    fields.update(overrides)
    total = fields.pop("total")
    fields.setdefault("table", Table("tblMain", columns, lambda: rows, len(rows), total))
    return TableSheet(**fields)


def plan_of(*sheets: Sheet, **overrides: object) -> WorkbookPlan:
    """A plan in English of these sheets."""
    fields: dict[str, Any] = {
        "title": "Report",
        "subject": "October 2026",
        "company": "PT Contoh Sejahtera",
        "language": "en",
        "created": CREATED,
        "heading": heading(),
        "sheets": sheets,
    }
    fields.update(overrides)
    return WorkbookPlan(**fields)


def write(path: Path, *sheets: Sheet, **overrides: object) -> WrittenWorkbook:
    """Write a plan of these sheets."""
    return write_workbook(plan_of(*sheets, **overrides), path)


def drawn(*sheets: Sheet, **limits: int) -> dict[str, Any]:
    """The worksheets of these sheets by name, in order, as openpyxl reads them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(plan_of(*sheets), path, **limits)
        return {sheet.title: sheet for sheet in load_workbook(path)}


def parts(path: Path, pattern: str = ".*") -> dict[str, str]:
    """The parts of a file whose names match, as text."""
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if re.fullmatch(pattern, name)}


def column_of_openpyxl(path: Path, sheet: str, count: int) -> list[str]:
    """The first column of a table's rows, `""` for empty; openpyxl leaves Excel's escapes to its caller."""
    worksheet = load_workbook(path)[sheet]
    return [unescape(str(worksheet.cell(7 + index, 1).value or "")) for index in range(count)]


def column_of_calamine(path: Path, sheet: str, count: int) -> list[Any]:
    """The same column as an unrelated reader sees it."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [rows[6 + index][0] if 6 + index < len(rows) else "" for index in range(count)]


def assert_texts_alone(path: Path) -> None:
    """No cell of the file, which has no filtered rate, is a formula or an error."""
    for text in parts(path, r"xl/worksheets/sheet\d+\.xml").values():
        assert not re.search(r"<f[ >/]", text)
        assert 't="e"' not in text
