"""A team at one glance: people down, courses across, the worst of both first. Knows one team."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rkreport.core.models import COMPLIANT, Counts, CourseSerial, Person, Requirement, Status
from rkreport.core.report.labels import STATUS_ORDER, STATUS_SYMBOLS, Legend
from rkreport.core.report.sheets import DERIVED_MARK, Cell, Column, Kind, Row, StatusCell, Table, TableSheet
from rkreport.core.words import Words

SYMBOLS_FROM: Final = 8
"""From this many courses on, a cell holds the symbol alone."""

_UPRIGHT_WIDTH = 4.3  # characters: five with the margins that Excel adds
_NUMBER_WIDTH = 6.0
_UNIT_WIDTH = 30.0
_ROOMS = {5: 25, 6: 22, 7: 22}  # characters of a cell with so many courses; with fewer it is roomy
_ROOMY = 30
_RENEWALS = frozenset({Status.EXPIRING, Status.EXPIRED})


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the requirements that count comply."""

    compliant: int = 0
    counted: int = 0

    @property
    def order(self) -> tuple[int, int]:
        """Sort key: the most open requirements first, and of as many the ones with fewer that comply."""
        return self.compliant - self.counted, self.compliant


def matrix_sheet(
    people: Sequence[Person], requirements: Sequence[Requirement], legend: Legend, words: Words
) -> TableSheet:
    """One row per person of the team: how many requirements comply, of how many, then one column per course.

    A cell holds the status if the requirement counts or is exempt; courses without any such cell have no column. Below
    the people stands how many comply in each course. With many courses the headers stand upright.
    """
    shown = [each for each in requirements if each.counts in (Counts.YES, Counts.EXEMPT)]
    by_course = _coverage((each.course.serial, each) for each in shown)
    by_person = _coverage((each.person.key, each) for each in shown)
    nothing = Coverage()
    names = {serial: name for serial, name in legend.course_names.items() if serial in by_course}
    courses = sorted(names, key=lambda serial: by_course[serial].order)
    sorted_people = sorted(people, key=lambda person: by_person.get(person.key, nothing).order)
    is_upright = len(courses) >= SYMBOLS_FROM
    room = None if is_upright else _ROOMS.get(len(courses), _ROOMY)
    cells = {(each.person.key, each.course.serial): _cell(each, legend, room, words) for each in shown}
    whole = Coverage(sum(each.compliant for each in by_course.values()), sum(map(_counted, by_course.values())))
    coverage = (f"{by_course[serial].compliant}/{by_course[serial].counted}" for serial in courses)
    return TableSheet(
        key="matrix",
        title=words.text("sheet.matrix.title"),
        table=Table(
            name="tblMatrix",
            columns=_columns({serial: names[serial] for serial in courses}, words, room),
            rows=partial(_rows, sorted_people, by_person, cells, courses),
            count=len(people),
            total=(None, words.text("matrix.coverage"), None, whole.compliant, whole.counted, *coverage),
        ),
        frozen_columns=2,
        empty_text=words.text("sheet.rollup_empty"),
        footnotes=(words.text("sheet.matrix.order"), words.text("sheet.matrix.blank")) if courses else (),
        legend=_symbols((each.status for each in shown), legend) if is_upright else (),
    )


def _coverage(requirements: Iterable[tuple[Hashable, Requirement]]) -> dict[Hashable, Coverage]:
    """By person or course, also where nothing counts."""
    counted: Counter[Hashable] = Counter()
    compliant: Counter[Hashable] = Counter()
    for key, requirement in requirements:
        counts = requirement.counts is Counts.YES
        counted[key] += counts
        compliant[key] += counts and requirement.status in COMPLIANT
    return {key: Coverage(compliant[key], number) for key, number in counted.items()}


def _counted(coverage: Coverage) -> int:
    return coverage.counted


def _columns(names: Mapping[CourseSerial, str], words: Words, room: int | None) -> tuple[Column, ...]:
    is_upright = room is None
    number = _NUMBER_WIDTH if is_upright else None
    columns = (
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("detail.name"), Kind.TEXT),
        Column(words.text("column.unit"), Kind.NOTE, _UNIT_WIDTH),
        Column(words.text("tally.compliant"), Kind.INTEGER, number, is_upright=is_upright),
        Column(words.text("tally.counted"), Kind.INTEGER, number, is_upright=is_upright),
    )
    width = _UPRIGHT_WIDTH if room is None else float(room)
    headers = distinct_headers(names, [column.header for column in columns])
    return (*columns, *(Column(header, Kind.STATUS, width, is_upright=is_upright) for header in headers))


def distinct_headers(names: Mapping[CourseSerial, str], taken: Sequence[str]) -> Iterator[str]:
    """The courses' names; a name that is already taken gets the serial behind it."""
    seen = {header.casefold() for header in taken}
    for serial, name in names.items():
        header = name if name.casefold() not in seen else f"{name} ({serial})"
        seen.add(header.casefold())
        yield header


def _cell(requirement: Requirement, legend: Legend, room: int | None, words: Words) -> StatusCell:
    """The status, with the day of completion or expiry where there is `room` for it; without any, the symbol."""
    status = legend.statuses[requirement.status]
    if room is None:
        return StatusCell(status.status, "")
    done = requirement.completed_on if requirement.status is Status.COMPLETED else None
    day = requirement.valid_until if requirement.status in _RENEWALS else done
    if day is None:
        return status
    mark = f" {DERIVED_MARK}" if done and requirement.is_date_derived else ""
    dated = f"{status.word} {words.date(day)}{mark}"
    return StatusCell(status.status, dated) if len(dated) + 2 <= room else status


def _symbols(statuses: Iterable[Status], legend: Legend) -> tuple[str, ...]:
    """What the symbols that occur mean."""
    seen = set(statuses)
    return tuple(
        f"{STATUS_SYMBOLS[status]} {legend.statuses[status].word}"
        for status in (*STATUS_ORDER, Status.EXEMPT)
        if status in seen
    )


def _rows(
    people: Sequence[Person],
    coverage: Mapping[Hashable, Coverage],
    cells: Mapping[tuple[str, CourseSerial], Cell],
    courses: Sequence[CourseSerial],
) -> Iterator[Row]:
    for person in people:
        own = coverage.get(person.key, Coverage())
        yield (
            person.employee_id or None,
            person.name or None,
            (person.learner.unit_name or None) if person.learner else None,
            own.compliant,
            own.counted,
            *(cells.get((person.key, serial)) for serial in courses),
        )
