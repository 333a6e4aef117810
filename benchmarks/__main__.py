"""How fast rkreport fetches, writes and waits, and how fast its peers do: side by side in one run.

    pip install --editable '.[benchmarks,dev]'
    python -m benchmarks [--rows N] [--books N] [--gate-seconds N] [--fetch-pages N]
        [--sizes N ...] [--plot FILE] [--writers rkreport xlsxwriter ...]

Needs Linux or macOS. Every writer and every client runs in a process of its own, and making the rows is part of what a
writer costs; it also stands alone. A 0 for `--rows`, `--books`, `--gate-seconds`, `--fetch-pages`
or `--sizes` leaves it out.
"""

import argparse
import platform
import tempfile
from pathlib import Path

from benchmarks.detail_sheet import compare_detail_sheets
from benchmarks.detail_writers import WRITERS
from benchmarks.fetch_clients import CLIENTS
from benchmarks.fetching import cases_of, compare_fetches
from benchmarks.gate import compare_gates
from benchmarks.manager_workbooks import BOOK_WRITERS, compare_manager_workbooks
from benchmarks.measuring import say
from benchmarks.whole_run import compare_sizes

_NAMES = tuple(dict.fromkeys((*WRITERS, *BOOK_WRITERS)))


def main() -> None:
    """Print one table each for the detail sheet, the managers' workbooks, the rate limit and each case of fetching."""
    options = _options()
    say(f"Python {platform.python_version()}, {platform.machine()}; on a shared machine ratios count, not times\n")
    with tempfile.TemporaryDirectory() as folder:
        if options.rows:
            compare_detail_sheets(options.rows, [name for name in WRITERS if name in options.writers], Path(folder))
        if options.books:
            names = [name for name in BOOK_WRITERS if name in options.writers]
            compare_manager_workbooks(options.books, names, Path(folder))
        if any(options.sizes):
            compare_sizes(options.sizes, Path(folder) / "whole", options.plot)
    if options.gate_seconds:
        compare_gates(options.gate_seconds)
    if options.fetch_pages:
        compare_fetches(cases_of(options.fetch_pages), options.clients, options.fetch_times)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="The same workbooks by several libraries.")
    parser.add_argument("--rows", type=int, default=100_000, help="of the detail sheet; 0 leaves it out")
    parser.add_argument("--books", type=int, default=300, help="managers' workbooks; 0 leaves them out")
    parser.add_argument("--gate-seconds", type=float, default=10, help="of waiting at a rate limit; 0 leaves it out")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[60_000, 250_000], metavar="N", help="assignments of whole runs"
    )
    parser.add_argument("--plot", type=Path, help="a picture of how the whole run grows")
    parser.add_argument("--fetch-pages", type=int, default=1_500, help="of all lists together; 0 leaves it out")
    parser.add_argument("--fetch-times", type=int, default=3, help="how often each client fetches")
    parser.add_argument(
        "--clients", nargs="+", choices=CLIENTS, default=list(CLIENTS), metavar="CLIENT", help="; ".join(CLIENTS)
    )
    parser.add_argument(
        "--writers", nargs="+", choices=_NAMES, default=_NAMES, metavar="WRITER", help=", ".join(_NAMES)
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
