"""Made-up fetches for hypothesis: small, and full of everything that makes a rule think twice.

A world is what an LMS and an admin may give together: doubled records and ids, units in several places or no structure
at all, lost and dateless batches, odd spellings, times at the very edge of `as_of`. Hypothesis
draws the sizes and one source of chance: drawing every value through it is many times slower and meets fewer kinds of
trouble. Knows the models alone; must not know the rules.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rkreport.core.models import (
    Assignment,
    Batch,
    BatchSerial,
    Completed,
    Completion,
    CourseException,
    CourseSerial,
    EmployeeId,
    Learner,
    Manager,
    ManagerId,
    PlanCourse,
    PlanSerial,
    PlanUser,
    Tag,
    Unit,
    UnitSerial,
    UserSerial,
)
from rkreport.core.routing import Routing, RoutingRule, RuleKind
from rkreport.core.rules import Attempts, Audience, CoursePolicy, Rules
from rkreport.core.snapshot import ListKind, Snapshot, Verdict
from rkreport.lms.states import online_status
from tests import factories

COURSES = (CourseSerial("C-1"), CourseSerial("C-2"))
ONLINE = CourseSerial("C-ONLINE")
PLANS = (PlanSerial("P-1"), PlanSerial("P-2"))
ROOT, WEST, WEST_A, EAST = (UnitSerial(serial) for serial in ("U-ROOT", "U-WEST", "U-WEST-A", "U-EAST"))
UNITS = (
    Unit(ROOT, "Contoh", is_active=True, path=(ROOT,)),
    Unit(WEST, "Barat", is_active=True, path=(ROOT, WEST)),
    Unit(WEST_A, "Barat Satu", is_active=True, path=(ROOT, WEST, WEST_A)),
    Unit(EAST, "Timur", is_active=True, path=(ROOT, EAST)),
)
WEST_A_IN_EAST = Unit(WEST_A, "Barat Satu", is_active=True, path=(ROOT, EAST, WEST_A))
STRUCTURES = (
    UNITS,
    (*UNITS, WEST_A_IN_EAST),
    (WEST_A_IN_EAST, *UNITS[:1], replace(UNITS[1], is_active=False), *UNITS[2:]),
    (*UNITS[:2], *(replace(unit, is_active=False) for unit in (*UNITS[2:], WEST_A_IN_EAST))),
    (*UNITS, *UNITS, Unit(WEST, "Barat", is_active=True, path=(WEST,)), WEST_A_IN_EAST),
)
FRONT, NIGHT = Tag("T-FRONT", "Frontliner"), Tag("T-NIGHT", "Malam")

_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_MOMENTS = ("2026-10-31T23:59:59", "2026-11-01T00:00:00", "2028-02-29T06:30:00", "2027-01-01T12:00:00")
_IDS = ("1", "01", " 1 ", "2", "3", "4", "")
_CARRIED = (
    *((unit.serial, unit.name) for unit in UNITS),
    (UnitSerial("U-LOST"), "Hilang"),
    (UnitSerial(""), ""),
    (UnitSerial(""), "Timur"),
)
_SERIALS = (None, None, *(UserSerial(f"S-{number}") for number in range(6)))
_STATUS = ("Cleared", "Cleared", "Ongoing", "Failed", "CLEARED", " failed ", "on_going", "Lulus", "")
_ACTIVITY = ("", "NOT STARTED", "IN PROGRESS", "in_progress", "COMPLETED", "EXPIRED", "Baru")
_STATUS_ONLINE = (
    "completed",
    "COMPLETED",
    "in_progress",
    "In Progress",
    "not_started",
    "failed",
    "expired",
    "Lulus",
    "",
)
_ASSIGNED = ("", "A-1", "A-2")
_DAYS = (-800, -456, -455, -366, -365, -364, -120, -91, -60, -31, -15, -14, -13, -1, 0, 1, 14, 40)
_SECONDS = (-3600 * 8, -1, 0, 1, 3600 * 3)


@dataclass(frozen=True, slots=True)
class World:
    """A fetch, the rules over it, and the moment."""

    snapshot: Snapshot
    rules: Rules
    as_of: datetime

    @property
    def zone(self) -> tzinfo:
        """That of `as_of`."""
        assert self.as_of.tzinfo is not None
        return self.as_of.tzinfo


def worlds() -> st.SearchStrategy[World]:
    """A fetch with rules for its two courses: up to six people and eight assignments."""
    return st.builds(make_world, st.randoms(use_true_random=True), st.integers(0, 6), st.integers(0, 8))


def routings() -> st.SearchStrategy[Routing]:
    """Up to three managers and six rules of every kind that may contradict each other or name nothing."""
    return st.builds(make_routing, st.randoms(use_true_random=True), st.integers(0, 3), st.integers(0, 6))


def make_world(chance: Random, people: int, places: int) -> World:
    """A world with so many people and assignments."""
    as_of = datetime.fromisoformat(chance.choice(_MOMENTS)).replace(tzinfo=ZoneInfo(chance.choice(_ZONES)))
    batches = _batches(chance, as_of)
    snapshot = factories.snapshot(
        learners=_learners(chance, people),
        **_structure(chance),
        courses=tuple(factories.course(serial=serial) for serial in COURSES),
        batches=batches,
        assignments=tuple(_assignment(chance, batches) for _ in range(places)),
    )
    rules = factories.rules(
        courses=tuple(_policy(chance, serial, as_of) for serial in COURSES),
        exceptions=tuple(_exception(chance, as_of, line) for line in range(2, 2 + chance.randrange(3))),
        due_soon_days=chance.choice((0, 14)),
    )
    return _with_more(chance, World(snapshot, rules, as_of))


def _with_more(chance: Random, world: World) -> World:
    """The same world with an online course, dates from the LMS and learning plans."""
    snapshot, rules, as_of = world.snapshot, world.rules, world.as_of
    batch_rows = (replace(one, assigned_course=chance.choice(_ASSIGNED)) for one in snapshot.assignments)
    more = replace(
        snapshot,
        assignments=(*batch_rows, *(_online(chance, as_of) for _ in range(chance.randrange(4)))),
        completions=tuple(_completion(chance, as_of) for _ in range(chance.randrange(5))),
        plan_courses=tuple(_plan_course(chance, as_of) for _ in range(chance.randrange(4))),
        plan_users=tuple(_plan_user(chance) for _ in range(chance.randrange(4))),
    )
    plans = tuple(chance.sample(PLANS, chance.randrange(3)))
    return World(more, replace(rules, courses=(*rules.courses, _policy(chance, ONLINE, as_of)), plans=plans), as_of)


def make_routing(chance: Random, managers: int, rules: int) -> Routing:
    """Managers with rules, with or without a fallback."""
    ids = [ManagerId(f"M-{number}") for number in range(managers)]
    values = {
        RuleKind.EMPLOYEE: _IDS[:-1],
        RuleKind.TAG: ("frontliner", "T-NIGHT", "Frontliner", "Siang"),
        RuleKind.ORGANIZATION: ("U-ROOT", "barat", "U-WEST-A", "Timur", "PT Anak", "U-NOWHERE"),
    }
    made: list[RoutingRule] = []
    for line in range(2, 2 + rules if ids else 2):
        kind = chance.choice(list(RuleKind))
        made.append(RoutingRule(chance.choice(ids), kind, chance.choice(values[kind]), line))
    fallback = Manager(ManagerId("no-manager"), "", "ld@contoh.test", (), "id", is_fallback=True)
    return Routing(
        tuple(factories.manager(manager_id=manager_id) for manager_id in ids),
        tuple(made),
        chance.choice((None, fallback)),
    )


def _structure(chance: Random) -> dict[str, object]:
    """A company structure, rarely none."""
    if chance.random() < 0.2:
        absent = factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT)
        return {"units": (), "lists": (factories.reading(), absent)}
    return {"units": chance.choice(STRUCTURES)}


def _learners(chance: Random, people: int) -> tuple[Learner, ...]:
    """User records with addresses of their own; serials, ids and whole records may repeat, names too."""
    serials = chance.sample(_SERIALS, people) if chance.random() < 0.6 else [None] * people
    records = [_record(chance, serial, number) for number, serial in enumerate(serials)]
    for _ in range(chance.randrange(3) if records else 0):
        again, other = chance.choice(records), _record(chance, None, 9)
        changes = chance.choice(
            (
                {},
                {},
                {"unit_serial": other.unit_serial, "unit_name": other.unit_name},
                {"is_active": not again.is_active},
                {"is_active": False, "name": "Anisa"},
                {"tags": other.tags[::-1]},
                {"employee_id": other.employee_id},
                {"serial": None},
            )
        )
        records.insert(chance.randrange(len(records) + 1), replace(again, **changes))
    return tuple(replace(record, email=f"{number}@contoh.test") for number, record in enumerate(records))


def _record(chance: Random, serial: UserSerial | None, number: int) -> Learner:
    unit, name = chance.choice(_CARRIED)
    return factories.learner(
        employee_id=EmployeeId(chance.choice(_IDS)),
        serial=serial,
        name=chance.choice((f"Orang {number}", f"Orang {number}", "Anisa", "Bagus")),
        is_active=chance.random() < 0.8,
        unit_serial=unit,
        unit_name=name,
        company=chance.choice(("PT Contoh", "PT Anak")),
        company_serial="",
        tags=tuple(chance.sample((FRONT, NIGHT), chance.randrange(3))),
    )


def _batches(chance: Random, as_of: datetime) -> tuple[Batch, ...]:
    """Up to three batches per course, drafts without times among them."""
    return tuple(
        factories.batch(
            course_serial=course,
            serial=BatchSerial(f"{course}-B{number}"),
            session_start=_moment(chance, as_of),
            session_end=_moment(chance, as_of),
            post_activity_end=_moment(chance, as_of),
        )
        for course in COURSES
        for number in range(chance.randrange(4))
    )


def _moment(chance: Random, as_of: datetime) -> datetime | None:
    """In UTC, at a distance from `as_of` that matters to some rule; or none."""
    distance = timedelta(days=chance.choice(_DAYS), seconds=chance.choice(_SECONDS))
    return None if chance.random() < 0.15 else (as_of + distance).astimezone(UTC)


def _assignment(chance: Random, batches: tuple[Batch, ...]) -> Assignment:
    """A place in one of the batches, rarely in one that nobody knows."""
    places = [(batch.course_serial, batch.serial) for batch in batches]
    course, batch = chance.choice([*places, *places, (COURSES[0], BatchSerial("C-1-LOST"))])
    return factories.assignment(
        course_serial=course,
        batch_serial=batch,
        user_serial=chance.choice(_SERIALS),
        employee_id=EmployeeId(chance.choice(_IDS)),
        name=chance.choice(("Anisa", "Bagus", "")),
        attended=chance.choice((None, False, True)),
        status=chance.choice(_STATUS),
        post_activity=chance.choice(_ACTIVITY),
        post_test_attempts=chance.randrange(2),
    )


def _online(chance: Random, as_of: datetime) -> Assignment:
    """A place in the online course, dated or not."""
    status = online_status(chance.choice(_STATUS_ONLINE))
    place = factories.assignment(
        course_serial=ONLINE,
        batch_serial=BatchSerial(""),
        user_serial=chance.choice(_SERIALS),
        employee_id=EmployeeId(chance.choice(_IDS)),
        name=chance.choice(("Anisa", "Bagus", "")),
        attended=None,
        post_test_attempts=0,
        completed_at=chance.choice((None, _completed(chance, as_of))),
        is_online=True,
    )
    return replace(place, status=status)


def _completed(chance: Random, as_of: datetime) -> Completed:
    """A moment or a day, at a distance from `as_of` that matters."""
    moment = _moment(chance, as_of) or as_of
    return chance.choice((moment, moment.date()))


def _completion(chance: Random, as_of: datetime) -> Completion:
    """One that may belong to several courses or to nobody."""
    return Completion(
        employee_id=EmployeeId(chance.choice(_IDS)),
        assigned_course=chance.choice(_ASSIGNED),
        course_name=chance.choice(("K3 Dasar", "K3 Dasar", "k3 dasar", "Etik")),
        completed_at=_completed(chance, as_of),
    )


def _plan_course(chance: Random, as_of: datetime) -> PlanCourse:
    """A course that the config names too, or one that only plans name."""
    serial = chance.choice((*COURSES, ONLINE, CourseSerial("C-PLAN")))
    return PlanCourse(chance.choice(PLANS), factories.course(serial=serial), _moment(chance, as_of))


def _plan_user(chance: Random) -> PlanUser:
    return PlanUser(
        plan_serial=chance.choice(PLANS),
        user_serial=chance.choice(_SERIALS),
        employee_id=EmployeeId(chance.choice(_IDS)),
        name="Anisa",
        status=chance.choice(("COMPLETED", "In Progress", "Baru", "")),
    )


def _policy(chance: Random, serial: CourseSerial, as_of: datetime) -> CoursePolicy:
    """Any rules of a course that the config takes."""
    audience = Audience(
        organizations=chance.choice(((), ("U-WEST",), ("timur",), ("PT Anak",))),
        tags=chance.choice(((), ("frontliner",), ("T-NIGHT",))),
    )
    due = as_of.date() + timedelta(chance.choice(_DAYS))
    return factories.policy(
        serial=serial,
        batches=chance.choice((None, None, (BatchSerial(f"{serial}-B0"), BatchSerial(f"{serial}-B1")))),
        valid_for_months=chance.choice((None, 1, 12, 15)),
        attempts=chance.choice(list(Attempts)),
        audience=chance.choice((None, audience)),
        **chance.choice(({}, {"due_days_after_session": chance.choice((0, 14))}, {"due": due})),
    )


def _exception(chance: Random, as_of: datetime, line: int) -> CourseException:
    return CourseException(
        employee_id=EmployeeId(chance.choice(_IDS[:-1])),
        course=chance.choice((*COURSES, "*", "C-UNKNOWN")),
        until=chance.choice((None, *(as_of.date() + timedelta(days) for days in (-1, 0, 30)))),
        reason="Cuti",
        approved_by="HR",
        line=line,
    )


def shuffled_people(snapshot: Snapshot, chance: Random) -> tuple[Learner, ...]:
    """The user list in another order, in which the records of one serial or one id keep theirs."""
    records = list(snapshot.learners)
    for at in chance.choices(range(len(records) - 1), k=20) if len(records) > 1 else ():
        one, other = records[at : at + 2]
        has_one_serial = one.serial is not None and other.serial == one.serial
        if not has_one_serial and (one.employee_id.strip() or at) != (other.employee_id.strip() or -1):
            records[at : at + 2] = [other, one]
    return tuple(records)
