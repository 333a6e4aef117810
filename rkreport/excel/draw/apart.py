"""Keeps the texts of neighbouring columns apart: a full line of text ends where the next column begins. Pure."""

from dataclasses import replace
from itertools import pairwise

from rkreport.core.report.sheets import Column, HeatMap, Kind, NotesSheet, Panel, Sheet, SummarySheet, Table, TableSheet

_TEXTS = frozenset({Kind.TEXT, Kind.TREE, Kind.NOTE, Kind.LINK})
_SET_IN = frozenset({Kind.TEXT, Kind.LINK, Kind.STATUS, Kind.DATE, Kind.MARKED_DATE, Kind.DATETIME})


def apart(sheet: Sheet) -> Sheet:
    """Return a sheet whose tables set in what stands behind a column of text; panels of a summary have gaps."""
    if isinstance(sheet, SummarySheet | NotesSheet):
        return sheet
    if isinstance(sheet, TableSheet):
        blocks = tuple(block if isinstance(block, HeatMap) else _of_panel(block) for block in sheet.blocks)
        return replace(sheet, table=_of_table(sheet.table), blocks=blocks)
    return replace(sheet, tables=tuple(map(_of_panel, sheet.tables)))


def _of_panel(panel: Panel) -> Panel:
    return replace(panel, table=_of_table(panel.table))


def _of_table(table: Table) -> Table:
    further = (replace(own, is_set_in=_would_touch(before, own)) for before, own in pairwise(table.columns))
    return replace(table, columns=(*table.columns[:1], *further))


def _would_touch(before: Column, own: Column) -> bool:
    return before.kind in _TEXTS and own.kind in _SET_IN and not own.is_upright
