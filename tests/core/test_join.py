"""The join loses nothing, ignores order, goes by serial, else by employee id, and never by name."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.join import join
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import Assignment, BatchSerial, EmployeeId, Learner, MatchedBy, UserSerial
from rkreport.core.snapshot import Snapshot
from tests import factories
from tests.core import oracle_people
from tests.core.worlds import World, make_world, shuffled_people, worlds
from tests.factories import AS_OF


def row(serial: str | None, employee_id: str, **values: object) -> Assignment:
    """An assignment of somebody with this serial and id."""
    return factories.assignment(
        user_serial=serial and UserSerial(serial), employee_id=EmployeeId(employee_id), **values
    )


def user(serial: str | None, employee_id: str, **values: object) -> Learner:
    """A user record with this serial and id."""
    return factories.learner(serial=serial and UserSerial(serial), employee_id=EmployeeId(employee_id), **values)


def findings(*rows: Assignment, users: tuple[Learner, ...]) -> list[tuple[str, str]]:
    """Code and example of what joining these rows to these users finds."""
    joined = join(factories.snapshot(assignments=rows, learners=users))
    return [(finding.code, finding.example) for finding in joined.findings]


# ---- what always holds


@given(worlds())
def test_the_join_loses_nothing(world: World) -> None:
    """Every fetched assignment comes out once, in its place; matched and unmatched make up all that was fetched."""
    joined = join(world.snapshot).assignments
    assert [one.assignment for one in joined] == list(world.snapshot.assignments)
    ways = Counter(one.matched_by for one in joined)
    matched = sum(one.learner is not None for one in joined)
    assert matched == ways[MatchedBy.SERIAL] + ways[MatchedBy.EMPLOYEE_ID]
    assert matched + ways[MatchedBy.UNMATCHED] == len(world.snapshot.assignments)


@given(worlds())
def test_matches_are_those_of_the_oracle(world: World) -> None:
    """Each row finds the user whom the oracle gives it, in the same way, and its own batch."""
    for one in join(world.snapshot).assignments:
        learner, way = oracle_people.matching(one.assignment, world.snapshot)
        assert (one.learner and one.learner.email) == (learner and learner.email)
        assert one.matched_by.value == way
        place = (one.assignment.course_serial, one.assignment.batch_serial)
        assert (one.batch.course_serial, one.batch.serial) == place


@given(worlds(), st.randoms(use_true_random=False))
def test_order_does_not_matter(world: World, chance: Random) -> None:
    """Users (but for who is the later of two records), batches and assignments in any order give the same matches."""

    def facts(snapshot: Snapshot) -> tuple[Counter[object], Counter[Finding]]:
        joined = join(snapshot)
        matches: Counter[object] = Counter(
            (id(one.assignment), one.learner, one.matched_by, one.batch) for one in joined.assignments
        )
        return matches, Counter(joined.findings)

    before = world.snapshot
    shuffled = replace(
        before,
        learners=shuffled_people(before, chance),
        batches=tuple(chance.sample(before.batches, len(before.batches))),
        assignments=tuple(chance.sample(before.assignments, len(before.assignments))),
    )
    assert facts(shuffled) == facts(before)


@given(worlds())
def test_names_never_join(world: World) -> None:
    """Whoever is found has the serial or the id of the row in one of their records, with all names alike too."""
    people = tuple(replace(one, name="Ani") for one in world.snapshot.learners)
    rows = tuple(replace(one, name="Ani") for one in world.snapshot.assignments)
    for snapshot in (world.snapshot, replace(world.snapshot, learners=people, assignments=rows)):
        records = {each[-1].email: each for each in oracle_people.people(snapshot)}
        for one in join(snapshot).assignments:
            own = records[one.learner.email] if one.learner else []
            if one.matched_by is MatchedBy.SERIAL:
                assert one.assignment.user_serial in [each.serial for each in own]
            elif one.matched_by is MatchedBy.EMPLOYEE_ID:
                assert one.assignment.employee_id.strip() == own[-1].employee_id.strip() != ""


# ---- who finds whom

SARI = user("S-SARI", "00417")
BUDI = user("S-BUDI", "00418", name="Budi")
NO_SERIAL = user(None, "00419", name="Citra")


@pytest.mark.parametrize(
    ("assignment", "found", "way"),
    [
        (row("S-SARI", "00417"), SARI, MatchedBy.SERIAL),
        (row("S-SARI", "00418"), SARI, MatchedBy.SERIAL),
        (row("S-SARI", "00419"), SARI, MatchedBy.SERIAL),
        (row("S-SARI", ""), SARI, MatchedBy.SERIAL),
        (row(None, "00417"), SARI, MatchedBy.EMPLOYEE_ID),
        (row(None, " 00417\t"), SARI, MatchedBy.EMPLOYEE_ID),
        (row("S-NEW", "00419"), NO_SERIAL, MatchedBy.EMPLOYEE_ID),
        (row("S-NEW", "00417"), None, MatchedBy.UNMATCHED),
        (row("s-sari", "nobody"), None, MatchedBy.UNMATCHED),
        (row(None, "417"), None, MatchedBy.UNMATCHED),
        (row(None, "0-0417"), None, MatchedBy.UNMATCHED),
        (row(None, ""), None, MatchedBy.UNMATCHED),
        (row("", "   "), None, MatchedBy.UNMATCHED),
    ],
)
def test_matching(assignment: Assignment, found: Learner | None, way: MatchedBy) -> None:
    """Serial first; the id, trimmed and otherwise exact, only where not both sides have a serial."""
    assert LearnerIndex((SARI, BUDI, NO_SERIAL)).match(assignment) == (found, way)


def test_ids_in_upper_and_lower_case_are_two() -> None:
    """`nik-1` and `NIK-1` are two ids, and the list says that they look alike."""
    users = (user(None, "NIK-1"), user(None, "nik-1"))
    assert LearnerIndex(users).match(row(None, "nik-1"))[0] is users[1]
    assert findings(users=users) == [("look_alike_employee_ids", "NIK-1, nik-1")]


@pytest.mark.parametrize("states", [(True, True), (False, False)])
def test_an_id_of_two_people_of_one_state_finds_nobody(states: tuple[bool, bool]) -> None:
    """Nobody is guessed where both or none are active; their serials still find them."""
    users = tuple(user(f"S-{name}", " 00417 ", name=name, is_active=on) for name, on in zip("AB", states, strict=True))
    index = LearnerIndex(users)
    assert index.match(row(None, "00417")) == (None, MatchedBy.UNMATCHED)
    assert index.match(row("S-B", "00417")) == (users[1], MatchedBy.SERIAL)
    assert findings(row(None, "00417"), row("S-B", "00417"), users=users) == [
        ("ambiguous_employee_id", "00417"),
        ("unmatched_assignment", "00417"),
    ]


def test_a_blank_id_finds_nobody() -> None:
    """Rows without id do not find the users without id, and blanks are no doubled id."""
    users = (user("S-1", ""), user("S-2", "  "))
    assert LearnerIndex(users).match(row(None, "")) == (None, MatchedBy.UNMATCHED)
    assert findings(users=users) == []


# ---- what is odd


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        (row("S-SARI", "00417"), []),
        (row("S-SARI", " 00417 "), []),
        (row("S-SARI", ""), []),
        (row(None, "00417"), []),
        (row("S-SARI", "00418"), [("serial_and_employee_id_disagree", "00418 (S-SARI)")]),
        (row("S-NEW", "00418"), [("serial_and_employee_id_disagree", "00418 (S-NEW)")]),
        (row("S-SARI", "00420"), [("serial_and_employee_id_disagree", "00420 (S-SARI)")]),
        (row("S-SARI", "99999"), [("employee_id_changed", "99999 → 00417")]),
        (row("S-NEW", "99999"), [("unmatched_assignment", "99999 (S-NEW)")]),
        (row(None, "99999"), [("unmatched_assignment", "99999")]),
        (row(None, "", name="Dewi"), [("unmatched_assignment", "Dewi")]),
    ],
)
def test_match_findings(assignment: Assignment, expected: list[tuple[str, str]]) -> None:
    """Two people in one row, a changed id and a missing user are found once, however many rows say so."""
    shared = (user("S-X", "00420", name="Eka"), user("S-Y", "00420", name="Eko"))
    again = replace(assignment, batch_serial=BatchSerial("BATCH-K3-02"))
    users = (SARI, BUDI, *shared)
    batches = (factories.batch(), factories.batch(serial="BATCH-K3-02"))
    joined = join(factories.snapshot(assignments=(assignment, again), learners=users, batches=batches))
    odd = [(finding.code, finding.example) for finding in joined.findings]
    assert odd == [("ambiguous_employee_id", "00420"), *expected]


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        (row("S-SARI", "00417"), row("S-SARI", "00417"), True),
        (row("S-SARI", "00417"), row(None, "00417"), True),
        (row("S-GONE", "1"), row("S-GONE", "2"), True),
        (row(None, "1"), row(None, " 1 ", name="Another"), True),
        (row("S-SARI", "00417"), row("S-BUDI", "00417"), False),
        (row(None, ""), row(None, ""), False),
        (row("S-SARI", "00417"), row("S-SARI", "00417", batch_serial="BATCH-K3-02"), False),
        (row("S-SARI", "00417"), row("S-SARI", "00417", course_serial="COURSE-2"), False),
    ],
)
def test_twice_in_one_batch(first: Assignment, second: Assignment, *, is_found: bool) -> None:
    """One person twice in one batch is found, however the two rows name them; once per batch, three times too."""
    for rows in ((first, second), (second, first), (first, second, second)):
        codes = [code for code, _ in findings(*rows, users=(SARI, BUDI))]
        expected = 1 if is_found else int(len(rows) == 3 and bool(second.user_serial or second.employee_id))
        assert codes.count("duplicate_in_batch") == expected


def test_batches_that_nobody_knows() -> None:
    """A row of an unknown batch stays, in a batch without times, and blocks; a draft is something to check."""
    rows = (factories.assignment(batch_serial="BATCH-LOST"), factories.assignment(batch_serial="BATCH-DRAFT"))
    draft = factories.batch(serial="BATCH-DRAFT", session_start=None)
    joined = join(factories.snapshot(assignments=rows, batches=(draft,)))
    assert [(one.code, one.level, one.example) for one in joined.findings] == [
        (FindingCode.BATCH_UNKNOWN, Level.BLOCK, "COURSE-K3DASAR / BATCH-LOST"),
        (FindingCode.BATCH_WITHOUT_SESSION, Level.CHECK, "COURSE-K3DASAR / BATCH-DRAFT"),
    ]
    assert [one.batch.session_start for one in joined.assignments] == [None, None]
    assert [one.batch.serial for one in joined.assignments] == ["BATCH-LOST", "BATCH-DRAFT"]


@pytest.mark.parametrize(("hours", "is_found"), [(-1, True), (0, False), (1, False)])
def test_a_session_that_ends_before_it_starts(hours: int, *, is_found: bool) -> None:
    """It is something to check, once a batch; the rows keep both times as the LMS has them."""
    start = AS_OF - timedelta(days=3)
    batch = factories.batch(session_start=start, session_end=start + timedelta(hours=hours))
    rows = (factories.assignment(), factories.assignment(user_serial="S-BUDI", employee_id="00418"))
    joined = join(factories.snapshot(assignments=rows, batches=(batch,)))
    found = [(one.level, one.example) for one in joined.findings if one.code == "session_ends_before_start"]
    assert found == [(Level.CHECK, f"{batch.course_serial} / {batch.serial}")] * is_found
    assert {one.batch for one in joined.assignments} == {batch}


def test_a_batch_belongs_to_its_course() -> None:
    """Two courses may use one batch serial; each row gets its own course's batch."""
    batches = (factories.batch(name="one"), factories.batch(course_serial="COURSE-2", name="two"))
    rows = (factories.assignment(course_serial="COURSE-2"), factories.assignment())
    joined = join(factories.snapshot(assignments=rows, batches=batches))
    assert [one.batch.name for one in joined.assignments] == ["two", "one"]


def test_users_who_lack_something() -> None:
    """An active user without address and a user without name are found; ids that differ by leading zeros look alike."""
    users = (
        user(None, "0417", email=" "),
        user(None, "00417", name=" "),
        user(None, "99", email="", is_active=False),
    )
    assert findings(users=users) == [
        ("look_alike_employee_ids", "00417, 0417"),
        ("learner_without_email", "0417"),
        ("blank_name", "00417"),
    ]


def test_a_world_in_which_one_serial_has_two_names() -> None:
    """The serial goes with the name of another owner of the id too, so only its own name is matched."""
    world = make_world(Random(644523), 4, 6).snapshot  # noqa: S311 - reproducible, not secret
    snapshot = replace(world, assignments=world.assignments[:6])
    rows = [row for row in join(snapshot).assignments if row.assignment.user_serial == "S-5"]
    found = [(row.assignment.name, row.matched_by) for row in rows]
    assert found == [("Anisa", MatchedBy.UNMATCHED), ("Bagus", MatchedBy.EMPLOYEE_ID)]
