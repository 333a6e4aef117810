"""Who has most to do on the first sheet, and the heat maps: units and managers by courses."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given

from rkreport.core.changes.comparison import Comparison, Groups
from rkreport.core.changes.points import Score
from rkreport.core.compliance import Compliance, Numbered, Period, Series, Team
from rkreport.core.mail.delivery import TeamFigures
from rkreport.core.models import Counts, Course, CourseSerial, ManagerId, Requirement, Status, UnitSerial
from rkreport.core.percent import percent_of, target_of
from rkreport.core.report.heat import ACROSS, MOST_COURSES, MOST_ROWS, shade_of
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import SHADES, HeatMap, Link, TableSheet
from rkreport.core.report.then import Then, months_below, then_of
from rkreport.core.report.told import TeamMonth
from rkreport.core.rollup import rate
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, EAST, PLACES, WEST, companies, company, owed, somebody, team
from tests.core.plans import column, heat_maps, records, sheet_of, summary_of, table_of
from tests.factories import JAKARTA

EN = load_words("en")
TARGET = target_of(95)


def _two_units() -> Compliance:
    """Three people in the west with nothing done, two in the east with one of two things done."""
    east = [somebody(number, EAST) for number in range(2)]
    west = [somebody(number, WEST) for number in range(2, 5)]
    requirements = (
        *(owed(person, COURSES[0], Status.NOT_STARTED, superseded=1) for person in west),
        *(owed(person, COURSES[0]) for person in east),
        *(owed(person, COURSES[1], Status.OVERDUE) for person in east),
    )
    return company(requirements, (team(1, tuple(east)), team(2, tuple(west))))


def test_the_most_to_do_stand_first() -> None:
    """By what is not met, whatever is overdue of it; each line leads to its rows."""
    _, units, managers = summary_of(master_plan(_two_units(), EN, JAKARTA)).panels
    assert records(units.table) == [
        {
            "Unit": Link("Barat", "detail", 0),
            "Not compliant": 3,
            "Counted": 3,
            "Compliance rate": factories.percent(0),
            "Overdue": 0,
        },
        {
            "Unit": Link("Timur", "detail", 6),
            "Not compliant": 2,
            "Counted": 4,
            "Compliance rate": factories.percent(0.5),
            "Overdue": 2,
        },
    ]
    assert column(managers.table, "Manager") == [Link("Manajer 2", "detail", 0), Link("Manajer 1", "detail", 6)]


def test_nobody_to_rank() -> None:
    """Where everything is met there are no rankings, and no map."""
    calm = company((owed(somebody(1), COURSES[0]), owed(somebody(2, EAST), COURSES[1])))
    plan = master_plan(calm, EN, JAKARTA)
    assert len(summary_of(plan).panels) == 1
    assert list(heat_maps(plan)) == []


def test_of_as_much_to_do_at_one_rate_the_overdue_stand_first() -> None:
    """And where that is the same too, they stand in their own order."""
    people = [somebody(number) for number in range(12)]
    statuses = (*(Status.NOT_STARTED,) * 11, Status.OVERDUE)
    requirements = tuple(owed(person, COURSES[0], status) for person, status in zip(people, statuses, strict=True))
    teams = tuple(team(number, (person,)) for number, person in enumerate(people))
    _, _, managers = summary_of(master_plan(company(requirements, teams), EN, JAKARTA)).panels
    names = [str(link.text) for link in column(managers.table, "Manager") if isinstance(link, Link)]
    assert names == ["Manajer 11", "Manajer 0", "Manajer 1", "Manajer 2", "Manajer 3"]


def test_of_as_much_to_do_the_lower_rate_stands_first() -> None:
    """Two of two weigh more than two of four."""
    small, large = [somebody(1, EAST)], [somebody(number, WEST) for number in (2, 3)]
    requirements = (
        *(owed(person, course, Status.OVERDUE) for person in small for course in COURSES),
        *(owed(person, COURSES[0]) for person in large),
        *(owed(person, COURSES[1], Status.OVERDUE) for person in large),
    )
    _, units, _ = summary_of(master_plan(company(requirements), EN, JAKARTA)).panels
    assert [str(link.text) for link in column(units.table, "Unit") if isinstance(link, Link)] == ["Timur", "Barat"]


def test_change_and_months_below_target() -> None:
    """They come from earlier reports; where nothing is known of anybody the columns are left out."""
    then = Then(by_unit={EAST: (3, 4)}, by_manager={ManagerId("M-2"): [(1, 4), (0, 4), (4, 4)]})
    run = _two_units()
    named = replace(run, teams=tuple(_named(each, f"M-{number}") for number, each in enumerate(run.teams, 1)))
    _, units, managers = summary_of(master_plan(named, EN, JAKARTA, then=then)).panels
    assert column(units.table, "Since last month") == [None, "↓ down 25 points"]
    assert column(managers.table, "Since last month") == ["↓ down 25 points", None]
    assert column(managers.table, "Months in a row below target") == [3, None]
    assert "Months in a row below target" not in [each.header for each in units.table.columns]


def _named(one: Team, manager_id: str) -> Team:
    return replace(one, manager=replace(one.manager, manager_id=ManagerId(manager_id)))


def test_months_in_a_row() -> None:
    """The count ends at the first month that reached the target, or of which nothing is known."""
    assert months_below(Fraction(1), [(0, 1)], TARGET) == 0
    assert months_below(None, [(0, 1)], TARGET) == 0
    assert months_below(Fraction(1, 2), [], TARGET) == 1
    assert months_below(Fraction(1, 2), [(0, 1), (1, 2), (1, 1), (0, 1)], TARGET) == 3
    assert months_below(Fraction(1, 2), [(0, 0), (0, 1)], TARGET) == 1


def test_months_count_as_far_back_as_they_follow_each_other() -> None:
    """By the same rules and without a gap; units are compared with last month's report alone."""

    def month(number: int, compliant: int, rules: str = "rules") -> TeamMonth:
        return TeamMonth(Period(2026, number), TeamFigures(9, 10, compliant, 0), rules)

    edition = Numbered(Series(Period(2026, 9)), 1)
    changes = Comparison(edition=edition, then=Groups(own_by_unit={EAST: Score(3, 4), UnitSerial(""): Score(1, 2)}))
    told = {
        ManagerId("M-1"): (month(6, 1), month(8, 2), month(9, 3)),
        ManagerId("M-2"): (month(8, 4),),
        ManagerId("M-3"): (month(8, 5, "others"), month(9, 6)),
    }
    found = then_of(told, Period(2026, 10), "rules", changes)
    assert found.by_manager == {ManagerId("M-1"): [(3, 10), (2, 10)], ManagerId("M-3"): [(6, 10)]}
    assert found.by_unit == {EAST: (3, 4), None: (1, 2)}
    assert then_of(told, Period(2026, 11), "rules", changes) == Then()
    assert then_of(told, Period(2026, 10), "new", changes) == Then()


