"""The looks of the house are made once: what the specimen lacks is made for every workbook, at a third more time."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rkreport.core.models import Course, CourseSerial, Status
from rkreport.core.report.sheets import WorkbookPlan
from rkreport.excel.look.brand import HOUSE
from rkreport.excel.look.style_sheet import Styles
from rkreport.excel.look.styles import CellFormat
from rkreport.excel.workbook import compiled_rules, write_workbook
from rkreport.locale import load_words
from tests.core.companies import company, manager_plan, owed, somebody, team
from tests.excel.sample import plan


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_report_adds_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """All that a whole report looks like, its cards and panels too, is in the specimen."""
    compiled_rules(language, HOUSE)
    added: list[CellFormat] = []
    register = Styles._register  # noqa: SLF001 - what must not be called

    def noted(styles: Styles, look: CellFormat, *, quoted: bool) -> int:
        added.append(look)
        return register(styles, look, quoted=quoted)

    monkeypatch.setattr(Styles, "_register", noted)
    write_workbook(plan(language, rows=40), tmp_path / "book.xlsx")
    for courses in (2, 12):
        write_workbook(_team_plan(language, courses), tmp_path / "team.xlsx")
    assert not added


def _team_plan(language: str, courses: int) -> WorkbookPlan:
    """A real plan for a manager whose people owe courses in every status."""
    people = tuple(map(somebody, range(len(Status))))
    owing = tuple(
        owed(person, Course(CourseSerial(f"C-{number}"), f"Kursus {number}"), status)
        for person, status in zip(people, Status, strict=True)
        for number in range(courses)
    )
    run = company(owing, (team(1, people),))
    return manager_plan(run, run.teams[0], load_words(language), ZoneInfo("Asia/Jakarta"))
