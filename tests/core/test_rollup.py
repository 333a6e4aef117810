"""Tallies: they add up, whatever the data, and do not depend on order."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.compliance import Compliance, Period
from rkreport.core.models import Counts, MatchedBy, Status, Unit, UnitSerial
from rkreport.core.report.detail import first_rows
from rkreport.core.rollup import (
    NOTHING,
    Tally,
    by_course,
    by_team,
    by_unit,
    matched_counts,
    overall,
    period_result,
    rate,
    status_counts,
)
from rkreport.core.units import UnitTree
from tests.core.companies import COURSES, EAST, ROOT, TREE, UNITS, WEST, companies, company, owed, somebody, team


def _figures(tally: Tally) -> tuple[int, ...]:
    return tally.counted, tally.compliant, tally.exempt, tally.not_counting, tally.overdue


def _added(tallies: list[Tally]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*map(_figures, [NOTHING, *tallies]), strict=True)))


@given(companies())
def test_statuses_add_up(run: Compliance) -> None:
    """The statuses of a tally add up to what counts and what is exempt, and with the rest to all requirements."""
    tally = overall(run.requirements)
    assert sum(tally.by_status.values()) == tally.counted + tally.exempt
    assert tally.counted + tally.exempt + tally.not_counting == len(run.requirements)
    assert tally.compliant == tally.by_status[Status.COMPLETED] + tally.by_status[Status.EXPIRING]


@given(companies())
def test_parts_make_the_whole(run: Compliance) -> None:
    """Courses, teams with the people of nobody, and the units' own people each add up to the whole."""
    whole = _figures(overall(run.requirements))
    assert _added(list(by_course(run.requirements).values())) == whole
    assert _added(list(by_team(run.requirements, run.teams).values())) == whole
    units = by_unit(run.requirements, run.units)
    assert _added([each.own for each in units]) == whole
    assert _added([each.whole for each in units if each.level == 0]) == whole


@given(companies())
def test_people_are_in_one_team_and_one_unit(run: Compliance) -> None:
    """Over teams and over units people add up; over courses they need not."""
    tally = overall(run.requirements)
    teams = by_team(run.requirements, run.teams).values()
    assert sum(each.people for each in teams) == tally.people
    assert sum(each.people_compliant for each in teams) == tally.people_compliant
    roots = [each.whole for each in by_unit(run.requirements, run.units) if each.level == 0]
    assert sum(each.people for each in roots) == tally.people


@given(companies(), st.randoms())
def test_order_does_not_matter(run: Compliance, chance: Random) -> None:
    """Shuffled requirements give the same tallies."""
    shuffled = list(run.requirements)
    chance.shuffle(shuffled)
    assert overall(shuffled) == overall(run.requirements)
    assert by_course(shuffled) == by_course(run.requirements)
    assert by_team(shuffled, run.teams) == by_team(run.requirements, run.teams)
    assert by_unit(shuffled, run.units) == by_unit(run.requirements, run.units)


def test_a_person_complies_when_everything_that_counts_does() -> None:
    """One overdue course makes the person not compliant; one that does not count does not."""
    first, second = somebody(1), somebody(2)
    tally = overall(
        [
            owed(first, COURSES[0], Status.COMPLETED),
            owed(first, COURSES[1], Status.OVERDUE),
            owed(second, COURSES[0], Status.EXPIRING),
            owed(second, COURSES[1], Status.OVERDUE, Counts.NOT_IN_AUDIENCE),
        ]
    )
    assert (tally.people, tally.people_compliant) == (2, 1)
    assert tally.person_rate == 0.5
    assert tally.rate == Fraction(2, 3)


def test_nothing_has_no_rate() -> None:
    """Where nothing counts there is no rate, rather than zero or a hundred percent."""
    assert rate(0, 0) is None
    assert NOTHING.rate is None
    assert NOTHING.person_rate is None
    assert rate(1, 4) == 0.25


def test_units_stand_in_tree_order() -> None:
    """Parents before children, siblings by name, then units that the structure lacks, last the people in no unit."""
    places = (UnitSerial(""), UnitSerial("U-STRAY"), EAST, WEST)
    people = [somebody(number, place) for number, place in enumerate(places)]
    units = by_unit([owed(person, COURSES[0]) for person in people], TREE)
    assert [(each.serial, each.level) for each in units] == [
        (ROOT, 0),
        (WEST, 1),
        (EAST, 1),
        ("U-STRAY", 0),
        (None, 0),
    ]
    assert [each.name for each in units] == ["Contoh", "Barat", "Timur", "Unit U-STRAY", ""]
    assert (units[0].own.counted, units[0].whole.counted) == (0, 2)


