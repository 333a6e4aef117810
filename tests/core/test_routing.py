"""Nobody is in two teams, nobody is lost, and nobody's data goes to a manager by a guess."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.assess import assess
from rkreport.core.findings import Level
from rkreport.core.join import join
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import EmployeeId, Manager, ManagerId, Person, Tag, Unit, UnitSerial, UserSerial
from rkreport.core.routing import Routed, Routing, RoutingRule, RuleKind, fallback_manager, route
from rkreport.core.units import UnitTree
from tests import factories
from tests.core.worlds import EAST, FRONT, NIGHT, ROOT, UNITS, WEST, WEST_A, World, routings, worlds

FALLBACK = fallback_manager("ld@contoh.test", "id")
EMPLOYEE, TAG, UNIT = RuleKind.EMPLOYEE, RuleKind.TAG, RuleKind.ORGANIZATION
Said = tuple[str, RuleKind, str]  # a rule: manager id, what it looks at, value


def somebody(
    employee_id: str = "00417",
    unit: UnitSerial = WEST_A,
    *tags: Tag,
    company: str = "PT Contoh",
    is_active: bool = True,
) -> Person:
    """A person of the user list."""
    who = factories.learner(
        employee_id=EmployeeId(employee_id),
        serial=UserSerial(f"S-{employee_id}"),
        unit_serial=unit,
        tags=tags,
        company=company,
        company_serial=f"CMP-{company[3:].upper()}",
        is_active=is_active,
    )
    return factories.person(key=f"u-{employee_id}", learner=who)


def stranger(employee_id: str) -> Person:
    """Somebody whom only an assignment knows."""
    return factories.person(
        key=f"s-{employee_id}", learner=None, employee_id=EmployeeId(employee_id), user_serial=None, name="Dewi"
    )


def routed(*rules: Said, people: tuple[Person, ...], units: tuple[Unit, ...] = UNITS) -> Routed:
    """The teams of these people by these rules, line 2 on."""
    managers = tuple(
        factories.manager(manager_id=manager_id) for manager_id in dict.fromkeys(one for one, _, _ in rules)
    )
    lines = tuple(RoutingRule(ManagerId(one), kind, value, line) for line, (one, kind, value) in enumerate(rules, 2))
    learners = LearnerIndex(person.learner for person in people if person.learner)
    return route(people, learners, Routing(managers, lines, FALLBACK), UnitTree.of(units))


def owner(*rules: Said, who: Person) -> str:
    """The manager who gets the person."""
    (team,) = routed(*rules, people=(who,)).teams
    return team.manager.manager_id


def codes(found: Routed) -> list[str]:
    """What was found, by code."""
    return [finding.code for finding in found.findings]


# ---- what always holds


def people_of(world: World) -> tuple[tuple[Person, ...], LearnerIndex]:
    """Everybody with a requirement, and the user list."""
    joined = join(world.snapshot)
    requirements = assess(joined, world.snapshot, world.rules, world.as_of).requirements
    return tuple({each.person.key: each.person for each in requirements}.values()), joined.learners


@given(worlds(), routings())
def test_nobody_is_in_two_teams_and_nobody_is_lost(world: World, routing: Routing) -> None:
    """Teams and the people left over are all people, each once; each team keeps their order and has somebody."""
    people, learners = people_of(world)
    found = route(people, learners, routing, UnitTree.of_snapshot(world.snapshot))
    placed = Counter(person.key for team in found.teams for person in team.people)
    assert max(placed.values(), default=1) == 1
    left_over = [person.key for person in people if person.key not in placed]
    assert len(placed) + len(left_over) == len(people)
    assert not (routing.fallback and left_over)
    order = [person.key for person in people]
    assert all(team.people for team in found.teams)
    for team in found.teams:
        assert [person.key for person in team.people] == [key for key in order if key in {p.key for p in team.people}]


@given(worlds(), routings())
def test_whoever_is_not_a_managers_is_found(world: World, routing: Routing) -> None:
    """Each person of the fallback, or of nobody, has one finding: no rule, or several managers by equal rules."""
    people, learners = people_of(world)
    found = route(people, learners, routing, UnitTree.of_snapshot(world.snapshot))
    with_manager = sum(len(team.people) for team in found.teams if not team.manager.is_fallback)
    reasons = Counter(codes(found))
    assert reasons["routing_conflict"] + reasons["people_without_manager"] == len(people) - with_manager


@given(worlds(), routings(), st.randoms(use_true_random=False))
def test_order_of_rules_does_not_matter(world: World, routing: Routing, chance: Random) -> None:
    """The rows of managers.csv may stand in any order."""
    people, learners = people_of(world)
    tree = UnitTree.of_snapshot(world.snapshot)
    shuffled = Routing(routing.managers, tuple(chance.sample(routing.rules, len(routing.rules))), routing.fallback)
    before, after = (route(people, learners, one, tree) for one in (routing, shuffled))
    assert after.teams == before.teams
    assert Counter(after.findings) == Counter(before.findings)


# ---- the closest rule wins

BY_ID, BY_TAG, BY_UNIT = ("M-ID", EMPLOYEE, "00417"), ("M-TAG", TAG, "frontliner"), ("M-UNIT", UNIT, "U-WEST")
BY_TOP, BY_DEEP, BY_COMPANY = ("M-TOP", UNIT, "Contoh"), ("M-DEEP", UNIT, "barat satu"), ("M-ALL", UNIT, "PT Contoh")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((BY_TOP, BY_UNIT, BY_TAG, BY_ID), "M-ID"),
        ((BY_TOP, BY_UNIT, BY_DEEP, BY_TAG), "M-TAG"),
        ((BY_TOP, BY_DEEP, BY_UNIT), "M-DEEP"),
        ((BY_UNIT, BY_TOP), "M-UNIT"),
        ((BY_TOP, BY_COMPANY), "M-TOP"),
        ((BY_COMPANY,), "M-ALL"),
        ((), "no-manager"),
    ],
)
def test_closest_rule_wins(rules: tuple[Said, ...], expected: str) -> None:
    """Employee before tag before the deepest unit before the company, in whatever order the rules stand."""
    who = somebody("00417", WEST_A, FRONT)
    assert owner(*rules, who=who) == expected
    assert owner(*rules[::-1], who=who) == expected


@pytest.mark.parametrize("value", ["T-FRONT", "FRONTLINER ", "Frontliner"])
def test_tags_by_serial_or_name(value: str) -> None:
    """A tag rule names the tag by serial or name, in any case."""
    assert owner(("M-1", TAG, value), who=somebody("1", WEST, FRONT)) == "M-1"


def test_units_reach_downwards_alone() -> None:
    """A rule for a unit names nobody above or beside it."""
    people = (somebody("1", ROOT), somebody("2", EAST), somebody("3", WEST), somebody("4", WEST_A))
    mine, rest = routed(BY_UNIT, people=people).teams
    assert [person.employee_id for person in mine.people] == ["3", "4"]
    assert (rest.manager, [person.employee_id for person in rest.people]) == (FALLBACK, ["1", "2"])


@pytest.mark.parametrize("value", ["PT Contoh", "pt contoh", "CMP-CONTOH", "cmp-contoh"])
def test_whole_company(value: str) -> None:
    """A rule may name a company, for people in no known unit too; other companies' people are not meant."""
    people = (somebody("1", UnitSerial("U-LOST")), somebody("2", company="PT Anak"))
    mine, rest = routed(("M-1", UNIT, value), people=people).teams
    assert [person.employee_id for person in mine.people] == ["1"]
    assert [person.employee_id for person in rest.people] == ["2"]


