"""Two reports compared: every requirement that changed, with one cause each, and the sums. Pure.

The earlier report is its base. All sums are of integers, so the causes add up to the move of numerator and denominator.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from rkreport.core.changes.causes import Cause, Pair, Side, cause_of, one_team
from rkreport.core.changes.points import NO_SCORE, Score
from rkreport.core.compliance import Compliance, Numbered
from rkreport.core.models import Counts, CourseSerial, ManagerId, Requirement, UnitSerial
from rkreport.core.review.last_sent import BaseRow, base_of

Key = tuple[str, CourseSerial, int]
"""A requirement from month to month: the person as `person_ids` gives it, the course, and a number from 0.

The number tells people apart whom the LMS gives the same id, serial and name.
"""


NO_UNIT: Final = UnitSerial("")


class Missing(StrEnum):
    """Why there is nothing to compare with."""

    FIRST = "first"  # no earlier report was sent or written
    RULES = "rules"  # other rules made the earlier report, and its data cannot be judged by today's
    UNREADABLE = "unreadable"  # the earlier report is not known whole


@dataclass(frozen=True, slots=True)
class Known:
    """What the user lists say about a person: `unit` is the serial, `""` for none."""

    employee_id: str = ""
    name: str = ""
    unit: UnitSerial = NO_UNIT
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """An earlier report.

    `since` is its moment. `people` are by the id in `rows`. `by_todays_rules` is its base by today's rules; None where
    the rules are the same. `courses` are those that it could judge.
    """

    edition: Numbered
    rows: Sequence[BaseRow]
    since: datetime
    people: Mapping[str, Known] = field(default_factory=dict)
    by_todays_rules: Sequence[BaseRow] | None = None
    courses: frozenset[CourseSerial] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement that changed. `person` as in the base; `now` is None if today's report lacks the requirement."""

    cause: Cause
    person: str
    course: CourseSerial
    before: Side | None
    after: Side | None
    score: Score
    known: Known
    now: Requirement | None


@dataclass(frozen=True, slots=True)
class Groups:
    """What units, managers and courses had in the earlier report; `own_by_unit` leaves out what is below a unit."""

    by_unit: Mapping[UnitSerial, Score] = field(default_factory=dict)
    by_manager: Mapping[ManagerId, Score] = field(default_factory=dict)
    by_course: Mapping[CourseSerial, Score] = field(default_factory=dict)
    own_by_unit: Mapping[UnitSerial, Score] = field(default_factory=dict)
    unit_names: Mapping[UnitSerial, str] = field(default_factory=dict)


NO_GROUPS: Final = Groups()


