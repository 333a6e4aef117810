"""A small report in which every text is as hostile as it gets, and what must be read of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from rkreport.core.models import Status
from rkreport.core.report.labels import STATUS_SYMBOLS
from rkreport.core.report.sheets import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Kind,
    Kpi,
    Link,
    NotesSection,
    NotesSheet,
    Panel,
    Row,
    StatusCell,
    SummarySheet,
    Table,
    TableSheet,
    WorkbookPlan,
)
from rkreport.excel.text import clean
from tests.excel.reading import parts
from tests.excel.sample import CREATED, heading
from tests.excel.sample_words import HOSTILE
from tests.factories import percent

SHORT = (
    *HOSTILE,
    "00417",
    "_x000D_",
    "_x005F_x000D_",
    "one\r\ntwo\rthree",
    "\u202eXLSX.exe",
    "עברית و العربية",
    "+SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    "internal:Main!A1",
    "https://contoh.test/?a=1&b=2",
    "]]><!--<f>1+1</f>-->",
    "{page} {0}",
    "&P of &N",
    "\u2028\u2029\x85",
    " \n ",
    "",
)
LONG = ("x" * 40_000, "=" + "1+" * 20_000, "🧪" * 20_000, "_x0041_" * 6_000, "kata " * 8_000)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
FORMULA_LIKE = st.builds(str.__add__, st.sampled_from("=+-@\t\r#_"), ANY_TEXT)
TEXTS = st.lists(ANY_TEXT | FORMULA_LIKE | st.sampled_from(SHORT), min_size=5, max_size=30)

_DRAWN = (Kind.TEXT, Kind.NOTE, Kind.STATUS, Kind.LINK, Kind.INPUT_TEXT, Kind.INPUT_CHOICE)
_NUMBERS = Column("Number", Kind.INTEGER)
_ROWS = 6


@dataclass(frozen=True, slots=True)
class Hostile:
    """A plan, and the rows of its table sheets by the number of the worksheet."""

    plan: WorkbookPlan
    tables: dict[int, tuple[tuple[Column, ...], tuple[Row, ...]]]


def hostile_plan(texts: Sequence[str]) -> Hostile:
    """The texts, one after the other and again from the first, in every place of a plan that takes text."""
    source = cycle(texts)

    def text() -> str:
        return next(source)

    first, second = _table_sheet("one", text), _table_sheet("two", text)
    sheets = (_summary(text), first, second, _notes(text))
    back = _visible(text())
    head = replace(heading(), title=text(), lines=(text(), text()), banner=text(), back=back, footer=text())
    plan = WorkbookPlan(
        title=text(),
        subject=text(),
        company=text(),
        language="id",
        created=CREATED,
        heading=head,
        sheets=sheets,
        properties={"keywords": text(), "manager_id": text(), f"own {text()[:20]}": text()},
    )
    tables = {number: (sheet.table.columns, tuple(sheet.table.rows())) for number, sheet in ((1, first), (2, second))}
    return Hostile(plan, tables)


def _visible(text: str) -> str:
    """The text of a link: no report has a link without text, and openpyxl reads its target as its text."""
    return text if clean(text) else f"{text}→"


def _table_sheet(key: str, text: Any) -> TableSheet:
    choices = tuple(fitting for fitting in (clean(text()).replace(",", "")[:20] for _ in range(3)) if fitting)
    columns = tuple(
        Column(text()[:300], kind, choices=(choices or ("a",)) if kind is Kind.INPUT_CHOICE else ()) for kind in _DRAWN
    )
    statuses = cycle(Status)

    def value(kind: Kind) -> Cell:
        if kind is Kind.STATUS:
            return StatusCell(next(statuses), text())
        return Link(_visible(text()), "one", 0) if kind is Kind.LINK else text()

    rows = tuple(tuple(value(kind) for kind in _DRAWN) for _ in range(_ROWS))
    total: Row = (text(), text(), StatusCell(Status.OVERDUE, text()), Link(_visible(text()), "two"), None, None)
    table = Table(text()[:300] or "tbl", columns, lambda: rows, len(rows), total)
    return TableSheet(key, text(), table, 1, empty_text=text(), footnotes=(text(), text()))


def _summary(text: Any) -> SummarySheet:
    columns = (Column(text()[:300], Kind.TEXT), *(Column(f"{text()[:30]} {number}", Kind.INTEGER) for number in (1, 2)))
    rows: tuple[Row, ...] = tuple((text(), number, 2 * number) for number in range(3))
    panel = Panel(text(), Table(text(), columns, lambda: rows, len(rows), (text(), 3, 6)))
    return SummarySheet(
        key="summary",
        title=text(),
        kpis=(Kpi(text(), percent(0.5), Kind.PERCENT, text(), text()), Kpi(text(), None, Kind.INTEGER, text(), text())),
        sentences=(text(), Link(_visible(text()), "two", 1), text()),
        panels=(panel,),
        charts=(
            Chart(text(), ChartKind.STACKED_BAR, 0, 0, (1, 2), (Status.COMPLETED, Status.OVERDUE)),
            Chart(text(), ChartKind.LINE, 0, 0, (1,)),
        ),
        contents=(Link(_visible(text()), "one"), Link(_visible(text()), "notes")),
    )


def _notes(text: Any) -> NotesSheet:
    lines = ((text(), text()), ("", text()), (StatusCell(Status.EXPIRED, text()), text()))
    return NotesSheet("notes", text(), (NotesSection(text(), lines), NotesSection(text(), ((text(), text()),))))


def shown(value: Cell) -> object:
    """What a reader must find for a value of a table, `""` for an empty cell."""
    match value:
        case None:
            return ""
        case StatusCell(status, word):
            return clean(f"{STATUS_SYMBOLS[status]} {word}") if word else STATUS_SYMBOLS[status]
        case Link(text=text):
            return clean(text)
        case str():
            return clean(value)
        case _:
            return value


Grid = dict[tuple[int, int], object]
"""The cells that are not empty, by row and column from 1."""


def grids_of_openpyxl(path: Path) -> list[Grid]:
    """The sheets in order; openpyxl leaves Excel's escapes to its caller."""
    return [
        {
            (cell.row, cell.column): unescape(cell.value) if isinstance(cell.value, str) else cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in load_workbook(path)
    ]


def grids_of_calamine(path: Path) -> list[Grid]:
    """The same as an unrelated reader sees it."""
    book = CalamineWorkbook.from_path(str(path))
    return [
        {
            (row, column): value
            for row, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for column, value in enumerate(values, 1)
            if value != ""
        }
        for name in book.sheet_names
    ]


def differences(one: Grid, other: Grid) -> list[tuple[tuple[int, int], object, object]]:
    """The cells in which two readings differ, with both values."""
    places = sorted(one.keys() | other.keys())
    return [(place, one.get(place), other.get(place)) for place in places if one.get(place) != other.get(place)]


def table_cells(grid: Grid, columns: int, rows: int) -> list[list[object]]:
    """Header and rows of a table sheet."""
    return [[grid.get((row, column), "") for column in range(1, columns + 1)] for row in range(6, 7 + rows)]


_FORMULA = re.compile(r"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*)<|<(?:\w+:)?f\s*/>")
_OWN_CELLS = re.compile(r"'(?:[^']|'')+'!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")


def assert_harmless(path: Path) -> None:
    """No cell is a formula or an error, charts look at own cells alone, and nothing leads or looks outside the file."""
    found = parts(path, r".*\.(xml|rels)")
    assert not any("external" in name.lower() or "vba" in name.lower() for name in found)
    for name, text in found.items():
        formulas = [match[1] for match in _FORMULA.finditer(text)]
        if name.startswith("xl/charts/"):
            assert all(_OWN_CELLS.fullmatch(formula) for formula in _unescaped(formulas)), name
        else:
            assert not formulas, name
        assert not re.search(r'<c [^>]*t="(e|str)"', text), name
        assert "TargetMode" not in text or not name.endswith(".rels"), name
        assert "<extLst" not in text, name
        assert "externalReference" not in text, name


def _unescaped(formulas: Sequence[str]) -> Iterator[str]:
    for formula in formulas:
        yield formula.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
