"""Workbooks as managers send them back: filled in with openpyxl, and saved by other programs."""

import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from rkreport.locale import load_words

SOFFICE = shutil.which("soffice")
HEADER_ROW = 6
INPUTS = ("reason", "planned_date", "note")
Entry = tuple[Any, Any, Any]


def sheet_of(book: Any, language: str = "en") -> Any:
    """The list of actions of an open workbook."""
    return book[load_words(language).text("sheet.action_needed.title")]


def columns_of(sheet: Any) -> dict[str, int]:
    """Column numbers by header."""
    return {str(cell.value): cell.column for cell in sheet[HEADER_ROW]}


def fill_in(source: Path, target: Path, entries: Mapping[str, Entry], language: str = "en") -> Path:
    """Write reason, date and note beside the rows of these employee ids, and save the file elsewhere."""
    book = load_workbook(source)
    sheet, words = sheet_of(book, language), load_words(language)
    columns = columns_of(sheet)
    places = [columns[words.text(f"column.{name}")] for name in INPUTS]
    found = set()
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        entry = entries.get(str(sheet.cell(row, 1).value))
        if entry:
            found.add(str(sheet.cell(row, 1).value))
            for column, value in zip(places, entry, strict=True):
                sheet.cell(row, column).value = value
    assert found == set(entries)
    target.parent.mkdir(exist_ok=True)
    book.save(target)
    return target


def saved_by_libreoffice(path: Path) -> Path:
    """Open the file in LibreOffice and save it again, in place."""
    assert SOFFICE
    out = path.parent / "converted"
    profile = (path.parent / "profile").absolute().as_uri()
    subprocess.run(  # noqa: S603 - a program of this machine
        [
            SOFFICE,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(out),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=50,
    )
    (out / path.name).replace(path)
    shutil.rmtree(out)
    shutil.rmtree(path.parent / "profile")
    return path


def entries_in(path: Path, language: str = "en") -> dict[str, Entry]:
    """Reason, date and note of the rows that have any, by employee id."""
    sheet, words = sheet_of(load_workbook(path), language), load_words(language)
    columns = columns_of(sheet)
    places = [columns[words.text(f"column.{name}")] for name in INPUTS]
    found = {}
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        values = [sheet.cell(row, column).value for column in places]
        reason, planned_on, note = values
        if any(values):
            day = planned_on.date() if hasattr(planned_on, "date") else planned_on
            found[str(sheet.cell(row, 1).value)] = (reason, day, note)
    return found


def day(text: str) -> date:
    """A day, for readable tables."""
    return date.fromisoformat(text)
