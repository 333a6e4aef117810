"""The sheets between summary and notes, and the notes."""

from dataclasses import replace
from datetime import date

import pytest

from rkreport.core.compliance import Compliance, Period, PeriodResult
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import (
    BatchSerial,
    Counts,
    CourseException,
    EmployeeId,
    Requirement,
    Status,
)
from rkreport.core.percent import target_of
from rkreport.core.report import quality
from rkreport.core.report.actions import NEEDS_ACTION, needing_action, why
from rkreport.core.report.headline import headline_band
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import Panel, TableSheet
from rkreport.core.rollup import CompanyFigures
from rkreport.core.snapshot import Reason, Verdict
from rkreport.core.words import Words
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, attempt, company, manager_plan, owed, somebody, team
from tests.core.plans import column, records, sheet_of, summary_of, table_of
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


# ---- action list


def test_actions_are_worst_first() -> None:
    """By status in a fixed order, the longest overdue first; what is met or does not count is not there."""
    requirements = [
        owed(somebody(1), COURSES[0], Status.EXPIRING),
        owed(somebody(2), COURSES[0], Status.OVERDUE),
        replace(owed(somebody(3), COURSES[0], Status.OVERDUE), days_overdue=90),
        owed(somebody(4), COURSES[0], Status.NOT_ASSIGNED, begun=False),
        owed(somebody(5), COURSES[0], Status.OVERDUE, Counts.INACTIVE),
        owed(somebody(6), COURSES[0], Status.COMPLETED),
        owed(somebody(7), COURSES[0], Status.IN_PROGRESS),
        owed(somebody(8), COURSES[0], Status.FAILED),
        owed(somebody(9), COURSES[0], Status.EXPIRED),
        owed(somebody(10), COURSES[0], Status.NOT_STARTED),
    ]
    order = ["p3", "p2", "p8", "p9", "p4", "p1", "p10", "p7"]
    assert [each.person.key for each in needing_action(requirements)] == order


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("words", [EN, ID])
def test_whoever_does_not_comply_stands_in_an_action_sheet(words: Words, status: Status) -> None:
    """So does whose completion is about to expire; only where neither is so, a sheet says that nothing needs doing."""
    person = somebody(1)
    counts = Counts.EXEMPT if status is Status.EXEMPT else Counts.YES
    run = company((owed(person, COURSES[0], status, counts),), (team(1, (person,)),))
    master, manager = master_plan(run, words, JAKARTA), manager_plan(run, run.teams[0], words, JAKARTA)
    is_met = status in {Status.EXEMPT, Status.COMPLETED}
    for table in (table_of(master, "action_list"), table_of(manager, "action_needed")):
        assert table.count == (0 if is_met else 1)
    nothing, empty = "todo.nothing", "sheet.actions_empty"
    if status is Status.EXEMPT:
        nothing, empty = "todo.nothing_counts", "sheet.actions_empty_uncounted"
        assert [panel.title for panel in summary_of(master).panels] == []
    for plan, key in ((master, "action_list"), (manager, "action_needed")):
        sheet = sheet_of(plan, key)
        assert isinstance(sheet, TableSheet)
        assert sheet.empty_text == (words.text(empty) if is_met else words.text("sheet.actions_empty"))
    assert (words.text(nothing) in summary_of(manager).sentences) == is_met
    unread = factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found"))
    partly = replace(run, snapshot=replace(run.snapshot, lists=(unread,)))
    first = summary_of(manager_plan(partly, run.teams[0], words, JAKARTA))
    assert words.text("todo.nothing") not in first.sentences


def test_action_list_says_how_long() -> None:
    """Overdue requirements fall into four buckets of age, all others into none."""
    days = (1, 7, 8, 30, 31, 60, 61, None)
    requirements = tuple(
        replace(owed(somebody(number), COURSES[0], Status.OVERDUE), days_overdue=each)
        for number, each in enumerate(days)
    )
    table = table_of(master_plan(company(requirements), EN, JAKARTA), "action_list")
    ages = dict(zip(column(table, "Days overdue"), column(table, "Overdue for"), strict=True))
    assert list(ages.items()) == [
        (61, "more than 60 days"),
        (60, "31–60 days"),
        (31, "31–60 days"),
        (30, "8–30 days"),
        (8, "8–30 days"),
        (7, "1–7 days"),
        (1, "1–7 days"),
        (None, None),
    ]


