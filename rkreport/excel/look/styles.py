"""Defines the look: palette, fonts, number formats and cell formats. Knows no sheet's content.

Quiet blues and greys, blue against orange instead of green against red, and every text at a contrast of 7:1 or more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Literal

from openpyxl.styles import Font

from rkreport.core.models import Status
from rkreport.core.report.sheets import Kind

FONT_NAME = "Arial"
FONT_SIZE = 10
TABLE_STYLE = "rkreport"

NAVY = "16324F"
INK = "1F2933"
MUTED = "47525D"
LINK_BLUE = "0B4A7A"
WHITE = "FFFFFF"
STRIPE = "F6F8FA"
CARD = "F1F5F8"
RULE = "DCE2E8"
STRONG_RULE = "8A99A8"
ALARM = "7A2600"
INPUT = "FFFBE8"
INPUT_RULE = "D9C77E"

Weight = Literal["thin", "medium", "thick", "hair"]
SideName = Literal["left", "right", "top", "bottom"]


class Role(StrEnum):
    """The role of a text on its sheet; the value names its cell style in a brand template."""

    TITLE = "rk Title"
    SUBTITLE = "rk Subtitle"
    HEADING = "rk Heading"  # of a panel, a chart, a section of notes
    HEADER = "rk Header"
    SMALL_HEADER = "rk Small header"  # of a panel
    BODY = "rk Body"
    TOTAL = "rk Total"
    LINK = "rk Link"
    FOOTNOTE = "rk Footnote"
    INPUT = "rk Input"
    CARD_LABEL = "rk Card label"
    CARD_VALUE = "rk Card value"
    CARD_NOTE = "rk Card note"


@dataclass(frozen=True, slots=True)
class Edge:
    """One line at the border of a cell."""

    side: SideName
    weight: Weight
    color: str


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How one cell looks in the house brand. Colours are RRGGBB; `""` means no fill.

    Another brand may change what equals the look of its role.
    """

    role: Role = Role.BODY
    font: str = FONT_NAME
    size: float = FONT_SIZE
    bold: bool = False
    italic: bool = False
    underline: bool = False
    color: str = INK
    fill: str = ""
    number_format: str = "General"
    horizontal: Literal["left", "center", "right"] | None = None
    vertical: Literal["top", "center", "bottom"] = "center"
    wrap: bool = False
    is_upright: bool = False  # reads from below
    shrink: bool = False  # the number shrinks instead of turning into ####
    indent: int = 0
    gap: bool = False  # room to the right of a number
    edges: tuple[Edge, ...] = ()

    def __hash__(self) -> int:
        """Hash the fields that tell most formats apart, because every cell that is drawn singly needs it."""
        return hash((self.size, self.bold, self.color, self.fill, self.number_format, len(self.edges)))


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: text on a fill, and its colour in charts."""

    color: str
    fill: str
    chart: str
    bold: bool = False
    italic: bool = False


# The charts' colours: neighbours in the order of a bar's parts differ by 1.6:1 or more in grey.
STATUS_LOOKS: Mapping[Status, StatusLook] = MappingProxyType(
    {
        Status.EXEMPT: StatusLook("404040", "", "F0F2F4"),
        Status.EXPIRED: StatusLook("5B1A4B", "F1D9EA", "752B65", bold=True),
        Status.EXPIRING: StatusLook("5C3B00", "FFE9B3", "336D98", italic=True),
        Status.COMPLETED: StatusLook("0B3D5C", "D6EAF8", "1B4C6C"),
        Status.OVERDUE: StatusLook("7A2600", "FBD9C6", "B8400E", bold=True),
        Status.FAILED: StatusLook("6B2E00", "FFF1E0", "D76F1A"),
        Status.DUE_SOON: StatusLook("5C3B00", "FFE9B3", "E4AB10"),
        Status.IN_PROGRESS: StatusLook("333333", "", "7D8D9F"),
        Status.NOT_STARTED: StatusLook("3A3A3A", "F5F3EE", "E1E6EA"),
        Status.NOT_ASSIGNED: StatusLook("333333", "EDEDED", "23272C"),
    }
)
SERIES_COLORS = ("C2571A", "5F6B76", "336D98", "752B65", "E4AB10")  # for series without a status, after the first

HEATS = ("", "FBEBDD", "F8D8BC", "F4C298", "F0AB73")  # one hue, darker where less complies

GAP = "_W_)"  # as wide as these two letters; not an indent, because LibreOffice loses every second one

LOCALES = {"id": "[$-421]", "en": "[$-409]"}  # sets the language of month names

TITLE = CellFormat(Role.TITLE, size=14, bold=True, color=NAVY)
SUBTITLE = CellFormat(Role.SUBTITLE, color=MUTED)
BANNER = CellFormat(bold=True, color=WHITE, fill=ALARM, horizontal="left", indent=1)
LINK = CellFormat(Role.LINK, color=LINK_BLUE, underline=True)
HEADER = CellFormat(
    Role.HEADER,
    bold=True,
    color=WHITE,
    fill=NAVY,
    horizontal="left",
    wrap=True,
    number_format="@",
)
BODY = CellFormat(vertical="top", edges=(Edge("bottom", "thin", RULE),))
TOTAL = CellFormat(Role.TOTAL, bold=True, edges=(Edge("top", "medium", STRONG_RULE),))
FOOTNOTE = CellFormat(Role.FOOTNOTE, size=9, color=MUTED)
INPUT_EDGES = tuple(Edge(side, "thin", INPUT_RULE) for side in ("left", "right", "top", "bottom"))

NUMERIC = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.POINTS})
INPUTS = frozenset({Kind.INPUT_CHOICE, Kind.INPUT_DATE, Kind.INPUT_TEXT})


def alignment(kind: Kind) -> Literal["left", "right"]:
    """Align numbers to the right, all else to the left."""
    return "right" if kind in NUMERIC else "left"


@cache
def tight_look(kind: Kind, look: CellFormat) -> CellFormat:
    """Return the format of a value that is too wide for its column: text wraps, a number shrinks."""
    return replace(look, shrink=True, gap=False) if kind in NUMERIC else replace(look, wrap=True)


def percent_format(decimals: int) -> str:
    """Return the format of a percentage with this many decimals."""
    return f"0.{'0' * decimals}%"


def points_format(decimals: int) -> str:
    """Return the format of percentage points with this many decimals: with a sign, unless nothing moved."""
    shown = f"0.{'0' * decimals}"
    return f"+{shown};-{shown};{shown}"


def with_gap(number_format: str) -> str:
    """Add room to the right to each part of a number format."""
    return ";".join(part + GAP for part in number_format.split(";"))


class _OrderedFont(Font):
    """A font with its parts in the schema's order; validators refuse the order of openpyxl 3.1.5."""

    __attrs__: ClassVar[tuple[str, ...]] = Font.__attrs__
    __nested__: ClassVar[tuple[str, ...]] = Font.__nested__
    __elements__: ClassVar[tuple[str, ...]] = (
        *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u"),
        *("vertAlign", "sz", "color", "name", "family", "charset", "scheme"),
    )


def font_of(
    name: str, size: float, *, bold: bool = False, italic: bool = False, underline: bool = False, color: str
) -> Font:
    """Make a font that validators accept."""
    return _OrderedFont(
        name=name,
        family=2 if name == FONT_NAME else None,  # 2: sans serif
        sz=size,
        b=bold,
        i=italic,
        u="single" if underline else None,
        color="FF" + color,
    )
