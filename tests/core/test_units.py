"""The company structure, asked by serial and by name."""

from dataclasses import replace

import pytest
from hypothesis import given

from rkreport.core.findings import FindingCode, Level
from rkreport.core.models import Learner, Unit, UnitSerial
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.core.units import Path, UnitTree, name_key, names_company
from tests import factories
from tests.core import oracle_people
from tests.core.worlds import EAST, ROOT, UNITS, WEST, WEST_A, World, worlds

TREE = UnitTree.of(UNITS)
TWIN = Unit(UnitSerial("U-TWIN"), " BARAT ", is_active=False, path=(ROOT, UnitSerial("U-TWIN")))


def test_names_are_compared_without_case_and_outer_blanks() -> None:
    """Blanks within a name matter."""
    assert name_key("  Barat SATU ") == name_key("barat satu")
    assert name_key("Barat  Satu") != name_key("Barat Satu")


def test_a_serial_finds_its_unit_alone() -> None:
    """A serial is exact, and wins over units that have it as their name."""
    assert TREE.find(" U-WEST ") == (WEST,)
    assert TREE.find("u-west") == ()
    named_so = Unit(UnitSerial("U-X"), "U-WEST", is_active=True, path=(UnitSerial("U-X"),))
    assert UnitTree.of((*UNITS, named_so)).find("U-WEST") == (WEST,)


def test_a_name_finds_all_that_have_it() -> None:
    """Also those that differ by case and blanks, and inactive ones; nothing is found for an unknown name."""
    assert UnitTree.of((*UNITS, TWIN)).find("barat") == (WEST, TWIN.serial)
    assert TREE.find(" TIMUR ") == (EAST,)
    assert TREE.find("Utara") == ()


def test_paths_run_from_the_root() -> None:
    """By serial and by name; an unknown unit is alone, under the name that the user record gives it."""
    inside = factories.learner(unit_serial=WEST_A)
    assert TREE.paths_of(inside) == ((ROOT, WEST, WEST_A),)
    assert TREE.names_of(inside) == ("Contoh", "Barat", "Barat Satu")
    lost = factories.learner(unit_serial=UnitSerial("U-LOST"), unit_name="Hilang")
    assert TREE.paths_of(lost) == (("U-LOST",),)
    assert TREE.names_of(lost) == ("Hilang",)


def test_order_of_units_does_not_matter() -> None:
    """The structure may come in any order."""
    backwards = UnitTree.of(UNITS[::-1])
    assert backwards.paths_of(factories.learner(unit_serial=EAST)) == ((ROOT, EAST),)
    assert backwards.find("barat satu") == TREE.find("barat satu")


def test_whole_companies() -> None:
    """A company is named by its serial or name, in any case; no name is nobody's, also where the LMS gives none."""
    sari = factories.learner(company="PT Contoh", company_serial="CMP-CONTOH")
    assert all(names_company(text, sari) for text in ("PT Contoh", " pt contoh ", "CMP-CONTOH", "cmp-contoh"))
    assert not names_company("PT Contoh Dua", sari)
    assert not names_company(" ", factories.learner(company="", company_serial=""))


# ---- several places

IN_EAST = Unit(WEST_A, "Barat Satu", is_active=True, path=(ROOT, EAST, WEST_A))
INSIDE = factories.learner(unit_serial=WEST_A)
BY_WEST, BY_EAST = (ROOT, WEST, WEST_A), (ROOT, EAST, WEST_A)


def off(*serials: str) -> tuple[Unit, ...]:
    """The structure with `WEST_A` in two places, and these units inactive."""
    return tuple(replace(unit, is_active=unit.serial not in serials) for unit in (*UNITS, IN_EAST))


@pytest.mark.parametrize(
    ("units", "places"),
    [
        (off(), (BY_WEST, BY_EAST)),
        (off(WEST), (BY_EAST,)),
        (off(EAST), (BY_WEST,)),
        (off(WEST, EAST), (BY_WEST, BY_EAST)),
        (off(WEST_A), (BY_WEST, BY_EAST)),
        (off(ROOT), (BY_WEST, BY_EAST)),
        ((*UNITS, replace(IN_EAST, is_active=False)), (BY_WEST,)),
        ((*UNITS, replace(IN_EAST, is_active=False), IN_EAST), (BY_WEST, BY_EAST)),
        ((*UNITS, *UNITS), (BY_WEST,)),
    ],
)
def test_active_places_win(units: tuple[Unit, ...], places: tuple[Path, ...]) -> None:
    """A place counts when all on its path are active; where none is, all stay. Order and repeats do not matter."""
    for order in (units, units[::-1], units + units):
        tree = UnitTree.of(order)
        assert tree.paths_of(INSIDE) == places
        assert set(tree.above(WEST_A)) == {serial for path in places for serial in path}
        assert tree.names_of(INSIDE) == tuple(tree.name_of(serial) for serial in places[0])


