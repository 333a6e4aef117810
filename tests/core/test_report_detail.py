"""The detail sheet: the single source of all other numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given

from rkreport.core.compliance import Compliance
from rkreport.core.models import Counts, DueRule, MatchedBy, Status
from rkreport.core.report.columns import COLUMNS, detail_columns
from rkreport.core.report.detail import detail_rows
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import TableSheet
from rkreport.core.rollup import overall
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, attempt, companies, company, manager_plan, owed, somebody, team
from tests.core.plans import column, records, sheet_of, summary_of, table_of
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")
STANDARD = [
    "Employee ID",
    "Name",
    "Unit",
    "Manager",
    "Course",
    "Batch",
    "Completed on",
    "Due date",
    "Valid until",
    "Compliance status",
    "Days overdue",
    "Counts",
    "Counted",
    "Compliant",
    "User serial",
    "Email",
    "Company",
    "Tags",
    "Active",
    "Course serial",
    "Batch serial",
    "Session start",
    "Session end",
    "Attended",
    "Assignment status",
    "Post activity",
    "Post-test attempts",
    "Post-test score",
    "Passing score",
    "First completed on",
    "Times completed",
    "Matched by",
]


def _detail(run: Compliance) -> list[dict[str, Any]]:
    return [dict(record) for record in records(table_of(master_plan(run, EN, JAKARTA), "detail"))]


def test_columns_are_the_standard_ones() -> None:
    """The 32 headers, what an auditor wants first, in English; other languages have as many, all unlike."""
    assert [EN.text(each.key) for each in COLUMNS] == STANDARD
    assert len({ID.text(each.key).casefold() for each in COLUMNS}) == 32


def test_one_row_in_full() -> None:
    """A matched, cleared assignment fills its row with the LMS's values, ids as text and times in the report's zone."""
    (row,) = _detail(factories.compliance())
    status = row.pop("Compliance status")
    assert getattr(status, "word", "") == "Completed"
    assert row == {
        "Employee ID": "00417",
        "User serial": "SARIW0K2L4M6N8P0",
        "Name": "Sari Wulandari",
        "Email": "sari.w@contoh.test",
        "Company": "PT Contoh Sejahtera",
        "Unit": "Penjualan Barat",
        "Tags": "Frontliner",
        "Active": "yes",
        "Manager": "Budi Santoso",
        "Course serial": "COURSE-K3DASAR",
        "Course": "K3 Dasar",
        "Batch serial": "BATCH-K3-01",
        "Batch": "K3 Gelombang 1",
        "Session start": datetime(2026, 10, 6, 9, 0),  # noqa: DTZ001 - cells are naive, in the report's zone
        "Session end": datetime(2026, 10, 6, 12, 0),  # noqa: DTZ001 - cells are naive, in the report's zone
        "Attended": "yes",
        "Assignment status": "Cleared",
        "Post activity": None,
        "Post-test attempts": 1,
        "Post-test score": 85.0,
        "Passing score": 70.0,
        "Completed on": date(2026, 10, 6),
        "First completed on": date(2026, 10, 6),
        "Times completed": 1,
        "Due date": date(2026, 12, 31),
        "Valid until": None,
        "Days overdue": None,
        "Counts": "yes",
        "Counted": 1,
        "Compliant": 1,
        "Matched by": "serial",
    }


@given(companies())
def test_filter_on_counts_gives_the_rate(run: Compliance) -> None:
    """The rows with Counts = yes are exactly the requirements that count, one each, with their status."""
    shown = [
        (row["Employee ID"], row["Course serial"], row["Compliance status"].status)
        for row in _detail(run)
        if row["Counts"] == "yes"
    ]
    counted = [
        (each.person.employee_id, each.course.serial, each.status)
        for each in run.requirements
        if each.counts is Counts.YES
    ]
    assert sorted(shown) == sorted(counted)
    assert len(shown) == overall(run.requirements).counted


@given(companies())
def test_every_assignment_has_one_row(run: Compliance) -> None:
    """Rows with a batch are exactly the fetched assignments, and every requirement has a row."""
    rows = list(detail_rows(run.requirements))
    shown = [row.joined.assignment for row in rows if row.joined]
    assert sorted(map(repr, shown)) == sorted(map(repr, run.snapshot.assignments))
    assert {id(row.requirement) for row in rows} == {id(each) for each in run.requirements}
    assert all(sum(row.decides for row in rows if row.requirement is each) <= 1 for each in run.requirements)


def test_requirement_without_assignment_has_its_own_row() -> None:
    """Who must take a course and is in no batch has a row with empty batch, status and match, that counts."""
    (row,) = _detail(company((owed(somebody(1), COURSES[0], Status.NOT_ASSIGNED, begun=False),)))
    empty = ("Batch serial", "Batch", "Session start", "Session end", "Attended", "Assignment status")
    also_empty = ("Post activity", "Post-test attempts", "Post-test score", "Passing score", "Matched by")
    assert all(row[header] is None for header in (*empty, *also_empty))
    assert row["Counts"] == "yes"
    assert row["Employee ID"] == "00001"


def test_future_batch_alone_makes_no_requirement() -> None:
    """Somebody who is only in a batch to come, without an audience, has that one row; with an audience, one more."""
    person = somebody(1)
    only = owed(person, COURSES[0], Status.NOT_ASSIGNED, Counts.NOT_BEGUN, planned=1, begun=False)
    assert [row["Counts"] for row in _detail(company((only,)))] == ["not begun"]
    required = owed(person, COURSES[0], Status.NOT_ASSIGNED, Counts.YES, planned=1, begun=False)
    assert [row["Counts"] for row in _detail(company((required,)))] == ["yes", "not begun"]


def test_days_overdue_stand_on_the_row_that_decides() -> None:
    """Superseded and planned rows show the requirement's status but no days, so that a sum over the column is right."""
    run = company((owed(somebody(1), COURSES[0], Status.OVERDUE, superseded=1, planned=1),))
    rows = _detail(run)
    assert [(row["Counts"], row["Days overdue"]) for row in rows] == [
        ("not begun", None),
        ("yes", 11),
        ("superseded", None),
    ]
    assert len({repr(row["Compliance status"]) for row in rows}) == 1