def _with_attempt(verdict: Status, /, **values: object) -> Requirement:
    person = somebody(1)
    joined = attempt(person, COURSES[0], "B", **values)
    return replace(owed(person, COURSES[0], verdict), counting=joined, attempts=((joined, Counts.YES),))


def _online(verdict: Status) -> Requirement:
    return _with_attempt(verdict, attended=None, is_online=True)


def _unassigned(status: Status, planned: int = 0) -> Requirement:
    return owed(somebody(1), COURSES[0], status, planned=planned, begun=False)


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [
        (_unassigned(Status.OVERDUE), "Not assigned yet."),
        (_with_attempt(Status.OVERDUE, attended=False), "Did not attend Gelombang B."),
        (_with_attempt(Status.OVERDUE, status="FAILED"), "Failed in Gelombang B."),
        (_with_attempt(Status.OVERDUE, status="Ongoing"), "Not finished in Gelombang B."),
        (_with_attempt(Status.FAILED, attended=False), "Did not attend Gelombang B."),
        (_with_attempt(Status.FAILED, status="Failed"), "Failed in Gelombang B."),
        (_with_attempt(Status.EXPIRED), "Was valid until 1 Dec 2026."),
        (_with_attempt(Status.EXPIRING), "Valid until 1 Dec 2026."),
        (_with_attempt(Status.DUE_SOON, attended=False), "Not finished in Gelombang B."),
        (_unassigned(Status.DUE_SOON), "Not assigned yet."),
        (_unassigned(Status.NOT_ASSIGNED), "Not assigned yet."),
        (_with_attempt(Status.NOT_STARTED, attended=False), "Nothing done yet in Gelombang B."),
        (_with_attempt(Status.IN_PROGRESS), "Started in Gelombang B, but not finished."),
        (_online(Status.OVERDUE), "Not finished in the online course."),
        (_online(Status.NOT_STARTED), "Nothing done yet in the online course."),
        (_unassigned(Status.NOT_ASSIGNED, 1), "Enrolled in Gelombang C-1-F0, which has not begun."),
    ],
)
def test_why(requirement: Requirement, reason: str) -> None:
    """Every status that needs something done says why, with its batch, or with the date until which it was valid."""
    assert why(requirement, EN) == reason


def test_why_in_both_languages() -> None:
    """Each status of the list has a reason in Indonesian too, even when a date is missing."""
    for status in NEEDS_ACTION:
        bare = replace(_with_attempt(status), due=None, valid_until=None)
        assert why(bare, ID)


# ---- trend


def test_trend_has_every_period() -> None:
    """Oldest first, this one last; a change of rules is marked, and no change of the rate told then."""

    def past(month: int, rules: str) -> PeriodResult:
        return PeriodResult(Period(2026, month), 4, 2, 8, 6, 1, 0, 0, rules, f"s{month}")

    history = (past(7, "a"), replace(past(8, "a"), exempt=2), past(9, "b"))
    run = company((owed(somebody(1), COURSES[0]),), history=history)
    table = table_of(master_plan(run, EN, JAKARTA, rules_sha256="b"), "trend")
    assert column(table, "Month") == ["July 2026", "August 2026", "September 2026", "October 2026"]
    assert column(table, "Rules changed?") == [None, "no", "yes", "no"]
    assert column(table, "Exempt") == [None, 2, None, 0]  # None: an older version did not keep it
    assert column(table, "Compliance rate") == [factories.percent(share) for share in (0.75, 0.75, 0.75, 1)]
    assert column(table, "% people compliant") == [factories.percent(share) for share in (0.5, 0.5, 0.5, 1)]
    told = [None, "● unchanged", "last month had other rules", "↑ up 25 points"]
    assert column(table, "Change") == told


def test_trend_compares_neighbouring_months_alone() -> None:
    """After a month that nobody built, it says so instead of a change."""
    past = PeriodResult(Period(2026, 8), 4, 2, 8, 6, 1, 0, 0, "b", "s8")
    run = company((owed(somebody(1), COURSES[0]),), history=(past,))
    assert column(table_of(master_plan(run, EN, JAKARTA, rules_sha256="b"), "trend"), "Change") == [
        None,
        "no report for the month before",
    ]


