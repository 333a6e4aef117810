"""The courses and their batches: what is taught, when, and how many are in it. Knows calendar and counts, no people.

Sessions are held on working days of the last ten months and, a few, of the next six weeks; times are UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from zlib import crc32

from rkreport.errors import ConfigError
from rkreport.simulator.chance import Shuffle, distinct_bits, fraction, mix
from rkreport.simulator.topics import ONLINE_TOPICS, TOPICS, Topic
from rkreport.simulator.vocabulary import CITIES, NOTES, PLATFORMS, VENUES

WIB = timezone(timedelta(hours=7), "WIB")
_OLDEST_DAYS = 300
_NEWEST_DAYS = 45
_POST_ACTIVITY_DAYS = 14
_RETAKES_PERCENT = 6  # of the people of a batch fail it and are assigned again to the next one
_SATURDAY = 5
_SLOTS = (  # start in WIB, hours; the first begins on the day before in UTC
    (time(6, 30), 3.0),
    (time(8, 0), 3.5),
    (time(9, 0), 3.0),
    (time(9, 0), 7.5),
    (time(13, 0), 3.5),
)


class Phase(StrEnum):
    """Where a batch stands; the value is the API's batch status."""

    UPCOMING = "Upcoming"
    ONGOING = "Ongoing"  # session or post activity
    COMPLETED = "Completed"


@dataclass(frozen=True, slots=True)
class Batch:
    """One scheduled run of a course and the make-up of its list of assignments.

    In the order of the list: `fresh` people, from place `first` of the course's shuffled people on; `retaken` people
    who failed the batch before; `departed` people whom the user list lacks. `is_doubled` lists the first person twice.
    """

    serial: str
    name: str
    starts_at: datetime
    ends_at: datetime
    post_starts_at: datetime | None
    post_ends_at: datetime | None
    phase: Phase
    status: str  # the LMS's word: the phase, except in one batch with an unknown word
    platform: str
    location: str
    note: str
    first: int
    fresh: int
    retaken: int
    departed: int
    is_doubled: bool

    @property
    def assignments(self) -> int:
        """How many rows its list has."""
        return self.is_doubled + self.fresh + self.retaken + self.departed


@dataclass(frozen=True, slots=True)
class Course:
    """A course with its batches, the oldest first; none where it is an online course."""

    serial: str
    name: str
    topic: Topic
    batches: tuple[Batch, ...]

    @property
    def is_online(self) -> bool:
        """Whether it has no batches by its nature."""
        return self.topic.kind == "online"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the company is. `assignments` None: what fits the topics' shares; online courses are not in it."""

    people: int
    departed: int
    courses: int
    batches: int
    assignments: int | None
    online_courses: int


def make_courses(sizes: Sizes, today: date, seed: int, *, awkward: bool) -> tuple[Course, ...]:
    """All courses; the last are online courses without batches. Raises ConfigError for impossible sizes."""
    courses = []
    for number in range(sizes.courses):
        code, name, topic = _taught(TOPICS, number)
        planner = _Planner(code, topic, sizes, today, mix(seed, number), awkward=awkward and number == 1)
        batches = planner.plan(_share_of(sizes.batches, sizes.courses, number), _quota(sizes, topic, number))
        courses.append(Course(f"COURSE-{code}", name, topic, batches))
    for number in range(sizes.online_courses):
        code, name, topic = _taught(ONLINE_TOPICS, number)
        courses.append(Course(f"COURSE-{code}", name, topic, ()))
    return tuple(courses)


def _taught(topics: tuple[Topic, ...], number: int) -> tuple[str, str, Topic]:
    """Code, name and topic of the course with this number: all topics, then all of them again at a higher level."""
    round_, which = divmod(number, len(topics))
    topic = topics[which]
    if not round_:
        return topic.code, topic.name, topic
    return f"{topic.code}{round_ + 1}", f"{topic.name} (Lanjutan {round_})", topic


def assigned_course_serial(of: Batch | Course) -> str:
    """The assignment serial, the same for everybody in a batch, as in the documented example, or an online course."""
    return f"ASGC-{distinct_bits(11, crc32(of.serial.encode()), 32):08X}"


def start_of_day(day: date) -> datetime:
    """Midnight in the company's zone."""
    return datetime.combine(day, time(), WIB)


def _share_of(total: int, parts: int, number: int) -> int:
    return total // parts + (number < total % parts)


