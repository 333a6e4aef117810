"""The data rows of a table as the XML of a worksheet, made while the file is written: memory does not grow with them.

Knows how rows and cells stand in a file; what a value becomes is for the rules of values to say. Must not know where
the XML goes. A cell of openpyxl costs 20 microseconds. Here a column's repeated values are looked up, and a row is one
join: its number is all that differs in the references of its cells, so it is what their pieces are joined with.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat

from openpyxl.utils import get_column_letter

from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell, Kind, Row, Table
from rkreport.excel.draw.canvas import Canvas, misplaced
from rkreport.excel.draw.tabs import Tab
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT, lines_needed
from rkreport.excel.look.cell_rules import Misfit, Rule, Stored
from rkreport.excel.look.styles import NUMERIC, CellFormat
from rkreport.excel.ooxml.cell_xml import cell_content

_BLOCK = 256  # rows coded together, a third of a megabyte; larger blocks are not faster
_REMEMBERED = 2_048  # values of a column
_LONGEST = 1_000  # bytes of a remembered piece: 26 columns remember 100 MB at the very most
_WORTH_IT = 1.5  # times that a value must come on average to be worth remembering
_NUMBERS = {int, float, Percent, type(None)}
_OPENING = b'"><c r="A'


class TableRows:
    """The data rows of one worksheet, from `first_row` to `last_row`; read from `rows` while they are written."""

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
        """`looks` and `widths` are those of the columns."""
        self.first_row = first_row
        self.last_row = first_row + tab.count - 1
        self.count = tab.count
        self._tab = tab
        self._table = table
        self._rows = rows
        self._height = _row_height(table, widths, canvas.brand.scale)
        self._openings = _row_opener(table, self._height)
        ends = [*(f'<c r="{get_column_letter(number)}'.encode() for number in range(2, len(looks) + 1)), b"</row>"]
        self._coders = [
            _ColumnCoder(canvas, number, column.kind, look, following)
            for number, (column, look, following) in enumerate(zip(table.columns, looks, ends, strict=True), 1)
        ]

    def blocks(self) -> Iterator[bytes]:
        """The rows as `<row>` elements, some hundred at a time. Can be read once, in the order of the sheets.

        ValueError when the table does not give the rows it announced, when a row is not as long as the columns, and
        for a value that its column cannot hold.
        """
        following = self.first_row
        for block in self._counted():
            yield self._code(block, following)
            following += len(block)

    def _counted(self) -> Iterator[tuple[Row, ...]]:
        """Rows some hundred at a time; ValueError when there are fewer or more than announced."""
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
    """Cells by value as they stand in a row, each made when it is first asked for."""

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
    """The cells of one column, each from behind its row number up to the next place where that number stands."""

    def __init__(self, canvas: Canvas, number: int, kind: Kind, look: CellFormat, following: bytes) -> None:
        self._canvas = canvas
        self._number = number
        self._following = following
        self._rule = canvas.rules.of_kind(kind, look)
        self._is_numeric = kind in NUMERIC
        self._leads = kind is Kind.LINK
        self._repeats = not self._leads  # each link has a place of its own
        self._memory = canvas.rules.memory(self._rule, following, _Memory)
        self._asked = self._missed = 0

    def code(self, values: Sequence[Cell], first_row: int) -> list[bytes]:
        """Pieces for the values of consecutive rows; ValueError with the place of one that the column cannot hold."""
        # True is 1 to a dictionary, so numbers are looked up by their exact types. Other kinds mix up no types, but for
        # a plain tuple that equals a status and is drawn as it.
        if self._repeats and (not self._is_numeric or _NUMBERS.issuperset(map(type, values))):
            known = len(self._memory)
            try:
                pieces = list(map(self._memory.__getitem__, values))
            except (Misfit, TypeError):  # a value of a wrong type, perhaps not even hashable: its place is found below
                pass
            else:
                self._reconsider(len(values), len(self._memory) - known)
                return pieces
        return [self._placed(value, row) for row, value in enumerate(values, first_row)]

    def _reconsider(self, asked: int, missed: int) -> None:
        """Begin anew when full, as rows come sorted; or never again, when most values were seen but once."""
        self._asked += asked
        self._missed += missed
        if len(self._memory) >= _REMEMBERED:
            self._repeats = self._asked >= _WORTH_IT * self._missed
            self._memory.clear()
            self._asked = self._missed = 0

    def stored(self, value: Cell, row: int) -> Stored:
        """One value as it will stand in the file; ValueError with its place when the column cannot hold it."""
        try:
            return self._rule(self._canvas.follow(value, row, self._number))
        except Misfit as misfit:
            raise misplaced(misfit, row, self._number) from misfit

    def _placed(self, value: Cell, row: int) -> bytes:
        return _coded(self.stored(value, row), self._following)


def _coded(shown: Stored, following: bytes) -> bytes:
    return b'" s="%d"%b%b' % (shown.style, cell_content(shown), following)


def _row_height(table: Table, widths: Sequence[float], scale: float) -> Callable[[Row], float | None]:
    """The height that the notes of a row need; None where it is the usual one."""
    notes = [index for index, column in enumerate(table.columns) if column.kind is Kind.NOTE]
    known: dict[tuple[Cell, ...], float | None] = {}

    def needed(texts: tuple[Cell, ...]) -> float | None:
        places = zip(notes, texts, strict=True)
        lines = max(lines_needed(text, widths[index]) if isinstance(text, str) else 1 for index, text in places)
        # Not every program makes a row as high as its wrapped text.
        return min(LINE_HEIGHT * scale * lines, HIGHEST_ROW) if lines > 1 else None

    def height(row: Row) -> float | None:
        texts = tuple([row[index] for index in notes])
        if texts not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[texts] = needed(texts)
        return known[texts]

    return height if notes else lambda _: None


def _row_opener(table: Table, height_of: Callable[[Row], float | None]) -> Callable[[Sequence[Row]], Iterable[bytes]]:
    """What stands between the number of a row and the number in its first cell: a height, if it has one of its own."""
    if all(column.kind is not Kind.NOTE for column in table.columns):
        return lambda rows: repeat(_OPENING, len(rows))

    def opening(row: Row) -> bytes:
        height = height_of(row)
        return _OPENING if height is None else b'" ht="%g" customHeight="1"><c r="A' % height

    return lambda rows: map(opening, rows)
