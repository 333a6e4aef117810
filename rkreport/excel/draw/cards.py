"""Draws the cards of a summary: each a headline number with a label above and words below, never cut.

Knows the grid below the cards; must not know what follows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from rkreport.core.report.sheets import Kpi
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.panels import Grid
from rkreport.excel.draw.widths import shown_width
from rkreport.excel.look.styles import CARD, INK, MUTED, NAVY, WHITE, CellFormat, Edge, Role
from rkreport.excel.look.text_metrics import wrapped
from rkreport.excel.text import clean

CARDS_PER_ROW = 6
NO_FIGURE = "–"

_EDGE = Edge("left", "thick", WHITE)  # the space between two cards
_TOP = Edge("top", "medium", NAVY)
_LABEL = CellFormat(Role.CARD_LABEL, size=9, color=MUTED, fill=CARD, indent=1, horizontal="left")
_VALUE = CellFormat(Role.CARD_VALUE, size=16, bold=True, color=NAVY, fill=CARD, indent=1, horizontal="left")
_SHRINKING = replace(_VALUE, shrink=True)
_NOTE = CellFormat(Role.CARD_NOTE, size=9, color=INK, fill=CARD, indent=1, horizontal="left")
_TOPPED = replace(_NOTE, edges=(_TOP,))
_CHANGE = CellFormat(Role.CARD_LABEL, size=9, color=MUTED, fill=CARD, indent=1, horizontal="left")
_LINE_HEIGHT, _LABEL_HEIGHT, _VALUE_HEIGHT, _FOOT_HEIGHT = 14.0, 20.0, 26.0, 5.0
_INDENT = 2.0  # characters between a card's text and its edges
_SMALL, _LARGE = 0.9, 1.73  # sizes of small print and bold number, relative to the house size


@dataclass(frozen=True, slots=True)
class _Words:
    """The lines around a headline number."""

    label: list[str]
    below: list[tuple[str, CellFormat]]


def draw_cards(canvas: Canvas, grid: Grid, kpis: Sequence[Kpi], row: int) -> int:
    """Draw the cards, six per row and equally high in each row; return the next free row."""
    for start in range(0, len(kpis), CARDS_PER_ROW):
        row = _draw_row_of_cards(canvas, grid, kpis[start : start + CARDS_PER_ROW], row)
    return row


def _draw_row_of_cards(canvas: Canvas, grid: Grid, kpis: Sequence[Kpi], top: int) -> int:
    all_words = [_words(kpi, grid.card_width) for kpi in kpis]
    labels = max(len(words.label) for words in all_words)
    below = max(len(words.below) for words in all_words)
    value_row = top + labels
    foot = value_row + below + 1
    for place, (kpi, words) in enumerate(zip(kpis, all_words, strict=True)):
        columns = grid.card(place)
        for row in range(top, foot + 1):
            _draw_ground(canvas, row, columns, is_top=row == top)
        for row, line in enumerate(words.label, value_row - len(words.label)):
            canvas.text(row, columns[0], line, _edged(_LABEL, is_top=row == top))
        _draw_value(canvas, value_row, columns[0], kpi, grid.column_widths[columns[0] - 1])
        for row, (line, look) in enumerate(words.below, value_row + 1):
            canvas.text(row, columns[0], line, _edged(look))
    heights = [_LABEL_HEIGHT, *[_LINE_HEIGHT] * (labels - 1), _VALUE_HEIGHT, *[_LINE_HEIGHT] * below, _FOOT_HEIGHT]
    for row, height in enumerate(heights, top):
        canvas.heights[row] = height
    return foot + 2


def _draw_value(canvas: Canvas, row: int, column: int, kpi: Kpi, width: float) -> None:
    """Draw a number; one too wide for its cell shrinks instead of turning into ####."""
    if kpi.value is None:
        canvas.text(row, column, NO_FIGURE, _edged(_VALUE))
        return
    is_long = shown_width(kpi.kind, kpi.value) * _LARGE + _INDENT > width
    canvas.draw(row, column, kpi.value, kpi.kind, _edged(_SHRINKING if is_long else _VALUE))


def _words(kpi: Kpi, card_width: float) -> _Words:
    width = (card_width - _INDENT) / _SMALL
    below = [(line, look) for text, look in ((kpi.note, _NOTE), (kpi.change, _CHANGE)) for line in _lines(text, width)]
    return _Words(wrapped(clean(kpi.label), width), below)


def _lines(text: str, width: float) -> list[str]:
    return wrapped(clean(text), width) if text else []


def _draw_ground(canvas: Canvas, row: int, columns: range, *, is_top: bool) -> None:
    canvas.blank(row, columns[0], _edged(_NOTE, is_top=is_top))
    for column in columns[1:]:
        canvas.blank(row, column, _TOPPED if is_top else _NOTE)


@cache  # few formats for very many cells
def _edged(look: CellFormat, *, is_top: bool = False) -> CellFormat:
    return replace(look, edges=(_EDGE, _TOP) if is_top else (_EDGE,))
