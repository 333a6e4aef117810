"""Which managers claim somebody, by the rules said again; as `oracle`, from plain values alone."""

from rkreport.core.models import Learner, Person
from rkreport.core.routing import Routing, RuleKind
from rkreport.core.snapshot import Snapshot
from tests.core.oracle_people import meant, owners, paths, people


def claims(person: Person, routing: Routing, snapshot: Snapshot) -> set[str]:
    """By employee, else by tag, else by each place of the unit the deepest, where the company is above every root."""
    whom, having = meant(person.employee_id, snapshot), owners(person.employee_id, snapshot)
    learner = person.learner
    is_meant = whom is not None and learner is not None and whom[-1].email == learner.email
    by_id = _by(routing, RuleKind.EMPLOYEE, {person.employee_id.strip()})
    if by_id and (is_meant or not having):
        return by_id
    if learner is None:
        return set()
    tags = {text.lower() for tag in learner.tags for text in tag}
    by_tag = _by(routing, RuleKind.TAG, tags)
    if by_tag:
        return by_tag
    company = {learner.company.lower(), learner.company_serial.lower()}
    found: set[str] = set()
    for path in paths(learner, snapshot) or [()]:
        levels = [_by_unit(routing, serial, snapshot) for serial in path]
        if not snapshot.has_structure:
            levels = [_by_carried(routing, learner, snapshot)]
        levels.insert(0, _by(routing, RuleKind.ORGANIZATION, company))
        while len(levels) > 1 and not levels[-1]:
            levels.pop()
        found |= levels[-1]
    return found


def _by(routing: Routing, kind: RuleKind, texts: set[str]) -> set[str]:
    return {
        rule.manager_id for rule in routing.rules if rule.kind is kind and rule.value.strip().lower() in texts - {""}
    }


def _by_unit(routing: Routing, serial: str, snapshot: Snapshot) -> set[str]:
    names = {unit.name.lower() for unit in snapshot.units if unit.serial == serial}
    rules = [rule for rule in routing.rules if rule.kind is RuleKind.ORGANIZATION]
    return {rule.manager_id for rule in rules if rule.value == serial or rule.value.lower() in names}


def _by_carried(routing: Routing, learner: Learner, snapshot: Snapshot) -> set[str]:
    rules = [rule for rule in routing.rules if rule.kind is RuleKind.ORGANIZATION]
    serials = {each[-1].unit_serial for each in people(snapshot) if each[-1].unit_name == learner.unit_name != ""}
    own = learner.unit_serial or next(iter(sorted(serials - {""})), "")
    return {rule.manager_id for rule in rules if rule.value == own or rule.value.lower() == learner.unit_name.lower()}
