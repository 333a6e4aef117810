"""What every plan must keep, whatever it is about; used by the tests of master and manager workbooks."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from rkreport.core.percent import Percent
from rkreport.core.report.sheets import (
    Cell,
    DerivedDate,
    HeatMap,
    Indented,
    Kind,
    Link,
    Panel,
    Row,
    Sheet,
    StatusCell,
    SummarySheet,
    Table,
    TableSheet,
    WorkbookPlan,
)

_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.NOTE: (str,),
    Kind.INTEGER: (int,),
    Kind.DECIMAL: (float, int),
    Kind.PERCENT: (Percent,),
    Kind.POINTS: (Decimal,),
    Kind.DATE: (date,),
    Kind.MARKED_DATE: (date, DerivedDate),
    Kind.DATETIME: (datetime,),
    Kind.STATUS: (StatusCell,),
    Kind.LINK: (Link,),
    Kind.TREE: (Indented,),
    Kind.VALUE: (int, str),
    Kind.INPUT_CHOICE: (),
    Kind.INPUT_DATE: (),
    Kind.INPUT_TEXT: (),
}


def sheet_of(plan: WorkbookPlan, key: str) -> Sheet:
    """The sheet with this key."""
    (sheet,) = (sheet for sheet in plan.sheets if sheet.key == key)
    return sheet


def table_of(plan: WorkbookPlan, key: str) -> Table:
    """The table of the sheet with this key."""
    sheet = sheet_of(plan, key)
    assert isinstance(sheet, TableSheet)
    return sheet.table


def summary_of(plan: WorkbookPlan) -> SummarySheet:
    """The first sheet."""
    first = plan.sheets[0]
    assert isinstance(first, SummarySheet)
    return first


def records(table: Table) -> list[dict[str, Cell]]:
    """The rows by header."""
    headers = [column.header for column in table.columns]
    return [dict(zip(headers, row, strict=True)) for row in table.rows()]


def column(table: Table, header: str) -> list[Cell]:
    """The cells below a header."""
    return [record[header] for record in records(table)]


def total(table: Table) -> dict[str, Cell]:
    """The total row by header."""
    assert table.total is not None
    return dict(zip((column.header for column in table.columns), table.total, strict=True))


def everything(plan: WorkbookPlan) -> str:
    """All that the plan holds, its rows drawn out too, as one text to search in."""
    return repr(plan) + "".join(repr(row) for table in tables(plan) for row in table.rows())


def tables(plan: WorkbookPlan) -> Iterator[Table]:
    """All tables, those of summaries too."""
    for sheet in plan.sheets:
        if isinstance(sheet, TableSheet):
            yield sheet.table
            yield from (block.table for block in sheet.blocks if isinstance(block, Panel))
        elif isinstance(sheet, SummarySheet):
            yield from (panel.table for panel in sheet.panels)


def heat_maps(plan: WorkbookPlan) -> Iterator[HeatMap]:
    """All heat maps."""
    for sheet in plan.sheets:
        if isinstance(sheet, TableSheet):
            yield from (block for block in sheet.blocks if isinstance(block, HeatMap))


def assert_sound(plan: WorkbookPlan) -> None:
    """Rows as announced and given anew, cells as their columns say, headers unlike, links that lead somewhere."""
    rows_by_sheet = {sheet.key: sheet.table.count if isinstance(sheet, TableSheet) else 0 for sheet in plan.sheets}
    names = [table.name for table in tables(plan)]
    assert len(set(names)) == len(names)
    titles = [sheet.title for sheet in plan.sheets]
    assert len({title.casefold() for title in titles}) == len(titles)
    assert all(0 < len(title) <= 31 for title in titles)
    for table in tables(plan):
        headers = [column.header.casefold() for column in table.columns]
        assert len(set(headers)) == len(headers), table.name
        rows = list(table.rows())
        assert len(rows) == table.count
        assert list(table.rows()) == rows
        for row in rows:
            _assert_row(table, row, rows_by_sheet)
    for heat in heat_maps(plan):
        assert all(len(cells) == len(heat.columns) for _, cells in heat.rows)
        for cell in filter(None, (cell for _, cells in heat.rows for cell in cells)):
            _assert_leads(cell.link, rows_by_sheet)
    _assert_summary(summary_of(plan), rows_by_sheet)


def _assert_row(table: Table, row: Row, rows_by_sheet: dict[str, int]) -> None:
    for cell, column in zip(row, table.columns, strict=True):
        if cell is None:
            continue
        assert isinstance(cell, _TYPES[column.kind]), (table.name, column.header, cell)
        assert cell != ""
        if isinstance(cell, datetime):
            assert cell.tzinfo is None
        if isinstance(cell, Link):
            _assert_leads(cell, rows_by_sheet)


def _assert_summary(summary: SummarySheet, rows_by_sheet: dict[str, int]) -> None:
    assert [link.sheet for link in summary.contents] == list(rows_by_sheet)[1:]
    assert len(summary.charts) <= 2
    for sentence in summary.sentences:
        if isinstance(sentence, Link):
            _assert_leads(sentence, rows_by_sheet)
    for chart in summary.charts:
        columns = summary.panels[chart.panel].table.columns
        assert chart.series
        assert all(columns[number].kind in (Kind.INTEGER, Kind.PERCENT) for number in chart.series)
        assert columns[chart.categories].kind is Kind.TEXT


def _assert_leads(link: Link, rows_by_sheet: dict[str, int]) -> None:
    assert link.text
    assert link.sheet in rows_by_sheet
    assert link.row is None or 0 <= link.row < rows_by_sheet[link.sheet]
