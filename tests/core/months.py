"""Two months of a made-up company: the second is the first with random edits. Knows no cause."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from hypothesis import strategies as st

from rkreport.core.assess import assess
from rkreport.core.changes.comparison import EarlierReport
from rkreport.core.compliance import Compliance, Numbered, Period, Series
from rkreport.core.join import join
from rkreport.core.models import Assignment, Batch, BatchSerial, EmployeeId, Learner
from rkreport.core.review.last_sent import base_of
from rkreport.core.routing import Routing, route
from rkreport.core.rules import Rules
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree
from rkreport.lms.states import assignment_status
from tests import factories
from tests.core.worlds import COURSES, NIGHT, UNITS, World, make_routing, make_world

_WORDS = ("Cleared", "Cleared", "Failed", "Ongoing")


@dataclass(frozen=True, slots=True, repr=False)
class Months:
    """A report, the one after it, and the earlier one as its base."""

    before: Compliance
    after: Compliance
    earlier: EarlierReport


def months() -> st.SearchStrategy[Months]:
    """Up to twelve people and twenty assignments; in a third of them the rules change too."""
    return st.builds(make_months, st.randoms(use_true_random=True), st.integers(0, 12), st.integers(0, 20))


def make_months(chance: Random, people: int, places: int) -> Months:
    """Two months of so many people and assignments."""
    world = make_world(chance, min(people, 6), places)
    more = make_world(chance, people - min(people, 6), 0).snapshot.learners
    numbered = [replace(one, employee_id=EmployeeId(f"9{at}")) for at, one in enumerate(more)]
    first = replace(world, snapshot=replace(world.snapshot, learners=(*world.snapshot.learners, *numbered)))
    second = _a_month_later(chance, first)
    routing, other = make_routing(chance, 3, 6), make_routing(chance, 3, 6)
    before = judged(first, routing, Period(2026, 9))
    after = judged(second, chance.choice((routing, other)), Period(2026, 10))
    by_todays_rules, courses = None, frozenset(policy.serial for policy in first.rules.courses)
    if second.rules.courses != first.rules.courses:
        todays = replace(second.rules, exceptions=())
        by_todays_rules = base_of(judged(replace(first, rules=todays), routing, Period(2026, 9)))
    edition = Numbered(Series(Period(2026, 9)), 1)
    earlier = EarlierReport(edition, base_of(before), first.as_of, by_todays_rules=by_todays_rules, courses=courses)
    return Months(before, after, earlier)


def judged(world: World, routing: Routing, period: Period) -> Compliance:
    """A world as a report."""
    joined = join(world.snapshot)
    assessed = assess(joined, world.snapshot, world.rules, world.as_of)
    people = tuple({each.person.key: each.person for each in assessed.requirements}.values())
    tree = UnitTree.of_snapshot(world.snapshot)
    return factories.compliance(
        edition=replace(factories.edition(period=period), as_of=world.as_of),
        rules=world.rules,
        snapshot=world.snapshot,
        requirements=assessed.requirements,
        teams=route(people, joined.learners, routing, tree).teams,
        units=tree,
    )


def _a_month_later(chance: Random, world: World) -> World:
    as_of = world.as_of + timedelta(chance.choice((28, 30, 31)))
    snapshot = world.snapshot
    batches = (*_kept(chance, snapshot.batches), *_new_batches(chance, world))
    changed = replace(
        snapshot,
        learners=_people(chance, snapshot.learners),
        batches=batches,
        assignments=(*_places(chance, snapshot.assignments), *_new_places(chance, snapshot, batches)),
    )
    return World(changed, _rules(chance, world.rules), as_of)


def _people(chance: Random, learners: tuple[Learner, ...]) -> tuple[Learner, ...]:
    """Most stay; some leave, become inactive, come back, move, get tags; some are new."""
    kept = []
    for learner in learners:
        happening = chance.random()
        unit = chance.choice(UNITS)
        if happening < 0.1:
            continue
        if happening < 0.2:
            kept.append(replace(learner, is_active=not learner.is_active))
        elif happening < 0.35:
            kept.append(replace(learner, unit_serial=unit.serial, unit_name=unit.name))
        elif happening < 0.45:
            kept.append(replace(learner, tags=(NIGHT,)))
        else:
            kept.append(learner)
    new = make_world(chance, chance.randrange(3), 0).snapshot.learners
    return (*kept, *(replace(one, employee_id=EmployeeId(f"8{at}"), serial=None) for at, one in enumerate(new)))


def _kept(chance: Random, batches: tuple[Batch, ...]) -> tuple[Batch, ...]:
    return tuple(batch for batch in batches if chance.random() < 0.9)


def _new_batches(chance: Random, world: World) -> tuple[Batch, ...]:
    start = world.as_of + timedelta(chance.randrange(1, 40))
    return tuple(
        factories.batch(
            course_serial=course, serial=BatchSerial(f"{course}-NEW"), session_start=start, session_end=start
        )
        for course in COURSES
        if chance.random() < 0.5
    )


def _places(chance: Random, places: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    return tuple(
        replace(one, status=assignment_status(chance.choice(_WORDS))) if chance.random() < 0.3 else one
        for one in places
        if chance.random() < 0.93
    )


def _new_places(chance: Random, snapshot: Snapshot, batches: tuple[Batch, ...]) -> tuple[Assignment, ...]:
    new = [batch for batch in batches if batch.serial.endswith("-NEW")]
    return tuple(
        factories.assignment(
            course_serial=batch.course_serial,
            batch_serial=batch.serial,
            user_serial=learner.serial,
            employee_id=learner.employee_id,
            name=learner.name,
            status=chance.choice(_WORDS),
        )
        for batch in new
        for learner in snapshot.learners
        if chance.random() < 0.4
    )


def _rules(chance: Random, rules: Rules) -> Rules:
    """Exceptions come and go every month, rules rarely."""
    others = make_world(chance, 0, 0).rules
    exceptions = chance.choice((rules.exceptions, others.exceptions, (*rules.exceptions, *others.exceptions)))
    courses = chance.choice((rules.courses, rules.courses, others.courses))
    return replace(rules, exceptions=exceptions, courses=courses)
