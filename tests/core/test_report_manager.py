"""A manager's workbook as a plan: that team, and nobody else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from hypothesis import given

from rkreport.core.compliance import Compliance, Period
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.mail.delivery import TeamFigures
from rkreport.core.models import (
    Counts,
    Course,
    CourseException,
    CourseSerial,
    EmployeeId,
    Person,
    Status,
    Tag,
    UnitSerial,
    UserSerial,
)
from rkreport.core.report.manager import team_plan
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import ChartKind, Kind, Link, StatusCell, TableSheet
from rkreport.core.report.team_view import team_views
from rkreport.core.report.told import TeamMonth, Told
from rkreport.core.rollup import CompanyFigures, overall
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, attempt, companies, company, manager_plan, owed, somebody, team
from tests.core.plans import assert_sound, column, everything, records, sheet_of, summary_of, table_of
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


def _spy(mark: str) -> Person:
    """Somebody all of whose data hold a mark to search for."""
    learner = factories.learner(
        employee_id=EmployeeId(f"{mark}-id"),
        serial=UserSerial(f"{mark}-serial"),
        name=f"{mark}-name",
        username=f"{mark}-username",
        email=f"{mark}@contoh.test",
        phone=f"{mark}-phone",
        unit_name=f"{mark}-unit",
        unit_serial=UnitSerial(f"{mark}-unit-serial"),
        company=f"{mark}-company",
        tags=(Tag(f"{mark}-tag-serial", f"{mark}-tag"),),
    )
    return Person(f"{mark}-key", learner, learner.employee_id, learner.serial, learner.name)


def _two_teams() -> Compliance:
    people = {mark: _spy(mark) for mark in ("KENARI", "GELATIK")}
    requirements = []
    for mark, person in people.items():
        own_course = Course(CourseSerial(f"{mark}-course"), f"{mark}-course-name")
        requirements += [
            owed(person, COURSES[0], Status.OVERDUE, superseded=1, planned=1),
            owed(person, own_course, Status.FAILED),
        ]
    exceptions = tuple(
        CourseException(person.employee_id, "*", None, f"{mark}-reason", f"{mark}-approver", 2)
        for mark, person in people.items()
    )
    rules = factories.rules(
        courses=tuple(factories.policy(serial=each.course.serial) for each in requirements), exceptions=exceptions
    )
    return company(
        tuple(requirements),
        tuple(
            team(number, (person,), name=f"{mark}-manager", email=f"{mark}-manager@contoh.test")
            for number, (mark, person) in enumerate(people.items())
        ),
        rules=rules,
        findings=tuple(Finding(FindingCode.BLANK_NAME, Level.INFO, f"{mark}-example") for mark in people),
        edition=factories.edition(include_phone=True, include_absent_reason=True),
    )


def test_no_data_of_another_team() -> None:
    """The whole plan, its rows and all that they are made from, holds the own mark and never the other."""
    run = _two_teams()
    for own, other, each in (("KENARI", "GELATIK", run.teams[0]), ("GELATIK", "KENARI", run.teams[1])):
        for words in (EN, ID):
            text = everything(manager_plan(run, each, words, JAKARTA))
            assert f"{own}-name" in text
            assert f"{own}-phone" in text
            assert other not in text
    assert "KENARI" in everything(manager_plan(run, run.teams[0], EN, JAKARTA))


def test_view_holds_nothing_of_another_team() -> None:
    """Not even what no sheet shows today: exceptions, findings and the user list stay behind."""
    ours, theirs = team_views(_two_teams(), _two_teams().teams)
    assert "GELATIK" not in repr(ours)
    assert "KENARI" not in repr(theirs)


@given(companies())
def test_teams_part_the_company(run: Compliance) -> None:
    """Each view holds its people's requirements and no other's, all views together those of all teams."""
    views = team_views(run, run.teams)
    for view in views:
        keys = {person.key for person in view.team.people}
        assert {each.person.key for each in view.requirements} <= keys
        whole = overall(run.requirements)
        assert view.company == CompanyFigures(whole.compliant, whole.counted)
    members = {person.key for each in run.teams for person in each.people}
    expected = [each for each in run.requirements if each.person.key in members]
    shown = [each for view in views for each in view.requirements]
    assert sorted(map(repr, shown)) == sorted(map(repr, expected))


@given(companies())
def test_any_team_makes_a_sound_plan(run: Compliance) -> None:
    """Whatever the data, also for a team of nobody: sound plans, the same when cut once for all or one by one."""
    for view in team_views(run, run.teams):
        plan = team_plan(view, ID, JAKARTA)
        assert_sound(plan)
        assert repr(plan) == repr(manager_plan(run, view.team, ID, JAKARTA))


def test_sheets_stand_in_their_fixed_order() -> None:
    """Five sheets with the fixed titles, in both languages."""
    run = factories.compliance()
    english = manager_plan(run, run.teams[0], EN, JAKARTA)
    assert [sheet.title for sheet in english.sheets] == [
        *("Team summary", "Action needed", "Matrix", "Team detail", "Notes")
    ]
    indonesian = manager_plan(run, run.teams[0], ID, JAKARTA)
    assert [sheet.title for sheet in indonesian.sheets] == [
        *("Ringkasan tim", "Perlu tindakan", "Matriks", "Rincian tim", "Keterangan")
    ]
    assert indonesian.heading.title == "PT Contoh Sejahtera · Kepatuhan pelatihan · Tim Budi Santoso"
    assert indonesian.properties["manager_id"] == "M-001"


def test_team_against_company() -> None:
    """The team's rate stands against the company's, in points; the company's has its numbers."""
    first, second = somebody(1), somebody(2)
    run = company(
        (owed(first, COURSES[0]), owed(second, COURSES[0], Status.FAILED)), (team(1, (first,)), team(2, (second,)))
    )
    changes = [summary_of(manager_plan(run, each, EN, JAKARTA)).kpis[0].change for each in run.teams]
    assert changes == [
        "↑ 50 points above\nthe company: 50.0% (1 of 2)",
        "↓ 50 points below\nthe company: 50.0% (1 of 2)",
    ]
    alone = company((owed(first, COURSES[0]),), (team(1, (first,)), team(2, ())))
    assert summary_of(manager_plan(alone, alone.teams[0], EN, JAKARTA)).kpis[0].change == (
        "● the same as\nthe company: 100.0% (1 of 1)"
    )
    assert summary_of(manager_plan(alone, alone.teams[1], EN, JAKARTA)).kpis[0].change == ""


