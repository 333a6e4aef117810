"""Ways in which somebody could get into a file where they do not belong: by Excel, by a bug, by hand."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from rkreport.core.leaks.opened_file import Leak
from rkreport.core.models import Learner

Parts = dict[str, bytes]
Plant = Callable[[Path, Learner], None]

WORKBOOK = "xl/workbook.xml"
DETAIL = "xl/worksheets/sheet4.xml"
DRAWING = "xl/drawings/drawing1.xml"
CHART = "xl/charts/chart1.xml"
CORE = "docProps/core.xml"


def parts_in(path: Path) -> Parts:
    """All parts."""
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_parts(path: Path, parts: Parts) -> None:
    """A file of these parts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def replaced(part: str, old: str, new: Callable[[Learner], str]) -> Plant:
    """Put something in place of the first `old` of a part."""

    def plant(path: Path, stranger: Learner) -> None:
        parts = parts_in(path)
        text = parts[part].decode()
        assert old in text, f"{part} has no {old}"
        parts[part] = text.replace(old, new(stranger), 1).encode()
        write_parts(path, parts)

    return plant


def added(part: str, content: Callable[[Learner], str]) -> Plant:
    """A part more."""

    def plant(path: Path, stranger: Learner) -> None:
        write_parts(path, {**parts_in(path), part: content(stranger).encode()})

    return plant


def by_openpyxl(change: Callable[[Any, Learner], None]) -> Plant:
    """Open it, change it, save it."""

    def plant(path: Path, stranger: Learner) -> None:
        book = load_workbook(path)
        change(book, stranger)
        book.save(path)

    return plant


def in_cell(xml: Callable[[Learner], str]) -> Plant:
    """A text cell more, at the end of the detail's first row."""
    return replaced(DETAIL, "</row>", lambda one: f'<c r="ZZ1" t="inlineStr"><is>{xml(one)}</is></c></row>')


# ---- the ways of openpyxl


def _row(book: Any, one: Learner) -> None:
    book.worksheets[3].append([one.employee_id, one.serial, one.name, one.email])


def _comment(book: Any, one: Learner) -> None:
    book.worksheets[1]["A1"].comment = Comment(one.name, "somebody")


def _hidden_sheet(state: str) -> Callable[[Any, Learner], None]:
    def change(book: Any, one: Learner) -> None:
        sheet = book.create_sheet("Data")
        sheet["A1"] = one.name
        sheet.sheet_state = state

    return change


def _hidden_column(book: Any, one: Learner) -> None:
    book.worksheets[3]["AC9"] = one.employee_id
    book.worksheets[3].column_dimensions["AC"].hidden = True


def _hidden_row(book: Any, one: Learner) -> None:
    book.worksheets[3].cell(300, 1, one.serial)
    book.worksheets[3].row_dimensions[300].hidden = True


def _property(book: Any, one: Learner) -> None:
    book.custom_doc_props.append(StringProperty(name="owner", value=one.email))


def _property_name(book: Any, one: Learner) -> None:
    book.custom_doc_props.append(StringProperty(name=one.name, value="x"))


def _core(field: str) -> Callable[[Any, Learner], None]:
    return lambda book, one: setattr(book.properties, field, one.name)


def _defined_name(book: Any, one: Learner) -> None:
    book.defined_names["Orang"] = DefinedName("Orang", attr_text=f'"{one.name}"')


def _footer(book: Any, one: Learner) -> None:
    book.worksheets[0].oddHeader.right.text = one.name


def _hyperlink(book: Any, one: Learner) -> None:
    book.worksheets[3]["D7"].hyperlink = f"mailto:{one.email}"


def _sheet_link(book: Any, one: Learner) -> None:
    book.worksheets[3]["A5"].hyperlink.tooltip = one.name


def _chart_title(book: Any, one: Learner) -> None:
    chart = BarChart()
    chart.add_data(Reference(book.worksheets[2], min_col=3, min_row=7, max_row=9))
    chart.title = f"Tim {one.name}"
    book.worksheets[2].add_chart(chart, "A60")


def _choice(book: Any, one: Learner) -> None:
    book.worksheets[1].data_validations.dataValidation[0].formula1 = f'"{one.name},x"'


def _number(book: Any, one: Learner) -> None:
    book.worksheets[3]["AC9"] = int(one.employee_id)


# ---- the ways of a zip file


def _twice(path: Path, stranger: Learner) -> None:
    parts = parts_in(path)
    write_parts(path, parts)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.filename = None
        info = archive.getinfo(DETAIL)
        archive.NameToInfo.pop(DETAIL)
        archive.writestr(DETAIL, parts[DETAIL].replace(b"</row>", b"<!--" + stranger.name.encode() + b"--></row>", 1))
        archive.NameToInfo[DETAIL] = info


