"""Draws one table sheet: header, rows, Excel table, total and footnotes. Knows no workbook and no other sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from rkreport.core.report.sheets import Column, Heading, Kind, Link, Row, StatusCell, Table, TableSheet, spread
from rkreport.excel.draw import title_block, upright
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import pages_tall
from rkreport.excel.draw.heat_map import last_square, widened
from rkreport.excel.draw.layout import ROW_HEIGHT, layout_of, row_height
from rkreport.excel.draw.live_rate import draw_live_rate, rate_width
from rkreport.excel.draw.paging import SMALLEST, Paper, inches_of, paper_of, squeezed
from rkreport.excel.draw.stream import TableRows, level_of
from rkreport.excel.draw.tabs import FIRST_ROW, HEADER_ROW, Tab
from rkreport.excel.draw.widths import fitted_widths, header_height
from rkreport.excel.look.styles import BODY, FOOTNOTE, HEADER, INPUTS, NUMERIC, TOTAL, CellFormat, Role
from rkreport.excel.look.text_metrics import text_width, wrapped
from rkreport.excel.names import header_names
from rkreport.excel.text import clean, fit_units

_SAMPLE = 2_000  # rows that decide the widths
_BUTTON_INDENT = 2  # Excel's filter button covers the right end of a header; numbers below keep the same room
_MANY_COLUMNS = 14
_SMALLER_ZOOM = 85
_SHORT = 60  # rows; a longer table may end where it ends, but what has rates and a foot
_FIRST_INPUT_DAY = 36_526  # 1 January 2000, as Excel counts
_LONGEST_FOOTNOTE = 140  # characters of a line
_PROMPT_TITLE_UNITS = 32
_SET_IN_HEADER = replace(HEADER, indent=1)
_HEADERS = {
    **dict.fromkeys(NUMERIC, replace(HEADER, horizontal="right", indent=_BUTTON_INDENT)),
    Kind.NOTE: _SET_IN_HEADER,
}
_CHOICES_LIMIT = 255  # characters of a list in a validation; Excel repairs a file with a longer one


@dataclass(frozen=True, slots=True)
class Reading:
    """A table being read: a sample, from all over the list if possible, and an iterator over all rows.

    The sample decides the widths.
    """

    sample: Sequence[Row]
    rows: Iterator[Row]

    @classmethod
    def of(cls, table: Table) -> "Reading":
        """Begin to read. The rows of a short table are made once and kept; those of a long table are never kept."""
        if table.count <= _SAMPLE:
            kept = tuple(islice(table.rows(), _SAMPLE + 1))
            return cls(kept[:_SAMPLE], iter(kept))
        if table.sample is not None:
            return cls(tuple(table.sample(_SAMPLE)), iter(table.rows()))
        rows = table.rows()
        sample = spread(rows, _SAMPLE) if isinstance(rows, tuple) else tuple(islice(rows, _SAMPLE))
        return cls(sample, iter(table.rows()))


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A drawn table sheet: data rows still to be written, and the Excel table over them.

    `area` includes the header row; in `text_range` digits are text.
    """

    rows: TableRows
    name: str
    area: str
    headers: tuple[str, ...]
    text_range: str


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """An Excel table over cells that are drawn. `area` includes the header row."""

    name: str
    area: str
    headers: tuple[str, ...]


