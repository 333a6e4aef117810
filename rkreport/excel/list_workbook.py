"""Writes the workbooks of the lists: a first one, and later its choices anew, keeping what the admin wrote.

Knows openpyxl's workbooks, not what the columns mean. It refuses a workbook of which openpyxl would lose something.
Text from the LMS is stored as text, whatever it begins with.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import CellCoordinatesException, IllegalCharacterError, InvalidFileException
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from rkreport.core.list_choices import Choices
from rkreport.excel.ooxml.formula_values import formula_values, with_values
from rkreport.excel.ooxml.label import with_label
from rkreport.excel.text import single_line
from rkreport.sentence import Sentence

COMPANY_SHEET = "LMS"
UNITS, TAGS, COURSES = "rk_units", "rk_tags", "rk_courses"  # names of the areas that drop-downs show
_FIRST_CHOICE = 4  # row, below the note and the headers
_LAST_ROW = 1_048_576
_ROWS_AHEAD = 2_000  # that have drop-downs below the last row with a value
_MOST_COLUMNS = 100
_HEADER_SEARCH = 1_000  # rows
_A4 = 9
_TEXT_FORMAT, _DATE_FORMAT = "@", "yyyy-mm-dd"
_HEADER_FILL = PatternFill("solid", fgColor="FFD9E1F2")
# Parts of a workbook that openpyxl drops or breaks. Comments need a VML drawing, which it keeps.
_LOST = re.compile(
    r"xl/(drawings/(?!vmlDrawing|commentsDrawing|_rels)|charts|media|pivot|slicer|timeline|ctrlProps|activeX"
    r"|threadedComments|embeddings|queryTables|connections|vbaProject|model|metadata|richData)"
)
_LOST_OF_SHEET = re.compile(rb"<(?:[\w.-]+:)?(?:extLst|protectedRanges)\b")
_UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError),
    *(CellCoordinatesException, IllegalCharacterError, InvalidFileException, TokenizerError),
)


class NotKept(Exception):
    """A workbook that cannot be written anew without a loss; the reason is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class ListForm:
    """The columns of a list with their widths, and those that hold ids, dates, or one of some choices."""

    title: str
    columns: Mapping[str, int]  # widths in characters
    text_columns: frozenset[str] = frozenset()
    date_columns: frozenset[str] = frozenset()
    drop_downs: Mapping[str, str] = field(default_factory=dict)  # by column: the formula of its choices


@dataclass(frozen=True, slots=True)
class ChoiceTexts:
    """The texts of the second sheet: its note, and the headers of units (5), tags (3) and courses (2)."""

    note: str
    units: tuple[str, ...]
    tags: tuple[str, ...]
    courses: tuple[str, ...]


def new_list(form: ListForm, rows: Iterable[Sequence[str]], choices: Choices, texts: ChoiceTexts) -> bytes:
    """A first workbook. Without `rows` it has the header alone; else their first one is the header."""
    book = Workbook()
    sheet: Any = book.worksheets[0]
    sheet.title = form.title
    table = [tuple(row) for row in rows] or [tuple(form.columns)]
    for number, row in enumerate(table, start=1):
        for column, text in enumerate(row, start=1):
            if text:
                _write(sheet, number, column, text)
    names = [_name(text) for text in table[0]]
    for column, name in enumerate(names, start=1):
        header = sheet.cell(1, column)
        header.font, header.fill = Font(name="Calibri", size=11, bold=True), _HEADER_FILL
        sheet.column_dimensions[get_column_letter(column)].width = form.columns.get(name, 20)
    sheet.freeze_panes = "A2"
    book.properties.creator = "rkreport"
    _dress(book, sheet, form, choices, texts)
    return _saved(book)


