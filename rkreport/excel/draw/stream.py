"""Codes the data rows of a table as worksheet XML while the file is written, so that memory does not grow with them.

Knows the XML of rows and cells; `cell_rules` decides what a value becomes. Must not know where the XML goes. A cell of
openpyxl costs 20 microseconds. Here repeated values of a column are looked up. Every cell of a row differs only in the
row number, so the pieces are joined with it:

    b"7".join([b'<row r="', b'"><c r="A', b'" s="3"><v>1</v></c><c r="B', b'" s="3"><v>2</v></c></row>'])
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat

from openpyxl.utils import get_column_letter

from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell, Indented, Kind, Row, Table
from rkreport.excel.draw.canvas import Canvas, misplaced
from rkreport.excel.draw.tabs import Tab
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT, lines_needed
from rkreport.excel.look.cell_rules import Misfit, Rule, Stored
from rkreport.excel.look.styles import NUMERIC, CellFormat
from rkreport.excel.ooxml.cell_xml import cell_content

_BLOCK = 256  # rows per block, a third of a megabyte; larger blocks are not faster
_REMEMBERED = 2_048  # values per column
_LONGEST = 1_000  # bytes of a remembered piece: 26 columns then remember at most 100 MB
_WORTH_IT = 1.5  # average occurrences of a value that make remembering worthwhile
_MOST_FOLDS = 7  # Excel's limit
_NUMBERS = {int, float, Percent, type(None)}
_OPENING = b'"><c r="A'


class TableRows:
    """The data rows of one worksheet, from `first_row` to `last_row`; it reads `rows` while writing them."""

    def __init__(
        self,
        canvas: Canvas,
        tab: Tab,
        table: Table,
        rows: Iterator[Row],
        *,
        first_row: int,
        looks: Sequence[CellFormat],
        widths: Sequence[float],
    ) -> None:
        """Take `looks` and `widths` of the columns, and the source of the rows."""
        self.first_row = first_row
        self.last_row = first_row + tab.count - 1
        self.count = tab.count
        self._tab = tab
        self._table = table
        self._rows = rows
        self._height = row_height(table, widths, canvas.brand.scale)
        self._openings = _row_opener(table, self._height)
        ends = [*(f'<c r="{get_column_letter(number)}'.encode() for number in range(2, len(looks) + 1)), b"</row>"]
        self._coders = [
            _ColumnCoder(canvas, number, column.kind, look, following)
            for number, (column, look, following) in enumerate(zip(table.columns, looks, ends, strict=True), 1)
        ]

    def blocks(self) -> Iterator[bytes]:
        """Yield the rows as `<row>` elements, some hundred at a time. Read it once, in the order of the sheets.

        Raises ValueError if the table gives another number of rows than announced, if a row has another number of cells
        than there are columns, and for a value that its column cannot hold.
        """
        following = self.first_row
        for block in self._counted():
            yield self._code(block, following)
            following += len(block)

    def _counted(self) -> Iterator[tuple[Row, ...]]:
        """Yield some hundred rows at a time; ValueError if there are fewer or more than announced."""
        source = islice(self._rows, self.count)
        given = 0
        while block := tuple(islice(source, _BLOCK)):
            yield block
            given += len(block)
        if given < self.count:
            raise ValueError(f"table {self._table.name!r} announced {self._table.count} rows and gave fewer")
        if self._tab.is_last_part and next(self._rows, None) is not None:
            raise ValueError(f"table {self._table.name!r} gave more rows than it announced")

    def _code(self, rows: tuple[Row, ...], first_row: int) -> bytes:
        by_column = zip(self._coders, zip(*rows, strict=True), strict=True)
        columns = [coder.code(values, first_row) for coder, values in by_column]
        numbers = map(b"%d".__mod__, range(first_row, first_row + len(rows)))
        return b"".join(map(bytes.join, numbers, zip(repeat(b'<row r="'), self._openings(rows), *columns)))


class _Memory(dict[Cell, bytes]):
    """Coded cells by value; each is made on first use."""

    def __init__(self, rule: Rule, following: bytes) -> None:
        super().__init__()
        self._rule = rule
        self._following = following

    def __missing__(self, value: Cell) -> bytes:
        shown = self._rule(value)
        piece = _coded(shown, self._following)
        if len(piece) <= _LONGEST:
            self[value] = piece
        return piece


class _ColumnCoder:
    """Codes the cells of one column. A piece runs from after the row number to the next place of that number."""

    def __init__(self, canvas: Canvas, number: int, kind: Kind, look: CellFormat, following: bytes) -> None:
        self._canvas = canvas
        self._number = number
        self._following = following
        self._rule = canvas.rules.of_kind(kind, look)
        self._is_numeric = kind in NUMERIC
        self._leads = kind is Kind.LINK
        self._repeats = not self._leads  # each link has its own place
        self._memory = canvas.rules.memory(self._rule, following, _Memory)
        self._asked = self._missed = 0

    def code(self, values: Sequence[Cell], first_row: int) -> list[bytes]:
        """Return pieces for the values of consecutive rows; ValueError with the place of a value that does not fit."""
        # A dictionary takes True for 1, so only exact number types are looked up. Other kinds confuse no types, except
        # that a plain tuple equals a status and is drawn like one.
        if self._repeats and (not self._is_numeric or _NUMBERS.issuperset(map(type, values))):
            known = len(self._memory)
            try:
                pieces = list(map(self._memory.__getitem__, values))
            except (Misfit, TypeError):  # a value of a wrong type, perhaps unhashable: the code below finds its place
                pass
            else:
                self._reconsider(len(values), len(self._memory) - known)
                return pieces
        return [self._placed(value, row) for row, value in enumerate(values, first_row)]

    def _reconsider(self, asked: int, missed: int) -> None:
        """When the cache is full, clear it, because rows come sorted; if hits were rare, disable it."""
        self._asked += asked
        self._missed += missed
        if len(self._memory) >= _REMEMBERED:
            self._repeats = self._asked >= _WORTH_IT * self._missed
            self._memory.clear()
            self._asked = self._missed = 0

    def stored(self, value: Cell, row: int) -> Stored:
        """Return a value in its stored form; ValueError with its place if the column cannot hold it."""
        try:
            return self._rule(self._canvas.follow(value, row, self._number))
        except Misfit as misfit:
            raise misplaced(misfit, row, self._number) from misfit

    def _placed(self, value: Cell, row: int) -> bytes:
        return _coded(self.stored(value, row), self._following)


def _coded(shown: Stored, following: bytes) -> bytes:
    return b'" s="%d"%b%b' % (shown.style, cell_content(shown), following)


def row_height(table: Table, widths: Sequence[float], scale: float) -> Callable[[Row], float | None]:
    """Return a function for the height that a row's notes need; it gives None for the default height."""
    notes = [index for index, column in enumerate(table.columns) if column.kind is Kind.NOTE]
    known: dict[tuple[Cell, ...], float | None] = {}

    def needed(texts: tuple[Cell, ...]) -> float | None:
        places = zip(notes, texts, strict=True)
        lines = max(lines_needed(text, widths[index]) if isinstance(text, str) else 1 for index, text in places)
        # Not every program fits row heights to wrapped text.
        return min(LINE_HEIGHT * scale * lines, HIGHEST_ROW) if lines > 1 else None

    def height(row: Row) -> float | None:
        texts = tuple([row[index] for index in notes])
        if texts not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[texts] = needed(texts)
        return known[texts]

    return height if notes else lambda _: None


def level_of(value: Cell) -> int:
    """Return how deep a row is folded below others."""
    return min(value.level, _MOST_FOLDS) if isinstance(value, Indented) else 0


def _row_opener(table: Table, height_of: Callable[[Row], float | None]) -> Callable[[Sequence[Row]], Iterable[bytes]]:
    """Return a function for the bytes between a row's number and its first cell's number: height and level, if any."""
    tree = next((index for index, column in enumerate(table.columns) if column.kind is Kind.TREE), None)
    if tree is None and all(column.kind is not Kind.NOTE for column in table.columns):
        return lambda rows: repeat(_OPENING, len(rows))

    def opening(row: Row) -> bytes:
        height = height_of(row)
        level = 0 if tree is None else level_of(row[tree])
        fold = b'" outlineLevel="%d' % level if level else b""
        return fold + (_OPENING if height is None else b'" ht="%g" customHeight="1"><c r="A' % height)

    return lambda rows: map(opening, rows)
