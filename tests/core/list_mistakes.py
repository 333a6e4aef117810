"""A company of twelve managers between two months, and what may befall its list of managers in the meantime.

A list is rows of text, as the file has them; it is read by the program's own reader and routed by its own rules. Whom a
report reaches is told here again in the plainest way: pairs of person and address.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rkreport.config.people import MANAGER_COLUMNS, managers_of
from rkreport.core.compliance import Compliance, Period
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import Course, CourseSerial, EmployeeId, Learner, Person, Tag, Unit, UnitSerial, UserSerial
from rkreport.core.review.guard import Guard
from rkreport.core.review.guards import guards_of
from rkreport.core.review.last_sent import LastSent, WentTo, base_of
from rkreport.core.rollup import overall, period_result
from rkreport.core.routing import Routing, fallback_manager, route
from rkreport.core.units import UnitTree
from tests import factories
from tests.core.companies import owed
from tests.core.reviews import LIMITS, is_allowed

Row = dict[str, str]
Rows = list[Row]
Change = Callable[[Rows], Rows]

SIZES = (2, 2, 4, 6, 8, 10, 12, 12, 15, 20, 25, 30)
# Neither ids nor addresses nor units are in the order of the others, so that sorting one of them moves nearly all.
_NAMES = (
    *("Sukma Wijaya", "Ratna Kusuma", "Joko Prabowo", "Lestari Putri", "Agus Salim", "Yulia Hartono"),
    *("Bambang Utomo", "Nurul Aini", "Dedi Setiawan", "Vina Maharani", "Eko Nugroho", "Kartika Sari"),
)
_UNITS = ("Pusat", "Arsip", "Kasir", "Mutu", "Bengkel", "Toko", "Gudang", "Dapur", "Klinik", "Ekspor", "Humas", "Legal")
ROOT = Unit(UnitSerial("U-ROOT"), "Contoh", is_active=True, path=(UnitSerial("U-ROOT"),))
PARENTS = tuple(
    Unit(UnitSerial(f"U-{name}"), name, is_active=True, path=(ROOT.serial, UnitSerial(f"U-{name}")))
    for name in ("Utara", "Selatan")
)
UNITS = (
    ROOT,
    *PARENTS,
    *(
        Unit(
            UnitSerial(f"U-{number:02}"),
            name,
            is_active=True,
            path=(*PARENTS[number % 2].path, UnitSerial(f"U-{number:02}")),
        )
        for number, name in enumerate(_UNITS)
    ),
)
NIGHT = Tag("T-NIGHT", "Malam")
COURSE, NEW_COURSE = Course(CourseSerial("C-1"), "K3 Dasar"), Course(CourseSerial("C-2"), "Anti pencucian uang")
SEPTEMBER, OCTOBER = Period(2026, 9), Period(2026, 10)


def learner_in(number: int, unit: Unit, *tags: Tag) -> Learner:
    """Person number n, in a unit."""
    return factories.learner(
        employee_id=EmployeeId(f"{number:05}"),
        serial=UserSerial(f"S-{number}"),
        name=f"Orang {number}",
        email=f"orang{number}@contoh.test",
        unit_serial=unit.serial,
        unit_name=unit.name,
        tags=tags,
    )


def staff() -> list[Learner]:
    """The people of September: each unit's, four of the night shift, and six of the head office whom nobody has."""
    units = UNITS[3:]
    placed = [unit for unit, size in zip(units, SIZES, strict=True) for _ in range(size)]
    people = [learner_in(number, unit) for number, unit in enumerate(placed, start=1)]
    people += [learner_in(900 + number, units[-1], NIGHT) for number in range(4)]
    return people + [learner_in(800 + number, ROOT) for number in range(6)]


def address_of(name: str) -> str:
    """What a manager's address is made of."""
    return f"{name.partition(' ')[0].lower()}@contoh.test"


def rows_of_september() -> Rows:
    """The list: a unit each, then the night shift of M-03 and three people of unit 12 who are M-04's."""
    rows = [
        _row(f"M-{number:02}", name, address_of(name), f"asisten{(number * 5) % 12}@contoh.test", organization=unit)
        for number, (name, unit) in enumerate(zip(_NAMES, _UNITS, strict=True), start=1)
    ]
    own = [each.employee_id for each in staff() if each.unit_name == _UNITS[-1]][:3]
    return [*rows, _row("M-03", tag=NIGHT.name), *(_row("M-04", employee_id=one) for one in own)]


def _row(manager_id: str, name: str = "", email: str = "", cc: str = "", **rule: str) -> Row:
    return (
        dict.fromkeys(MANAGER_COLUMNS, "") | {"manager_id": manager_id, "name": name, "email": email, "cc": cc} | rule
    )


# ---- a month


