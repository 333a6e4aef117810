"""Reads a brand from a workbook that the admin edits in Excel, and reports all its flaws at once.

Knows the template's sheet: the title block in A1 to A3, a logo, print header and footer. Below them is a sample cell
per cell style. Only the sample's look counts, whether the admin changed its style or the cell itself.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.utils.exceptions import InvalidFileException

from rkreport.excel.look.brand import Brand, Logo, Paint, PrintLine
from rkreport.excel.look.placeholders import TITLE_NAMES, flaws, names_in, print_flaws
from rkreport.excel.look.styles import WHITE, Role
from rkreport.excel.template.check import (
    find_sheet,
    package_flaws,
    picture_flaws,
    pictures,
    print_texts,
    sheet_flaws,
    sheet_remarks,
    shown_size,
    style_names,
    theme,
)
from rkreport.excel.template.colors import Palette, theme_colors, theme_fonts
from rkreport.excel.template.package import Package, Unusable
from rkreport.excel.template.paint import Reader, fitted, font_remark, paint_flaws, stripe_flaws
from rkreport.excel.template.picture import parse_picture
from rkreport.sentence import Sentence

SHEET = "Brand"
STRIPE = "rk Stripe"  # only this style's fill counts
_TITLE_ROWS = 3
_BLOCK_ROWS = 5  # title block, banner, back link: the rows allow nothing else
_LONGEST_LINE = 200  # characters of a title block's line, without the placeholders' values
_SECTIONS = {"&L": 0, "&C": 1, "&R": 2}
_MUST_SAY = (  # one of each set: a report without them cannot be judged
    ("$title, or $company and $report", ({"title"}, {"company", "report"})),
    ("$period_line, or $period and $as_of", ({"period_line"}, {"period", "as_of"})),
    ("$source_line, or $extracted and $revision", ({"source_line"}, {"extracted", "revision"})),
)
# Errors that openpyxl is known to raise for unreadable workbooks: it checks values while reading.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError, OSError),
    *(RecursionError, SyntaxError, TypeError, ValueError),
)
_UNREADABLE_WORDS = "cannot be read; save it in Excel as .xlsx, or begin anew from templates/brand.xlsx"


@dataclass(frozen=True, slots=True)
class BrandReading:
    """The result of reading a template; flaws leave no brand. Each flaw is the end of a sentence about the file."""

    brand: Brand | None
    flaws: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def read_brand(content: bytes) -> BrandReading:
    """Read a template from its bytes. Bad contents never raise."""
    try:
        package = Package(content)
        dangers = tuple(package_flaws(package))
        if dangers:
            return BrandReading(None, dangers)
        name, part = find_sheet(package, SHEET)
        lost = tuple(sheet_flaws(package, name, part))
        sheet = _load(content, name)
        if sheet is None:
            return BrandReading(None, lost or (_UNREADABLE_WORDS,))
        return _Reading(package, name, part, sheet, lost).result()
    except Unusable as reason:
        return BrandReading(None, (str(reason),))


def _load(content: bytes, name: str) -> Any:  # noqa: ANN401 - the stubs of cells and styles are incomplete
    """Load the sheet with openpyxl; None if openpyxl cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own checks report what openpyxl drops
            sheet = load_workbook(BytesIO(content), rich_text=True, keep_links=False)[name]
            _ = [(cell.font, cell.fill, cell.border) for row in sheet.iter_rows() for cell in row]
            return sheet
    except _UNREADABLE:
        return None


