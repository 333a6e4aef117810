"""How things look: palette, fonts, number formats, and looks as openpyxl's style records. Knows no sheet's content.

Quiet blues and greys, blue against orange instead of green against red, and every text at a contrast of 7:1 or more.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.styles.table import TableStyle, TableStyleElement
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.xml.functions import tostring

from rkreport.core.models import Status
from rkreport.core.report.sheets import Kind

if TYPE_CHECKING:
    from rkreport.excel.brand import Brand

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
    """What a text is on its sheet, by the name of its cell style in a brand template; a brand says how each looks."""

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
class Look:
    """How one cell looks in the house's own brand; colours as RRGGBB, `""` for no fill.

    Where it looks as its role does, another brand may change it.
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
    shrink: bool = False  # the number gets smaller instead of turning into ####
    indent: int = 0
    gap: bool = False  # room to the right of a number
    edges: tuple[Edge, ...] = ()

    def __hash__(self) -> int:
        """Of what tells most looks apart: it is asked for at every cell that is drawn alone."""
        return hash((self.size, self.bold, self.color, self.fill, self.number_format, len(self.edges)))


@dataclass(frozen=True, slots=True)
class StatusLook:
    """How a status is shown: text on a fill, and the colour of its part of a chart."""

    color: str
    fill: str
    chart: str
    bold: bool = False
    italic: bool = False


STATUS_LOOKS: Mapping[Status, StatusLook] = MappingProxyType(
    {
        Status.EXEMPT: StatusLook("404040", "", "E3E7EB"),
        Status.EXPIRED: StatusLook("5B1A4B", "F1D9EA", "7D2E6B", bold=True),
        Status.EXPIRING: StatusLook("5C3B00", "FFE9B3", "86B7DE", italic=True),
        Status.COMPLETED: StatusLook("0B3D5C", "D6EAF8", "24648F"),
        Status.OVERDUE: StatusLook("7A2600", "FBD9C6", "B8400E", bold=True),
        Status.FAILED: StatusLook("6B2E00", "FFF1E0", "E88B3E"),
        Status.DUE_SOON: StatusLook("5C3B00", "FFE9B3", "F3C74F"),
        Status.IN_PROGRESS: StatusLook("333333", "", "98A5B3"),
        Status.NOT_STARTED: StatusLook("3A3A3A", "F5F3EE", "CDD4DB"),
        Status.NOT_ASSIGNED: StatusLook("333333", "EDEDED", "5A6672"),
    }
)
SERIES_COLORS = ("C2571A", "86B7DE", "8A99A8", "7D2E6B", "F3C74F")  # of series that are no statuses, after the first

GAP = "_W_)"  # as wide as these two letters; an indent would do, but LibreOffice forgets every second one

_LOCALES = {"id": "[$-421]", "en": "[$-409]"}  # decides the language of the month's letters

TITLE = Look(Role.TITLE, size=14, bold=True, color=NAVY)
SUBTITLE = Look(Role.SUBTITLE, color=MUTED)
BANNER = Look(bold=True, color=WHITE, fill=ALARM, horizontal="left", indent=1)
LINK = Look(Role.LINK, color=LINK_BLUE, underline=True)
HEADER = Look(
    Role.HEADER,
    bold=True,
    color=WHITE,
    fill=NAVY,
    horizontal="left",
    wrap=True,
    number_format="@",
)
BODY = Look(vertical="top", edges=(Edge("bottom", "thin", RULE),))
TOTAL = Look(Role.TOTAL, bold=True, edges=(Edge("top", "medium", STRONG_RULE),))
FOOTNOTE = Look(Role.FOOTNOTE, size=9, color=MUTED)
_INPUT_EDGES = tuple(Edge(side, "thin", INPUT_RULE) for side in ("left", "right", "top", "bottom"))

NUMERIC = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.PERCENT, Kind.POINTS})
INPUTS = frozenset({Kind.INPUT_CHOICE, Kind.INPUT_DATE, Kind.INPUT_TEXT})


def alignment(kind: Kind) -> Literal["left", "right"]:
    """Numbers to the right, all else to the left."""
    return "right" if kind in NUMERIC else "left"


def percent_format(decimals: int) -> str:
    """The format of a percentage with so many decimals."""
    return f"0.{'0' * decimals}%"


def with_gap(number_format: str) -> str:
    """A format of numbers that leaves room to the right, in each of its parts."""
    return ";".join(part + GAP for part in number_format.split(";"))


class _OrderedFont(Font):
    """A font whose parts stand in the order of the schema; openpyxl 3.1.5 writes one that validators refuse."""

    __attrs__: ClassVar[tuple[str, ...]] = Font.__attrs__
    __nested__: ClassVar[tuple[str, ...]] = Font.__nested__
    __elements__: ClassVar[tuple[str, ...]] = (
        *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u"),
        *("vertAlign", "sz", "color", "name", "family", "charset", "scheme"),
    )


# What openpyxl keeps a workbook's styles in; a new look goes into the first ones.
_PARTS = ("_fonts", "_fills", "_borders", "_alignments", "_protections", "_number_formats", "_cell_styles")
_OTHERS = ("_named_styles", "_differential_styles", "_table_styles")


