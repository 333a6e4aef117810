"""The sheet of definitions: headings, and under each a term beside what it means, or a paragraph."""

from rkreport.core.report.sheets import Heading, Kind, Link, NotesSheet, StatusCell
from rkreport.excel import page
from rkreport.excel.cells import Canvas
from rkreport.excel.layout import layout_of
from rkreport.excel.letters import wrapped
from rkreport.excel.styles import NAVY, STRONG_RULE, Edge, Look, Role
from rkreport.excel.tabs import HEADER_ROW
from rkreport.excel.text import clean
from rkreport.excel.widths import HIGHEST_ROW, LINE_HEIGHT, lines_needed

_WIDTHS = (32.0, 100.0)
_PARAGRAPH = 128.0  # characters of a line across both columns
_INDENT = 1.5
_PADDING = 3.0

_HEADING = Look(Role.HEADING, size=11, bold=True, color=NAVY, edges=(Edge("bottom", "thin", STRONG_RULE),))
_TERM = Look(bold=True, vertical="top", wrap=True)
_PARAGRAPH_LINE = Look(vertical="top")
_MEANING = Look(vertical="top", wrap=True, indent=1)


def draw_notes(canvas: Canvas, notes: NotesSheet, heading: Heading, back: Link | None) -> None:
    """Draw all sections below the title block."""
    canvas.widths = _WIDTHS
    page.draw_heading(canvas, heading, len(_WIDTHS), back)
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
    page.set_printed(canvas, columns=len(_WIDTHS), rows=row, header_row=None)


def _draw_line(canvas: Canvas, row: int, term: str | StatusCell, meaning: str) -> int:
    """Draw one line; the last row it took."""
    if term == "":
        lines = wrapped(clean(meaning), _PARAGRAPH)
        for offset, line in enumerate(lines):
            canvas.text(row + offset, 1, line, _PARAGRAPH_LINE)
        return row + len(lines) - 1
    if isinstance(term, StatusCell):
        canvas.draw(row, 1, term, Kind.STATUS, Look(vertical="top"))
    else:
        canvas.text(row, 1, term, _TERM)
    canvas.text(row, 2, meaning, _MEANING)
    word = term.word if isinstance(term, StatusCell) else term
    needed = max(lines_needed(word, _WIDTHS[0], bold=True), lines_needed(meaning, _WIDTHS[1] - _INDENT))
    canvas.heights[row] = min(needed * LINE_HEIGHT + _PADDING, HIGHEST_ROW)
    return row
