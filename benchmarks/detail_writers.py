"""The writers of the detail sheet that are compared: what each needs, and what it cannot do."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks import frame_writers, row_writers


@dataclass(frozen=True, slots=True)
class Writer:
    """One library used in one way. `needs` are modules, `note` is what its file lacks beside that of rkreport."""

    write: Callable[[int, Path], None]
    note: str
    needs: tuple[str, ...] = ()
    makes_a_workbook: bool = True

    @property
    def name(self) -> str:
        """As on the command line."""
        return self.write.__name__

    @property
    def missing(self) -> tuple[str, ...]:
        """Modules that are not installed."""
        return tuple(module for module in self.needs if find_spec(module) is None)


_ALL = (
    Writer(row_writers.rows_alone, "makes the rows, as all others do", makes_a_workbook=False),
    Writer(row_writers.rkreport, "title block, Excel table, roll-up with links, print set-up, file read again"),
    Writer(row_writers.openpyxl_write_only, "no table; about a fifth faster where lxml is installed", ("openpyxl",)),
    Writer(row_writers.xlsxwriter, "no table", ("xlsxwriter",)),
    Writer(row_writers.xlsxwriter_constant_memory, "no table", ("xlsxwriter",)),
    Writer(row_writers.pyexcelerate, "no table; text that begins with = becomes a formula", ("pyexcelerate",)),
    Writer(frame_writers.polars, "status fills by rule", ("polars", "xlsxwriter")),
    Writer(frame_writers.jetxl, "no table; number formats alone, status fills by rule", ("jetxl", "polars", "pyarrow")),
    Writer(row_writers.rustpy_xlsxwriter, "no table; status fills by rule", ("rustpy_xlsxwriter",)),
    Writer(row_writers.fastxlsxio, "no table, no frozen header; number formats alone", ("fastxlsxio",)),
    Writer(
        frame_writers.rapidxlsx,
        "no table, no looks at all; dates and moments as text",
        ("rapidxlsx", "polars", "numpy"),
    ),
)
WRITERS = {writer.name: writer for writer in _ALL}
