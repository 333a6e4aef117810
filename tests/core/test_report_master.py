"""The master workbook as a plan."""

from dataclasses import replace

import pytest
from hypothesis import given

from rkreport.core.compliance import Compliance, Period, PeriodResult
from rkreport.core.models import Counts, Course, CourseSerial, Status, UnitSerial
from rkreport.core.percent import percent_of, target_of
from rkreport.core.report import summary
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import ChartKind, Indented, Link
from rkreport.core.rollup import overall
from rkreport.core.rules import Audience
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, EAST, WEST, companies, company, manager_plan, owed, somebody, team
from tests.core.plans import assert_sound, column, records, sheet_of, summary_of, table_of, total
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


def _last_month(**overrides: object) -> PeriodResult:
    fields: dict[str, object] = {
        "period": Period(2026, 9),
        "people": 10,
        "people_compliant": 5,
        "counted": 10,
        "compliant": 5,
        "overdue": 3,
        "failed": 0,
        "not_assigned": 1,
        "rules_sha256": "same",
        "snapshot_id": "20261001-010203",
    }
    return PeriodResult(**(fields | overrides))  # type: ignore[arg-type]  # overrides fit by name


def test_sheets_stand_in_their_fixed_order() -> None:
    """Eleven sheets with the fixed titles, in both languages."""
    run = factories.compliance()
    assert [sheet.title for sheet in master_plan(run, EN, JAKARTA).sheets] == [
        *("Summary", "What changed", "By unit", "By manager", "By course", "Detail"),
        *("Action list", "Trend", "Data quality", "Audit trail", "Notes"),
    ]
    assert [sheet.title for sheet in master_plan(run, ID, JAKARTA).sheets] == [
        *("Ringkasan", "Perubahan", "Per unit", "Per manajer", "Per kursus", "Rincian"),
        *("Tindak lanjut", "Tren", "Kualitas data", "Jejak audit", "Keterangan"),
    ]


@given(companies())
def test_any_company_makes_a_sound_plan(run: Compliance) -> None:
    """Whatever the data: rows as announced, cells of their kind, headers unlike, links that lead to rows that exist."""
    for words in (EN, ID):
        assert_sound(master_plan(run, words, JAKARTA))


@given(companies())
def test_totals_equal_the_summary(run: Compliance) -> None:
    """The total rows of the three roll-ups show the numbers of the summary, counted from the requirements."""
    plan = master_plan(run, EN, JAKARTA)
    tally = overall(run.requirements)
    values = {kpi.label: kpi.value for kpi in summary_of(plan).kpis}
    assert values["Compliance rate"] == percent_of(tally.rate, target_of(95))
    for key in ("by_unit", "by_manager", "by_course"):
        row = total(table_of(plan, key))
        assert row["Compliance rate"] == values["Compliance rate"]
        assert row.get("Overdue", 0) == values["Overdue"]
        assert (row["Counted"], row["Compliant"]) == (tally.counted, tally.compliant)
        assert row.get("Exempt", 0) == tally.exempt
        if key == "by_course":  # in every row as many people as requirements
            assert "People" not in row
        else:
            assert row.get("People", tally.counted) == tally.people
            assert row.get("% people compliant", row["Compliance rate"]) == values["People fully compliant"]


def test_columns_that_tell_nothing_are_left_out() -> None:
    """A status that nobody has, and the people where they are counted as requirements are."""
    one, two = (
        owed(somebody(number), COURSES[0], status) for number, status in enumerate((Status.OVERDUE, Status.COMPLETED))
    )
    shown = [each.header for each in table_of(master_plan(company((one, two)), EN, JAKARTA), "by_course").columns]
    assert shown == [
        "Course",
        "Course serial",
        "Counted",
        "Compliant",
        "Compliance rate",
        "Completed",
        "Overdue",
        "View",
    ]
    both = company((one, two, owed(somebody(1), COURSES[1], Status.FAILED)))
    wider = [each.header for each in table_of(master_plan(both, EN, JAKARTA), "by_unit").columns]
    assert wider[-6:] == ["Failed", "Overdue", "People", "People compliant", "% people compliant", "View"]


