"""Turns a plan into a file: composes the sheets and writes the workbook whole or not at all.

Knows the other modules of this folder; must not know where a plan comes from nor who gets the file.
"""

import errno
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile

from rkreport.core.report.sheets import (
    ROWS_PER_SHEET,
    Link,
    NotesSheet,
    StackedSheet,
    SummarySheet,
    TableSheet,
    WorkbookPlan,
)
from rkreport.errors import OutputError
from rkreport.excel.draw import title_block
from rkreport.excel.draw.apart import apart
from rkreport.excel.draw.blocks import draw_blocks
from rkreport.excel.draw.canvas import Canvas
from rkreport.excel.draw.notes import draw_notes
from rkreport.excel.draw.stacked import draw_stacked_sheet
from rkreport.excel.draw.summary import draw_summary
from rkreport.excel.draw.table import DrawnTable, PlacedTable, Reading, draw_table_sheet
from rkreport.excel.draw.tabs import LINKS_PER_SHEET, plan_tabs
from rkreport.excel.look.brand import HOUSE, Brand
from rkreport.excel.look.cell_rules import CellRules
from rkreport.excel.look.style_sheet import Styles
from rkreport.excel.look.style_warmup import specimen
from rkreport.excel.ooxml import package
from rkreport.excel.ooxml.deflate import check_whole
from rkreport.excel.ooxml.properties import Properties, properties_of
from rkreport.excel.ooxml.sheet import DrawnSheet
from rkreport.files import reason_of, sha256_of
from rkreport.sentence import Sentence


@dataclass(frozen=True, slots=True)
class WrittenWorkbook:
    """A file on the disk. `rows` counts the data rows of each table sheet by key, over all its parts."""

    path: Path
    sha256: str
    rows: Mapping[str, int]


def write_workbook(
    plan: WorkbookPlan,
    path: Path,
    brand: Brand = HOUSE,
    /,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
    links_per_sheet: int = LINKS_PER_SHEET,
) -> WrittenWorkbook:
    """Write a plan as one .xlsx file, readable only by its owner; replace an existing file.

    The same plan in the same brand gives the same bytes. Raises OutputError, and leaves nothing behind, if the file
    cannot be written. Raises ValueError for a plan that contradicts itself: a link to nowhere, an invalid number, fewer
    rows than announced.
    """
    drawn = draw_workbook(plan, brand, rows_per_sheet, links_per_sheet)
    try:
        sha256 = _write_whole(path, drawn)
    except (OSError, BadZipFile, LargeZipFile) as error:
        raise OutputError(_sentence(path, error)) from error
    rows = {sheet.key: sheet.table.count for sheet in plan.sheets if isinstance(sheet, TableSheet)}
    return WrittenWorkbook(path, sha256, rows)


@dataclass(frozen=True, slots=True)
class DrawnWorkbook:
    """All of a file except the data rows of its tables, which are still to be read once and in order."""

    properties: Properties
    sheets: list[DrawnSheet]
    styles: Styles


def draw_workbook(plan: WorkbookPlan, brand: Brand, rows_per_sheet: int, links_per_sheet: int) -> DrawnWorkbook:
    """Draw a plan in a brand. ValueError as `write_workbook`."""
    made = compiled_rules(plan.language, brand)
    rules = CellRules(made.styles.copied(), made)
    sheets = _draw_sheets(plan, rules, rows_per_sheet, links_per_sheet)
    return DrawnWorkbook(properties_of(plan), sheets, rules.styles)


@cache
def compiled_rules(language: str, brand: Brand) -> CellRules:
    """Return the rules that nearly all workbooks need, made by drawing a specimen of every kind of cell.

    This registers the formats, and makes their part of the file, once for many workbooks.
    """
    rules = CellRules(Styles(language, brand))
    _draw_sheets(specimen(language), rules, ROWS_PER_SHEET, LINKS_PER_SHEET)
    rules.styles.xml()
    return rules


def _draw_sheets(plan: WorkbookPlan, rules: CellRules, rows_per_sheet: int, links_per_sheet: int) -> list[DrawnSheet]:
    """Draw every sheet in order; the data rows of tables are still to be read."""
    if not plan.sheets:
        raise ValueError("a workbook needs a sheet")
    tabs, targets = plan_tabs(replace(plan, sheets=tuple(map(apart, plan.sheets))), rows_per_sheet)
    readings: dict[str, Reading] = {}
    drawn: list[DrawnSheet] = []
    for tab in tabs:
        canvas = Canvas(tab.name, rules, targets, links_per_sheet)
        back = None if tab is tabs[0] else Link(plan.heading.back, plan.sheets[0].key)
        table: DrawnTable | None = None
        placed: tuple[PlacedTable, ...] = ()
        match tab.sheet:
            case SummarySheet() as summary:
                draw_summary(canvas, summary, plan.heading, back)
            case NotesSheet() as notes:
                draw_notes(canvas, notes, plan.heading, back)
            case TableSheet() as sheet:
                if sheet.key not in readings:
                    readings[sheet.key] = Reading.of(sheet.table)
                body = draw_table_sheet(canvas, tab, readings[sheet.key], plan.heading, back, statuses=plan.statuses)
                placed, table = draw_blocks(canvas, tab, body, readings[sheet.key].sample)
            case StackedSheet() as stacked:
                placed, table = draw_stacked_sheet(canvas, tab, stacked, plan.heading, back)
        title_block.fit_to_brand(canvas)
        drawn.append(DrawnSheet(canvas, table, placed))
    return drawn


def _write_whole(path: Path, drawn: DrawnWorkbook) -> str:
    """Write beside the target, read the file back, then move it into place; return its SHA-256.

    mkstemp makes a file that only its owner can read, under an unused name.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            entries = package.save(stream, drawn.properties, drawn.sheets, drawn.styles.xml())
            stream.flush()
            os.fsync(stream.fileno())
        sha256 = sha256_of(part)
        check_whole(part, entries)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)  # after success the file is already moved
    return sha256


def _sentence(path: Path, error: OSError | BadZipFile | LargeZipFile) -> str:
    where = Sentence("{name} could not be written to {parent}", name=path.name, parent=path.parent)
    if isinstance(error, LargeZipFile):
        return Sentence(
            "{where}: sheet {error} is larger than the 2 GB that Excel opens; list fewer courses per config file.",
            where=where,
            error=error,
        )
    if isinstance(error, BadZipFile):
        return Sentence("{where}: what was written cannot be read back; check the disk and build again.", where=where)
    if isinstance(error, PermissionError):
        return Sentence(
            "{where}: it is open in Excel, or the folder may not be written to; close it and build again.", where=where
        )
    if isinstance(error, FileNotFoundError):
        return Sentence("{where}: the folder does not exist; create it and build again.", where=where)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Sentence("{where}: the disk is full; make room and build again.", where=where)
    return Sentence("{where}: {reason}; check the folder and build again.", where=where, reason=reason_of(error))
