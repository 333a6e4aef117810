"""Keeps the values of formulas when openpyxl saves a workbook: it writes formulas without them.

A program that does not calculate, such as the reader of the lists, would find empty cells.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import to_excel

Values = Mapping[str, Mapping[str, Any]]
"""By sheet title and cell, the stored value of each formula; None: none was stored."""

_FORMULA = re.compile(rb'<c r="(?P<cell>[A-Z]+[0-9]+)"(?P<style>[^>]*)>(?P<formula><f\b.*?</f>|<f\b[^>]*/>)<v ?/></c>')


def formula_values(book: Workbook, content: bytes) -> Values:
    """The stored values of a workbook's formulas; `book` is the same workbook, loaded with its formulas."""
    wanted = {
        sheet.title: {cell.coordinate for cell in sheet._cells.values() if cell.data_type == "f"}  # noqa: SLF001 - `iter_rows` would make cells
        for sheet in book.worksheets
    }
    if not any(wanted.values()):
        return {}
    stored: Any = load_workbook(BytesIO(content), data_only=True, read_only=True)  # a row at a time: whole, it is large
    return {title: _values(stored[title], cells) for title, cells in wanted.items() if cells}


def _values(sheet: Any, wanted: Collection[str]) -> dict[str, Any]:  # noqa: ANN401 - the stubs of sheets are incomplete
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    cells = (cell for row in sheet.rows for cell in row if cell.value is not None)
    return {cell.coordinate: cell.value for cell in cells if cell.coordinate in wanted}


def with_values(content: bytes, values: Values) -> bytes:
    """A workbook that openpyxl has just saved, with these values behind its formulas."""
    if not any(values.values()):
        return content
    titles = load_workbook(BytesIO(content), read_only=True).sheetnames  # the parts are numbered in this order
    by_part = {f"xl/worksheets/sheet{number}.xml": values.get(title, {}) for number, title in enumerate(titles, 1)}
    file = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(file, "w", ZIP_DEFLATED) as after:
        for entry in before.infolist():
            part = before.read(entry)
            if known := by_part.get(entry.filename):
                part = _FORMULA.sub(partial(_computed, known=known), part)
            after.writestr(entry.filename, part)
    return file.getvalue()


def _computed(found: re.Match[bytes], known: Mapping[str, Any]) -> bytes:
    value = known.get(found["cell"].decode())
    if value is None:
        return found[0]
    kind, text = _stored(value)
    shown = f'<c r="{found["cell"].decode()}"{found["style"].decode()}{kind}>'.encode()
    return shown + found["formula"] + f"<v>{escape(text)}</v></c>".encode()


def _stored(value: Any) -> tuple[str, str]:  # noqa: ANN401 - whatever a cell holds
    """The type attribute and the text of a value."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, datetime | date | time | timedelta):
        return "", repr(to_excel(value))  # type: ignore[no-untyped-call]  # no stub
    if isinstance(value, str):
        return (' t="e"' if value.startswith("#") else ' t="str"'), value
    return "", repr(value)