def test_summary_says_both_numbers() -> None:
    """A rate never stands without what it was made from."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]), owed(person, COURSES[1], Status.OVERDUE)))
    kpis = summary_of(master_plan(run, ID, JAKARTA)).kpis
    assert (kpis[0].value, kpis[0].note) == (factories.percent(0.5), "1 dari 2 kewajiban")
    assert (kpis[1].value, kpis[1].note) == (factories.percent(0), "0 dari 1 karyawan")


def test_change_against_last_month() -> None:
    """With the same rules the change is in words, with an arrow, in points for rates and in heads for numbers."""
    run = company((owed(somebody(1), COURSES[0]),), history=(_last_month(period=Period(2026, 8)), _last_month()))
    kpis = summary_of(master_plan(run, EN, JAKARTA, rules_sha256="same")).kpis
    assert [kpi.change for kpi in kpis] == [
        "↑ up 50 points\nlast month: 50.0% (5 of 10)",
        "↑ up 50 points\nlast month: 50.0% (5 of 10)",
        "↓ down 3\nlast month: 3",
        "",
        "● unchanged\nlast month: 0",
        "↓ down 1\nlast month: 1",
    ]


def test_change_is_not_told_across_rules() -> None:
    """A change of rules is never read as progress, and a gap of a month is no last month."""
    changed = company((owed(somebody(1), COURSES[0]),), history=(_last_month(rules_sha256="other"),))
    kpis = summary_of(master_plan(changed, EN, JAKARTA, rules_sha256="same")).kpis
    assert [kpi.change for kpi in kpis] == ["last month had other rules" if number != 3 else "" for number in range(6)]
    gap = company((owed(somebody(1), COURSES[0]),), history=(_last_month(period=Period(2026, 8)),))
    assert {kpi.change for kpi in summary_of(master_plan(gap, EN, JAKARTA, rules_sha256="same")).kpis} == {""}


def test_january_follows_december() -> None:
    """The month before January is December of the year before."""
    edition = factories.edition(period=Period(2027, 1))
    run = company((owed(somebody(1), COURSES[0]),), history=(_last_month(period=Period(2026, 12)),), edition=edition)
    assert summary_of(master_plan(run, EN, JAKARTA, rules_sha256="same")).kpis[0].change.startswith("↑ up")


def test_a_gap_and_new_rules_are_both_told() -> None:
    """Between two months of a line may lie months without a report, other rules, or both."""
    told = {}
    for period in (Period(2026, 9), Period(2026, 8)):
        for rules in ("same", "other"):
            run = company((owed(somebody(1), COURSES[0]),), history=(_last_month(period=period, rules_sha256=rules),))
            summary = summary_of(master_plan(run, EN, JAKARTA, rules_sha256="same"))
            told[period.month, rules] = column(summary.panels[-1].table, "Month")[1:-1]
    assert told == {
        (9, "same"): [],
        (9, "other"): ["new rules"],
        (8, "same"): ["no report"],
        (8, "other"): ["no report · new rules"],
    }


def test_charts() -> None:
    """The first month has the stacked bar alone, in the colours of the statuses that occur; later the line joins it."""
    requirements = (owed(somebody(1), COURSES[0]), owed(somebody(2), COURSES[0], Status.OVERDUE))
    (bar,) = summary_of(master_plan(company(requirements), EN, JAKARTA)).charts
    assert (bar.kind, bar.series_status) == (ChartKind.STACKED_BAR, (Status.COMPLETED, Status.OVERDUE))
    assert bar.title == "Status by course: 1 of 2 requirements met"
    months = tuple(_last_month(period=Period(2025, month)) for month in range(1, 13))
    run = company(requirements, history=(*months, _last_month()))
    first = summary_of(master_plan(run, EN, JAKARTA, rules_sha256="same"))
    line = first.charts[1]
    assert line.kind is ChartKind.LINE
    assert column(first.panels[line.panel].table, "Month")[-2:] == ["Sep 2026", "Oct 2026"]
    assert column(first.panels[line.panel].table, "Month")[-3] == "no report"  # of January to August
    assert first.panels[line.panel].table.count == 12 + 1
    assert line.alt_text.endswith("September 2026 50.0%, October 2026 50.0%. Target 95.0%.")
    assert records(first.panels[line.panel].table)[-1] == {
        "Month": "Oct 2026",
        "Counted": 2,
        "Compliant": 1,
        "Compliance rate": factories.percent(0.5),
        "% people compliant": factories.percent(0.5),
        "Target": factories.percent(0.95),
    }
    headers = [each.header for each in first.panels[line.panel].table.columns]
    assert [headers[place] for place in line.series] == ["Compliance rate", "Target", "% people compliant"]


def test_the_exempt_are_named_beside_the_rate() -> None:
    """They are in neither of its two numbers; without them nothing is said of them."""
    requirements = (owed(somebody(1), COURSES[0]), owed(somebody(2), COURSES[0], Status.EXEMPT, Counts.EXEMPT))
    for words, said in ((EN, "1 of 1 requirement\n1 exempt"), (ID, "1 dari 1 kewajiban\n1 dibebaskan")):
        assert summary_of(master_plan(company(requirements), words, JAKARTA)).kpis[0].note == said
    assert summary_of(master_plan(company(requirements[:1]), EN, JAKARTA)).kpis[0].note == "1 of 1 requirement"


def test_what_does_not_count_is_named_beside_the_rate() -> None:
    """For another reason than an exception: alone, or behind those who are exempt."""
    away = owed(somebody(3), COURSES[0], Status.OVERDUE, Counts.INACTIVE)
    exempt = owed(somebody(2), COURSES[0], Status.EXEMPT, Counts.EXEMPT)
    for more, said in (((away,), "1 not counted"), ((exempt, away), "1 exempt, 1 otherwise not counted")):
        first = summary_of(master_plan(company((owed(somebody(1), COURSES[0]), *more)), EN, JAKARTA))
        assert first.kpis[0].note == f"1 of 1 requirement\n{said}"


def test_new_rules_break_the_lines() -> None:
    """Between two months with unlike rules stands a row without numbers, which says why."""
    run = company((owed(somebody(1), COURSES[0]),), history=(_last_month(),))
    first = summary_of(master_plan(run, EN, JAKARTA, rules_sha256="other"))
    table = first.panels[first.charts[1].panel].table
    assert column(table, "Month") == ["Sep 2026", "new rules", "Oct 2026"]
    assert list(table.rows())[1][1:] == (None,) * 5


def test_many_courses_are_the_worst_and_the_others() -> None:
    """Past fifteen courses the picture shows those with most left to do, and one row adds up all others."""
    courses = tuple(Course(CourseSerial(f"C-{number:02d}"), f"Course {number:02d}") for number in range(40))
    open_ones = [(number, course) for number, course in enumerate(courses) if number % 2]
    requirements = (
        *(owed(somebody(1), course) for course in courses),
        *(
            owed(somebody(person), course, Status.OVERDUE)
            for number, course in open_ones
            for person in range(2, number + 3)
        ),
    )
    panel = summary_of(master_plan(company(requirements), EN, JAKARTA)).panels[0]
    rows = records(panel.table)
    assert (len(rows), rows[0]["Course"], rows[-1]["Course"]) == (16, "Course 39", "25 other courses")
    tally = overall(requirements)
    assert sum(row["Counted"] for row in rows) == tally.counted  # type: ignore[misc]  # a column of numbers
    assert sum(row["Overdue"] or 0 for row in rows) == tally.overdue  # type: ignore[misc]  # as above


def test_links_lead_to_the_first_row_behind() -> None:
    """Each line of the roll-ups leads to the first detail row of its people or its course."""
    first, second = somebody(1, EAST), somebody(2, WEST)
    requirements = (
        owed(first, COURSES[0], superseded=2),
        owed(first, COURSES[1]),
        owed(second, COURSES[1]),
    )
    plan = master_plan(company(requirements, (team(1, (first,)), team(2, (second,)))), EN, JAKARTA)
    by_unit = {record["Unit serial"]: record["View"] for record in records(table_of(plan, "by_unit"))}
    assert by_unit[UnitSerial("U-ROOT")] == Link("→ Detail", "detail", 0)
    assert by_unit[WEST] == Link("→ Detail", "detail", 4)
    assert column(table_of(plan, "by_manager"), "View")[1] == Link("→ Detail", "detail", 4)
    assert column(table_of(plan, "by_course"), "View")[1] == Link("→ Detail", "detail", 3)


def test_units_are_indented() -> None:
    """A unit's name is whole and its level apart, as a number to filter by; a unit counts all below it."""
    plan = master_plan(company((owed(somebody(1, EAST), COURSES[0]),)), EN, JAKARTA)
    rows = records(table_of(plan, "by_unit"))
    assert [(row["Level"], row["Unit"], row["Counted"]) for row in rows] == [
        (1, Indented("Contoh", 0), 1),
        (2, Indented("Timur", 1), 1),
    ]