@dataclass(frozen=True, slots=True)
class CauseSum:
    """All requirements of one cause."""

    cause: Cause
    requirements: int
    score: Score


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report against the earlier one. `missing` says why there is none; then all else is empty.

    `edition` is the earlier one, also where it cannot be compared.
    """

    missing: Missing | None = None
    edition: Numbered | None = None
    before: Score = NO_SCORE
    after: Score = NO_SCORE
    changes: tuple[Change, ...] = ()
    then: Groups = NO_GROUPS

    @property
    def by_cause(self) -> tuple[CauseSum, ...]:
        """The causes that occur, in their order."""
        return sums_of((change.cause, change.score) for change in self.changes)


NOTHING: Final = Comparison(Missing.FIRST)


def compare(compliance: Compliance, earlier: EarlierReport) -> Comparison:
    """Compare a run with an earlier report."""
    rows = base_of(compliance)
    then, now = _keyed(earlier.rows), _keyed(rows)
    requirements = dict(zip(_keys(rows), compliance.requirements, strict=True))
    was_there, is_there = _listed(then), _listed(now)
    by_rules = _by_rules(earlier, then, now)
    changes = []
    for key in (*now, *(key for key in then if key not in now)):
        person, course, _ = key
        requirement = requirements.get(key)
        pair = Pair(then.get(key), now.get(key), person in was_there, person in is_there, requirement)
        cause = cause_of(pair, is_by_rules=key in by_rules, since=earlier.since)
        if cause:
            score, known = Score(pair.compliant, pair.counted), earlier.people.get(person, Known())
            changes.append(Change(cause, person, course, pair.before, pair.after, score, known, requirement))
    order = list(Cause)
    changes.sort(key=lambda change: order.index(change.cause))  # stable: within a cause the order of the report
    return Comparison(
        edition=earlier.edition,
        before=_sum(then.values()),
        after=_sum(now.values()),
        changes=tuple(changes),
        then=_group(earlier, then, compliance),
    )


def sums_of(parts: Iterable[tuple[Cause, Score]]) -> tuple[CauseSum, ...]:
    """The sum of each cause that occurs, in the order of the causes."""
    scores: defaultdict[Cause, list[Score]] = defaultdict(list)
    for cause, score in parts:
        scores[cause].append(score)
    return tuple(CauseSum(each, len(scores[each]), sum(scores[each], Score())) for each in Cause if each in scores)


def _keys(rows: Iterable[BaseRow]) -> list[Key]:
    seen: Counter[tuple[str, CourseSerial]] = Counter()
    keys = []
    for row in rows:
        keys.append((row.person, row.course, seen[row.person, row.course]))
        seen[row.person, row.course] += 1
    return keys


def _keyed(rows: Sequence[BaseRow]) -> dict[Key, Side]:
    return dict(zip(_keys(rows), map(_side, rows), strict=True))


def _side(row: BaseRow) -> Side:
    return Side(row.status, row.counts, one_team(row.manager_id))


def _score(side: Side) -> Score:
    return Score(int(side.compliant), int(side.counted))


def _sum(sides: Iterable[Side]) -> Score:
    return sum(map(_score, sides), Score())


def _listed(sides: Mapping[Key, Side]) -> frozenset[str]:
    """The people who are active learners and have a requirement."""
    return frozenset(person for (person, _, _), side in sides.items() if side.is_of_learner)


def _by_rules(earlier: EarlierReport, then: Mapping[Key, Side], now: Mapping[Key, Side]) -> frozenset[Key]:
    """The requirements that today's rules alone change: in the earlier data too, or of a course that is new in them.

    Exceptions are no rules: what was or is exempt is left to its own cause.
    """
    if earlier.by_todays_rules is None:
        return frozenset()
    today = _keyed(earlier.by_todays_rules)
    changed = {
        key
        for key in then.keys() | today.keys()
        if key[1] in earlier.courses
        and _figures(then.get(key)) != _figures(today.get(key))
        and not _is_exempt(then, key)
    }
    added = {key for key in now if key[1] not in earlier.courses and key not in then}
    return frozenset(changed | added | {key for key in then if key[1] not in earlier.courses})


def _figures(side: Side | None) -> Score:
    return _score(side) if side else Score()


def _is_exempt(sides: Mapping[Key, Side], key: Key) -> bool:
    return key in sides and sides[key].counts is Counts.EXEMPT


def _group(earlier: EarlierReport, then: Mapping[Key, Side], compliance: Compliance) -> Groups:
    """The scores of the earlier report; a unit's include those below it, in today's structure."""
    by_unit: defaultdict[UnitSerial, Score] = defaultdict(Score)
    by_manager: defaultdict[ManagerId, Score] = defaultdict(Score)
    by_course: defaultdict[CourseSerial, Score] = defaultdict(Score)
    own: defaultdict[UnitSerial, Score] = defaultdict(Score)
    names: dict[UnitSerial, str] = {}
    for (person, course, _), side in then.items():
        if not side.counted:
            continue
        score, known = _score(side), earlier.people.get(person, Known())
        by_manager[side.manager_id] += score
        by_course[course] += score
        own[known.unit] += score
        for unit in {known.unit, *compliance.units.above(known.unit)}:
            by_unit[unit] += score
        names.setdefault(known.unit, known.unit_name)
    return Groups(dict(by_unit), dict(by_manager), dict(by_course), dict(own), names)
