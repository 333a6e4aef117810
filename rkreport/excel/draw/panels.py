"""Draws small tables (panels) on the grid of a summary, without merged cells.

The grid holds six cards of equal width, with a narrow gap in the middle. A card spans two worksheet columns, or three
if a panel has many columns. A value in a panel spans as many worksheet columns as it needs. A text is in the first of
them and runs over the empty ones; a number is in the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rkreport.core.report.labels import BELOW_TARGET
from rkreport.core.report.sheets import Cell, Column, Kind, Link, Panel, Row, StatusCell
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.charts import PlacedPanel
from rkreport.excel.draw.widths import header_width, shown_width
from rkreport.excel.look.cell_rules import status_look
from rkreport.excel.look.styles import CARD, NAVY, NUMERIC, RULE, STRONG_RULE, CellFormat, Edge, Role, alignment
from rkreport.excel.look.text_metrics import shortened, text_width
from rkreport.excel.names import header_names
from rkreport.excel.text import single_line

_GAP = 2.0  # characters
_TEXT_ROOMS = (62.0, 50.0, 40.0, 30.0, 20.0)  # maximum characters of texts: less if numbers need the room
_HEADER_SCALE = 0.9  # one point smaller than the rest
_AIR, _BETWEEN = 0.7, 1.5  # beside a value, and a header on one line
_STEP = 1.3  # characters of an indent

_TITLE = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY)
_HEADER = CellFormat(
    Role.SMALL_HEADER,
    size=9,
    bold=True,
    color=NAVY,
    fill=CARD,
    wrap=True,
    vertical="bottom",
    edges=(Edge("bottom", "thin", STRONG_RULE),),
)
_CELL = CellFormat(edges=(Edge("bottom", "thin", RULE),))
_TOTAL = CellFormat(Role.TOTAL, bold=True, edges=(Edge("top", "thin", STRONG_RULE),))
_TITLE_HEIGHT = 20.0
_LINE_HEIGHT = 14.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Two halves of three cards of `card_width` characters; `left` and `right` list the columns per card."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    card_width: float

    @property
    def half(self) -> int:
        """The number of grid columns in the left half."""
        return sum(self.left)

    @property
    def widths(self) -> tuple[float, ...]:
        """The widths of the grid columns, in characters."""
        return tuple(self.card_width / columns for columns in (*self.left, *self.right) for _ in range(columns))

    @property
    def column_widths(self) -> tuple[float, ...]:
        """The widths of the worksheet's columns: those of the grid, with the gap between the halves."""
        return (*self.widths[: self.half], _GAP, *self.widths[self.half :])

    def column(self, unit: int) -> int:
        """Return the worksheet column, from 1, of a grid column, from 0; skip the gap between the halves."""
        return unit + 1 if unit < self.half else unit + 2

    def card(self, place: int) -> range:
        """Return the worksheet columns, from 1, of a card, from 0."""
        columns = (*self.left, *self.right)
        first = self.column(sum(columns[:place]))
        return range(first, first + columns[place])


