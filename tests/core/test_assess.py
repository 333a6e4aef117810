"""Assess against docs/rules.md said again (`oracle`), and what must hold whatever the data."""

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.assess import assess
from rkreport.core.join import join
from rkreport.core.models import COMPLIANT, Counts, Requirement, Status
from rkreport.core.plans import rules_of_snapshot
from rkreport.core.report.detail import detail_rows
from rkreport.core.rollup import overall
from rkreport.core.snapshot import Snapshot
from tests import factories
from tests.core import oracle, oracle_people, oracle_plans
from tests.core.worlds import World, make_world, shuffled_people, worlds

Facts = dict[tuple[str, str], oracle.Line]


def requirements_of(world: World, snapshot: Snapshot | None = None) -> tuple[Requirement, ...]:
    """The real verdicts of a world."""
    fetched = snapshot or world.snapshot
    rules = rules_of_snapshot(world.rules, fetched, world.zone)
    return assess(join(fetched), fetched, rules, world.as_of).requirements


def facts_of(requirements: tuple[Requirement, ...]) -> Facts:
    """As the oracle says them. People that no row names have no name to compare by."""
    return {
        (who, each.course.serial): oracle.Line(
            status=each.status.value,
            counts=each.counts.value,
            due=each.due,
            completed_on=each.completed_on,
            valid_until=each.valid_until,
            days_overdue=each.days_overdue,
            rows=tuple(sorted((row.assignment.batch_serial, counts.value) for row, counts in each.attempts)),
            is_derived=each.is_date_derived,
            first_completed_on=each.first_completed_on,
            times_completed=each.times_completed,
        )
        for each in requirements
        if (who := oracle.known_as(each.person.learner, each.attempts[0][0].assignment if each.attempts else None))
    }


@settings(max_examples=400)
@given(worlds())
def test_verdicts_are_those_of_the_rules(world: World) -> None:
    """Status, counts, due, completion, validity and each row's counts are what the oracle makes of docs/rules.md."""
    assert facts_of(requirements_of(world)) == oracle.verdicts(world.snapshot, world.rules, world.as_of)


def test_of_two_online_rows_the_one_that_got_furthest_decides() -> None:
    """Expired is further than untouched, whatever the order of the rows; a random test found these two."""
    world = make_world(Random(1558357), 4, 3)  # noqa: S311 - reproducible, not secret
    assert facts_of(requirements_of(world)) == oracle.verdicts(world.snapshot, world.rules, world.as_of)


def test_random_worlds_reach_every_verdict() -> None:
    """The made-up worlds hold every status that counts, every reason not to count, and every way to match."""
    met: set[tuple[Status, bool] | Counts] = set()

    @settings(max_examples=400, derandomize=True, database=None)
    @given(worlds())
    def meet(world: World) -> None:
        for requirement in requirements_of(world):
            met.add((requirement.status, requirement.counts is Counts.YES))
            met.update([requirement.counts, *(counts for _, counts in requirement.attempts)])

    meet()
    assert {status for status in Status if (status, True) not in met} == {Status.EXEMPT}
    assert met >= set(Counts)


@given(worlds())
def test_one_line_per_person_and_course(world: World) -> None:
    """Nobody has two requirements for one course, and each holds rows of its own course and person alone."""
    requirements = requirements_of(world)
    assert len({(each.person.key, each.course.serial) for each in requirements}) == len(requirements)
    for each in requirements:
        assert all(row.assignment.course_serial == each.course.serial for row, _ in each.attempts)
        assert all(row.learner is each.person.learner for row, _ in each.attempts)


@given(worlds())
def test_every_listed_assignment_is_in_one_requirement(world: World) -> None:
    """The assignments of the listed batches are all there, once, as often as they were fetched."""
    listed = {policy.serial: policy.batches for policy in world.rules.courses}
    fetched = [
        row
        for row in world.snapshot.assignments
        if row.is_online or (batches := listed[row.course_serial]) is None or row.batch_serial in batches
    ]
    shown = [row.assignment for each in requirements_of(world) for row, _ in each.attempts]
    assert Counter(map(id, shown)) == Counter(map(id, fetched))


@given(worlds())
def test_each_requirement_that_counts_has_one_row_that_counts(world: World) -> None:
    """In the detail exactly one row of a counted requirement says yes, of an exempt one exempt, of the others none."""
    for each in requirements_of(world):
        said = Counter(row.counts for row in detail_rows([each]))
        assert said[Counts.YES] == (each.counts is Counts.YES)
        assert said[Counts.EXEMPT] == (each.counts is Counts.EXEMPT)


