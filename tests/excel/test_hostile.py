"""Hostile text in every place of a workbook that takes text: read by two readers, it is text and nothing else."""

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from rkreport.core.report.sheets import Link, NotesSheet, SummarySheet, TableSheet
from rkreport.excel.names import header_names
from rkreport.excel.text import clean, single_line
from rkreport.excel.workbook import write_workbook
from tests.excel.hostile import (
    LONG,
    SHORT,
    TEXTS,
    Hostile,
    assert_harmless,
    differences,
    grids_of_calamine,
    grids_of_openpyxl,
    hostile_plan,
    shown,
    table_cells,
)
from tests.excel.reading import parts

_QUICK = settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking writes hundreds of workbooks


def _assert_all_is_text(source: Hostile, path: Path) -> None:
    """The two readers agree on every cell, tables hold the cleaned values, and every other text is there whole."""
    write_workbook(source.plan, path)
    assert_harmless(path)
    sheets = grids_of_openpyxl(path)
    for one, other in zip(sheets, grids_of_calamine(path), strict=True):
        assert differences(one, other) == []
    for number, (columns, rows) in source.tables.items():
        header, *body = table_cells(sheets[number], len(columns), len(rows))
        assert header == list(header_names([column.header for column in columns]))
        assert body == [[shown(value) for value in row] for row in rows]
    head = source.plan.heading
    for number, grid in enumerate(sheets):
        title = str(grid.get((1, 1), ""))
        assert title.startswith(single_line(head.title)[:32_000])
        above = [grid.get((row, 1), "") for row in (2, 3, 4)]
        assert above == [single_line(text) for text in (*head.lines, head.banner)]
        assert grid.get((5, 1), "") == ("" if number == 0 else clean(head.back))


@_QUICK
@given(texts=TEXTS)
def test_any_text_anywhere_is_text(texts: list[str]) -> None:
    """Cells, headers, names, links, company, banner, footnotes, choices, cards, charts, notes: no text is more."""
    with tempfile.TemporaryDirectory() as folder:
        _assert_all_is_text(hostile_plan(texts), Path(folder) / "book.xlsx")


def test_the_worst_texts_are_text(tmp_path: Path) -> None:
    """The texts that trip other writers, each in turn in every kind of place."""
    for turn in range(0, len(SHORT), 5):
        _assert_all_is_text(hostile_plan((*SHORT[turn:], *SHORT[:turn])), tmp_path / "book.xlsx")


@pytest.mark.parametrize("long", LONG, ids=["letters", "formula", "emoji", "escapes", "words"])
def test_a_text_past_excels_limit_is_cut_in_every_place(tmp_path: Path, long: str) -> None:
    """40,000 characters in every place: two readers agree, and no cell has more than Excel can hold."""
    path = tmp_path / "book.xlsx"
    _assert_all_is_text(hostile_plan((long, "Sari")), path)
    cells = [value for grid in grids_of_openpyxl(path) for value in grid.values() if isinstance(value, str)]
    assert max(len(cell.encode("utf-16-le")) // 2 for cell in cells) <= 32_767


@_QUICK
@given(texts=TEXTS)
def test_every_text_of_summary_and_notes_is_there(texts: list[str]) -> None:
    """Wrapped or not, no letter of a card, a sentence, a link, a footnote or a definition is lost."""
    plan = hostile_plan(texts).plan
    summary, first, _, notes = plan.sheets
    assert isinstance(summary, SummarySheet)
    assert isinstance(first, TableSheet)
    assert isinstance(notes, NotesSheet)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(plan, path)
        on_summary, on_first, _, on_notes = map(_columns, grids_of_openpyxl(path))
    cards = [text for kpi in summary.kpis for text in (kpi.label, kpi.note, kpi.change)]
    lines = [line.text if isinstance(line, Link) else line for line in (*summary.sentences, *summary.contents)]
    _assert_there((*cards, *lines, summary.panels[0].title), on_summary)
    _assert_there(first.footnotes, on_first)
    headings = [section.heading for section in notes.sections]
    _assert_there((*headings, *(meaning for section in notes.sections for _, meaning in section.lines)), on_notes)


def _columns(grid: dict[tuple[int, int], object]) -> list[str]:
    """The texts of each column one below the other, without white space."""
    columns: dict[int, str] = {}
    for (_, column), value in sorted(grid.items()):
        columns[column] = columns.get(column, "") + _squeezed(str(value))
    return list(columns.values())


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _assert_there(texts: Iterable[str], columns: list[str]) -> None:
    for text in texts:
        assert any(_squeezed(clean(text)) in column for column in columns), repr(text)


@_QUICK
@given(texts=TEXTS)
def test_hostile_names_are_ones_that_excel_takes(texts: list[str]) -> None:
    """Sheets, tables and columns: valid, different without case, the same wherever they stand in the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(hostile_plan(texts).plan, path)
        book = load_workbook(path)
    names = [sheet.title for sheet in book]
    assert len({name.casefold() for name in names}) == 4
    tables = [table for sheet in book for table in sheet.tables.values()]
    assert len({table.displayName.casefold() for table in tables}) == len(tables) == 2
    assert all(table.name == table.displayName for table in tables)
    for sheet in book:
        for table in sheet.tables.values():
            cells = [unescape(str(cell.value)) for cell in sheet[6] if cell.value is not None]
            assert table.column_names == cells  # openpyxl unescapes these by itself


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=30), min_size=3, max_size=3))
@settings(max_examples=10, deadline=None)
def test_properties_hold_any_text(texts: list[str]) -> None:
    """Title, subject, company and keywords of the document are the cleaned ones, in a file that can be read."""
    title, company, keywords = texts
    source = hostile_plan(("Sari",)).plan
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_workbook(replace(source, title=title, company=company, properties={"keywords": keywords}), path)
        found = load_workbook(path).properties
        application = parts(path, "docProps/app.xml")
    assert (found.title or "", found.creator or "") == (single_line(title), single_line(company))
    assert (found.keywords or "") == single_line(keywords)
    assert len(application) == 1


@pytest.mark.parametrize(
    "name", ["Ü ñ 山田 🧪.xlsx", "'=1+1'.xlsx", "O'Brien & <b>.xlsx", "محمد.xlsx", "a;b,c%20.xlsx", "x" * 200 + ".xlsx"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    """A name that the file system takes is the file's, and nothing else is left in the folder."""
    if sys.platform == "win32" and "<" in name:
        pytest.skip("no name of a file there")
    written = write_workbook(hostile_plan(SHORT).plan, tmp_path / name)
    assert written.path.name == name
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert len(load_workbook(written.path).worksheets) == 4