# The first two cards are percentages and need one wide column for large digits, so they are split last.
_GRIDS = (
    Grid((2, 2, 2), (2, 2, 2), 26.0),
    Grid((2, 2, 3), (2, 2, 3), 26.0),
    Grid((2, 2, 3), (3, 3, 3), 27.0),
    Grid((3, 3, 3), (3, 3, 3), 29.0),
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """The worksheet columns of one panel column, up to the next slot, end excluded; values are in column `at`.

    `width` is their room in characters. A header wraps only in a slot of a single column. `indent` keeps a text apart
    from a number that ends where it begins.
    """

    column: Column
    first: int
    end: int
    at: int
    width: float
    is_single: bool
    indent: int = 0


@dataclass(frozen=True, slots=True)
class MeasuredPanel:
    """A panel with its rows, and the width in characters that each column needs, and its header on one line."""

    panel: Panel
    rows: tuple[Row, ...]
    needs: tuple[float, ...]
    heads: tuple[float, ...]

    @property
    def height(self) -> int:
        """The number of worksheet rows: title, header, rows (at least one), total."""
        return 2 + max(1, len(self.rows)) + (self.panel.table.total is not None)

    def ends(self, widths: Sequence[float]) -> tuple[int, ...]:
        """Return the end of each column on grid columns of these widths, from 0; ValueError if there are too few."""
        for text_room in _TEXT_ROOMS:
            ends = self._ends(widths, text_room)
            if ends is not None:
                return ends
        raise ValueError(f"table {self.panel.table.name!r} has too many columns for a summary")

    def _ends(self, widths: Sequence[float], text_room: float) -> tuple[int, ...] | None:
        ends: list[int] = []
        at = 0
        for column, need, head in zip(self.panel.table.columns, self.needs, self.heads, strict=True):
            first, room, wanted = at, 0.0, need if column.kind in NUMERIC else min(need, text_room)
            while room < wanted:
                if at == len(widths):
                    return None
                room += widths[at]
                at += 1
                if at - first > 1:
                    wanted = max(wanted, min(head, text_room))  # over several columns no header wraps
            ends.append(at)
        return tuple(ends)

    def is_whole(self, grid: Grid) -> bool:
        """True if the panel fits on the grid with whole texts."""
        return self._ends(grid.widths, _TEXT_ROOMS[0]) is not None

    def is_narrow(self, grid: Grid) -> bool:
        """True if the panel fits in either half with whole texts."""
        halves = grid.widths[: grid.half], grid.widths[grid.half :]
        return all(self._ends(half, _TEXT_ROOMS[0]) is not None for half in halves)


def measure_panel(panel: Panel) -> MeasuredPanel:
    """Read the rows of a panel and measure its columns; ValueError if it announced another number of rows."""
    table = panel.table
    rows = tuple(table.rows())
    if len(rows) != table.count:
        raise ValueError(f"table {table.name!r} announced {table.count} rows and gave {len(rows)}")
    shown = rows if table.total is None else (*rows, table.total)
    steps = [_STEP * _indent(table.columns, index) for index in range(len(table.columns))]
    needs = tuple(
        _need(column, [row[index] for row in shown]) + step
        for index, (column, step) in enumerate(zip(table.columns, steps, strict=True))
    )
    heads = tuple(_head(column, 1) + _BETWEEN + step for column, step in zip(table.columns, steps, strict=True))
    return MeasuredPanel(panel, rows, needs, heads)


def fitting_grid(panels: Sequence[MeasuredPanel]) -> Grid:
    """Return the coarsest grid that fits all panels with whole texts; the finest if no grid does."""
    return next((grid for grid in _GRIDS if all(panel.is_whole(grid) for panel in panels)), _GRIDS[-1])


def draw_panel(canvas: Canvas, grid: Grid, measured: MeasuredPanel, row: int, unit: int) -> PlacedPanel:
    """Draw a panel with its upper left corner at a worksheet row and a grid column."""
    table = measured.panel.table
    slots = _slots(grid, measured, unit)
    canvas.text(row, grid.column(unit), measured.panel.title, _TITLE)
    canvas.heights[row] = _TITLE_HEIGHT
    headers = header_names([column.header for column in table.columns])
    for slot, header in zip(slots, headers, strict=True):
        look = _header_look(slot.column.kind, is_single=slot.is_single, indent=slot.indent)
        canvas.text(row + 1, slot.at, header, look)
        _extend(canvas, row + 1, slot, look)
    is_tall = any(
        slot.is_single and text_width(header, bold=True) * _HEADER_SCALE > slot.width
        for header, slot in zip(headers, slots, strict=True)
    )
    height = _LINE_HEIGHT * (2 if is_tall else 1)
    canvas.heights[row + 1] = max(height, canvas.heights.get(row + 1, 0.0))  # the panel beside it may be taller

    nothing: Row = (None,) * len(slots)
    body = [(values, _CELL) for values in measured.rows] or [(nothing, _CELL)]
    if table.total is not None:
        body.append((table.total, _TOTAL))
    for at, (values, look) in enumerate(body, row + 2):
        for slot, value in zip(slots, values, strict=True):
            _draw_value(canvas, at, slot, value, look)
    return PlacedPanel(table, tuple(slot.at for slot in slots), row + 1, headers, measured.rows)


def _slots(grid: Grid, measured: MeasuredPanel, unit: int) -> list[_Slot]:
    widths = grid.widths[unit:]
    slots: list[_Slot] = []
    start = 0
    columns = measured.panel.table.columns
    for index, (column, end) in enumerate(zip(columns, measured.ends(widths), strict=True)):
        first, last = grid.column(unit + start), grid.column(unit + end - 1)
        at = last if column.kind in NUMERIC else first
        indent = _indent(columns, index)
        width = sum(widths[start:end]) - _AIR - _STEP * indent
        slots.append(_Slot(column, first, last + 1, at, width, is_single=end == start + 1, indent=indent))
        start = end
    following = [slot.first for slot in slots[1:]]  # across the gap, if it lies between two slots
    return [replace(slot, end=end) for slot, end in zip(slots, [*following, slots[-1].end], strict=True)]


def _draw_value(canvas: Canvas, row: int, slot: _Slot, value: Cell, look: CellFormat) -> None:
    """Draw a value; shorten a text that would reach the next value."""
    kind = Kind.TEXT if isinstance(value, str) else slot.column.kind
    if isinstance(value, str):
        value = shortened(single_line(value), slot.width)
    elif isinstance(value, Link):
        value = replace(value, text=shortened(single_line(value.text), slot.width))
    column = slot.column if kind is slot.column.kind else replace(slot.column, kind=kind)
    look = _indented(look) if slot.indent else look
    canvas.draw_in(column, row, slot.at, value, look)
    _extend(canvas, row, slot, status_look(value.status, look) if isinstance(value, StatusCell) else look)


@cache
def _header_look(kind: Kind, *, is_single: bool, indent: int) -> CellFormat:
    return replace(_HEADER, horizontal=alignment(kind), wrap=is_single, indent=indent)


@cache
def _indented(look: CellFormat) -> CellFormat:
    return replace(look, horizontal="left", indent=1)


def _indent(columns: Sequence[Column], index: int) -> int:
    """Return 1 for a column of texts right of a column of numbers: they would read as one."""
    return int(index > 0 and columns[index].kind not in NUMERIC and columns[index - 1].kind in NUMERIC)


def _extend(canvas: Canvas, row: int, slot: _Slot, look: CellFormat) -> None:
    """Draw fill and lines in the empty cells beside a value, over which its text may run."""
    for column in range(slot.first, slot.end):
        if column != slot.at:
            canvas.blank(row, column, look)


def _need(column: Column, values: Iterable[Cell]) -> float:
    content = max((_shown_width(column.kind, value) for value in values if value is not None), default=0.0)
    if column.target is not None:
        content += text_width(BELOW_TARGET)
    return max(content + _AIR, _head(column, 2))


def _head(column: Column, lines: int) -> float:
    """Return the width of a header on so many lines."""
    return header_width(column.header, lines) * _HEADER_SCALE + _AIR


def _shown_width(kind: Kind, value: Cell) -> float:
    """Return the width of a value in a panel, where texts have one line."""
    if isinstance(value, Link):
        value = value.text
    return text_width(single_line(value)) if isinstance(value, str) else shown_width(kind, value)