def refreshed_list(content: bytes, form: ListForm, choices: Choices, texts: ChoiceTexts) -> bytes:
    """The same workbook with the choices of today: rows, order, own columns and own sheets stay.

    Raises:
        NotKept: openpyxl would lose a part of it, it is damaged, or its first sheet names none of the columns.
    """
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        sheets = (archive.read(name) for name in names if name.startswith("xl/worksheets/"))
        if any(_LOST.match(name) for name in names) or any(map(_LOST_OF_SHEET.search, sheets)):
            raise NotKept(
                "holds pictures, charts, macros, threaded comments, protected ranges, or formats and drop-downs of a"
                " newer Excel, which a refresh would lose; remove them, or move them to another workbook"
            )
    with _damage_told():
        book = load_workbook(BytesIO(content), rich_text=True)
    sheet = next((one for one in book.worksheets if _may_be_list(one)), None)
    if sheet is None:
        raise NotKept(
            Sentence(
                "has no sheet beside {company_sheet}; write the list on its first sheet", company_sheet=COMPANY_SHEET
            )
        )
    with _damage_told():
        values = formula_values(book, content)
    _ungroup(sheet)
    _dress(book, sheet, form, choices, texts)
    with _damage_told():
        saved = _saved(book)
    return with_label(with_values(saved, values), content)


@contextmanager
def _damage_told() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of drop-downs that refer to other sheets; ours are written anew
        try:
            yield
        except _UNREADABLE as error:
            raise NotKept("cannot be refreshed: a part of it is damaged; save it in Excel as .xlsx") from error


def _may_be_list(sheet: Any) -> bool:  # noqa: ANN401 - the stubs of sheets are incomplete
    return bool(sheet.title != COMPANY_SHEET and sheet.sheet_state == "visible")


def _dress(book: Workbook, sheet: Any, form: ListForm, choices: Choices, texts: ChoiceTexts) -> None:  # noqa: ANN401 - the stubs of sheets are incomplete
    """Give the list its formats and drop-downs, and write the second sheet."""
    header_row, columns = _header(sheet, form)
    _write_choices(book, sheet, choices, texts)
    if not (
        sheet.page_setup.fitToWidth or sheet.page_setup.scale or sheet.page_setup.orientation
    ):  # not set by a person
        _print_across(sheet, header_row)
    own = {form.drop_downs.get(name) for name in columns}
    kept = [one for one in sheet.data_validations.dataValidation if one.formula1 not in own]
    sheet.data_validations.dataValidation = kept
    last = min(_LAST_ROW, max((row for row, _ in sheet._cells), default=1) + _ROWS_AHEAD)  # noqa: SLF001 - `iter_rows` would make cells
    for name, column in columns.items():
        letter = get_column_letter(column)
        number_format = _number_format(name, form)
        if number_format:
            sheet.column_dimensions[letter].number_format = number_format
        if name in form.text_columns:
            _format_as_text(sheet, column, header_row)
        if formula := form.drop_downs.get(name):
            # No error message: a serial, or a unit that is to come, may be written too.
            choice = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=False)
            choice.add(f"{letter}{header_row + 1}:{letter}{last}")
            sheet.add_data_validation(choice)


def _number_format(name: str, form: ListForm) -> str:
    if name in form.text_columns:
        return _TEXT_FORMAT
    return _DATE_FORMAT if name in form.date_columns else ""


def _format_as_text(sheet: Any, column: int, header_row: int) -> None:  # noqa: ANN401 - as above
    """Format the cells of a column that exist and are no numbers: a number would only look like text."""
    for (row, at), cell in sheet._cells.items():  # noqa: SLF001 - as above
        if at == column and row > header_row and cell.data_type == "s" and cell.number_format == "General":
            cell.number_format = _TEXT_FORMAT


def _header(sheet: Any, form: ListForm) -> tuple[int, dict[str, int]]:  # noqa: ANN401 - as above
    """The row of the header, and the place of each column."""
    rows = sorted({row for (row, _), cell in sheet._cells.items() if cell.value is not None})  # noqa: SLF001 - as above
    first = rows[0] if rows else 1
    found = {
        name: column
        for (row, column), cell in sheet._cells.items()  # noqa: SLF001 - as above
        if row == first and (name := _name(str(cell.value or ""))) in form.columns
    }
    if not found:
        raise NotKept(
            Sentence("has none of the columns in its first row; they are: {columns}", columns=",".join(form.columns))
        )
    return first, found


