"""Placeholders in a brand's texts: fills them in, and finds what is wrong with a text. Pure.

Only names are allowed, as in the mail templates: `$company` or `${company}`, and `$$` for a dollar sign.
"""

import re
from collections.abc import Iterator, Mapping
from string import Template

from rkreport.core.report.sheets import HEADING_NAMES, Heading
from rkreport.excel.look.brand import PrintLine
from rkreport.excel.text import fit_units, single_line, utf16_units

TITLE_NAMES = ("title", "period_line", "source_line", *HEADING_NAMES)
PRINT_NAMES = (*TITLE_NAMES, "footer", "page_line")
_EXCELS_LIMIT = 255  # UTF-16 units of a whole header, including codes
_LONGEST_FIXED = 150  # units that a brand may use apart from placeholders
_ROOMS = (90, 60, 40, 25, 12, 4, 0)  # units per value in a header: fewer for many values
_CUT = "\0"  # no workbook holds it
_SIZE_CODE = re.compile(r"&\d+$")


def names_in(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {match["named"] or match["braced"] for match in Template.pattern.finditer(text)} - {None}


def fixed_texts(text: str) -> list[str]:
    """Return the pieces of text between the placeholders."""
    cut = Template.pattern.sub(lambda match: "$" if match["escaped"] is not None else _CUT, text)
    return [piece for piece in cut.split(_CUT) if piece.strip()]


def flaws(text: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with a text's placeholders, each as the end of a sentence."""
    for match in Template.pattern.finditer(text):
        name = match["named"] or match["braced"]
        if match["invalid"] is not None:
            yield f'has a "$" that begins no placeholder ("{text[match.start() :][:12]}"); write "$$" for a dollar sign'
        elif name is not None and name not in names:
            yield f'has the unknown placeholder "${name}"; use one of {", ".join(f"${known}" for known in names)}'


def print_flaws(text: str) -> Iterator[str]:
    """As `flaws`, for a whole print header or footer, which must leave room for the placeholders' values."""
    yield from flaws(text, PRINT_NAMES)
    fixed = utf16_units(Template.pattern.sub("", text))
    if fixed > _LONGEST_FIXED:
        yield f"is {fixed} characters long beside its placeholders; shorten it to {_LONGEST_FIXED}"


def title_values(heading: Heading) -> dict[str, str]:
    """Return the values of a title block's placeholders in the reader's language."""
    title, (period_line, source_line) = heading.title, heading.lines
    own = {"title": title, "period_line": period_line, "source_line": source_line}
    return {**dict.fromkeys(HEADING_NAMES, ""), **own, **heading.values}


def fill_title(text: str, values: Mapping[str, str]) -> str:
    """Fill one line of a title block. Values are inserted unchanged: hostile text stays text."""
    return single_line(Template(text).substitute(values))


def fill_print(line: PrintLine, heading: Heading) -> PrintLine:
    """Fill a print header or footer within Excel's limit; escape Excel's codes in values."""
    filled = PrintLine()
    values = {**title_values(heading), "footer": heading.footer, "page_line": heading.page_of}
    for room in _ROOMS:
        filled = PrintLine(*(_fill_section(text, values, room) for text in (line.left, line.center, line.right)))
        if utf16_units("&L&C&R" + filled.left + filled.center + filled.right) <= _EXCELS_LIMIT:
            break
    return filled


def _fill_section(text: str, values: Mapping[str, str], room: int) -> str:
    def coded(name: str) -> str:
        value = fit_units(single_line(values[name]), room).replace("&", "&&")
        return value.replace("{page}", "&P").replace("{pages}", "&N") if name == "page_line" else value

    def put(match: re.Match[str]) -> str:
        name = match["named"] or match["braced"]
        value = "$" if name is None else coded(name)
        # A digit directly after a size code would be read as part of the size.
        is_glued = value[:1].isdigit() and _SIZE_CODE.search(text[: match.start()])
        return f" {value}" if is_glued else value

    return Template.pattern.sub(put, text)
