"""A company's brand: fonts, colours, logo, title block, print header and footer.

Knows the built-in house brand and how another brand changes a format; must not know where a brand comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from rkreport.excel.look.styles import (
    CARD,
    FONT_NAME,
    FONT_SIZE,
    INK,
    INPUT,
    INPUT_RULE,
    LINK_BLUE,
    MUTED,
    NAVY,
    RULE,
    STRIPE,
    STRONG_RULE,
    WHITE,
    CellFormat,
    Edge,
    Role,
)


@dataclass(frozen=True, slots=True)
class Paint:
    """How the texts of one role look. Colours are RRGGBB; `""` means no fill or no lines."""

    font: str = FONT_NAME
    size: float = FONT_SIZE
    bold: bool = False
    italic: bool = False
    underline: bool = False
    color: str = INK
    fill: str = ""
    line: str = ""


HOUSE_PAINTS: Final[Mapping[Role, Paint]] = MappingProxyType(
    {
        Role.TITLE: Paint(size=14, bold=True, color=NAVY),
        Role.SUBTITLE: Paint(color=MUTED),
        Role.HEADING: Paint(size=11, bold=True, color=NAVY, line=STRONG_RULE),
        Role.HEADER: Paint(bold=True, color=WHITE, fill=NAVY),
        Role.SMALL_HEADER: Paint(size=9, bold=True, color=NAVY, fill=CARD, line=STRONG_RULE),
        Role.BODY: Paint(line=RULE),
        Role.TOTAL: Paint(bold=True, line=STRONG_RULE),
        Role.LINK: Paint(underline=True, color=LINK_BLUE, line=RULE),
        Role.FOOTNOTE: Paint(size=9, color=MUTED),
        Role.INPUT: Paint(fill=INPUT, line=INPUT_RULE),
        Role.CARD_LABEL: Paint(size=9, color=MUTED, fill=CARD, line=NAVY),
        Role.CARD_VALUE: Paint(size=16, bold=True, color=NAVY, fill=CARD, line=NAVY),
        Role.CARD_NOTE: Paint(size=9, fill=CARD, line=NAVY),
    }
)


_AS_BROAD_AS_HOUSE = frozenset({FONT_NAME.casefold(), "helvetica", "liberation sans"})
_BROADEST = {"century gothic": 1.25, "consolas": 1.25, "courier new": 1.25}  # slim letters are as broad as digits
_BROADER = 1.1  # bold DejaVu Serif, one of the widest fonts, relative to its own digits, Excel's unit of column widths


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture's file, and its maximum size in pixels of 1/96 inch."""

    content: bytes = field(repr=False)
    format: Literal["png", "jpeg"]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A print header or footer, with Excel's codes (`&P`) and placeholders (`$company`)."""

    left: str = ""
    center: str = ""
    right: str = ""

    def __bool__(self) -> bool:
        """True if there is anything to print."""
        return bool(self.left or self.center or self.right)


@dataclass(frozen=True, slots=True)
class Brand:
    """A complete, checked brand. `title_block` holds the texts of rows 1 to 3, with placeholders.

    A brand is a plain value: formats are made once per brand, and other processes can receive it.
    """

    paints: tuple[tuple[Role, Paint], ...]
    stripe: str
    tab: str
    title_block: tuple[str, str, str]
    print_header: PrintLine
    print_footer: PrintLine
    logo: Logo | None = None

    def paint(self, role: Role) -> Paint:
        """Return how the texts of a role look."""
        return next(paint for of, paint in self.paints if of is role)

    @property
    def scale(self) -> float:
        """How much higher rows are than in the house brand, whose heights suit its own text size."""
        return max(1.0, self.paint(Role.BODY).size / FONT_SIZE)

    @property
    def breadth(self) -> float:
        """How much wider columns are than in the house brand: texts are measured in its font; others are wider."""
        fonts = {paint.font.casefold() for _, paint in self.paints}
        return max(1.0 if font in _AS_BROAD_AS_HOUSE else _BROADEST.get(font, _BROADER) for font in fonts)

    def shown(self, look: CellFormat) -> CellFormat:
        """Convert a format to this brand: what equals the role's look in the house brand becomes this brand's look.

        What differs from the role stays, such as the colours of a status, whose contrast is guaranteed.
        """
        house, own = HOUSE_PAINTS[look.role], self.paint(look.role)
        return replace(
            look,
            font=own.font if look.font == house.font else look.font,
            size=own.size if look.size == house.size else look.size,
            bold=own.bold if look.bold == house.bold else look.bold,
            italic=own.italic if look.italic == house.italic else look.italic,
            underline=own.underline if look.underline == house.underline else look.underline,
            color=own.color if look.color == house.color else look.color,
            fill=own.fill if look.fill == house.fill else look.fill,
            edges=_shown_edges(look.edges, house.line, own.line),
        )


def _shown_edges(edges: tuple[Edge, ...], house: str, own: str) -> tuple[Edge, ...]:
    shown = (replace(edge, color=own) if edge.color == house else edge for edge in edges)
    return tuple(edge for edge in shown if edge.color)


HOUSE: Final = Brand(
    paints=tuple(HOUSE_PAINTS.items()),
    stripe=STRIPE,
    tab=NAVY,
    title_block=("$title", "$period_line", "$source_line"),
    print_header=PrintLine(),
    print_footer=PrintLine(left="&8 &A · $footer", right="&8 $page_line"),
)