def _trailing(path: Path, stranger: Learner) -> None:
    path.write_bytes(path.read_bytes() + stranger.name.encode())


def _leading(path: Path, stranger: Learner) -> None:
    path.write_bytes(stranger.name.encode() + path.read_bytes())


def _between(path: Path, stranger: Learner) -> None:
    """A part that the list at the end does not name."""
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("ghost.xml", stranger.name)
        archive.filelist.remove(archive.NameToInfo.pop("ghost.xml"))


def _zip_comment(path: Path, stranger: Learner) -> None:
    with ZipFile(path, "a") as archive:
        archive.comment = stranger.name.encode()


def _entry_comment(path: Path, stranger: Learner) -> None:
    with ZipFile(path, "a") as archive:
        archive.getinfo(CORE).comment = stranger.name.encode()
        archive.comment = b"x"
        archive.comment = b""


def _behind_packed(path: Path, stranger: Learner) -> None:
    """Bytes behind the end of a part's own packed data, which readers do not look at."""
    parts = parts_in(path)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    whole = bytearray(out.getvalue())
    with ZipFile(BytesIO(whole)) as archive:
        entry = archive.getinfo(CORE)
    extra = stranger.name.encode()
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(parts[CORE]) + packed.flush()
    start = entry.header_offset + 30 + len(CORE)
    tail = bytes(whole[start + entry.compress_size :])
    moved = len(data) + len(extra) - entry.compress_size
    head = bytearray(whole[:start])
    head[entry.header_offset + 18 : entry.header_offset + 22] = (len(data) + len(extra)).to_bytes(4, "little")
    path.write_bytes(_moved(bytes(head) + data + extra + tail, entry.header_offset, moved, len(data) + len(extra)))