def test_every_kind_of_task() -> None:
    """The worst first, each with its number and a link to its first row; without any, nothing is to be done."""
    people = tuple(somebody(number) for number in range(6))
    statuses = (
        *(Status.EXPIRING, Status.OVERDUE, Status.DUE_SOON, Status.OVERDUE, Status.FAILED),
        Status.NOT_ASSIGNED,
    )
    run = company(
        tuple(owed(person, COURSES[0], status) for person, status in zip(people, statuses, strict=True)),
        (team(1, people),),
    )
    plan = manager_plan(run, run.teams[0], EN, JAKARTA)
    links = [each for each in summary_of(plan).sentences if isinstance(each, Link)]
    assert links == [
        Link("Get overdue training done first: 2", "action_needed", 0),
        Link("Re-enrol those who failed in the next batch: 1", "action_needed", 2),
        Link("Make sure training due soon is finished in time: 1", "action_needed", 3),
        Link("Ask L&D to schedule training not yet assigned: 1", "action_needed", 4),
        Link("Plan the renewal of training about to expire: 1", "action_needed", 5),
    ]
    led_to = [getattr(cell, "word", "") for cell in column(table_of(plan, "action_needed"), "Status")]
    assert [led_to[link.row or 0] for link in links] == ["Overdue", "Failed", "Due soon", "Not assigned", "Expiring"]
    calm = factories.compliance()
    sentences = summary_of(manager_plan(calm, calm.teams[0], EN, JAKARTA)).sentences
    assert EN.text("todo.nothing") in sentences


