"""Brand templates as an admin would save them: the shipped one, changed in one thing or in many."""

import struct
import zlib
from collections.abc import Callable
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.styles import Border, PatternFill, Side

SHIPPED = Path(__file__).parents[2] / "templates" / "brand.xlsx"
TEAL, PALE = "00404A", "EDF6F6"
SAMPLES = {  # where the shipped template shows each style
    "rk Title": "A8",
    "rk Subtitle": "A9",
    "rk Heading": "A10",
    "rk Header": "A11",
    "rk Small header": "A12",
    "rk Body": "A13",
    "rk Total": "A14",
    "rk Link": "A15",
    "rk Input": "A17",
    "rk Card label": "A18",
    "rk Card value": "A19",
    "rk Card note": "A20",
    "rk Stripe": "A21",
}


class _Bytes(Image):
    """A picture that openpyxl writes as it is."""

    def __init__(self, content: bytes, ending: str, width: int, height: int) -> None:
        self._content, self.format = content, ending
        size = XDRPositiveSize2D(width * 9_525, height * 9_525)
        self.anchor = OneCellAnchor(_from=AnchorMarker(col=2, row=0), ext=size)

    def _data(self) -> bytes:
        return self._content


def edited(change: Callable[[Any], None]) -> bytes:
    """The shipped template after a change of its sheet."""
    book = load_workbook(SHIPPED)
    change(book.worksheets[0])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(change: Callable[[dict[str, bytes]], None], content: bytes | None = None) -> bytes:
    """A template after a change of its parts."""
    with ZipFile(BytesIO(content or SHIPPED.read_bytes())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def in_sheet(xml: str, *, before: str = "<pageMargins") -> Callable[[dict[str, bytes]], None]:
    """Puts an element into the sheet's XML."""

    def change(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        assert before.encode() in parts[name]
        parts[name] = parts[name].replace(before.encode(), xml.encode() + before.encode())

    return change


def restyle(sheet: Any, style: str, **changes: Any) -> None:
    """Change font (`size`, `color` …), `fill` or `line` of a sample cell, and of the title block where it is one."""
    cells = [sheet[SAMPLES[style]]] + ([sheet["A1"]] if style == "rk Title" else [])
    for cell in cells:
        if "fill" in changes:
            cell.fill = PatternFill("solid", fgColor=changes["fill"])
        if "line" in changes:
            cell.border = Border(bottom=Side("thin", changes["line"]))
        font = {key: value for key, value in changes.items() if key not in {"fill", "line"}}
        if font:
            set_font(cell, **font)


def set_font(cell: Any, **changes: Any) -> None:
    """Change the font of a cell."""
    font = copy(cell.font)
    for key, value in changes.items():
        setattr(font, key, value)
    cell.font = font


def png(width: int = 300, height: int = 100) -> bytes:
    """A teal box with a lighter one in it."""
    rows = b"".join(
        b"\0"
        + b"".join(
            b"\x8f\xd0\xcf" if height / 4 < y < height * 3 / 4 and width / 8 < x < width / 2 else b"\x00\x40\x4a"
            for x in range(width)
        )
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def with_logo(content: bytes, ending: str = "png", width: int = 150, height: int = 50) -> Callable[[Any], None]:
    """Puts a picture onto the sheet."""
    return lambda sheet: sheet.add_image(_Bytes(content, ending, width, height))


def corporate(sheet: Any) -> None:
    """Another font and size, teal instead of navy, a logo, a print header and a title block of one's own."""
    for row in sheet.iter_rows(max_col=1, max_row=21):
        for cell in row:
            set_font(cell, name="Georgia", scheme=None, sz=round(cell.font.sz * 1.1, 1))
    for style in ("rk Title", "rk Heading", "rk Small header", "rk Card value"):
        restyle(sheet, style, color="FF" + TEAL)
    restyle(sheet, "rk Header", fill=TEAL)
    for style in ("rk Small header", "rk Card label", "rk Card value", "rk Card note", "rk Total"):
        restyle(sheet, style, fill=PALE, line=TEAL)
    restyle(sheet, "rk Stripe", fill="F4FAFA")
    restyle(sheet, "rk Link", color="FF00505C")
    sheet["A1"] = "$company – $report"
    sheet["A2"] = "$period · $as_of"
    sheet["A3"] = "$host · $extracted · rev $revision"
    sheet.sheet_properties.tabColor = TEAL
    sheet.oddHeader.right.text = '&"Georgia,Italic"&8$company'
    with_logo(png())(sheet)