def test_a_unit_in_several_places_is_one_unit() -> None:
    """It is found once by its name, and named in a finding; the units below it are not."""
    below = [
        Unit(UnitSerial("U-TEAM"), "Tim", is_active=True, path=(*path, UnitSerial("U-TEAM")))
        for path in (BY_WEST, BY_EAST)
    ]
    tree = UnitTree.of((*UNITS, IN_EAST, *below))
    assert tree.find("barat satu") == (WEST_A,)
    assert [(one.code, one.level, one.example) for one in tree.findings()] == [
        (FindingCode.UNIT_IN_SEVERAL_PLACES, Level.CHECK, "Barat Satu (U-WEST-A)")
    ]
    for units in (UNITS, (*UNITS, replace(IN_EAST, is_active=False))):
        assert list(UnitTree.of(units).findings()) == []


def test_a_unit_below_itself_breaks_nothing() -> None:
    """A path that meets a unit twice is a path like any other; each unit above is there once."""
    round_trip = Unit(WEST, "Barat", is_active=True, path=(ROOT, WEST, WEST_A, WEST))
    tree = UnitTree.of((*UNITS, round_trip))
    assert sorted(tree.above(WEST)) == [ROOT, WEST, WEST_A]


@given(worlds())
def test_places_are_those_of_the_oracle(world: World) -> None:
    """Each learner of a structure has the places that the oracle gives."""
    tree = UnitTree.of(world.snapshot.units)
    for learner in world.snapshot.learners:
        expected = oracle_people.paths(learner, world.snapshot) or [(learner.unit_serial,)]
        assert set(tree.paths_of(learner)) == set(expected)


# ---- no structure


def carrying(serial: str, name: str, **values: object) -> Learner:
    """A learner whose record shows such a unit."""
    return factories.learner(unit_serial=UnitSerial(serial), unit_name=name, **values)


def test_without_structure_learners_show_the_units() -> None:
    """Each unit that somebody carries is a root, found by serial and every name; a name of two serials finds both."""
    carried = (("U-1", "Barat"), ("U-1", "Wilayah Barat"), ("U-2", "Timur"), ("U-3", " timur "), ("", "Utara"))
    tree = UnitTree.of_learners(carrying(serial, name) for serial, name in carried)
    assert tree.is_flat
    assert [tree.find(text) for text in ("U-1", "barat", "Wilayah Barat", "utara", "Selatan", "")] == [
        *[("U-1",)] * 3,
        ("Utara",),
        (),
        (),
    ]
    assert sorted(tree.find("TIMUR")) == ["U-2", "U-3"]
    assert tree.paths_of(carrying("U-1", "Barat")) == (("U-1",),)


def test_without_structure_a_name_stands_for_a_missing_serial() -> None:
    """Who carries a name alone is in the one unit of that name, and in none where several have it or none is named."""
    tree = UnitTree.of_learners(carrying(*unit) for unit in (("U-1", "Barat"), ("U-2", "Timur"), ("U-3", "Timur")))
    assert [tree.unit_of(carrying("", name)) for name in ("barat ", "Timur", "")] == ["U-1", "", ""]
    assert UnitTree.of(UNITS).unit_of(carrying("", "Barat")) == ""


def test_without_structure_a_company_is_no_unit() -> None:
    """Its serial and name mean all its people, and not those alone who carry it as their unit."""
    direct = carrying("CMP-CONTOH", "PT Contoh Sejahtera")
    tree = UnitTree.of_learners((direct, carrying("U-1", "Barat")))
    assert tree.find("CMP-CONTOH") == tree.find("pt contoh sejahtera") == ()


def test_a_structure_without_units_is_made_of_learners() -> None:
    """Whether the LMS refuses it or gives it empty; one with units is taken as it is."""
    absent = factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT)
    for snapshot in (factories.snapshot(units=(), lists=(absent,)), factories.snapshot(units=())):
        assert UnitTree.of_snapshot(snapshot).find("COMPWEST0001")
    assert UnitTree.of_snapshot(factories.snapshot(units=(UNITS[0],))).find("COMPWEST0001") == ()
