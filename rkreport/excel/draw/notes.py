"""Draws the sheet of definitions: headings, each followed by terms with their meanings, or by paragraphs."""

from rkreport.core.report.sheets import Heading, Kind, Link, NotesSection, NotesSheet, StatusCell
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.flow import Flow, scaled
from rkreport.excel.draw.layout import ROW_HEIGHT, layout_of
from rkreport.excel.draw.page_ends import end_page, keep_together, put
from rkreport.excel.draw.paging import inches_of
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT, lines_needed
from rkreport.excel.look.styles import NAVY, STRONG_RULE, CellFormat, Edge, Role
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean

_WIDTHS = (32.0, 100.0)
_PARAGRAPH = 128.0  # characters of a line across both columns
_INDENT = 3.0
_PADDING = 3.0
_HEADING_HEIGHT = 20.0
_KEPT = 2  # lines that stand on one page with their heading, and with the last one

_HEADING = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY, edges=(Edge("bottom", "thin", STRONG_RULE),))
_TERM = CellFormat(bold=True, vertical="top", wrap=True, horizontal="left")
_PARAGRAPH_LINE = CellFormat(vertical="top")
_MEANING = CellFormat(vertical="top", wrap=True, indent=2, horizontal="left")  # a general cell has no indent


def draw_notes(canvas: Canvas, notes: NotesSheet, heading: Heading, back: Link | None) -> None:
    """Draw all sections below the title block."""
    canvas.widths = _WIDTHS
    title_block.draw_heading(canvas, heading, len(_WIDTHS), back)
    layout = layout_of(heading, canvas.brand, is_first=back is None, freeze=f"A{HEADER_ROW}")
    title_block.set_printed(canvas, columns=len(_WIDTHS), rows=HEADER_ROW, header_rows=None)
    inches = inches_of(_WIDTHS, canvas.printed_size[0], canvas.brand)
    canvas.layout = scaled(layout, inches)
    flow = Flow.of(canvas.layout, inches)
    row = HEADER_ROW
    for above in range(1, row + 1):
        put(canvas, flow, above, canvas.heights.setdefault(above, ROW_HEIGHT))
    for section in notes.sections:
        if row > HEADER_ROW:
            kept = _HEADING_HEIGHT + sum(_height(*line) for line in section.lines[:_KEPT])
            row = keep_together(canvas, flow, row, kept)
        row = _draw_section(canvas, flow, row, section, notes.continued)
    title_block.set_printed(canvas, columns=len(_WIDTHS), rows=row, header_rows=None)


def _draw_section(canvas: Canvas, flow: Flow, row: int, section: NotesSection, continued: str) -> int:
    """Draw a section below a row; return the last row that it used.

    No line is torn by the end of a page, the last is never alone on one, and each further page begins with the heading.
    """
    row = _draw_heading(canvas, flow, row + 1, section.heading)
    heights = [_height(*line) for line in section.lines]
    for number, (term, meaning) in enumerate(section.lines):
        kept = heights[number:] if number == len(heights) - _KEPT > 0 else heights[number : number + 1]
        if number and flow.is_exact and not flow.fits(sum(kept)):
            end_page(canvas, flow, row)
            row = _draw_heading(canvas, flow, row + 1, continued.format(heading=section.heading))
        first, row = row + 1, _draw_line(canvas, row + 1, term, meaning)
        for drawn in range(first, row + 1):
            put(canvas, flow, drawn, canvas.heights.setdefault(drawn, ROW_HEIGHT))
    return row


def _draw_heading(canvas: Canvas, flow: Flow, row: int, heading: str) -> int:
    canvas.text(row, 1, heading, _HEADING)
    canvas.blank(row, 2, _HEADING)
    canvas.heights[row] = _HEADING_HEIGHT
    put(canvas, flow, row, _HEADING_HEIGHT)
    return row


def _draw_line(canvas: Canvas, row: int, term: str | StatusCell, meaning: str) -> int:
    """Draw one line; return the last row that it used."""
    if term == "":
        lines = wrapped(clean(meaning), _PARAGRAPH)
        for offset, line in enumerate(lines):
            canvas.text(row + offset, 1, line, _PARAGRAPH_LINE)
        return row + len(lines) - 1
    if isinstance(term, StatusCell):
        canvas.draw(row, 1, term, Kind.STATUS, CellFormat(vertical="top"))
    else:
        canvas.text(row, 1, term, _TERM)
    canvas.text(row, 2, meaning, _MEANING)
    canvas.heights[row] = _height(term, meaning)
    return row


def _height(term: str | StatusCell, meaning: str) -> float:
    """Return the height of a line in points."""
    if term == "":
        return ROW_HEIGHT * len(wrapped(clean(meaning), _PARAGRAPH))
    word = term.word if isinstance(term, StatusCell) else term
    needed = max(lines_needed(word, _WIDTHS[0], bold=True), lines_needed(meaning, _WIDTHS[1] - _INDENT))
    return min(needed * LINE_HEIGHT + _PADDING, HIGHEST_ROW)
