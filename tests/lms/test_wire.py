"""The documented shapes become models."""

import json
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
from rkreport.lms import parsing, shapes, states, wire
from rkreport.lms.lists import UNITS, USERS, assignments_of, batches_of, compacted, models_of, page_of, stored_content
from rkreport.lms.shapes import LONGEST_NAME
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


TEXTS = [
    *("n" * 255, "n" * 256, "é" * 256, "👩‍🏭" * 200, "e\u0301" * 200, "\u202eab\u202c" * 100, " " * 300, "a " * 200),
    *("\ufffd" * 256, "x" * 40_000, "\ufdfa" * 256, "_x0041_" * 100, "9" * 256, "👩" * 255, "_x0041_" * 36),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_name_is_at_most_as_long_as_the_bound_and_stays_its_own(text: str) -> None:
    """Up to the bound it is itself; beyond it the beginning with a code, another one for another end."""
    names: list[str] = []
    for name in (text, text + "a", text + "b"):
        row = {"serial": "U1", "employeeID": "7", "name": name, "isActive": True}
        body = json.dumps({"status": "success", "data": {"items": [row], "totalItems": 1}}).encode()
        content = models_of(USERS, compacted(USERS, stored_content(USERS, 1, body).rows))
        (learner,) = content.models
        assert isinstance(learner, Learner)
        assert len(learner.name) <= LONGEST_NAME
        assert (learner.name == name) is (len(name) <= LONGEST_NAME) is (not content.findings)
        assert (page_of(USERS, body) is not None) is (len(name) <= LONGEST_NAME)
        names.append(learner.name)
    assert len(set(names)) == 3


def test_all_long_texts_of_a_row_are_named_once() -> None:
    """Also those in lists; whatever else is wrong with the row is judged as before."""
    tags = [{"serial": "T", "name": "t" * 600}, "u" * 600, "v"]
    row: dict[str, object] = {"serial": "U1", "employeeID": "7", "name": "n" * 600, "tags": tags}
    rows = [row, row | {"serial": "U2", "isActive": "?"}, row | {"serial": "s" * 301}]
    content = models_of(USERS, parsing.rows_of(rows, shapes.USERS, 1))
    assert [str(finding.example) for finding in content.findings] == ["users: 7: name", "users: 7: tags.name"]
    assert [(one.field, len(one.row_id)) for one in content.set_aside] == [("isActive", 2), ("serial", 100)]
    (learner,) = content.models
    assert isinstance(learner, Learner)
    assert [len(tag.name) for tag in learner.tags] == [255, 255, 1]


def test_short_texts_of_broken_characters_stay_different() -> None:
    """Whatever characters a text has, the bound holds and different texts stay different."""
    texts = ["\ud800" * 501, "\ud800" * 500 + "\udc00", "\U0001f469" * 501, "e" + "\u0301" * 600]
    found = [parsing.short_text(text, LONGEST_NAME) for text in texts]
    assert len(set(found)) == len(texts)
    assert {len(text) for text in found} == {LONGEST_NAME}
