"""A made-up report of the size a director reads, in both languages, with hostile text from the LMS in it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Heading,
    Kind,
    Kpi,
    Link,
    NotesSection,
    NotesSheet,
    Panel,
    Row,
    StatusCell,
    SummarySheet,
    Table,
    TableSheet,
    WorkbookPlan,
)
from tests.excel.sample_words import COURSES, NAMES, UNITS, WORDS
from tests.factories import percent

DETAIL_HEADERS = (
    *("Employee ID", "User serial", "Name", "Email", "Company", "Unit", "Tags", "Active", "Manager", "Course serial"),
    *("Course", "Batch serial", "Batch", "Session start", "Session end", "Attended", "Assignment status"),
    *("Post activity", "Post-test attempts", "Post-test score", "Passing score", "Due date", "Compliance status"),
    *("Days overdue", "Counts", "Matched by"),
)
_DETAIL_KINDS = {
    "Session start": Kind.DATETIME,
    "Session end": Kind.DATETIME,
    "Post-test attempts": Kind.INTEGER,
    "Post-test score": Kind.DECIMAL,
    "Passing score": Kind.DECIMAL,
    "Due date": Kind.DATE,
    "Compliance status": Kind.STATUS,
    "Days overdue": Kind.INTEGER,
}
CREATED = datetime(2026, 11, 1, 1, 9, 3)  # noqa: DTZ001 - naive UTC, as the plan wants it
_SHOWN = (
    Status.COMPLETED,
    Status.EXPIRING,
    Status.EXPIRED,
    Status.OVERDUE,
    Status.FAILED,
    Status.DUE_SOON,
    Status.IN_PROGRESS,
    Status.NOT_STARTED,
    Status.NOT_ASSIGNED,
)


def table(name: str, columns: tuple[Column, ...], rows: tuple[Row, ...], total: Row | None = None) -> Table:
    """A table of rows at hand."""
    return Table(name, columns, lambda: rows, len(rows), total)


def heading(**overrides: str) -> Heading:
    """A complete October 2026 in English."""
    plain = Heading(
        title="PT Contoh Sejahtera · Training compliance",
        lines=(
            "Period October 2026 · as of 31 Oct 2026 23:59 WIB",
            "Data read 1 Nov 2026 08:02–08:09 WIB from api.contoh.test · revision 1 · run 20261101-010203",
        ),
        banner="",
        back="← Summary",
        footer="October 2026 · R&D Confidential · revision 1",
        page_of="Page {page} of {pages}",
    )
    return replace(plain, **overrides)  # type: ignore[arg-type]  # overrides fit by name


def plan(language: str = "en", *, rows: int = 300, banner: str = "") -> WorkbookPlan:
    """Summary, by unit, detail, matrix, action list, an empty table and notes."""
    head = heading(banner=banner)
    if language == "id":
        head = heading(
            banner=banner,
            title="PT Contoh Sejahtera · Kepatuhan pelatihan",
            back="← Ringkasan",
            page_of="Halaman {page} dari {pages}",
        )
    sheets = (
        summary(language, rows),
        by_unit(language),
        detail(language, rows),
        matrix(language),
        actions(language),
        findings(),
        notes(language),
    )
    return WorkbookPlan(
        title=head.title,
        subject="October 2026",
        company="PT Contoh Sejahtera",
        language=language,
        created=CREATED,
        heading=head,
        sheets=sheets,
        properties={"keywords": "training, compliance", "run_id": "20261101-010203"},
    )


def detail_row(number: int, language: str) -> Row:
    """One row of the 26 columns of the detail sheet."""
    status = tuple(Status)[number * 7 % 10]
    started = datetime(2026, 10, 1 + number % 28, 8 + number % 9, 30)  # noqa: DTZ001 - already in the report's zone
    return (
        f"{number * 37 % 100000:05d}",
        f"USR{number:013d}",
        NAMES[number % len(NAMES)],
        f"orang{number}@contoh.test",
        "PT Contoh Sejahtera",
        UNITS[number % len(UNITS)],
        "Frontliner, Shift malam" if number % 3 else "",
        "yes" if number % 11 else "no",
        "Budi Santoso",
        f"COURSE-{number % len(COURSES):04d}",
        COURSES[number % len(COURSES)],
        f"BATCH-{number % 40:03d}",
        f"Gelombang {number % 40}",
        started,
        started + timedelta(hours=3),
        "yes" if number % 4 else "no",
        "Cleared" if status is Status.COMPLETED else "Ongoing",
        "COMPLETED",
        number % 3,
        60 + number % 41 + (0.5 if number % 2 else 0.0),
        70.0,
        date(2026, 12, 31) - timedelta(days=number % 90),
        StatusCell(status, WORDS[language][status]),
        number % 40 if status is Status.OVERDUE else None,
        "yes",
        "serial",
    )


def detail(language: str, count: int) -> TableSheet:
    """26 columns; the rows are made while they are drawn."""
    columns = tuple(Column(header, _DETAIL_KINDS.get(header, Kind.TEXT)) for header in DETAIL_HEADERS)
    body = Table("tblDetail", columns, lambda: (detail_row(number, language) for number in range(count)), count)
    return TableSheet("detail", "Detail" if language == "en" else "Rincian", body, frozen_columns=3)


def by_unit(language: str) -> TableSheet:
    """A roll-up with a total, links to the rows behind, percent and points."""
    columns = (
        Column("Unit", Kind.LINK),
        Column("People", Kind.INTEGER),
        Column("Counted", Kind.INTEGER),
        *(Column(WORDS[language][status], Kind.INTEGER) for status in _SHOWN),
        Column("Rate", Kind.PERCENT),
        Column("Change, points", Kind.POINTS),
    )
    rows = tuple(
        (
            Link(unit, "detail", index),
            120 + index * 31,
            480 + 10 * index,
            *(300 - 20 * index, 24, 5, 30 + index, 12, 18, 40, 33, 18),
            percent(0.675 - index * 0.031),
            Decimal("1.2") - index,
        )
        for index, unit in enumerate(UNITS)
    )
    total: Row = ("Total", 910, 2500, 1300, 120, 25, 160, 60, 90, 200, 165, 90, percent(0.568), Decimal("-0.7"))
    footnotes = ("Rate = compliant ÷ counted. Anybody can compute it again from Detail with a filter.",)
    return TableSheet("unit", "By unit", table("tblByUnit", columns, rows, total), 1, footnotes=footnotes)


def matrix(language: str) -> TableSheet:
    """People down, courses across."""
    columns = (
        Column("Employee ID", Kind.TEXT),
        Column("Name", Kind.TEXT),
        *(Column(course, Kind.STATUS) for course in COURSES),
        Column("Rate", Kind.PERCENT),
    )

    def cell(person: int, course: int) -> Cell:
        status = tuple(Status)[(person * 3 + course) % 10]
        return None if (person + course) % 9 == 0 else StatusCell(status, WORDS[language][status])

    rows = tuple(
        (
            f"{number:05d}",
            NAMES[number % 5],
            *(cell(number, course) for course in range(len(COURSES))),
            Percent(Fraction(number % 7, 7), 1),
        )
        for number in range(32)
    )
    return TableSheet("matrix", "Matrix", table("tblMatrix", columns, rows), 2)


def actions(language: str) -> TableSheet:
    """A list with three columns for the reader to fill in."""
    columns = (
        Column("Employee ID", Kind.TEXT),
        Column("Name", Kind.TEXT),
        Column("Course", Kind.TEXT),
        Column("Status", Kind.STATUS),
        Column("Why", Kind.NOTE),
        Column("Due date", Kind.DATE),
        Column("Days overdue", Kind.INTEGER),
        Column("Alasan", Kind.INPUT_CHOICE, choices=("cuti", "shift", "teknis", "pindah", "lainnya")),
        Column("Rencana tanggal", Kind.INPUT_DATE),
        Column("Catatan", Kind.INPUT_TEXT),
    )
    rows = tuple(
        (
            f"{number:05d}",
            NAMES[number % len(NAMES)],
            COURSES[number % len(COURSES)],
            StatusCell(Status.OVERDUE, WORDS[language][Status.OVERDUE]),
            "Did not attend the session of 6 October and has not begun the post activity."
            if number % 3
            else "Due date passed.",
            date(2026, 10, 1) + timedelta(days=number),
            30 - number,
            None,
            None,
            None,
        )
        for number in range(24)
    )
    return TableSheet("actions", "Action list", table("tblActions", columns, rows), 2)


def findings() -> TableSheet:
    """An empty table."""
    columns = (
        Column("Code", Kind.TEXT),
        Column("Finding", Kind.NOTE),
        Column("Count", Kind.INTEGER),
    )
    return TableSheet(
        "quality",
        "Data quality",
        table("tblDataQuality", columns, ()),
        empty_text="Nothing was found that a person should look at.",
    )


def notes(language: str) -> NotesSheet:
    """Definitions."""
    statuses = tuple(
        (StatusCell(status, WORDS[language][status]), "When this rule is the first that matches.") for status in Status
    )
    return NotesSheet(
        "notes",
        "Notes",
        (
            NotesSection(
                "Rates",
                (
                    ("Rate", "Compliant ÷ counted, per requirement and per person, with both numbers beside it."),
                    ("", "A person is compliant when all requirements that count are. " * 4),
                ),
            ),
            NotesSection("Statuses, in the order in which they are tried", statuses),
        ),
    )


def summary(language: str, rows: int) -> SummarySheet:
    """Six cards, sentences, contents, three panels and two charts."""
    words = WORDS[language]
    by_course = table(
        "pnlCourse",
        (
            Column("Course", Kind.LINK),
            *(Column(words[status], Kind.INTEGER) for status in _SHOWN),
            Column("Rate", Kind.PERCENT),
        ),
        tuple(
            (
                Link(course, "detail", index if rows > index else None),
                *(90 - 9 * index, 12 + index, 3, 9 + 2 * index, 4 + index, 6, 14 - index, 8 + index, 5),
                percent(0.68 - index * 0.047),
            )
            for index, course in enumerate(COURSES)
        ),
        ("Total", 405, 87, 18, 84, 39, 36, 69, 63, 30, percent(0.592)),
    )
    months = ("Nov 2025", "Dec", "Jan 2026", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")
    trend = table(
        "pnlTrend",
        (
            Column("Month", Kind.TEXT),
            Column("Rate", Kind.PERCENT),
            Column("Target", Kind.PERCENT),
            Column("Counted", Kind.INTEGER),
            Column("Overdue", Kind.INTEGER),
        ),
        tuple(
            (
                month,
                percent(0.71 + index * 0.013 - 0.02 * (index == 6)),
                percent(0.95),
                860 + 9 * index,
                90 - 4 * index,
            )
            for index, month in enumerate(months)
        ),
    )
    worst = table(
        "pnlWorst",
        (
            Column("Unit", Kind.LINK),
            Column("Counted", Kind.INTEGER),
            Column("Overdue", Kind.INTEGER),
            Column("Rate", Kind.PERCENT),
        ),
        tuple(
            (Link(unit, "unit", index), 930 - 40 * index, 41 - 6 * index, percent(0.61 + index * 0.05))
            for index, unit in enumerate(UNITS)
        ),
    )
    return SummarySheet(
        key="summary",
        title="Summary" if language == "en" else "Ringkasan",
        kpis=(
            Kpi("Rate per requirement", percent(0.8731), Kind.PERCENT, "812 of 930", "▲ 2.4 points up"),
            Kpi("Rate per person", percent(1.0), Kind.PERCENT, "188 of 188", "▬ unchanged"),
            Kpi(words[Status.OVERDUE], 1041, Kind.INTEGER, "of 12,930 requirements", "▼ 6 fewer"),
            Kpi(words[Status.FAILED], 12, Kind.INTEGER, "needs a new batch", "▲ 3 more"),
            Kpi(words[Status.NOT_ASSIGNED], 30, Kind.INTEGER, "in no batch yet", "not comparable"),
            Kpi(words[Status.EXPIRING], None, Kind.INTEGER, "within 90 days", ""),
        ),
        sentences=(
            "812 of 930 requirements are complied with (87.3%), 2.4 points more than in September; the target is 95%.",
            "Matched 12,930 of 12,938 fetched assignments: 12,920 by serial, 10 by employee id, 8 not at all.",
            Link("7 findings in the data need a look", "quality"),
            "All lists were read whole: 84 proven, 3 checked.",
        ),
        panels=(
            Panel("Status by course", by_course),
            Panel("Twelve months", trend),
            Panel("Units with most overdue", worst),
        ),
        charts=(
            Chart("Requirements by course and status", ChartKind.STACKED_BAR, 0, 0, tuple(range(1, 10)), _SHOWN),
            Chart("Rate went up to 85% in twelve months; target 95%", ChartKind.LINE, 1, 0, (1, 2)),
        ),
        contents=(
            Link("By unit – rates of every unit", "unit"),
            Link("Detail – one row per assignment", "detail"),
            Link("Matrix – people and courses", "matrix"),
            Link("Action list – what to do next", "actions"),
            Link("Data quality – findings", "quality"),
            Link("Notes – definitions", "notes"),
        ),
    )