# ---- data quality


def _footnotes(run: Compliance) -> tuple[str, ...]:
    sheet = sheet_of(master_plan(run, EN, JAKARTA), "data_quality")
    assert isinstance(sheet, TableSheet)
    return sheet.footnotes


def test_findings_are_gathered() -> None:
    """One line per code: blocking first, then by how many; five different examples at most."""
    findings = (
        *(Finding(FindingCode.BLANK_NAME, Level.INFO, f"{number:05d}") for number in range(9)),
        *(Finding(FindingCode.DUPLICATE_IN_BATCH, Level.CHECK, "twice") for _ in range(3)),
        *(Finding(FindingCode.ROUTING_CONFLICT, Level.CHECK, "") for _ in range(4)),
        Finding(FindingCode.LIST_INCOMPLETE, Level.BLOCK, "users"),
    )
    rows = records(table_of(master_plan(factories.compliance(findings=findings), EN, JAKARTA), "data_quality"))
    assert [(row["Level"], row["Count"], row["Examples"]) for row in rows] == [
        ("Stops sending", 1, "users"),
        ("Check", 4, None),
        ("Check", 3, "twice"),
        ("Info", 9, "00000\n00001\n00002\n00003\n00004"),
    ]
    assert (rows[3]["Code"], rows[3]["Finding"]) == ("blank_name", "User without a name")
    assert all(row["Effect on the figures"] and row["How to fix it"] for row in rows)


def test_rows_are_reconciled() -> None:
    """Fetched = matched + unmatched, and rows of the detail = assignments + requirements without one, in numbers."""
    run = company(
        (
            owed(somebody(1), COURSES[0], superseded=1),
            owed(somebody(2, matched=False), COURSES[0], Status.COMPLETED, Counts.UNMATCHED),
            owed(somebody(3), COURSES[0], Status.NOT_ASSIGNED, begun=False),
        )
    )
    assert _footnotes(run) == (
        "Assignments add up: 3 fetched = 2 matched with a user + 1 unmatched.",
        "Rows of the detail: 4 = 3 assignments + 1 requirement without a batch that has begun.",
    )


def test_rows_outside_the_rules_are_named() -> None:
    """Rows of courses or batches that the rules no longer list are counted apart, not lost."""
    run = company((owed(somebody(1), COURSES[0], superseded=1),))
    listed = factories.policy(serial=COURSES[0].serial, batches=(BatchSerial("C-1-B0"), BatchSerial("C-1-S0")))
    stray = attempt(somebody(2), COURSES[1], "B").assignment
    other_batch = attempt(somebody(2), COURSES[0], "B-OTHER").assignment
    snapshot = replace(run.snapshot, assignments=(*run.snapshot.assignments, stray, other_batch))
    outside = replace(run, snapshot=snapshot, rules=factories.rules(courses=(listed,)))
    assert "4 fetched = 2 matched with a user + 0 unmatched + 2 from courses or batches" in _footnotes(outside)[0]


def test_a_lost_row_is_said_loudly() -> None:
    """If the numbers ever disagree, the workbook says so instead of an equation that does not hold."""
    run = company((owed(somebody(1), COURSES[0]),))
    assignments = (*run.snapshot.assignments, attempt(somebody(2), COURSES[0], "B").assignment)
    lost = replace(run, snapshot=replace(run.snapshot, assignments=assignments))
    assert _footnotes(lost)[0].startswith("ASSIGNMENTS DO NOT ADD UP: 2 fetched, but 1 matched")


# ---- audit trail


