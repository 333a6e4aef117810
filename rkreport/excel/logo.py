"""A brand's logo at the right edge of a title block. Knows openpyxl's pictures; decodes none, so it needs no Pillow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl.drawing.fill import Blip
from openpyxl.drawing.geometry import PresetGeometry2D
from openpyxl.drawing.image import Image
from openpyxl.drawing.picture import PictureFrame
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.excel.brand import Brand, Logo
from rkreport.excel.parts import relation_id
from rkreport.excel.styles import Role

_TITLE_BLOCK = 54.0  # points: rows 1 to 3
_AIR = 3.0  # points above and below
_WIDEST = 240.0  # pixels
_FIRST_SCREEN = 190.0  # characters: further right nobody sees it without scrolling
_BESIDE_TEXT = 3.0  # characters
_PIXELS = 96 / 72  # of a point
_DIGITS = {  # how wide the widest digit is, in thousandths of the font size
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
_FRAME_NUMBER = 1_000  # above all charts: numbers in a drawing must differ


@dataclass(frozen=True, slots=True)
class _Corner:
    """Where a logo begins, and its size; in English Metric Units but for the column, from 0."""

    column: int
    right: int  # of the column's left edge
    below: int  # the sheet's upper edge
    width: int
    height: int


class LogoImage(Image):
    """A picture that is written as it is. Pictures of one `name` are one part of the file."""

    def __init__(self, logo: Logo, corner: _Corner, alt_text: str) -> None:
        """Take the bytes as they are; openpyxl's own way would open them with Pillow."""
        self.name = "logo"
        self.content = logo.content
        self.format = logo.format
        self.corner = corner
        self._alt_text = alt_text

    def _data(self) -> bytes:
        return self.content

    @property
    def path(self) -> str:
        """Its part of the file."""
        return f"/xl/media/{self.name}.{self.format}"

    @property
    def anchor(self) -> OneCellAnchor:  # type: ignore[override]  # made anew for whoever asks
        """Its place, as openpyxl wants it."""
        corner = self.corner
        anchor = OneCellAnchor(
            _from=AnchorMarker(col=corner.column, colOff=corner.right, row=0, rowOff=corner.below),
            ext=XDRPositiveSize2D(corner.width, corner.height),
        )
        anchor.pic = _frame(self._alt_text)
        return anchor

    def anchor_xml(self, number: int) -> str:
        """Its place in a drawing, in which it has a number."""
        corner = self.corner
        return (
            f"<oneCellAnchor><from><col>{corner.column}</col><colOff>{corner.right}</colOff>"
            f'<row>0</row><rowOff>{corner.below}</rowOff></from><ext cx="{corner.width}" cy="{corner.height}"/>'
            f'<pic><nvPicPr><cNvPr id="{_FRAME_NUMBER}" name="Logo" descr={quoteattr(self._alt_text)}/><cNvPicPr/>'
            f'</nvPicPr><blipFill><a:blip cstate="print" r:embed="{relation_id(number)}"/>'
            '<a:stretch><a:fillRect/></a:stretch></blipFill><spPr><a:prstGeom prst="rect"/></spPr></pic>'
            "<clientData/></oneCellAnchor>"
        )


def add_logo(sheet: Worksheet, brand: Brand, widths: Sequence[float], *, text_end: float, alt_text: str) -> None:
    """Put the logo beside the title block, at the right edge of the sheet or of the first screen.

    It never covers text, which ends `text_end` characters from the left. `widths` are those of the columns.
    """
    if brand.logo is None:
        return
    width, height = fitting_size(brand.logo, brand.scale)
    digit = _digit(brand)
    right = max(min(sum(widths), _FIRST_SCREEN), text_end + _BESIDE_TEXT + width / digit)
    column, offset = _place(widths, right - width / digit)
    below = _emu(_AIR * brand.scale * _PIXELS)
    corner = _Corner(column, _emu(offset * digit), below, _emu(width), _emu(height))
    sheet.add_image(LogoImage(brand.logo, corner, alt_text))


def last_column(sheet: Worksheet, brand: Brand, widths: Sequence[float]) -> int:
    """The column, from 1, into which the logo reaches; 0 without a logo."""
    images: Any = sheet
    digit, last = _emu(_digit(brand)), 0
    for image in images._images:  # noqa: SLF001 - no public way
        corner = image.corner
        end = sum(_width(widths, column) for column in range(corner.column)) + corner.right / digit
        last = max(last, _place(widths, end + corner.width / digit)[0] + 1)
    return last


def fitting_size(logo: Logo, scale: float) -> tuple[float, float]:
    """Width and height in pixels, in proportion: within the title block, and no larger than the brand wants."""
    room = (_TITLE_BLOCK - 2 * _AIR) * scale * _PIXELS
    factor = min(1.0, room / logo.height, _WIDEST / logo.width)
    return logo.width * factor, logo.height * factor


def _digit(brand: Brand) -> float:
    """Pixels of a digit of the workbook's font, the unit of column widths; whole ones, as Excel has it."""
    body = brand.paint(Role.BODY)
    return round(_DIGITS.get(body.font.casefold(), _OTHER_DIGITS) / 1_000 * body.size * _PIXELS)


def _emu(pixels: float) -> int:
    """English Metric Units."""
    return round(pixels * 9_525)


def _frame(alt_text: str) -> PictureFrame:
    frame = PictureFrame()
    properties = frame.nvPicPr.cNvPr
    properties.id, properties.name, properties.descr = _FRAME_NUMBER, "Logo", alt_text
    frame.blipFill.blip = Blip(cstate="print")
    frame.spPr.prstGeom = PresetGeometry2D(prst="rect")
    frame.spPr.ln = None
    return frame


def _width(widths: Sequence[float], column: int) -> float:
    return widths[column] if column < len(widths) else 9.14


def _place(widths: Sequence[float], characters: float) -> tuple[int, float]:
    """The column, from 0, that lies so many characters from the left, and how far into it."""
    column = 0
    while characters >= (width := _width(widths, column)):
        characters -= width
        column += 1
    return column, max(0.0, characters)
