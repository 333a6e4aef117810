"""CSV files as Excel in either language saves them: UTF-8 with or without BOM, comma or semicolon. Knows no column."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from rkreport.errors import ConfigError

_LARGEST_FILE_BYTES = 64 * 1024 * 1024


def read_table(path: Path, columns: Sequence[str], required: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and values (trimmed, by column) of each row that is not empty. Columns may come in any order.

    Raises:
        ConfigError: the file is missing, unreadable, not UTF-8, or lacks a column; names file, line, and what to do.
    """
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    header: list[str] | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _header(path, cells, columns, required)
                continue
            if len(cells) > len(header) and any(cells[len(header) :]):
                raise ConfigError(
                    f"{path}, line {reader.line_num}: has {len(cells)} values for {len(header)} columns;"
                    " put text that holds the separator in double quotes."
                )
            values = dict(zip(header, cells, strict=False))
            yield reader.line_num, {column: values.get(column, "") for column in columns}
    except csv.Error as error:
        raise ConfigError(
            f"{path}, line {reader.line_num}: is no valid CSV ({error}); save it again from Excel."
        ) from None
    if header is None:
        raise ConfigError(f"{path} is empty; its first line must name the columns: {','.join(columns)}.")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE_BYTES:
            raise ConfigError(f"{path} is larger than {_LARGEST_FILE_BYTES // 2**20} MB; it cannot be the right file.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; create it, or correct its name in the config.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or type(error).__name__}.") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(f'{path}, line {line}: is not UTF-8; in Excel save it as "CSV UTF-8".') from None


def _header(path: Path, cells: list[str], columns: Sequence[str], required: Sequence[str]) -> list[str]:
    header = [cell.casefold().replace(" ", "_") for cell in cells]
    missing = [column for column in required if column not in header]
    if missing:
        raise ConfigError(f'{path}: has no column "{missing[0]}"; its first line must be: {",".join(columns)}.')
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise ConfigError(f'{path}: has the column "{twice}" twice; remove one of them.')
    unknown = next((name for name in header if name and name not in columns), None)
    if unknown:
        raise ConfigError(f'{path}: has an unknown column "{unknown}"; the columns are: {",".join(columns)}.')
    return header
