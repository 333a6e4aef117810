"""Draws a sheet of tables below each other, under a headline and links to them. All share the sheet's columns.

The last table may be long: its rows are read while the file is written.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, zip_longest

from openpyxl.utils import get_column_letter, quote_sheetname

from rkreport.core.report.sheets import Heading, Kind, Link, Panel, Row, StackedSheet, Table
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import Flow, scaled
from rkreport.excel.draw.layout import ROW_HEIGHT, layout_of
from rkreport.excel.draw.page_ends import end_page, put
from rkreport.excel.draw.paging import inches_of
from rkreport.excel.draw.room import Room
from rkreport.excel.draw.stream import TableRows
from rkreport.excel.draw.table import (
    DrawnTable,
    PlacedTable,
    Reading,
    draw_empty_row,
    draw_header,
    look_of,
)
from rkreport.excel.draw.tabs import HEADER_ROW, Tab
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT, fitted_widths
from rkreport.excel.look.styles import BODY, FOOTNOTE, LINK, NAVY, TOTAL, CellFormat, Role, tight_look
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean, stored

_HEADLINE = CellFormat(Role.HEADING, size=12, bold=True, color=NAVY)
_TITLE = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY)
_SENTENCE = CellFormat()
_TITLE_HEIGHT, _HEADLINE_HEIGHT = 20.0, 22.0
_LINE = 140  # characters
_LAST_KEPT = 8  # rows of the last table on the page of its title; most of them may wrap
ONE_PAGE = 45  # rows of a table that needs no repeated header
_PLAIN = [13.0] * 10  # widths of a sheet without tables: room for the title block


def draw_stacked_sheet(
    canvas: Canvas, tab: Tab, sheet: StackedSheet, heading: Heading, back: Link | None
) -> tuple[tuple[PlacedTable, ...], DrawnTable | None]:
    """Draw everything but the rows of the last table; return the tables that are drawn, and the last one."""
    readings = [Reading.of(panel.table) for panel in sheet.tables]
    canvas.widths = _widths(sheet.tables, readings) or _PLAIN
    columns = max([len(panel.table.columns) for panel in sheet.tables], default=title_block.printed_columns(()))
    title_block.draw_heading(canvas, heading, columns, back)
    row = _draw_words(canvas, sheet, HEADER_ROW)
    jumps, row = row, row + len(sheet.tables) * (len(sheet.tables) > 1) + 1
    placed: list[PlacedTable] = []
    table: DrawnTable | None = None
    header, titles = 0, []
    for number, (panel, reading, name) in enumerate(zip(sheet.tables, readings, tab.table_names, strict=True)):
        if len(sheet.tables) > 1:
            _draw_jump(canvas, jumps + number, panel.title, row)
        if number + 1 == len(sheet.tables):
            row = _draw_footnotes(canvas, sheet.footnotes, row)
        canvas.text(row, 1, panel.title, _TITLE)
        canvas.heights[row] = _TITLE_HEIGHT
        titles.append(row)
        if number + 1 < len(sheet.tables):
            one, row = draw_whole_table(canvas, panel.table, reading, name, row + 1)
            placed.append(one)
        else:
            header = row + 1
            table, row = _begin_table(canvas, tab, panel.table, reading, header)
    canvas.layout = layout_of(heading, canvas.brand, is_first=back is None)
    columns = title_block.printed_columns(canvas.widths)
    header_rows = (header, header) if header else None  # of the last table, the only long one
    title_block.set_printed(canvas, columns=columns, rows=row, header_rows=header_rows)
    if len(titles) > 1:
        _end_pages(canvas, titles)
    if table:
        table = replace(table, text_range=f"A1:{get_column_letter(columns)}{row}")
    return tuple(placed), table


def _end_pages(canvas: Canvas, titles: Sequence[int]) -> None:
    """Begin a page before each table that the one before has no room for; the last, long one needs room for its head.

    The rows of the last table are on pages as they come, each below its header.
    """
    inches = inches_of(canvas.widths, canvas.printed_size[0], canvas.brand)
    canvas.layout = scaled(canvas.layout, inches)
    flow = Flow.of(canvas.layout, inches)
    for first, end in pairwise((1, *titles, titles[-1] + _LAST_KEPT)):
        heights = [canvas.heights.get(row, ROW_HEIGHT) for row in range(first, end)]
        if first > 1 and not flow.fits(sum(heights)):
            end_page(canvas, flow, first - 1)
        for row, height in enumerate(heights, first):
            put(canvas, flow, row, height)


def _widths(panels: Sequence[Panel], readings: Sequence[Reading]) -> list[float]:
    """Return the width of each column: the widest of all tables."""
    each = []
    for panel, reading in zip(panels, readings, strict=True):
        total = () if panel.table.total is None else (panel.table.total,)
        each.append(fitted_widths(panel.table.columns, (*reading.sample, *total)))
    return [max(found) for found in zip_longest(*each, fillvalue=0.0)]


def _draw_words(canvas: Canvas, sheet: StackedSheet, row: int) -> int:
    """Draw the headline and the sentences; return the next free row."""
    for line in wrapped(clean(sheet.headline), _LINE * 0.8, bold=True):
        canvas.text(row, 1, line, _HEADLINE)
        canvas.heights[row] = _HEADLINE_HEIGHT
        row += 1
    for sentence in sheet.sentences:
        for line in wrapped(clean(sentence), _LINE):
            canvas.text(row, 1, line, _SENTENCE)
            row += 1
    return row + 1


def _draw_jump(canvas: Canvas, row: int, text: str, to: int) -> None:
    """Draw a link to a row of this sheet."""
    canvas.text(row, 1, text, LINK)
    canvas.links.append((f"A{row}", stored(f"{quote_sheetname(canvas.name)}!A{to}")))


def draw_whole_table(canvas: Canvas, table: Table, reading: Reading, name: str, row: int) -> tuple[PlacedTable, int]:
    """Draw a table whole from its header's row on; return it and the row of the next title."""
    widths = canvas.widths[: len(table.columns)]
    headers = draw_header(canvas, table, row, widths)
    rows = tuple(reading.rows)
    pens = [canvas.pen(column.kind, look_of(BODY, column)) for column in table.columns]
    tight = [canvas.pen(column.kind, tight_look(column.kind, look_of(BODY, column))) for column in table.columns]
    rooms = [Room(column, width) for column, width in zip(table.columns, widths, strict=True)]
    for at, values in enumerate(rows, row + 1):
        lines = max(room.lines(value) for room, value in zip(rooms, values, strict=True))
        if lines > 1:
            canvas.heights[at] = min(LINE_HEIGHT * lines, HIGHEST_ROW)  # the canvas scales its own heights
        for number, (pen, wrapping, room, value) in enumerate(zip(pens, tight, rooms, values, strict=True), 1):
            (wrapping if room.is_tight(value) else pen)(at, number, value)
    if not rows:
        draw_empty_row(canvas, table, row + 1)
    last = row + max(len(rows), 1)
    if table.total is not None:
        _draw_total(canvas, table, table.total, last + 1)
    area = f"A{row}:{get_column_letter(len(table.columns))}{last}"
    return PlacedTable(name, area, headers), last + 2 + (table.total is not None)


