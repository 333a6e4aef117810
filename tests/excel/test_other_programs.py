"""Programs that know nothing of openpyxl open the workbooks: LibreOffice, and Microsoft's Open XML SDK.

Neither comes with the tests. Where one is not installed, its tests are skipped and say so.
"""

import csv
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from rkreport.excel.template.reader import read_brand
from rkreport.excel.workbook import write_workbook
from tests.excel.brands import SHIPPED, corporate, edited
from tests.excel.hostile import SHORT, Grid, differences, grids_of_calamine, hostile_plan
from tests.excel.sample import plan

_OFFICE = shutil.which("soffice")
_ALL_SHEETS_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
_VALIDATOR = os.environ.get("RKREPORT_OOXML_VALIDATOR", "")

needs_libreoffice = pytest.mark.skipif(_OFFICE is None, reason="LibreOffice is not installed (`soffice` on PATH)")
needs_validator = pytest.mark.skipif(
    not _VALIDATOR, reason="RKREPORT_OOXML_VALIDATOR names no program that runs the Open XML SDK on a file"
)


def _as_libreoffice_shows(path: Path) -> list[Grid]:
    """The sheets in order, as LibreOffice shows them; what it would save as .xlsx it escapes wrongly."""
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    profile = (path.parent / "profile").as_uri()
    command = [str(_OFFICE), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
    export = ["--convert-to", _ALL_SHEETS_AS_CSV, "--outdir", str(path.parent), str(path)]
    subprocess.run([*command, *export], check=True, capture_output=True, timeout=50)  # noqa: S603 - a program on PATH
    grids: list[Grid] = []
    for name in names:
        text = (path.parent / f"{path.stem}-{name}.csv").read_bytes().decode()
        rows = csv.reader(io.StringIO(text, newline=""))
        cells = ((row, column, cell) for row, line in enumerate(rows, 1) for column, cell in enumerate(line, 1))
        grids.append({(row, column): cell for row, column, cell in cells if cell})
    return grids


@needs_libreoffice
def test_libreoffice_shows_the_same_cells(tmp_path: Path) -> None:
    """LibreOffice opens a workbook full of hostile text and shows every text as it is: no formula, no lost zero."""
    path = tmp_path / "hostile.xlsx"
    write_workbook(hostile_plan(SHORT).plan, path)
    for ours, theirs in zip(grids_of_calamine(path), _as_libreoffice_shows(path), strict=True):
        texts: Grid = {place: value for place, value in ours.items() if isinstance(value, str)}
        assert differences(texts, {place: theirs.get(place) for place in texts}) == []
        assert theirs.keys() == ours.keys()


def _errors_found(path: Path) -> list[object]:
    """What the Open XML SDK finds wrong: the things that make Excel offer a repair, and more."""
    finished = subprocess.run([_VALIDATOR, str(path)], check=False, capture_output=True, text=True, timeout=50)  # noqa: S603 - named by whoever runs the tests
    assert finished.returncode in (0, 1), finished.stderr
    errors: list[object] = json.loads(finished.stdout)["errors"]
    return errors


@needs_validator
@pytest.mark.parametrize("language", ["en", "id"])
def test_the_open_xml_sdk_finds_no_error_in_a_report(tmp_path: Path, language: str) -> None:
    """A whole report with charts, tables, inputs, links and hostile text is valid in both languages."""
    path = tmp_path / "report.xlsx"
    write_workbook(plan(language, rows=60, banner="INCOMPLETE"), path)
    assert _errors_found(path) == []


@needs_validator
def test_the_open_xml_sdk_finds_no_error_in_hostile_text(tmp_path: Path) -> None:
    """Hostile text in every place that takes text leaves the file valid."""
    path = tmp_path / "hostile.xlsx"
    write_workbook(hostile_plan(SHORT).plan, path)
    assert _errors_found(path) == []


@needs_validator
def test_the_open_xml_sdk_finds_no_error_in_a_brand(tmp_path: Path) -> None:
    """A report in another brand, logo and all, is valid, and so is the template that comes with the program."""
    path = tmp_path / "report.xlsx"
    brand = read_brand(edited(corporate)).brand
    assert brand is not None
    write_workbook(plan(rows=60, banner="INCOMPLETE"), path, brand)
    assert _errors_found(path) == _errors_found(SHIPPED) == []
