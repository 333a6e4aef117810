"""`rkreport lists`: both lists as workbooks, filled from the LMS, with everything kept that was written in them."""

import json
import re
import shutil
import subprocess
import sys
from copy import copy
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from rkreport.config.load import load_config
from rkreport.simulator.company import Company
from tests.cli.program import Workspace, serving
from tests.cli.test_doctor import checks
from tests.config.list_books import list_book, with_part

CORRECT_ID = "correct it, with its leading zeros, or remove the row"
WRITE_VALUE = "write the value, or remove the row"
OFFICE = shutil.which("soffice")


def book_of(path: Path) -> Any:
    """The workbook, with its formulas."""
    return load_workbook(path)


def listed(workspace: Workspace, name: str = "managers.xlsx") -> dict[str, list[tuple[object, ...]]]:
    """What the second sheet offers: the rows of its three tables, by the word at the beginning of the header."""
    sheet = book_of(workspace.folder / name)["LMS"]
    header = [cell.value for cell in sheet[3]]
    starts = {str(value).partition(":")[0]: at for at, value in enumerate(header) if value and ":" in str(value)}
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    ends = [at for at, value in enumerate([*header, None]) if value is None]
    return {
        name: [row[at : next(end for end in ends if end > at)] for row in rows if row[at] is not None]
        for name, at in starts.items()
    }


