"""The reader of returned workbooks: what stands in cells, within bounds, from whatever program."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from rkreport import bounds
from rkreport.core.answers.sheet import FoundCell
from rkreport.leakcheck import bounded_zip
from rkreport.leakcheck.cells import FoundBook, Unreadable, read_cells

SHEET, SHARED = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Parts = dict[str, bytes]


def workbook(*rows: list[object]) -> bytes:
    """A workbook of openpyxl."""
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(content: bytes) -> Parts:
    """Its parts."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: Parts, compression: int = ZIP_DEFLATED) -> bytes:
    """A package of these parts."""
    out = BytesIO()
    with ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_sheet(xml: str, **others: bytes) -> bytes:
    """A workbook whose only sheet is this."""
    return package({**parts_of(workbook(["x"])), SHEET: xml.encode(), **others})


def sheet(rows: str) -> str:
    """A worksheet with these rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def first_row(book: FoundBook) -> dict[int, FoundCell]:
    """The cells of the first row of the only sheet."""
    (rows,) = book.sheets.values()
    return dict(rows[0].cells) if rows else {}


def test_texts_numbers_and_formulas_are_read() -> None:
    """As openpyxl writes them: shared texts, numbers, and a formula, which gives nothing but that it is one."""
    book = read_cells(workbook(["Sari", 12.5, None, "=1+1", "=x"]))
    assert first_row(book) == {
        1: FoundCell("Sari"),
        2: FoundCell(number=12.5),
        4: FoundCell(is_formula=True),
        5: FoundCell(is_formula=True),
    }


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="A1" t="inlineStr"><is><t>Sari</t></is></c>', FoundCell("Sari")),
        (
            '<c r="A1" t="inlineStr"><is><r><t>Sa</t></r><r><t>ri</t></r><rPh><t>no</t></rPh></is></c>',
            FoundCell("Sari"),
        ),
        ('<c r="A1" t="str"><v>Sari</v></c>', FoundCell("Sari")),
        ('<c r="A1" t="str"><f>B1</f><v>Sari</v></c>', FoundCell(is_formula=True)),
        ('<c r="A1"><f>B1</f><v>7</v></c>', FoundCell(is_formula=True)),
        ('<c r="A1" t="inlineStr"><is><t>_x0041_b</t></is></c>', FoundCell("Ab")),
        ("<c><v>7</v></c>", FoundCell(number=7.0)),
        ('<c r="A1" t="d"><v>2026-12-31</v></c>', FoundCell("2026-12-31")),
        ('<c r="A1" t="s"><v>999</v></c>', None),
        ('<c r="A1" t="s"><v>-1</v></c>', None),
        ('<c r="A1" t="inlineStr"/>', None),
        ('<c r="A1"/>', None),
    ],
)
def test_every_form_of_a_cell(cell: str, found: FoundCell | None) -> None:
    """The forms that programs choose for one value."""
    assert first_row(read_cells(with_sheet(sheet(f"<row>{cell}</row>")))).get(1) == found


def nested(depth: int) -> str:
    """Elements within each other."""
    return sheet("<row><c>" + "<x>" * depth + "</x>" * depth + "</c></row>")


def of_sheets(count: int, rows: str, parts: int = 0) -> bytes:
    """A workbook of so many sheets with these rows, and of so many parts: as many, or fewer."""
    numbers = range(1, count + 1)
    names = "".join(f'<sheet name="S{number}" r:id="s{number}"/>' for number in numbers)
    targets = {number: f"worksheets/s{min(number, parts or count)}.xml" for number in numbers}
    relations = "".join(
        f'<Relationship Id="s{number}" Type="x/worksheet" Target="{target}"/>' for number, target in targets.items()
    )
    return package(
        {
            "xl/workbook.xml": f'<workbook xmlns:r="r"><sheets>{names}</sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>".encode(),
            **{f"xl/{target}": sheet(rows).encode() for target in targets.values()},
        }
    )


def in_both_headers(content: bytes, name: str, value: int) -> bytes:
    """Write another unpacked size of a part into the list and before the part."""
    changed = bytearray(content)
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = content.find(mark)
        while content[place + name_at : place + name_at + len(name)] != name.encode():
            place = content.find(mark, place + 1)
        changed[place + size_at : place + size_at + 4] = value.to_bytes(4, "little")
    return bytes(changed)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a text": lambda: b"employee_id;reason\n",
    "cut": lambda: workbook(["x"])[:-30],
    "no parts": lambda: package({}),
    "no workbook": lambda: package({"a.txt": b"x"}),
    "a document type": lambda: with_sheet(f'<!DOCTYPE x [<!ENTITY a "b">]>{sheet("<row><c><v>&a;</v></c></row>")}'),
    "another encoding": lambda: with_sheet("", **{SHEET: sheet("").encode("utf-16")}),
    "no XML": lambda: with_sheet("<worksheet>"),
    "deep": lambda: with_sheet(nested(60)),
    "very deep": lambda: with_sheet(nested(200_000)),
    "many rows": lambda: with_sheet(sheet("<row/>" * 200_001)),
    "many cells in one row": lambda: with_sheet(sheet(f"<row>{'<c/>' * 100_001}</row>")),
    "many elements beside the rows": lambda: with_sheet(sheet("<x/>" * 500_001)),
    "a tag without an end": lambda: with_sheet(sheet('<row a="' + "x" * 400_000 + '"/>')),
    "many empty cells": lambda: with_sheet(sheet(f"<row>{'<c/>' * 90_000}</row>" * 45)),
    "many values": lambda: with_sheet(sheet(f"<row>{'<c><v/></c>' * 45_000}</row>" * 45)),
    "many shared texts": lambda: with_sheet(sheet(""), **{SHARED: f"<sst>{'<si/>' * 4_000_000}</sst>".encode()}),
    "sheets that are many together": lambda: of_sheets(5, f"<row>{'<c/>' * 90_000}</row>" * 10),
    "one part of many sheets": lambda: of_sheets(2, "<row/>", parts=1),
    "no number": lambda: with_sheet(sheet('<row><c r="A1"><v>x</v></c></row>')),
    "many parts": lambda: package({**parts_of(workbook(["x"])), **{f"x/{number}": b"" for number in range(2_001)}}),
    "a long list of parts": lambda: package({f"{number}" + "x" * 60_000: b"" for number in range(20)}),
    "a large part": lambda: with_sheet(sheet(" " * 100 * 2**20)),
    "smaller than it says": lambda: in_both_headers(package(parts_of(workbook(["x"])), ZIP_STORED), SHEET, 99_999),
    "larger than it says": lambda: in_both_headers(workbook(["x"]), SHEET, 50),
    "all parts too large": lambda: in_both_headers(workbook(["x"]), "xl/theme/theme1.xml", 501 * 2**20),
    "a sheet outside": lambda: package(
        {
            name: content.replace(b"/xl/worksheets/sheet1.xml", b"/xl/../../../etc/passwd")
            for name, content in parts_of(workbook(["x"])).items()
        }
    ),
}


def test_sheets_have_their_parts() -> None:
    """Each its own, in order."""
    found = read_cells(of_sheets(3, "<row><c><v>1</v></c></row>"))
    assert list(found.sheets) == ["S1", "S2", "S3"]
    assert [rows[0].cells[1].number for rows in found.sheets.values()] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_goes_beyond_a_bound_is_refused(name: str) -> None:
    """One error for all, soon, and never another one."""
    with pytest.raises(Unreadable):
        read_cells(HOSTILE[name]())


def test_a_long_list_of_parts_is_refused_before_python_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million empty parts fit into fifty megabytes, and would take a gigabyte of memory."""

    def opened(_content: object) -> None:
        raise AssertionError

    monkeypatch.setattr(bounds, "ZipFile", opened)
    with pytest.raises(Unreadable):
        read_cells(HOSTILE["a long list of parts"]())


def test_two_parts_of_one_name_are_refused() -> None:
    """Readers differ in which of them they take."""
    out = BytesIO(workbook(["x"]))
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(out, "a") as archive:
        archive.writestr(SHEET, "<other/>")
    with pytest.raises(Unreadable):
        read_cells(out.getvalue())


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is looked at."""
    content = workbook(["x"])
    monkeypatch.setattr(bounded_zip, "LARGEST_FILE_BYTES", len(content) - 1)
    with pytest.raises(Unreadable):
        read_cells(content)


def test_room_inside_a_header_is_no_harm() -> None:
    """Excel leaves some in the first part's, which the strict reader of our own files refuses."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in parts_of(workbook(["Sari"])).items():
            entry = ZipInfo(name)
            entry.extra = b"\x20\xa2\x04\x00\x00\x00\x00\x00"
            archive.writestr(entry, content)
    assert first_row(read_cells(out.getvalue())) == {1: FoundCell("Sari")}


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    """Some bytes changed anywhere: no other error comes out."""
    content = bytearray(package(parts_of(workbook(["Sari", 1], ["Budi", 2])), ZIP_STORED))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_cells(bytes(content))
    except Unreadable:
        return