def test_inactive_people_stay_with_their_manager() -> None:
    """They do not count, but they stay visible, and to the right manager."""
    assert owner(BY_UNIT, who=somebody("1", WEST, is_active=False)) == "M-UNIT"


def test_ids_are_trimmed_and_exact() -> None:
    """Outer blanks on either side do not matter; leading zeros do."""
    assert owner(("M-1", EMPLOYEE, " 00417 "), who=somebody("00417 ")) == "M-1"
    assert owner(("M-1", EMPLOYEE, "417"), who=somebody("00417")) == "no-manager"


# ---- nobody by a guess


@pytest.mark.parametrize(
    "rules",
    [
        (BY_ID, ("M-2", EMPLOYEE, "00417"), BY_UNIT),
        (BY_TAG, ("M-2", TAG, "T-NIGHT"), BY_UNIT),
        (BY_UNIT, ("M-2", UNIT, "barat"), BY_TOP),
        (BY_COMPANY, ("M-2", UNIT, "CMP-CONTOH")),
    ],
)
def test_equal_rules_of_two_managers_give_nobody(rules: tuple[Said, ...]) -> None:
    """Neither gets the person, nor does a farther rule; the fallback does, and both managers are named."""
    who = somebody("00417", WEST, FRONT, NIGHT)
    for order in (rules, rules[::-1]):
        found = routed(*order, people=(who,))
        (team,) = found.teams
        assert team.manager == FALLBACK
        (conflict,) = (finding for finding in found.findings if finding.code == "routing_conflict")
        assert conflict.level is Level.CHECK
        assert conflict.example == f"00417: {', '.join(sorted((rules[0][0], 'M-2')))}"


