"""What is printed of whole workbooks: every sheet one page wide, with letters that can be read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from rkreport.core.models import Course
from rkreport.excel.workbook import write_workbook
from tests.excel import shapes

_A4, _A3 = 297 / 25.4 - 0.8, 420 / 25.4 - 0.8  # inches between the margins
_DIGIT = 7 / 96  # inches, at 10 points
_EVIDENCE = {"Detail", "Rincian", "Team detail", "Rincian tim"}
_MATRIX = {"Matrix", "Matriks"}
_BY_COURSE = {"By course", "Per kursus"}


def _points(sheet: Any) -> float:
    """How large letters of 10 points are printed when the printed area is fitted to one page."""
    area: Any = range_boundaries(sheet.print_area.partition("!")[2].replace("$", ""))
    first, _, last, _ = area
    width: float = sum(sheet.column_dimensions[get_column_letter(number)].width for number in range(first, last + 1))
    is_a3_lying = int(sheet.page_setup.paperSize) == 8 and sheet.page_setup.orientation == "landscape"
    page = _A3 if is_a3_lying else _A4
    return min(10.0, 10 * page / (width * _DIGIT))


def _sheets(folder: Path, courses: tuple[Course, ...], language: str) -> Iterator[Any]:
    run = shapes.shaped(40, courses, managers=2, months=2)
    for plan in (shapes.master(run, language), shapes.of_manager(run, language)):
        write_workbook(plan, folder / "book.xlsx")
        yield from load_workbook(folder / "book.xlsx").worksheets[1:]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("courses", [shapes.few_courses()[:1], shapes.few_courses(), shapes.long_courses(40)])
def test_every_sheet_is_one_page_wide(tmp_path: Path, courses: tuple[Course, ...], language: str) -> None:
    """The evidence of 6.5 points at least, a matrix of 40 courses of 7, everything else of 6.

    Large paper has the matrix, lying; upright, as wide as the usual, a list of courses that is too long for one page.
    """
    seen = set()
    for sheet in _sheets(tmp_path, courses, language):
        assert sheet.page_setup.fitToWidth == 1, sheet.title
        is_large = int(sheet.page_setup.paperSize) == 8
        is_upright = is_large and sheet.page_setup.orientation == "portrait"  # as wide as an A4 that lies
        assert not is_large or sheet.title in (_BY_COURSE if is_upright else _MATRIX)
        assert _points(sheet) >= (
            6.5 if sheet.title in _EVIDENCE else 7 if sheet.title in _MATRIX and is_large else 6
        ), sheet.title
        seen.add(sheet.title)
    assert len(seen & _EVIDENCE) == 2
