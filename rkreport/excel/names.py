"""Makes names of sheets, tables and table columns that Excel accepts without a repair. Pure; knows no sheet."""

import re
from collections.abc import Iterable, Sequence

from rkreport.excel.text import fit_units, single_line, utf16_units

SHEET_UNITS = 31  # UTF-16 units, Excel's limit
TABLE_UNITS = 255
HEADER_UNITS = 255
_GOES_ON = "…"

_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
_NOT_IN_TABLE_NAMES = re.compile(r"[^A-Za-z0-9_.]")
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*([Cc]\d*)?|[Cc]\d*")  # cell references in A1 and R1C1 style
_RESERVED = frozenset({"history"})  # Excel's own sheet of tracked changes


def sheet_names(titles: Iterable[str]) -> tuple[str, ...]:
    """Return a name per title, in order: allowed characters, at most 31 UTF-16 units, unique ignoring case."""
    names: list[str] = []
    taken: set[str] = set(_RESERVED)
    for title in titles:
        base = _NOT_IN_SHEET_NAMES.sub("-", single_line(title)).strip("' ") or "Sheet"
        name = _free(fit_units(base, SHEET_UNITS).strip("' "), taken, SHEET_UNITS, " {number}")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def table_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return a valid name per wanted table name, in order, unique ignoring case."""
    names: list[str] = []
    taken: set[str] = set()
    for one in wanted:
        base = _NOT_IN_TABLE_NAMES.sub("_", one)
        if not re.match("[A-Za-z_]", base) or _CELL_LIKE.fullmatch(base):
            base = "_" + base
        name = _free(base[:TABLE_UNITS], taken, TABLE_UNITS, "_{number}")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def header_names(headers: Sequence[str]) -> tuple[str, ...]:
    """Return a header per column, in order: a single line, not empty, unique ignoring case."""
    names: list[str] = []
    taken: set[str] = set()
    for number, header in enumerate(headers, 1):
        base = fitting_header(header) or f"#{number}"
        name = _free(base, taken, HEADER_UNITS, " {number}")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def fitting_header(header: str) -> str:
    """Return a header that fits, on one line; a mark tells that it goes on."""
    line = single_line(header)
    if utf16_units(line) <= HEADER_UNITS:
        return line
    return fit_units(line, HEADER_UNITS - len(_GOES_ON)).rstrip() + _GOES_ON


def _free(base: str, taken: set[str], units: int, suffix: str) -> str:
    """Return the base, or the base with the first free number from 2 on."""
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        ending = suffix.format(number=number)
        name = (fit_units(base, units - utf16_units(ending)).rstrip("' ") + ending).strip()
    return name
