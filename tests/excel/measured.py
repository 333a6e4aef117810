"""Measures what a written workbook shows, with letters' widths from Adobe's and Bitstream's own fonts.

Reads the file's XML and knows nothing of the program, so that a mistake in the program's measuring shows.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

_PIXELS = 96 / 72
_PADDING = 5  # pixels that Excel keeps free in a cell
_BUTTON = 17  # pixels of a filter button
_INDENT = 9  # pixels of a step
_USUAL = 64  # pixels of a column without a width
_LINE = 1.2  # lines' distance relative to the letters' size
_ROW = re.compile(r'<row r="(\d+)"([^>]*)>(.*?)</row>', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)\d+" s="(\d+)"(?: t="(\w+)")?(?:/>|>(.*?)</c>)', re.DOTALL)
_COLUMN = re.compile(r'<col min="(\d+)" max="\d+" width="([\d.]+)"')
_PRINTED = re.compile(r"Print_Area[^<]*:\$([A-Z]+)\$\d+<")
_LATIN = 256
_FONTS = {
    "Arial": ("Helvetica", "Helvetica-Bold"),
    "Courier New": ("Courier", "Courier-Bold"),
    "Times New Roman": ("Times-Roman", "Times-Bold"),
    "Verdana": ("Vera", "VeraBd"),  # Bitstream's twin of Verdana
}
for _name in _FONTS["Verdana"]:
    registerFont(TTFont(_name, f"{_name}.ttf"))
_MONTH = "Agu"  # no month's short name is wider


@dataclass(frozen=True, slots=True)
class Look:
    """What a format says about the room of a text. `hinted` is how much slimmer letters are on a screen."""

    font: str
    hinted: float
    size: float
    is_bold: bool
    number_format: str
    wraps: bool
    is_upright: bool
    shrinks: bool
    indent: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Misfit:
    """A cell that shows less than it holds."""

    sheet: str
    place: str
    text: str
    needs: float
    has: float


def misfits(path: Path) -> Iterator[Misfit]:
    """Every cell whose text is cut, runs into another, or shows as ####; each kind of text of a column once."""
    book: Any = load_workbook(path, read_only=True)
    looks = [_look(book, number) for number in range(len(book._cell_styles))]  # noqa: SLF001 - no public way
    names, digit = book.sheetnames, _digit(book._fonts[0])  # noqa: SLF001 - as above
    book.close()
    with ZipFile(path) as package:
        ends = _PRINTED.findall(package.read("xl/workbook.xml").decode())
        for number, (name, end) in enumerate(zip(names, ends, strict=True), 1):
            xml = package.read(f"xl/worksheets/sheet{number}.xml").decode()
            yield from _of_sheet(name, xml, looks, digit, column_index_from_string(end))


def _look(book: Any, number: int) -> Look:
    style = book._cell_styles[number]  # noqa: SLF001 - no public way
    font = book._fonts[style.fontId]  # noqa: SLF001 - as above
    body = book._fonts[0]  # noqa: SLF001 - as above
    alignment = book._alignments[style.alignmentId]  # noqa: SLF001 - as above
    formats: dict[int, str] = dict(enumerate(book._number_formats, 164))  # noqa: SLF001 - as above
    return Look(
        font=font.name,
        hinted=_digit(body) / (_points("0", body.name, is_bold=False) * body.sz / 10 * _PIXELS),
        size=font.sz,
        is_bold=bool(font.b),
        number_format=formats.get(style.numFmtId, {3: "#,##0", 4: "#,##0.00", 49: "@"}.get(style.numFmtId, "General")),
        wraps=bool(alignment.wrap_text),
        is_upright=alignment.text_rotation == 90,
        shrinks=bool(alignment.shrink_to_fit),
        indent=alignment.indent or 0,
        is_right=alignment.horizontal == "right",
    )


def _of_sheet(sheet: str, xml: str, looks: list[Look], digit: int, last: int) -> Iterator[Misfit]:
    widths = {int(number): _pixels(float(width), digit) for number, width in _COLUMN.findall(xml)}
    header = "6" if "<tablePart " in xml else ""
    seen: set[object] = set()
    for number, attributes, content in _ROW.findall(xml):
        height = re.search(r'ht="([\d.]+)"', attributes)
        points = float(height[1]) if height else 15.0
        cells = [
            (column_index_from_string(letter), int(style), *rest) for letter, style, *rest in _CELL.findall(content)
        ]
        filled = [column for column, _, _, text in cells if text]
        for column, style, kind, text in cells:
            key = column, style, kind, text, points, number == header
            if not text or key in seen:
                continue
            seen.add(key)
            look = looks[style]
            edges = _PADDING + max(_BUTTON if number == header else 0, look.indent * _INDENT)
            rooms = (widths.get(column, _USUAL) - edges, _run(column, filled, widths, last, look) - edges)
            if look.is_upright:
                own = widths.get(column, _USUAL)
                misfit = _upright(unescape(re.sub("<[^>]+>", "", text)), look, points / 0.75 - edges, own * 0.75)
            else:
                misfit = _judged(kind, text, look, rooms, points)
            if misfit:
                yield Misfit(sheet, f"{column},{number}", *misfit)


