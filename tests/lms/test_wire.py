"""The documented shapes become models."""

from datetime import UTC, datetime

import pytest

from rkreport.core.models import (
    AssignmentStatus,
    BatchSerial,
    CourseKind,
    CourseSerial,
    EmployeeId,
    Learner,
    PostActivity,
    Unit,
    UserSerial,
)
from rkreport.lms import states, wire
from rkreport.lms.lists import UNITS, USERS, assignments_of, batches_of, models_of, stored_content
from tests.lms.recorded import reply

ASSIGNMENTS = assignments_of("COURSE-A", "BATCH-1", CourseKind.WEBINAR)


def test_a_user_row_becomes_a_learner() -> None:
    """Every documented field is taken over, ids keep their zeros, and unknown fields are ignored."""
    first, second = models_of(USERS, stored_content(USERS, 1, reply("users_page")).rows).models
    assert isinstance(first, Learner)
    assert isinstance(second, Learner)
    assert (first.employee_id, first.serial, first.unit_serial) == ("00417", None, "COMPA1B2C3D4")
    assert first.tags[0].name == "Angkatan 12"
    assert (second.email, second.unit_name, second.tags, second.is_active) == ("", "", (), False)


def test_an_assignment_row_keeps_the_values_of_the_lms() -> None:
    """Unknown enum values and empty texts come through as they are."""
    rows = stored_content(ASSIGNMENTS, 1, reply("assignments_page")).rows
    first, second = (wire.assignment(row, "COURSE-A", "BATCH-1", left_out=None) for row in rows)
    assert (first.user_serial, first.post_test_score, first.passing_score) == (UserSerial("SARIW0K2L4M6N8P0"), 85, 70)
    assert (second.status.word, second.post_activity.word, second.passing_score) == ("Dijadwalkan ulang", "", None)
    assert (first.course_serial, first.batch_serial) == (CourseSerial("COURSE-A"), BatchSerial("BATCH-1"))


def test_states_are_known_in_any_spelling() -> None:
    """Blanks and underscores, single or many, and case are one spelling; nothing else is folded."""
    spellings = ("NOT STARTED", "not_started", " Not  Started_")
    assert {states.post_activity(word).means for word in spellings} == {PostActivity.NOT_STARTED}
    assert states.post_activity("NotStarted").means is PostActivity.UNKNOWN
    assert states.assignment_status(" _ ").means is AssignmentStatus.NONE


@pytest.mark.parametrize("word", ["Cleared", " cleared_", "Lulus", "None", "unknown", " ", ""])
def test_the_word_of_a_state_stays_as_it_came(word: str) -> None:
    """What the LMS wrote is what reports show, whether rkreport knows it or not; its own names mean nothing there."""
    status = states.assignment_status(word)
    assert status.word == word
    assert (status.means is AssignmentStatus.UNKNOWN) is (word in {"Lulus", "None", "unknown"})


def test_batch_times_of_all_forms_are_utc() -> None:
    """With milliseconds, without, and with an offset."""
    key = batches_of("COURSE-A")
    rows = stored_content(key, 1, reply("batches_page")).rows
    first, second = (wire.batch(row, "COURSE-A") for row in rows)
    assert first.session_start == datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    assert first.post_activity_end is None
    assert second.session_start == datetime(2026, 3, 6, 6, 0, tzinfo=UTC)
    assert second.session_end == datetime(2026, 3, 6, 8, 0, tzinfo=UTC)


def test_the_company_structure_is_flattened_with_paths() -> None:
    """Each unit knows the way from the root to itself."""
    units = models_of(UNITS, stored_content(UNITS, 1, reply("company_structure")).rows).models
    assert [unit.path for unit in units if isinstance(unit, Unit)] == [
        ("COMPROOT0001",),
        ("COMPROOT0001", "COMPA1B2C3D4"),
    ]


def test_two_records_with_one_employee_id_are_two_rows() -> None:
    """Without serials an employee id alone does not identify a record."""
    first = {"employeeID": "7", "name": "A", "username": "a", "email": "", "isActive": True}
    assert wire.identity(first) != wire.identity(first | {"username": "b"})
    assert wire.identity(first | {"serial": "S"}) == wire.identity(first | {"serial": "S", "username": "b"})


def test_a_number_for_an_id_is_its_digits() -> None:
    """An id sent as a number is text with the same digits."""
    page = reply("users_page").replace(b'"00417"', b"417")
    (first, _) = models_of(USERS, stored_content(USERS, 1, page).rows).models
    assert isinstance(first, Learner)
    assert first.employee_id == EmployeeId("417")