def _draw_total(canvas: Canvas, table: Table, total: Row, row: int) -> None:
    for number, (column, value) in enumerate(zip(table.columns, total, strict=True), 1):
        kind = Kind.TEXT if isinstance(value, str) else column.kind
        canvas.draw(row, number, value, kind, look_of(TOTAL, replace(column, kind=kind)))


def _begin_table(canvas: Canvas, tab: Tab, table: Table, reading: Reading, row: int) -> tuple[DrawnTable, int]:
    """Draw the header of the last table; return it and its last row."""
    headers = draw_header(canvas, table, row, canvas.widths[: len(table.columns)])
    looks = [look_of(BODY, column) for column in table.columns]
    widths = canvas.widths[: len(table.columns)]
    body = TableRows(canvas, tab, table, reading.rows, first_row=row + 1, looks=looks, widths=widths)
    if not tab.count:
        draw_empty_row(canvas, table, row + 1)
    last = row + max(tab.count, 1)
    area = f"A{row}:{get_column_letter(len(table.columns))}{last}"
    return DrawnTable(body, tab.table_name, area, headers, area), last


def _draw_footnotes(canvas: Canvas, footnotes: Sequence[str], row: int) -> int:
    """Draw the notes above the last table, whose end nobody foresees; return the next free row."""
    for footnote in footnotes:
        for line in wrapped(clean(footnote), _LINE):
            canvas.text(row, 1, line, FOOTNOTE)
            row += 1
    return row + bool(footnotes)
