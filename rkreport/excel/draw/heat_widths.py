"""Measures the columns that a table shares with the heat maps below it. Pure: draws nothing."""

from collections.abc import Sequence

from rkreport.core.report.sheets import HeatMap, TableSheet
from rkreport.excel.draw.widths import WIDEST
from rkreport.excel.look.text_metrics import text_width
from rkreport.excel.text import single_line

_NARROWEST = 12.0  # characters of a square
_AIR = 1.2


def widened(widths: Sequence[float], sheet: TableSheet) -> list[float]:
    """Return the widths of a sheet's table with the room that the names and squares of its maps need."""
    wide = list(widths)
    for block in sheet.blocks:
        if isinstance(block, HeatMap):
            _widen(wide, block, sheet.frozen_columns)
    return wide


def last_square(sheet: TableSheet) -> int:
    """Return the last column that a map reaches; 0 without any."""
    maps = (block for block in sheet.blocks if isinstance(block, HeatMap))
    return max((sheet.frozen_columns + len(heat.columns) for heat in maps), default=0)


def _widen(widths: list[float], heat: HeatMap, first: int) -> None:
    widths += [_NARROWEST] * (first + len(heat.columns) - len(widths))
    for at in range(len(heat.columns)):
        texts = (cell.numbers.text for _, cells in heat.rows if (cell := cells[at]))
        widths[first + at] = max(_NARROWEST, widths[first + at], *(text_width(text) + _AIR for text in texts))
    names = max((text_width(single_line(name)) for name, _ in heat.rows), default=0.0) + _AIR
    beside = sum(widths[1:first])
    widths[0] = max(widths[0], min(names - beside, WIDEST))
