"""Reads the look of a brand template's cell as a `Paint`, and checks it. Knows cells; knows no sheet.

The layout suits the house's sizes: larger text would be cut, and text with too little contrast would be illegible.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from rkreport.core.models import Status
from rkreport.excel.look.brand import Paint
from rkreport.excel.look.styles import STATUS_LOOKS, WHITE, Role
from rkreport.excel.template.colors import READABLE, Palette, contrast
from rkreport.sentence import Sentence

SMALLEST_BODY, LARGEST_BODY = 8.0, 12.0  # points
_SMALLEST = 7.0
_BLACK = "000000"
_LONGEST_FONT = 31  # characters, Excel's limit
_STATUSES_ON_PAPER = frozenset(STATUS_LOOKS[status].color for status in Status if not STATUS_LOOKS[status].fill)
# Fonts that come with Excel for Windows and Mac. Other programs substitute a similar font.
_USUAL_FONTS = frozenset(
    {
        *("aptos", "arial", "arial narrow", "book antiqua", "bookman old style", "calibri", "calibri light", "cambria"),
        *("candara", "century gothic", "consolas", "constantia", "corbel", "courier new", "franklin gothic book"),
        *("garamond", "georgia", "gill sans mt", "helvetica", "palatino linotype", "segoe ui", "tahoma"),
        *("times new roman", "trebuchet ms", "tw cen mt", "verdana"),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the layout allows: the size relative to the body text, and whether a fill."""

    largest: float
    may_fill: bool = False


RULES: Final = {
    Role.TITLE: Rule(1.6),
    Role.SUBTITLE: Rule(1.1),
    Role.HEADING: Rule(1.3),
    Role.HEADER: Rule(1.0, may_fill=True),
    Role.SMALL_HEADER: Rule(0.95, may_fill=True),
    Role.BODY: Rule(1.0),
    Role.TOTAL: Rule(1.0, may_fill=True),
    Role.LINK: Rule(1.0),
    Role.FOOTNOTE: Rule(1.0),
    Role.INPUT: Rule(1.0, may_fill=True),
    Role.CARD_LABEL: Rule(0.95, may_fill=True),
    Role.CARD_VALUE: Rule(1.6, may_fill=True),
    Role.CARD_NOTE: Rule(0.95, may_fill=True),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads looks with the colours and fonts of a workbook's theme."""

    palette: Palette
    fonts: dict[str, str]  # by scheme: minor, major

    def paint(self, cell: Any) -> Paint | str:  # noqa: ANN401 - a cell or a named style
        """Return font, fill and lines of a cell or named style, or what is wrong as the end of a sentence."""
        fill = self.fill(cell)
        if fill is None:
            return "has a pattern or a gradient as its fill; choose one plain colour"
        font = cell.font
        name = self.fonts.get(font.scheme or "", "") or font.name or ""
        sides = (cell.border.bottom, cell.border.top, cell.border.left, cell.border.right)
        lines = [self.palette.rgb(side.color, automatic=_BLACK) for side in sides if side is not None and side.style]
        return Paint(
            font=name.strip(),
            size=float(font.sz or 11),  # 11 is Excel's default
            bold=bool(font.b),
            italic=bool(font.i),
            underline=bool(font.u) and font.u != "none",
            color=self.palette.rgb(font.color, automatic=_BLACK),
            fill=fill,
            line=lines[0] if lines else "",
        )

    def fill(self, cell: Any) -> str | None:  # noqa: ANN401 - as above
        """Return the colour of a fill; `""` for no fill, None for a fill of several colours."""
        fill = cell.fill
        if fill.tagname == "gradientFill":
            return None
        if fill.patternType in {None, "none"}:
            return ""
        return self.palette.rgb(fill.fgColor, automatic=WHITE) if fill.patternType == "solid" else None


def fitted(role: Role, paint: Paint) -> Paint:
    """Turn a white fill into none, as the paper is white."""
    return replace(paint, fill="") if paint.fill == WHITE and not RULES[role].may_fill else paint


def paint_flaws(role: Role, paint: Paint, body: Paint, stripe: str) -> Iterator[str]:
    """Yield what the layout does not allow, each as the end of a sentence about the style."""
    rule = RULES[role]
    low, high = (SMALLEST_BODY, LARGEST_BODY) if role is Role.BODY else (_SMALLEST, rule.largest * body.size)
    if not low <= paint.size <= high + 0.05:
        yield Sentence(
            "is {size:g} points large; {low:g} to {high:g} fit into the layout (the body has {size_2:g})",
            size=paint.size,
            low=low,
            high=high,
            size_2=body.size,
        )
    if not paint.font or len(paint.font) > _LONGEST_FONT:
        yield "names no font that Excel takes; choose one"
    if paint.fill and not rule.may_fill:
        yield "has a fill, which its cells do not get; take it away"
        return
    grounds = {paint.fill or WHITE} | ({stripe} if role in {Role.BODY, Role.LINK} else set())
    for ground in sorted(grounds):
        reached = contrast(paint.color, ground)
        if reached < READABLE:
            yield (
                Sentence(
                    "has text #{color} on #{ground} with a contrast of {reached:.1f}:1, which weak eyes"
                    " cannot read; make one of them darker or lighter, to {readable:g}:1 or more",
                    color=paint.color,
                    ground=ground,
                    reached=reached,
                    readable=READABLE,
                )
            )


def stripe_flaws(stripe: str) -> Iterator[str]:
    """Check the stripe: statuses appear on it in colours that no brand changes."""
    worst = min(contrast(color, stripe) for color in _STATUSES_ON_PAPER)
    if worst < READABLE:
        yield Sentence(
            "has the fill #{stripe}, on which statuses cannot be read; choose a colour near white", stripe=stripe
        )


def font_remark(fonts: set[str]) -> str:
    """Name the fonts that some readers lack; `""` if all are usual."""
    unusual = sorted(font for font in fonts if font.casefold() not in _USUAL_FONTS)
    if not unusual:
        return ""
    return Sentence(
        "uses fonts that do not come with Excel ({unusual}); readers without them see another one",
        unusual=", ".join(unusual),
    )
