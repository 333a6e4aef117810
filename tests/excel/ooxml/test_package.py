"""The parts of a file hang together: each has a type, each relation leads to a part, and no text breaks out of XML."""

import posixpath
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from zipfile import ZipFile

import pytest
from openpyxl.xml.functions import fromstring

from rkreport.core.report.sheets import Column, Kind, NotesSection, NotesSheet, WorkbookPlan
from rkreport.excel.look.brand import HOUSE, Brand, Logo
from rkreport.excel.ooxml.parts import PrintedSheet, workbook_xml
from rkreport.excel.workbook import write_workbook
from tests.excel.brands import png
from tests.excel.reading import plan_of, table_sheet
from tests.excel.sample import heading, plan

HOSTILE = """"PT <A&B>" 'x' Ünïcode 株式会社 🚀"""
NOTES = NotesSheet("notes", "Notes", (NotesSection("Terms", (("A", "B"),)),))
TABLE = table_sheet((Column("ID", Kind.TEXT),), (("1",),))
PLANS = {
    "a whole report": plan(rows=5),
    "notes alone": plan_of(NOTES),
    "a table alone": plan_of(TABLE),
    "no property of its own": plan_of(TABLE, properties={"keywords": "training"}),
    "a property of its own": plan_of(TABLE, NOTES, properties={"run": "r-1"}),
}
BRANDS = {
    "no logo": HOUSE,
    "png": replace(HOUSE, logo=Logo(png(30, 10), "png", 30, 10)),
    "jpeg": replace(HOUSE, logo=Logo(b"\xff\xd8\xff\xe0", "jpeg", 30, 10)),
}


class Package:
    """A file by its parts."""

    def __init__(self, source: WorkbookPlan, folder: Path, brand: Brand = HOUSE) -> None:
        """Write the plan and take it apart."""
        path = folder / "book.xlsx"
        write_workbook(source, path, brand)
        with ZipFile(path) as archive:
            self.names = archive.namelist()
            self.parts = {name: archive.read(name) for name in self.names}

    def xml(self, name: str) -> Element:
        """A part, parsed."""
        parsed: Element = fromstring(self.parts[name])
        return parsed

    def relations(self, name: str) -> dict[str, str]:
        """The parts that a part (`""`: the file itself) leads to, by the ids that they have there."""
        folder, _, own = name.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{own}.rels")
        found = list(self.xml(path)) if path in self.parts else []
        assert len({one.attrib["Id"] for one in found}) == len(found)
        return {one.attrib["Id"]: posixpath.join("/", folder, one.attrib["Target"])[1:] for one in found}


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("source", PLANS)
def test_the_parts_hang_together(tmp_path: Path, source: str, brand: str) -> None:
    """No part without a type, no type without a part, and every relation is used and leads somewhere."""
    package = Package(PLANS[source], tmp_path, BRANDS[brand])
    types = list(package.xml("[Content_Types].xml"))
    defaults = [one.attrib["Extension"] for one in types if one.tag.endswith("Default")]
    overrides = [one.attrib["PartName"][1:] for one in types if one.tag.endswith("Override")]
    assert len(set(package.names)) == len(package.names)
    assert len(set(defaults)) == len(defaults)
    assert len(set(overrides)) == len(overrides)
    typed_by_name = {name for name in package.names if name.endswith(".xml") and name != "[Content_Types].xml"}
    assert set(overrides) == typed_by_name
    assert {name.rpartition(".")[2] for name in package.names} == set(defaults)

    reached = set(package.relations("").values())
    for name in typed_by_name:
        relations = package.relations(name)
        reached |= set(relations.values())
        named = set(re.findall(rb'r:(?:id|embed)="([^"]+)"', package.parts[name]))
        used = {one.decode() for one in named}
        assert used == set(relations) if name != "xl/workbook.xml" else used < set(relations)
    assert reached == {*typed_by_name, *(name for name in package.names if "/media/" in name)}
    assert ("docProps/custom.xml" in package.names) == bool(PLANS[source].properties.keys() - {"keywords"})


def test_a_logo_s_words_stay_words(tmp_path: Path) -> None:
    """The company's name is what a screen reader says of the logo, whatever it holds."""
    source = plan_of(NOTES, heading=replace(heading(), values={"company": HOSTILE}))
    drawing = Package(source, tmp_path, BRANDS["png"]).xml("xl/drawings/drawing1.xml")
    assert [one.attrib["descr"] for one in drawing.iter() if "descr" in one.attrib] == [HOSTILE]


def test_each_file_names_its_own_company(tmp_path: Path) -> None:
    """What is remembered from one file to the next is nobody else's."""
    for company in ("PT Satu", HOSTILE, "PT Satu"):
        app = Package(plan_of(NOTES, company=company), tmp_path).xml("docProps/app.xml")
        assert [one.text for one in app if one.tag.endswith("Company")] == [company]


def test_names_of_sheets_stay_names() -> None:
    """A sheet's name stands in an attribute and in a formula, and is the same name in both."""
    sheets = [PrintedSheet('A&B\'s "x" <1>', "A1:C9", (5, 6)), PrintedSheet("Plain", "A1:B2", None)]
    xml: Any = fromstring(workbook_xml(sheets))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert [one.attrib["name"] for one in xml.iter(f"{name}sheet")] == ['A&B\'s "x" <1>', "Plain"]
    assert [(one.attrib["localSheetId"], one.text) for one in xml.iter(f"{name}definedName")] == [
        ("0", "'A&B''s \"x\" <1>'!$5:$6"),
        ("0", "'A&B''s \"x\" <1>'!$A$1:$C$9"),
        ("1", "'Plain'!$A$1:$B$2"),
    ]


def test_a_plan_without_sheets_is_refused(tmp_path: Path) -> None:
    """Excel opens no file without a sheet."""
    with pytest.raises(ValueError, match="needs a sheet"):
        write_workbook(plan_of(), tmp_path / "book.xlsx")
    assert not list(tmp_path.iterdir())