def test_equal_rules_of_one_manager_are_no_conflict() -> None:
    """Two tags, or one rule said twice, that lead to the same manager are one claim."""
    who = somebody("1", WEST, FRONT, NIGHT)
    assert owner(("M-1", TAG, "T-FRONT"), ("M-1", TAG, "Malam"), ("M-1", TAG, "malam"), who=who) == "M-1"


def test_unmatched_people_by_employee_id_alone() -> None:
    """Who is in no user list has no unit and no tags that could lead to a manager."""
    assert owner(("M-1", EMPLOYEE, "99"), BY_TOP, who=stranger("99")) == "M-1"
    assert owner(BY_TOP, BY_TAG, BY_COMPANY, who=stranger("99")) == "no-manager"
    assert owner(("M-1", EMPLOYEE, "99"), who=stranger("")) == "no-manager"


def test_an_id_that_changed_hands_leads_to_nobody() -> None:
    """A row that the join kept apart from the id's owner does not go to the owner's manager."""
    people = (somebody("00417"), stranger("00417"))
    mine, rest = routed(BY_ID, people=people).teams
    assert mine.people == people[:1]
    assert (rest.manager, rest.people) == (FALLBACK, people[1:])


def test_an_id_of_two_users_leads_to_nobody() -> None:
    """The rule is not used, and says so; a farther rule still leads each to a manager."""
    people = (somebody("00417"), factories.person(key="u-2", learner=factories.learner(serial=UserSerial("S-2"))))
    found = routed(BY_ID, BY_TOP, people=people)
    assert [(team.manager.manager_id, team.people) for team in found.teams] == [
        ("M-TOP", people[:1]),
        ("no-manager", people[1:]),
    ]
    assert "routing_ambiguous_employee" in codes(found)


def test_an_ambiguous_unit_name_leads_to_nobody() -> None:
    """Where two units share the name the rule is not used, and says so; the serial still works."""
    twin = Unit(UnitSerial("U-TWIN"), "BARAT", is_active=True, path=(ROOT, UnitSerial("U-TWIN")))
    found = routed(("M-1", UNIT, "barat"), ("M-2", UNIT, "U-TWIN"), people=(somebody("1", WEST),), units=(*UNITS, twin))
    assert [team.manager for team in found.teams] == [FALLBACK]
    assert "routing_ambiguous_organization" in codes(found)
    assert owner(("M-1", UNIT, "U-WEST"), who=somebody("1", WEST)) == "M-1"


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (("M-1", EMPLOYEE, "99999"), "routing_unknown_employee"),
        (("M-1", TAG, "Siang"), "routing_unknown_tag"),
        (("M-1", UNIT, "Utara"), "routing_unknown_organization"),
    ],
)
def test_rules_that_name_nothing_are_found(rule: Said, code: str) -> None:
    """With line and value, before anything is sent; the manager has nobody and gets no team."""
    found = routed(rule, people=(somebody(),))
    assert [team.manager for team in found.teams] == [FALLBACK]
    first = found.findings[0]
    assert (first.code, first.example) == (code, f"managers.csv:2 {rule[2]}")
    assert codes(found) == [code, "people_without_manager", "manager_without_people"]


