"""The detail sheet: one row per assignment, and one per requirement of which no batch has begun. Knows no totals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from rkreport.core.models import Counts, CourseSerial, ManagerId, Requirement, UnitSerial
from rkreport.core.report.columns import DetailColumn, DetailRow, evidence
from rkreport.core.report.labels import Legend
from rkreport.core.report.sheets import Column, LiveRate, Row, Table, TableSheet, spread
from rkreport.core.rollup import Tally, unit_of
from rkreport.core.units import UnitTree
from rkreport.core.words import Words

_BLOCK = 256  # rows whose cells are made together


def has_own_row(requirement: Requirement) -> bool:
    """True when the requirement counts or is exempt, and none of its batches has begun."""
    return requirement.counting is None and requirement.counts in (Counts.YES, Counts.EXEMPT)


def row_count(requirement: Requirement) -> int:
    """How many rows of the detail show the requirement."""
    return len(requirement.attempts) + has_own_row(requirement)


def detail_rows(requirements: Iterable[Requirement]) -> Iterator[DetailRow]:
    """All rows, in the order of the requirements; a requirement's own row comes before its upcoming batches."""
    for requirement in requirements:
        if has_own_row(requirement):
            yield DetailRow(requirement, None, requirement.counts, decides=True)
        for joined, counts in requirement.attempts:
            yield DetailRow(requirement, joined, counts, decides=joined is requirement.counting)


def detail_sheet(
    *,
    key: str,
    title: str,
    table_name: str,
    requirements: Sequence[Requirement],
    columns: tuple[DetailColumn, ...],
    legend: Legend,
    words: Words,
    total: Tally | None = None,
) -> TableSheet:
    """The sheet with these columns, frozen to the right of the name; `total` puts the filtered rate above them."""
    printed = evidence(columns)
    last = words.text(columns[printed - 1].key)
    return TableSheet(
        key=key,
        title=title,
        table=Table(
            name=table_name,
            columns=tuple(Column(words.text(column.key), column.kind) for column in columns),
            rows=partial(_cells, requirements, columns, legend),
            count=sum(map(row_count, requirements)),
            sample=partial(_sample, requirements, columns, legend),
        ),
        frozen_columns=2,
        empty_text=words.text("sheet.detail.empty"),
        footnotes=(words.text("sheet.detail.printed", column=last),),
        live_rate=_live_rate(columns, total, words) if total else None,
        printed_columns=printed,
    )


def _live_rate(columns: tuple[DetailColumn, ...], total: Tally, words: Words) -> LiveRate:
    keys = [column.key for column in columns]
    return LiveRate(
        part=keys.index("detail.compliant"),
        whole=keys.index("detail.counted"),
        sums=(total.compliant, total.counted),
        label=words.text("live_rate.label"),
        note=words.text("live_rate.note"),
    )


def _cells(requirements: Sequence[Requirement], columns: tuple[DetailColumn, ...], legend: Legend) -> Iterator[Row]:
    source = detail_rows(requirements)
    while block := tuple(islice(source, _BLOCK)):
        yield from zip(*(column.cells(block, legend) for column in columns), strict=True)


def _sample(
    requirements: Sequence[Requirement], columns: tuple[DetailColumn, ...], legend: Legend, wanted: int
) -> Iterator[Row]:
    return _cells(spread(requirements, wanted), columns, legend)


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The targets of links into the detail: the first row of each unit (with those below it), manager and course."""

    count: int
    by_unit: Mapping[UnitSerial | None, int]
    by_manager: Mapping[ManagerId | None, int]
    by_course: Mapping[CourseSerial, int]


def first_rows(
    requirements: Iterable[Requirement],
    units: UnitTree,
    manager_ids: Mapping[str, ManagerId],
) -> FirstRows:
    """One pass over the requirements; `manager_ids` is by the person's key."""
    row = 0
    by_unit: dict[UnitSerial | None, int] = {}
    by_manager: dict[ManagerId | None, int] = {}
    by_course: dict[CourseSerial, int] = {}
    for requirement in requirements:
        unit = unit_of(requirement, units)
        if unit not in by_unit:
            for each in (unit, *units.above(unit or "")):
                by_unit.setdefault(each, row)
        by_manager.setdefault(manager_ids.get(requirement.person.key), row)
        by_course.setdefault(requirement.course.serial, row)
        row += row_count(requirement)
    return FirstRows(row, by_unit, by_manager, by_course)
