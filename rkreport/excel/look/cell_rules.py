"""Decides what a value becomes in a cell: content, type and style. Only this module decides it.

Knows the kinds of columns and how each is shown; knows no worksheet and no XML. Text always stays text.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar

from rkreport.core.models import Status
from rkreport.core.percent import Percent, decimals_of
from rkreport.core.report.labels import BELOW_TARGET, STATUS_SYMBOLS
from rkreport.core.report.sheets import DERIVED_MARK, Cell, Column, DerivedDate, Indented, Kind, Link, StatusCell
from rkreport.excel.look.style_sheet import Styles
from rkreport.excel.look.styles import ALARM, LINK, STATUS_LOOKS, CellFormat, percent_format, points_format, with_gap
from rkreport.excel.text import begins_like_a_formula, clean, stored

_EXACT = 2**53  # Excel stores doubles: a larger whole number would lose digits
_DEEPEST = 15  # levels of a tree that are set in further than the one above
_FINEST = 12  # decimals of a percentage: a double near 100 % has no more
_FINEST_POINTS = 6  # decimals of points: of one requirement among a million there are four
_FIRST_TRUE_DAY = date(1900, 3, 1)  # Excel knows a 29 February 1900 and misnumbers all earlier days


class Stored(NamedTuple):
    """A cell in its stored form: text (`s`), a number (`n`), or a day or time (`d`).

    `style` is the number of its format in the workbook.
    """

    content: str | float | date | None
    type: Literal["s", "n", "d"]
    style: int
    formula: str = ""  # without the equals sign; `content` is then its value


Rule = Callable[[Cell], Stored]
"""Converts the values of one column; raises Misfit for a value that the column cannot hold."""


_Memory = TypeVar("_Memory")


class Misfit(ValueError):
    """A value that its column cannot hold."""

    def __init__(self, value: Cell, kind: str) -> None:
        """Name the type, never the value, which may be personal."""
        super().__init__(f"a {type(value).__name__} cannot be drawn as {kind}")


class CellRules:
    """The rules of one workbook; each is made on first use."""

    def __init__(self, styles: Styles, made: "CellRules | None" = None) -> None:
        """Start with the rules in `made`, whose styles were copied for these."""
        self.styles = styles
        self._lasting: frozenset[Rule] = frozenset(made._made.values()) if made else frozenset()  # noqa: SLF001 - as below
        self._memories: dict[tuple[Rule, bytes], Any] = made._memories if made else {}  # noqa: SLF001 - as below
        self._made: dict[tuple[Kind | Fraction, CellFormat] | CellFormat, Rule] = dict(made._made) if made else {}  # noqa: SLF001 - its own kind

    def memory(self, rule: Rule, following: bytes, make: Callable[[Rule, bytes], _Memory]) -> _Memory:
        """Return the cache for cells of a rule and their following bytes; shared rules share it across workbooks.

        A cell enters a workbook only by its own value, so no workbook sees another's contents.
        """
        if rule not in self._lasting:
            return make(rule, following)
        if (rule, following) not in self._memories:
            self._memories[rule, following] = make(rule, following)
        found: _Memory = self._memories[rule, following]
        return found

    def of_kind(self, kind: Kind, look: CellFormat) -> Rule:
        """Return the rule of a column of this kind."""
        key = kind, look
        rule = self._made.get(key)
        if rule is None:
            rule = self._made[key] = _rule_of(self.styles, kind, look)
        return rule

    def of_column(self, column: Column, look: CellFormat) -> Rule:
        """Return the rule of a column, which marks percentages below its target, if it has one."""
        if column.kind is not Kind.PERCENT or column.target is None:
            return self.of_kind(column.kind, look)
        key = column.target, look
        if key not in self._made:
            self._made[key] = _target_rule(self.styles, column.target, look)
        return self._made[key]

    def of_text(self, look: CellFormat) -> Rule:
        """Return the rule of text in a format, such as a heading."""
        rule = self._made.get(look)
        if rule is None:
            rule = self._made[look] = _text_rule(self.styles, look)
        return rule

    def of_links(self, look: CellFormat, plain_look: CellFormat | None = None) -> Rule:
        """Return the rule of links: a link's words get the link format, plain text does not."""
        linked = self.of_text(look)
        plain = self.of_text(plain_look or _unlinked(look))

        def rule(value: Cell) -> Stored:
            return linked(value.text) if isinstance(value, Link) else plain(value)

        return rule


@cache
def _unlinked(look: CellFormat) -> CellFormat:
    house = CellFormat()
    return replace(look, role=house.role, color=house.color, underline=False)


def _rule_of(styles: Styles, kind: Kind, look: CellFormat) -> Rule:
    look = styles.of_kind(kind, look)
    match kind:
        case Kind.STATUS:
            return _status_rule(styles, look)
        case Kind.LINK:
            return CellRules(styles).of_links(replace(look, role=LINK.role, color=LINK.color, underline=True), look)
        case Kind.DATE | Kind.MARKED_DATE | Kind.DATETIME | Kind.INPUT_DATE:
            return _date_rule(styles, look, kind)
        case Kind.PERCENT:
            return _percent_rule(styles, look)
        case Kind.INTEGER | Kind.DECIMAL:
            return _number_rule(styles, look, kind)
        case Kind.TEXT | Kind.NOTE | Kind.INPUT_CHOICE | Kind.INPUT_TEXT | Kind.TREE | Kind.VALUE | Kind.POINTS:
            others = {Kind.TREE: _tree_rule, Kind.VALUE: _value_rule, Kind.POINTS: _points_rule}
            return others.get(kind, _text_rule)(styles, look)


