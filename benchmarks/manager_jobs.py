"""What a process does for the benchmark of managers' workbooks: writes many of them, or reads them back."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice, pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean

from benchmarks import manager_peers
from benchmarks.company import plans, without_lists
from benchmarks.looks import differing_cells
from rkreport.core.report.sheets import TableSheet, WorkbookPlan
from rkreport.run.garbage import collect_garbage_rarely

READ_BACK = 20  # workbooks
WITHOUT_LISTS = "rkreport_no_lists"


def plans_alone(plan: WorkbookPlan, path: Path) -> None:
    """Make all rows of a plan, which all others have to do too."""
    rows = (sheet.table.rows() for sheet in plan.sheets if isinstance(sheet, TableSheet))
    path.write_text(str(sum(1 for table in rows for _ in table)))


_WRITERS: dict[str, Callable[[WorkbookPlan, Path], None]] = {
    writer.__name__: writer
    for writer in (plans_alone, manager_peers.rkreport, manager_peers.openpyxl, manager_peers.xlsxwriter)
}
_WRITERS[WITHOUT_LISTS] = manager_peers.rkreport


def _plans(name: str, teams: Sequence[int]) -> Iterator[WorkbookPlan]:
    """What a writer is to write."""
    return map(without_lists, plans(teams)) if name == WITHOUT_LISTS else plans(teams)


def write_books(name: str, books: int, processes: int, folder: Path) -> float:
    """So many workbooks, one team each, in this process alone or shared out among so many others.

    Returns the processor seconds of writing one: reading the rows of a plan, not making the plan. Nor is it loading
    the library, which falls to the first workbook of a process.
    """
    if processes == 1:
        took = [_write_range(name, 0, books, folder)]
    else:
        ends = [books * part // processes for part in range(processes + 1)]
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            parts = [pool.submit(_write_range, name, first, last, folder) for first, last in pairwise(ends)]
            took = [part.result() for part in parts]
    later = [seconds for part in took for seconds in part[1:]]
    return fmean(later or chain.from_iterable(took))


def _write_range(name: str, first: int, last: int, folder: Path) -> list[float]:
    collect_garbage_rarely()  # as the program's processes do
    write = _WRITERS[name]
    took = []
    for number, plan in enumerate(_plans(name, range(first, last)), first):
        began = time.process_time()
        write(plan, _path(folder, number))
        took.append(time.process_time() - began)
    return took


def size_of_books(name: str, books: int) -> dict[str, float]:
    """Rows of the detail and cells of all tables of a workbook, the mean of the first ones."""
    made = [
        {
            sheet.key: (sheet.table.count, len(sheet.table.columns))
            for sheet in plan.sheets
            if isinstance(sheet, TableSheet)
        }
        for plan in _plans(name, range(books))
    ]
    return {
        "rows": sum(sizes["team_detail"][0] for sizes in made) / books,
        "cells": sum(rows * columns for sizes in made for rows, columns in sizes.values()) / books,
    }


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:04d}.xlsx"


def differing_book_cells(name: str, books: int, folder: Path) -> int:
    """How many cells of the tables of the first workbooks a reader finds to be other than they were."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - the writers' processes need it not

    differing = 0
    for number, plan in enumerate(_plans(name, range(min(books, READ_BACK)))):
        workbook = CalamineWorkbook.from_path(str(_path(folder, number)))
        for sheet in plan.sheets:
            if isinstance(sheet, TableSheet):
                headers = [column.header for column in sheet.table.columns]
                read = workbook.get_sheet_by_name(sheet.title).iter_rows()
                found = iter(read)
                next((row for row in found if row[: len(headers)] == headers), None)
                differing += differing_cells(sheet.table.rows(), islice(found, sheet.table.count), len(headers))
    return differing
