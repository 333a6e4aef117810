"""The made-up company as one value: asked for any row, and for the truth about itself. Knows no HTTP and no fault.

The same arguments give the same company, byte for byte.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zlib import crc32

from rkreport.errors import ConfigError
from rkreport.simulator.assignments import Assignments
from rkreport.simulator.awkward import FEWEST_PEOPLE, awkward_people
from rkreport.simulator.chance import mix
from rkreport.simulator.completions import Completions
from rkreport.simulator.online import OnlineAssignments
from rkreport.simulator.people import People
from rkreport.simulator.plans import Plan, PlanMembers, make_plans
from rkreport.simulator.rolls import BatchRoll, Roll
from rkreport.simulator.schedule import Batch, Course, Phase, Sizes, make_courses, shuffle_of
from rkreport.simulator.structure import COMPANY_NAME, Structure, make_structure
from rkreport.simulator.truth import BatchTruth, ExceptionRow, ManagerRow, OnlineTruth, Overview

_MOST_PEOPLE = 300_000  # there are full names for 370,000; the rest is for those who left and those who join
_PEOPLE_PER_DEPARTED = 400
_EXCEPTIONS = 4


class Company:
    """A company behind an LMS. Made by `make_company`."""

    name = COMPANY_NAME

    def __init__(
        self,
        people: People,
        structure: Structure,
        courses: tuple[Course, ...],
        plans: tuple[Plan, ...],
        *,
        departed: int,
        seed: int,
        today: date,
    ) -> None:
        """Keep the parts; lists are made when asked for. `departed` people are assigned but in no user list."""
        self.people = people
        self.structure = structure
        self.courses: Mapping[str, Course] = {course.serial: course for course in courses}
        self.departed = departed
        self._plans = plans
        self._seed = seed
        self._today = today

    @cached_property
    def batches(self) -> Mapping[tuple[str, str], Assignments]:
        """The list of assignments of every batch, by course and batch serial, in the order of the LMS's lists."""
        lists: dict[tuple[str, str], Assignments] = {}
        for course in self.courses.values():
            order = shuffle_of(course, self.people.listed, self._seed)
            seed = self._seed_of(course)
            for number, batch in enumerate(course.batches):
                lists[course.serial, batch.serial] = Assignments(
                    self.people, course, number, order=order, departed=self.departed, seed=seed, today=self._today
                )
        return lists

    @cached_property
    def online(self) -> Mapping[str, OnlineAssignments]:
        """The list of assignments of every online course, by its serial."""
        return {
            course.serial: OnlineAssignments(
                self.people,
                course,
                order=shuffle_of(course, self.people.listed, self._seed),
                departed=self.departed,
                seed=self._seed_of(course),
                today=self._today,
            )
            for course in self.courses.values()
            if course.is_online
        }

    @cached_property
    def completions(self) -> Completions:
        """Who completed what and when, in batches and online."""
        return Completions([*self.batches.values(), *self.online.values()])

    @cached_property
    def plans(self) -> Mapping[str, PlanMembers]:
        """The list of people of every learning plan, by its serial."""
        rolls: dict[str, Roll] = dict(self.online)
        for course in self.courses.values():
            if course.batches:
                lists = [self.batches[course.serial, batch.serial] for batch in course.batches]
                rolls[course.serial] = BatchRoll(lists, shuffle_of(course, self.people.listed, self._seed))
        return {
            plan.serial: PlanMembers(
                plan,
                self.people,
                rolls,
                departed=self.departed,
                seed=mix(self._seed, crc32(plan.serial.encode())),
                today=self._today,
            )
            for plan in self._plans
        }

    def overview(self) -> Overview:
        """The figures that a correct report must have."""
        return Overview(
            users=self.people.listed,
            courses=tuple(course.serial for course in self.courses.values() if course.batches),
            batches=tuple(
                BatchTruth(course, self.courses[course].topic.kind, batch, len(rows))
                for (course, batch), rows in self.batches.items()
            ),
            online=tuple(OnlineTruth(course, len(rows)) for course, rows in self.online.items()),
            plans=tuple(plan.serial for plan in self._plans),
        )

    @property
    def managers(self) -> tuple[ManagerRow, ...]:
        """The head of every division, who gets the division and the teams below it."""
        rows = []
        for number, (place, unit) in enumerate(self.people.heads.items()):
            record = json.loads(self.people.user(place))
            rows.append(
                ManagerRow(
                    manager_id=f"M-{number + 1:03d}",
                    name=record["name"],
                    email=record["email"],
                    language="en" if number % 5 == 4 else "id",  # noqa: PLR2004 - every fifth
                    organization=self.structure.nodes[unit].serial,
                )
            )
        return tuple(rows)

    @property
    def exceptions(self) -> tuple[ExceptionRow, ...]:
        """A few people who missed a session and are excused."""
        reasons = ("Cuti melahirkan", "Tugas belajar", "Penugasan luar negeri", "Sertifikat eksternal setara")
        rows: list[ExceptionRow] = []
        for course, rows_of_batch, key in self._absences():
            number = len(rows)
            until = rows_of_batch.batch.ends_at.date() + timedelta(days=400)
            rows.append(
                ExceptionRow(
                    employee_id=rows_of_batch.identity(key).employee_id,
                    course="*" if number == 1 else course,
                    until=None if number == _EXCEPTIONS - 1 else until,
                    reason=reasons[number],
                    approved_by="Komite Kepatuhan" if number % 2 else "Kepala SDM",
                )
            )
            if len(rows) == _EXCEPTIONS:
                break
        return tuple(rows)

    def _seed_of(self, course: Course) -> int:
        return mix(self._seed, crc32(course.serial.encode()))

    def _absences(self) -> Iterator[tuple[str, Assignments, int]]:
        """One absent person with an ordinary record from each batch that has one."""
        for (course, _), rows in self.batches.items():
            if rows.batch.phase is not Phase.COMPLETED:
                continue
            for key in range(len(rows)):
                person = rows.person(key)
                if person < self.people.listed and person not in self.people.oddities and rows.is_absence(key):
                    yield course, rows, key
                    break


