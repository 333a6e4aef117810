"""Every word and number of a report can be read: it fits its cell, wraps, or shrinks. Nothing shows as ####."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from rkreport.core.models import Status
from rkreport.core.report.sheets import Column, Kind, Row, WorkbookPlan
from rkreport.excel.look.brand import HOUSE
from rkreport.excel.workbook import write_workbook
from tests.excel import shapes
from tests.excel.measured import misfits
from tests.excel.reading import plan_of, table_sheet

_SHAPES: dict[str, Callable[[], WorkbookPlan]] = {
    "6,000 people": lambda: shapes.master(shapes.shaped(6_000, shapes.few_courses(), managers=100), "id"),
    "40 courses": lambda: shapes.master(shapes.shaped(150, shapes.long_courses(40), months=13), "en"),
    "40 courses in Indonesian": lambda: shapes.master(shapes.shaped(60, shapes.long_courses(40), months=3), "id"),
    "40 courses, a team": lambda: shapes.of_manager(shapes.shaped(150, shapes.long_courses(40)), "id"),
    "400 units": lambda: shapes.master(shapes.shaped(1_000, shapes.few_courses(), units=400, managers=100), "en"),
    "none compliant": lambda: shapes.master(
        shapes.shaped(40, shapes.few_courses(), statuses=(Status.OVERDUE,), months=2), "id"
    ),
    "nobody": lambda: shapes.master(shapes.shaped(0, shapes.few_courses(), managers=1), "id"),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", _SHAPES)
def test_nothing_is_cut(tmp_path: Path, shape: str) -> None:
    """Whatever the company: another measurer finds no cell that shows less than it holds."""
    path = tmp_path / "book.xlsx"
    write_workbook(_SHAPES[shape](), path)
    assert list(misfits(path)) == []


@pytest.mark.slow
@pytest.mark.parametrize("font", ["Courier New", "Times New Roman", "Verdana"])
def test_nothing_is_cut_in_another_font(tmp_path: Path, font: str) -> None:
    """A brand's letters may be wider than the house's, or all of one width."""
    paints = tuple((role, replace(paint, font=font)) for role, paint in HOUSE.paints)
    path = tmp_path / "book.xlsx"
    write_workbook(shapes.master(shapes.shaped(200, shapes.few_courses()), "id"), path, replace(HOUSE, paints=paints))
    assert list(misfits(path)) == []


def test_a_long_list_is_judged_from_all_over(tmp_path: Path) -> None:
    """A value outside the sample shows whole: text wraps, numbers shrink, line ends do not overprint."""
    rows: list[Row] = [("short", 1, None, "a")] * 5_000
    rows[4_001] = ("long " * 12, 123_456_789_012, None, "Ayu\nLestari")
    columns = (Column("T", Kind.TEXT), Column("N", Kind.INTEGER), Column("D", Kind.DATE), Column("L", Kind.TEXT))
    sheet = table_sheet(columns, tuple(rows))
    lazy = replace(sheet.table, rows=lambda: iter(rows))
    path = tmp_path / "book.xlsx"
    write_workbook(plan_of(replace(sheet, table=lazy)), path)
    assert list(misfits(path)) == []


def test_what_a_manager_wrote_before_is_not_cut(tmp_path: Path) -> None:
    """A long note or reason in an input cell wraps; empty input cells keep the usual height."""
    columns = (
        Column("Reason", Kind.INPUT_CHOICE, choices=("Shift", "Other")),
        Column("Planned date", Kind.INPUT_DATE),
        Column("Note", Kind.INPUT_TEXT, width=30),
    )
    rows: tuple[Row, ...] = (
        (None, None, None),
        ("Alasan " * 15, date(2026, 12, 18), "Catatan " * 60),
        (None, None, None),
    )
    path = tmp_path / "book.xlsx"
    write_workbook(plan_of(table_sheet(columns, rows)), path)
    assert list(misfits(path)) == []
    book = load_workbook(path)
    heights = [book.worksheets[0].row_dimensions[row].height for row in (7, 8, 9)]
    assert heights[0] == heights[2] is None
    assert (heights[1] or 0) > 150
