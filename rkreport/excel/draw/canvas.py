"""Draws on a worksheet cell by cell: cells, row heights and links.

Must not know what belongs where; `cell_rules` decides what a value becomes. The canvas keeps cells in stored form.
An openpyxl cell costs 40 times as much, and takes some texts for formulas or errors.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from openpyxl.utils import get_column_letter, range_boundaries

from rkreport.core.report.sheets import Cell, Column, Kind, Link
from rkreport.excel.draw.layout import Layout
from rkreport.excel.draw.tabs import Tab, Targets
from rkreport.excel.look.brand import Brand
from rkreport.excel.look.cell_rules import CellRules, Misfit, Rule, Stored
from rkreport.excel.look.styles import LINK, CellFormat
from rkreport.excel.text import stored

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation

    from rkreport.excel.draw.charts import PlacedChart
    from rkreport.excel.draw.logo import PlacedLogo

Pen = Callable[[int, int, Cell], None]
"""Draws one value at a row and a column, both from 1."""


class Canvas:
    """A worksheet to draw on. Raises ValueError for a value that the kind of its column cannot hold.

    `name` is the tab's name. `cells` are keyed by row and column. `heights` of rows are in points, `widths` of columns
    in characters. `links` lead from a cell such as `A5` to a place in the file. `bars` are areas of shares, such as
    `C7:C40`, with a bar behind each. `logo`, `charts` and `validations` lie over the cells. `printed` is the printed
    area, such as `A1:F40`, `banner_end` the last column that a banner's words reach, and `header_rows` the rows that
    every page repeats; pages beside the first repeat the first `header_columns` columns. `breaks` are the last rows of
    pages, of a sheet with a scale of its own.
    """

    layout: Layout
    printed: str
    header_rows: tuple[int, int] | None

    def __init__(self, name: str, rules: CellRules, targets: Targets, links_left: int) -> None:
        """Draw at most `links_left` links, Excel's limit; further links become plain text."""
        self.name = name
        self.header_columns = 0
        self.banner_end = 0
        self.rules = rules
        self.logo: PlacedLogo | None = None
        self.charts: list[PlacedChart] = []
        self.validations: list[DataValidation] = []
        self.bars: list[str] = []
        self.cells: dict[int, dict[int, Stored]] = {}
        self.heights: dict[int, float] = {}
        self.widths: Sequence[float] = ()
        self.links: list[tuple[str, str]] = []
        self.breaks: list[int] = []
        self._targets = targets
        self._links_left = links_left

    @property
    def brand(self) -> Brand:
        """The brand of the drawing."""
        return self.rules.styles.brand

    @property
    def printed_size(self) -> tuple[int, int]:
        """The number of columns and rows of the printed area."""
        return cast("tuple[int, int]", range_boundaries(self.printed)[2:])  # None stands for whole rows alone

    @property
    def last_row(self) -> int:
        """The last row with contents."""
        return max(self.cells, default=1)

    @property
    def last_column(self) -> int:
        """The last column with contents."""
        return max((max(cells) for cells in self.cells.values()), default=1)

    def text(self, row: int, column: int, text: str, look: CellFormat) -> None:
        """Draw a text, such as a heading."""
        self._pen(self.rules.of_text(look))(row, column, text)

    def blank(self, row: int, column: int, look: CellFormat) -> None:
        """Draw an empty cell with fill and lines."""
        self._put(row, column, Stored(None, "n", self.rules.styles.number(look)))

    def link(self, row: int, column: int, link: Link, look: CellFormat = LINK) -> None:
        """Draw a link inside the workbook."""
        self._pen(self.rules.of_links(look))(row, column, link)

    def draw(self, row: int, column: int, value: Cell, kind: Kind, look: CellFormat) -> None:
        """Draw one value of a kind; use a `pen` for many cells."""
        self.pen(kind, look)(row, column, value)

    def draw_in(self, column: Column, row: int, number: int, value: Cell, look: CellFormat) -> None:
        """Draw one value as one of a plan's column, at a row and a column number."""
        self._pen(self.rules.of_column(column, look))(row, number, value)

    def pen(self, kind: Kind, look: CellFormat) -> Pen:
        """Return a function that draws cells of a column of this kind; it looks up its styles once."""
        return self._pen(self.rules.of_kind(kind, look))

    def compute(self, row: int, column: int, formula: str, value: str | float, look: CellFormat) -> None:
        """Draw a formula, without its equals sign, with its value."""
        self._put(row, column, Stored(value, "n", self.rules.styles.number(look), formula))

    def parts_of(self, key: str) -> tuple[Tab, ...]:
        """Return the worksheets of a sheet."""
        return self._targets.tabs[key]

    def follow(self, value: Cell, row: int, column: int) -> Cell:
        """Return the value; register a link as leading from this cell. A link past the sheet's limit becomes its text.

        Raises ValueError for a link to nowhere.
        """
        if not isinstance(value, Link):
            return value
        place = stored(self._targets.location(value))
        if len(self.links) >= self._links_left:
            return value.text
        self.links.append((f"{get_column_letter(column)}{row}", place))
        return value

    def _pen(self, rule: Rule) -> Pen:
        def draw(row: int, column: int, value: Cell) -> None:
            try:
                self._put(row, column, rule(self.follow(value, row, column)))
            except Misfit as misfit:
                raise misplaced(misfit, row, column) from misfit

        return draw

    def _put(self, row: int, column: int, shown: Stored) -> None:
        self.cells.setdefault(row, {})[column] = shown


def misplaced(misfit: Misfit, row: int, column: int) -> ValueError:
    """Add its place, row and column from 1, to a misfit."""
    return ValueError(f"row {row}, column {column}: {misfit}")