def test_no_attempt_is_no_score() -> None:
    """With zero attempts the score is empty even if the LMS sends a zero."""
    joined = factories.joined(assignment=factories.assignment(post_test_attempts=0, post_test_score=0.0))
    requirement = factories.requirement(counting=joined, attempts=((joined, Counts.YES),))
    (row,) = _detail(factories.compliance(requirements=(requirement,)))
    assert (row["Post-test attempts"], row["Post-test score"], row["Passing score"]) == (0, None, 70.0)


def test_unmatched_keeps_the_name_it_came_with() -> None:
    """Without a user record the ids and the name are the assignment's, and what only a record knows is empty."""
    person = somebody(7, matched=False)
    joined = attempt(person, COURSES[0], "B", name="Nama Lain")
    requirement = replace(
        owed(person, COURSES[0], Status.COMPLETED, Counts.UNMATCHED),
        counting=joined,
        attempts=((joined, Counts.UNMATCHED),),
    )
    (row,) = _detail(company((requirement,)))
    assert (row["Employee ID"], row["User serial"], row["Name"]) == ("00007", "S-7", "Nama Lain")
    assert all(row[header] is None for header in ("Email", "Company", "Unit", "Tags", "Active", "Manager"))
    assert (row["Counts"], row["Matched by"]) == ("unmatched", MatchedBy.UNMATCHED.value)


def test_session_before_seven_lands_on_its_own_day() -> None:
    """A session at 23:30 UTC is shown on the next day in Jakarta."""
    start = datetime(2026, 10, 5, 23, 30, tzinfo=UTC)
    joined = factories.joined(batch=factories.batch(session_start=start, session_end=None))
    requirement = factories.requirement(counting=joined, attempts=((joined, Counts.YES),))
    (row,) = _detail(factories.compliance(requirements=(requirement,)))
    assert row["Session start"] == datetime(2026, 10, 6, 6, 30)  # noqa: DTZ001 - cells are naive
    assert row["Session end"] is None