@given(worlds())
def test_rate_can_be_recomputed(world: World) -> None:
    """Rows of the detail with Counts yes, and among them the compliant ones, give the rate that the oracle gives."""
    requirements = requirements_of(world)
    rows = [row for row in detail_rows(requirements) if row.counts is Counts.YES]
    tally = overall(requirements)
    filtered = (sum(row.requirement.status in COMPLIANT for row in rows), len(rows))
    assert filtered == (tally.compliant, tally.counted)
    assert filtered == oracle.rate(oracle.verdicts(world.snapshot, world.rules, world.as_of))


@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(world: World, chance: Random) -> None:
    """Assignments and batches in another order give the same verdicts, for the same rows, in the same order."""
    rows, batches = list(world.snapshot.assignments), list(world.snapshot.batches)
    chance.shuffle(rows)
    chance.shuffle(batches)
    shuffled = replace(world.snapshot, assignments=tuple(rows), batches=tuple(batches))
    before, after = requirements_of(world), requirements_of(world, shuffled)
    assert facts_of(after) == facts_of(before)

    def rows_of(each: Requirement) -> tuple[object, ...]:
        return each.person, each.course.serial, [(row.assignment, counts) for row, counts in each.attempts]

    assert list(map(rows_of, after)) == list(map(rows_of, before))


@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_people_changes_no_verdict(world: World, chance: Random) -> None:
    """The user list in another order gives the same verdicts, as long as each person's latest record stays it."""
    shuffled = replace(world.snapshot, learners=shuffled_people(world.snapshot, chance))
    assert facts_of(requirements_of(world, shuffled)) == facts_of(requirements_of(world))


@given(worlds())
def test_inactive_and_unknown_people_never_count(world: World) -> None:
    """What counts belongs to an active user, and an active user's reason is never unmatched or inactive."""
    for each in requirements_of(world):
        learner = each.person.learner
        assert (each.counts is Counts.UNMATCHED) == (learner is None)
        if learner:
            assert (each.counts is Counts.INACTIVE) == (not learner.is_active)


@given(worlds())
def test_requirements_stand_in_report_order(world: World) -> None:
    """Users by unit path, name and employee id, then the unmatched; a person's courses as configured."""
    requirements = requirements_of(world)
    names: dict[str, str] = {unit.serial: unit.name.casefold() for unit in world.snapshot.units}

    def place(each: Requirement) -> tuple[object, ...]:
        learner = each.person.learner
        places = oracle_people.paths(learner, world.snapshot) if learner else [()]
        lost = [learner.unit_name.casefold()] if learner else []
        path = min(([names[serial] for serial in path] for path in places), default=lost)
        return learner is None, path, each.person.name.casefold(), each.person.employee_id, each.person.key

    assert [place(each) for each in requirements] == sorted(place(each) for each in requirements)
    by_person: dict[str, list[str]] = {}
    for each in requirements:
        by_person.setdefault(each.person.key, []).append(each.course.serial)
    order = [policy.serial for policy in oracle_plans.policies_of(world.rules, world.snapshot, world.as_of)]
    assert all(held == [serial for serial in order if serial in held] for held in by_person.values())


def test_rows_that_nothing_names_stay_apart() -> None:
    """Two rows without serial and id are two people, because nothing says that they are one."""
    nameless = factories.assignment(user_serial=None, employee_id=" ", name="")
    snapshot = factories.snapshot(assignments=(nameless, replace(nameless)))
    requirements = assess(join(snapshot), snapshot, factories.rules(), factories.AS_OF).requirements
    assert len({each.person.key for each in requirements}) == 2
    assert [each.counts for each in requirements] == [Counts.UNMATCHED] * 2


def test_unmatched_rows_of_one_serial_are_one_person() -> None:
    """They go under the id that the rows name, whichever row comes first, even when another row lacks it."""
    rows = tuple(
        factories.assignment(user_serial="GONE", employee_id=employee_id, batch_serial=f"BATCH-K3-0{number}")
        for number, employee_id in enumerate(("", "00999", "00998"))
    )
    for order in (rows, rows[::-1]):
        snapshot = factories.snapshot(assignments=order, learners=())
        (only,) = assess(join(snapshot), snapshot, factories.rules(), factories.AS_OF).requirements
        assert only.person.employee_id == "00998"
        assert len(only.attempts) == 3


def test_course_goes_by_the_configured_name() -> None:
    """The config's name wins over the LMS's, and a course that the LMS did not list goes by its serial."""
    snapshot = factories.snapshot()
    named = factories.rules(courses=(factories.policy(name="Keselamatan kerja"),))
    unlisted = replace(snapshot, courses=())
    joined = join(snapshot)
    for fetched, rules, name in (
        (snapshot, named, "Keselamatan kerja"),
        (snapshot, factories.rules(), "K3 Dasar"),
        (unlisted, factories.rules(), "COURSE-K3DASAR"),
    ):
        (only,) = assess(joined, fetched, rules, factories.AS_OF).requirements
        assert only.course.name == name