def _upright(text: str, look: Look, along: float, across: float) -> tuple[str, float, float] | None:
    """A text that reads from below: its lines lie side by side; `along` is in pixels, `across` in points."""
    needed = _lines(text, along, look) * look.size * _LINE
    return None if needed <= across + 1 else (text, needed, across)


def _run(column: int, filled: list[int], widths: dict[int, int], last: int, look: Look) -> int:
    """The pixels over which a text that does not wrap may run: empty cells, on the paper."""
    if look.is_right:
        first = max((at for at in filled if at < column), default=0) + 1
        return sum(widths.get(at, _USUAL) for at in range(first, column + 1))
    end = min((at for at in filled if at > column), default=max([last, *widths]) + 1)
    return sum(widths.get(at, _USUAL) for at in range(column, end))


def _judged(
    kind: str, content: str, look: Look, rooms: tuple[float, float], height: float
) -> tuple[str, float, float] | None:
    """What a cell shows, needs and has, if it has too little; `rooms` are its own pixels, and those it may run over."""
    own, run = rooms
    content = re.sub("<f>.*?</f>", "", content)  # a formula shows its value
    if kind not in {"inlineStr", "str"}:
        shown, gap = _number(re.sub("<[^>]+>", "", content), look.number_format)
        width = _width(shown, look) + _width(gap, look)
        return None if look.shrinks or width <= own else (shown, width, own)
    text = unescape(re.sub("<[^>]+>", "", content))
    if look.wraps:
        lines = sum(_lines(paragraph, own, look) for paragraph in text.split("\n"))
        # Wrapped lines lie closer than rows; Excel shows no more than 409 points.
        needed = lines * look.size * _LINE
        return None if needed <= height + 1 or height >= 409 else (text, needed, height)
    if "\n" in text:
        return text, 2.0, 1.0
    width = _width(text, look)
    return None if look.shrinks or width <= run else (text, width, run)


def _number(content: str, number_format: str) -> tuple[str, str]:
    gap = "W)" if number_format.endswith("_W_)") else ""
    number = float(content)
    mark = "≈" if "≈" in number_format else ""
    if "yyyy" in number_format:
        moment = from_excel(number)
        return (
            f"{moment:%d} {_MONTH} {moment:%Y}{' 00:00' if 'hh' in number_format else ''}{' ' + mark if mark else ''}",
            gap,
        )
    if "%" in number_format:
        decimals = len(re.search(r"0\.?(0*)%", number_format)[1])  # type: ignore[index]  # every percentage has it
        words = "".join(re.findall('^"([^"]*)"', number_format))
        return f"{words}{'▼ ' if '▼' in number_format else ''}{number * 100:.{decimals}f}%", gap
    if number_format.startswith("+"):
        return f"{number:+.1f}", gap
    return (f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"), gap


def _lines(paragraph: str, room: float, look: Look) -> int:
    lines, line = 1, ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if _width(longer, look) <= room:
            line = longer
            continue
        if line:
            lines += 1
        line = word
        while _width(line, look) > room:  # a long word goes on in the next line
            fitting = max(1, next(n for n in range(len(line), -1, -1) if n == 0 or _width(line[:n], look) <= room))
            line = line[fitting:]
            lines += 1
    return lines


def _digit(body: Any) -> int:
    """The whole pixels of a digit in the workbook's font, Excel's unit of column widths."""
    return int(0.5 + _points("0", body.name, is_bold=False) * body.sz / 10 * _PIXELS)


def _pixels(width: float, digit: int) -> int:
    return int((256 * width + int(128 / digit)) / 256 * digit)


def _width(text: str, look: Look) -> float:
    return _points(text, look.font, is_bold=look.is_bold) * look.size / 10 * _PIXELS * look.hinted


@lru_cache(maxsize=100_000)
def _points(text: str, font: str, *, is_bold: bool) -> float:
    """The width in points at a size of 10; letters that the font lacks are as wide as a font that has them draws."""
    known = "".join(letter for letter in text if ord(letter) < _LATIN)
    others = [letter for letter in text if ord(letter) >= _LATIN and not unicodedata.combining(letter)]
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in others)
    plain, bold = _FONTS[font]
    return float(stringWidth(known, bold if is_bold else plain, 10)) + 10 * wide + 6.2 * (len(others) - wide)
