"""Table rows go into the file past openpyxl's cells, and nobody who reads it can tell."""

import re
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import (
    Cell,
    Column,
    DerivedDate,
    Kind,
    Link,
    Row,
    StatusCell,
    Table,
    TableSheet,
    WorkbookPlan,
)
from rkreport.excel.look.brand import HOUSE
from rkreport.excel.text import clean
from rkreport.excel.workbook import write_workbook
from tests.excel.drawn_by_cells import write_by_cells
from tests.excel.reading import drawn, parts, plan_of, table_sheet
from tests.excel.sample import plan
from tests.excel.sample_words import HOSTILE

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(HOSTILE)
DAYS = st.dates() | st.dates(date(1900, 2, 20), date(1900, 3, 10))
MOMENTS = st.datetimes() | st.datetimes(datetime(1900, 2, 27), datetime(1900, 3, 3))  # noqa: DTZ001 - naive is meant
NUMBERS = (
    st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, -0.0, 1, 1.0, 2**53, 2**53 + 1, float(2**53), 10**16, 1e16, 0.1 + 0.2])
)
PERCENTS = st.builds(Percent, st.fractions(0, 2), st.integers(1, 15))
STATUSES = st.builds(StatusCell, st.sampled_from(Status), ANY_TEXT)
# A link without text shows its target where openpyxl writes it, and nothing where we do; no report has one.
LINK_TEXT = ANY_TEXT.filter(lambda text: bool(clean(text).strip()))
LINKS = st.builds(Link, LINK_TEXT, st.just("main"), st.none() | st.just(0))
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: ANY_TEXT,
    Kind.NOTE: ANY_TEXT | st.just("long " * 60),
    Kind.INTEGER: NUMBERS,
    Kind.DECIMAL: NUMBERS,
    Kind.PERCENT: PERCENTS,
    Kind.POINTS: st.decimals(-100, 100, places=2) | st.decimals(-100, 100, places=1),
    Kind.DATE: DAYS,
    Kind.MARKED_DATE: DAYS | st.builds(DerivedDate, DAYS),
    Kind.DATETIME: MOMENTS,
    Kind.STATUS: STATUSES,
    Kind.LINK: LINKS | ANY_TEXT,
    Kind.INPUT_CHOICE: ANY_TEXT,
    Kind.INPUT_DATE: DAYS,
    Kind.INPUT_TEXT: ANY_TEXT,
}
ALL_KINDS = tuple(Column(kind.value, kind, choices=("a",) if kind is Kind.INPUT_CHOICE else ()) for kind in VALUES)
ROWS = st.lists(st.tuples(*(st.none() | values for values in VALUES.values())), min_size=1, max_size=6)


