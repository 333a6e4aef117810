"""What every built workbook keeps to: nothing hidden, nothing merged, nothing from outside, and all of it readable."""

import re
from collections.abc import Iterator
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook

from rkreport.excel.look.styles import STRIPE, WHITE
from tests.excel.contrast import contrast
from tests.run.conftest import WholeRun
from tests.run.workbooks import workbooks_of

_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|xl/(workbook|styles|sharedStrings)\.xml"
    r"|xl/theme/theme\d\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/(_rels/)?sheet\d+\.xml(\.rels)?"
    r"|xl/(drawings|charts)/(_rels/)?(drawing|chart)\d+\.xml(\.rels)?|xl/tables/table\d+\.xml|xl/media/image\d+\.png"
)


@pytest.fixture(scope="module")
def books(whole_run: WholeRun) -> dict[str, Workbook]:
    """The master and all managers' workbooks, by file name."""
    return {path.name: load_workbook(path) for path in workbooks_of(whole_run.workspace.built)}


def test_a_file_holds_nothing_but_sheets_charts_tables_and_pictures(whole_run: WholeRun) -> None:
    """No macro, comment, link to another workbook, query, embedded object or anything else that is not known."""
    for path in workbooks_of(whole_run.workspace.built):
        with ZipFile(path) as archive:
            assert [name for name in archive.namelist() if not _PARTS.fullmatch(name)] == []
            relations = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
        assert not any("TargetMode" in text for text in relations)


def test_nothing_is_hidden_or_merged(books: dict[str, Workbook]) -> None:
    """Every sheet, row and column shows, no cell is merged, and no cell has a comment."""
    for book in books.values():
        for sheet in book:
            assert sheet.sheet_state == "visible"
            assert not sheet.merged_cells.ranges
            assert not any(one.hidden for one in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values()))
            assert not any(cell.comment for row in sheet.iter_rows() for cell in row)
            assert not sheet.protection.sheet


def test_names_are_those_of_printing(books: dict[str, Workbook]) -> None:
    """The only defined names say what is printed and which rows repeat."""
    for book in books.values():
        assert not book.defined_names
        assert all(sheet.print_area for sheet in book)
        assert {name for sheet in book for name in sheet.defined_names} <= {"Print_Area", "Print_Titles"}


def test_every_word_can_be_read_with_weak_eyes(books: dict[str, Workbook]) -> None:
    """Every cell with a value has a contrast of 7:1 or more on its fill; without one, on white and on a stripe."""
    pairs = {pair for book in books.values() for pair in _colours(book)}
    assert len(pairs) > 5
    assert [pair for pair in sorted(pairs) if contrast(*pair) < 7] == []


def _colours(book: Workbook) -> Iterator[tuple[str, str]]:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    fills = (cell.fill.fgColor.rgb[2:],) if cell.fill.patternType == "solid" else (WHITE, STRIPE)
                    yield from ((cell.font.color.rgb[2:], fill) for fill in fills)
