"""A team at one glance: people down, courses across. Knows one team."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from rkreport.core.models import COMPLIANT, Counts, CourseSerial, Person, Requirement
from rkreport.core.report.labels import Legend
from rkreport.core.report.sheets import Cell, Column, Kind, Row, Table, TableSheet
from rkreport.core.words import Words


def matrix_sheet(
    people: Sequence[Person], requirements: Sequence[Requirement], legend: Legend, words: Words
) -> TableSheet:
    """One row per person of the team: how many requirements comply, of how many, then one column per course.

    A cell holds the status if the requirement counts or is exempt; courses without any such cell have no column.
    """
    cells: dict[tuple[str, CourseSerial], Cell] = {
        (each.person.key, each.course.serial): legend.statuses[each.status]
        for each in requirements
        if each.counts in (Counts.YES, Counts.EXEMPT)
    }
    with_cells = {serial for _, serial in cells}
    names = {serial: name for serial, name in legend.course_names.items() if serial in with_cells}
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        Column(words.text("tally.compliant"), Kind.INTEGER),
        Column(words.text("tally.counted"), Kind.INTEGER),
    )
    taken = [column.header for column in columns]
    courses = tuple(Column(header, Kind.STATUS) for header in distinct_headers(names, taken))
    return TableSheet(
        key="matrix",
        title=words.text("sheet.matrix.title"),
        table=Table(
            name="tblMatrix",
            columns=(*columns, *courses),
            rows=partial(_rows, people, requirements, cells, tuple(names)),
            count=len(people),
        ),
        frozen_columns=2,
        empty_text=words.text("sheet.rollup_empty"),
        footnotes=(words.text("sheet.matrix.blank"),),
    )


def distinct_headers(names: Mapping[CourseSerial, str], taken: Sequence[str]) -> Iterator[str]:
    """The courses' names; a name that is already taken gets the serial behind it."""
    seen = {header.casefold() for header in taken}
    for serial, name in names.items():
        header = name if name.casefold() not in seen else f"{name} ({serial})"
        seen.add(header.casefold())
        yield header


def _rows(
    people: Sequence[Person],
    requirements: Sequence[Requirement],
    cells: Mapping[tuple[str, CourseSerial], Cell],
    courses: Sequence[CourseSerial],
) -> Iterator[Row]:
    counting = [each for each in requirements if each.counts is Counts.YES]
    counted = Counter(each.person.key for each in counting)
    compliant = Counter(each.person.key for each in counting if each.status in COMPLIANT)
    for person in people:
        yield (
            person.employee_id or None,
            person.name or None,
            compliant[person.key],
            counted[person.key],
            *(cells.get((person.key, serial)) for serial in courses),
        )