SHARED = UnitSerial("U-SHARED")
SHARED_PLACES = tuple(Unit(SHARED, "Bersama", is_active=True, path=(ROOT, above, SHARED)) for above in (EAST, WEST))


def test_a_unit_in_two_places_is_one_line_and_its_people_count_once() -> None:
    """They count in both units above it and once in the root, whatever the order of the structure."""
    people = (somebody(1, SHARED), somebody(2, SHARED), somebody(3, EAST))
    requirements = [owed(person, course) for person in people for course in COURSES]
    for units in ((*UNITS, *SHARED_PLACES), (*SHARED_PLACES[::-1], *UNITS[::-1])):
        lines = by_unit(requirements, UnitTree.of(units))
        assert [(one.serial, one.level, one.own.people, one.whole.people, one.whole.counted) for one in lines] == [
            (ROOT, 0, 0, 3, 6),
            (WEST, 1, 0, 2, 4),
            (SHARED, 2, 2, 2, 4),
            (EAST, 1, 1, 3, 6),
        ]
        first = first_rows(requirements, UnitTree.of(units), {})
        assert first.by_unit == {SHARED: 0, WEST: 0, EAST: 0, ROOT: 0}


def test_without_structure_units_are_flat() -> None:
    """Each unit that somebody carries is a line of its own, by name; who carries a name alone is in that line."""
    people = [somebody(number, place) for number, place in enumerate((EAST, WEST, UnitSerial("")))]
    learners = [replace(one.learner, unit_name="Unit U-EAST") for one in people[2:] if one.learner]
    people[2] = replace(people[2], learner=learners[0])
    tree = UnitTree.of_learners(one.learner for one in people if one.learner)
    lines = by_unit([owed(person, COURSES[0]) for person in people], tree)
    assert [(one.serial, one.name, one.level, one.whole.people) for one in lines] == [
        (EAST, "Unit U-EAST", 0, 2),
        (WEST, "Unit U-WEST", 0, 1),
    ]


def test_every_team_has_a_tally() -> None:
    """A team without requirements has an empty tally, and the people of nobody stand last, under None."""
    alone = somebody(1)
    tallies = by_team([owed(alone, COURSES[0])], (team(1, ()), team(2, ())))
    assert list(tallies) == ["M-001", "M-002", None]
    assert tallies[team(1, ()).manager.manager_id] == NOTHING
    assert tallies[None].counted == 1


def test_manifest_counts_name_every_status_and_way() -> None:
    """The manifest's counts hold English words, zeros too, and exempt requirements under Exempt."""
    person = somebody(1)
    requirements = [
        owed(person, COURSES[0], Status.EXEMPT, Counts.EXEMPT),
        owed(person, COURSES[1], Status.OVERDUE, Counts.INACTIVE, superseded=2),
        owed(somebody(2, matched=False), COURSES[1], Status.COMPLETED, Counts.UNMATCHED),
    ]
    counts = status_counts(requirements)
    assert list(counts) == [status.value for status in Status]
    assert counts["Exempt"] == 1
    assert sum(counts.values()) == 1
    assert matched_counts(requirements) == {
        MatchedBy.SERIAL: 4,
        MatchedBy.EMPLOYEE_ID: 0,
        MatchedBy.UNMATCHED: 1,
    }


def test_a_period_keeps_its_figures() -> None:
    """What is kept for the trend are the figures of the tally."""
    requirements = (owed(somebody(1), COURSES[0], Status.FAILED), owed(somebody(2), COURSES[0], Status.NOT_ASSIGNED))
    run = company(requirements, (team(4, (somebody(1), somebody(2))),))
    kept = period_result(
        Period(2026, 10), overall(run.requirements), teams=run.teams, rules_sha256="r", snapshot_id="s"
    )
    assert (kept.people, kept.counted, kept.compliant, kept.overdue) == (2, 2, 0, 0)
    assert (kept.failed, kept.not_assigned, kept.people_compliant) == (1, 1, 0)
    assert kept.people_by_manager == {"M-004": 2}
