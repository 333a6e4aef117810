"""Route: which person belongs to which manager. The closest rule wins: employee id, then tag, then the deepest unit.

Knows people, the company structure and the rows of the list of managers. If two managers claim a person by equal
rules, the person goes to the fallback, and a finding says so. No person's data goes to a manager by a guess.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rkreport.core.compliance import Team
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import LearnerIndex
from rkreport.core.list_rows import MANAGERS_FILE, RowFinding, is_excel_error
from rkreport.core.models import Learner, Manager, ManagerId, Person
from rkreport.core.units import Path, UnitTree, name_key, names_company
from rkreport.sentence import Sentence

FALLBACK_ID = ManagerId("no-manager")


class RuleKind(StrEnum):
    """What a routing rule looks at, closest first."""

    EMPLOYEE = "employee"
    TAG = "tag"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One row of the list of managers: these people belong to this manager."""

    manager_id: ManagerId
    kind: RuleKind
    value: str
    line: int  # of the list, for findings


@dataclass(frozen=True, slots=True)
class Routing:
    """The managers and which people belong to them."""

    managers: tuple[Manager, ...]
    rules: tuple[RoutingRule, ...]
    fallback: Manager | None
    file: str = MANAGERS_FILE  # for findings


@dataclass(frozen=True, slots=True)
class Routed:
    """One team per manager who has people, in the order of the ids, the fallback's last."""

    teams: tuple[Team, ...]
    findings: tuple[Finding, ...]


def route(people: Sequence[Person], learners: LearnerIndex, routing: Routing, tree: UnitTree) -> Routed:
    """Give each person (in report order) to one manager, else to the fallback if there is one."""
    rules = RuleIndex(routing, learners, tree)
    members: defaultdict[ManagerId, list[Person]] = defaultdict(list)
    findings = [*(one.finding() for one in rules.findings), *tree.findings(), *_unplaced_units(learners.people, tree)]
    left_over: list[Person] = []
    for person in people:
        claims = rules.claims_on(person)
        if len(claims) == 1:
            members[next(iter(claims))].append(person)
            continue
        left_over.append(person)
        if claims:
            names = ", ".join(sorted(claims))
            findings.append(
                Finding(
                    FindingCode.ROUTING_CONFLICT,
                    Level.CHECK,
                    Sentence("{employee_id}: {names}", employee_id=person.employee_id or person.name, names=names),
                )
            )
        else:
            findings.append(Finding(FindingCode.PEOPLE_WITHOUT_MANAGER, Level.CHECK, person.employee_id or person.name))
    teams = [Team(manager, tuple(members[manager.manager_id])) for manager in routing.managers]
    findings += _manager_findings(teams)
    if routing.fallback and left_over:
        teams.append(Team(routing.fallback, tuple(left_over)))
    return Routed(tuple(team for team in teams if team.people), tuple(findings))


def _manager_findings(teams: Iterable[Team]) -> Iterator[Finding]:
    for team in teams:
        if not team.people:
            yield Finding(FindingCode.MANAGER_WITHOUT_PEOPLE, Level.INFO, team.manager.manager_id)
        elif not team.manager.email:
            yield Finding(FindingCode.MANAGER_WITHOUT_EMAIL, Level.CHECK, team.manager.manager_id)


def _unplaced_units(learners: Iterable[Learner], tree: UnitTree) -> Iterator[Finding]:
    unplaced = dict.fromkeys(
        learner.unit_serial or learner.unit_name
        for learner in (() if tree.is_flat else learners)
        if learner.is_active and not tree.above(learner.unit_serial) and not names_company(learner.unit_serial, learner)
    )
    for unit in unplaced:
        yield Finding(FindingCode.UNIT_NOT_IN_STRUCTURE, Level.CHECK, unit or "–")


