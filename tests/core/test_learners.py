"""Which records are one person, and whom an employee id means."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings

from rkreport.core.assess import Assessed, assess
from rkreport.core.findings import FindingCode, Level
from rkreport.core.join import join
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import (
    Assignment,
    BatchSerial,
    Counts,
    CourseException,
    EmployeeId,
    Learner,
    MatchedBy,
    Status,
    Tag,
    UnitSerial,
    UserSerial,
)
from rkreport.core.routing import Routing, RoutingRule, RuleKind, route
from rkreport.core.units import UnitTree
from tests import factories
from tests.core import oracle_people
from tests.core.one_person import EVERYBODY
from tests.core.worlds import World, worlds


def record(serial: str | None = None, employee_id: str = "00417", **values: object) -> Learner:
    """A user record; without serial, as the published Find Users page shows it."""
    return factories.learner(serial=serial and UserSerial(serial), employee_id=EmployeeId(employee_id), **values)


def row(serial: str | None = None, employee_id: str = "00417", **values: object) -> Assignment:
    """A cleared assignment of somebody with this serial and id."""
    return factories.assignment(
        user_serial=serial and UserSerial(serial), employee_id=EmployeeId(employee_id), **values
    )


def codes(*records: Learner) -> list[tuple[str, Level]]:
    """What is odd about a user list."""
    return [(finding.code, finding.level) for finding in LearnerIndex(records).findings]


def judged(records: tuple[Learner, ...], rows: tuple[Assignment, ...], **rules: object) -> Assessed:
    """The verdicts at the end of October 2026 on a course that everybody must take."""
    snapshot = factories.snapshot(learners=records, assignments=rows)
    policy = factories.policy(audience=EVERYBODY)
    return assess(join(snapshot), snapshot, factories.rules(courses=(policy,), **rules), factories.AS_OF)


# ---- records that stand twice


@given(worlds())
def test_people_are_those_of_the_oracle(world: World) -> None:
    """The people of a user list are those of the oracle, each as the latest record shows them."""
    people = LearnerIndex(world.snapshot.learners).people
    assert sorted(one.email for one in people) == sorted(
        records[-1].email for records in oracle_people.people(world.snapshot)
    )


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        (record("S-1"), record("S-1"), True),
        (record(), record(), True),
        (record("S-1"), record(), True),
        (record("S-1"), record("S-2"), True),
        (record(), record(None, " 00417 ", name=" Sari Wulandari "), True),
        (record(), record(email="new@contoh.test", phone="", username="s"), True),
        (record("S-1"), record("S-1", unit_serial=UnitSerial("U-EAST")), True),
        (record("S-1"), record("S-1", "00999", name="Sari W.", is_active=False, tags=()), True),
        (record(), record(name="Sari W."), False),
        (record(), record(unit_serial=UnitSerial("U-EAST")), False),
        (record(), record(tags=(Tag("T-9", "Malam"),)), False),
        (record(), record(is_active=False), False),
        (record(), record(None, "0417"), False),
        (record(None, ""), record(None, " "), False),
    ],
)
def test_records_of_one_person(one: Learner, other: Learner, *, is_one: bool) -> None:
    """One serial, or one id with the same name, unit, tags and active state, is one person; the later record wins."""
    for first, second in ((one, other), (other, one)):
        people = LearnerIndex((first, second)).people
        assert len(people) == (1 if is_one else 2)
        assert people[-1].email == second.email
        assert people[-1].unit_serial == second.unit_serial


def test_the_order_of_unlike_records_does_not_matter() -> None:
    """Of three records of two serials the people are the same in any order, as long as the later stays the later."""
    records = (record("S-1"), record("S-2", name="Budi"), record(None, "00500", name="Citra"))
    for order in permutations(records):
        assert set(LearnerIndex(order).people) == set(records)


def test_a_person_keeps_every_serial() -> None:
    """A record without serial that came later does not lose the serial; each of two serials finds the person."""
    index = LearnerIndex((record("S-1"), record("S-2"), record()))
    (person,) = index.people
    assert person.serial == "S-2"
    for serial in ("S-1", "S-2"):
        assert index.match(row(serial, "")) == (person, MatchedBy.SERIAL)
    assert index.match(row("S-3")) == (None, MatchedBy.UNMATCHED)


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ({}, (FindingCode.USER_TWICE, Level.INFO)),
        ({"phone": ""}, (FindingCode.USER_TWICE_DIFFERING, Level.CHECK)),
        ({"unit_serial": UnitSerial("U-EAST")}, (FindingCode.USER_TWICE_DIFFERING, Level.CHECK)),
        ({"is_active": False}, (FindingCode.USER_TWICE_DIFFERING, Level.CHECK)),
    ],
)
def test_records_that_stand_twice_are_found(later: dict[str, Any], found: tuple[str, Level]) -> None:
    """Once per person, however often the record stands there; something to check where the records differ."""
    assert codes(record("S-1"), record("S-1"), record("S-1", **later)) == [found]


def test_somebody_twice_has_one_requirement() -> None:
    """One person, one line, one place in the rate, whichever record an assignment names."""
    records = (record("S-1"), record("S-1"), record(None, "00500", name="Budi"), record(None, "00500", name="Budi"))
    rows = (row("S-1"), row(None, "00500", batch_serial=BatchSerial("BATCH-K3-01")))
    assessed = judged(records, rows)
    assert [(each.person.name, each.status, each.counts) for each in assessed.requirements] == [
        ("Budi", Status.COMPLETED, Counts.YES),
        ("Sari Wulandari", Status.COMPLETED, Counts.YES),
    ]


# ---- an id that several people share

OLD = record(name="Sari W.", is_active=False, unit_serial=UnitSerial("U-OLD"))
NEW = record()


@pytest.mark.parametrize(
    ("records", "meant", "found"),
    [
        ((OLD, NEW), NEW, "shared_employee_id"),
        ((NEW, OLD), NEW, "shared_employee_id"),
        ((OLD, NEW, NEW), NEW, "shared_employee_id"),
        ((OLD, record(name="Tono", is_active=False), NEW), NEW, "shared_employee_id"),
        ((record("S-OLD", is_active=False), NEW), NEW, "shared_employee_id"),
        ((OLD, record(name="Tono", is_active=False)), None, "ambiguous_employee_id"),
        ((NEW, record(name="Tono")), None, "ambiguous_employee_id"),
        ((OLD, NEW, record(name="Tono")), None, "ambiguous_employee_id"),
        ((OLD, OLD), OLD, None),
        ((OLD,), OLD, None),
    ],
)
def test_whom_a_shared_id_means(records: tuple[Learner, ...], meant: Learner | None, found: str | None) -> None:
    """The only active of the people who have it, else nobody; somebody who stands twice does not share it."""
    index = LearnerIndex(records)
    assert index.match(row())[0] == meant
    assert [code for code, _ in codes(*records) if code.endswith("_employee_id")] == ([found] if found else [])


@pytest.mark.parametrize(
    ("rows", "matched"),
    [
        ((row("S-1"), row("S-1")), (True, True)),
        ((row("S-1"), row("S-2")), (True, True)),
        ((row("S-1", name="Tono"), row("S-2", name="Tono")), (True, True)),
        ((row("S-1", name="Tono"), row("S-2")), (False, True)),
        ((row("S-1", name="Tono"), row("S-2", name=" Sari Wulandari "), row()), (False, True, True)),
        ((row("S-1", name="Tono"), row("S-2", name="Tini"), row(name="Tini")), (False, False, False)),
        ((row("S-1", name="Sari"), row("S-1", name="S. Wulandari")), (True, True)),
        ((row("S-OLD", name="Sari W."),), (False,)),
        ((row("S-OLD", name="Sari W."), row()), (False, True)),
        ((row(name="Sari W."), row(name="Tono")), (True, True)),
    ],
)
def test_names_tell_the_owners_of_a_shared_id_apart(rows: tuple[Assignment, ...], matched: tuple[bool, ...]) -> None:
    """Where serials under the id have different names, or another owner's, only those of the meant person match."""
    for order in permutations(zip(rows, matched, strict=True)):
        snapshot = factories.snapshot(learners=(OLD, NEW), assignments=tuple(each for each, _ in order))
        joined = join(snapshot)
        assert [one.learner is not None for one in joined.assignments] == [is_matched for _, is_matched in order]
        said = {finding.level for finding in joined.findings if finding.code == "shared_id_other_name"}
        assert said == (set() if all(matched) else {Level.CHECK})


