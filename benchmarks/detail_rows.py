"""Made-up rows of a detail sheet: 26 columns, sorted by person, five courses each. Knows no writer of workbooks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from rkreport.core.models import Status
from rkreport.core.report.sheets import Column, Kind, Row, StatusCell

_KINDS = {
    "Session start": Kind.DATETIME,
    "Session end": Kind.DATETIME,
    "Post-test attempts": Kind.INTEGER,
    "Post-test score": Kind.DECIMAL,
    "Passing score": Kind.DECIMAL,
    "Due date": Kind.DATE,
    "Compliance status": Kind.STATUS,
    "Days overdue": Kind.INTEGER,
}
_HEADERS = (
    *("Employee ID", "User serial", "Name", "Email", "Company", "Unit", "Tags", "Active", "Manager", "Course serial"),
    *("Course", "Batch serial", "Batch", "Session start", "Session end", "Attended", "Assignment status"),
    *("Post activity", "Post-test attempts", "Post-test score", "Passing score", "Due date", "Compliance status"),
    *("Days overdue", "Counts", "Matched by"),
)
COLUMNS = tuple(Column(header, _KINDS.get(header, Kind.TEXT)) for header in _HEADERS)
SHEET = "Detail"
COURSES = ("Anti pencucian uang (APU-PPT) 2026", "K3 Dasar", "Keamanan informasi & data pribadi", "Kode etik", "Risiko")

_STATUSES = {status: StatusCell(status, status.value) for status in Status}
_FIRST_NAMES = ("Sari", "Budi", "Ni Luh", "Agus", "Maria", "Ujang", "José", "Siti")
_FIRST_SESSION = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - already in the report's zone, as a sheet wants it


def detail_rows(count: int, step: int = 1) -> Iterator[Row]:
    """So many rows, or every so-manieth; every value is made anew where the report makes it anew."""
    statuses = tuple(_STATUSES.values())
    for number in range(0, count, step):
        person, course = divmod(number, len(COURSES))
        batch = number * 7 % 200
        start = _FIRST_SESSION + timedelta(days=batch)
        status = statuses[number * 13 % len(statuses)]
        has_score = number % 3
        yield (
            f"{person:06d}",
            f"USR{person * 7919:012d}",
            f"{_FIRST_NAMES[person % 8]} Contoh {person}",
            f"orang{person}@contoh.test",
            "PT Contoh Sejahtera",
            f"Unit {person % 300}",
            "Frontliner, Shift malam" if person % 3 else None,
            "yes",
            f"Manajer {person % 500}",
            f"COURSE-{course:04d}",
            COURSES[course],
            f"BATCH-{batch:03d}",
            f"Gelombang {batch}",
            start,
            start + timedelta(hours=3),
            "yes" if has_score else "no",
            "Cleared" if status.status is Status.COMPLETED else "Ongoing",
            "COMPLETED",
            number % 4,
            40 + number % 61 + 0.5 if has_score else None,
            70.0,
            date(2026, 12, 31) - timedelta(days=batch),
            status,
            number % 90 if status.status is Status.OVERDUE else None,
            "yes",
            "serial",
        )
