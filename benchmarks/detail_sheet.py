"""How fast a detail sheet of 26 styled columns is written by each writer, and whether it can be read back.

Every file is read by an unrelated reader and compared with the rows, cell by cell.
"""

from collections.abc import Sequence
from itertools import dropwhile, islice
from pathlib import Path

from benchmarks.detail_rows import COLUMNS, SHEET, detail_rows
from benchmarks.detail_writers import WRITERS
from benchmarks.looks import differing_cells
from benchmarks.measuring import answer_of_a_process, measured_in_a_process, say, say_skipped

_READ_BACK = 100_000  # rows at most: reading takes longer than writing


def compare_detail_sheets(rows: int, names: Sequence[str], folder: Path) -> None:
    """Measure each writer, one after the other, and print a table."""
    say(f"Detail sheet: {rows:,} rows × {len(COLUMNS)} columns; rows/s and cells/s are per second of a processor\n")
    say(
        f"{'writer':<28}{'CPU s':>8}{'wall s':>8}{'rows/s':>10}{'cells/s':>12}{'peak MB':>9}{'file MB':>9}"
        f"{'cells differ':>14}  note"
    )
    chosen = [WRITERS[name] for name in names]
    for writer in chosen:
        if writer.missing:
            continue
        path = folder / f"{writer.name}.xlsx"
        took = measured_in_a_process("write-detail", writer.name, str(rows), str(path))
        rate = rows / took.cpu_seconds
        size, differing = "", ""
        if writer.makes_a_workbook:
            compared = min(rows, _READ_BACK)
            size = f"{path.stat().st_size / 2**20:.1f}"
            differing = f"{answer_of_a_process('compare-detail', str(compared), str(path))['differing']:,.0f}"
        say(
            f"{writer.name:<28}{took.cpu_seconds:>8.2f}{took.wall_seconds:>8.2f}{rate:>10,.0f}"
            f"{rate * len(COLUMNS):>12,.0f}{took.peak_mb:>9.0f}{size:>9}{differing:>14}  {writer.note}"
        )
        path.unlink()
    say_skipped([(writer.name, writer.missing) for writer in chosen if writer.missing])
    say(f"The first {min(rows, _READ_BACK):,} rows of each file were read back.\n")


def differing_detail_cells(path: Path, count: int) -> int:
    """How many cells of the first rows a reader finds to be other than they were; missing rows differ whole."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - the writers' processes need it not

    headers = [column.header for column in COLUMNS]
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).iter_rows()
    found = dropwhile(lambda row: row[: len(headers)] != headers, read)
    next(found, None)
    return differing_cells(detail_rows(count), islice(found, count), len(headers))
