"""The grid of a summary, and small tables on it, without a merged cell.

The grid has two halves of six equal columns or more, with a narrow gap between them. In a panel a value takes as many
grid columns as it needs; a text stands in the first of them and runs over the empty ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

from rkreport.core.report.sheets import Cell, Column, Kind, Panel, Row, StatusCell
from rkreport.excel.cells import Canvas, status_look
from rkreport.excel.charts import PlacedPanel
from rkreport.excel.names import header_names
from rkreport.excel.styles import CARD, NAVY, RULE, STRONG_RULE, Edge, Look, alignment
from rkreport.excel.widths import header_width, shown_width

UNIT = 11.0  # characters of one grid column
_GAP = 2.0
_HALVES = range(6, 9)  # grid columns of one half: 6, or more where a panel needs them
_LONGEST_TEXT = 4  # grid columns
_HEADER_SCALE = 0.95  # bold, but a point smaller than the rest

_TITLE = Look(size=11, bold=True, color=NAVY)
_HEADER = Look(
    size=9,
    bold=True,
    color=NAVY,
    fill=CARD,
    wrap=True,
    vertical="bottom",
    edges=(Edge("bottom", "thin", STRONG_RULE),),
)
_CELL = Look(edges=(Edge("bottom", "thin", RULE),))
_TOTAL = Look(bold=True, edges=(Edge("top", "thin", STRONG_RULE),))
_TITLE_HEIGHT = 20.0
_LINE_HEIGHT = 14.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Two halves of `half` columns each."""

    half: int

    @property
    def width(self) -> int:
        """Grid columns of both halves."""
        return 2 * self.half

    @property
    def column_widths(self) -> tuple[float, ...]:
        """Widths of the worksheet's columns, in characters."""
        return (*[UNIT] * self.half, _GAP, *[UNIT] * self.half)

    def column(self, unit: int) -> int:
        """The worksheet column, from 1, of a grid column, from 0: the gap stands between the halves."""
        return unit + 1 if unit < self.half else unit + 2


@dataclass(frozen=True, slots=True)
class _Slot:
    """The worksheet columns, end not included, of one column of a panel."""

    column: Column
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class MeasuredPanel:
    """A panel with its rows, and how many grid columns each of its columns takes."""

    panel: Panel
    rows: tuple[Row, ...]
    spans: tuple[int, ...]

    @property
    def units(self) -> int:
        """Grid columns, all together."""
        return sum(self.spans)

    @property
    def height(self) -> int:
        """Worksheet rows: title, header, rows or one for none, total."""
        return 2 + max(1, len(self.rows)) + (self.panel.table.total is not None)


def measure_panel(panel: Panel) -> MeasuredPanel:
    """Read the rows of a panel and fit its columns to the grid; ValueError when it announced another number of rows."""
    table = panel.table
    rows = tuple(table.rows())
    if len(rows) != table.count:
        raise ValueError(f"table {table.name!r} announced {table.count} rows and gave {len(rows)}")
    spans = [_span(column, [row[index] for row in rows]) for index, column in enumerate(table.columns)]
    while sum(spans) > 2 * max(_HALVES) and max(spans) > 1:
        spans[spans.index(max(spans))] -= 1
    return MeasuredPanel(panel, rows, tuple(spans))


def fitting_grid(panels: Iterable[MeasuredPanel]) -> Grid:
    """The narrowest grid on which the widest panel stands."""
    widest = max((panel.units for panel in panels), default=0)
    return Grid(min(max(ceil(widest / 2), min(_HALVES)), max(_HALVES)))


def draw_panel(canvas: Canvas, grid: Grid, measured: MeasuredPanel, row: int, unit: int) -> PlacedPanel:
    """Draw a panel with its upper left corner at a worksheet row and a grid column."""
    table = measured.panel.table
    slots = _slots(grid, measured, unit)
    canvas.text(row, grid.column(unit), measured.panel.title, _TITLE)
    canvas.sheet.row_dimensions[row].height = _TITLE_HEIGHT
    headers = header_names([column.header for column in table.columns])
    for slot, header in zip(slots, headers, strict=True):
        look = replace(_HEADER, horizontal=alignment(slot.column.kind))
        canvas.text(row + 1, slot.first, header, look)
        _extend(canvas, row + 1, slot, look)
    spaces = zip(headers, measured.spans, strict=True)
    is_tall = any(header_width(header, 1) * _HEADER_SCALE > span * UNIT - 1 for header, span in spaces)
    canvas.sheet.row_dimensions[row + 1].height = _LINE_HEIGHT * (2 if is_tall else 1)

    nothing: Row = (None,) * len(slots)
    body = [(values, _CELL) for values in measured.rows] or [(nothing, _CELL)]
    if table.total is not None:
        body.append((table.total, _TOTAL))
    for at, (values, look) in enumerate(body, row + 2):
        for slot, value in zip(slots, values, strict=True):
            _draw_value(canvas, at, slot, value, look)
    return PlacedPanel(table, tuple(slot.first for slot in slots), row + 1, headers, measured.rows)


def _slots(grid: Grid, measured: MeasuredPanel, unit: int) -> list[_Slot]:
    slots: list[_Slot] = []
    for column, span in zip(measured.panel.table.columns, measured.spans, strict=True):
        slots.append(_Slot(column, grid.column(unit), grid.column(unit + span - 1) + 1))
        unit += span
    # A slot reaches up to the next one, over the gap where that lies between them.
    following = [slot.first for slot in slots[1:]]
    return [replace(slot, end=end) for slot, end in zip(slots, [*following, slots[-1].end], strict=True)]


def _draw_value(canvas: Canvas, row: int, slot: _Slot, value: Cell, look: Look) -> None:
    kind = Kind.TEXT if isinstance(value, str) else slot.column.kind
    canvas.draw(row, slot.first, value, kind, look)
    _extend(canvas, row, slot, status_look(value.status, look) if isinstance(value, StatusCell) else look)


def _extend(canvas: Canvas, row: int, slot: _Slot, look: Look) -> None:
    """Fill and lines in the empty cells that a text may run over."""
    for column in range(slot.first + 1, slot.end):
        canvas.blank(row, column, look)


def _span(column: Column, values: Iterable[Cell]) -> int:
    content = max((shown_width(column.kind, value) for value in values if value is not None), default=0)
    header = header_width(column.header, 2) * _HEADER_SCALE
    return max(1, min(_LONGEST_TEXT, ceil((max(content + 1, header)) / UNIT)))
