"""Divides a plan into worksheets, and resolves links inside the workbook. Pure; draws nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from openpyxl.utils import quote_sheetname

from rkreport.core.report.sheets import Link, Panel, Sheet, StackedSheet, TableSheet, WorkbookPlan
from rkreport.excel.names import sheet_names, table_names

HEADER_ROW = 6  # below the title block (rows 1 to 4) and the link back (row 5)
FIRST_ROW = HEADER_ROW + 1

LINKS_PER_SHEET = 65_530  # Excel's limit; it repairs a sheet with more


@dataclass(frozen=True, slots=True)
class Tab:
    """One worksheet: a sheet of the plan, or a part of a long table sheet.

    It holds `count` data rows from the table's row `start` on; both are 0 on a sheet without a table. Of stacked tables
    these are the rows of the last one.
    """

    sheet: Sheet
    name: str
    table_names: tuple[str, ...] = ()
    start: int = 0
    count: int = 0
    is_last_part: bool = True

    @property
    def table_name(self) -> str:
        """The name of the last table on the sheet."""
        return self.table_names[-1]


@dataclass(frozen=True, slots=True)
class Targets:
    """The places of a plan's sheets, by key."""

    tabs: Mapping[str, tuple[Tab, ...]] = field(default_factory=dict)

    def location(self, link: Link) -> str:
        """Return a link's target cell, such as `'Detail 2'!A7`; ValueError if its sheet or row does not exist."""
        parts = self.tabs.get(link.sheet)
        if parts is None:
            raise ValueError(f"a link leads to sheet {link.sheet!r}, which the plan does not hold")
        if link.row is None:
            return f"{quote_sheetname(parts[0].name)}!A1"
        for part in parts:
            if part.start <= link.row < part.start + part.count:
                return f"{quote_sheetname(part.name)}!A{FIRST_ROW + link.row - part.start}"
        raise ValueError(f"a link leads to row {link.row} of sheet {link.sheet!r}, which has no such row")


def plan_tabs(plan: WorkbookPlan, rows_per_sheet: int) -> tuple[tuple[Tab, ...], Targets]:
    """Return the worksheets in order, with names that Excel accepts, and the targets of links."""
    parts = [part for sheet in plan.sheets for part in _parts(sheet, plan.continued, rows_per_sheet)]
    names = sheet_names(title for _, title, _, _ in parts)
    free = iter(table_names(table for _, _, tables, _ in parts for table in tables))
    tabs: list[Tab] = []
    for (sheet, _, tables, start), name in zip(parts, names, strict=True):
        own = tuple(islice(free, len(tables)))
        if isinstance(sheet, TableSheet):
            count = min(rows_per_sheet, sheet.table.count - start)
            is_last = start + count == sheet.table.count
            tabs.append(Tab(sheet, name, own, start, count, is_last))
        elif isinstance(sheet, StackedSheet) and sheet.tables:
            tabs.append(Tab(sheet, name, own, count=sheet.tables[-1].table.count))
        else:
            tabs.append(Tab(sheet, name))
    by_key = {sheet.key: tuple(tab for tab in tabs if tab.sheet is sheet) for sheet in plan.sheets}
    return tuple(tabs), Targets(by_key)


def _parts(sheet: Sheet, continued: str, rows_per_sheet: int) -> list[tuple[Sheet, str, tuple[str, ...], int]]:
    """Return sheet, title, names of tables and first row of each worksheet that a sheet needs."""
    if isinstance(sheet, StackedSheet):
        return [(sheet, sheet.title, tuple(each.table.name for each in sheet.tables), 0)]
    if not isinstance(sheet, TableSheet):
        return [(sheet, sheet.title, (), 0)]
    parts: list[tuple[Sheet, str, tuple[str, ...], int]] = [(sheet, sheet.title, (sheet.table.name,), 0)]
    for number, start in enumerate(range(rows_per_sheet, sheet.table.count, rows_per_sheet), 2):
        title = continued.format(title=sheet.title, number=number)
        parts.append((sheet, title, (f"{sheet.table.name}_{number}",), start))
    below = tuple(block.table.name for block in sheet.blocks if isinstance(block, Panel))
    _, title, names, start = parts[-1]
    parts[-1] = (sheet, title, (*below, *names), start)
    return parts
