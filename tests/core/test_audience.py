"""Who must take a course: units with all below, tags, whole companies; and what stops the report."""

from dataclasses import replace

import pytest
from hypothesis import given

from rkreport.core.audience import AudienceIndex, check_audiences
from rkreport.core.models import Learner, Tag, Unit, UnitSerial
from rkreport.core.rules import Audience
from rkreport.core.units import UnitTree
from rkreport.errors import ConfigError
from tests import factories
from tests.core.worlds import EAST, FRONT, ROOT, UNITS, WEST, WEST_A, World, worlds


def somebody(unit: UnitSerial, *tags: Tag, company: str = "PT Contoh", company_serial: str = "CMP-CONTOH") -> Learner:
    """A learner in a unit, with tags, of a company."""
    return factories.learner(unit_serial=unit, tags=tags, company=company, company_serial=company_serial)


def is_named(learner: Learner, organizations: tuple[str, ...] = (), tags: tuple[str, ...] = ()) -> bool:
    """Whether such an audience names the learner."""
    policy = factories.policy(audience=Audience(organizations, tags))
    return AudienceIndex(policy, UnitTree.of(UNITS)).names(learner)


@pytest.mark.parametrize(
    ("unit", "organization", "expected"),
    [
        (WEST, "U-WEST", True),
        (WEST_A, "U-WEST", True),
        (WEST_A, "barat", True),
        (WEST_A, " Contoh ", True),
        (WEST, "U-WEST-A", False),
        (EAST, "Barat", False),
        (ROOT, "U-WEST", False),
        (UnitSerial("U-LOST"), "Contoh", False),
        (UnitSerial("U-LOST"), "U-LOST", False),
        (UnitSerial(""), "Contoh", False),
    ],
)
def test_units_with_all_below(unit: UnitSerial, organization: str, *, expected: bool) -> None:
    """By serial or name, downwards and never upwards or sideways; who is in no known unit is in none."""
    assert is_named(somebody(unit), (organization,)) is expected


@pytest.mark.parametrize("text", ["PT Contoh", "pt contoh", "CMP-CONTOH", " cmp-contoh "])
def test_whole_company(text: str) -> None:
    """A company is named by serial or name, whatever unit its people are in; other companies' people are not."""
    assert is_named(somebody(UnitSerial("U-LOST")), (text,))
    assert not is_named(somebody(WEST, company="PT Anak", company_serial="CMP-ANAK"), (text,))


@pytest.mark.parametrize("text", ["Frontliner", "frontliner ", "T-FRONT", "t-front"])
def test_tags(text: str) -> None:
    """A tag is named by serial or name; a part of a tag's name is no tag."""
    assert is_named(somebody(EAST, FRONT), tags=(text,))
    assert not is_named(somebody(EAST), tags=(text,))
    assert not is_named(somebody(EAST, Tag("T-9", "Frontliner Malam")), tags=(text,))


def test_one_of_several_is_enough() -> None:
    """Units and tags add up; they do not narrow each other."""
    assert is_named(somebody(EAST, FRONT), ("U-WEST",), ("Frontliner",))
    assert is_named(somebody(WEST), ("U-EAST", "U-WEST"), ("Frontliner",))
    assert not is_named(somebody(ROOT), ("U-EAST", "U-WEST"), ("Frontliner",))


@given(worlds())
def test_without_audience_nobody_is_named(world: World) -> None:
    """Who must take a course without audience is decided by its assignments alone."""
    index = AudienceIndex(factories.policy(), UnitTree.of_snapshot(world.snapshot))
    assert not any(index.names(learner) for learner in world.snapshot.learners)


# ---- what stops the report


def refusal(audience: Audience, *more_units: Unit) -> str | None:
    """What is said against an audience, None when nothing is."""
    snapshot = factories.snapshot(units=(*UNITS, *more_units), learners=(somebody(WEST, FRONT),))
    try:
        check_audiences((factories.policy(), factories.policy(audience=audience)), snapshot)
    except ConfigError as error:
        return str(error)
    return None


@pytest.mark.parametrize("organization", ["U-WEST", "barat", "PT Contoh", "CMP-CONTOH", "cmp-contoh"])
def test_known_organizations_pass(organization: str) -> None:
    """What passes the check also names somebody."""
    assert refusal(Audience((organization,), ())) is None
    assert is_named(somebody(WEST), (organization,))


@pytest.mark.parametrize("tag", ["Frontliner", " frontliner", "T-FRONT"])
def test_known_tags_pass(tag: str) -> None:
    """As for organizations."""
    assert refusal(Audience((), (tag,))) is None
    assert is_named(somebody(EAST, FRONT), tags=(tag,))


def test_unknown_names_stop_the_report() -> None:
    """A name that the LMS does not know is refused with course and value, for it would silently name nobody."""
    said = refusal(Audience(("U-WEST", "Utara"), ()))
    assert said
    assert '"Utara"' in said
    assert "COURSE-K3DASAR" in said
    assert refusal(Audience((), ("Siang",))) is not None


def test_ambiguous_names_stop_the_report() -> None:
    """A name that two units share is refused with both serials; the serial of either passes."""
    twin = replace(UNITS[1], serial=UnitSerial("U-TWIN"), path=(ROOT, UnitSerial("U-TWIN")))
    said = refusal(Audience(("barat",), ()), twin)
    assert said
    assert "U-WEST, U-TWIN" in said
    assert refusal(Audience(("U-TWIN",), ()), twin) is None
