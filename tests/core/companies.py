"""Made-up companies for the tests of rollup and report: consistent requirements in every combination that can occur."""

from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from hypothesis import strategies as st

from rkreport.core.compliance import Compliance, Team
from rkreport.core.models import (
    BatchSerial,
    Counts,
    Course,
    CourseSerial,
    EmployeeId,
    JoinedAssignment,
    ManagerId,
    MatchedBy,
    Person,
    Requirement,
    Status,
    Unit,
    UnitSerial,
    UserSerial,
)
from rkreport.core.report.manager import team_plan
from rkreport.core.report.sheets import WorkbookPlan
from rkreport.core.report.team_view import team_views
from rkreport.core.units import UnitTree
from rkreport.core.words import Words
from tests import factories

COURSES = (Course(CourseSerial("C-1"), "K3 Dasar"), Course(CourseSerial("C-2"), "Anti pencucian uang"))
ROOT, EAST, WEST = UnitSerial("U-ROOT"), UnitSerial("U-EAST"), UnitSerial("U-WEST")
UNITS = (
    Unit(ROOT, "Contoh", is_active=True, path=(ROOT,)),
    Unit(EAST, "Timur", is_active=True, path=(ROOT, EAST)),
    Unit(WEST, "Barat", is_active=True, path=(ROOT, WEST)),
)
TREE = UnitTree.of(UNITS)
PLACES = (ROOT, EAST, WEST, UnitSerial("U-STRAY"), UnitSerial(""))


def somebody(number: int, place: UnitSerial = WEST, *, matched: bool = True) -> Person:
    """Person number n, in a unit, or known from assignments alone."""
    key, name = f"p{number}", f"Orang {number}"
    employee_id, serial = EmployeeId(f"{number:05d}"), UserSerial(f"S-{number}")
    learner = factories.learner(
        employee_id=employee_id, serial=serial, name=name, unit_serial=place, unit_name=f"Unit {place}"
    )
    return Person(key, learner if matched else None, employee_id, serial, name)


def attempt(person: Person, course: Course, batch: str, **values: object) -> JoinedAssignment:
    """A place of the person in a batch of the course."""
    assignment = factories.assignment(
        **{
            "course_serial": course.serial,
            "batch_serial": BatchSerial(batch),
            "user_serial": person.user_serial,
            "employee_id": person.employee_id,
            "name": person.name,
        }
        | values
    )
    return JoinedAssignment(
        assignment=assignment,
        batch=factories.batch(course_serial=course.serial, serial=BatchSerial(batch), name=f"Gelombang {batch}"),
        learner=person.learner,
        matched_by=MatchedBy.SERIAL if person.learner else MatchedBy.UNMATCHED,
    )


def future(joined: JoinedAssignment) -> JoinedAssignment:
    """The same place in a batch that begins after the report."""
    start = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    return replace(joined, batch=replace(joined.batch, session_start=start, session_end=start))


def owed(
    person: Person,
    course: Course,
    status: Status = Status.COMPLETED,
    counts: Counts = Counts.YES,
    *,
    superseded: int = 0,
    planned: int = 0,
    begun: bool = True,
) -> Requirement:
    """A requirement with one deciding assignment (`begun`), superseded ones and ones still to come."""
    deciding = attempt(person, course, f"{course.serial}-B0") if begun else None
    later = tuple(
        (future(attempt(person, course, f"{course.serial}-F{number}")), Counts.NOT_BEGUN) for number in range(planned)
    )
    older = tuple(
        (attempt(person, course, f"{course.serial}-S{number}"), Counts.SUPERSEDED) for number in range(superseded)
    )
    return factories.requirement(
        person=person,
        course=course,
        status=status,
        counts=counts,
        counting=deciding,
        attempts=(*later, *(((deciding, counts),) if deciding else ()), *older),
        due=date(2026, 10, 20),
        days_overdue=11 if status is Status.OVERDUE else None,
        valid_until=date(2026, 12, 1) if status in (Status.EXPIRED, Status.EXPIRING) else None,
    )


def company(requirements: tuple[Requirement, ...], teams: tuple[Team, ...] = (), **overrides: object) -> Compliance:
    """A run with these requirements, whose snapshot holds exactly their assignments."""
    courses = tuple(dict.fromkeys((*COURSES, *(each.course for each in requirements))))
    snapshot = factories.snapshot(
        units=UNITS,
        courses=courses,
        assignments=tuple(joined.assignment for each in requirements for joined, _ in each.attempts),
    )
    return factories.compliance(
        **{
            "requirements": requirements,
            "teams": teams,
            "snapshot": snapshot,
            "rules": factories.rules(courses=tuple(factories.policy(serial=course.serial) for course in courses)),
            "units": TREE,
        }
        | overrides
    )


def team(number: int, people: tuple[Person, ...], **overrides: object) -> Team:
    """A team of these people."""
    manager = factories.manager(**{"manager_id": ManagerId(f"M-{number:03d}"), "name": f"Manajer {number}"} | overrides)
    return Team(manager, people)


_COUNTED = [status for status in Status if status is not Status.EXEMPT]


def manager_plan(compliance: Compliance, team: Team, words: Words, zone: tzinfo) -> WorkbookPlan:
    """The workbook of one team, cut out of a run as a build does it for all."""
    (view,) = team_views(compliance, (team,))
    return team_plan(view, words, zone)


@st.composite
def _owed(draw: st.DrawFn, person: Person, course: Course) -> Requirement:
    planned = draw(st.integers(0, 2))
    if not draw(st.booleans()):
        possible = [(Status.NOT_ASSIGNED, Counts.YES), (Status.OVERDUE, Counts.YES), (Status.EXEMPT, Counts.EXEMPT)]
        if planned:
            possible.append((Status.NOT_ASSIGNED, Counts.NOT_BEGUN))
        status, counts = draw(st.sampled_from(possible))
        return owed(person, course, status, counts, planned=planned, begun=False)
    if person.learner is None:
        counts = Counts.UNMATCHED
    else:
        counts = draw(st.sampled_from([Counts.YES, Counts.YES, Counts.EXEMPT, Counts.INACTIVE, Counts.NOT_IN_AUDIENCE]))
    status = Status.EXEMPT if counts is Counts.EXEMPT else draw(st.sampled_from(_COUNTED))
    return owed(person, course, status, counts, planned=planned, superseded=draw(st.integers(0, 2)))


@st.composite
def companies(draw: st.DrawFn) -> Compliance:
    """Up to eight people in three teams and in none, in units of the tree, in a stray one and in none."""
    requirements: list[Requirement] = []
    members: dict[int, list[Person]] = {0: [], 1: [], 2: []}
    for number in range(draw(st.integers(0, 8))):
        person = somebody(number, draw(st.sampled_from(PLACES)), matched=draw(st.integers(0, 5)) > 0)
        courses = draw(st.lists(st.sampled_from(COURSES), min_size=1, unique=True))
        requirements += [draw(_owed(person, course)) for course in COURSES if course in courses]
        members.get(draw(st.integers(0, 3)), []).append(person)
    teams = tuple(team(number, tuple(people)) for number, people in members.items())
    return company(tuple(requirements), teams)
