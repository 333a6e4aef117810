"""Ends pages on a sheet: with breaks where it has a scale of its own, else with empty rows."""

from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import Flow
from rkreport.excel.draw.layout import ROW_HEIGHT


def end_page(canvas: Canvas, flow: Flow, row: int) -> None:
    """Make a row the last one of its page."""
    canvas.breaks.append(row)
    flow.turn()


def put(canvas: Canvas, flow: Flow, row: int, height: float) -> None:
    """Put a row of this height on its page; where the page has no room left, on the next."""
    if flow.is_exact and not flow.fits(height):
        end_page(canvas, flow, row - 1)
    flow.take(height)


def keep_together(canvas: Canvas, flow: Flow, row: int, height: float) -> int:
    """Keep what follows a row, of this height, on one page: by a break, or by empty rows, one at least.

    Return the last row.
    """
    if flow.is_exact and not flow.fits(ROW_HEIGHT + height):
        end_page(canvas, flow, row)
        return row
    for _ in range(flow.gap_before(height)):
        row += 1
        canvas.heights[row] = ROW_HEIGHT
    return row
