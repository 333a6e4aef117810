"""What the lists offer: each text means, as a rule, exactly the people that stand beside it."""

from dataclasses import replace

import pytest
from hypothesis import given

from rkreport.core.learners import LearnerIndex
from rkreport.core.list_choices import choices_of
from rkreport.core.models import Course, CourseSerial, EmployeeId, Learner, ManagerId, Person, Tag, Unit, UnitSerial
from rkreport.core.routing import Routing, RoutingRule, RuleIndex, RuleKind
from rkreport.core.units import UnitTree
from tests import factories
from tests.core.worlds import World, worlds

ROOT, WEST, EAST = UnitSerial("U-ROOT"), UnitSerial("U-WEST"), UnitSerial("U-EAST")
UNITS = (
    Unit(ROOT, "Contoh", is_active=True, path=(ROOT,)),
    Unit(WEST, "Barat", is_active=True, path=(ROOT, WEST)),
    Unit(EAST, "Timur", is_active=True, path=(ROOT, EAST)),
)
NIGHT = Tag("T-1", "Malam")


def somebody(number: int, unit: Unit = UNITS[1], *tags: Tag, is_active: bool = True) -> Learner:
    """One person of a unit."""
    return factories.learner(
        employee_id=EmployeeId(f"{number:05}"),
        serial=f"S-{number}",
        unit_serial=unit.serial,
        unit_name=unit.name,
        tags=tags,
        is_active=is_active,
    )


def test_units_count_the_people_below_them() -> None:
    """In tree order, with the units above; who is inactive does not count."""
    people = [somebody(1), somebody(2, UNITS[2]), somebody(3, UNITS[0]), somebody(4, is_active=False)]
    found = choices_of(people, UNITS, ())
    assert [(one.text, one.people, one.above) for one in found.units] == [
        ("Contoh", 3, ()),
        ("Barat", 1, ("Contoh",)),
        ("Timur", 1, ("Contoh",)),
    ]
    assert (found.people, found.has_structure) == (3, True)


@pytest.mark.parametrize("name", ["barat ", "", "=1+1", "#N/A", "A\x00", "A\nB", "x" * 300])
def test_a_name_that_would_not_do_is_offered_by_its_serial(name: str) -> None:
    """One that another unit has, or that a list would not give back."""
    units = (*UNITS, Unit(UnitSerial("U-9"), name, is_active=True, path=(ROOT, UnitSerial("U-9"))))
    texts = [one.text for one in choices_of([], units, ()).units]
    assert "U-9" in texts
    assert ("U-WEST" in texts) == (name == "barat ")


def test_without_structure_the_units_are_those_of_people() -> None:
    """Each with its own people alone."""
    found = choices_of([somebody(1), somebody(2), somebody(3, UNITS[2])], None, ())
    assert [(one.text, one.people) for one in found.units] == [("Barat", 2), ("Timur", 1)]
    assert not found.has_structure


def test_tags_of_one_name_are_one_choice() -> None:
    """A rule that says the name means all of them; a person with both counts once."""
    twin = Tag("T-2", "MALAM")
    found = choices_of([somebody(1, UNITS[1], NIGHT, twin), somebody(2, UNITS[1], twin)], UNITS, ())
    assert [(one.text.casefold(), one.people, one.serial) for one in found.tags] == [("malam", 2, "T-1, T-2")]


def test_courses_have_their_names() -> None:
    """Without what cannot be seen."""
    (found,) = choices_of([], UNITS, [Course(CourseSerial("C-1"), "K3\u202e Dasar")]).courses
    assert (found.serial, found.name) == ("C-1", "K3 Dasar")


@given(worlds())
def test_whatever_is_offered_matches(world: World) -> None:
    """Each unit and tag as the one rule there is: no finding, and as many people as stand beside it."""
    snapshot = world.snapshot
    units = snapshot.units if snapshot.has_structure else None
    choices = choices_of(snapshot.learners, units, ())
    index, tree = LearnerIndex(snapshot.learners), UnitTree.of_snapshot(snapshot)
    active = [one for one in index.people if one.is_active]
    offered = [(RuleKind.ORGANIZATION, one.text, one.people) for one in choices.units]
    offered += [(RuleKind.TAG, one.text, one.people) for one in choices.tags]
    for kind, text, people in offered:
        rules = RuleIndex(Routing((), (RoutingRule(ManagerId("M"), kind, text, 2),), None), index, tree)
        if kind is RuleKind.TAG:
            assert rules.findings == ()
            claimed = [one for one in active if rules.claims_on(person_of(one))]
            assert len(claimed) == people
        else:
            assert not any(one.code.startswith(("routing_unknown", "routing_ambiguous")) for one in rules.findings)


def person_of(learner: Learner) -> Person:
    """The learner as a person of a report."""
    return replace(factories.person(), learner=learner, employee_id=learner.employee_id)
