"""Reads a logo's format and size from its bytes, and checks that it is complete. Decodes no picture."""

import struct
import zlib
from dataclasses import dataclass
from typing import Literal

from rkreport.sentence import Sentence

LARGEST_BYTES = 1024 * 1024  # every mailed workbook contains it
LARGEST_SIDE = 4_000  # pixels
_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_JPEG_MARK = b"\xff\xd8\xff"
_OTHERS = {
    b"GIF8": "a GIF",
    b"BM": "a bitmap",
    b"II*\x00": "a TIFF",
    b"MM\x00*": "a TIFF",
    b"\x01\x00\x00\x00": "an EMF drawing",
    b"\xd7\xcd\xc6\x9a": "a WMF drawing",
    b"<": "an SVG drawing",
}
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers with width and height
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that Excel can show. Width and height are in pixels."""

    content: bytes
    format: Literal["png", "jpeg"]
    width: int
    height: int


def parse_picture(content: bytes) -> Picture | str:
    """Return the picture, or what is wrong with it as the end of a sentence."""
    if len(content) > LARGEST_BYTES:
        return Sentence(
            "has {content:.1f} MB; every workbook would carry it, so save it smaller than {largest_bytes} MB",
            content=len(content) / 2**20,
            largest_bytes=LARGEST_BYTES // 2**20,
        )
    try:
        if content.startswith(_PNG_MARK):
            picture = Picture(content, "png", *_png_size(content))
        elif content.startswith(_JPEG_MARK):
            picture = Picture(content, "jpeg", *_jpeg_size(content))
        else:
            kind = next((name for mark, name in _OTHERS.items() if content.startswith(mark)), "of an unknown kind")
            return Sentence("is {kind}, which not every program shows; insert it as PNG or JPEG", kind=kind)
    except (IndexError, struct.error):
        return "is damaged; insert it again"
    if not 0 < picture.width <= LARGEST_SIDE or not 0 < picture.height <= LARGEST_SIDE:
        return Sentence(
            "has {width} × {height} pixels; save it with at most {largest_side} × {largest_side}"
            " (300 × 100 do for a title block)",
            width=picture.width,
            height=picture.height,
            largest_side=LARGEST_SIDE,
        )
    return picture


def _png_size(content: bytes) -> tuple[int, int]:
    """Read the size from the header; IndexError if a chunk is damaged or the end is missing."""
    at = len(_PNG_MARK)
    size: tuple[int, int] | None = None
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        (checksum,) = struct.unpack_from(">I", content, at + 8 + length)
        if zlib.crc32(content[at + 4 : at + 8 + length]) != checksum:
            raise IndexError
        if kind == b"IHDR":
            size = struct.unpack_from(">II", content, at + 8)
        if kind == b"IEND":
            break
        at += 12 + length
    if size is None:
        raise IndexError
    return size


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Read the size from the frame; IndexError if no frame precedes the image data, or the end is missing."""
    if b"\xff\xd9" not in content[-64:]:  # some programs leave a few bytes after the end
        raise IndexError
    at = 2
    while True:
        if content[at] != 0xFF:  # noqa: PLR2004 - every marker begins so
            raise IndexError
        marker = content[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        if marker in {_JPEG_END, _JPEG_SCAN}:
            raise IndexError
        if marker == 0xFF:  # noqa: PLR2004 - filling
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", content, at + 2)
            at += 2 + max(length, 2)