class RuleIndex:
    """The rules by what they look at; a rule whose value the LMS does not know becomes a finding with its row."""

    def __init__(self, routing: Routing, learners: LearnerIndex, tree: UnitTree) -> None:
        """Look up what each rule means."""
        self._file = routing.file
        self._tree = tree
        self._learners = learners
        people = learners.people
        self._known_tags = {name_key(text) for one in people for tag in one.tags for text in (tag.serial, tag.name)}
        self._companies = {name_key(text) for one in people for text in (one.company_serial, one.company)}
        self._by_employee: defaultdict[str, set[ManagerId]] = defaultdict(set)
        self._by_tag: defaultdict[str, set[ManagerId]] = defaultdict(set)
        self._by_unit: defaultdict[str, set[ManagerId]] = defaultdict(set)
        self._by_company: defaultdict[str, set[ManagerId]] = defaultdict(set)
        self.findings = tuple(finding for rule in routing.rules if (finding := self._take(rule)))

    def _take(self, rule: RoutingRule) -> RowFinding | None:
        if is_excel_error(rule.value):
            return self._found(FindingCode.LIST_CELL_ERROR, rule)
        match rule.kind:
            case RuleKind.EMPLOYEE:
                return self._take_employee(rule)
            case RuleKind.TAG:
                self._by_tag[name_key(rule.value)].add(rule.manager_id)
                if name_key(rule.value) not in self._known_tags:
                    return self._found(FindingCode.ROUTING_UNKNOWN_TAG, rule)
            case RuleKind.ORGANIZATION:
                return self._take_organization(rule)
        return None

    def _take_employee(self, rule: RoutingRule) -> RowFinding | None:
        employee_id = rule.value.strip()
        if employee_id in self._learners.ambiguous:
            return self._found(FindingCode.ROUTING_AMBIGUOUS_EMPLOYEE, rule)
        self._by_employee[employee_id].add(rule.manager_id)
        if employee_id in self._learners.by_employee_id:
            return None
        return self._found(FindingCode.ROUTING_UNKNOWN_EMPLOYEE, rule, self._learners.look_alikes(employee_id))

    def _take_organization(self, rule: RoutingRule) -> RowFinding | None:
        units, company = self._tree.find(rule.value), name_key(rule.value)
        if len(units) > 1:
            return self._found(FindingCode.ROUTING_AMBIGUOUS_ORGANIZATION, rule)
        if units:
            self._by_unit[units[0]].add(rule.manager_id)
            return self._found(FindingCode.UNIT_RULE_WITHOUT_STRUCTURE, rule) if self._tree.is_flat else None
        if company not in self._companies:
            return self._found(FindingCode.ROUTING_UNKNOWN_ORGANIZATION, rule)
        self._by_company[company].add(rule.manager_id)
        return None

    def _found(self, code: FindingCode, rule: RoutingRule, candidates: tuple[str, ...] = ()) -> RowFinding:
        return RowFinding(code, Level.CHECK, self._file, rule.line, rule.value, candidates)

    def claims_on(self, person: Person) -> set[ManagerId]:
        """The managers whose closest rule names the person: one, several by equal rules, or none."""
        learner = person.learner
        if self._learners.id_means(person):
            by_employee = self._by_employee.get(person.employee_id.strip())
            if by_employee:
                return by_employee
        if learner is None:
            return set()
        texts = {name_key(text) for tag in learner.tags for text in (tag.serial, tag.name)}
        by_tag = {manager for text in texts for manager in self._by_tag.get(text, ())}
        if by_tag:
            return by_tag
        return {manager for path in self._tree.paths_of(learner) for manager in self._by_place(path, learner)}

    def _by_place(self, path: Path, learner: Learner) -> set[ManagerId]:
        """The managers for one place of the learner's unit: by the deepest rule on its path, else the company's."""
        for serial in reversed(path):
            if serial in self._by_unit:
                return self._by_unit[serial]
        names = (name_key(learner.company_serial), name_key(learner.company))
        return {manager for name in names for manager in self._by_company.get(name, ())}


def fallback_manager(email: str, language: str) -> Manager:
    """The recipient of the people who belong to no manager."""
    return Manager(FALLBACK_ID, "", email, (), language, is_fallback=True)