def _name(text: str) -> str:
    return text.strip().casefold().replace(" ", "_")


def _write_choices(book: Workbook, of_list: Any, choices: Choices, texts: ChoiceTexts) -> None:  # noqa: ANN401 - as above
    """Write the sheet behind the list anew; three tables stand beside each other, with a column between them."""
    if COMPANY_SHEET in book.sheetnames:
        book.remove(book[COMPANY_SHEET])
    place = book.index(of_list)
    sheet: Any = book.create_sheet(COMPANY_SHEET, place + 1)
    book.active = place
    _write(sheet, 1, 1, texts.note)
    units = [(one.text, one.people, one.name, " / ".join(one.above), one.serial) for one in choices.units]
    tags = [(one.text, one.people, one.serial) for one in choices.tags]
    courses = [(one.serial, one.name) for one in choices.courses]
    column = 1
    for name, headers, rows in (
        (UNITS, texts.units, units),
        (TAGS, texts.tags, tags),
        (COURSES, texts.courses, courses),
    ):
        _write_table(sheet, column, headers, rows)
        area = f"${get_column_letter(column)}${_FIRST_CHOICE}:${get_column_letter(column)}"
        end = max(_FIRST_CHOICE, _FIRST_CHOICE + len(rows) - 1)
        book.defined_names[name] = DefinedName(name, attr_text=f"{COMPANY_SHEET}!{area}${end}")
        column += len(headers) + 1
    sheet.freeze_panes = sheet.cell(_FIRST_CHOICE, 1)
    _print_across(sheet, _FIRST_CHOICE - 1)


def _print_across(sheet: Any, header_row: int) -> None:  # noqa: ANN401 - as above
    """Print all columns on one A4 page across, with the header on each page; rows with values are found by Excel."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)


def _write_table(sheet: Any, start: int, headers: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:  # noqa: ANN401 - as above
    for column, header in enumerate(headers, start=start):
        _write(sheet, _FIRST_CHOICE - 1, column, header)
        cell = sheet.cell(_FIRST_CHOICE - 1, column)
        cell.font, cell.fill = Font(name="Calibri", size=11, bold=True), _HEADER_FILL
        longest = max((len(str(row[column - start])) for row in rows), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(60, max(longest, len(header)) + 3)
    for number, row in enumerate(rows, start=_FIRST_CHOICE):
        for column, value in enumerate(row, start=start):
            _write(sheet, number, column, value)


def _write(sheet: Any, row: int, column: int, value: str | int) -> None:  # noqa: ANN401 - as above
    """Write a number, or a text that stays one."""
    cell = sheet.cell(row, column)
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = single_line(value)
    cell.data_type, cell.number_format = "s", _TEXT_FORMAT


def _ungroup(sheet: Any) -> None:  # noqa: ANN401 - as above
    """Give each column its own width: openpyxl keeps neighbours of one width as one, and would write them twice."""
    held = sheet.column_dimensions
    for group in list(held.values()):
        first, last = group.min or 0, group.max or 0
        if not first < last:
            continue
        for column in range(first, min(last, _MOST_COLUMNS) + 1):
            _place(sheet, group, column, column)
        if last > _MOST_COLUMNS:
            _place(sheet, group, max(first, _MOST_COLUMNS + 1), last)


def _place(sheet: Any, group: Any, first: int, last: int) -> None:  # noqa: ANN401 - as above
    letter = get_column_letter(first)
    own: Any = ColumnDimension(
        sheet, letter, width=group.width, hidden=group.hidden, outlineLevel=group.outlineLevel, min=first, max=last
    )
    own._style = copy(group._style)  # noqa: SLF001 - no public way
    sheet.column_dimensions[letter] = own


def _saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()
