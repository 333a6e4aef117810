"""The leak test gives no alarm for a file as it was built, whoever works there and whatever they are called."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rkreport.core.compliance import Compliance
from rkreport.core.leaks.judge import judge
from rkreport.core.leaks.opened_file import OpenedFile
from rkreport.core.leaks.people import everybody
from rkreport.core.leaks.team import expected_file, report_words
from rkreport.core.models import (
    BatchSerial,
    Counts,
    Course,
    CourseSerial,
    EmployeeId,
    Person,
    Requirement,
    Status,
    Tag,
    UserSerial,
)
from rkreport.core.report.manager import team_plan
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.excel.workbook import write_workbook
from rkreport.leakcheck.reader import open_file
from rkreport.lms.parsing import short_text
from rkreport.lms.shapes import LONGEST_NAME
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import attempt, company, owed, team
from tests.excel.drawn_by_cells import write_by_cells
from tests.run.conftest import WholeRun
from tests.run.editions import edition_of

ZONE = ZoneInfo("Asia/Jakarta")
REPORT = {
    language: report_words(load_words(language).texts.values(), load_words(language)) for language in ("en", "id")
}

# Words of the report and of the format, months, units, numbers, formulas, parts of each other's names.
NAMES = [
    *("Hari", "Mei", "May", "Agustus", "Selesai", "Overdue", "Team", "Tim", "Nama", "Notes", "Matriks", "Normal"),
    *(
        "Office",
        "Chart",
        "Arial",
        "Frozen",
        "Visible",
        "Title",
        "Sheet",
        "Medium",
        "Jakarta",
        "Bandung",
        "Kantor Pusat",
    ),
    *("K3 Dasar", "Anti pencucian uang", "Gelombang", "Cleared", "Failed", "Contoh", "Data", "Unit", "rkreport"),
    *(
        "Budi",
        "Budi Santoso",
        "@Budi Santoso",
        "Agus Budi Santoso",
        "Santoso",
        "Li",
        "A",
        "-",
        "–",
        "",
        "=1+1",
        "1",
        "12",
    ),
    *("Zoë Müller-Nasution", "Ma'ruf Al-Qur'ani", "Siobhán O’Neill", "Rizky 🚀 Pratama 👩‍🏭", "🚀", "_x0041_gus", "李"),
    *(
        '=HYPERLINK("http://x.test","klik")',
        "+62 Dewi Lestari",
        "Sari\u200bDewi",
        "Sari Dewi",
        "Bu\u00addi",
        "A\tB\nC",
        "%41%42%43",
    ),
    *("&amp;", "&#66;udi", "Aktif", "ya", "Not Started", "31 Okt 2026", "Employee ID", "a" * 300),
    short_text("Budi Santoso " * 100, LONGEST_NAME),
]
IDS = [
    *("", "1", "2", "12", "123", "00123", "0", "10", "100", "2026", "31", "46012", "46335", "1100", "9525", "191029"),
    *("A7", "X129", "AB1234", "16324F", "FFFFFF", "inlineStr", "rId1", "M-001", "2026-10", "R1900012", " 07070"),
    *("70000001", "0000042", "ID-1234", "23.59", "EMP 001", "frozen", "12345678", "1905000", "=1+1", "100%"),
]
THINGS = [
    "K3 Dasar",
    "Hari",
    "123",
    "46012",
    "Budi Santoso",
    "Bimbingan Budi Santoso",
    "Tim",
    "70000001",
    "Gelombang 1",
    "",
    short_text("Budi Santoso " * 100, LONGEST_NAME),
]


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Up to ten people, some of whom share what should be their own."""
    made = []
    for number in range(draw(st.integers(1, 10))):
        name, employee_id = draw(st.sampled_from(NAMES)), EmployeeId(draw(st.sampled_from(IDS)))
        serial = draw(
            st.sampled_from([None, UserSerial(f"SER{number:09d}"), UserSerial("12"), UserSerial(f"{number}")])
        )
        learner = factories.learner(
            employee_id=employee_id,
            serial=serial,
            name=name,
            username=draw(st.sampled_from([*NAMES, f"user.{number}", "budi.santoso"])),
            email=draw(st.sampled_from(["", "budi@contoh.test", f"x.budi{number}@contoh.test", "ld@contoh.test"])),
            phone=draw(st.sampled_from(["", "1", "46012", "628123456789", "+62 812-3456"])),
            unit_name=draw(st.sampled_from(THINGS)),
            tags=tuple(Tag(f"T{one}", one) for one in draw(st.lists(st.sampled_from(THINGS), max_size=2, unique=True))),
        )
        made.append(Person(f"p{number}", learner if draw(st.integers(0, 4)) else None, employee_id, serial, name))
    return made


