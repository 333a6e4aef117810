"""Lists in an Excel workbook: the rows of its first visible sheet as texts. Knows no column.

A cell gives the text that a reader sees: an id its digits, a date cell `2026-12-31`, a formula its stored value. The
file comes from a person's desk, so size, unpacked size, rows and columns have bounds before anything is parsed.
"""

import re
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, LargeZipFile, ZipFile

from rkreport.bounds import NotSound, NotWhole, OutOfBounds, XmlBounds, may_be_xml, open_zip, read_part, scan_xml
from rkreport.config.sheet_look import SheetLook, uses_of
from rkreport.config.text_file import read_bounded
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence
from rkreport.sheet_bounds import SlowTexts

LARGEST_BYTES = 20 * 2**20
LARGEST_PART = 64 * 2**20  # unpacked: a million rows that are formatted and empty
MOST_ROWS = 50_000  # with a value: openpyxl takes six seconds for them
MOST_COLUMNS = 100
_LAST_ROW = 1_048_576
_COLUMNS_BEYOND = 8  # the header: a value there is told of
_MOST_PARTS = 2_000
_MOST_OBJECTS = 350_000  # in memory at once, as cells, formatted rows, formats
_LARGEST_WHOLE = 2 * LARGEST_PART
_XML_BOUNDS = XmlBounds(most_elements=3_000_000)  # of a part
_XML_ENDS = (".xml", ".rels", ".vml")
_PICTURE = frozenset({"image"})  # a drawing in XML, which openpyxl does not parse
_HIGHEST_RATIO = 200  # unpacked to packed; plain XML packs to a tenth or a twentieth
_SMALL = 2**20  # unpacked; smaller parts may have any ratio
_ENCRYPTED_FLAG = 1
_OLD_OFFICE_MARK = b"\xd0\xcf\x11\xe0"  # of .xls, and of an .xlsx with a password
_EXACT = 10**15  # Excel keeps fifteen digits of a number
_SHORTENED = "1E+15"  # what `tables` refuses as a shortened number
_NO_VALUE = "="  # what `tables` refuses as a formula

_SAVE = "save it in Excel as .xlsx"
_FILLED_ZEROS = re.compile(r"0+")
_IN_BRACKETS = re.compile(r"\[[^\]]*\]")  # colors, conditions, languages
_ROOM = re.compile(r"[_*].")  # as wide as a letter, or filled with one
_LITERAL_BLANK = re.compile(r'\\ |" *"')
# What shows the number's digits alone; `"E"0000` and `0000 0000` show more.
_PLAIN = re.compile(r"(general|standard|@|[#?, ]*0?(\.[0#?]*)?%?(E\+[0#?]+)?)?", re.IGNORECASE)
# Errors that openpyxl is known to raise for unreadable workbooks: it checks values while reading.
_UNREADABLE = (
    *(
        ArithmeticError,
        AttributeError,
        BadZipFile,
        OutOfBounds,
        EOFError,
        LargeZipFile,
        LookupError,
        NotImplementedError,
        OSError,
    ),
    *(RecursionError, SyntaxError, TypeError, ValueError, zlib.error),
)


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """A workbook as it was read: `content` is for digests, `rows` have Excel's numbers, without the blank ones."""

    path: Path
    content: bytes
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_workbook_file(path: Path, *, if_missing: str) -> WorkbookFile:
    """Read the first visible sheet of a workbook.

    Raises:
        ConfigError: the file is missing, unreadable, no workbook, dangerous to unpack, or its sheet is no plain table.
    """
    content = read_bounded(path, LARGEST_BYTES, if_missing=if_missing)
    return WorkbookFile(path, content, workbook_rows(path, content))