# ---- heat maps


def _squares(heats: list[HeatMap]) -> dict[tuple[str, str], tuple[str, int]]:
    return {
        (name, course): (cell.link.text, cell.shade)
        for heat in heats
        for name, cells in heat.rows
        for course, cell in zip(heat.columns, cells, strict=True)
        if cell
    }


def _maps(run: Compliance, header: str) -> list[HeatMap]:
    sheet = sheet_of(master_plan(run, EN, JAKARTA), "by_course")
    assert isinstance(sheet, TableSheet)
    return [block for block in sheet.blocks if isinstance(block, HeatMap) and block.header == header]


def test_a_square_is_a_unit_in_a_course() -> None:
    """Rate, numbers and shade; nothing where nothing counts; the most to do first, down and across."""
    (heat,) = _maps(_two_units(), "Unit")
    assert (heat.title, heat.header, heat.columns) == ("Units by course", "Unit", ("K3 Dasar", "Anti pencucian uang"))
    assert [name for name, _ in heat.rows] == ["Barat", "Timur"]
    assert heat.rows[0][1][1] is None
    assert _squares([heat]) == {
        ("Barat", "K3 Dasar"): ("0.0% · 0/3", SHADES),
        ("Timur", "K3 Dasar"): ("100.0% · 2/2", 0),
        ("Timur", "Anti pencucian uang"): ("0.0% · 0/2", SHADES),
    }
    west, _ = heat.rows[0][1]
    assert west
    assert west.link.row == 0
    assert [cell.link.row for cell in heat.rows[1][1] if cell] == [6, 8]


def test_a_map_that_has_room_leaves_nobody_out() -> None:
    """Who has nothing to do stands last."""
    people = [somebody(number) for number in range(3)]
    done = tuple(owed(people[0], course) for course in COURSES)
    requirements = (*done, *(owed(person, course, Status.OVERDUE) for person in people[1:] for course in COURSES))
    teams = tuple(team(number, (person,)) for number, person in enumerate(people))
    (heat,) = _maps(company(requirements, teams), "Manager")
    assert [name for name, _ in heat.rows] == ["Manajer 1", "Manajer 2", "Manajer 0"]
    assert "Showing" not in heat.note


def test_no_map_of_one_line() -> None:
    """One course, or one unit: the table above says it all."""
    lone = company((owed(somebody(1, EAST), COURSES[0], Status.OVERDUE), owed(somebody(2), COURSES[0], Status.FAILED)))
    assert _maps(lone, "Unit") == []


