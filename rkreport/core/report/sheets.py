"""Plain sheets: the content of a workbook, without how Excel stores it.

The other modules of this folder build them, `rkreport.excel` draws them. Every text is final, in the reader's language.
It may come from the LMS and be hostile, so the drawing must write it as text and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple, TypeVar

from rkreport.core.models import Status
from rkreport.core.percent import Percent

DERIVED_MARK: Final = "≈"
"""Stands after a derived date, in cells and in the notes that explain it."""

Item = TypeVar("Item")

ROWS_PER_SHEET: Final = 1_048_500
"""Data rows on one worksheet; Excel's 1,048,576 less title block, header, total and footnotes."""


class Kind(StrEnum):
    """What the cells of a column are; None is an empty cell in each."""

    TEXT = "text"  # str, always text: ids keep their leading zeros
    NOTE = "note"  # str, long: wrapped
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # float, at most two decimals shown
    PERCENT = "percent"  # Percent
    POINTS = "points"  # Decimal, percentage points with sign; its decimals are shown
    DATE = "date"  # date
    MARKED_DATE = "marked_date"  # date, or DerivedDate, which is shown with a mark
    DATETIME = "datetime"  # naive datetime, already in the report's zone
    STATUS = "status"  # StatusCell
    LINK = "link"  # Link
    TREE = "tree"  # Indented: a text, set in as far as its level
    VALUE = "value"  # int or str: a number stays a number among texts
    INPUT_CHOICE = "input_choice"  # empty cell the reader fills from the column's choices
    INPUT_DATE = "input_date"  # empty cell the reader fills with a date
    INPUT_TEXT = "input_text"  # empty cell the reader fills with text


class StatusCell(NamedTuple):
    """A status with its word in the reader's language; the drawing adds symbol and fill. Tuples hash fast."""

    status: Status
    word: str


class DerivedDate(NamedTuple):
    """A date that the LMS does not give, so that another date stands in for it."""

    day: date


class Indented(NamedTuple):
    """A text of a tree. The drawing sets it in; `level` is 0 for a root."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to a sheet: to its first cell, or to the `row`-th data row (0 is the first) of its table."""

    text: str
    sheet: str  # key of the sheet in the same workbook
    row: int | None = None


