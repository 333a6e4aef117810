"""Heat maps: units by courses and managers by courses, rate and numbers in each square. Knows requirements."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rkreport.core.compliance import Compliance
from rkreport.core.models import COMPLIANT, Counts, CourseSerial, Requirement
from rkreport.core.percent import percent_of
from rkreport.core.report.detail import row_count
from rkreport.core.report.figures import Figures
from rkreport.core.report.labels import manager_label, unit_label
from rkreport.core.report.ranking import Ranked, ranked
from rkreport.core.report.sheets import SHADES, HeatCell, HeatMap, Link
from rkreport.core.rollup import managers_by_person, rate, unit_of
from rkreport.core.words import Words
from rkreport.sentence import Sentence

MOST_ROWS, MOST_COURSES = 40, 40  # what still reads well
ACROSS = 14  # courses side by side on a page
_LETTERS = 170  # of squares side by side, where the names of courses are short
_SHORT_NAME, _LONG_NAME = 24, 60  # letters; the sheet's own table needs the room of a longer one


@dataclass(slots=True)
class _Square:
    """What counts of one group in one course; `row` is the first of it in the detail."""

    row: int
    compliant: int = 0
    counted: int = 0


class _Said(NamedTuple):
    """What the maps of units, or of managers, say; `worst` is the key of what they leave out."""

    title: str
    header: str
    worst: str
    whose: str


_Squares = dict[tuple[object, CourseSerial], _Square]


def unit_heat(compliance: Compliance, figures: Figures, words: Words) -> tuple[HeatMap, ...]:
    """The units with most to do, of the people directly in them."""
    squares = _squares(compliance.requirements, lambda each: unit_of(each, compliance.units))
    groups = [(each.serial, Ranked(unit_label(each, words), each.own, None)) for each in figures.by_unit]
    return _maps(
        groups,
        squares,
        figures,
        words,
        _Said(
            words.text("heat.unit"),
            words.text("column.unit"),
            "heat.worst_unit",
            words.text("heat.directly"),
        ),
    )


def manager_heat(compliance: Compliance, figures: Figures, words: Words) -> tuple[HeatMap, ...]:
    """The managers with most to do."""
    managers = managers_by_person(compliance.teams)
    by_id = {team.manager.manager_id: team.manager for team in compliance.teams}

    def manager_of(requirement: Requirement) -> object:
        manager = managers.get(requirement.person.key)
        return manager.manager_id if manager else None

    groups = [
        (each, Ranked(manager_label(by_id[each] if each is not None else None, words), tally, None))
        for each, tally in figures.by_manager.items()
    ]
    return _maps(
        groups,
        _squares(compliance.requirements, manager_of),
        figures,
        words,
        _Said(words.text("heat.manager"), words.text("column.manager"), "heat.worst_manager", ""),
    )


def _squares(requirements: Iterable[Requirement], group_of: Callable[[Requirement], object]) -> _Squares:
    found: _Squares = {}
    row = 0
    for each in requirements:
        if each.counts is Counts.YES:
            key = group_of(each), each.course.serial
            square = found.get(key)
            if square is None:
                square = found[key] = _Square(row)
            square.counted += 1
            square.compliant += each.status in COMPLIANT
        row += row_count(each)
    return found


def _maps(
    groups: Sequence[tuple[object, Ranked]],
    squares: _Squares,
    figures: Figures,
    words: Words,
    said: _Said,
) -> tuple[HeatMap, ...]:
    """The worst groups by the worst courses, in as many maps as courses fit side by side; none for a single line."""
    keys = {id(group): key for key, group in groups}
    rows = _worst_first((group for _, group in groups), MOST_ROWS)
    courses = _worst_first((Ranked(serial, tally, None) for serial, tally in figures.by_course.items()), MOST_COURSES)
    if min(sum(bool(each.open) for each in line) for line in (rows, courses)) < 2:  # noqa: PLR2004 - a line is no map
        return ()
    counting = sum(bool(tally.counted) for tally in figures.by_course.values())
    whole = sum(bool(group.tally.counted) for _, group in groups), counting
    note = _note((len(rows), len(courses)), whole, words, said)
    shown = [CourseSerial(course.label) for course in courses]
    cells = [
        [_cell(squares.get((keys[id(group)], serial)), figures.target, words) for serial in shown] for group in rows
    ]
    bands = math.ceil(len(courses) / _across(cells, figures.course_names.values()))
    width = math.ceil(len(courses) / bands)
    return tuple(
        HeatMap(
            title=said.title + (f" ({band + 1}/{bands})" if bands > 1 else ""),
            note=note if band == 0 else "",
            header=said.header,
            columns=tuple(figures.course_names[serial] for serial in shown[part]),
            rows=tuple((group.label, tuple(line[part])) for group, line in zip(rows, cells, strict=True)),
        )
        for band in range(bands)
        for part in (slice(band * width, (band + 1) * width),)
    )


def _worst_first(groups: Iterable[Ranked], at_most: int) -> list[Ranked]:
    """Groups in which something counts: those with most to do, and last those with nothing."""
    counting = [group for group in groups if group.tally.counted]
    return [*ranked(counting), *(group for group in counting if not group.open)][:at_most]


def _across(cells: Iterable[Iterable[HeatCell | None]], names: Iterable[str]) -> int:
    """How many courses stand side by side: fewer where their numbers or names are long."""
    name = min(max(map(len, names), default=0), _LONG_NAME)
    longest = max((len(cell.link.text) for line in cells for cell in line if cell), default=1)
    return max(1, min(ACROSS, (_LETTERS - max(0, name - _SHORT_NAME)) // longest))


def _note(shown: tuple[int, int], whole: tuple[int, int], words: Words, said: _Said) -> str:
    """How to read the map, and what it leaves out: of so many groups and courses, it shows so many."""
    parts = [words.text("heat.read"), said.whose]
    for key, some, every in zip((said.worst, "heat.worst_courses"), shown, whole, strict=True):
        if some < every:
            parts.append(words.text(key, shown=words.number(some), whole=words.number(every)))
    return " ".join(filter(None, parts))


def _cell(square: _Square | None, target: Fraction, words: Words) -> HeatCell | None:
    if square is None:
        return None
    share = rate(square.compliant, square.counted) or Fraction(0)
    numbers = f"{words.number(square.compliant)}/{words.number(square.counted)}"
    line = Sentence("{percent} · {numbers}", percent=words.percent(percent_of(share, target)), numbers=numbers)
    return HeatCell(Link(line, "detail", square.row), shade_of(share, target))


def shade_of(share: Fraction, target: Fraction) -> int:
    """No shade at the target, then a darker one for each quarter of the way down to nothing."""
    if share >= target:
        return 0
    return min(SHADES, 1 + math.floor((1 - share / target) * SHADES))