@given(companies())
def test_each_square_is_counted_from_the_requirements(run: Compliance) -> None:
    """As a reader counts who filters the detail by manager and course."""
    plan = master_plan(run, EN, JAKARTA)
    rows = records(table_of(plan, "detail"))
    managers = {str(row["Manager"] or "No manager"): row["Manager"] for row in rows}
    for (name, course), (shown, _) in _squares(_maps(run, "Manager")).items():
        if name not in managers:
            continue  # a fallback's label says more than its rows do
        held = [row for row in rows if row["Manager"] == managers[name] and row["Course"] == course]
        compliant, counted = (sum(int(str(row[header])) for row in held) for header in ("Compliant", "Counted"))
        assert shown == f"{EN.percent(percent_of(rate(compliant, counted), TARGET))} · {compliant}/{counted}"


def test_at_most_what_prints_well() -> None:
    """Of many courses and units the worst; courses that do not fit side by side stand in maps below each other."""
    courses = [Course(CourseSerial(f"C-{number:02}"), f"Kursus {number:02}") for number in range(MOST_COURSES + 1)]
    people = [somebody(number) for number in range(MOST_ROWS + 2)]
    requirements: list[Requirement] = [
        owed(person, course, Status.OVERDUE) for person in people for course in courses[1:]
    ]
    requirements.append(owed(people[0], courses[0]))  # what is met is not among the worst
    teams = tuple(team(number, (person,)) for number, person in enumerate(people))
    maps = _maps(company(tuple(requirements), teams), "Manager")
    assert len(maps) == 3
    assert all(len(heat.columns) <= ACROSS and len(heat.rows) == MOST_ROWS for heat in maps)
    assert sum(len(heat.columns) for heat in maps) == MOST_COURSES
    assert "Kursus 00" not in [name for heat in maps for name in heat.columns]
    assert [heat.title for heat in maps] == [f"Managers by course ({number}/3)" for number in (1, 2, 3)]
    assert "Showing 40 of 42 managers" in maps[0].note
    assert "Showing 40 of 41 courses" in maps[0].note
    assert maps[1].note == ""


def test_long_names_of_courses_take_more_maps() -> None:
    """The table above shares the page's width, and needs the room for their names."""
    for name, across in (("Kursus", [ACROSS]), ("Pelatihan " + "keselamatan kerja " * 4, [ACROSS // 2, ACROSS // 2])):
        courses = [Course(CourseSerial(f"C-{number:02}"), f"{name} {number:02}") for number in range(ACROSS)]
        people = [somebody(number, PLACES[number]) for number in range(2)]
        owing = [owed(person, course, Status.OVERDUE) for person in people for course in courses]
        maps = _maps(company(tuple(owing)), "Unit")
        assert [len(heat.columns) for heat in maps] == across


def test_long_numbers_take_more_maps() -> None:
    """Fewer courses stand side by side, so that the letters stay as large."""
    courses = [Course(CourseSerial(f"C-{number:02}"), f"Kursus {number:02}") for number in range(ACROSS)]
    for people, across in ((4, [ACROSS]), (220, [ACROSS // 2, ACROSS // 2])):
        everybody = [somebody(number, PLACES[number % 2]) for number in range(people)]
        owing = [
            owed(person, course, Status.OVERDUE if number < 2 else Status.COMPLETED)
            for number, person in enumerate(everybody)
            for course in courses
        ]
        assert [len(heat.columns) for heat in _maps(company(tuple(owing)), "Unit")] == across


def test_a_lower_rate_is_never_lighter() -> None:
    """No shade at the target, the darkest at nothing."""
    shades = [shade_of(Fraction(number, 100), TARGET) for number in range(101)]
    assert all(low >= high for low, high in pairwise(shades))
    assert (shades[0], shades[94], shades[95], shades[100]) == (SHADES, 1, 0, 0)
    assert set(shades) == set(range(SHADES + 1))
    assert shade_of(Fraction(0), Fraction(0)) == 0


def test_only_what_counts_is_on_the_map() -> None:
    """Requirements of inactive people are in no square."""
    person = somebody(1, EAST)
    requirements = (
        owed(person, COURSES[0], Status.OVERDUE),
        owed(person, COURSES[1], Status.OVERDUE, Counts.INACTIVE),
        owed(somebody(2), COURSES[0], Status.OVERDUE),
        owed(somebody(2), COURSES[1], Status.NOT_STARTED),
    )
    numbers = [numbers for numbers, _ in _squares(_maps(company(requirements), "Unit")).values()]
    assert numbers == ["0.0% · 0/1"] * 3