class _Reading:
    """Reads one sheet step by step; every step adds to `flaws` and `remarks`."""

    def __init__(
        self,
        package: Package,
        name: str,
        part: str,
        sheet: Any,  # noqa: ANN401 - as above
        lost: tuple[str, ...],
    ) -> None:
        self._package, self._name, self._part, self._sheet = package, name, part, sheet
        colors = sheet.parent._colors  # noqa: SLF001 - no public way
        root = theme(package)
        self._reader = Reader(Palette(theme_colors(root), colors), theme_fonts(root))
        self._samples = _samples(sheet, style_names(package))
        self._flaws = list(lost)
        self._remarks = list(sheet_remarks(package, name, part))

    def result(self) -> BrandReading:
        """Return the brand, if there is no flaw."""
        title_block = self._title_block()
        header, footer = self._print_lines()
        stripe = self._stripe()
        paints = self._paints(stripe)
        logo = self._logo()
        if self._flaws:
            return BrandReading(None, tuple(self._flaws), tuple(self._remarks))
        tab = self._reader.palette.rgb(self._sheet.sheet_properties.tabColor, automatic=paints[Role.HEADING].color)
        brand = Brand(tuple(paints.items()), stripe, tab, title_block, header, footer, logo)
        return BrandReading(brand, (), tuple(self._remarks))

    def _title_block(self) -> tuple[str, str, str]:
        for row in self._sheet.iter_rows(max_row=_BLOCK_ROWS):
            for cell in row:
                is_own = cell.column == 1 and cell.row <= _TITLE_ROWS
                if cell.value is not None and not is_own:
                    self._flaw(
                        "cell {coordinate} holds something that reports do not get; the title block is A1 to A3",
                        coordinate=cell.coordinate,
                    )
        first, second, third = (self._title_line(self._sheet.cell(row, 1)) for row in range(1, _TITLE_ROWS + 1))
        if not first:
            self._flaw("cell A1 is empty; write the title block's first line, such as $title")
        named = names_in(first) | names_in(second) | names_in(third)
        for words, ways in _MUST_SAY:
            if not any(way <= named for way in ways):
                self._flaw("the title block (A1 to A3) lacks {words}; write it there", words=words)
        return first, second, third

    def _title_line(self, cell: Any) -> str:  # noqa: ANN401 - as above
        value, where = cell.value, Sentence("cell {coordinate}", coordinate=cell.coordinate)
        if value is None:
            return ""
        if cell.data_type == "f" or not isinstance(value, str | CellRichText):
            self._flaw(
                "{where} holds a formula, a number or a date; write text with placeholders such as $company",
                where=where,
            )
            return ""
        if isinstance(value, CellRichText):
            self._remark("{where} has words of different looks; reports get the look of the whole cell", where=where)
        text = str(value)
        if len(text) > _LONGEST_LINE:
            self._flaw(
                "{where} is {text} characters long; shorten it to {longest_line}",
                where=where,
                text=len(text),
                longest_line=_LONGEST_LINE,
            )
        for flaw in flaws(text, TITLE_NAMES):
            self._flaw(Sentence("{where} {flaw}", where=where, flaw=flaw))
        return text

    def _print_lines(self) -> tuple[PrintLine, PrintLine]:
        lines = []
        for kind, text in zip(("header", "footer"), print_texts(self._package, self._part), strict=True):
            for flaw in print_flaws(text):
                self._flaw("the print {kind} {flaw}", kind=kind, flaw=flaw)
            lines.append(sections(text))
        if not any(
            "$page_line" in text or "&P" in text for line in lines for text in (line.left, line.center, line.right)
        ):
            self._remark("neither print header nor footer has a page number; write $page_line there")
        return lines[0], lines[1]

    def _stripe(self) -> str:
        found = self._samples.get(STRIPE.casefold()) or self._styles(STRIPE)
        if not found:
            self._missing(STRIPE)
            return WHITE
        fill = self._reader.fill(found[0])
        if fill is None:
            self._flaws.append(
                Sentence(
                    'the cell style "{stripe}" has a pattern or a gradient; choose one plain colour', stripe=STRIPE
                )
            )
            return WHITE
        self._flaws += [
            Sentence('the cell style "{stripe}" {flaw}', stripe=STRIPE, flaw=flaw)
            for flaw in stripe_flaws(fill or WHITE)
        ]
        return fill or WHITE

    def _paints(self, stripe: str) -> Mapping[Role, Paint]:
        paints = {role: paint for role in Role if (paint := self._paint(role)) is not None}
        body = paints.get(Role.BODY)
        if body is None:
            return paints
        for role, paint in paints.items():
            self._flaws += [
                Sentence('the cell style "{role}" {flaw}', role=role, flaw=flaw)
                for flaw in paint_flaws(role, paint, body, stripe)
            ]
        if Role.LINK in paints:  # a link is in a table row, which has one line below it
            paints[Role.LINK] = replace(paints[Role.LINK], line=body.line)
        remark = font_remark({paint.font for paint in paints.values() if paint.font})
        self._remarks += [remark] if remark else []
        return paints

    def _paint(self, role: Role) -> Paint | None:
        """Return the common look of a role's sample cells; without samples the look of the style itself."""
        cells = self._samples.get(role.casefold()) or self._styles(role)
        if not cells:
            self._missing(role)
            return None
        looks = {self._reader.paint(cell): cell for cell in reversed(cells)}
        if len(looks) > 1:
            one, other = (cell.coordinate for cell in list(looks.values())[-2:])
            self._flaw(
                'the cells {other} and {one} have the style "{role}" and look different; make them look alike',
                other=other,
                one=one,
                role=role,
            )
            return None
        (look,) = looks
        if isinstance(look, str):
            self._flaws.append(Sentence('the cell style "{role}" {look}', role=role, look=look))
            return None
        return fitted(role, look)

    def _styles(self, name: str) -> list[Any]:
        styles = self._sheet.parent._named_styles  # noqa: SLF001 - no public way
        return [style for style in styles if style.name.casefold() == name.casefold()]

    def _logo(self) -> Logo | None:
        found = list(pictures(self._package, self._part))
        if len(found) > 1:
            self._flaw("holds {found} pictures; leave one, the logo", found=len(found))
        if len(found) != 1:
            return None
        ((anchor, part),) = found
        for flaw in picture_flaws(anchor):
            self._flaw("the logo {flaw}", flaw=flaw)
        if part is None:
            self._flaw("the logo is a link to another file; insert it into the workbook")
            return None
        picture = parse_picture(self._package.read(part))
        if isinstance(picture, str):
            self._flaw("the logo {picture}", picture=picture)
            return None
        width, height = shown_size(anchor) or (picture.width, picture.height)
        return Logo(picture.content, picture.format, width, height)

    def _missing(self, style: str) -> None:
        self._flaws.append(
            Sentence(
                'has no cell style "{style}"; bring it back from templates/brand.xlsx (Home, Cell'
                " Styles, Merge Styles)",
                style=style,
            )
        )

    def _flaw(self, template: str, **values: object) -> None:
        self._flaws.append(Sentence('sheet "{name}": {what}', name=self._name, what=Sentence(template, **values)))

    def _remark(self, template: str, **values: object) -> None:
        self._remarks.append(Sentence('sheet "{name}": {what}', name=self._name, what=Sentence(template, **values)))


def _samples(sheet: Any, names: Mapping[int, str]) -> dict[str, list[Any]]:  # noqa: ANN401 - as above
    """Return the cells of each style by its lower-case name: Excel ignores case in style names."""
    samples: dict[str, list[Any]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            samples.setdefault(names.get(cell._style.xfId, ""), []).append(cell)  # noqa: SLF001 - `style` may be wrong
    return samples


def sections(text: str) -> PrintLine:
    """Split a print header into left, middle and right; text before the first code belongs to the middle."""
    parts = ["", "", ""]
    at = 1
    for piece in re.split(r"(&&|&[LCR])", text):
        if piece in _SECTIONS:
            at = _SECTIONS[piece]
        else:
            parts[at] += piece
    return PrintLine(*parts)