def draw_table_sheet(
    canvas: Canvas,
    tab: Tab,
    reading: Reading,
    heading: Heading,
    back: Link | None,
    *,
    statuses: Sequence[StatusCell] = (),
) -> DrawnTable:
    """Draw everything but the data rows. The next `tab.count` rows of the reading are read while the file is written.

    Only the last part has the total and the footnotes. `statuses` are all that a cell may hold.
    """
    source = tab.sheet
    if not isinstance(source, TableSheet):
        raise TypeError(f"sheet {source.key!r} holds no table")
    table = source.table
    printed = max(source.printed_columns or len(table.columns), last_square(source))
    canvas.widths = _widths(canvas, source, reading.sample, printed, statuses)
    paper = _choose_paper(canvas, source, printed, back)
    widths = canvas.widths[: len(table.columns)]
    title_block.draw_heading(canvas, heading, len(table.columns), back, canvas.header_columns + 1)
    headers = draw_header(canvas, table, HEADER_ROW, widths)
    legend_end = upright.draw_legend(canvas, source.legend, widths)
    looks = [upright.body_look(column, look_of(BODY, column)) for column in table.columns]
    usual = row_height(canvas.brand) if last_square(source) else None
    body = TableRows(canvas, tab, table, reading.rows, first_row=FIRST_ROW, looks=looks, widths=widths, height=usual)
    if not tab.count:
        draw_empty_row(canvas, table, FIRST_ROW)
    last_row = FIRST_ROW + max(tab.count, 1) - 1
    area = f"A{HEADER_ROW}:{get_column_letter(len(table.columns))}{last_row}"
    letters = [get_column_letter(number) for number, column in enumerate(table.columns, 1) if column.target is not None]
    canvas.bars = [f"{letter}{FIRST_ROW}:{letter}{last_row}" for letter in letters if tab.count]
    canvas.validations = list(_validations(table, headers, last_row))
    end = _draw_foot(canvas, source, tab, last_row, int(sum(canvas.widths[:printed])))
    frozen = get_column_letter(min(source.frozen_columns, len(table.columns) - 1) + 1)
    zoom = _SMALLER_ZOOM if len(table.columns) > _MANY_COLUMNS else 100
    layout = layout_of(heading, canvas.brand, is_first=back is None, freeze=f"{frozen}{FIRST_ROW}", zoom=zoom)
    canvas.layout = replace(layout, folds=_folds(table, reading.sample), is_a3=paper.is_a3, pages_wide=paper.pages_wide)
    if source.live_rate and tab.start == 0:
        draw_live_rate(canvas, source.live_rate, source.key, min(source.frozen_columns, len(table.columns)))
    columns = max(title_block.printed_columns(canvas.widths[:printed]), legend_end)
    header_rows = HEADER_ROW - bool(source.legend), HEADER_ROW
    title_block.set_printed(canvas, columns=columns, rows=end, header_rows=header_rows)
    if len(reading.sample) == table.count == tab.count and paper.pages_wide == 1 and not source.blocks:
        pages = _pages_tall(canvas, body, reading.sample, columns, end, has_rates=bool(letters))
        canvas.layout = replace(canvas.layout, pages_tall=pages)
    text_range = f"A{FIRST_ROW}:{get_column_letter(len(table.columns))}{end}"
    return DrawnTable(body, tab.table_name, area, headers, text_range)


def _widths(
    canvas: Canvas, source: TableSheet, rows: Sequence[Row], printed: int, statuses: Sequence[StatusCell]
) -> list[float]:
    """Of all columns; those that are printed are narrower where a page wants it."""
    table = source.table
    sample = (*rows, *(() if table.total is None else (table.total,)))
    every = widened(fitted_widths(table.columns, sample, statuses), source)
    shown = [row[:printed] for row in rows]
    widths = [*squeezed(table.columns[:printed], every[:printed], canvas.brand, shown), *every[printed:]]
    if source.live_rate:
        place = min(source.frozen_columns, len(table.columns)) - 1
        widths[place] = max(widths[place], rate_width(source.live_rate))
    return widths


def _pages_tall(
    canvas: Canvas, body: TableRows, rows: Sequence[Row], columns: int, end: int, *, has_rates: bool
) -> int:
    """Return on how many pages a table stands that would have little on its last one; 0 if it has much."""
    if not has_rates and len(rows) > _SHORT:
        return 0
    scale, inches = canvas.brand.scale, inches_of(canvas.widths, columns, canvas.brand)
    above = [canvas.heights.get(row, ROW_HEIGHT) for row in range(1, FIRST_ROW)]
    heights = [*above, *((body.height(row) or ROW_HEIGHT * scale) / scale for row in rows)]
    foot = ROW_HEIGHT * (end - body.last_row)
    evidence = 100 * SMALLEST / canvas.brand.paint(Role.BODY).size  # is read row by row
    least = 0 if has_rates else evidence
    return pages_tall(canvas.layout, inches, heights, foot=foot, header=above[-1], least=least)


def _choose_paper(canvas: Canvas, source: TableSheet, printed: int, back: Link | None) -> Paper:
    """Print on one page; a very wide table on pages beside each other, each with the frozen columns."""
    is_upright = any(column.is_upright for column in source.table.columns)
    paper = paper_of(canvas.widths[:printed], source.frozen_columns, canvas.brand, is_upright=is_upright)
    if paper.pages_wide > 1:
        canvas.header_columns = source.frozen_columns
        if source.legend and back:  # the legend stands beside the link, and would cut it
            canvas.widths = [max(canvas.widths[0], text_width(back.text) + 1), *canvas.widths[1:]]
    return paper