def _text_rule(styles: Styles, look: CellFormat) -> Rule:
    plain, quoted = styles.number(look), styles.number(look, quoted=True)

    def rule(value: Cell) -> Stored:
        if value is None:
            return Stored(None, "n", plain)
        if not isinstance(value, str):
            raise Misfit(value, "text")
        text = clean(value)
        if not text:
            return Stored(None, "n", plain)
        return Stored(stored(text), "s", quoted if begins_like_a_formula(text) else plain)

    return rule


def _tree_rule(styles: Styles, look: CellFormat) -> Rule:
    """Return the rule of texts of a tree: set in by their format, so that the text itself can be looked up."""
    # All of them now: only the rows tell the levels, and the formats are written before the rows are read.
    rules = [_text_rule(styles, replace(look, indent=look.indent + level)) for level in range(_DEEPEST + 1)]

    def rule(value: Cell) -> Stored:
        if isinstance(value, Indented):
            return rules[min(value.level, _DEEPEST)](value.text)
        return rules[0](value)

    return rule


def _value_rule(styles: Styles, look: CellFormat) -> Rule:
    texts = _text_rule(styles, look)
    numbers = _number_rule(styles, replace(look, number_format="#,##0"), Kind.INTEGER)

    def rule(value: Cell) -> Stored:
        return texts(value) if value is None or isinstance(value, str) else numbers(value)

    return rule


def _number_rule(styles: Styles, look: CellFormat, kind: Kind) -> Rule:
    style = styles.number(look)
    plain = with_gap("#,##0") if look.gap else "#,##0"
    whole = styles.number(replace(look, number_format=plain)) if kind is Kind.DECIMAL else style
    digits = _text_rule(styles, replace(look, number_format="@"))

    def rule(value: Cell) -> Stored:
        if value is None:
            return Stored(None, "n", style)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            raise Misfit(value, kind)
        if abs(value) > _EXACT:
            return digits(str(int(value)))  # equal for 10**16 and 1e16, which are one key in a cache
        return Stored(value + 0, "n", whole if value == int(value) else style)  # + 0 turns minus zero into zero

    return rule


def _target_rule(styles: Styles, target: Fraction, look: CellFormat) -> Rule:
    look = styles.of_kind(Kind.PERCENT, look)
    plain, marked = _percent_rule(styles, look), _percent_rule(styles, replace(look, color=ALARM), f'"{BELOW_TARGET}"')

    def rule(value: Cell) -> Stored:
        return marked(value) if isinstance(value, Percent) and value.share < target else plain(value)

    return rule


def _percent_rule(styles: Styles, look: CellFormat, mark: str = "") -> Rule:
    """Return the rule of percentages after a mark."""
    formats = (mark + percent_format(decimals) for decimals in range(1, _FINEST + 1))
    numbers = [styles.number(replace(look, number_format=with_gap(each) if look.gap else each)) for each in formats]

    def rule(value: Cell) -> Stored:
        if value is None:
            return Stored(None, "n", numbers[0])
        if not isinstance(value, Percent):
            raise Misfit(value, Kind.PERCENT)
        return Stored(float(value.share), "n", numbers[min(value.decimals, _FINEST) - 1])

    return rule


def _points_rule(styles: Styles, look: CellFormat) -> Rule:
    formats = map(points_format, range(1, _FINEST_POINTS + 1))
    numbers = [styles.number(replace(look, number_format=with_gap(each) if look.gap else each)) for each in formats]

    def rule(value: Cell) -> Stored:
        if value is None:
            return Stored(None, "n", numbers[0])
        if not isinstance(value, Decimal) or not value.is_finite():
            raise Misfit(value, Kind.POINTS)
        decimals = min(max(decimals_of(value), 1), _FINEST_POINTS)
        return Stored(float(value) + 0, "n", numbers[decimals - 1])  # + 0 turns minus zero into zero

    return rule


def _date_rule(styles: Styles, look: CellFormat, kind: Kind) -> Rule:
    plain, marked = styles.number(look), None
    if kind is Kind.MARKED_DATE:
        marked = styles.number(replace(look, number_format=f'{look.number_format} "{DERIVED_MARK}"'))
    as_text = _text_rule(styles, look)

    def rule(value: Cell) -> Stored:
        style = plain
        if value is None:
            return Stored(None, "n", style)
        if isinstance(value, DerivedDate) and marked is not None:
            value, style = value.day, marked
        if not isinstance(value, date) or (isinstance(value, datetime) and value.tzinfo is not None):
            raise Misfit(value, kind)
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_TRUE_DAY:
            return as_text(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
        return Stored(value, "d", style)

    return rule


def _status_rule(styles: Styles, look: CellFormat) -> Rule:
    empty = styles.number(look)
    by_status = {status: styles.number(status_look(status, look)) for status in Status}

    def rule(value: Cell) -> Stored:
        if value is None:
            return Stored(None, "n", empty)
        if not isinstance(value, StatusCell):
            raise Misfit(value, "status")
        return Stored(stored(status_text(value)), "s", by_status[value.status])

    return rule


def status_text(cell: StatusCell) -> str:
    """Return symbol and word, if any, as shown, within a cell's limit."""
    symbol = STATUS_SYMBOLS[cell.status]
    return clean(f"{symbol} {cell.word}") if cell.word else symbol


@cache
def status_look(status: Status, look: CellFormat) -> CellFormat:
    """Return a format with the text colour, fill and weight of a status."""
    own = STATUS_LOOKS[status]
    return replace(look, color=own.color, fill=own.fill or look.fill, bold=own.bold or look.bold, italic=own.italic)