def test_the_date_that_matters_and_the_next_batch() -> None:
    """Expired training counts from its last valid day, all other from its due date; each row has its next batch."""
    people = tuple(somebody(number) for number in range(4))
    statuses = (Status.OVERDUE, Status.EXPIRING, Status.DUE_SOON, Status.NOT_ASSIGNED)
    owing = [owed(person, COURSES[0], status) for person, status in zip(people, statuses, strict=True)]
    owing[2] = replace(owing[2], due=date(2026, 11, 1))
    planned = attempt(people[3], COURSES[0], "B-OWN")
    planned = replace(planned, batch=replace(planned.batch, session_start=datetime(2026, 12, 20, 2, tzinfo=UTC)))
    owing[3] = replace(owing[3], attempts=((planned, Counts.NOT_BEGUN),), due=None)
    coming = [
        factories.batch(
            course_serial=COURSES[0].serial,
            serial=f"B-{day}",
            session_start=datetime(2026, month, day, 20, tzinfo=UTC),  # the day after in Jakarta
        )
        for month, day in ((10, 6), (12, 9), (11, 16))
    ]
    run = company(tuple(owing), (team(1, people),))
    run = replace(run, snapshot=replace(run.snapshot, batches=tuple(coming)))
    shown = [
        (row["Deadline"], row["Left or overdue"], row["Next batch"])
        for row in records(table_of(manager_plan(run, run.teams[0], EN, JAKARTA), "action_needed"))
    ]
    assert shown == [
        (date(2026, 10, 20), "11 days overdue", date(2026, 11, 17)),
        (date(2026, 11, 1), "1 day left", date(2026, 11, 17)),
        (None, None, date(2026, 12, 20)),
        (date(2026, 12, 1), "31 days left", date(2026, 11, 17)),
    ]
    assert column(table_of(master_plan(run, EN, JAKARTA), "action_list"), "Next batch") == [row[2] for row in shown]


def test_the_months_of_a_team() -> None:
    """What the manager was told, and this month; new rules break the line, and nothing is shown that is not known."""
    first, second = somebody(1), somebody(2)
    run = company(
        (owed(first, COURSES[0]), owed(second, COURSES[0], Status.OVERDUE)), (team(1, (first,)), team(2, (second,)))
    )
    months = (
        TeamMonth(Period(2026, 8), TeamFigures(1, 4, 1, 3), "old"),
        TeamMonth(Period(2026, 9), TeamFigures(1, 2, 1, 1), "new"),
    )
    told = Told({run.teams[0].manager.manager_id: months}, {}, "new")
    ours, theirs = (summary_of(team_plan(view, EN, JAKARTA)) for view in team_views(run, run.teams, told=told))
    (panel,) = [each for each in ours.panels if each.table.name == "tblTeamMonths"]
    assert column(panel.table, "Month") == ["Aug 2026", "new rules", "Sep 2026", "Oct 2026"]
    assert [getattr(cell, "share", None) for cell in column(panel.table, "Compliance rate")] == [
        *(Fraction(1, 4), None, Fraction(1, 2), 1)
    ]
    assert [chart.panel for chart in ours.charts if chart.kind is ChartKind.LINE] == [1]
    assert ours.kpis[2].change == EN.text("change.down", amount="1", before="1")
    assert [chart.kind for chart in theirs.charts] == [ChartKind.STACKED_BAR]
    assert theirs.kpis[2].change == ""


def test_a_revision_says_what_changed() -> None:
    """The sentence of the message stands on the first sheet; an interim edition corrects nothing."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(1, (person,)),), edition=factories.edition(revision=2))
    earlier = factories.delivery(figures=TeamFigures(1, 1, 0, 1))
    (view,) = team_views(run, run.teams)
    said = summary_of(team_plan(replace(view, earlier=earlier), EN, JAKARTA)).sentences
    assert any("overdue 1\u00a0→\u00a00" in str(sentence) for sentence in said)
    interim = replace(view, earlier=earlier, edition=replace(view.edition, is_interim=True))
    assert "→" not in str(summary_of(team_plan(interim, EN, JAKARTA)).sentences)


def test_action_needed_has_three_columns_to_fill_in() -> None:
    """The last three cells of a row are the manager's, and no choice speaks of illness."""
    person = somebody(1)
    run = company((owed(person, COURSES[0], Status.OVERDUE),), (team(1, (person,)),))
    for words in (EN, ID):
        table = table_of(manager_plan(run, run.teams[0], words, JAKARTA), "action_needed")
        inputs = [each.kind for each in table.columns[-3:]]
        assert inputs == [Kind.INPUT_CHOICE, Kind.INPUT_DATE, Kind.INPUT_TEXT]
        choices = table.columns[-3].choices
        assert len(choices) == 5
        assert not any(word in " ".join(choices).lower() for word in ("sick", "ill", "sakit", "health"))
        (row,) = table.rows()
        assert tuple(row)[-3:] == (None, None, None)


