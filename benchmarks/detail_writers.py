"""One detail sheet, written by each of the libraries compared, with the same columns, styles, table and frozen header.

Each function takes the number of rows and the file to write, and imports its own library: a process pays for one.
"""
# ruff: noqa: PLC0415

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.detail_rows import COLUMNS, detail_rows
from rkreport.core.models import Status
from rkreport.core.report.sheets import Cell, Column, Heading, Kind, Link, StatusCell, Table, TableSheet, WorkbookPlan

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET = "Detail"
_FORMATS = {
    Kind.TEXT: "@",
    Kind.INTEGER: "#,##0",
    Kind.DECIMAL: "#,##0.0#",
    Kind.DATE: "dd mmm yyyy",
    Kind.MOMENT: "dd mmm yyyy hh:mm",
    Kind.STATUS: "General",
}
_FILLS = dict(zip(Status, ("E3E7EB", "F1D9EA", "FFE9B3", "D6EAF8", "FBD9C6") * 2, strict=True))


def rows_alone(rows: int, path: Path) -> None:
    """Make the rows, which all others have to do too."""
    path.write_text(str(sum(1 for _ in detail_rows(rows))))


def rkreport(rows: int, path: Path) -> None:
    """The detail, and a roll-up before it that links into it."""
    from rkreport.excel.workbook import write_workbook

    links = tuple((Link(f"Row {number}", "detail", number),) for number in range(0, rows, max(1, rows // 100)))
    units = Table("tblByUnit", (Column("Unit", Kind.LINK),), lambda: links, len(links))
    detail = Table("tblDetail", COLUMNS, lambda: detail_rows(rows), rows)
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
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Border, Font, PatternFill, Side

    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(SHEET)
    sheet.freeze_panes = "D2"
    font, bold = Font(name="Arial", size=10), Font(name="Arial", size=10, bold=True)
    border = Border(bottom=Side("thin", "FFDCE2E8"))
    fills = {status: PatternFill("solid", fgColor="FF" + fill) for status, fill in _FILLS.items()}

    def style(number_format: str, fill: Any = None) -> Any:  # noqa: ANN401 - openpyxl's, untyped
        scratch: Any = WriteOnlyCell(sheet)
        scratch.number_format, scratch.font, scratch.border = number_format, font, border
        if fill:
            scratch.fill = fill
        return scratch._style  # noqa: SLF001 - no public way to share it

    styles = {kind: style(number_format) for kind, number_format in _FORMATS.items()}
    filled = {status: style("General", fill) for status, fill in fills.items()}

    def cell(value: Cell, kind: Kind) -> Any:  # noqa: ANN401 - as above
        styled: Any = WriteOnlyCell(sheet, _shown(value))
        styled._style = filled[value.status] if isinstance(value, StatusCell) else styles[kind]  # noqa: SLF001 - as above
        return styled

    header = [WriteOnlyCell(sheet, column.header) for column in COLUMNS]
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
    look = {"font_name": "Arial", "font_size": 10, "bottom": 1, "bottom_color": "#DCE2E8"}
    formats = {kind: workbook.add_format({**look, "num_format": shown}) for kind, shown in _FORMATS.items()}
    fills = {status: workbook.add_format({**look, "bg_color": "#" + fill}) for status, fill in _FILLS.items()}
    sheet.write_row(0, 0, [column.header for column in COLUMNS], workbook.add_format({**look, "bold": True}))
    writers: dict[Kind, Callable[..., Any]] = {
        Kind.TEXT: sheet.write_string,
        Kind.STATUS: sheet.write_string,
        Kind.INTEGER: sheet.write_number,
        Kind.DECIMAL: sheet.write_number,
        Kind.DATE: sheet.write_datetime,
        Kind.MOMENT: sheet.write_datetime,
    }
    columns = [(writers[column.kind], formats[column.kind]) for column in COLUMNS]
    for at, row in enumerate(detail_rows(rows), 1):
        for number, (value, (write, style)) in enumerate(zip(row, columns, strict=True)):
            if value is None:
                sheet.write_blank(at, number, None, style)
            elif isinstance(value, StatusCell):
                write(at, number, _shown(value), fills[value.status])
            else:
                write(at, number, value, style)
    workbook.close()


def _shown(value: Cell) -> Any:  # noqa: ANN401 - what the libraries take
    return f"✔ {value.word}" if isinstance(value, StatusCell) else value


WRITERS = {
    writer.__name__: writer
    for writer in (rows_alone, rkreport, openpyxl_write_only, xlsxwriter, xlsxwriter_constant_memory)
}
