"""Who has most to do: units and managers by the requirements that are not met, then by rate. Knows tallies only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.compliance import Compliance
from rkreport.core.percent import percent_of, points_between
from rkreport.core.report.figures import Figures
from rkreport.core.report.kpis import points_text
from rkreport.core.report.labels import manager_label, unit_label
from rkreport.core.report.sheets import Cell, Column, Kind, Link, Panel, Row, Table, table_of
from rkreport.core.report.then import Score, Then, months_below
from rkreport.core.rollup import Tally, rate
from rkreport.core.words import Words

WORST = 5


@dataclass(frozen=True, slots=True)
class Ranked:
    """One unit or manager: the row of the detail where it begins, and its scores of earlier months, newest first."""

    label: str
    tally: Tally
    row: int | None
    earlier: Sequence[Score] = ()

    @property
    def open(self) -> int:
        """The requirements that count and are not met."""
        return self.tally.counted - self.tally.compliant


def ranked(groups: Iterable[Ranked]) -> list[Ranked]:
    """Those with something to do, by `need`; of equal need in their order."""
    return sorted((group for group in groups if group.open), key=lambda group: need(group.tally))


def need(tally: Tally) -> tuple[int, Fraction, int]:
    """Sort key: the most to do first, then the lowest rate, then the most overdue."""
    return tally.compliant - tally.counted, tally.rate or Fraction(0), -tally.overdue


def worst_panels(compliance: Compliance, figures: Figures, then: Then, words: Words) -> list[Panel]:
    """Units and managers with most to do, each linked to its rows; none where everything is met."""
    units = ranked(
        Ranked(
            unit_label(each, words),
            each.own,
            figures.first_rows.by_unit.get(each.serial),
            [then.by_unit[each.serial]] if each.serial in then.by_unit else (),
        )
        for each in figures.by_unit
    )
    by_id = {team.manager.manager_id: team.manager for team in compliance.teams}
    managers = ranked(
        Ranked(
            manager_label(by_id[manager_id] if manager_id is not None else None, words),
            tally,
            figures.first_rows.by_manager.get(manager_id),
            then.by_manager.get(manager_id, ()),
        )
        for manager_id, tally in figures.by_manager.items()
    )
    candidates = (
        (words.text("panel.worst_units"), words.text("column.unit"), "tblSummaryUnits", units, False),
        (words.text("panel.worst_managers"), words.text("column.manager"), "tblSummaryManagers", managers, True),
    )
    return [
        Panel(title, _table(name, header, found, figures.target, words, has_months=has_months))
        for title, header, name, found, has_months in candidates
        if found
    ]


def _table(
    name: str, header: str, found: Sequence[Ranked], target: Fraction, words: Words, *, has_months: bool
) -> Table:
    """The worst of them. Columns about earlier months are left out where nothing is known of any."""
    is_known = any(group.earlier for group in found)
    columns = [
        Column(header, Kind.LINK),
        Column(words.text("tally.open"), Kind.INTEGER),
        Column(words.text("tally.counted"), Kind.INTEGER),
        Column(words.text("tally.rate"), Kind.PERCENT, target=target),
        Column(words.text("kpi.overdue"), Kind.INTEGER),
    ]
    if is_known:
        columns.append(Column(words.text("ranking.change"), Kind.TEXT))
    if is_known and has_months:
        columns.append(Column(words.text("ranking.months_below"), Kind.INTEGER))

    def cells(group: Ranked) -> Row:
        share = group.tally.rate
        past: list[Cell] = [_change(share, group.earlier, words), _months(share, group.earlier, target)]
        return (
            Link(group.label, "detail", group.row),
            group.open,
            group.tally.counted,
            percent_of(share, target),
            group.tally.overdue,
            *past[: len(columns) - 5],
        )

    return table_of(name, tuple(columns), map(cells, found[:WORST]))


def _change(share: Fraction | None, earlier: Sequence[Score], words: Words) -> str | None:
    before = rate(*earlier[0]) if earlier else None
    if share is None or before is None:
        return None
    difference = points_between(share, before)
    if difference == 0:
        return words.text("trend.same")
    return words.text("trend.up" if difference > 0 else "trend.down", amount=points_text(share, before, words))


def _months(share: Fraction | None, earlier: Sequence[Score], target: Fraction) -> int | None:
    return months_below(share, earlier, target) if earlier else None