def _quota(sizes: Sizes, topic: Topic, number: int) -> int:
    """The assignments of a course if their total is fixed, else the people who take it."""
    if sizes.assignments is not None:
        return _share_of(sizes.assignments, sizes.courses, number)
    return round(sizes.people * topic.share)


class _Planner:
    """Plans the batches of one course."""

    def __init__(self, code: str, topic: Topic, sizes: Sizes, today: date, seed: int, *, awkward: bool) -> None:
        self._code = code
        self._topic = topic
        self._sizes = sizes
        self._now = datetime.combine(today, time(12), WIB)
        self._seed = seed
        self._awkward = awkward

    def plan(self, count: int, quota: int) -> tuple[Batch, ...]:
        """`count` batches that share a quota: of assignments if their total is fixed, else of fresh people."""
        slots = [self._slot(number, count) for number in range(count)]
        weights = [
            (0.7 + 0.6 * fraction(self._seed, 100 + number)) * (0.4 if start > self._now else 1.0)
            for number, (start, _) in enumerate(slots)
        ]
        batches: list[Batch] = []
        used = first = 0
        for number, (start, end) in enumerate(slots):
            until = round(quota * sum(weights[: number + 1]) / sum(weights))
            batch = self._batch(
                number, start, end, until - used, first=first, before=batches[-1].fresh if batches else 0
            )
            batches.append(batch)
            used = until
            first += batch.fresh
        if first > self._sizes.people:
            raise ConfigError(
                f"Simulator: {quota} assignments in a course are too many for {self._sizes.people} people; "
                "ask for more people, more courses or fewer assignments."
            )
        return tuple(batches)

    def _slot(self, number: int, count: int) -> tuple[datetime, datetime]:
        spread = (number + fraction(self._seed, number)) / count
        day = self._now.date() + timedelta(days=round(spread * (_OLDEST_DAYS + _NEWEST_DAYS)) - _OLDEST_DAYS)
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)
        clock, hours = _SLOTS[mix(self._seed, 200 + number) % len(_SLOTS)]
        start = datetime.combine(day, clock, WIB)
        return start, start + timedelta(hours=hours)

    def _batch(self, number: int, start: datetime, end: datetime, quota: int, *, first: int, before: int) -> Batch:
        bits = mix(self._seed, 300 + number)
        post_ends_at = None
        if self._topic.has_post_activity:
            last_day = end.date() + timedelta(days=_POST_ACTIVITY_DAYS)
            post_ends_at = datetime.combine(last_day, time(23, 59, 59), WIB)
        if start > self._now:
            phase = Phase.UPCOMING
        else:
            phase = Phase.COMPLETED if (post_ends_at or end) < self._now else Phase.ONGOING
        retaken = min(before * _RETAKES_PERCENT // 100, quota // 3)
        departed = min(self._sizes.departed, quota // 300 + (number % 3 == 0 and quota > 10))  # noqa: PLR2004 - a few
        is_doubled = self._awkward and number == 0 and quota > 10  # noqa: PLR2004 - not in a tiny batch
        others = retaken + departed + is_doubled
        city = CITIES[bits % len(CITIES)]
        is_offline = self._topic.kind == "offline"
        return Batch(
            serial=f"BATCH-{self._code}-{number + 1:02d}",
            name=f"Gelombang {number + 1} {city}" if is_offline else f"Gelombang {number + 1}",
            starts_at=start,
            ends_at=end,
            post_starts_at=end if post_ends_at else None,
            post_ends_at=post_ends_at,
            phase=phase,
            status="Archived" if self._awkward and number == 0 else phase.value,
            platform="" if is_offline else PLATFORMS[(bits >> 8) % len(PLATFORMS)],
            location=f"{VENUES[(bits >> 8) % len(VENUES)]}, {city}"
            if is_offline
            else f"https://conf.contoh.test/j/{10**9 + (bits >> 16) % 10**9}",
            note=NOTES[(bits >> 4) % len(NOTES)],
            first=first,
            fresh=quota - others if self._sizes.assignments is not None else quota,
            retaken=retaken,
            departed=departed,
            is_doubled=is_doubled,
        )


def shuffle_of(course: Course, people: int, seed: int) -> Shuffle:
    """The order in which people are spread over the course's batches."""
    return Shuffle(people, mix(seed, crc32(course.serial.encode())))