# ---- teams


def test_teams_stand_as_in_the_file_and_the_fallback_last() -> None:
    """Managers in the order of managers.csv, without those who have nobody."""
    people = (somebody("1", EAST), somebody("2", ROOT), somebody("3", WEST))
    found = routed(BY_UNIT, ("M-NONE", TAG, "T-FRONT"), ("M-EAST", UNIT, "U-EAST"), people=people)
    assert [team.manager.manager_id for team in found.teams] == ["M-UNIT", "M-EAST", "no-manager"]
    assert codes(found).count("manager_without_people") == 1


def test_without_fallback_people_are_left_over() -> None:
    """They are in no team, and found."""
    who = somebody("1", EAST)
    found = route((who,), LearnerIndex([who.learner] if who.learner else []), Routing((), (), None), UnitTree.of(UNITS))
    assert found.teams == ()
    assert [(one.code, one.example) for one in found.findings] == [("people_without_manager", "1")]


def test_a_manager_without_address_is_found() -> None:
    """Only one who would get mail: without people there is nothing to send."""
    silent = factories.manager(email="")
    who = somebody("1", WEST)
    rule = RoutingRule(silent.manager_id, UNIT, "U-WEST", 2)
    learners = LearnerIndex([who.learner] if who.learner else [])
    tree = UnitTree.of(UNITS)
    assert codes(route((who,), learners, Routing((silent,), (rule,), None), tree)) == ["manager_without_email"]
    assert "manager_without_email" not in codes(route((), learners, Routing((silent,), (rule,), None), tree))


def test_units_that_the_structure_lacks_are_found_once() -> None:
    """By serial, for active people alone; who is directly in the company is in no lost unit."""
    people = (
        somebody("1", UnitSerial("U-LOST")),
        somebody("2", UnitSerial("U-LOST")),
        somebody("3", UnitSerial("U-OLD"), is_active=False),
        somebody("4", UnitSerial("CMP-CONTOH")),
        factories.person(
            key="u-5", learner=factories.learner(employee_id=EmployeeId("5"), unit_serial="", unit_name="")
        ),
    )
    found = routed(people=people)
    lost = [finding.example for finding in found.findings if finding.code == "unit_not_in_structure"]
    assert lost == ["U-LOST", "–"]


def test_the_fallback_is_nobodys_manager() -> None:
    """It has an address and a language, and is marked, so that a workbook can say what it is."""
    assert Manager(ManagerId("no-manager"), "", "ld@contoh.test", (), "id", is_fallback=True) == FALLBACK


def test_an_id_whose_zeros_are_gone_is_answered_with_the_candidate() -> None:
    """Excel turns 00417 into 417: the rule reaches nobody by a guess, and the finding says what may be meant."""
    found = routed(("M-1", EMPLOYEE, "417"), people=(somebody("00417"),))
    assert [team.manager for team in found.teams] == [FALLBACK]
    assert found.findings[0].example == "managers.csv:2 417 (00417?)"


def test_an_error_of_excel_means_nobody() -> None:
    """Not even people whose records came out of such a look-up too."""
    for kind in (EMPLOYEE, TAG, UNIT):
        found = routed(("M-1", kind, "#N/A"), people=(somebody("#N/A"),))
        assert [team.manager for team in found.teams] == [FALLBACK]
        assert (found.findings[0].code, found.findings[0].example) == ("list_cell_error", "managers.csv:2 #N/A")