def test_heading_and_frame() -> None:
    """Title block, footer and document time come from the edition; page placeholders stay for the drawing."""
    plan = master_plan(factories.compliance(), ID, JAKARTA)
    assert plan.heading.title == "PT Contoh Sejahtera · Kepatuhan pelatihan"
    assert plan.heading.lines == (
        "Periode: Oktober 2026 · per 31 Okt 2026 23.59 WIB",
        (
            "Data diambil dari api.contoh.test, 1 Nov 2026 08.02 WIB – 1 Nov 2026 08.09 WIB · revisi 1"
            " · proses 20261101-010203"
        ),
    )
    assert plan.heading.page_of == "Halaman {page} dari {pages}"
    assert plan.continued == "{title} {number}"
    assert plan.heading.back == "← Ringkasan"
    assert (plan.created.isoformat(), plan.language) == ("2026-11-01T01:09:03", "id")


def test_summary_says_where_a_long_detail_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past what one sheet holds the summary names the sheet on which the detail goes on."""
    run = company((owed(somebody(1), COURSES[0], superseded=2),))
    assert "Detail 2" not in repr(summary_of(master_plan(run, EN, JAKARTA)).sentences)
    monkeypatch.setattr(summary, "ROWS_PER_SHEET", 2)
    sentences = summary_of(master_plan(run, EN, JAKARTA)).sentences
    assert "Detail has 3 rows, more than one sheet can hold; it continues on Detail 2." in sentences


def test_config_name_of_a_course_wins() -> None:
    """A course goes by the config's name, else the LMS's, else its serial, also without any requirement."""
    rules = factories.rules(
        courses=(
            factories.policy(name="Keselamatan"),
            factories.policy(serial=CourseSerial("C-2")),
            factories.policy(serial=CourseSerial("C-UNKNOWN")),
        )
    )
    snapshot = factories.snapshot(courses=COURSES)
    plan = master_plan(factories.compliance(rules=rules, snapshot=snapshot), EN, JAKARTA)
    names = column(table_of(plan, "by_course"), "Course")
    assert names[:3] == ["Keselamatan", "Anti pencucian uang", "C-UNKNOWN"]
    assert column(table_of(plan, "detail"), "Course") == ["Keselamatan"]


def test_courses_of_the_lms_that_are_not_listed_are_left_out() -> None:
    """An LMS has hundreds of courses; the report is about those of the config, and of rows that came all the same."""
    snapshot = factories.snapshot(courses=(*COURSES, Course(CourseSerial("C-3"), "Orientasi")))
    plan = master_plan(replace(company((owed(somebody(1), COURSES[1]),)), snapshot=snapshot), EN, JAKARTA)
    assert "Orientasi" not in column(table_of(plan, "by_course"), "Course")
    assert "Anti pencucian uang" in column(table_of(plan, "by_course"), "Course")


def test_audiences_are_told_by_the_names_of_units() -> None:
    """Readers know units by name; what the config names otherwise, or the structure does not hold, stays as it is."""
    audience = Audience(organizations=(EAST, "Barat", "U-GONE"), tags=("Frontliner",))
    run = company((owed(somebody(1), COURSES[0]),), (team(1, (somebody(1),)),))
    run = replace(run, rules=factories.rules(courses=(factories.policy(serial=COURSES[0].serial, audience=audience),)))
    units = (EN.text("notes.course.unit", name=name) for name in ("Timur", "Barat", "U-GONE"))
    named = "; ".join((*units, "tag Frontliner"))
    for plan in (master_plan(run, EN, JAKARTA), manager_plan(run, run.teams[0], EN, JAKARTA)):
        assert EN.text("notes.course.audience", audience=named) in repr(sheet_of(plan, "notes"))


def test_rows_are_made_anew() -> None:
    """The detail is a generator at every call, so that a million rows need no list."""
    table = table_of(master_plan(factories.compliance(), EN, JAKARTA), "detail")
    first = iter(table.rows())
    assert first is iter(first)
    assert list(first) == list(table.rows())


def test_audit_trail_knows_the_zone() -> None:
    """Sheet keys and the zone are there for whoever reads the file later."""
    plan = master_plan(factories.compliance(), EN, JAKARTA)
    assert sheet_of(plan, "audit_trail").title == "Audit trail"
    assert "Asia/Jakarta" in column(table_of(plan, "audit_trail"), "Value")
