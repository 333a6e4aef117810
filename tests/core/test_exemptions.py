"""Who is excused from what, and which rows of exceptions.csv excuse nobody."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from rkreport.core.exemptions import ExceptionIndex
from rkreport.core.findings import FindingCode, Level
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import CourseException, EmployeeId, Learner, Person, UserSerial
from tests import factories
from tests.core.worlds import World, worlds

TODAY = date(2026, 10, 31)
COURSE = "COURSE-K3DASAR"
SARI = factories.learner()
TWINS = (
    factories.learner(employee_id=EmployeeId("00500"), serial=None),
    factories.learner(employee_id=EmployeeId("00500"), serial=None, name="Kembar"),
)


def excuse(employee_id: str = "00417", course: str = "*", until: date | None = None, line: int = 2) -> CourseException:
    """A row of exceptions.csv."""
    return CourseException(EmployeeId(employee_id), course, until, "Cuti", "HR", line)


def index(*rows: CourseException, learners: tuple[Learner, ...] = (SARI, *TWINS)) -> ExceptionIndex:
    """The rows at the end of October, for two courses."""
    policies = (factories.policy(), factories.policy(serial="COURSE-2"))
    return ExceptionIndex(rows, LearnerIndex(learners), policies, TODAY)


def stranger(employee_id: str) -> Person:
    """Somebody whom only an assignment knows."""
    return factories.person(learner=None, employee_id=EmployeeId(employee_id), user_serial=UserSerial("GONE"))


SARI_PERSON = factories.person(learner=SARI)


@pytest.mark.parametrize(
    ("until", "holds"), [(None, True), (TODAY + timedelta(1), True), (TODAY, True), (TODAY - timedelta(1), False)]
)
def test_until_is_the_last_day(until: date | None, *, holds: bool) -> None:
    """An exception holds on its last day and not on the next; without a day it holds for ever."""
    row = excuse(until=until)
    found = index(row)
    assert found.covering(SARI_PERSON, COURSE) == (row if holds else None)
    codes = [(finding.code, finding.level) for finding in found.findings]
    assert codes == ([] if holds else [(FindingCode.EXCEPTION_EXPIRED, Level.INFO)])


def test_one_course_or_all() -> None:
    """A star excuses from every course, a serial from that one."""
    assert index(excuse(course="*")).covering(SARI_PERSON, "COURSE-2")
    assert index(excuse(course="COURSE-2")).covering(SARI_PERSON, "COURSE-2")
    assert index(excuse(course="COURSE-2")).covering(SARI_PERSON, COURSE) is None


def test_ids_are_trimmed_and_exact() -> None:
    """Outer blanks on either side do not matter; leading zeros do."""
    blank = factories.person(learner=factories.learner(employee_id=EmployeeId(" 00417 ")))
    assert blank.learner
    assert index(excuse(), learners=(blank.learner,)).covering(blank, COURSE)
    assert index(excuse(" 00417 ")).covering(SARI_PERSON, COURSE)
    assert index(excuse("417")).covering(SARI_PERSON, COURSE) is None


def test_the_longest_of_several_is_named() -> None:
    """For ever before any day, a later day before an earlier; the order of the rows does not matter."""
    short, long, ever = excuse(until=TODAY), excuse(until=TODAY + timedelta(9)), excuse()
    for rows in ((short, long), (long, short)):
        assert index(*rows).covering(SARI_PERSON, COURSE) is long
        assert index(*rows, ever).covering(SARI_PERSON, COURSE) is ever
        assert index(ever, *rows).covering(SARI_PERSON, COURSE) is ever


def test_unknown_people_and_courses_are_found() -> None:
    """An id of no user is a finding and still excuses unmatched rows; an unknown course excuses nobody."""
    found = index(excuse("99999", line=3), excuse(course="COURSE-X", line=4))
    assert [(one.code, one.finding().example) for one in found.findings] == [
        ("exception_unknown_employee", "exceptions.csv:3 99999"),
        ("exception_unknown_course", "exceptions.csv:4 00417 COURSE-X"),
    ]
    assert found.covering(stranger("99999"), COURSE)
    assert found.covering(SARI_PERSON, "COURSE-X") is None


def test_an_id_of_two_people_excuses_neither() -> None:
    """Nobody is excused by a guess."""
    found = index(excuse("00500"))
    assert [one.code for one in found.findings] == ["exception_ambiguous_employee"]
    assert all(found.covering(factories.person(learner=twin), COURSE) is None for twin in TWINS)


def test_an_exception_does_not_reach_whoever_else_used_the_id() -> None:
    """A row that the join kept apart from the id's owner is not excused by the owner's exception."""
    assert index(excuse()).covering(stranger("00417"), COURSE) is None


@given(worlds())
def test_every_row_holds_or_is_found(world: World) -> None:
    """A row that excuses nobody in the user list always has a finding that names its line."""
    learners = LearnerIndex(world.snapshot.learners)
    for row in world.rules.exceptions:
        found = ExceptionIndex((row,), learners, world.rules.courses, world.as_of.date())
        excused = [
            learner
            for learner in learners.people
            for policy in world.rules.courses
            if found.covering(factories.person(learner=learner), policy.serial)
        ]
        assert bool(excused) != bool(found.findings)
        assert all(finding.finding().example.startswith(f"exceptions.csv:{row.line} ") for finding in found.findings)
        assert all(learner.employee_id.strip() == row.employee_id.strip() for learner in excused)


def test_lost_zeros_and_errors_of_excel_are_found() -> None:
    """With the id that may be meant; an error excuses nobody, whoever else has it as an id."""
    found = index(excuse("417", line=3), excuse("#N/A", line=4), excuse(course="#REF!", line=5))
    assert [(one.code, one.finding().example) for one in found.findings] == [
        ("exception_unknown_employee", "exceptions.csv:3 417 (00417?)"),
        ("list_cell_error", "exceptions.csv:4 #N/A"),
        ("list_cell_error", "exceptions.csv:5 00417 #REF!"),
    ]
    assert found.covering(stranger("#N/A"), COURSE) is None
