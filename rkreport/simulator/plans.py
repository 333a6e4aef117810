"""Learning plans: which courses, until when, and whose. Knows the wire names of plans; no HTTP.

A plan requires one course of each kind. Nearly all of its people are assigned to all of its courses; a few were never
assigned to any, or at least not to all.
"""

import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from rkreport.simulator.chance import Shuffle, distinct_bits, mix
from rkreport.simulator.people import People
from rkreport.simulator.rolls import Roll, Standing
from rkreport.simulator.schedule import WIB, Course, start_of_day

_NAMES = ("Program Wajib Tahunan", "Program Karyawan Baru", "Program Garda Depan", "Program Calon Pemimpin")
_DEADLINES_IN_MONTHS = (0, 1, 3)  # the first day of which month ends a course's time
_SHARE = 0.25  # of all people are in a plan
_STRAYS_OF_100 = 8  # of a plan's people are not assigned


@dataclass(frozen=True, slots=True)
class PlanCourse:
    """A course that a plan requires until `deadline`."""

    course: Course
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A learning plan without its people."""

    serial: str
    name: str
    created_at: datetime
    courses: tuple[PlanCourse, ...]


def make_plans(count: int, courses: Sequence[Course], today: date, seed: int) -> tuple[Plan, ...]:
    """`count` plans, each with a webinar, an offline and an online course of the company, where it has them."""
    by_kind = {
        kind: [course for course in courses if course.topic.kind == kind] for kind in ("offline", "webinar", "online")
    }
    plans = []
    for number in range(count):
        # the first webinar course is everybody's; the second leaves some whom nothing assigns
        chosen = [those[(number + (kind == "webinar")) % len(those)] for kind, those in by_kind.items() if those]
        deadlines = [_end_of_month_before(today, months) for months in _DEADLINES_IN_MONTHS]
        round_, which = divmod(number, len(_NAMES))
        plans.append(
            Plan(
                serial=f"LRPN-{distinct_bits(seed, number, 32):08X}",
                name=_NAMES[which] + (f" {round_ + 1}" if round_ else ""),
                created_at=start_of_day(today) - timedelta(days=330 - number % 30, seconds=-32_400),
                courses=tuple(map(PlanCourse, chosen, deadlines)),
            )
        )
    return tuple(plans)


class PlanMembers:
    """The lazy list of a plan's people. Keys are places in the list at the start; greater ones joined since."""

    def __init__(
        self, plan: Plan, people: People, rolls: Mapping[str, Roll], *, departed: int, seed: int, today: date
    ) -> None:
        """Nobody is looked up before the first question. `rolls` are by course serial."""
        self.plan = plan
        self._people = people
        self._rolls = [rolls[one.course.serial] for one in plan.courses]
        self._departed = departed
        self._seed = seed
        now = datetime.combine(today, time(12), WIB)
        self._is_over = [one.deadline < now for one in plan.courses]

    def __len__(self) -> int:
        """How many people the plan has at the start."""
        return len(self._places)

    def person(self, key: int) -> int:
        """Which person (place in the company) the row is about."""
        if key < len(self):
            return self._places[key]
        return self._people.listed + self._departed + key - len(self)

    def is_never_assigned(self, key: int) -> bool:
        """Whether the person is assigned to none of the plan's courses."""
        person = self.person(key)
        return person >= self._people.listed or not any(roll.is_assigned(person) for roll in self._rolls)

    def record(self, key: int) -> str:
        """One item of the plan's list of users, as JSON text."""
        person = self.person(key)
        standings = self._standings(key)
        completed = standings.count(Standing.COMPLETED)
        bits = mix(self._seed, person)
        after = f"{70 + 2.5 * (bits % 13):g}" if completed else "null"
        before = f"{40 + 2.5 * ((bits >> 8) % 13):g}" if completed and (bits >> 16) & 3 else "null"
        user, _ = self._people.assigned(person)
        return (
            f'{{"user":{user},"avgPostTest":{after},"avgPreTest":{before},"numberOfCompleted":{completed},'
            f'"numberOfCourses":{len(standings)},"status":"{_overall(standings)}"}}'
        )

    def plan_record(self) -> str:
        """The item of the list of plans, as JSON text."""
        wire = {
            "serial": self.plan.serial,
            "name": self.plan.name,
            "description": "",
            "createdAt": _utc(self.plan.created_at, "%Y-%m-%dT%H:%M:%S.000Z"),
            "updatedAt": _utc(self.plan.created_at + timedelta(days=3), "%Y-%m-%dT%H:%M:%S.000Z"),
            "avgPostTest": None,
            "avgPreTest": None,
        }
        counts = _counts(Counter(map(_overall, self._all_standings)), len(self))
        counts["numberOfCourses"] = len(self.plan.courses)
        return json.dumps(wire | dict(sorted(counts.items())), ensure_ascii=False, separators=(",", ":"))

    def course_record(self, number: int) -> str:
        """One item of the list of the plan's courses, as JSON text; the deadline has no milliseconds."""
        one = self.plan.courses[number]
        wire = {
            "course": {"name": one.course.name, "serial": one.course.serial},
            "deadline": _utc(one.deadline, "%Y-%m-%dT%H:%M:%SZ"),
            "avgPostTest": None,
            "avgPreTest": None,
        }
        counts = _counts(Counter(standings[number] for standings in self._all_standings), len(self))
        return json.dumps(wire | counts, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def _places(self) -> "array[int]":
        """People in an order of chance until there are enough; who is in some courses only fills a gap."""
        wanted = max(1, round(self._people.listed * _SHARE))
        strays_wanted = max(1, wanted * _STRAYS_OF_100 // 100) if wanted > 1 else 0
        whole: list[int] = []
        partly: list[int] = []
        never: list[int] = []
        order = Shuffle(self._people.listed, mix(self._seed, 1 << 40))
        for number in range(self._people.listed):
            person = order.at(number)
            seats = sum(roll.is_assigned(person) for roll in self._rolls)
            {len(self._rolls): whole, 0: never}.get(seats, partly).append(person)
            if len(whole) >= wanted and len(never) >= strays_wanted:
                break
        strays = (never + partly)[:strays_wanted]
        rest = whole or partly[len(strays) :] or never[len(strays) :]
        chosen = rest[: max(1, wanted - len(strays))] + strays
        return array("I", sorted(chosen, key=order.place_of))

    @cached_property
    def _all_standings(self) -> list[tuple[Standing, ...]]:
        return [self._standings(key) for key in range(len(self))]

    def _standings(self, key: int) -> tuple[Standing, ...]:
        """How far the person is in each course; past the deadline, all who have not completed it are expired."""
        if key >= len(self):
            return (Standing.NOT_STARTED,) * len(self._rolls)
        person = self.person(key)
        found = (roll.standing(person) for roll in self._rolls)
        return tuple(
            Standing.EXPIRED if is_over and one is not Standing.COMPLETED else one
            for one, is_over in zip(found, self._is_over, strict=True)
        )


def _overall(standings: Sequence[Standing]) -> Standing:
    """A plan's status: what is worst, unless all is done or nothing is begun."""
    for worst in (Standing.EXPIRED, Standing.FAILED):
        if worst in standings:
            return worst
    if len(set(standings)) == 1:
        return standings[0]
    return Standing.IN_PROGRESS


def _counts(of: Counter[Standing], participants: int) -> dict[str, int]:
    return {
        "numberOfCompleted": of[Standing.COMPLETED],
        "numberOfExpired": of[Standing.EXPIRED],
        "numberOfFailed": of[Standing.FAILED],
        "numberOfInProgress": of[Standing.IN_PROGRESS],
        "numberOfNotStarted": of[Standing.NOT_STARTED],
        "numberOfParticipants": participants,
    }


def _utc(moment: datetime, form: str) -> str:
    return moment.astimezone(UTC).strftime(form)


def _end_of_month_before(today: date, months: int) -> datetime:
    """The last second before the first day of the month that is `months` after today's."""
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return datetime(year, month + 1, 1, tzinfo=WIB) - timedelta(seconds=1)
