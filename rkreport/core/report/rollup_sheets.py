"""The sheets by unit, by manager and by course: one line per group, and the same total as the summary.

Knows tallies, not a single person.
"""

from collections.abc import Iterable
from fractions import Fraction

from rkreport.core.compliance import Compliance
from rkreport.core.models import Status
from rkreport.core.percent import percent_of
from rkreport.core.report.figures import Figures
from rkreport.core.report.heat import manager_heat, unit_heat
from rkreport.core.report.labels import STATUS_ORDER, manager_label, status_word, unit_label
from rkreport.core.report.lean import lean
from rkreport.core.report.sheets import Column, HeatMap, Indented, Kind, Link, Row, TableSheet, table_of
from rkreport.core.rollup import Tally
from rkreport.core.words import Words


def tally_columns(target: Fraction, words: Words) -> tuple[Column, ...]:
    """Requirements, then each status, then people."""
    return (
        Column(words.text("tally.counted"), Kind.INTEGER),
        Column(words.text("tally.compliant"), Kind.INTEGER),
        Column(words.text("tally.rate"), Kind.PERCENT, target=target),
        *(Column(status_word(status, words), Kind.INTEGER) for status in (*STATUS_ORDER, Status.EXEMPT)),
        Column(words.text("tally.people"), Kind.INTEGER),
        Column(words.text("tally.people_compliant"), Kind.INTEGER),
        Column(words.text("tally.person_rate"), Kind.PERCENT),
    )


def tally_cells(tally: Tally, target: Fraction) -> Row:
    """The cells below `tally_columns`."""
    return (
        tally.counted,
        tally.compliant,
        percent_of(tally.rate, target),
        *(tally.by_status[status] for status in (*STATUS_ORDER, Status.EXEMPT)),
        tally.people,
        tally.people_compliant,
        percent_of(tally.person_rate, target),
    )


def by_unit_sheet(figures: Figures, words: Words) -> TableSheet:
    """Units in tree order; a line includes the units below it, so lines overlap, but the total does not."""
    link = words.text("link.rows")
    rows = (
        (
            each.level + 1,
            Indented(unit_label(each, words), each.level),
            each.serial,
            *tally_cells(each.whole, figures.target),
            _to_detail(link, figures.first_rows.by_unit.get(each.serial)),
        )
        for each in figures.by_unit
    )
    return _sheet(
        key="by_unit",
        title=words.text("sheet.by_unit.title"),
        name="tblByUnit",
        leading=(
            Column(words.text("column.level"), Kind.INTEGER),
            Column(words.text("column.unit"), Kind.TREE),
            Column(words.text("column.unit_serial"), Kind.TEXT),
        ),
        rows=rows,
        total=(None, words.text("label.total"), None, *tally_cells(figures.overall, figures.target), None),
        footnotes=(words.text("sheet.by_unit.nested"),),
        target=figures.target,
        words=words,
    )


def by_manager_sheet(compliance: Compliance, figures: Figures, words: Words) -> TableSheet:
    """Managers in the order of their teams; people without a team last."""
    managers = {team.manager.manager_id: team.manager for team in compliance.teams}
    link = words.text("link.rows")
    rows = (
        (
            manager_label(managers[manager_id] if manager_id is not None else None, words),
            manager_id,
            *tally_cells(tally, figures.target),
            _to_detail(link, figures.first_rows.by_manager.get(manager_id)),
        )
        for manager_id, tally in figures.by_manager.items()
    )
    return _sheet(
        key="by_manager",
        title=words.text("sheet.by_manager.title"),
        name="tblByManager",
        leading=(
            Column(words.text("column.manager"), Kind.TEXT),
            Column(words.text("column.manager_id"), Kind.TEXT),
        ),
        rows=rows,
        total=(words.text("label.total"), None, *tally_cells(figures.overall, figures.target), None),
        footnotes=(words.text("sheet.by_manager.link"),),
        target=figures.target,
        words=words,
    )


def by_course_sheet(compliance: Compliance, figures: Figures, words: Words) -> TableSheet:
    """Courses in the config's order; below them units and managers by course."""
    link = words.text("link.rows")
    rows = (
        (
            figures.course_names[serial],
            serial,
            *tally_cells(tally, figures.target),
            _to_detail(link, figures.first_rows.by_course.get(serial)),
        )
        for serial, tally in figures.by_course.items()
    )
    return _sheet(
        key="by_course",
        title=words.text("sheet.by_course.title"),
        name="tblByCourse",
        leading=(
            Column(words.text("column.course"), Kind.TEXT),
            Column(words.text("column.course_serial"), Kind.TEXT),
        ),
        rows=rows,
        total=(words.text("label.total"), None, *tally_cells(figures.overall, figures.target), None),
        footnotes=(words.text("sheet.by_course.link"),),
        blocks=(*unit_heat(compliance, figures, words), *manager_heat(compliance, figures, words)),
        target=figures.target,
        words=words,
    )


def _to_detail(text: str, row: int | None) -> Link | None:
    return None if row is None else Link(text, "detail", row)


def _sheet(
    *,
    key: str,
    title: str,
    name: str,
    leading: tuple[Column, ...],
    rows: Iterable[Row],
    total: Row,
    footnotes: tuple[str, ...],
    target: Fraction,
    blocks: tuple[HeatMap, ...] = (),
    words: Words,
) -> TableSheet:
    every = (*leading, *tally_columns(target, words), Column(words.text("column.rows"), Kind.LINK))
    counted, people = len(leading), len(every) - 4  # the first of three numbers of requirements, and of people
    columns, shown, end = lean(
        every,
        tuple(rows),
        total,
        statuses=range(counted + 3, people),
        twins=(range(counted, counted + 3), range(people, people + 3)),
    )
    return TableSheet(
        key=key,
        title=title,
        table=table_of(name, columns, shown, end),
        frozen_columns=len(leading),
        empty_text=words.text("sheet.rollup_empty"),
        footnotes=(*footnotes, target_note(target, words)) if shown else (),
        printed_columns=len(columns) - 1,  # a link is of no use on paper
        blocks=blocks,
    )


def target_note(target: Fraction, words: Words) -> str:
    """What the mark before a rate means."""
    return words.text("sheet.below_target", target=words.percent(percent_of(target, target)))
