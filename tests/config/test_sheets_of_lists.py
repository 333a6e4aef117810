"""Sheets of a list's workbook as other programs write them: no row is left out, no value is missed, none is guessed."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.config.workbook_file import workbook_rows
from rkreport.errors import ConfigError
from rkreport.excel.template.reader import read_brand
from tests.config.list_books import EXCEPTIONS, MANAGERS, list_book, with_part
from tests.config.test_parts_of_lists import SHEET, TEMPLATE, TOO_MUCH, within

DAMAGED = "is no Excel workbook, or damaged"
FORMULA = "="  # what the tables refuse as a formula without a value
SHORTENED = "1E+15"
BOOK = list_book([MANAGERS])


def cells(row: int, columns: str = "AB", told: int | None = None) -> str:
    """A row of texts, `told` another number of it."""
    inside = "".join(f'<c r="{column}{row}" t="str"><v>{column}{row}</v></c>' for column in columns)
    return f'<row r="{told or row}">{inside}</row>'


def with_rows(rows: str) -> bytes:
    """The workbook with these rows below the header."""
    return with_part(BOOK, SHEET, within("sheetData", rows))


def rows_of(content: bytes) -> Sequence[tuple[int, tuple[str, ...]]]:
    """What the reader finds below the header."""
    return workbook_rows(Path("m.xlsx"), content)[1:]


LEFT_OUT = {
    "two rows of one number": cells(2) + cells(2),
    "a row before the one above": cells(3) + cells(2),
    "a row of the header's number": cells(1),
    "a row below the last one": cells(2) + cells(1_048_577),
    "row 0": cells(0),
    "a row without a sound number": cells(2).replace('r="2"', 'r="2.0"', 1),
    "cells of another row": cells(5, told=2),
    "a cell twice": cells(2, "AA"),
    "a cell before the one beside it": cells(2, "BA"),
    "a cell without a sound place": cells(2).replace('"A2"', '"2A"'),
    "rows within another element": f'<x:x xmlns:x="urn:x">{cells(2)}</x:x>',
    "a row within a row": cells(2).replace("</row>", cells(3) + "</row>"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_openpyxl_would_leave_out_is_refused(case: str) -> None:
    """Managers would lose their teams without a word."""
    with pytest.raises(ConfigError, match=DAMAGED):
        rows_of(with_rows(LEFT_OUT[case]))


@given(numbers=st.sets(st.integers(2, 60), max_size=20), are_told=st.booleans())
def test_every_row_is_read(numbers: set[int], *, are_told: bool) -> None:
    """With gaps between them, or one after the other without numbers."""
    order = sorted(numbers)
    rows = "".join(map(cells, order))
    plain = rows if are_told else re.sub(r' r="[A-Z]*\d+"', "", rows)
    found = rows_of(with_rows(plain))
    assert [texts for _, texts in found] == [(f"A{number}", f"B{number}") for number in order]
    if are_told:
        assert [number for number, _ in found] == order


VALUES = {
    '<c r="A2"><f>1+1</f></c>': FORMULA,
    '<c r="A2"><f>1+1</f><v/></c>': FORMULA,
    '<c r="A2"><f>1+1</f><v></v>\n</c>': FORMULA,
    '<c r="A2" s="0"><f t="shared" si="0"/><v/></c>': FORMULA,
    '<c r="A2"><f>1+1</f><v>2</v></c>': "2",
    '<c r="A2" t="str"><f>"a"</f><v>a</v></c>': "a",
    '<c r="A2" t="str"><f>""</f><v></v></c>': "",
    '<c r="A2" t="str"><f>""</f><v/></c>': "",
}


@pytest.mark.parametrize("cell", VALUES)
def test_a_formula_gives_its_stored_value_or_is_refused(cell: str) -> None:
    """An empty text is a value; nothing is none: an exemption without an end would be longer."""
    found = rows_of(with_rows(f'<row r="2">{cell}<c r="B2" t="str"><v>b</v></c></row>'))
    assert found == ((2, (VALUES[cell], "b")),)


BESIDE = {
    "a button": '<controls><control><anchor xmlns:d="urn:d"><from><d:col>1</d:col><d:row>1</d:row></from></anchor>'
    "</control></controls>",
    "a drop-down of a newer Excel": '<extLst><ext uri="u"><x:f xmlns:x="urn:x">Other!A1</x:f></ext></extLst>',
}


@pytest.mark.parametrize("case", BESIDE)
def test_what_stands_beside_the_rows_is_none_of_them(case: str) -> None:
    """Its elements have the names of rows and formulas, in other namespaces."""
    rows = '<row r="2"><c r="A2" t="str"><v>a</v></c><c r="B2" s="0"/></row>'
    book = with_part(
        with_rows(rows), SHEET, lambda part: part.replace(b"</sheetData>", f"</sheetData>{BESIDE[case]}".encode())
    )
    assert rows_of(book) == ((2, ("a",)),)


FORMS = {
    '"E"0000': SHORTENED,
    "0000-000": SHORTENED,
    "000\\-000": SHORTENED,
    '"EMP "0': SHORTENED,
    "00000;@": "00012",
    "00000": "00012",
    "0000\\ 0000": SHORTENED,
    '0000" "0000': SHORTENED,
    "0000#": SHORTENED,
    "000,000": SHORTENED,
    "00000_)": "00012",
    "00000_ ": "00012",
    "* 00000": "00012",
    "General": "12",
    "General_)": "12",
    "0": "12",
    "0.00": "12",
    "0%": "12",
    "# ##0": "12",
    "#\\ ##0": "12",
    "#,##0": "12",
    "[$-421]0": "12",
    '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)': "12",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_number_gives_what_is_seen_or_is_refused(form: str) -> None:
    """An id that a format completes is another one than its digits."""

    def formatted(sheet: Any) -> None:
        sheet["A2"].number_format = form

    assert rows_of(list_book([EXCEPTIONS, (12, "x")], formatted)) == ((2, (FORMS[form], "x")),)


def test_the_first_sheet_is_the_first_that_is_seen() -> None:
    """A hidden one may be last year's; where all are hidden there is none."""

    def behind(state: str) -> Callable[[Any], None]:
        def hide(sheet: Any) -> None:
            sheet.sheet_state = state
            seen = sheet.parent.create_sheet("Seen")
            seen.append(MANAGERS)
            seen.append(["M-2"])

        return hide

    for state in ("hidden", "veryHidden"):
        assert rows_of(list_book([MANAGERS, ("M-1",)], behind(state))) == ((2, ("M-2",)),)
    assert rows_of(list_book([MANAGERS, ("M-1",)], behind("visible"))) == ((2, ("M-1",)),)
    hidden = with_part(BOOK, "xl/workbook.xml", lambda part: part.replace(b'state="visible"', b'state="hidden"'))
    with pytest.raises(ConfigError, match="no sheet that can be read; write the list on its first visible sheet"):
        workbook_rows(Path("m.xlsx"), hidden)


