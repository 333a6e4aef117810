"""Ids that do not read as they are written become findings, which show what nobody sees."""

import pytest

from rkreport.core.findings import Finding, FindingCode, Level
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


LATIN = ("M-001", "M-002", "EMP001", "EMP002")


@pytest.mark.parametrize(
    "odd",
    [
        *("\u041c-001", "\u0415\u041c\u0420001", "\u039c-001", "\u13b7-001", "\ua4df-001", "\u216f-001", "\uff2d-001"),
        *("M-\uff10\uff10\uff11", "M-\U0001d7ce\U0001d7ce\U0001d7cf", "M\u2010001", "M\u2011001", "M\u2212001"),
        *("\u041c-777", "M-\uff17", "M\u2013777", "Zoe\u0308-1"),  # without a twin
    ],
)
def test_what_looks_like_the_other_ids_is_a_finding(odd: str) -> None:
    """With the characters that are not what they look like; ids that have them differ from what is typed."""
    found = found_among((*LATIN, odd))
    assert [(each.code, each.example.partition(" (")[0]) for each in found] == [(MIXED, odd)]
    assert all(f"U+{ord(char):04X}" in found[0].example for char in odd if not char.isascii())


@pytest.mark.parametrize(
    "char", ["\ufe0f", "\u034f", "\u180b", "\u17b4", "\U000e0100", "\u2800", "\u3164", "\u115f", "\u200b", "\u00a0"]
)
def test_what_takes_no_place_in_an_id_is_a_finding(char: str) -> None:
    """Whatever Unicode counts it as: letter, mark or sign."""
    (found,) = found_among((*LATIN, f"M{char}-001"))
    assert (found.code, found.example) == (UNSEEN, f"M{char.encode('unicode_escape').decode()}-001")


@pytest.mark.parametrize(
    "ids",
    [
        ("M-001", "m-001", "A.1/b_2", "00417", "O01", "001", "l-1", "1-1"),
        ("\u041c-001", "\u041c-002", "\u0410\u0412\u0421-3", "\u041e\u0422\u0414-1", "00417"),
        ("\u0645-001", "\u0645-\u0660\u0661", "00417"),
        ("财务-001", "安全-1", "00417", "E-1"),
        ("\u0e01\u0e33-1", "\u0e01\u0e33-2"),
        ("工号A0001", "김A1", "00417"),
        ("Б-Q1", "Б-Q2", "00417"),
        ("\uff2d\uff10", "\uff2d\uff11", "\uff2d\uff12"),  # all wide
        ("Zoë-1", "Zoe-1", "Ångström-2"),
        ("E-1", "E-2", "E-3", "\u041e\u0422\u0414-1"),  # no Latin letter looks like the last of it
    ],
)
def test_what_a_company_usually_writes_is_none(ids: tuple[str, ...]) -> None:
    """In whichever script; what everybody sees is no finding either."""
    assert found_among(ids) == []


@pytest.mark.parametrize(
    ("email", "signs"),
    [
        ("slamet@contoh.test", ""),
        ("sl\u0430met@contoh.test", "U+0430"),
        ("\u0441\u043e\u0440\u0435@contoh.test", "U+0441, U+043E, U+0440, U+0435"),
        ("slamet\u2010b@contoh.test", "U+2010"),
    ],
)
def test_an_address_that_reads_as_another(email: str, signs: str) -> None:
    """The finding names its manager and the characters; it shows no address."""
    others = [Manager(ManagerId(f"M-{number}"), "Ibu", f"ibu{number}@contoh.test", (), "id") for number in range(3)]
    routing = Routing((*others, Manager(ManagerId("M-9"), "Pak", email, (), "id")), (), None)
    found = [(each.code, each.example) for each in odd_id_findings(factories.snapshot(), routing)]
    assert found == ([(MIXED, f"M-9 ({signs})")] if signs else [])


def found_among(ids: tuple[str, ...]) -> list[Finding]:
    """The findings about people with these ids."""
    learners = tuple(factories.learner(employee_id=EmployeeId(each)) for each in ids)
    return list(odd_id_findings(factories.snapshot(learners=learners), NOBODY))
