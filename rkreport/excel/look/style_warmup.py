"""A specimen workbook with every kind of cell once. Drawing it registers all formats before the first report."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import (
    Cell,
    Column,
    DerivedDate,
    Heading,
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

_SUMMARY, _TABLE = "summary", "table"
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_HALF, _WHOLE = Percent(Fraction(1, 2), 1), Percent(Fraction(1), 1)
_SET_IN = (Kind.LINK, Kind.STATUS, Kind.DATE, Kind.MARKED_DATE, Kind.DATETIME)  # behind a text
_VALUES: dict[Kind, Cell] = {
    Kind.TEXT: "text",
    Kind.NOTE: "note",
    Kind.INTEGER: 1,
    Kind.DECIMAL: 0.5,
    Kind.PERCENT: _HALF,
    Kind.POINTS: Decimal("0.5"),
    Kind.DATE: date(2000, 1, 1),
    Kind.DATETIME: _CREATED,
    Kind.STATUS: StatusCell(Status.COMPLETED, "status"),
    Kind.LINK: Link("link", _SUMMARY),
    Kind.INPUT_CHOICE: None,
    Kind.INPUT_DATE: None,
    Kind.INPUT_TEXT: None,
    Kind.MARKED_DATE: DerivedDate(date(2000, 1, 1)),
}


def specimen(language: str) -> WorkbookPlan:
    """Return a plan with one sheet of each type and everything that can be on it."""
    columns = tuple(Column(kind.value, kind, choices=("choice",)) for kind in _VALUES)
    row: Row = tuple(_VALUES.values())
    table = Table("tblSpecimen", columns, lambda: (row,), 1, total=row)
    wide: Row = (10**15, 10**15)  # each spans several columns of the grid
    aimed = (replace(columns[4], header="target", target=Fraction(1)),)
    rates = Table("tblRates", aimed, lambda: ((_HALF,), (_WHOLE,)), 2, (_HALF,))
    numbers = Table("tblNumbers", (columns[2], replace(columns[2], header="i")), lambda: (wide,), 1)
    upright = (columns[1], *(replace(columns[index], is_upright=True) for index in (2, 8)))
    matrix = Table("tblMatrix", upright, lambda: (("note", 1, row[8]),), 1, (None, 1, "total"))
    kpi = Kpi("label", _HALF, Kind.PERCENT, "note", "change")
    count = replace(kpi, value=1, kind=Kind.INTEGER)
    long = replace(kpi, value=Percent(Fraction(10**12), 1)), replace(count, value=10**12)  # shrink to fit their cards
    summary = SummarySheet(
        key=_SUMMARY,
        title="Summary",
        kpis=(kpi, count, replace(kpi, value=None), *long),
        sentences=("sentence", Link("link", _TABLE)),
        panels=(
            Panel("panel", _narrow(table, 0, 7)),
            Panel("panel", _narrow(table, 7, 10)),
            Panel("panel", numbers),
            Panel("panel", rates),
        ),
        charts=(),
        contents=(Link("link", _TABLE),),
        headline="headline",
    )
    statuses = tuple((StatusCell(status, "status"), "meaning") for status in Status)
    notes = NotesSheet("notes", "Notes", (NotesSection("heading", (("", "text"), ("term", "meaning"), *statuses)),))
    return WorkbookPlan(
        title="Specimen",
        subject="",
        company="",
        language=language,
        created=_CREATED,
        heading=Heading("title", ("line", "line"), "banner", "back", "", "{page} {pages}"),
        sheets=(
            summary,
            TableSheet(_TABLE, "Table", table, footnotes=("footnote",)),
            TableSheet("rates", "Rates", rates),
            TableSheet("matrix", "Matrix", matrix, legend=("legend",)),
            TableSheet("apart", "Apart", _apart()),
            notes,
        ),
    )


def _apart() -> Table:
    """Return a table of each kind behind a text."""
    pairs = ((Kind.TEXT, kind) for kind in (*_SET_IN, Kind.TEXT))
    columns = tuple(Column(f"{number}", kind) for number, kind in enumerate(chain.from_iterable(pairs)))
    row = tuple(_VALUES[each.kind] for each in columns)
    return Table("tblApart", columns, lambda: (row,), 1, total=(None,) * len(columns))


def _narrow(table: Table, start: int, end: int) -> Table:
    """Return some columns of a one-row table."""
    row, total = next(iter(table.rows()))[start:end], (table.total or ())[start:end]
    return Table(f"{table.name}{start}", table.columns[start:end], lambda: (row,), 1, total)
