"""Routing by units in several places, and without structure; held against the rules said again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from rkreport.core.assess import assess
from rkreport.core.audience import AudienceIndex, audience_findings, check_audiences
from rkreport.core.findings import FindingCode, Level
from rkreport.core.join import join
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import EmployeeId, ManagerId, Unit, UnitSerial, UserSerial
from rkreport.core.routing import Routed, Routing, RoutingRule, RuleKind, fallback_manager, route
from rkreport.core.rules import Audience
from rkreport.core.snapshot import ListKind, Snapshot, Verdict
from rkreport.core.units import UnitTree
from rkreport.errors import ConfigError
from tests import factories
from tests.core.oracle_routing import claims
from tests.core.test_units import IN_EAST, carrying, off
from tests.core.worlds import EAST, ROOT, UNITS, WEST, WEST_A, World, routings, worlds

FALLBACK = fallback_manager("ld@contoh.test", "id")
TEAM = UnitSerial("U-TEAM")
BELOW = tuple(Unit(TEAM, "Tim", is_active=True, path=(*path, TEAM)) for path in ((ROOT, WEST, WEST_A), IN_EAST.path))
INSIDE = factories.learner(unit_serial=WEST_A)


def routed(organizations: dict[str, str], tree: UnitTree, unit: UnitSerial = WEST_A) -> Routed:
    """The team of one person in a unit; the rules are manager id by organization."""
    person = factories.person(learner=replace(INSIDE, unit_serial=unit))
    managers = tuple(factories.manager(manager_id=manager_id) for manager_id in sorted(set(organizations.values())))
    rules = tuple(
        RoutingRule(ManagerId(manager_id), RuleKind.ORGANIZATION, text, line)
        for line, (text, manager_id) in enumerate(organizations.items(), 2)
    )
    learners = LearnerIndex([person.learner] if person.learner else [])
    return route((person,), learners, Routing(managers, rules, FALLBACK), tree)


def owner(organizations: dict[str, str], units: tuple[Unit, ...], unit: UnitSerial = WEST_A) -> str:
    """The manager who gets the person, the same in any order of the structure."""
    found = {
        routed(organizations, UnitTree.of(order), unit).teams[0].manager.manager_id for order in (units, units[::-1])
    }
    (manager_id,) = found
    return manager_id


@settings(max_examples=300)
@given(worlds(), routings())
def test_claims_are_those_of_the_oracle(world: World, routing: Routing) -> None:
    """Who is one manager's by the oracle is in that team, everybody else is the fallback's or nobody's."""
    joined, tree = join(world.snapshot), UnitTree.of_snapshot(world.snapshot)
    requirements = assess(joined, world.snapshot, world.rules, world.as_of).requirements
    people = tuple({each.person.key: each.person for each in requirements}.values())
    found = route(people, joined.learners, routing, tree)
    owners = {person.key: team.manager for team in found.teams for person in team.people}
    for person in people:
        expected = claims(person, routing, world.snapshot)
        manager = owners.get(person.key, FALLBACK)
        assert ([] if manager.is_fallback else [manager.manager_id]) == (list(expected) if len(expected) == 1 else [])


@pytest.mark.parametrize(
    ("organizations", "expected"),
    [
        ({"U-WEST": "M-1", "U-EAST": "M-2"}, "no-manager"),
        ({"U-WEST": "M-1", "U-EAST": "M-1"}, "M-1"),
        ({"U-WEST": "M-1", "U-ROOT": "M-2"}, "no-manager"),
        ({"U-WEST": "M-1", "PT Contoh Sejahtera": "M-2"}, "no-manager"),
        ({"U-WEST": "M-1"}, "M-1"),
        ({"U-ROOT": "M-2"}, "M-2"),
        ({"U-WEST": "M-1", "U-EAST": "M-2", "U-WEST-A": "M-3"}, "M-3"),
        ({"U-WEST": "M-1", "U-EAST": "M-2", "Barat Satu": "M-3", "U-ROOT": "M-4"}, "M-3"),
    ],
)
def test_each_place_leads_to_a_manager(organizations: dict[str, str], expected: str) -> None:
    """Different managers by different places are a conflict; a rule that names the unit itself decides in all."""
    assert owner(organizations, (*UNITS, IN_EAST)) == expected
    codes = [one.code for one in routed(organizations, UnitTree.of((*UNITS, IN_EAST))).findings]
    assert ("routing_conflict" in codes) == (expected == "no-manager")
    assert codes.count(FindingCode.UNIT_IN_SEVERAL_PLACES) == 1