def test_unknown_attendance_and_due_date_stay_empty() -> None:
    """What the LMS does not say is an empty cell, not a no."""
    joined = factories.joined(assignment=factories.assignment(attended=None))
    requirement = factories.requirement(
        counting=joined, attempts=((joined, Counts.YES),), due=None, due_rule=DueRule.NONE
    )
    (row,) = _detail(factories.compliance(requirements=(requirement,)))
    assert (row["Attended"], row["Due date"]) == (None, None)


def test_phone_and_absent_reason_only_when_switched_on() -> None:
    """Both can reveal private things: they are the last columns, and only when the edition says so."""
    plain = [each.key for each in detail_columns(factories.edition(), for_managers=False)]
    edition = factories.edition(include_phone=True, include_absent_reason=True)
    switched_on = [each.key for each in detail_columns(edition, for_managers=False)]
    assert switched_on == [*plain, "detail.phone", "detail.absent_reason"]
    joined = factories.joined(assignment=factories.assignment(absent_reason="Sakit"))
    requirement = factories.requirement(counting=joined, attempts=((joined, Counts.YES),))
    (row,) = _detail(factories.compliance(requirements=(requirement,), edition=edition))
    assert (row["Phone"], row["Absent reason"]) == ("628120000417", "Sakit")
    assert "Sakit" not in repr(_detail(factories.compliance(requirements=(requirement,))))


def test_managers_see_no_scores() -> None:
    """The team detail has the same columns but the two of scores, and the two to sum up by."""
    run = factories.compliance()
    table = table_of(manager_plan(run, run.teams[0], EN, JAKARTA), "team_detail")
    headers = [each.header for each in table.columns]
    left_out = {"Post-test score", "Passing score", "Counted", "Compliant", "Manager"}
    assert headers == [*(header for header in STANDARD if header not in left_out), "Manager"]


def test_the_evidence_goes_on_paper() -> None:
    """Ten to twelve columns, and a line says which; the rest stays on the screen."""
    run = factories.compliance()
    plans = (master_plan(run, EN, JAKARTA), "detail"), (manager_plan(run, run.teams[0], EN, JAKARTA), "team_detail")
    for plan, key in plans:
        sheet = sheet_of(plan, key)
        assert isinstance(sheet, TableSheet)
        assert sheet.printed_columns in {11, 12}
        headers = [each.header for each in sheet.table.columns[: sheet.printed_columns]]
        assert {"Employee ID", "Name", "Course", "Completed on", "Due date", "Compliance status"} < set(headers)
        assert headers[-1] == "Counts"
        assert sheet.footnotes == (
            "Only the columns up to “Counts” are printed; the others are to the right of it, on screen.",
        )


@given(companies())
def test_counted_and_compliant_sum_up_to_the_rate(run: Compliance) -> None:
    """Whatever is pivoted or filtered, the two columns of 0 and 1 give it; above the header stand their sums."""
    rows, tally = _detail(run), overall(run.requirements)
    assert {row["Counted"] for row in rows} | {row["Compliant"] for row in rows} <= {0, 1}
    assert sum(row["Counted"] for row in rows) == tally.counted
    assert sum(row["Compliant"] for row in rows) == tally.compliant
    sheet = sheet_of(master_plan(run, EN, JAKARTA), "detail")
    assert isinstance(sheet, TableSheet)
    assert sheet.live_rate
    assert sheet.live_rate.sums == (tally.compliant, tally.counted)
    headers = [each.header for each in sheet.table.columns]
    assert (headers[sheet.live_rate.part], headers[sheet.live_rate.whole]) == ("Compliant", "Counted")


def test_fallback_people_are_named_as_such() -> None:
    """People of the fallback do not look like somebody's team; by manager says who gets them."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(9, (person,), name="", email="ld@x.test", is_fallback=True),))
    plan = master_plan(run, EN, JAKARTA)
    assert column(table_of(plan, "detail"), "Manager") == ["No manager"]
    assert column(table_of(plan, "by_manager"), "Manager") == ["No manager (goes to ld@x.test)"]
    own = manager_plan(run, run.teams[0], EN, JAKARTA)
    assert own.heading.title == "PT Contoh Sejahtera · Training compliance · No manager"
    assert str(summary_of(own).sentences[0]).startswith("This workbook holds the people without a manager (1).")
