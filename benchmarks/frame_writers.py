"""The detail sheet by libraries that take a whole frame; making the frame of the rows is part of what they cost.

Each function takes the number of rows and the file to write, and imports its own library: a process pays for one.
"""
# ruff: noqa: PLC0415 - as above

from pathlib import Path
from typing import Any

from benchmarks.detail_rows import COLUMNS, SHEET, detail_rows
from benchmarks.looks import FILLS, FONT, FONT_SIZE, LINE, NUMBER_FORMATS, SYMBOL, shown
from rkreport.core.report.sheets import Kind, StatusCell

_FORMATS = {column.header: NUMBER_FORMATS[column.kind] for column in COLUMNS}
(_STATUS,) = (number for number, column in enumerate(COLUMNS) if column.kind is Kind.STATUS)


def _frame(rows: int) -> Any:  # noqa: ANN401 - a polars frame; polars is not imported here
    """The rows as columns of their own types."""
    import polars as pl

    types = {
        Kind.INTEGER: pl.Int64,
        Kind.DECIMAL: pl.Float64,
        Kind.DATE: pl.Date,
        Kind.DATETIME: pl.Datetime("ms"),
    }
    plain = [[shown(value) if isinstance(value, StatusCell) else value for value in row] for row in detail_rows(rows)]
    schema = {column.header: types.get(column.kind, pl.String) for column in COLUMNS}
    return pl.DataFrame(plain, schema=schema, orient="row")


def polars(rows: int, path: Path) -> None:
    """Polars' `write_excel`, which is XlsxWriter below; statuses by rule."""
    rules = [
        {
            "type": "cell",
            "criteria": "==",
            "value": f'"{SYMBOL} {status.value}"',
            "format": {"bg_color": f"#{fill}"},
        }
        for status, fill in FILLS.items()
    ]
    look = {"font_name": FONT, "font_size": FONT_SIZE, "bottom": 1, "bottom_color": f"#{LINE}"}
    _frame(rows).write_excel(
        path,
        SHEET,
        column_formats={header: {**look, "num_format": code} for header, code in _FORMATS.items()},
        conditional_formats={COLUMNS[_STATUS].header: rules},
        freeze_panes=(1, 3),
    )


def jetxl(rows: int, path: Path) -> None:
    """By Arrow; statuses by rule."""
    from jetxl import write_sheet_arrow

    rules = [
        {
            "start_row": 2,
            "start_col": _STATUS,
            "end_row": rows + 1,
            "end_col": _STATUS,
            "rule_type": "cell_value",
            "operator": "equal",
            "value": f'"{SYMBOL} {status.value}"',
            "priority": priority,
            "style": {"fill": {"pattern": "solid", "fg_color": f"FF{fill}", "bg_color": f"FF{fill}"}},
        }
        for priority, (status, fill) in enumerate(FILLS.items(), 1)
    ]
    write_sheet_arrow(
        _frame(rows).to_arrow(),
        str(path),
        sheet_name=SHEET,
        auto_filter=True,
        freeze_rows=1,
        freeze_cols=3,
        styled_headers=True,
        column_formats={header: code.replace(" ", "\\ ") for header, code in _FORMATS.items()},  # it refuses blanks
        conditional_formats=rules,
    )


def rapidxlsx(rows: int, path: Path) -> None:
    """By a frame; the library knows no looks."""
    from rapidxlsx import write

    write(path, _frame(rows), sheet_name=SHEET)
