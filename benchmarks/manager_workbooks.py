"""How many managers' workbooks are written in a second by rkreport and, built from nothing, by two peers.

A workbook has a summary with a chart, a list of actions, a matrix, 500 rows of detail, notes, and tables and links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree

from benchmarks.measuring import Took, answer_of_a_process, measured_in_a_process, say, say_skipped

_FEWEST = 20  # below that many, starting up would count for too much
_READ_BACK = 20


@dataclass(frozen=True, slots=True)
class BookWriter:
    """One library. `share` of the workbooks is enough to know its speed; `note` is what sets its files apart."""

    name: str
    needs: tuple[str, ...]
    share: float
    note: str
    makes_workbooks: bool = True

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed."""
        return tuple(module for module in self.needs if find_spec(module) is None)


BOOK_WRITERS = {
    writer.name: writer
    for writer in (
        BookWriter(
            "plans_alone", (), 1, "judges nothing, plans and makes all rows, as all others do", makes_workbooks=False
        ),
        BookWriter("rkreport", (), 1, "fitted widths, validations, own palette, file read again; logo on every sheet"),
        BookWriter("rkreport_no_lists", (), 1, "summary, chart, detail, notes and logo: no action list, no matrix"),
        BookWriter("openpyxl", ("openpyxl", "PIL"), 0.1, "equal widths, no validations; logo on every sheet"),
        BookWriter("xlsxwriter", ("xlsxwriter",), 0.2, "equal widths, no validations; logo on every sheet"),
    )
}


def compare_manager_workbooks(books: int, names: Sequence[str], folder: Path) -> None:
    """Measure each writer in one process and in two, and print a table."""
    say(
        "Managers' workbooks; fewer of the slow ones.\nWriting is that of one plan, its rows included: neither making"
        " people and plans, nor loading the library, which falls to the first workbook. Processor time, and what that"
        " is on one core\n"
    )
    say(
        f"{'writer':<18}{'processes':>10}{'books':>7}{'CPU s':>8}{'wall s':>8}{'books/s':>9}{'rows/s':>9}"
        f"{'cells each':>11}{'cells/s':>11}{'writing ms':>12}{'a core/s':>10}{'peak MB':>9}{'file KB':>9}"
        f"{'cells differ':>14}  note"
    )
    chosen = [BOOK_WRITERS[name] for name in names]
    for writer in chosen:
        if writer.missing:
            continue
        size = answer_of_a_process("size-of-books", writer.name, str(min(books, _READ_BACK)))
        for processes in (1, 2):
            count = min(books, max(_FEWEST, round(books * writer.share)))
            own = folder / f"{writer.name}-{processes}"
            own.mkdir()
            took = measured_in_a_process("write-books", writer.name, str(count), str(processes), str(own))
            _say_row(_Run(writer, processes, count, own, took), size["rows"], size["cells"])
            rmtree(own)
    say_skipped([(writer.name, writer.missing) for writer in chosen if writer.missing])
    say(f"The tables of the first {min(books, _READ_BACK)} workbooks of each were read back.\n")


@dataclass(frozen=True, slots=True)
class _Run:
    """So many workbooks, written by so many processes into a folder."""

    writer: BookWriter
    processes: int
    books: int
    folder: Path
    took: Took


def _say_row(run: _Run, rows: float, cells: float) -> None:
    """`rows` and `cells` are those of one workbook."""
    took, rate = run.took, run.books / run.took.wall_seconds
    writing = took.writing_seconds or took.cpu_seconds / run.books
    size, differing = "", ""
    if run.writer.makes_workbooks:
        size = f"{sum(path.stat().st_size for path in run.folder.iterdir()) / run.books / 2**10:.0f}"
        compared = answer_of_a_process("compare-books", run.writer.name, str(run.books), str(run.folder))
        differing = f"{compared['differing']:,.0f}"
    say(
        f"{run.writer.name:<18}{run.processes:>10}{run.books:>7}{took.cpu_seconds:>8.2f}{took.wall_seconds:>8.2f}"
        f"{rate:>9.1f}{rate * rows:>9,.0f}{cells:>11,.0f}{rate * cells:>11,.0f}{1_000 * writing:>12.1f}"
        f"{1 / writing:>10.1f}{took.peak_mb:>9.0f}{size:>9}{differing:>14}  {run.writer.note}"
    )