def draw_header(canvas: Canvas, table: Table, row: int, widths: Sequence[float]) -> tuple[str, ...]:
    """Draw the header of a table into a row; return the names of its columns."""
    headers = header_names(
        [upright.short_header(column.header) if column.is_upright else column.header for column in table.columns]
    )
    for number, (column, header) in enumerate(zip(table.columns, headers, strict=True), 1):
        usual = _SET_IN_HEADER if column.is_set_in else _HEADERS.get(column.kind, HEADER)
        look = upright.HEADER_LOOK if column.is_upright else usual
        canvas.text(row, number, header, look)
    canvas.heights[row] = max(
        header_height(table.columns, headers, widths), upright.header_height(table.columns, headers)
    )
    return headers


def look_of(look: CellFormat, column: Column) -> CellFormat:
    """Return the format of a column: numbers get a gap before the next column's text."""
    return _look_of(look, column.kind, column.is_set_in)


@cache
def _look_of(look: CellFormat, kind: Kind, is_set_in: bool) -> CellFormat:  # noqa: FBT001 - a key of the cache
    return replace(look, gap=kind in NUMERIC, indent=int(is_set_in))


def draw_empty_row(canvas: Canvas, table: Table, row: int) -> None:
    """Draw one empty row: Excel repairs a file whose table has no row."""
    for number, column in enumerate(table.columns, 1):
        kind = Kind.TEXT if column.kind in INPUTS else column.kind
        canvas.draw(row, number, None, kind, look_of(BODY, replace(column, kind=kind)))


def _draw_foot(canvas: Canvas, source: TableSheet, tab: Tab, last_row: int, width: int) -> int:
    """Draw the note about no rows, the total and the footnotes, none in a repeated column; return the last used row."""
    if not tab.is_last_part:
        return last_row
    row, table, first = last_row, source.table, canvas.header_columns + 1
    if not table.count and source.empty_text:
        row += 2
        canvas.text(row, first, source.empty_text, FOOTNOTE)
    if table.total is not None:
        row += 2  # leave an empty row, so that sorting and filtering exclude the total
        for number, (column, value) in enumerate(zip(table.columns, table.total, strict=True), 1):
            kind = Kind.TEXT if isinstance(value, str) or column.kind in INPUTS else column.kind
            drawn = replace(column, kind=kind)
            canvas.draw_in(drawn, row, number, value, upright.total_look(column, look_of(TOTAL, drawn)))
    if source.footnotes:
        row += 1
    for footnote in source.footnotes:
        for line in wrapped(clean(footnote), min(max(width, title_block.TITLE_CHARACTERS), _LONGEST_FOOTNOTE)):
            row += 1
            canvas.text(row, first, line, FOOTNOTE)
    return row


def _folds(table: Table, sample: Sequence[Row]) -> int:
    """Return how deep the rows of a tree fold."""
    trees = [index for index, column in enumerate(table.columns) if column.kind is Kind.TREE]
    return max((level_of(row[index]) for row in sample for index in trees), default=0)


def _validations(table: Table, headers: tuple[str, ...], last_row: int) -> Iterator[DataValidation]:
    for number, (column, header) in enumerate(zip(table.columns, headers, strict=True), 1):
        validation = _validation(column, fit_units(header, _PROMPT_TITLE_UNITS))
        if validation is not None and table.count:
            letter = get_column_letter(number)
            validation.add(f"{letter}{FIRST_ROW}:{letter}{last_row}")
            yield validation


def _validation(column: Column, title: str) -> DataValidation | None:
    """Return the rule and the prompt for a reader's input; ValueError for choices that Excel cannot hold."""
    if column.kind is Kind.INPUT_CHOICE:
        choices = [clean(choice) for choice in column.choices]
        listed = ",".join(choices)
        if not choices or any("," in choice for choice in choices) or len(listed) > _CHOICES_LIMIT:
            raise ValueError(f"the choices of column {column.header!r} need at most 255 characters and no comma")
        formula = '"' + listed.replace('"', '""') + '"'
        validation = DataValidation(type="list", formula1=formula, allow_blank=True)
        validation.prompt = validation.error = " · ".join(choices)[:_CHOICES_LIMIT]
    elif column.kind is Kind.INPUT_DATE:
        first = str(_FIRST_INPUT_DAY)
        validation = DataValidation(type="date", operator="greaterThanOrEqual", formula1=first, allow_blank=True)
        validation.prompt = validation.error = "2026-12-31 · 31/12/2026"
    else:
        return None
    validation.promptTitle = validation.errorTitle = title
    validation.showInputMessage = validation.showErrorMessage = True
    return validation
