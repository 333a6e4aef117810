"""Built workbooks as an unrelated reader sees them: sheets, tables, and every text of the file."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

HEADER_ROW = 5  # counted from 0: above it stands the title block

Cells = dict[str, list[list[Any]]]
Record = dict[str, Any]


def master_of(folder: Path) -> Path:
    """The master workbook of a build."""
    (path,) = folder.glob("*_master_rev*.xlsx")
    return path


def workbooks_of(folder: Path) -> list[Path]:
    """The master, then the managers' workbooks by name."""
    return [master_of(folder), *sorted((folder / "managers").glob("*.xlsx"))]


def cells_of(path: Path) -> Cells:
    """All cells of all sheets."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def table_of(cells: Cells, sheet: str) -> list[Record]:
    """The rows of a sheet's table by header, up to the empty row that ends it."""
    header, *rows = cells[sheet][HEADER_ROW:]
    return list(_until_empty(header, rows))


def _until_empty(header: list[Any], rows: list[list[Any]]) -> Iterator[Record]:
    for row in rows:
        if not any(cell != "" for cell in row):
            return
        yield dict(zip(header, row, strict=True))


def package_text(path: Path) -> str:
    """Every part of the file, as text without XML's escapes: what a curious manager could find with an unzip."""
    with ZipFile(path) as archive:
        return "\n".join(html.unescape(archive.read(name).decode()) for name in archive.namelist())
