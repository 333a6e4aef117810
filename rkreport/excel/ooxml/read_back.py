"""Reads a finished workbook's tables and properties. Knows the file format, not its purpose."""

import io
import posixpath
from collections.abc import Collection, Iterator
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.xml.functions import fromstring

from rkreport.bounds import OutOfBounds, XmlBounds, open_zip, read_part, scan_xml
from rkreport.core.mail.incident import SentTable

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PROPERTIES = "docProps/custom.xml"
_LARGEST_PROPERTIES = 100_000  # bytes; ours take seven hundred
_OF_PROPERTIES = XmlBounds(most_elements=2_000)


def read_tables(content: bytes, wanted: Collection[str]) -> tuple[SentTable, ...]:
    """Return a workbook's tables in sheet order, with the cells of the `wanted` columns as text.

    Use it only for bytes known to be ours: it unpacks without a limit.

    Raises:
        ValueError: it is not a workbook, or is encrypted.
    """
    try:
        with ZipFile(io.BytesIO(content)) as package:
            places = list(_places(package))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return tuple(_table(book, sheet, table, wanted) for sheet, table in places)
        finally:
            book.close()
    except (BadZipFile, KeyError, SyntaxError, OSError, EOFError) as error:  # SyntaxError: bad XML
        raise ValueError("no readable workbook") from error


def read_properties(content: bytes) -> dict[str, str]:
    """Return a workbook's custom properties; empty if it is not ours. The bytes may come from anywhere."""
    try:
        with open_zip(content) as package:
            if package.getinfo(_PROPERTIES).file_size > _LARGEST_PROPERTIES:
                return {}
            part = read_part(package, package.getinfo(_PROPERTIES))
        scan_xml(part, _OF_PROPERTIES)
        tree = fromstring(part)
    except (OutOfBounds, KeyError, SyntaxError, ValueError, RecursionError):
        return {}
    return {str(each.get("name")): str(value.text or "") for each in tree for value in each}


def _places(package: ZipFile) -> Iterator[tuple[str, Any]]:
    """Yield (sheet name, table) for every table."""
    files = _targets(package, "xl/workbook.xml")
    for sheet in fromstring(package.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        part = files[str(sheet.get(f"{_OFFICE}id"))]
        for target in _targets(package, part).values():
            if "/tables/" in target:
                yield str(sheet.get("name")), fromstring(package.read(target))


def _targets(package: ZipFile, part: str) -> dict[str, str]:
    """Return the targets of a part's relations, by relation id."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.namelist():
        return {}
    return {
        str(each.get("Id")): posixpath.normpath(posixpath.join("/", folder, str(each.get("Target")))).lstrip("/")
        for each in fromstring(package.read(relations))
    }


def _table(book: Any, sheet: str, table: Any, wanted: Collection[str]) -> SentTable:  # noqa: ANN401 - of openpyxl and the parser
    first, _, last = str(table.get("ref")).partition(":")
    columns = tuple(unescape(str(column.get("name"))) for column in table.iter(f"{_MAIN}tableColumn"))
    indexes = [index for index, name in enumerate(columns) if name in wanted]
    rows = book[sheet][f"{first}:{last}"] if indexes else ()
    body = list(rows)[1 : -1 if table.get("totalsRowCount") else None]
    return SentTable(
        sheet=sheet,
        name=str(table.get("name")),
        columns=columns,
        rows=tuple(
            {columns[index]: "" if row[index].value is None else unescape(str(row[index].value)) for index in indexes}
            for row in body
        ),
    )
