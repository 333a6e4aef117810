"""Where a manager's workbook has its cells, chart, logo, tables and links when a library builds it from nothing.

Plain and close to rkreport's own: the same sheets, rows, looks by kind, links and chart. Knows no library.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.looks import shown
from rkreport.core.report.sheets import (
    Cell,
    Chart,
    Kind,
    Link,
    NotesSheet,
    StatusCell,
    SummarySheet,
    Table,
    TableSheet,
    WorkbookPlan,
)

HEADER_ROW, FIRST_ROW = 6, 7  # from 1, as in rkreport's own

Look = Kind | StatusCell | str
"""A kind, a status, or one of `title`, `header` and `large`."""


@dataclass(frozen=True, slots=True)
class ChartArea:
    """A stacked bar chart over the cells of a panel: its rows and columns, from 1."""

    chart: Chart
    header_row: int
    first_row: int
    last_row: int


class Paper(Protocol):
    """One worksheet of some library; rows and columns from 1."""

    def put(self, row: int, column: int, value: Cell, look: Look) -> None:
        """Draw a value."""

    def link(self, row: int, column: int, text: str, location: str) -> None:
        """Draw a link inside the workbook."""

    def table(self, name: str, headers: Sequence[str], last_row: int) -> None:
        """Lay an Excel table over the header row and what is below it."""

    def chart(self, area: ChartArea, place: str) -> None:
        """Draw a chart."""

    def picture(self, content: bytes, place: str) -> None:
        """Draw a PNG."""

    def finish(self, columns: int, frozen: tuple[int, int] | None) -> None:
        """Set widths, frozen rows and columns, and A4 landscape one page wide."""


class OutcomeRecorder(Protocol):
    """A workbook of some library."""

    def add(self, title: str) -> Paper:
        """Add a worksheet."""


def draw(plan: WorkbookPlan, book: OutcomeRecorder) -> None:
    """Draw all sheets of a plan."""
    titles = {sheet.key: sheet.title for sheet in plan.sheets}
    for sheet in plan.sheets:
        paper = book.add(sheet.title)
        paper.put(1, 1, plan.heading.title, "title")
        for row, line in enumerate(plan.heading.lines, 2):
            paper.put(row, 1, line, Kind.NOTE)
        paper.picture(LOGO, "H1")
        if sheet is not plan.sheets[0]:
            _put(paper, (5, 1), Link(plan.heading.back, plan.sheets[0].key), Kind.LINK, titles)
        match sheet:
            case TableSheet(table=table):
                _draw_table(paper, table, HEADER_ROW, titles)
                paper.table(table.name, [column.header for column in table.columns], HEADER_ROW + max(table.count, 1))
                paper.finish(len(table.columns), (FIRST_ROW, sheet.frozen_columns + 1))
            case SummarySheet():
                _draw_summary(paper, sheet, titles)
                paper.finish(12, None)
            case NotesSheet():
                _draw_notes(paper, sheet)
                paper.finish(2, None)


def _draw_table(paper: Paper, table: Table, header_row: int, titles: dict[str, str]) -> None:
    for number, column in enumerate(table.columns, 1):
        paper.put(header_row, number, column.header, "header")
    kinds = [column.kind for column in table.columns]
    for row, values in enumerate(table.rows(), header_row + 1):
        for number, (value, kind) in enumerate(zip(values, kinds, strict=True), 1):
            _put(paper, (row, number), value, kind, titles)


def _draw_summary(paper: Paper, summary: SummarySheet, titles: dict[str, str]) -> None:
    for number, kpi in enumerate(summary.kpis):
        column = 2 * number + 1
        paper.put(6, column, kpi.label, Kind.TEXT)
        paper.put(7, column, shown(kpi.value), "large")
        paper.put(8, column, kpi.note, Kind.TEXT)
        paper.put(9, column, kpi.change, Kind.TEXT)
    row = 11
    for line in (*summary.sentences, *summary.contents):
        _put(paper, (row, 1), line, Kind.LINK, titles)
        row += 1
    for number, panel in enumerate(summary.panels):
        paper.put(row + 1, 1, panel.title, "title")
        header_row = row + 2
        _draw_table(paper, panel.table, header_row, titles)
        row = header_row + panel.table.count
        for chart in summary.charts:
            if chart.panel == number:
                paper.chart(ChartArea(chart, header_row, header_row + 1, row), f"A{row + 3}")
                row += 20


def _draw_notes(paper: Paper, notes: NotesSheet) -> None:
    row = HEADER_ROW
    for section in notes.sections:
        row += 1
        paper.put(row, 1, section.heading, "title")
        for term, meaning in section.lines:
            row += 1
            _put(paper, (row, 1), term, Kind.STATUS, {})
            paper.put(row, 2, meaning, Kind.NOTE)
        row += 1


def _put(paper: Paper, place: tuple[int, int], value: Cell, kind: Kind, titles: dict[str, str]) -> None:
    row, column = place
    if isinstance(value, Link):
        target = FIRST_ROW + value.row if value.row is not None else 1
        paper.link(row, column, value.text, f"'{titles[value.sheet]}'!A{target}")
    else:
        paper.put(row, column, shown(value), value if isinstance(value, StatusCell) else kind)


def _png(width: int, height: int, color: bytes) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = (b"\0" + color * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


LOGO_SIZE = (160, 48)  # pixels
LOGO = _png(*LOGO_SIZE, bytes.fromhex("16324F"))