def test_names_do_not_matter_where_one_person_has_the_id() -> None:
    """A record that stands twice is told apart from nobody: all rows under its id are its own, whatever they say."""
    for records in ((NEW,), (NEW, NEW)):
        snapshot = factories.snapshot(learners=records, assignments=(row("S-1", name="Tono"), row("S-2")))
        assert all(one.learner == NEW for one in join(snapshot).assignments)


def excused(records: tuple[Learner, ...], rows: tuple[Assignment, ...] = ()) -> list[str]:
    """The names of those whom an exception for the id excuses."""
    exception = CourseException(EmployeeId("00417"), "*", None, "Cuti", "HR", 2)
    found = judged(records, rows, exceptions=(exception,)).requirements
    return [each.person.name for each in found if each.exception]


def led(records: tuple[Learner, ...], rows: tuple[Assignment, ...] = ()) -> list[str]:
    """The names of those whom a manager's rule for the id reaches."""
    snapshot = factories.snapshot(learners=records, assignments=rows)
    joined = join(snapshot)
    people = dict.fromkeys(each.person for each in judged(records, rows).requirements)
    manager = factories.manager()
    rules = (RoutingRule(manager.manager_id, RuleKind.EMPLOYEE, " 00417", 2),)
    routed = route(tuple(people), joined.learners, Routing((manager,), rules, None), UnitTree.of(snapshot.units))
    return [person.name for team in routed.teams for person in team.people]


