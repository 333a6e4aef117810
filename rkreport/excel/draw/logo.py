"""Places a brand's logo at the right edge of a title block. Pure: decodes no picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from rkreport.excel.look.brand import Brand, Logo
from rkreport.excel.look.styles import Role
from rkreport.excel.ooxml.parts import relation_id

_TITLE_BLOCK = 54.0  # points: rows 1 to 3
_AIR = 3.0  # points above and below
_WIDEST = 240.0  # pixels
_FIRST_SCREEN = 190.0  # characters: a logo further right would need scrolling
_BESIDE_TEXT = 3.0  # characters
_PIXELS = 96 / 72  # of a point
_DIGITS = {  # width of the widest digit, in thousandths of the font size
    "calibri": 507,
    "cambria": 554,
    "garamond": 469,
    "georgia": 614,
    "segoe ui": 539,
    "tahoma": 546,
    "times new roman": 500,
    "trebuchet ms": 524,
    "verdana": 636,
}
_OTHER_DIGITS = 556  # as Arial's
FRAME_NUMBER = 1_000  # above all charts: numbers in a drawing must differ


@dataclass(frozen=True, slots=True)
class PlacedLogo:
    """A logo in a sheet's first row, in English Metric Units; it begins in `column`, which counts from 0."""

    logo: Logo
    alt_text: str
    column: int
    right: int  # from the column's left edge
    below: int  # from the sheet's top edge
    width: int
    height: int

    @property
    def path(self) -> str:
        """Its part of the file, shared by all sheets."""
        return f"/xl/media/logo.{self.logo.format}"

    def anchor_xml(self, number: int) -> str:
        """Return its anchor in a drawing, under this number."""
        return (
            f"<oneCellAnchor><from><col>{self.column}</col><colOff>{self.right}</colOff>"
            f'<row>0</row><rowOff>{self.below}</rowOff></from><ext cx="{self.width}" cy="{self.height}"/>'
            f'<pic><nvPicPr><cNvPr id="{FRAME_NUMBER}" name="Logo" descr={quoteattr(self.alt_text)}/><cNvPicPr/>'
            f'</nvPicPr><blipFill><a:blip cstate="print" r:embed="{relation_id(number)}"/>'
            '<a:stretch><a:fillRect/></a:stretch></blipFill><spPr><a:prstGeom prst="rect"/></spPr></pic>'
            "<clientData/></oneCellAnchor>"
        )


def place_logo(logo: Logo, brand: Brand, widths: Sequence[float], *, text_end: float, alt_text: str) -> PlacedLogo:
    """Place the logo beside the title block, at the right edge of the sheet or of the first screen.

    It never covers the text, which ends `text_end` characters from the left. `widths` are the columns' widths.
    """
    width, height = fitting_size(logo, brand.scale)
    digit = _digit(brand)
    right = max(min(sum(widths), _FIRST_SCREEN), text_end + _BESIDE_TEXT + width / digit)
    column, offset = _place(widths, right - width / digit)
    below = _emu(_AIR * brand.scale * _PIXELS)
    return PlacedLogo(logo, alt_text, column, _emu(offset * digit), below, _emu(width), _emu(height))


def last_column(placed: PlacedLogo, brand: Brand, widths: Sequence[float]) -> int:
    """Return the last column, from 1, that the logo covers."""
    digit = _emu(_digit(brand))
    left = sum(_width(widths, column) for column in range(placed.column))
    return _place(widths, left + placed.right / digit + placed.width / digit)[0] + 1


def fitting_size(logo: Logo, scale: float) -> tuple[float, float]:
    """Return width and height in pixels, in proportion, within the title block and the brand's maximum."""
    room = (_TITLE_BLOCK - 2 * _AIR) * scale * _PIXELS
    factor = min(1.0, room / logo.height, _WIDEST / logo.width)
    return logo.width * factor, logo.height * factor


def _digit(brand: Brand) -> float:
    """Return the whole pixels of a digit in the workbook's font, Excel's unit of column widths."""
    body = brand.paint(Role.BODY)
    return round(_DIGITS.get(body.font.casefold(), _OTHER_DIGITS) / 1_000 * body.size * _PIXELS)


def _emu(pixels: float) -> int:
    """Convert pixels to English Metric Units."""
    return round(pixels * 9_525)


def _width(widths: Sequence[float], column: int) -> float:
    return widths[column] if column < len(widths) else 9.14


def _place(widths: Sequence[float], characters: float) -> tuple[int, float]:
    """Return the column, from 0, at this distance from the left, and the offset into it; in characters."""
    column = 0
    while characters >= (width := _width(widths, column)):
        characters -= width
        column += 1
    return column, max(0.0, characters)
