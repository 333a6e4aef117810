"""Beside which rows an answer stands, and for whom."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rkreport.core.answers.showing import Answers, without_texts
from rkreport.core.answers.taking import Answer
from rkreport.core.models import EmployeeId, Manager, Requirement, UserSerial
from tests import factories
from tests.core.answers.lists import LATER, answer

READER = Manager(factories.manager().manager_id, "Ibu", "Satu@contoh.test", (), "id")
PERSON = replace(
    factories.requirement().person, employee_id=EmployeeId("E1"), user_serial=UserSerial("U-1"), name="Name E1"
)
ROW = replace(factories.requirement(), person=PERSON, completed_on=None)


def about(**values: Any) -> Answer:
    """An answer to the row."""
    chosen = {"course": ROW.course.serial, "manager_id": READER.manager_id, "user_serial": "U-1"}
    return answer(**chosen | values)


def shown(*answers: Answer, row: Requirement = ROW, reader: Manager | None = READER) -> list[Answer]:
    """What stands beside the row."""
    return list(Answers(answers).beside([row], reader).values())


def test_the_newest_stands_there() -> None:
    """By the report that it answers."""
    old, new = about(), about(period="2026-11", sent_at=LATER, note="new")
    assert shown(new, old) == shown(old, new) == [new]


@pytest.mark.parametrize("values", [{"address": "other@contoh.test"}, {"address": ""}, {"manager_id": "M-9"}])
def test_a_manager_sees_the_own_answers_alone(values: dict[str, str]) -> None:
    """Of the present address; the master shows all."""
    one = about(**values)
    assert shown(one) == []
    assert shown(one, reader=None) == [one]


@pytest.mark.parametrize(
    ("values", "is_shown"),
    [
        ({}, True),
        ({"user_serial": "", "name_sha256": "0"}, False),
        ({"user_serial": "U-2"}, True),
        ({"user_serial": "U-2", "name_sha256": "0"}, False),
        ({"user_serial": "U-1", "name_sha256": "0"}, True),
        ({"employee_id": "E2"}, False),
        ({"course": "C-OTHER"}, False),
        ({"note": ""}, False),
    ],
)
def test_a_person_is_known_again_by_id_and_serial_or_name(values: dict[str, str], is_shown: bool) -> None:  # noqa: FBT001 - one of two cases
    """An id that somebody else has now shows nothing; an answer that was taken back neither."""
    assert bool(shown(about(**values))) == is_shown


@pytest.mark.parametrize(
    ("completed_on", "is_shown"), [(date(2026, 11, 1), False), (date(2026, 10, 31), True), (None, True)]
)
def test_an_answer_ends_with_a_later_completion(completed_on: date | None, is_shown: bool) -> None:  # noqa: FBT001 - as above
    """The row that it was about is done; that it needs action again has another reason."""
    assert bool(shown(about(), row=replace(ROW, completed_on=completed_on))) == is_shown


def test_a_withheld_text_leaves_the_rest() -> None:
    """Choice and date name nobody."""
    place = ("k", ROW.course.serial)
    one = about(choice="leave", note="bad", planned_on=date(2026, 12, 1))
    assert without_texts({place: one}, lambda text: text == "bad") == {place: one.with_texts("", "")}