def _moved(content: bytes, after: int, by: int, size: int) -> bytes:
    """The same zip file, whose list of parts is told that all behind a part has moved."""
    changed = bytearray(content)
    at = content.rindex(b"PK\x05\x06")
    first = int.from_bytes(content[at + 16 : at + 20], "little") + by
    changed[at + 16 : at + 20] = first.to_bytes(4, "little")
    while changed[first : first + 4] == b"PK\x01\x02":
        offset = int.from_bytes(changed[first + 42 : first + 46], "little")
        if offset > after:
            changed[first + 42 : first + 46] = (offset + by).to_bytes(4, "little")
        elif offset == after:
            changed[first + 20 : first + 24] = size.to_bytes(4, "little")
        first += 46 + int.from_bytes(changed[first + 28 : first + 30], "little")
    return bytes(changed)


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def _references(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def _escapes(text: str) -> str:
    return "".join(f"_x{ord(character):04X}_" for character in text)


def _runs(text: str) -> str:
    first, second = _halves(text)
    return f"<r><t>{first}</t></r><r><t>{second}</t></r>"


_BOX = (
    "<twoCellAnchor><from><col>0</col><colOff>0</colOff><row>1</row><rowOff>0</rowOff></from><to><col>1</col><colOff>0"
    '</colOff><row>2</row><rowOff>0</rowOff></to><sp><nvSpPr><cNvPr id="9" name="Box" descr="{alt}"/><cNvSpPr/>'
    "</nvSpPr><spPr/><txBody><a:bodyPr/><a:p><a:r><a:t>{first}</a:t></a:r><a:r><a:t>{second}</a:t></a:r></a:p></txBody></sp>"
    "<clientData/></twoCellAnchor></wsDr>"
)


def _box(text: str) -> str:
    first, second = _halves(text)
    return _BOX.format(alt="", first=first, second=second)


def _shared(text: str) -> str:
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'


@dataclass(frozen=True, slots=True)
class Case:
    """A way, and what the file is stopped for."""

    plant: Plant
    leak: Leak


OPENPYXL: dict[str, Case] = {
    "a row": Case(by_openpyxl(_row), Leak.EMPLOYEE_ID),
    "a comment": Case(by_openpyxl(_comment), Leak.COMMENT),
    "a hidden sheet": Case(by_openpyxl(_hidden_sheet("hidden")), Leak.NAME),
    "a very hidden sheet": Case(by_openpyxl(_hidden_sheet("veryHidden")), Leak.NAME),
    "a hidden column": Case(by_openpyxl(_hidden_column), Leak.EMPLOYEE_ID),
    "a hidden row": Case(by_openpyxl(_hidden_row), Leak.SERIAL),
    "a custom property": Case(by_openpyxl(_property), Leak.EMAIL),
    "a custom property's name": Case(by_openpyxl(_property_name), Leak.NAME),
    "the author": Case(by_openpyxl(_core("creator")), Leak.NAME),
    "who saved it": Case(by_openpyxl(_core("lastModifiedBy")), Leak.NAME),
    "keywords": Case(by_openpyxl(_core("keywords")), Leak.NAME),
    "the description": Case(by_openpyxl(_core("description")), Leak.NAME),
    "a defined name": Case(by_openpyxl(_defined_name), Leak.NAME),
    "a print header": Case(by_openpyxl(_footer), Leak.NAME),
    "a mail link": Case(by_openpyxl(_hyperlink), Leak.EMAIL),
    "a link's tip": Case(by_openpyxl(_sheet_link), Leak.NAME),
    "a chart's title": Case(by_openpyxl(_chart_title), Leak.NAME),
    "a list to choose from": Case(by_openpyxl(_choice), Leak.NAME),
    "an id as a number": Case(by_openpyxl(_number), Leak.EMPLOYEE_ID),
}

RAW: dict[str, Case] = {
    "an id alone": Case(in_cell(lambda one: f"<t>{one.employee_id}</t>"), Leak.EMPLOYEE_ID),
    "a serial alone": Case(in_cell(lambda one: f"<t>{one.serial}</t>"), Leak.SERIAL),
    "a name in a sentence": Case(in_cell(lambda one: f"<t>Tanyakan pada {one.name}, ya.</t>"), Leak.NAME),
    "an id in a sentence": Case(in_cell(lambda one: f"<t>lihat ({one.employee_id})</t>"), Leak.EMPLOYEE_ID),
    "an address in a sentence": Case(in_cell(lambda one: f"<t>email:{one.email}.</t>"), Leak.EMAIL),
    "a user name": Case(in_cell(lambda one: f"<t>login {one.username}</t>"), Leak.USERNAME),
    "a phone number": Case(in_cell(lambda one: f"<t>+{one.phone}</t>"), Leak.PHONE),
    "character references": Case(in_cell(lambda one: f"<t>{_references(one.name)}</t>"), Leak.NAME),
    "escapes of Excel": Case(in_cell(lambda one: f"<t>{_escapes(one.name)}</t>"), Leak.NAME),
    "escapes of a web page": Case(
        in_cell(lambda one: f"<t>{_references(one.name)}</t>".replace("&", "&amp;")), Leak.NAME
    ),
    "rich text runs": Case(in_cell(lambda one: _runs(one.name)), Leak.NAME),
    "an id in runs": Case(in_cell(lambda one: _runs(one.employee_id)), Leak.EMPLOYEE_ID),
    "upper case": Case(in_cell(lambda one: f"<t>{one.name.upper()}</t>"), Leak.NAME),
    "lower case serial": Case(in_cell(lambda one: f"<t>{str(one.serial).lower()}</t>"), Leak.SERIAL),
    "a zero-width space within": Case(in_cell(lambda one: "<t>{}\u200b{}</t>".format(*_halves(one.name))), Leak.NAME),
    "a zero-width space for a blank": Case(
        in_cell(lambda one: f"<t>{one.name.replace(' ', chr(0x200B))}</t>"), Leak.NAME
    ),
    "a soft hyphen in an id": Case(
        in_cell(lambda one: "<t>{}\u00ad{}</t>".format(*_halves(one.employee_id))), Leak.EMPLOYEE_ID
    ),
    "no-break spaces": Case(in_cell(lambda one: f"<t>{one.name.replace(' ', chr(0xA0))}</t>"), Leak.NAME),
    "a no-break space in an id": Case(
        in_cell(lambda one: "<t>{}\u00a0{}</t>".format(*_halves(one.employee_id))), Leak.EMPLOYEE_ID
    ),
    "wide letters": Case(
        in_cell(lambda one: "<t>" + "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in one.name) + "</t>"),
        Leak.NAME,
    ),
    "a double blank": Case(in_cell(lambda one: f"<t>{one.name.replace(' ', '  ')}</t>"), Leak.NAME),
    "an attribute nobody knows": Case(
        replaced(DETAIL, "<sheetData>", lambda one: f'<sheetData uid="{one.employee_id}">'), Leak.EMPLOYEE_ID
    ),
    "an attribute of the format": Case(
        replaced(DETAIL, "<sheetPr", lambda one: f'<sheetPr codeName="{one.name}"'), Leak.NAME
    ),
    "a namespace": Case(replaced(DETAIL, "<worksheet ", lambda one: f'<worksheet xmlns:q="{one.email}" '), Leak.EMAIL),
    "text between elements": Case(replaced(DETAIL, "<sheetData>", lambda one: f"{one.name}<sheetData>"), Leak.NAME),
    "a formula": Case(
        replaced(DETAIL, "</row>", lambda one: f'<c r="ZZ1" t="str"><f>"{one.name}"</f><v>x</v></c></row>'), Leak.NAME
    ),
    "the result of a formula": Case(
        replaced(DETAIL, "</row>", lambda one: f'<c r="ZZ1" t="str"><f>A1</f><v>{one.employee_id}</v></c></row>'),
        Leak.EMPLOYEE_ID,
    ),
    "an XML comment": Case(replaced(DETAIL, "<sheetData>", lambda one: f"<!--{one.name}--><sheetData>"), Leak.MARKUP),
    "CDATA": Case(in_cell(lambda one: f"<t><![CDATA[{one.name}]]></t>"), Leak.MARKUP),
    "a processing instruction": Case(
        replaced(DETAIL, "<sheetData>", lambda one: f"<?q {one.name}?><sheetData>"), Leak.MARKUP
    ),
    "a document type": Case(
        replaced(CORE, "<cp:coreProperties", lambda one: f'<!DOCTYPE q [<!ENTITY e "{one.name}">]><cp:coreProperties'),
        Leak.MARKUP,
    ),
    "a shared string of no cell": Case(added("xl/sharedStrings.xml", lambda one: _shared(one.name)), Leak.NAME),
    "a text box": Case(replaced(DRAWING, "</wsDr>", lambda one: _box(one.name)), Leak.NAME),
    "alt text": Case(
        replaced(DRAWING, "</wsDr>", lambda one: _BOX.format(alt=one.name, first="", second="")), Leak.NAME
    ),
    "a chart's copy of cells": Case(
        replaced(CHART, '<pt idx="0"><v>', lambda one: f'<pt idx="9"><v>{one.employee_id}</v></pt><pt idx="0"><v>'),
        Leak.EMPLOYEE_ID,
    ),
    "a print footer's codes": Case(
        replaced(DETAIL, "<oddFooter>", lambda one: f"<oddFooter>&amp;C&amp;B&amp;8{one.name}"), Leak.NAME
    ),
    "an id behind a print code": Case(
        replaced(DETAIL, "<oddFooter>", lambda one: f"<oddFooter>&amp;R{one.employee_id}"), Leak.EMPLOYEE_ID
    ),
    "the list of titles": Case(
        replaced("docProps/app.xml", "<Company>", lambda one: f"<Manager>{one.name}</Manager><Company>"), Leak.NAME
    ),
    "an unknown part": Case(added("xl/customStorage/item1.bin", lambda one: one.name), Leak.UNKNOWN_PART),
    "custom XML": Case(added("customXml/item1.xml", lambda one: f"<a>{one.name}</a>"), Leak.UNKNOWN_PART),
    "printer settings": Case(added("xl/printerSettings/printerSettings1.bin", lambda one: one.name), Leak.UNKNOWN_PART),
    "a pivot cache": Case(
        added("xl/pivotCache/pivotCacheDefinition1.xml", lambda one: f"<a>{one.name}</a>"), Leak.PIVOT
    ),
    "another workbook": Case(
        added("xl/externalLinks/externalLink1.xml", lambda one: f"<a>{one.name}</a>"), Leak.EXTERNAL
    ),
    "a macro": Case(added("xl/vbaProject.bin", lambda one: one.name), Leak.MACRO),
    "an embedded object": Case(added("xl/embeddings/oleObject1.bin", lambda one: one.name), Leak.EMBEDDED),
    "a picture": Case(added("xl/media/image7.png", lambda one: one.name), Leak.UNKNOWN_PICTURE),
    "a sheet that no list names": Case(
        added("xl/worksheets/sheet9.xml", lambda one: f"<worksheet><t>{one.name}</t></worksheet>"), Leak.NAME
    ),
    "the name of a part": Case(added("xl/worksheets/Budi.xml", lambda one: "<a/>"), Leak.UNKNOWN_PART),
    "a part twice": Case(_twice, Leak.TWICE),
    "bytes behind": Case(_trailing, Leak.BESIDE),
    "bytes before": Case(_leading, Leak.BESIDE),
    "a part that is not listed": Case(_between, Leak.BESIDE),
    "the zip file's comment": Case(_zip_comment, Leak.BESIDE),
    "a part's comment": Case(_entry_comment, Leak.BESIDE),
    "bytes behind packed ones": Case(_behind_packed, Leak.BESIDE),
}
