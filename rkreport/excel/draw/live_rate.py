"""Draws the rate above a header that follows the filter: the only formulas of a workbook, each with its value."""

from openpyxl.utils import get_column_letter, quote_sheetname

from rkreport.core.report.sheets import LiveRate
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.tabs import FIRST_ROW
from rkreport.excel.look.styles import FOOTNOTE, NAVY, CellFormat, percent_format, with_gap
from rkreport.excel.look.text_metrics import text_width
from rkreport.excel.text import single_line

_ROW = 5  # beside the link back
_SHOWN_ROWS = 109  # SUBTOTAL's code for the sum of the rows that are in sight
_NO_RATE = "–"
_AIR = 1.2  # characters
_DIGITS, _SCALE, _LEAST = 4, 10_000, "0.0001"
_SUM = CellFormat(bold=True, color=NAVY, horizontal="right", number_format=with_gap("#,##0"))


def draw_live_rate(canvas: Canvas, rate: LiveRate, key: str, frozen_columns: int) -> None:
    """Draw the rate into the last frozen column, and the two sums above their columns.

    The sums run over all worksheets of the sheet, so that each has its own filter.
    """
    part, whole = (get_column_letter(column + 1) for column in (rate.part, rate.whole))
    for column, letter, total in ((rate.part, part, rate.sums[0]), (rate.whole, whole, rate.sums[1])):
        canvas.compute(_ROW, column + 1, _sum(canvas, key, letter), total, _SUM)
    label = single_line(rate.label).replace('"', "")
    shown = f'"{label} "{percent_format(2)}'
    number_format = f'{shown};;{shown};"{label} "@'
    look = CellFormat(bold=True, color=NAVY, horizontal="left", shrink=True, number_format=number_format)
    value = shown_rate(*rate.sums) if rate.sums[1] else _NO_RATE
    share = f"{part}{_ROW}/{whole}{_ROW}"
    # Rounded down, so that it never says 100 % or the target before it is; and never 0 % of somebody.
    rounded = f"MAX(ROUNDDOWN({share},{_DIGITS}),IF({part}{_ROW}>0,{_LEAST},0))"
    formula = f'IF({whole}{_ROW}=0,"{_NO_RATE}",{rounded})'
    canvas.compute(_ROW, frozen_columns, formula, value, look)
    canvas.text(_ROW, frozen_columns + 1, rate.note, FOOTNOTE)


def rate_width(rate: LiveRate) -> float:
    """Return the narrowest column that shows the rate with its label, in characters."""
    return text_width(f"{single_line(rate.label)} 100.00%", bold=True) + _AIR


def shown_rate(part: int, whole: int) -> float:
    """Return what the formula gives for these sums: whole hundredths of a percent."""
    return max(part * _SCALE // whole, 1 if part else 0) / _SCALE


def _sum(canvas: Canvas, key: str, letter: str) -> str:
    places = ((tab.name, FIRST_ROW + max(tab.count, 1) - 1) for tab in canvas.parts_of(key))
    return "+".join(
        f"SUBTOTAL({_SHOWN_ROWS},{'' if name == canvas.name else quote_sheetname(name) + '!'}"
        f"{letter}{FIRST_ROW}:{letter}{last})"
        for name, last in places
    )