def test_matrix() -> None:
    """People down, courses across, the worst of both first; below them how many comply in each course."""
    first, second = somebody(1), somebody(2)
    run = company(
        (
            owed(first, COURSES[0], Status.EXEMPT, Counts.EXEMPT),
            owed(first, COURSES[1], Status.FAILED, Counts.NOT_IN_AUDIENCE),
            owed(second, COURSES[0]),
            replace(owed(second, COURSES[1], Status.EXPIRED), valid_until=date(2026, 9, 1)),
        ),
        (team(1, (first, second)),),
    )
    plan = manager_plan(run, run.teams[0], EN, JAKARTA)
    rows = [
        {header: getattr(cell, "word", cell) for header, cell in row.items()}
        for row in records(table_of(plan, "matrix"))
    ]
    unit = first.learner.unit_name if first.learner else ""
    assert rows == [
        {
            "Employee ID": "00002",
            "Name": "Orang 2",
            "Unit": unit,
            "Compliant": 1,
            "Counted": 2,
            "Anti pencucian uang": "Expired 1 Sep 2026",
            "K3 Dasar": "Completed 6 Oct 2026",
        },
        {
            "Employee ID": "00001",
            "Name": "Orang 1",
            "Unit": unit,
            "Compliant": 0,
            "Counted": 0,
            "Anti pencucian uang": None,
            "K3 Dasar": "Exempt",
        },
    ]
    sheet = sheet_of(plan, "matrix")
    assert isinstance(sheet, TableSheet)
    assert sheet.frozen_columns == 2
    assert sheet.legend == ()
    assert sheet.table.total == (None, "Compliant of counted", None, 1, 2, "0/1", "1/1")


def test_matrix_of_many_courses() -> None:
    """From eight courses on: upright headers, narrow columns, symbols alone, and what they mean above."""
    person = somebody(1)
    for number in (7, 8):
        courses = tuple(Course(CourseSerial(f"C-{each}"), f"Course {each}") for each in range(number))
        rules = factories.rules(courses=tuple(factories.policy(serial=course.serial) for course in courses))
        statuses = (Status.OVERDUE, *(Status.COMPLETED,) * (number - 1))
        requirements = tuple(owed(person, course, status) for course, status in zip(courses, statuses, strict=True))
        run = company(requirements, (team(1, (person,)),), rules=rules, snapshot=factories.snapshot(courses=courses))
        sheet = sheet_of(manager_plan(run, run.teams[0], EN, JAKARTA), "matrix")
        assert isinstance(sheet, TableSheet)
        is_many = number == 8
        assert {each.is_upright for each in sheet.table.columns[5:]} == {is_many}
        assert sheet.legend == (("✔ Completed", "✖ Overdue") if is_many else ())
        (row,) = sheet.table.rows()
        assert ({cell.word for cell in row[5:] if isinstance(cell, StatusCell)} == {""}) is is_many


def test_matrix_tells_courses_of_one_name_apart() -> None:
    """Headers of a table must differ: a name that is taken, or stands twice, gets its serial."""
    person = somebody(1)
    courses = (
        Course(CourseSerial("C-1"), "K3"),
        Course(CourseSerial("C-2"), "k3"),
        Course(CourseSerial("C-3"), "Name"),
    )
    rules = factories.rules(courses=tuple(factories.policy(serial=course.serial) for course in courses))
    run = company(
        tuple(owed(person, course) for course in courses),
        (team(1, (person,)),),
        rules=rules,
        snapshot=factories.snapshot(courses=courses),
    )
    headers = [each.header for each in table_of(manager_plan(run, run.teams[0], EN, JAKARTA), "matrix").columns]
    assert headers[5:] == ["K3", "k3 (C-2)", "Name (C-3)"]


def test_what_is_private_stays_with_its_person() -> None:
    """An absent reason is in the manager's file only when it was switched on."""
    person = somebody(1)
    joined = attempt(person, COURSES[0], "B", absent_reason="RAHASIA", attended=False)
    requirement = factories.requirement(
        person=person,
        course=COURSES[0],
        status=Status.OVERDUE,
        counting=joined,
        attempts=((joined, Counts.YES),),
        due=date(2026, 10, 1),
        days_overdue=30,
    )
    run = company((requirement,), (team(1, (person,)),))
    rows = [
        row
        for sheet in ("action_needed", "team_detail")
        for row in table_of(manager_plan(run, run.teams[0], EN, JAKARTA), sheet).rows()
    ]
    assert "RAHASIA" not in repr(rows)