def workbook_rows(
    path: Path, content: bytes, *, is_loaded_whole: bool = False
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The rows of the first visible sheet, from the bytes of the file; `path` is for errors, which are as above.

    `is_loaded_whole`: openpyxl will load and save it afterwards, which takes memory for every cell of all its sheets.
    """
    if content.startswith(_OLD_OFFICE_MARK):
        raise ConfigError("{path} has a password or is an old .xls; {save}, without a password.", path=path, save=_SAVE)
    try:
        with open_zip(content) as archive:
            _refuse_bombs(path, archive)
            sheets = _scanned(path, archive)
        if is_loaded_whole and sum(look.objects for look in sheets.values()) > _MOST_OBJECTS:
            raise ConfigError(
                "{path} holds too many cells or formatted rows for a refresh; save it as CSV UTF-8, or move its rows"
                " to a new workbook.",
                path=path,
            )
        return tuple(_rows(path, content, sheets))
    except _UNREADABLE as error:
        raise ConfigError(
            "{path} is no Excel workbook, or damaged; {save}, or as CSV UTF-8.", path=path, save=_SAVE
        ) from error


def _refuse_bombs(path: Path, archive: ZipFile) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise ConfigError("{path} has a password; {save}, without a password.", path=path, save=_SAVE)
    whole = sum(entry.file_size for entry in entries)
    is_bomb = len(entries) > _MOST_PARTS or whole > _LARGEST_WHOLE
    if is_bomb or any(
        entry.file_size > LARGEST_PART
        or (entry.file_size > _SMALL and entry.file_size > _HIGHEST_RATIO * entry.compress_size)
        for entry in entries
    ):
        raise _too_much(path)


def _too_much(path: Path) -> ConfigError:
    return ConfigError(
        Sentence(
            "{path} unpacks to far more than a list needs; copy its rows into a new workbook, and save that.", path=path
        )
    )


def _scanned(path: Path, archive: ZipFile) -> dict[str, SheetLook]:
    """Look at every part in little memory before openpyxl makes objects of them; returns what it saw, by part."""
    looks, disguised, slow = {}, [], SlowTexts()
    try:
        for entry in archive.infolist():
            part = read_part(archive, entry)  # pictures too: what openpyxl may read must be as long as it says
            if entry.filename.lower().endswith(_XML_ENDS):
                looks[entry.filename] = _look(part, slow)
            elif may_be_xml(part):
                disguised.append(entry)
        uses = uses_of(looks)
        for entry in disguised:
            if not _PICTURE.issuperset(uses.get(entry.filename, ())):
                looks[entry.filename] = _look(read_part(archive, entry), slow)
        for name, look in looks.items():
            look.check_use(name, uses)
    except (NotSound, NotWhole):
        raise
    except OutOfBounds as error:
        raise _too_much(path) from error
    return looks


def _look(part: bytes, slow: SlowTexts) -> SheetLook:
    look = SheetLook(slow)
    scan_xml(part, _XML_BOUNDS, look.visit, look.hear)
    return look


def _rows(path: Path, content: bytes, looks: dict[str, SheetLook]) -> Iterator[tuple[int, tuple[str, ...]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    _forget_rows()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of drop-downs and the like, which a reader of values does not need
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
        if sheet is None:
            raise ConfigError(
                "{path} has no sheet that can be read; write the list on its first visible sheet, and {save} (not"
                " Strict Open XML).",
                path=path,
                save=_SAVE,
            )
        look = looks[sheet._worksheet_path]  # noqa: SLF001 - no public way
        if look.is_disordered:
            raise NotWhole("rows or cells that do not stand in order, which openpyxl would leave out")
        if look.merged:
            raise ConfigError(
                "{path} has merged cells ({merged}) on its first sheet; unmerge them, and write the"
                " value into each row.",
                path=path,
                merged=look.merged[:40],
            )
        without_value = look.without_value
        # The size that a sheet says of itself may be wrong: it is not used. openpyxl fills each row up to `max_col`.
        width = next((len(texts) for row in _cells(sheet, MOST_COLUMNS) if any(texts := _texts(row, set()))), 0)
        if not width and not without_value:  # a million empty rows need not be read twice
            return
        rows = _cells(sheet, min(MOST_COLUMNS, width + _COLUMNS_BEYOND))
        filled, gap = 0, None
        for number, cells in enumerate(rows, start=1):
            if cells is gap:  # openpyxl gives rows that the file leaves out as one value: there can be a million
                continue
            texts = _texts(cells, without_value)
            if not any(texts):
                gap = cells
                continue
            filled += 1
            if filled > MOST_ROWS:
                raise ConfigError(
                    "{path} has more than {most_rows:,} rows; save it as CSV UTF-8, which can have more.",
                    path=path,
                    most_rows=MOST_ROWS,
                )
            yield number, texts


def _forget_rows() -> None:
    """Let openpyxl's reader forget the attributes of each row, which only a writer needs: half a gigabyte in a million.

    Where its internals have another shape, it keeps them.
    """
    from openpyxl.worksheet import _read_only  # noqa: PLC0415 - as above

    module: Any = _read_only
    parser = getattr(module, "WorkSheetParser", None)
    if not hasattr(parser, "parse_row") or parser.__module__ == __name__:
        return

    class Forgetful(parser):  # type: ignore[misc, valid-type]  # its class is in a variable
        def parse_row(self, row: Any) -> Any:  # noqa: ANN401 - as below
            self.row_dimensions.clear()
            return super().parse_row(row)

    module.WorkSheetParser = Forgetful


def _cells(sheet: Any, columns: int) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - the stubs of sheets are incomplete
    rows: Iterator[tuple[Any, ...]] = sheet.iter_rows(min_row=1, max_row=_LAST_ROW, min_col=1, max_col=columns)
    return rows


def _texts(cells: Any, without_value: set[str]) -> tuple[str, ...]:  # noqa: ANN401 - openpyxl's cells of three classes
    """The texts of a row, without the empty cells behind its last value."""
    texts = [
        _NO_VALUE
        if without_value and cell.value is None and getattr(cell, "coordinate", "") in without_value
        else _text(cell.value, cell)
        for cell in cells
    ]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(value: object, cell: Any) -> str:  # noqa: ANN401 - as above
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).upper()
        case int() | float():
            text = _number(value, cell.number_format)
        case datetime():
            text = value.date().isoformat()
        case _:  # text, or a time of day
            text = str(value).replace("_x000D_", " ")
    return text


def _number(value: float, number_format: str) -> str:
    """Digits without exponent; leading zeros where the cell's format shows them."""
    form = _IN_BRACKETS.sub("", (number_format or "").partition(";")[0])  # the part for positive numbers
    form = _LITERAL_BLANK.sub(" ", _ROOM.sub("", form)).strip()
    if abs(value) >= _EXACT or not (_FILLED_ZEROS.fullmatch(form) or _PLAIN.fullmatch(form)):
        return _SHORTENED
    if value != int(value):
        return repr(value)
    return str(int(value)).zfill(len(form) if _FILLED_ZEROS.fullmatch(form) else 0)
