"""The burst list: who gets which file."""

from dataclasses import replace

from rkreport.core.models import Counts, Status, Verdict
from rkreport.core.report.burst_list import HEADER, burst_rows
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team

EN, ID = load_words("en"), load_words("id")


def test_burst_list() -> None:
    """One row per team with its figures, its file and what to look at before sending."""
    first, second = somebody(1), somebody(2)
    run = company(
        (owed(first, COURSES[0]), owed(first, COURSES[1], Status.OVERDUE), owed(second, COURSES[0])),
        (
            team(1, (first,), cc=("a@contoh.test", "b@contoh.test")),
            team(2, (second,), email="", is_fallback=True),
            team(3, ()),
        ),
    )
    files = {each.manager.manager_id: f"managers/{each.manager.manager_id}.xlsx" for each in run.teams[:2]}
    header, rows = burst_rows(run, files, EN)
    assert header == HEADER
    assert dict(zip(header, rows[0], strict=True)) == {
        "manager_id": "M-001",
        "name": "Manajer 1",
        "email": "budi.s@contoh.test",
        "cc": "a@contoh.test; b@contoh.test",
        "language": "id",
        "people": 1,
        "requirements": 2,
        "compliant": 1,
        "overdue": 1,
        "rate": "50.0%",
        "file": "managers/M-001.xlsx",
        "warnings": "",
    }
    assert [row[-1] for row in rows] == ["", "no email address; people without a manager", "no people"]
    assert rows[2][-2] == ""


def test_burst_list_warns_of_incomplete_data() -> None:
    """Every row says when the data are incomplete, and when nothing counts."""
    person = somebody(1)
    run = company((owed(person, COURSES[0], Status.FAILED, Counts.INACTIVE),), (team(1, (person,)),))
    broken = replace(run.snapshot, lists=(factories.reading(verdict=Verdict.INCOMPLETE),))
    _, ((*_, warnings),) = burst_rows(replace(run, snapshot=broken), {}, ID)
    assert warnings == "tidak ada kewajiban yang dihitung; data tidak lengkap"