def test_audit_trail_proves_the_run() -> None:
    """Where the data come from, how much of them arrived, what each list says of itself, and who excused whom."""
    exceptions = (
        CourseException(EmployeeId("00417"), "*", date(2026, 12, 31), "Cuti melahirkan", "Direktur", 2),
        CourseException(EmployeeId("00418"), "C-1", None, "", "", 3),
    )
    snapshot = factories.snapshot(lists=(factories.reading(), factories.reading(verdict=Verdict.CHECKED)))
    run = factories.compliance(snapshot=snapshot, rules=factories.rules(exceptions=exceptions))
    table = table_of(master_plan(run, EN, JAKARTA), "audit_trail")
    rows = [(row["Section"], row["Item"], row["Value"], row["Note"]) for row in records(table)]
    assert ("Run", "Snapshot", "20261101-010203", None) in rows
    assert ("Run", "SHA-256 of the configuration", "0" * 64, None) in rows
    assert ("Run", "As of", "31 Oct 2026 23:59 WIB", None) in rows
    assert ("Extraction", "Rows received", 2, None) in rows
    assert ("Control totals", "Matched by serial", 1, None) in rows
    (checked,) = [row for row in records(table) if row["Value"] == "checked"]
    assert (checked["Item"], checked["Note"]) == ("users", None)
    assert [checked[f"{what} {which}"] for what in ("Pages", "Rows") for which in ("received", "expected")] == [1] * 4
    assert rows[-2:] == [
        ("Exceptions", "00417 · *", "31 Dec 2026", "Approved by Direktur; line 2 of the exceptions file."),
        ("Exceptions", "00418 · C-1", "no end date", "Approved by –; line 3 of the exceptions file."),
    ]
    assert "melahirkan" not in repr(rows)


# ---- headline


def test_target_just_missed_is_missed() -> None:
    """A rate that rounds to the target has not reached it, and does not read as if it had; one that equals it has."""
    assert headline_band(CompanyFigures(23_749, 25_000), target_of(95), EN) == (
        "✖ Target not reached: the compliance rate is 94.996% (23,749 of 25,000),"
        " 0.004 points below the target of 95.0%."
    )
    assert headline_band(CompanyFigures(8_577, 10_000), target_of(90), ID) == (
        "✖ Target belum tercapai: tingkat kepatuhan 85,8% (8.577 dari 10.000), 4,2 poin di bawah target 90,0%."
    )
    assert ", 1 point below" in headline_band(CompanyFigures(89, 100), target_of(90), EN)
    assert headline_band(CompanyFigures(29, 100), target_of(29.0), EN) == (
        "✔ Target reached: the compliance rate is 29.0% (29 of 100), exactly the target of 29.0%."
    )
    assert ", 1 point above the target of 90.0%." in headline_band(CompanyFigures(91, 100), target_of(90), EN)
    nothing = headline_band(CompanyFigures(0, 0), target_of(95), EN)
    assert nothing == "○ There is no requirement that counts, so there is no compliance rate."


def test_incomplete_data_are_not_judged() -> None:
    """With lists missing, no headline says that the target is reached, nor that it is not."""
    for words, said in ((EN, "Cannot be judged yet"), (ID, "Belum dapat dinilai")):
        for parts in (CompanyFigures(1, 1), CompanyFigures(1, 2), CompanyFigures(0, 0)):
            band = headline_band(parts, target_of(95), words, is_complete=False)
            assert band.startswith(f"? {said}")
            assert "✔" not in band
            assert "✖" not in band


# ---- what auditors need


def test_every_finding_has_a_row_up_to_a_limit_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds stand above, with five examples each; below them all findings, or the first of them and how many."""
    findings = tuple(Finding(FindingCode.BLANK_NAME, Level.INFO, f"{number:05}") for number in range(7))
    run = factories.compliance(findings=(*findings, Finding(FindingCode.USER_TWICE, Level.CHECK, "00417")))

    def listed() -> Panel:
        sheet = sheet_of(master_plan(run, EN, JAKARTA), "data_quality")
        assert isinstance(sheet, TableSheet)
        (panel,) = sheet.blocks
        assert isinstance(panel, Panel)
        return panel

    panel = listed()
    assert (panel.title, panel.table.name) == ("All findings, one row each: 8", "tblFindings")
    assert [(row["Code"], row["Number"], row["Where"]) for row in records(panel.table)] == [
        ("user_twice", 1, "00417"),
        *(("blank_name", number + 1, f"{number:05}") for number in range(7)),
    ]
    monkeypatch.setattr(quality, "LISTED", 3)
    assert (listed().title, listed().table.count) == ("The first 3 of 8 findings, one row each", 3)
