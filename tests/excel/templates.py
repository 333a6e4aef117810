"""What the tests of the brand template share: reading one, and changing the parts inside one."""

import struct
from collections.abc import Callable

from rkreport.excel.look.brand import Brand
from rkreport.excel.template.reader import read_brand
from tests.excel.brands import (
    edited,
    png,
    repacked,
    with_logo,
)

OUTSIDE = (
    '<Relationship Id="rId99" Type="http://contoh.test/attachedTemplate" Target="https://contoh.test/x"'
    ' TargetMode="External"/>'
)
EXCELS_DRAWING = """<xdr:wsDr
    xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor editAs="oneCell">
    <xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>
    <xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>3</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>
    <xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="Picture 1"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>
    <a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId1">
    <a:extLst><a:ext uri="{28A0092B-C50C-407E-A947-70E740481C1C}"/></a:extLst></a:blip><a:srcRect/><a:stretch/>
    </xdr:blipFill><xdr:spPr><a:xfrm rot="0"><a:off x="0" y="0"/><a:ext cx="1905000" cy="762000"/></a:xfrm>
    </xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"""
DRAWING = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'


def brand_of(content: bytes) -> Brand:
    """The brand of a template without flaws."""
    reading = read_brand(content)
    assert reading.flaws == ()
    assert reading.brand is not None
    return reading.brand


def flaws_of(content: bytes) -> str:
    """All flaws, of which there is one at least; no brand comes of them."""
    reading = read_brand(content)
    assert reading.brand is None
    assert reading.flaws
    assert not any("\n" in flaw or flaw.endswith(".") for flaw in reading.flaws)
    return " | ".join(reading.flaws)


def jpeg(width: int, height: int) -> bytes:
    """As much of a JPEG as tells its size."""
    start = b"\xff\xd8\xff\xe0" + struct.pack(">H", 4) + b"JF"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 3)
    return start + frame + b"\xff\xda\x00\x02picture\xff\xd9"


def in_part(name: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    """Changes the text of a part."""

    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[name]
        parts[name] = parts[name].replace(old.encode(), new.encode(), 1)

    return change


def with_part(name: str, content: bytes = b"<x/>") -> Callable[[dict[str, bytes]], None]:
    """Puts a part into the file."""
    return lambda parts: parts.update({name: content})


def without_part(name: str) -> Callable[[dict[str, bytes]], None]:
    """Takes a part out of the file."""

    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


def in_drawing(xml: str) -> bytes:
    """The shipped template with a logo, and with something else in its drawing."""
    change = in_part("xl/drawings/drawing1.xml", "</oneCellAnchor>", f"<clientData/>{xml}</oneCellAnchor>")
    return repacked(change, edited(with_logo(png())))