def _seen(path: Path) -> list[Any]:
    """All that openpyxl reads of a workbook's cells, and what calamine does."""
    seen: list[Any] = []
    for sheet in load_workbook(path):
        links = {cell.coordinate: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
        heights = {row: dimension.height for row, dimension in sheet.row_dimensions.items() if dimension.height}
        cells = [(cell.coordinate, cell.value, cell.data_type, _style(cell)) for row in sheet for cell in row]
        seen += [sheet.title, sheet.dimensions, links, heights, *cells]
    other = CalamineWorkbook.from_path(str(path))
    for name in other.sheet_names:
        rows = other.get_sheet_by_name(name).to_python(skip_empty_area=False)
        seen += rows
    return seen


def _style(cell: Any) -> tuple[Any, ...]:
    """What the table's styles differ in; their numbers follow the order of writing."""
    font, alignment = cell.font, cell.alignment
    shown = (cell.number_format, cell.quotePrefix, alignment.horizontal, alignment.wrap_text)
    return (*shown, font.color.rgb, font.b, font.i, font.u, cell.fill.fgColor.rgb, repr(cell.border.bottom))


def _assert_same(folder: Path, source: WorkbookPlan, **limits: int) -> None:
    streamed, by_cells = folder / "streamed.xlsx", folder / "cells.xlsx"
    write_workbook(source, streamed, **limits)
    write_by_cells(source, by_cells, HOUSE, **limits)
    assert _seen(streamed) == _seen(by_cells)


@settings(
    max_examples=20, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking takes minutes
@given(rows=ROWS)
def test_every_kind_is_as_if_drawn_by_cells(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    """Any values of any kinds are read back as openpyxl's own cells give them: value, type, style, link, height."""
    _assert_same(tmp_path_factory.mktemp("kinds"), plan_of(table_sheet(ALL_KINDS, tuple(rows))))


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_whole_report_is_as_if_drawn_by_cells(tmp_path: Path, language: str) -> None:
    """A report with hostile text, totals, footnotes, inputs and an empty table is the same either way."""
    _assert_same(tmp_path, plan(language, rows=600))


def test_continued_sheets_are_as_if_drawn_by_cells(tmp_path: Path) -> None:
    """Each part of a long table holds its own rows, and links past the limit are words, as with cells."""
    rows = tuple((str(number), Link(f"to {number}", "main", number)) for number in range(700))
    columns = (Column("Number", Kind.TEXT), Column("Link", Kind.LINK))
    sheet = table_sheet(columns, rows, total=("Total", None), footnotes=("The end.",))
    _assert_same(tmp_path, plan_of(sheet), rows_per_sheet=300, links_per_sheet=280)


def test_numbers_keep_all_their_digits() -> None:
    """A number is the same double when it is read; with 16 digits it might be its neighbour."""
    assert drawn(table_sheet((Column("N", Kind.DECIMAL),), ((0.1 + 0.2,),)))["Main"]["A7"].value == 0.1 + 0.2


def test_every_row_and_cell_says_where_it_is(tmp_path: Path) -> None:
    """Some readers count on references, and the area in use includes the table's rows."""
    path = tmp_path / "book.xlsx"
    columns = (*(Column(f"C{number}", Kind.TEXT) for number in range(28)), Column("N", Kind.INTEGER))
    write_workbook(plan_of(table_sheet(columns, ((*["x"] * 28, 1), (*["y"] * 28, 2)))), path)
    (xml,) = parts(path, "xl/worksheets/sheet1.xml").values()
    assert re.findall(r'<row r="(\d+)"', xml) == ["1", "2", "3", "6", "7", "8"]
    assert re.findall(r'<c r="(A[ABC]\d+)"', xml) == ["AA6", "AB6", "AC6", "AA7", "AB7", "AC7", "AA8", "AB8", "AC8"]
    assert '<dimension ref="A1:AC8"' in xml


def _misfits() -> Iterator[tuple[Kind, Sequence[Cell]]]:
    """Values that the last one contradicts, though it equals one that was seen before, or cannot be looked up."""
    unhashable: Any = ["Sari"]
    imitation: Any = Decimal(1)
    yield Kind.INTEGER, (1, 0, True)
    yield Kind.INTEGER, (1, 0, imitation)
    yield Kind.DECIMAL, (0.5, float("nan"))
    yield Kind.TEXT, ("417", 417)
    yield Kind.TEXT, ("Sari", unhashable)
    yield Kind.TEXT, ("Sari", Link("Sari", "main"))
    yield Kind.LINK, (Link("Sari", "main"), 3)
    yield Kind.STATUS, (None, "Overdue")


@pytest.mark.parametrize(("kind", "values"), list(_misfits()))
def test_a_misfit_is_refused_with_its_place(kind: Kind, values: Sequence[Cell]) -> None:
    """A wrong value deep in a table is named by row and column, never by itself, though an equal one was right."""
    rows = tuple((None, value) for value in (*list(values[:-1]) * 400, values[-1]))
    with pytest.raises(ValueError, match=rf"row {6 + len(rows)}, column 2: a \w+ cannot be drawn as") as caught:
        drawn(table_sheet((Column("A", Kind.TEXT), Column("B", kind)), rows))
    assert "Sari" not in str(caught.value)


@pytest.mark.parametrize("distinct", [3, 5_000, 12_000])
def test_a_column_is_right_however_often_its_values_repeat(tmp_path: Path, distinct: int) -> None:
    """Remembered, forgotten and remembered anew, or not at all: every cell holds its own value."""
    path = tmp_path / "book.xlsx"
    rows = tuple((f"<{number * 7 % distinct}>", number % distinct) for number in range(12_000))
    write_workbook(plan_of(table_sheet((Column("T", Kind.TEXT), Column("N", Kind.INTEGER)), rows)), path)
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Main").to_python()
    assert [tuple(row) for row in read[-12_000:]] == list(rows)


def _peak_bytes(folder: Path, count: int) -> int:
    columns = (Column("Id", Kind.TEXT), Column("Name", Kind.TEXT), Column("N", Kind.INTEGER), Column("D", Kind.DATE))
    day = date(2026, 10, 31)

    def rows() -> Iterator[Row]:
        return ((f"{number:06d}", f"Orang {number}", number, day) for number in range(count))

    sheet = TableSheet("main", "Main", Table("tblMain", columns, rows, count))
    tracemalloc.start()
    write_workbook(plan_of(sheet), folder / f"{count}.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Three times the rows, all different, take about the same memory: what is remembered of cells is bounded."""
    _peak_bytes(tmp_path, 10)  # what is imported and cached on first use
    assert _peak_bytes(tmp_path, 30_000) < 2 * _peak_bytes(tmp_path, 10_000)


def test_a_table_is_read_while_the_file_is_written(tmp_path: Path) -> None:
    """Rows are asked for one block at a time, and the whole table once beside the sample for the widths."""
    asked: list[int] = []

    def rows() -> Iterator[Row]:
        asked.append(0)
        for number in range(5_000):
            asked[-1] += 1
            yield (str(number),)

    sheet = TableSheet("main", "Main", Table("tblMain", (Column("A", Kind.TEXT),), rows, 5_000))
    write_workbook(plan_of(sheet), tmp_path / "book.xlsx")
    assert sorted(asked) == [2_000, 5_000]