@st.composite
def companies(draw: st.DrawFn) -> Compliance:
    """Two teams, and people in none; courses and batches are called anything too."""
    courses = tuple(Course(CourseSerial(f"C-{number}"), draw(st.sampled_from(THINGS))) for number in range(2))
    requirements: list[Requirement] = []
    members: dict[int, list[Person]] = {1: [], 2: [], 3: []}
    for person in draw(people()):
        members[draw(st.integers(1, 3))].append(person)
        for course in courses[: draw(st.integers(1, 2))]:
            status = draw(st.sampled_from([Status.OVERDUE, Status.EXPIRED, Status.COMPLETED, Status.DUE_SOON]))
            counts = Counts.YES if person.learner else Counts.UNMATCHED
            joined = attempt(person, course, BatchSerial(draw(st.sampled_from(THINGS)) or "B"), status="Cleared")
            requirement = owed(person, course, status, counts, begun=False)
            requirements.append(
                factories.requirement(
                    person=person,
                    course=course,
                    status=status,
                    counts=counts,
                    counting=joined,
                    attempts=((joined, counts),),
                    due=requirement.due,
                    days_overdue=requirement.days_overdue,
                    valid_until=requirement.valid_until,
                )
            )
    teams = tuple(
        team(
            number,
            tuple(members[number]),
            language=draw(st.sampled_from(["en", "id"])),
            name=draw(st.sampled_from(NAMES)),
        )
        for number in (1, 2)
        if members[number]
    )
    return company(tuple(requirements), teams)


def opened(view: TeamView, folder: Path) -> OpenedFile:
    """The team's file as the reader finds it."""
    path = folder / "file.xlsx"
    write_workbook(team_plan(view, load_words(view.team.manager.language), ZONE), path)
    return open_file(path.read_bytes(), "")


def verdicts(compliance: Compliance, folder: Path) -> list[object]:
    """The judgement on the file of each team."""
    learners = {each.person.key: each.person.learner for each in compliance.requirements if each.person.learner}
    known = everybody(learners.values(), compliance.snapshot.assignments, [one.manager for one in compliance.teams])
    found: list[object] = []
    for view in team_views(compliance, compliance.teams):
        language = view.team.manager.language
        expected = expected_file(view, load_words(language), REPORT[language], zone=str(ZONE), pictures=frozenset())
        found.append(judge(opened(view, folder), expected, known))
    return found


def test_a_plainly_written_file_gives_no_alarm(
    whole_run: WholeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one by openpyxl's own way of writing, with its shared strings and its own properties."""
    monkeypatch.setattr("tests.run.test_leak_alarms.write_workbook", write_by_cells)
    compliance = edition_of(whole_run.workspace).assessment.compliance
    assert verdicts(compliance, tmp_path) == [None] * 6


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(compliance=companies())
def test_no_file_as_built_gives_an_alarm(compliance: Compliance, tmp_path: Path) -> None:
    """Shared names and ids, ids of one digit, people called like a word of the report, like a unit or like nothing."""
    assert verdicts(compliance, tmp_path) == [None] * len(compliance.teams)