def fill(path: Path, *rows: tuple[Any, ...]) -> None:
    """Write rows below the header, as Excel would."""
    book = load_workbook(path)
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def test_lists_offer_what_the_company_has(begun: Workspace, company: Company) -> None:
    """Units in tree order with people, tags, courses of the config; ids are text, every choice has a drop-down."""
    outcome = begun.rkreport("lists", "--json")
    assert outcome.code == 0, outcome.err
    document = outcome.document
    assert [(one["path"], one["refreshed"], one["used"]) for one in document["files"]] == [
        ("managers.xlsx", True, True),
        ("exceptions.xlsx", True, True),
    ]
    offered = listed(begun)
    assert (len(offered["organization"]), len(offered["tag"])) == (document["units"], document["tags"])
    assert {row[0] for row in offered["course"]} == {"*", *company.overview().courses}
    assert 50 < int(str(offered["organization"][0][1])) <= document["people"]  # one person has no unit
    book = book_of(begun.folder / "managers.xlsx")
    sheet = book.worksheets[0]
    choices = {str(one.sqref).partition("2:")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert choices == {"E": '"id,en"', "G": "rk_units", "H": "rk_tags"}
    assert all(sheet.column_dimensions[letter].number_format == "@" for letter in "AFGH")
    last = 3 + len(offered["organization"])
    assert book.defined_names["rk_units"].attr_text == f"LMS!$A$4:$A${last}"
    second = book_of(begun.folder / "exceptions.xlsx").worksheets[0]
    assert second.column_dimensions["C"].number_format == "yyyy-mm-dd"


def test_what_is_offered_means_something(begun: Workspace) -> None:
    """Every unit and tag that the drop-downs offer, written into the list: no row matches nothing."""
    assert begun.rkreport("lists").code == 0
    offered = listed(begun)
    rows: list[tuple[object, ...]] = [
        (f"M-{n}", "", "", "", "", "", row[0]) for n, row in enumerate(offered["organization"])
    ]
    rows += [(f"T-{n}", "", "", "", "", "", "", row[0]) for n, row in enumerate(offered["tag"])]
    fill(begun.folder / "managers.xlsx", *rows)
    found = checks(begun.rkreport("doctor", "--json"), "Managers")
    assert [check["found"] for check in found if ", row " in check["found"]] == []
    assert f"{len(rows)} managers, {len(rows)} rules" in [check["found"] for check in found]


def test_lists_keep_what_was_written(begun: Workspace) -> None:
    """Rows, order, own columns and sheets, widths, colours, values of formulas: said again, nothing is lost."""
    path = begun.folder / "managers.xlsx"
    book = load_workbook(path)
    sheet: Any = book.worksheets[0]
    sheet["I1"], sheet["I2"] = "#notes", "ask her"
    sheet["A2"], sheet["B2"], sheet["F2"] = "M-1", "Budi", "00417"
    sheet["A5"], sheet["G5"] = "M-2", "Unit Lain"
    sheet["B5"] = '="Ani"&" W"'
    fill_of_header = copy(sheet["A1"].fill)
    sheet["A5"].fill = fill_of_header
    sheet.column_dimensions["B"].width = 41
    sheet.column_dimensions.group("J", "L", hidden=True)
    book.create_sheet("Catatan")["A1"] = "mine"
    book.save(path)
    path.write_bytes(valued(path.read_bytes(), "Ani W"))
    for _ in range(2):
        outcome = begun.rkreport("lists")
        assert outcome.code == 0, outcome.err
    sheet = book_of(path).worksheets[0]
    assert [sheet[cell].value for cell in ("I2", "A2", "F2", "A5", "G5", "B5")] == [
        *("ask her", "M-1", "00417", "M-2", "Unit Lain", '="Ani"&" W"')
    ]
    assert (sheet.column_dimensions["B"].width, sheet["A5"].fill) == (41, fill_of_header)
    assert all(sheet.column_dimensions[letter].hidden for letter in "J")
    assert book_of(path).sheetnames == ["Managers", "LMS", "Catatan"]
    assert len(sheet.data_validations.dataValidation) == 3
    config = load_config(begun.config)
    assert [(one.manager_id, one.name) for one in config.routing.managers] == [("M-1", "Budi"), ("M-2", "Ani W")]


def valued(content: bytes, value: str) -> bytes:
    """The workbook with this value behind its one formula, as Excel stores it."""

    def change(part: bytes) -> bytes:
        begin, formula, end = part.partition(b"<f>")
        start = begin.rindex(b"<c ")
        cell = begin[start:].replace(b">", b' t="str">')
        return begin[:start] + cell + formula + end.replace(b"<v />", f"<v>{value}</v>".encode(), 1)

    return with_part(content, "xl/worksheets/sheet1.xml", change)


def test_a_csv_stays_and_gets_a_workbook_beside_it(configured: Workspace) -> None:
    """With its rows as text; one sentence says how to switch, and after the switch it is the same config."""
    before = {name: (configured.folder / name).read_bytes() for name in ("managers.csv", "exceptions.csv")}
    outcome = configured.rkreport("lists")
    assert outcome.code == 0, outcome.err
    assert {name: (configured.folder / name).read_bytes() for name in before} == before
    assert (
        'managers.xlsx holds the rows of managers.csv, which stays as it is; to use it, write file = "managers.xlsx"'
        in (" ".join(outcome.err.split()))
    )
    old = load_config(configured.config)
    configured.edit('"managers.csv"', '"managers.xlsx"')
    configured.edit('"exceptions.csv"', '"exceptions.xlsx"')
    new = load_config(configured.config)
    assert new.sha256 == old.sha256
    assert [replace(rule, line=0) for rule in new.routing.rules] == [replace(one, line=0) for one in old.routing.rules]


@pytest.mark.parametrize("lock", ["~$managers.xlsx", ".~lock.managers.xlsx#"])
def test_an_open_list_is_left_alone(begun: Workspace, lock: str) -> None:
    """Exit code 5, before the LMS is asked; nothing is written."""
    (begun.folder / lock).write_text("x")
    before = {path.name: path.read_bytes() for path in begun.folder.iterdir() if path.is_file()}
    outcome = begun.rkreport("lists")
    assert outcome.code == 5
    assert "managers.xlsx is open in another program; close it there, and say rkreport lists again" in outcome.error
    assert {path.name: path.read_bytes() for path in begun.folder.iterdir() if path.is_file()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="rights are of POSIX")
def test_a_shared_list_stays_shared(begun: Workspace) -> None:
    """Colleagues who could read it still can."""
    (begun.folder / "managers.xlsx").chmod(0o640)
    assert begun.rkreport("lists").code == 0
    assert (begun.folder / "managers.xlsx").stat().st_mode & 0o777 == 0o640
    assert (begun.folder / "exceptions.xlsx").stat().st_mode & 0o777 == 0o600


def test_names_of_the_lms_are_never_formulas(workspace: Workspace, company: Company) -> None:
    """A course that begins like one is text; a unit that does is offered by its serial."""
    first, *others = company.courses.values()
    hostile = replace(first, name='=HYPERLINK("http://x.test","x")')
    spoiled = replace_courses(company, (hostile, *others))
    with serving(spoiled) as simulator:
        workspace.rkreport("init", "--company", "PT", "--base-url", simulator.base_url, "--course", first.serial)
        assert workspace.rkreport("lists").code == 0
    sheet = book_of(workspace.folder / "exceptions.xlsx")["LMS"]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cell.data_type == "s"


def replace_courses(company: Company, courses: tuple[Any, ...]) -> Company:
    """The company with other courses."""
    other = copy(company)
    other.courses = MappingProxyType({one.serial: one for one in courses})
    return other


def test_rows_that_match_nobody_are_named(begun: Workspace, company: Company) -> None:
    """Each with file, row and what may be meant; a run would go through, and its review counts them."""
    assert begun.rkreport("lists").code == 0
    offered = listed(begun)
    unit, tag = str(offered["organization"][1][0]), str(offered["tag"][0][0])
    ids = [json.loads(company.people.user(place))["employeeID"] for place in range(20, 50)]
    employee = next(one for one in ids if one.isdecimal() and one.startswith("0"))
    course = next(iter(company.overview().courses))
    fill(
        begun.folder / "managers.xlsx",
        ("M-1", "Budi", "budi@contoh.test", "", "", int(employee)),
        ("M-1", "", "", "", "", "", f"{unit}x"),
        ("M-1", "", "", "", "", "", "", f"{tag}x"),
        ("M-1", "", "", "", "", "LAMA-1"),
        ("M-1", "", "", "", "", "", unit),
    )
    fill(
        begun.folder / "exceptions.xlsx",
        (int(employee), "*", date(2026, 12, 31)),
        (employee, course[:-1]),
        ("#N/A", "*"),
        (employee, course, "31 Des 2026"),
    )
    outcome = begun.rkreport("doctor", "--json")
    assert outcome.code == 0, outcome.out
    found = {check["found"]: check["fix"] for check in checks(outcome) if ", row " in check["found"]}
    lost = int(employee)
    assert found == {
        f"managers.xlsx, row 2: nobody has the employee id {lost}": f'did you mean "{employee}"?',
        f'managers.xlsx, row 3: the company structure has no unit "{unit}x"': f'did you mean "{unit}"?',
        f'managers.xlsx, row 4: nobody carries the tag "{tag}x"': f'did you mean "{tag}"?',
        "managers.xlsx, row 5: nobody has the employee id LAMA-1": CORRECT_ID,
        f"exceptions.xlsx, row 2: nobody has the employee id {lost}": f'did you mean "{employee}"?',
        f'exceptions.xlsx, row 3: the config lists no course "{course[:-1]}"': f'did you mean "{course}"?',
        "exceptions.xlsx, row 4: #N/A is an error of Excel, so the row means nobody": WRITE_VALUE,
    }
    assert "All is well" not in begun.rkreport("doctor").out
    assert begun.rkreport("run", "--json").code in {0, 6}
    kinds = begun.rkreport("review", "--json").document["findings"]
    assert {code: kinds.get(code) for code in kinds if code.startswith(("routing_unknown", "exception_", "list_"))} == {
        "routing_unknown_employee": 2,
        "routing_unknown_organization": 1,
        "routing_unknown_tag": 1,
        "exception_unknown_employee": 1,
        "exception_unknown_course": 1,
        "list_cell_error": 1,
    }
    (master,) = begun.built.glob("*_master_*.xlsx")
    cells = {str(cell.value) for row in load_workbook(master)["Data quality"].iter_rows() for cell in row}
    assert f"managers.xlsx:2 {lost} ({employee}?)" in cells


# ---- LibreOffice


def converted(path: Path, form: str, folder: Path) -> Path:
    """The file as LibreOffice saves it in another format."""
    profile = (folder / "profile").as_uri()
    command = [str(OFFICE), f"-env:UserInstallation={profile}", "--headless", "--convert-to", form, "--outdir"]
    subprocess.run([*command, str(folder), str(path)], check=True, capture_output=True, timeout=120)  # noqa: S603 - our own file
    return folder / f"{path.stem}.{form.partition(':')[0]}"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here")
def test_lists_saved_by_libreoffice_are_the_same(begun: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As xlsx, as xls and back, and as CSV: the same managers, rules and exceptions; and `lists` refreshes them."""
    assert begun.rkreport("lists").code == 0
    unit = str(listed(begun)["organization"][1][0])
    fill(
        begun.folder / "managers.xlsx",
        ("M-1", "Budi, S.E.", "budi@contoh.test", "", "id", "", unit),
        ("M-1", "", "", "", "", "00417"),
        ("M-2", "Ani é", "ani@contoh.test", "a@contoh.test; b@contoh.test", "", "", "", "Frontliner"),
    )
    fill(
        begun.folder / "exceptions.xlsx",
        ("00417", "*", date(2026, 12, 31), 'Cuti "besar"', "SDM"),
        ("7", "*", "31 Des 2026"),
    )
    before = load_config(begun.config)
    out = tmp_path_factory.mktemp("office")
    csv_filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
    for forms in (("xlsx",), ("xls", "xlsx"), (csv_filter,)):
        for name in ("managers", "exceptions"):
            path = begun.folder / f"{name}.xlsx"
            for form in forms:
                path = converted(path, form, out)
            shutil.copy(path, begun.folder / f"saved-{name}{path.suffix}")
        text = begun.config.read_text("utf-8")
        for name in ("managers", "exceptions"):
            text = text.replace(f'"{name}.xlsx"', f'"saved-{name}{path.suffix}"')
        other = begun.folder / "other.toml"
        other.write_text(text, "utf-8")
        after = load_config(other)
        assert (after.routing.managers, after.routing.rules) == (before.routing.managers, before.routing.rules), forms
        assert after.rules.exceptions == before.rules.exceptions, forms
        if path.suffix == ".xlsx":
            assert begun.rkreport("lists", "--config", "other.toml").code == 0
            again = load_config(other)
            assert (again.routing.rules, again.rules.exceptions) == (before.routing.rules, before.rules.exceptions)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here")
def test_libreoffice_keeps_the_drop_downs(begun: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It opens the list without a repair, and saves choices and text columns again."""
    assert begun.rkreport("lists").code == 0
    saved = converted(begun.folder / "managers.xlsx", "xlsx", tmp_path_factory.mktemp("office"))
    sheet = load_workbook(BytesIO(saved.read_bytes())).worksheets[0]
    assert {one.formula1 for one in sheet.data_validations.dataValidation} == {'"id,en"', "rk_units", "rk_tags"}
    assert sheet.column_dimensions["A"].number_format == "@"


def test_a_list_of_other_columns_is_refused(begun: Workspace) -> None:
    """A workbook that is no list is not made one."""
    (begun.folder / "managers.xlsx").write_bytes(list_book([("Nama", "Kota")]))
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert "managers.xlsx has none of the columns in its first row; they are: manager_id,name," in outcome.error


def test_many_users_are_not_read_by_doctor(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and where such rows are named instead."""
    monkeypatch.setattr("rkreport.run.setup.checks.lists.MOST_USERS", 10)
    (found,) = checks(configured.rkreport("doctor", "--json"), "Lists")
    assert (found["state"], "rkreport review names rows" in found["found"]) == ("skipped", True)


def test_lists_print_across_one_page(begun: Workspace) -> None:
    """Both sheets: all columns on A4 across, with their headers on each page; how a person set it up stays."""
    path = begun.folder / "managers.xlsx"
    assert begun.rkreport("lists").code == 0
    book = book_of(path)
    for sheet, header in zip(book.worksheets, (1, 3), strict=True):
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${header}:${header}"
    book.worksheets[0].page_setup.orientation = "portrait"
    book.save(path)
    assert begun.rkreport("lists").code == 0
    assert [sheet.page_setup.orientation for sheet in book_of(path).worksheets] == ["portrait", "landscape"]


def test_columns_of_one_width_keep_it(begun: Workspace) -> None:
    """Excel keeps such neighbours as one: after a refresh each column stands once in the file, as wide as before."""
    path = begun.folder / "managers.xlsx"
    one_width = b'<cols><col min="1" max="200" width="17" customWidth="1"/></cols>'

    def change(part: bytes) -> bytes:
        begin, end = part.index(b"<cols>"), part.index(b"</cols>") + len(b"</cols>")
        return part[:begin] + one_width + part[end:]

    path.write_bytes(with_part(path.read_bytes(), "xl/worksheets/sheet1.xml", change))
    assert begun.rkreport("lists").code == 0
    with ZipFile(path) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    columns = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<col [^>]*>", part)]
    assert {float(one["width"]) for one in columns} == {17}
    spans = [(int(one["min"]), int(one["max"])) for one in columns]
    assert [column for first, last in sorted(spans) for column in range(first, last + 1)] == list(range(1, 201))