@dataclass(frozen=True, slots=True)
class Month:
    """One month's list and people."""

    rows: Rows
    people: Sequence[Learner]
    courses: tuple[Course, ...] = (COURSE,)

    def compliance(self, period: Period = OCTOBER) -> Compliance:
        """The run, routed by the program. Raises ConfigError where it refuses the list."""
        managers, rules = managers_of(list(enumerate(self.rows, start=2)), "managers.csv, line", "id")
        tree = UnitTree.of(UNITS)
        people = [
            Person(f"u{number}", one, one.employee_id, one.serial, one.name) for number, one in enumerate(self.people)
        ]
        fallback = fallback_manager("ld@contoh.test", "id")
        routed = route(people, LearnerIndex(self.people), Routing(managers, rules, fallback), tree)
        return factories.compliance(
            edition=factories.edition(period=period),
            requirements=tuple(owed(person, course) for person in people for course in self.courses),
            teams=routed.teams,
            units=tree,
            snapshot=factories.snapshot(learners=tuple(self.people), units=UNITS),
        )


BEFORE = Month(rows_of_september(), staff())


def sent(run: Compliance) -> LastSent:
    """What is known once a run was sent."""
    went_to = {team.manager.manager_id: WentTo(team.manager.email, team.manager.cc) for team in run.teams}
    return LastSent(went_to, {row.person: row.manager_id for row in base_of(run)})


def guards_after(now: Month, before: Month = BEFORE) -> tuple[Guard, ...]:
    """What stops this month after that one was sent."""
    earlier, run = before.compliance(SEPTEMBER), now.compliance()
    past, figures = (
        period_result(
            each.edition.period, overall(each.requirements), teams=each.teams, rules_sha256=rules, snapshot_id="s"
        )
        for each, rules in ((earlier, str(before.courses)), (run, str(now.courses)))
    )
    return guards_of(replace(run, history=(past,)), figures, LIMITS, is_allowed, sent(earlier))


def reached(month: Month) -> set[tuple[str, str]]:
    """Person and address, for everybody whose data an address gets."""
    return {
        (person.employee_id, address.casefold())
        for team in month.compliance().teams
        for address in (team.manager.email, *team.manager.cc)
        if address and team.manager.email
        for person in team.people
    }


# ---- changes of a list


def sort(*columns: str) -> Change:
    """These columns are sorted without the others; as in Excel, empty cells go last."""
    return _rearranged(
        columns, lambda cells: sorted(cells, key=lambda cell: tuple((not one, one.casefold()) for one in cell))
    )


def reverse(*columns: str) -> Change:
    """The twelve first cells of these columns stand upside down."""
    return _rearranged(columns, lambda cells: [*reversed(cells[:12]), *cells[12:]])


def shift(*columns: str) -> Change:
    """The twelve first cells of these columns slip down by one, the last goes to the top."""
    return _rearranged(columns, lambda cells: [cells[11], *cells[:11], *cells[12:]])


def swap(first: int, second: int, *columns: str) -> Change:
    """Two rows change these cells."""

    def swapped(cells: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        cells[first], cells[second] = cells[second], cells[first]
        return cells

    return _rearranged(columns, swapped)


def fill(column: str, value: str, *places: int) -> Change:
    """This stands in the column's cells at these places; without places in the twelve first ones."""
    chosen = places or range(12)
    return lambda rows: [row | ({column: value} if place in chosen else {}) for place, row in enumerate(rows)]


def copy_down(column: str, place: int) -> Change:
    """The cell is copied into the next row."""
    return lambda rows: [
        row | ({column: rows[place][column]} if number == place + 1 else {}) for number, row in enumerate(rows)
    ]


def rename_ids(rows: Rows) -> Rows:
    """Every manager has a new id."""
    return [row | {"manager_id": f"X{(int(row['manager_id'][2:]) * 7) % 13:02}"} for row in rows]


def exchange(one: str, other: str) -> Change:
    """Two columns have each other's cells."""
    return lambda rows: [row | {one: row[other], other: row[one]} for row in rows]


def misspell(*places: int) -> Change:
    """The units of these rows, without places of all, are written so that the LMS does not know them."""
    return lambda rows: [
        row
        | (
            {"organization": f"{row['organization']}x"}
            if row["organization"] and (not places or place in places)
            else {}
        )
        for place, row in enumerate(rows)
    ]


def delete(*places: int) -> Change:
    """These rows are gone."""
    return lambda rows: [row for place, row in enumerate(rows) if place not in places]


def both(*changes: Change) -> Change:
    """One after the other."""

    def changed(rows: Rows) -> Rows:
        for change in changes:
            rows = change(rows)
        return rows

    return changed


def _rearranged(columns: Iterable[str], rearrange: Callable[[list[tuple[str, ...]]], list[tuple[str, ...]]]) -> Change:
    names = tuple(columns)

    def changed(rows: Rows) -> Rows:
        cells = rearrange([tuple(row[name] for name in names) for row in rows])
        return [row | dict(zip(names, found, strict=True)) for row, found in zip(rows, cells, strict=True)]

    return changed