def names(text: str, name: str = "_xlnm.Print_Area") -> Callable[[bytes], bytes]:
    """Give the workbook a defined name."""
    defined = f'<definedNames><definedName name="{name}" localSheetId="0">{text}</definedName></definedNames>'
    return lambda part: re.sub(rb"<definedNames ?/>|(?=<calcPr)", defined.encode(), part, count=1)


SLOW: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a print area of quotes": ("xl/workbook.xml", names("'" * 16_385)),
    "a print title of letters": ("xl/workbook.xml", names("A" * 16_385, "_xlnm.Print_Titles")),
    "a number format": (
        "xl/styles.xml",
        lambda part: re.sub(
            rb"<numFmts[^>]*?(/>|>.*?</numFmts>)",
            b'<numFmts count="1"><numFmt numFmtId="200" formatCode="' + b"[a" * 501 + b'"/></numFmts>',
            part,
        ),
    ),
    "ranges of formats": (
        SHEET,
        lambda part: part.replace(
            b"</sheetData>",
            b'</sheetData><conditionalFormatting sqref="' + b"A1 " * 333_334 + b'"></conditionalFormatting>',
        ),
    ),
}


@pytest.mark.parametrize("case", SLOW)
def test_what_openpyxl_would_read_for_minutes_is_refused(case: str) -> None:
    """In a list and in a brand alike."""
    part, change = SLOW[case]
    with pytest.raises(ConfigError, match=TOO_MUCH):
        workbook_rows(Path("m.xlsx"), with_part(BOOK, part, change))
    brand = TEMPLATE.read_bytes()
    assert with_part(brand, part, change) != with_part(brand, part, lambda content: content)
    assert read_brand(with_part(brand, part, change)).flaws == (
        "unpacks to far more than a brand needs; begin anew from templates/brand.xlsx",
    )


def test_long_names_of_other_kinds_are_read() -> None:
    """Only print areas and titles go through the slow pattern; workbooks collect other names over the years."""
    assert workbook_rows(Path("m.xlsx"), with_part(BOOK, "xl/workbook.xml", names("'" * 20_000, "anything")))
