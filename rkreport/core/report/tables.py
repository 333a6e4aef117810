"""Tables over rows held in memory; `rows()` can be called repeatedly."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from rkreport.core.report.sheets import Column, Row, Table, TableSheet, WorkbookPlan


def table_of(name: str, columns: tuple[Column, ...], rows: Iterable[Row], total: Row | None = None) -> Table:
    """A table over few rows; long tables generate theirs."""
    kept = tuple(rows)
    return Table(name, columns, partial(_same, kept), len(kept), total)


def settled(plan: WorkbookPlan) -> WorkbookPlan:
    """The same plan with all rows made. It holds only what the file will hold, so another process can take it."""
    return replace(
        plan,
        sheets=tuple(
            replace(sheet, table=_in_memory(sheet.table)) if isinstance(sheet, TableSheet) else sheet
            for sheet in plan.sheets
        ),
    )


def _in_memory(table: Table) -> Table:
    return replace(table, rows=partial(_same, tuple(table.rows())))


def _same(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return rows
