"""Draws the sheet of definitions: headings, each followed by terms with their meanings, or by paragraphs."""

from rkreport.core.report.sheets import Heading, Kind, Link, NotesSheet, StatusCell
from rkreport.excel.draw import title_block
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.layout import layout_of
from rkreport.excel.draw.tabs import HEADER_ROW
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT, lines_needed
from rkreport.excel.look.styles import NAVY, STRONG_RULE, CellFormat, Edge, Role
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean

_WIDTHS = (32.0, 100.0)
_PARAGRAPH = 128.0  # characters of a line across both columns
_INDENT = 1.5
_PADDING = 3.0

_HEADING = CellFormat(Role.HEADING, size=11, bold=True, color=NAVY, edges=(Edge("bottom", "thin", STRONG_RULE),))
_TERM = CellFormat(bold=True, vertical="top", wrap=True)
_PARAGRAPH_LINE = CellFormat(vertical="top")
_MEANING = CellFormat(vertical="top", wrap=True, indent=1)


def draw_notes(canvas: Canvas, notes: NotesSheet, heading: Heading, back: Link | None) -> None:
    """Draw all sections below the title block."""
    canvas.widths = _WIDTHS
    title_block.draw_heading(canvas, heading, len(_WIDTHS), back)
    row = HEADER_ROW
    for section in notes.sections:
        row += 1
        canvas.text(row, 1, section.heading, _HEADING)
        canvas.blank(row, 2, _HEADING)
        canvas.heights[row] = 20.0
        for term, meaning in section.lines:
            row = _draw_line(canvas, row + 1, term, meaning)
        row += 1
    canvas.layout = layout_of(heading, canvas.brand, is_first=back is None, freeze=f"A{HEADER_ROW}")
    title_block.set_printed(canvas, columns=len(_WIDTHS), rows=row, header_rows=None)


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
    word = term.word if isinstance(term, StatusCell) else term
    needed = max(lines_needed(word, _WIDTHS[0], bold=True), lines_needed(meaning, _WIDTHS[1] - _INDENT))
    canvas.heights[row] = min(needed * LINE_HEIGHT + _PADDING, HIGHEST_ROW)
    return row
