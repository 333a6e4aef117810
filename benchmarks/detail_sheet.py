"""How fast a detail sheet of 26 styled columns is written: by rkreport, by openpyxl and by XlsxWriter, in one run.

    python -m benchmarks.detail_sheet [--rows N] [--writers rkreport xlsxwriter ...]

Needs the extras `benchmarks` and `dev`, and Linux or macOS. Every writer runs in a process of its own. Seconds are the
processor's and memory is the peak, both of the whole process with its imports; `rows_alone` only makes the rows.
At last the file of rkreport is read back by an unrelated reader and compared with the rows.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TypedDict

from benchmarks.detail_rows import COLUMNS, detail_rows
from benchmarks.detail_writers import SHEET, WRITERS
from rkreport.core.report.sheets import StatusCell

_ABOVE = 6  # rows of rkreport's sheet before the data
_READ_BACK = 100_000  # rows


class Measured(TypedDict):
    """What one process took."""

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float
    file_mb: float


def main() -> None:
    """Measure each writer, one after the other, and print a table."""
    options = _options()
    if options.child:
        print(json.dumps(_measure(options.child, options.rows, Path(options.path))))  # noqa: T201 - to the parent
        return
    with tempfile.TemporaryDirectory() as folder:
        _print(f"{options.rows:,} rows × {len(COLUMNS)} columns, Python {sys.version.split()[0]}\n")
        _print(f"{'writer':<28}{'CPU s':>8}{'wall s':>8}{'rows/s':>10}{'cells/s':>12}{'peak MB':>9}{'file MB':>9}")
        for name in options.writers:
            one = _in_a_process(name, options.rows, Path(folder) / f"{name}.xlsx")
            rate = options.rows / one["cpu_seconds"]
            figures = (
                f"{one['cpu_seconds']:>8.2f}{one['wall_seconds']:>8.2f}{rate:>10,.0f}{rate * len(COLUMNS):>12,.0f}"
            )
            _print(f"{name:<28}{figures}{one['peak_mb']:>9.0f}{one['file_mb']:>9.1f}")
        ours = Path(folder) / "rkreport.xlsx"
        if ours.exists():
            count = min(options.rows, _READ_BACK)
            _print(f"\nrkreport's first {count:,} rows read back: {_differences(ours, count)} cells differ")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write one detail sheet with several libraries.")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--writers", nargs="+", choices=list(WRITERS), default=list(WRITERS))
    parser.add_argument("--child", choices=list(WRITERS), help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(name: str, rows: int, path: Path) -> Measured:
    command = [sys.executable, "-m", __spec__.name, "--rows", str(rows), "--child", name, "--path", str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    measured: Measured = json.loads(answer.stdout)
    return measured


def _measure(name: str, rows: int, path: Path) -> Measured:
    began = time.perf_counter()
    WRITERS[name](rows, path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "wall_seconds": time.perf_counter() - began,
        "peak_mb": used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
        "file_mb": path.stat().st_size / 2**20,
    }


def _differences(path: Path, count: int) -> int:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - the writers' processes need it not

    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).iter_rows()
    pairs = zip(islice(read, _ABOVE, _ABOVE + count), detail_rows(count), strict=True)
    differing = 0
    for found, row in pairs:
        for cell, value in zip(found, row, strict=True):
            if isinstance(value, StatusCell):
                differing += not str(cell).endswith(f" {value.word}")
            else:
                differing += cell != ("" if value is None else value)
    return differing


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the result


if __name__ == "__main__":
    main()
