"""The detail sheet by libraries that take cells or rows, with the same columns, looks and frozen header.

Each function takes the number of rows and the file to write, and imports its own library: a process pays for one.
"""
# ruff: noqa: PLC0415 - as above

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.detail_rows import COLUMNS, SHEET, detail_rows
from benchmarks.looks import FILLS, FONT, FONT_SIZE, LINE, NUMBER_FORMATS, shown
from rkreport.core.report.sheets import (
    Cell,
    Column,
    Heading,
    Kind,
    Link,
    Row,
    StatusCell,
    Table,
    TableSheet,
    WorkbookPlan,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = 1_024
_HEADERS = [column.header for column in COLUMNS]


def _hide_what_came_with_peers() -> None:
    """Openpyxl loads numpy and Pillow where it finds them, and needs neither: without the extra they are not there."""
    sys.modules.update(dict.fromkeys(("numpy", "PIL")))  # type: ignore[arg-type]  # None is how Python marks it


def rows_alone(rows: int, path: Path) -> None:
    """Make the rows, which all others have to do too."""
    path.write_text(str(sum(1 for _ in detail_rows(rows))))


def rkreport(rows: int, path: Path) -> None:
    """The detail, and a roll-up before it that links into it."""
    _hide_what_came_with_peers()
    from rkreport.excel.workbook import write_workbook

    links = tuple((Link(f"Row {number}", "detail", number),) for number in range(0, rows, max(1, rows // 100)))
    units = Table("tblByUnit", (Column("Unit", Kind.LINK),), lambda: links, len(links))
    detail = Table(
        "tblDetail",
        COLUMNS,
        lambda: detail_rows(rows),
        rows,
        sample=lambda wanted: detail_rows(rows, max(1, rows // wanted)),
    )
    heading = Heading("PT Contoh Sejahtera", ("October 2026", "Revision 1"), "", "← By unit", "", "{page} / {pages}")
    plan = WorkbookPlan(
        title="Training compliance",
        subject="October 2026",
        company="PT Contoh Sejahtera",
        language="en",
        created=datetime(2026, 11, 1, 1, 9, 3),  # noqa: DTZ001 - naive UTC, as a plan wants it
        heading=heading,
        sheets=(TableSheet("unit", "By unit", units), TableSheet("detail", SHEET, detail, frozen_columns=3)),
    )
    write_workbook(plan, path)


def openpyxl_write_only(rows: int, path: Path) -> None:
    """The write-only mode with a styled cell for every value; styles are made once, which is 2 times as fast."""
    _hide_what_came_with_peers()
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Border, Font, PatternFill, Side

    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(SHEET)
    sheet.freeze_panes = "D2"
    font, bold = Font(name=FONT, size=FONT_SIZE), Font(name=FONT, size=FONT_SIZE, bold=True)
    border = Border(bottom=Side("thin", "FF" + LINE))
    fills = {status: PatternFill("solid", fgColor="FF" + fill) for status, fill in FILLS.items()}

    def style(number_format: str, fill: Any = None) -> Any:  # noqa: ANN401 - openpyxl's, untyped
        scratch: Any = WriteOnlyCell(sheet)
        scratch.number_format, scratch.font, scratch.border = number_format, font, border
        if fill:
            scratch.fill = fill
        return scratch._style  # noqa: SLF001 - no public way to share it

    styles = {kind: style(number_format) for kind, number_format in NUMBER_FORMATS.items()}
    filled = {status: style("General", fill) for status, fill in fills.items()}

    def cell(value: Cell, kind: Kind) -> Any:  # noqa: ANN401 - as above
        content: Any = shown(value)  # the stubs know fewer kinds than openpyxl writes
        styled: Any = WriteOnlyCell(sheet, content)
        styled._style = filled[value.status] if isinstance(value, StatusCell) else styles[kind]  # noqa: SLF001 - as above
        return styled

    header = [WriteOnlyCell(sheet, name) for name in _HEADERS]
    for one in header:
        one.font = bold
    sheet.append(header)
    kinds = [column.kind for column in COLUMNS]
    for row in detail_rows(rows):
        sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    workbook.save(path)


def xlsxwriter(rows: int, path: Path) -> None:
    """XlsxWriter, all in memory."""
    _xlsxwriter(rows, path, constant_memory=False)


def xlsxwriter_constant_memory(rows: int, path: Path) -> None:
    """XlsxWriter, a row at a time."""
    _xlsxwriter(rows, path, constant_memory=True)


def _xlsxwriter(rows: int, path: Path, *, constant_memory: bool) -> None:
    """By the typed methods, which are a fifth faster than `write`."""
    from xlsxwriter import Workbook

    workbook = Workbook(path, {"constant_memory": constant_memory})
    sheet = workbook.add_worksheet(SHEET)
    sheet.freeze_panes(1, 3)
    look = {"font_name": FONT, "font_size": FONT_SIZE, "bottom": 1, "bottom_color": f"#{LINE}"}
    formats = {kind: workbook.add_format({**look, "num_format": code}) for kind, code in NUMBER_FORMATS.items()}
    fills = {status: workbook.add_format({**look, "bg_color": "#" + fill}) for status, fill in FILLS.items()}
    sheet.write_row(0, 0, _HEADERS, workbook.add_format({**look, "bold": True}))
    writers: dict[Kind, Callable[..., Any]] = {
        Kind.TEXT: sheet.write_string,
        Kind.STATUS: sheet.write_string,
        Kind.INTEGER: sheet.write_number,
        Kind.DECIMAL: sheet.write_number,
        Kind.DATE: sheet.write_datetime,
        Kind.DATETIME: sheet.write_datetime,
    }
    columns = [(writers[column.kind], formats[column.kind]) for column in COLUMNS]
    for at, row in enumerate(detail_rows(rows), 1):
        for number, (value, (write, style)) in enumerate(zip(row, columns, strict=True)):
            if value is None:
                sheet.write_blank(at, number, None, style)
            elif isinstance(value, StatusCell):
                write(at, number, shown(value), fills[value.status])
            else:
                write(at, number, value, style)
    workbook.close()


def pyexcelerate(rows: int, path: Path) -> None:
    """All rows at once, looks by column and one for the cell of every status."""
    from pyexcelerate import Color, Fill, Font, Format, Panes, Style, Workbook
    from pyexcelerate.Border import Border
    from pyexcelerate.Borders import Borders

    def style(number_format: str, fill: str = "") -> Any:  # noqa: ANN401 - the library is untyped
        line = Border(Color(*bytes.fromhex(LINE)), style="thin")
        look = Style(font=Font(family=FONT, size=FONT_SIZE), format=Format(number_format), borders=Borders(bottom=line))
        if fill:
            look.fill = Fill(background=Color(*bytes.fromhex(fill)))
        return look

    made = list(detail_rows(rows))
    workbook = Workbook()
    sheet = workbook.new_sheet(SHEET, data=[_HEADERS, *([shown(value) for value in row] for row in made)])
    sheet.panes = Panes(3, 1)
    for number, column in enumerate(COLUMNS, 1):
        sheet.set_col_style(number, style(NUMBER_FORMATS[column.kind]))
    sheet.set_row_style(1, Style(font=Font(family=FONT, size=FONT_SIZE, bold=True)))
    fills = {status: style("General", fill) for status, fill in FILLS.items()}
    (place,) = (number for number, column in enumerate(COLUMNS) if column.kind is Kind.STATUS)
    for at, row in enumerate(made, 2):
        value = row[place]
        if isinstance(value, StatusCell):
            sheet.set_cell_style(at, place + 1, fills[value.status])
    workbook.save(str(path))


def rustpy_xlsxwriter(rows: int, path: Path) -> None:
    """Rows as dictionaries, one after the other; looks by column, statuses by rule."""
    from rustpy_xlsxwriter import FastExcel, Format

    def look(number_format: str) -> Any:  # noqa: ANN401 - made by Rust
        plain = Format().set_font_name(FONT).set_font_size(FONT_SIZE)
        return plain.set_border_bottom("thin").set_border_bottom_color(f"#{LINE}").set_num_format(number_format)

    rules = [
        {
            "type": "text",
            "criteria": "ends_with",
            "value": status.value,
            "format": Format().set_background_color(f"#{fill}"),
        }
        for status, fill in FILLS.items()
    ]
    (status,) = (column.header for column in COLUMNS if column.kind is Kind.STATUS)
    records = (dict(zip(_HEADERS, values, strict=True)) for values in _plain(rows))
    book = FastExcel(path).freeze(row=1, col=3)
    book.sheet(
        SHEET,
        records,
        column_formats={column.header: look(NUMBER_FORMATS[column.kind]) for column in COLUMNS},
        header_format=Format().set_bold(),
        conditional_formats={status: rules},
    )
    book.save()


def fastxlsxio(rows: int, path: Path) -> None:
    """Rows one after the other, formats by column."""
    from fastxlsxio import XIOWWorkbook

    workbook = XIOWWorkbook(str(path))
    formats = [workbook.add_format({"num_format": NUMBER_FORMATS[column.kind]}) for column in COLUMNS]
    bold = workbook.add_format({"bold": True})
    sheet = workbook.add_worksheet(SHEET)
    sheet.write_row(0, 0, _HEADERS, [bold] * len(COLUMNS))
    source = _plain(rows)
    at = 1
    while block := list(islice(source, _BLOCK)):  # it wants to know how many come
        sheet.write_rows(at, 0, block, formats)
        at += len(block)
    workbook.save()


def _plain(rows: int) -> Iterator[Row]:
    """The rows with statuses as text."""
    (place,) = (number for number, column in enumerate(COLUMNS) if column.kind is Kind.STATUS)
    for row in detail_rows(rows):
        yield (*row[:place], shown(row[place]), *row[place + 1 :])
