"""Ids that do not read as they are written become findings, which show what nobody sees."""

import pytest

from rkreport.core.findings import FindingCode, Level
from rkreport.core.models import CourseSerial, EmployeeId, Manager, ManagerId, Plan, PlanSerial, UnitSerial, UserSerial
from rkreport.core.odd_ids import odd_id_findings
from rkreport.core.routing import Routing, RoutingRule, RuleKind
from tests import factories

NOBODY = Routing((), (), None)
UNSEEN, MIXED = FindingCode.ID_WITH_UNSEEN_CHARACTERS, FindingCode.ID_OF_MIXED_LETTERS


@pytest.mark.parametrize(
    ("employee_id", "code", "example"),
    [
        ("NIK\n1", UNSEEN, r"NIK\n1"),
        ("NIK\u20281", UNSEEN, r"NIK\u20281"),
        ("0041\u200b7", UNSEEN, r"0041\u200b7"),
        ("00417\u200d", UNSEEN, r"00417\u200d"),
        ("00\u202e714", UNSEEN, r"00\u202e714"),
        ("00\x1b[31m", UNSEEN, r"00\x1b[31m"),
        ("NIK\u00a01", UNSEEN, r"NIK\xa01"),
        ("NIK-\u04101", MIXED, "NIK-\u04101 (U+0410)"),
        ("NIK-\uff211", MIXED, "NIK-\uff211 (U+FF21)"),
        ("\u039d\u0399K-1", MIXED, "\u039d\u0399K-1 (U+039D, U+0399)"),
    ],
)
def test_an_odd_id_is_a_finding(employee_id: str, code: FindingCode, example: str) -> None:
    """Once, however many rows have it; the example shows the characters."""
    one = factories.learner(employee_id=EmployeeId(employee_id))
    found = list(odd_id_findings(factories.snapshot(learners=(one, one)), NOBODY))
    assert [(each.code, each.level, each.example) for each in found] == [(code, Level.CHECK, example)]


@pytest.mark.parametrize(
    "employee_id",
    ["00417", " 00417\n", "NIK 1", "\u0410\u0411-1", "社員か-1", "Zoë-1"],
)
def test_an_ordinary_id_is_none(employee_id: str) -> None:
    """Blanks around it are no part of it; one alphabet, whichever, is none too many."""
    one = factories.learner(employee_id=EmployeeId(employee_id))
    assert list(odd_id_findings(factories.snapshot(learners=(one,)), NOBODY)) == []


def test_every_kind_of_id_is_looked_at() -> None:
    """Of people, assignments, units, courses, batches and plans, and in the list of managers."""
    ids = [f"x\u200b{number}" for number in range(10)]
    snapshot = factories.snapshot(
        learners=(
            factories.learner(
                employee_id=EmployeeId(ids[0]), serial=UserSerial(ids[1]), unit_serial=UnitSerial(ids[2])
            ),
        ),
        assignments=(factories.assignment(employee_id=EmployeeId(ids[3]), user_serial=UserSerial(ids[4])),),
        courses=(factories.course(serial=CourseSerial(ids[5])),),
        plans=(Plan(PlanSerial(ids[6]), "plan"),),
    )
    manager = Manager(ManagerId(ids[7]), "Ibu", "ibu@contoh.test", (), "id")
    routing = Routing((manager,), (RoutingRule(manager.manager_id, RuleKind.EMPLOYEE, ids[8], 2),), None)
    found = {each.example for each in odd_id_findings(snapshot, routing)}
    assert found == {rf"x\u200b{number}" for number in range(9)}