@pytest.mark.parametrize("names_of", [excused, led])
def test_exceptions_and_rules_mean_the_same_person(names_of: Any) -> None:
    """A line for a shared id means its only active owner, nobody where the id is ambiguous, and no other who has it."""
    other = record("S-OLD", name="Tono", is_active=False)
    old_row = row("S-OLD", "00417", name="Tono")
    assert names_of((NEW, other), (row(), old_row)) == ["Sari Wulandari"]
    assert names_of((OLD, NEW), (row("S-1"), row("S-2", name="Tono"))) == ["Sari Wulandari"]
    assert names_of((NEW, record(name="Tono"))) == []
    assert names_of((NEW, NEW)) == ["Sari Wulandari"]


# ---- twice in a batch


def test_users_without_anything_stay_apart() -> None:
    """Two rows without serial, id and name in one batch are two rows and two unmatched people, and no duplicate."""
    blank = row(None, " ", name="")
    snapshot = factories.snapshot(assignments=(blank, blank), learners=(record(None, "", name=""),))
    joined = join(snapshot)
    assert [one.matched_by for one in joined.assignments] == [MatchedBy.UNMATCHED] * 2
    assert "duplicate_in_batch" not in {finding.code for finding in joined.findings}


def test_two_accounts_of_one_person_in_a_batch_are_a_duplicate() -> None:
    """Both rows stay, the one that got further decides, the other is superseded, and the finding says so."""
    rows = (row("S-1", status="Failed"), row("S-2", status="Cleared"))
    snapshot = factories.snapshot(learners=(record("S-1"), record("S-2")), assignments=rows)
    assert [one.code for one in join(snapshot).findings] == ["user_twice_differing", "duplicate_in_batch"]
    (only,) = judged(snapshot.learners, rows).requirements
    assert [(joined.assignment.user_serial, counts) for joined, counts in only.attempts] == [
        ("S-2", Counts.YES),
        ("S-1", Counts.SUPERSEDED),
    ]


def test_random_worlds_hold_every_kind_of_doubt() -> None:
    """The made-up worlds hold doubled records, shared ids of either outcome, names that decide, and doubled rows."""
    met: set[str] = set()

    @settings(max_examples=400, derandomize=True, database=None)
    @given(worlds())
    def meet(world: World) -> None:
        joined = join(world.snapshot)
        tree = UnitTree.of_snapshot(world.snapshot)
        assessed = assess(joined, world.snapshot, world.rules, world.as_of)
        met.update(one.code for one in (*joined.findings, *assessed.findings, *tree.findings()))

    meet()
    assert met >= {
        *("user_twice_differing", "shared_employee_id", "ambiguous_employee_id", "shared_id_other_name"),
        *("duplicate_in_batch", "batch_without_session", "session_ends_before_start"),
        *("unit_in_several_places", "unit_rule_without_structure"),
    }
