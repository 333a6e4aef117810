"""The company structure, asked by serial and by name."""

from rkreport.core.models import Unit, UnitSerial
from rkreport.core.units import UnitTree, folded, names_company
from tests import factories
from tests.core.worlds import EAST, ROOT, UNITS, WEST, WEST_A

TREE = UnitTree.of(UNITS)
TWIN = Unit(UnitSerial("U-TWIN"), " BARAT ", is_active=False, path=(ROOT, UnitSerial("U-TWIN")))


def test_names_are_compared_without_case_and_outer_blanks() -> None:
    """Blanks within a name matter."""
    assert folded("  Barat SATU ") == folded("barat satu")
    assert folded("Barat  Satu") != folded("Barat Satu")


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