class Styles:
    """The looks of one workbook by number; every look is registered once and shared by all its cells."""

    def __init__(self, language: str, brand: "Brand") -> None:
        """Begin with the brand's font as the default, and the table style."""
        self.brand = brand
        self._workbook = workbook = Workbook()  # openpyxl keeps looks in nothing less
        self._locale = _LOCALES[language]
        self._numbers: dict[tuple[Look, bool], int] = {}
        self._is_shared = False
        self._xml: bytes | None = None
        plain = _font(replace(brand.shown(Look()), bold=False, italic=False, underline=False, color="000000"))
        workbook._fonts = IndexedList([plain])  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
        workbook._named_styles["Normal"].font = plain  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        _add_table_style(workbook, brand.stripe)

    def copied(self) -> "Styles":
        """The same looks under the same numbers; neither notices what the other adds."""
        copied = copy(self)
        copied._is_shared = True  # noqa: SLF001 - its own kind
        return copied

    def xml(self) -> bytes:
        """Their part of a file; made once, as long as nothing is added."""
        if self._xml is None:
            self._xml = bytes(tostring(write_stylesheet(self._workbook)))
        return self._xml

    def workbook(self) -> Workbook:
        """A workbook of openpyxl's without sheets that has these looks under their numbers."""
        made = Workbook()
        made.remove(made.worksheets[0])
        for name in _OTHERS:
            setattr(made, name, getattr(self._workbook, name))
        for name in _PARTS:
            setattr(made, name, IndexedList(getattr(self._workbook, name)))
        return made

    def number(self, look: Look, *, quoted: bool = False) -> int:
        """The number of a look; `quoted` marks text that must stay text when somebody edits it."""
        key = look, quoted
        if key not in self._numbers:
            self._take_own_workbook()
            self._numbers[key] = self._register(look, quoted=quoted)
        return self._numbers[key]

    def _take_own_workbook(self) -> None:
        """Before something is added: until then a copy shares what it was copied from."""
        self._xml = None
        if self._is_shared:
            self._workbook = self.workbook()
            self._numbers = dict(self._numbers)
            self._is_shared = False

    def of_kind(self, kind: Kind, look: Look) -> Look:
        """The look with what the kind of a column adds: number format, alignment, tint of an input."""
        number_format = {
            Kind.TEXT: "@",
            Kind.INTEGER: "#,##0",
            Kind.DECIMAL: "#,##0.0#",
            Kind.PERCENT: percent_format(1),
            Kind.POINTS: "+0.0;-0.0;0.0",
            Kind.DATE: f"{self._locale}dd mmm yyyy",
            Kind.MOMENT: f"{self._locale}dd mmm yyyy hh:mm",
            Kind.INPUT_CHOICE: "@",
            Kind.INPUT_DATE: f"{self._locale}dd mmm yyyy",
            Kind.INPUT_TEXT: "@",
        }.get(kind, "General")
        if look.gap and kind in NUMERIC:
            number_format = with_gap(number_format)
        look = replace(look, number_format=number_format, horizontal=look.horizontal or alignment(kind))
        if kind in INPUTS:
            return replace(look, role=Role.INPUT, fill=INPUT, edges=_INPUT_EDGES, wrap=kind is Kind.INPUT_TEXT)
        return replace(look, wrap=True, indent=1) if kind is Kind.NOTE else look  # a note fills its column to the edge

    def _register(self, look: Look, *, quoted: bool) -> int:
        look = self.brand.shown(look)
        nowhere: Any = SimpleNamespace(parent=self._workbook)  # all that a cell without a sheet needs to know
        scratch = SheetCell(nowhere, 1, 1)
        scratch.font = _font(look)
        scratch.alignment = Alignment(
            horizontal=look.horizontal,
            vertical=look.vertical,
            wrap_text=look.wrap or None,
            shrink_to_fit=look.shrink or None,
            indent=look.indent,
        )
        scratch.number_format = look.number_format
        if look.fill:
            scratch.fill = PatternFill("solid", fgColor="FF" + look.fill)
        if look.edges:
            sides = {edge.side: Side(edge.weight, "FF" + edge.color) for edge in look.edges}
            scratch.border = Border(
                left=sides.get("left"), right=sides.get("right"), top=sides.get("top"), bottom=sides.get("bottom")
            )
        scratch.quotePrefix = quoted
        hidden: Any = self._workbook  # openpyxl hides the list of styles, and a cell's place in it
        number: int = hidden._cell_styles.add(scratch._style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
        return number


def font_of(
    name: str, size: float, *, bold: bool = False, italic: bool = False, underline: bool = False, color: str
) -> Font:
    """A font as validators want it."""
    return _OrderedFont(
        name=name,
        family=2 if name == FONT_NAME else None,  # 2: without serifs
        sz=size,
        b=bold,
        i=italic,
        u="single" if underline else None,
        color="FF" + color,
    )


def _font(look: Look) -> Font:
    return font_of(look.font, look.size, bold=look.bold, italic=look.italic, underline=look.underline, color=look.color)


def _add_table_style(workbook: Workbook, color: str) -> None:
    """Only stripes: header and lines are drawn on the cells, so that programs without table styles show them too."""
    stripe = DifferentialStyle(fill=PatternFill("solid", bgColor="FF" + color))
    number = workbook._differential_styles.add(stripe)  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    element = TableStyleElement(type="secondRowStripe", dxfId=number)
    style = TableStyle(name=TABLE_STYLE, pivot=False, table=True, count=1, tableStyleElement=[element])
    workbook._table_styles.tableStyle.append(style)  # type: ignore[attr-defined]  # noqa: SLF001 - as above