Cell = str | int | float | Decimal | date | datetime | DerivedDate | Percent | StatusCell | Indented | Link | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width` in characters; None fits header and content, within 8 and 60, for a NOTE within 45.

    A `target` marks the numbers of a PERCENT column that are below it; in a table sheet it also gets
    bars from 0 to 100 %. A panel gets no bars: conditional formats are formulas, and a manager's workbook has none.
    The header of an upright column reads from below, and its cells stand in the middle. A column that `is_set_in` keeps
    its texts away from those of the column before it.
    """

    header: str
    kind: Kind
    width: float | None = None
    choices: tuple[str, ...] = ()  # of an INPUT_CHOICE column
    target: Fraction | None = None  # a share of 1
    is_upright: bool = False
    is_set_in: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: each call of `rows()` gives all `count` rows, each as long as `columns`.

    `name` is the stable name of the Excel table, the same in every language: `tblDetail`. `total` is drawn bold below
    the table, one row apart, so that sorting and filtering leave it alone. `sample` gives rows from all over a long
    list, at most about as many as asked, without making them all; the drawing measures them.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterable[Row]]
    count: int
    total: Row | None = None
    sample: Callable[[int], Iterable[Row]] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A titled small table on a summary, or a titled table below another."""

    title: str
    table: Table


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One square of a heat map: a rate and the numbers that it is made of, in one line, which lead to their rows.

    `shade` is 0 for none, and at most `SHADES`.
    """

    link: Link
    shade: int


SHADES: Final = 4


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A titled field of squares: `rows` with a name each, `columns` across; None where nothing counts.

    The names stand in the sheet's first column, the squares begin right of the frozen columns.
    """

    title: str
    note: str
    header: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class LiveRate:
    """A rate above the header that follows the filter: the sum of one column of 0 and 1 ÷ that of another.

    `part` and `whole` are column numbers, from 0; `sums` are theirs over all rows. `label` stands before the rate.
    """

    part: int
    whole: int
    sums: tuple[int, int]
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class TableSheet:
    """One table from row 6 on. `frozen_columns` stay in sight when scrolling; `empty_text` replaces missing rows.

    The levels of a column of `Indented` texts fold the rows. Paper has the first `printed_columns`, None is all.
    """

    key: str
    title: str  # the sheet's name on its tab, at most 31 characters
    table: Table
    frozen_columns: int = 0
    empty_text: str = ""
    footnotes: tuple[str, ...] = ()  # below table and total
    legend: tuple[str, ...] = ()  # of symbols, above the header
    live_rate: LiveRate | None = None
    printed_columns: int | None = None
    blocks: tuple[Panel | HeatMap, ...] = ()  # below the footnotes


@dataclass(frozen=True, slots=True)
class Kpi:
    """One headline number: label above, value large, note below (such as `812 of 930`), change against last month.

    Words that are too long for a card wrap; a newline in them starts a new line.
    """

    label: str
    value: Percent | int | None
    kind: Kind  # PERCENT or INTEGER
    note: str
    change: str  # in words with an arrow, or that last month had other rules, or ""


class ChartKind(StrEnum):
    """The two charts a summary may have."""

    STACKED_BAR = "stacked_bar"  # one bar per row, one segment per series column (coloured by status if it is one)
    LINE = "line"  # one line per series column over the rows


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart over a panel of the same sheet: `categories` and `series` are column numbers of its table.

    `series_status` gives the status each series stands for, for its colour; () when the series are not statuses.
    `alt_text` says in words what the picture shows, for readers who do not see it. A row without any value breaks the
    lines of a LINE chart there, and its category says why.
    """

    title: str
    kind: ChartKind
    panel: int
    categories: int
    series: tuple[int, ...]
    series_status: tuple[Status, ...] = ()
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class SummarySheet:
    """The first sheet: a headline, numbers, sentences, small tables, two charts at most, links to the other sheets."""

    key: str
    title: str
    kpis: tuple[Kpi, ...]
    sentences: tuple[str | Link, ...]
    panels: tuple[Panel, ...]
    charts: tuple[Chart, ...]
    contents: tuple[Link, ...]
    headline: str = ""


@dataclass(frozen=True, slots=True)
class NotesSection:
    """A heading and its lines: a term and what it means; a line without a term is a paragraph."""

    heading: str
    lines: tuple[tuple[str | StatusCell, str], ...]


@dataclass(frozen=True, slots=True)
class NotesSheet:
    """Definitions, for reading. A section that goes on on a further page begins there as `continued` says."""

    key: str
    title: str
    sections: tuple[NotesSection, ...]
    continued: str = "{heading}"


@dataclass(frozen=True, slots=True)
class StackedSheet:
    """A headline, sentences, and real tables below each other; the last may be long.

    `tables` is not empty unless there is nothing to tell but the headline. `footnotes` stand above the last table.
    """

    key: str
    title: str
    headline: str
    sentences: tuple[str, ...]
    tables: tuple[Panel, ...]
    footnotes: tuple[str, ...] = ()


Sheet = TableSheet | SummarySheet | NotesSheet | StackedSheet


HEADING_NAMES: Final = ("company", "report", "period", "as_of", "extracted", "host", "revision", "run")
"""What `Heading.values` holds: the single facts of the title block, each a text in the reader's language."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The title block on every sheet: rows 1 to 4, and a banner where the data are not complete.

    Row 1 `title` (company and report), rows 2 and 3 `lines` (period and as of; extracted and revision), row 4 the
    banner or empty, row 5 the link back to the first sheet.
    """

    title: str
    lines: tuple[str, str]
    banner: str  # "" when complete
    back: str  # text of the link back, such as "← Summary"
    footer: str  # left part of the printed footer; the page number is added
    page_of: str  # "Page {page} of {pages}" in the reader's language
    values: Mapping[str, str] = field(default_factory=dict)  # by `HEADING_NAMES`: for a brand's own title block


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """One workbook, whole. `created` is naive UTC and becomes the document's time, so that a build is repeatable."""

    title: str
    subject: str
    company: str
    language: str  # decides how Excel shows month names
    created: datetime
    heading: Heading
    sheets: tuple[Sheet, ...]
    continued: str = "{title} {number}"  # name of a further sheet, for rows past Excel's last row
    properties: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[StatusCell, ...] = ()  # all that a cell may show: a status column fits the longest


def table_of(name: str, columns: tuple[Column, ...], rows: Iterable[Row], total: Row | None = None) -> Table:
    """A table over few rows; long tables generate theirs."""
    kept = tuple(rows)
    return Table(name, columns, partial(_same, kept), len(kept), total)


def settled(plan: WorkbookPlan) -> WorkbookPlan:
    """The same plan with all rows made. It holds only what the file will hold, so another process can take it."""
    return replace(
        plan,
        sheets=tuple(
            replace(sheet, table=_in_memory(sheet.table)) if isinstance(sheet, TableSheet) else sheet
            for sheet in plan.sheets
        ),
    )


def spread(items: Sequence[Item], wanted: int) -> Sequence[Item]:
    """Items at equal distances, about as many as wanted, the first and the last among them; all of a short list."""
    if len(items) <= wanted:
        return items
    return (*items[:: -(-len(items) // wanted)], items[-1])


def _in_memory(table: Table) -> Table:
    return replace(table, rows=partial(_same, tuple(table.rows())), sample=None)


def _same(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return rows
