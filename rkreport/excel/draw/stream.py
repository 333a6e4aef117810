"""Writes the data rows of a table as worksheet XML while the file is written, so that memory does not grow with them.

Knows the XML of rows and cells; `cell_rules` decides what a value becomes. Must not know where the XML goes. A cell of
openpyxl costs 20 microseconds. Here repeated values of a column are looked up. Every cell of a row differs only in the
row number, so the pieces are joined with it:

    b"7".join([b'<row r="', b'"><c r="A', b'" s="3"><v>1</v></c><c r="B', b'" s="3"><v>2</v></c></row>'])
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, repeat

from openpyxl.utils import get_column_letter

from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell, Column, Indented, Kind, Row, Table
from rkreport.excel.draw.canvas import Canvas, misplaced
from rkreport.excel.draw.room import Room
from rkreport.excel.draw.tabs import Tab
from rkreport.excel.draw.widths import HIGHEST_ROW, LINE_HEIGHT
from rkreport.excel.look.cell_rules import Misfit, Rule, Stored
from rkreport.excel.look.styles import NUMERIC, CellFormat, tight_look
from rkreport.excel.ooxml.cell_xml import cell_content

_BLOCK = 256  # rows per block, a third of a megabyte; larger blocks are not faster
_REMEMBERED = 2_048  # values per column
_REMEMBERED_TIGHT = 128  # of those that do not fit
_LONGEST = 1_000  # bytes of a remembered piece: 26 columns then remember at most 100 MB
_WORTH_IT = 1.5  # average occurrences of a value that make remembering worthwhile
_MOST_FOLDS = 7  # Excel's limit
_NUMBERS = {int, float, Percent, type(None)}
_OPENING, _HIGH_OPENING = b'"><c r="A', b'" ht="%g" customHeight="1"><c r="A'


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
        height: float | None = None,
    ) -> None:
        """Take `looks` and `widths` of the columns, and the source of the rows.

        Rows without a `height` in points are as high as the program likes that opens the file.
        """
        self.first_row = first_row
        self.last_row = first_row + tab.count - 1
        self.count = tab.count
        self._tab = tab
        self._table = table
        self._rows = rows
        self._scale = canvas.brand.scale
        self._usual_height = height
        kinds = [column.kind for column in table.columns]
        self._tree = kinds.index(Kind.TREE) if Kind.TREE in kinds else None
        ends = [*(f'<c r="{get_column_letter(number)}'.encode() for number in range(2, len(looks) + 1)), b"</row>"]
        self._coders = [
            _ColumnCoder(canvas, number, column, Room(column, width), look=look, following=following)
            for number, (column, width, look, following) in enumerate(
                zip(table.columns, widths, looks, ends, strict=True), 1
            )
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
        lines: dict[int, int] = {}
        columns = [coder.code(values, first_row, lines) for coder, values in by_column]
        openings = self._folded(rows, self._openings(len(rows), lines))
        numbers = map(b"%d".__mod__, range(first_row, first_row + len(rows)))
        return b"".join(map(bytes.join, numbers, zip(repeat(b'<row r="'), openings, *columns)))

    def _openings(self, count: int, lines: Mapping[int, int]) -> list[bytes]:
        """Return the bytes between each row's number and its first cell's number: its height, if it has one."""
        openings = [_OPENING if self._usual_height is None else _HIGH_OPENING % self._usual_height] * count
        for index, needed in lines.items():
            if needed > 1:
                openings[index] = _HIGH_OPENING % self._height_of(needed)
        return openings

    def _folded(self, rows: Sequence[Row], openings: list[bytes]) -> list[bytes]:
        """Return them with the level of each row of a tree."""
        if self._tree is None:
            return openings
        levels = [self.level(row) for row in rows]
        return [
            b'" outlineLevel="%d%b' % (level, opening) if level else opening
            for level, opening in zip(levels, openings, strict=True)
        ]

    def level(self, row: Row) -> int:
        """Return how deep a row is folded below others."""
        return 0 if self._tree is None else level_of(row[self._tree])

    def _height_of(self, lines: int) -> float:
        """Return the height of some lines in points: not every program fits row heights to wrapped text."""
        return min(LINE_HEIGHT * self._scale * lines, HIGHEST_ROW)

    def height(self, row: Row) -> float | None:
        """Return the height of a row; None if the program decides it that opens the file."""
        lines = max(coder.lines(value) for coder, value in zip(self._coders, row, strict=True))
        return self._height_of(lines) if lines > 1 else self._usual_height


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

    def __init__(
        self, canvas: Canvas, number: int, column: Column, room: Room, *, look: CellFormat, following: bytes
    ) -> None:
        self._canvas = canvas
        self._number = number
        self._following = following
        self._room = room
        self._rule = canvas.rules.of_column(column, look)
        self._tight_rule = canvas.rules.of_column(column, tight_look(column.kind, look))
        self._is_numeric = column.kind in NUMERIC
        self._leads = column.kind is Kind.LINK
        self._repeats = not self._leads  # each link has its own place
        self._memory = canvas.rules.memory(self._rule, following, _Memory)
        self._tight_memory = _Memory(self._tight_rule, following)
        self._asked = self._missed = 0

    def code(self, values: Sequence[Cell], first_row: int, lines: dict[int, int]) -> list[bytes]:
        """Return pieces for the values of consecutive rows; raise each row's `lines` to what its value needs.

        Raises ValueError with the place of a value that does not fit the column's kind.
        """
        pieces = self._pieces(values, first_row)
        for index, needed in self._room.tight(values).items():
            lines[index] = max(needed, lines.get(index, 1))
            pieces[index] = self._tight_piece(values[index])
        return pieces

    def lines(self, value: Cell) -> int:
        """Return how many lines a value needs."""
        return self._room.lines(value)

    def _tight_piece(self, value: Cell) -> bytes:
        if self._leads or self._is_numeric:
            return _coded(self._tight_rule(value), self._following)
        if len(self._tight_memory) >= _REMEMBERED_TIGHT:
            self._tight_memory.clear()
        return self._tight_memory[value]

    def _pieces(self, values: Sequence[Cell], first_row: int) -> list[bytes]:
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
        return [_coded(self._plain(value, row), self._following) for row, value in enumerate(values, first_row)]

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
        shown = self._plain(value, row)
        return self._tight_rule(value) if self._room.is_tight(value) else shown

    def _plain(self, value: Cell, row: int) -> Stored:
        try:
            return self._rule(self._canvas.follow(value, row, self._number))
        except Misfit as misfit:
            raise misplaced(misfit, row, self._number) from misfit


def level_of(value: Cell) -> int:
    """Return how deep the row of a value is folded below others."""
    return min(value.level, _MOST_FOLDS) if isinstance(value, Indented) else 0


def _coded(shown: Stored, following: bytes) -> bytes:
    return b'" s="%d"%b%b' % (shown.style, cell_content(shown), following)