def make_company(
    *,
    today: date,
    people: int = 250,
    seed: int = 1,
    courses: int = 6,
    batches: int = 24,
    assignments: int | None = None,
    awkward: bool = True,
    serial_in_users: bool = True,
    online_courses: int = 1,
    learning_plans: int = 1,
) -> Company:
    """A company of `people` with `courses` that have `batches` in all, `online_courses` without any, and plans.

    `assignments` fixes the total of the batches, None takes what suits the courses. `awkward` people are left out below
    50 people. `serial_in_users` False keeps user serials out of the user list, as on the published page. Raises
    ConfigError for impossible sizes.
    """
    if not 1 <= people <= _MOST_PEOPLE:
        raise ConfigError(f"Simulator: {people} people are impossible; ask for 1 to {_MOST_PEOPLE}.")
    if not 1 <= courses <= batches:
        raise ConfigError(
            f"Simulator: {courses} courses with {batches} batches are impossible; ask for one each at least."
        )
    if assignments is not None and assignments < 0:
        raise ConfigError("Simulator: the number of assignments is below zero; ask for 0 or more.")
    if min(online_courses, learning_plans) < 0:
        raise ConfigError("Simulator: the number of online courses or plans is below zero; ask for 0 or more.")
    is_awkward = awkward and people >= FEWEST_PEOPLE
    departed = max(2, people // _PEOPLE_PER_DEPARTED) if is_awkward else 0
    structure = make_structure(people, seed)
    oddities = awkward_people(people) if is_awkward else {}
    everybody = People(
        listed=people,
        structure=structure,
        seed=mix(seed, 1),
        oddities=oddities,
        heads=_heads(people, structure, frozenset(oddities)),
        serial_in_users=serial_in_users,
    )
    sizes = Sizes(people, departed, courses, batches, assignments, online_courses)
    taught = make_courses(sizes, today, mix(seed, 2), awkward=is_awkward)
    plans = make_plans(learning_plans, taught, today, mix(seed, 4))
    return Company(everybody, structure, taught, plans, departed=departed, seed=mix(seed, 3), today=today)


def course_record(course: Course) -> str:
    """One item of the course list, as JSON text, in the fields that the published page shows."""
    wire = {"serial": course.serial, "name": course.name, "description": ""}
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":"))


def batch_record(batch: Batch) -> str:
    """One item of a batch list, as JSON text; times are UTC with milliseconds and Z."""
    wire = {
        "serial": batch.serial,
        "name": batch.name,
        "mainActivityStartAt": _utc(batch.starts_at),
        "mainActivityEndAt": _utc(batch.ends_at),
        "postActivityStartAt": _utc(batch.post_starts_at),
        "postActivityEndAt": _utc(batch.post_ends_at),
        "platform": batch.platform,
        "location": batch.location,
        "note": batch.note,
        "status": batch.status,
    }
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":"))


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def _heads(people: int, structure: Structure, taken: frozenset[int]) -> dict[int, int]:
    """By place in the user list, the division that the person leads: spread over the list, none of the awkward."""
    heads: dict[int, int] = {}
    free = (place for place in range(people) if place not in taken)
    spacing = max(1, (people - len(taken)) // len(structure.divisions))
    for number, place in enumerate(free):
        if number % spacing == 0 and len(heads) < len(structure.divisions):
            heads[place] = structure.divisions[len(heads)]
    return heads
