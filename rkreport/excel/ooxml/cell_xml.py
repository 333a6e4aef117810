"""Writes cells, rows, links and tables as XML. Pure; knows their form, not their meaning."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.xml.constants import SHEET_MAIN_NS

from rkreport.excel.look.cell_rules import Stored
from rkreport.excel.text import stored


def cell_content(shown: Stored) -> bytes:
    """Return what follows a cell's reference and style: type, content and end tag."""
    content = shown.content
    if shown.formula:
        return _computed(shown)
    if content is None:
        return b"/>"
    if isinstance(content, str):
        text = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
        space = b"" if content == content.strip() else b' xml:space="preserve"'
        return b' t="inlineStr"><is><t%b>%b</t></is></c>' % (space, text)
    number = to_excel(content) if isinstance(content, date) else content  # type: ignore[no-untyped-call]  # no stub
    digits = int(number) if number == int(number) else number
    return b"><v>%b</v></c>" % repr(digits).encode()  # all digits: openpyxl writes 16, which changes some numbers


def _computed(shown: Stored) -> bytes:
    """Return a formula with its value: programs that do not calculate show it too."""
    kind = ' t="str"' if isinstance(shown.content, str) else ""
    return f"{kind}><f>{escape(shown.formula)}</f><v>{escape(str(shown.content))}</v></c>".encode()


@cache
def _letter(column: int) -> bytes:
    return get_column_letter(column).encode()


def row_xml(number: int, cells: Mapping[int, Stored], height: float | None) -> bytes:
    """Return a row with its cells, which are keyed by column from 1, in any order."""
    attributes = b"" if height is None else b' ht="%g" customHeight="1"' % height
    coded = b"".join(
        b'<c r="%b%d" s="%d"%b' % (_letter(column), number, shown.style, cell_content(shown))
        for column, shown in sorted(cells.items())
    )
    return b'<row r="%d"%b>%b</row>' % (number, attributes, coded)


def links_xml(links: Iterable[tuple[str, str]]) -> bytes:
    """Return links inside the workbook, from a cell such as `A7` to a place such as `'Detail'!A7`; empty for none."""
    coded = "".join(f"<hyperlink ref={quoteattr(cell)} location={quoteattr(place)}/>" for cell, place in links)
    return f"<hyperlinks>{coded}</hyperlinks>".encode() if coded else b""


def table_xml(number: int, *, name: str, area: str, headers: Sequence[str], style: str) -> bytes:
    """Return the part of one table: its area including headers, with a filter over the whole area."""
    columns = "".join(
        f'<tableColumn id="{column}" name={quoteattr(stored(header))}/>' for column, header in enumerate(headers, 1)
    )
    return (
        f'<table xmlns="{SHEET_MAIN_NS}" id="{number}" name="{name}" displayName="{name}" ref="{area}"'
        f' headerRowCount="1"><autoFilter ref="{area}"/><tableColumns count="{len(headers)}">{columns}</tableColumns>'
        f'<tableStyleInfo name="{style}" showRowStripes="1" showColumnStripes="0"/></table>'
    ).encode()