def test_only_active_places_lead_to_a_manager() -> None:
    """A place below an inactive unit leads nowhere while another is active."""
    rules = {"U-WEST": "M-1", "U-EAST": "M-2"}
    assert owner(rules, off(WEST)) == "M-2"
    assert owner(rules, off(EAST)) == "M-1"
    assert owner(rules, off(WEST, EAST)) == "no-manager"


def test_units_below_are_in_all_places_too() -> None:
    """A unit below one in two places has two; the rule of the one above, the same in both, is the closest."""
    units = (*UNITS, IN_EAST, *BELOW)
    assert owner({"U-WEST": "M-1", "U-EAST": "M-2"}, units, TEAM) == "no-manager"
    assert owner({"U-WEST": "M-1", "U-EAST": "M-2", "U-WEST-A": "M-3"}, units, TEAM) == "M-3"


def test_an_audience_above_any_active_place_holds() -> None:
    """Either of two places is enough, an inactive one is not."""
    west, east = (factories.policy(audience=Audience((text,), ())) for text in ("U-WEST", "Timur"))
    for policy, closed in ((west, WEST), (east, EAST)):
        assert AudienceIndex(policy, UnitTree.of(off())).names(INSIDE)
        assert not AudienceIndex(policy, UnitTree.of(off(closed))).names(INSIDE)


# ---- no structure

ABSENT = factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT)


def without_structure(*units: tuple[str, str]) -> Snapshot:
    """A fetch of one learner per unit, from an LMS that refuses the structure."""
    learners = tuple(
        replace(carrying(*unit), serial=UserSerial(f"S-{number}"), employee_id=EmployeeId(str(number)))
        for number, unit in enumerate(units)
    )
    return factories.snapshot(units=(), lists=(ABSENT,), learners=learners)


def test_rules_reach_the_unit_itself_and_say_so() -> None:
    """By serial or name; each rule that names a unit is something to check, and no unit is lost."""
    tree = UnitTree.of_snapshot(without_structure((WEST_A, "Barat Satu"), (EAST, "Timur")))
    assert routed({"Timur": "M-1"}, tree, UnitSerial("U-NOWHERE")).findings[1].code == "people_without_manager"
    for text in ("U-WEST-A", " barat satu "):
        found = routed({text: "M-1"}, tree)
        assert [team.manager.manager_id for team in found.teams] == ["M-1"]
        assert [(one.code, one.level) for one in found.findings] == [
            (FindingCode.UNIT_RULE_WITHOUT_STRUCTURE, Level.CHECK)
        ]
    assert [one.code for one in routed({"Timur": "M-1", "U-WEST": "M-2"}, tree).findings][:2] == [
        "unit_rule_without_structure",
        "routing_unknown_organization",
    ]
    whole = routed({"PT Contoh Sejahtera": "M-1"}, tree)
    assert ([team.manager.manager_id for team in whole.teams], whole.findings) == (["M-1"], ())


def test_a_name_of_two_serials_is_ambiguous() -> None:
    """With and without structure: the rule reaches nobody and the audience is refused."""
    snapshot = without_structure((WEST_A, "Barat"), (WEST, "barat"))
    found = routed({"Barat": "M-1"}, UnitTree.of_snapshot(snapshot))
    assert [team.manager for team in found.teams] == [FALLBACK]
    assert found.findings[0].code == "routing_ambiguous_organization"
    with pytest.raises(ConfigError, match="2 organizations"):
        check_audiences((factories.policy(audience=Audience(("Barat",), ())),), snapshot)


def test_audiences_without_structure() -> None:
    """Each named unit is something to check; what no learner carries may be a unit above theirs, and stops nothing."""
    snapshot = without_structure((WEST_A, "Barat Satu"), (EAST, "Timur"))
    tree = UnitTree.of_snapshot(snapshot)
    policies = tuple(factories.policy(audience=Audience((text,), ())) for text in ("U-WEST-A", "barat satu"))
    check_audiences((*policies, factories.policy(audience=Audience(("PT Contoh Sejahtera",), ()))), snapshot)
    for policy in policies:
        assert [AudienceIndex(policy, tree).names(one) for one in snapshot.learners] == [True, False]
    assert [one.level for one in audience_findings((*policies, factories.policy()), tree)] == [Level.CHECK] * 2
    assert list(audience_findings(policies, UnitTree.of(UNITS))) == []
    above = factories.policy(audience=Audience(("Barat",), ()))
    check_audiences((above,), snapshot)
    assert [one.code for one in audience_findings((above,), tree)] == ["unit_rule_without_structure"]
