"""Companies of every size and shape, made as plans: what a report must bear without cutting a word."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from rkreport.core.compliance import Compliance, Period, PeriodResult
from rkreport.core.models import Course, CourseSerial, Person, Requirement, Status, Unit, UnitSerial
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import WorkbookPlan
from rkreport.core.units import UnitTree
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import attempt, manager_plan, team
from tests.factories import JAKARTA

_FIRST = ("Sari", "Budi", "Ni Luh Putu", "Agus", "Maria Goretti", "Muhammad Rizky", "I Gusti Ngurah", "Dewi", "Rahmat")
_LAST = ("Wulandari", "Santoso", "Ayu Lestari", "Setiawan", "Simanjuntak", "Hidayatullah", "Agung", "Kusumawardhani")
_ODD = (
    "Raden Mas " + "Suryaningrat Kusumadiningrat " * 4,
    "Ayu\nLestari\nPutri",
    "山田 太郎",
    "محمد عبد الله",
    "W" * 40,
    "Nama\tdengan tab",
)
_STATUSES = (
    *(Status.COMPLETED,) * 11,
    Status.EXPIRING,
    *(Status.OVERDUE,) * 3,
    *(Status.NOT_STARTED,) * 2,
    *(Status.IN_PROGRESS,) * 2,
    Status.NOT_ASSIGNED,
)
_AREAS = ("Operasional", "Penjualan", "Layanan Nasabah", "Teknologi Informasi", "Gudang dan Distribusi")


def long_courses(count: int) -> tuple[Course, ...]:
    """Courses whose names are long and differ at their ends."""
    name = "Pelatihan Keselamatan dan Kesehatan Kerja serta Tanggap Darurat – Modul {}"
    return tuple(Course(CourseSerial(f"COURSE-{number:03d}"), name.format(number)) for number in range(1, count + 1))


def few_courses() -> tuple[Course, ...]:
    """Five courses as a bank has them."""
    names = ("Anti pencucian uang (APU-PPT) 2026", "K3 Dasar", "Keamanan informasi", "Kode etik", "Manajemen risiko")
    return tuple(Course(CourseSerial(f"COURSE-{number:03d}"), name) for number, name in enumerate(names, 1))


def shaped(
    people: int,
    courses: Sequence[Course],
    *,
    units: int = 12,
    managers: int = 20,
    statuses: Sequence[Status] = _STATUSES,
    months: int = 0,
) -> Compliance:
    """A company, sorted by status as a report is: dates stand far down, the longest words stand anywhere."""
    tree = _units(units)
    everybody = [_person(number, tree[1 + number % units]) for number in range(people)]
    shape = [
        _owed(person, course, statuses[(number * 7 + place * 3) % len(statuses)], number)
        for number, person in enumerate(everybody)
        for place, course in enumerate(courses)
        if len(courses) < 2 or (number + place) % (place + 2)
    ]
    if len(set(statuses)) > 2 and people > 1_000:  # a status that a sample is unlikely to meet
        shape[people // 3] = _owed(everybody[0], courses[0], Status.FAILED, 1)
    shape.sort(key=lambda each: tuple(Status).index(each.status))
    snapshot = factories.snapshot(
        units=tree,
        courses=tuple(courses),
        learners=tuple(person.learner for person in everybody if person.learner),
        assignments=tuple(joined.assignment for each in shape for joined, _ in each.attempts),
    )
    return factories.compliance(
        requirements=tuple(shape),
        teams=tuple(team(number, tuple(everybody[number::managers])) for number in range(managers)),
        snapshot=snapshot,
        rules=factories.rules(courses=tuple(factories.policy(serial=course.serial) for course in courses)),
        units=UnitTree.of(tree),
        history=tuple(_month(number) for number in range(months)),
    )


def master(run: Compliance, language: str) -> WorkbookPlan:
    """The master workbook's plan."""
    return master_plan(run, load_words(language), JAKARTA, rules_sha256="new")


def of_manager(run: Compliance, language: str) -> WorkbookPlan:
    """The first manager's plan."""
    return manager_plan(run, run.teams[0], load_words(language), JAKARTA)


def _units(count: int) -> tuple[Unit, ...]:
    root = UnitSerial("U-ROOT")
    below = (
        Unit(
            UnitSerial(f"U-{number:04d}"),
            f"{_AREAS[number % len(_AREAS)]} Wilayah {number:03d} Jakarta dan sekitarnya",
            is_active=True,
            path=(root, UnitSerial(f"U-{number:04d}")),
        )
        for number in range(count)
    )
    return Unit(root, "PT Contoh Sejahtera", is_active=True, path=(root,)), *below


def _person(number: int, unit: Unit) -> Person:
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number * 5 % len(_LAST)]}"
    if number % 500 == 499 or (number < 60 and number % 10 == 9):
        name = _ODD[number // 10 % len(_ODD)]
    learner = factories.learner(
        employee_id=f"{number:06d}",
        serial=f"USR{number:013d}",
        name=name,
        email=f"{name.split()[0].lower()}.{number}@contoh.test",
        unit_serial=unit.serial,
        unit_name=unit.name,
    )
    return Person(f"p{number}", learner, learner.employee_id, learner.serial, name)


def _owed(person: Person, course: Course, status: Status, number: int) -> Requirement:
    day = date(2026, 8, 1) + timedelta(days=number % 90)
    if status is Status.NOT_ASSIGNED:
        return factories.requirement(person=person, course=course, status=status, counting=None, attempts=())
    batch = f"{course.serial}-B{number % 4}"
    joined = attempt(person, course, batch)
    joined = replace(joined, batch=replace(joined.batch, name=f"{course.name} · Gelombang {number % 4 + 1}"))
    done = status in {Status.COMPLETED, Status.EXPIRING, Status.EXPIRED}
    made = factories.requirement(person=person, course=course, status=status, counting=joined)
    return replace(
        made,
        attempts=((joined, made.counts),),
        due=None if done else day,
        days_overdue=(date(2026, 10, 31) - day).days if status is Status.OVERDUE else None,
        completed_on=day if done else None,
        is_date_derived=done and number % 2 == 0,
        valid_until=day + timedelta(days=365) if done else None,
    )


def _month(number: int) -> PeriodResult:
    moment = datetime(2025, 10, 1) + timedelta(days=31 * number)  # noqa: DTZ001 - a month, no moment
    return PeriodResult(
        period=Period(moment.year, moment.month),
        people=1_000,
        people_compliant=520 + 12 * number,
        counted=4_000,
        compliant=2_900 + 40 * number,
        overdue=300,
        failed=20,
        not_assigned=50,
        rules_sha256="old" if number < 7 else "new",
        snapshot_id="20261001-010203",
    )
