"""Lists as workbooks, for tests: rows of any values, saved by openpyxl."""

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

MANAGERS = ("manager_id", "name", "email", "cc", "language", "employee_id", "organization", "tag")
EXCEPTIONS = ("employee_id", "course", "until", "reason", "approved_by")


def list_book(rows: Iterable[Sequence[object]], change: Callable[[Any], object] | None = None) -> bytes:
    """A workbook with these rows on its first sheet; `change` may alter the sheet before it is saved."""
    book = Workbook()
    sheet: Any = book.worksheets[0]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, column)
            cell.value = value
            if isinstance(value, str) and not value.startswith("=FORMULA"):
                cell.data_type = "e" if value.startswith("#") else "s"
    if change:
        change(sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same workbook with one part changed or added."""
    file = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry in before.namelist():
            if entry != name:
                after.writestr(entry, before.read(entry))
        after.writestr(name, change(before.read(name) if name in before.namelist() else b""))
    return file.getvalue()


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The same rows as Excel saves them as CSV UTF-8."""
    quoted = ([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows)
    return "\ufeff" + "".join(",".join(row) + "\r\n" for row in quoted)
