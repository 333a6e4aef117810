"""One cell at a time onto a worksheet: what stands where, how high rows are, and where links lead.

Knows nothing of where things belong on a sheet; what a value becomes is for the rules of values to say. A cell is kept
as it will stand in the file: one of openpyxl's costs 40 times as much, and reads formulas and errors out of text.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from rkreport.core.report.sheets import Cell, Kind, Link
from rkreport.excel.draw.layout import Layout
from rkreport.excel.draw.tabs import Targets
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
    """One worksheet to draw on. ValueError for a value that the kind of its column cannot hold.

    `name` is its tab's. `cells` are by row and column, `heights` of rows in points, `widths` of columns in characters,
    `links` from a cell such as `A5` to a place in the file; `logo`, `charts` and `validations` lie over the cells.
    `printed` is the area that is, such as `A1:F40`, and `header_row` the row that every page repeats.
    """

    layout: Layout
    printed: str
    header_row: int | None

    def __init__(self, name: str, rules: CellRules, targets: Targets, links_left: int) -> None:
        """Draw at most `links_left` links; further ones become plain text, as Excel takes no more."""
        self.name = name
        self.rules = rules
        self.logo: PlacedLogo | None = None
        self.charts: list[PlacedChart] = []
        self.validations: list[DataValidation] = []
        self.cells: dict[int, dict[int, Stored]] = {}
        self.heights: dict[int, float] = {}
        self.widths: Sequence[float] = ()
        self.links: list[tuple[str, str]] = []
        self._targets = targets
        self._links_left = links_left

    @property
    def brand(self) -> Brand:
        """What it is drawn in."""
        return self.rules.styles.brand

    @property
    def last_row(self) -> int:
        """The last row in which something stands."""
        return max(self.cells, default=1)

    @property
    def last_column(self) -> int:
        """The last column in which something stands."""
        return max((max(cells) for cells in self.cells.values()), default=1)

    def text(self, row: int, column: int, text: str, look: CellFormat) -> None:
        """Draw a text, such as a heading, as text."""
        self._pen(self.rules.of_text(look))(row, column, text)

    def blank(self, row: int, column: int, look: CellFormat) -> None:
        """Draw an empty cell: fill and lines."""
        self._put(row, column, Stored(None, "n", self.rules.styles.number(look)))

    def link(self, row: int, column: int, link: Link, look: CellFormat = LINK) -> None:
        """Draw a link inside the workbook."""
        self._pen(self.rules.of_links(look))(row, column, link)

    def draw(self, row: int, column: int, value: Cell, kind: Kind, look: CellFormat) -> None:
        """Draw one value of a kind; for many cells take a `pen` instead."""
        self.pen(kind, look)(row, column, value)

    def pen(self, kind: Kind, look: CellFormat) -> Pen:
        """What draws the cells of a column of this kind, its styles looked up once."""
        return self._pen(self.rules.of_kind(kind, look))

    def follow(self, value: Cell, row: int, column: int) -> Cell:
        """The value; if it is a link, it leads from this cell on. A link past the sheet's last one becomes its text.

        ValueError for a link to nowhere.
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
    """A misfit with its place, both numbers from 1."""
    return ValueError(f"row {row}, column {column}: {misfit}")
