"""The rows of an online course's list: who is in it and how far they are, made from place, calendar and a seed.

Knows wire names of an online assignment and people; no HTTP. Keys are places in the list as it was at the start;
greater keys are people who joined since.
"""

from datetime import UTC, date, datetime, timedelta

from rkreport.simulator.chance import Shuffle, fraction, mix
from rkreport.simulator.people import Identity, People
from rkreport.simulator.rolls import Standing
from rkreport.simulator.schedule import WIB, Course, assigned_course_serial, start_of_day

_WHOLE = 65_536
_GOLDEN = 0.618_033_988_749_894_9
_OLDEST_DAYS = 300
_NEW_OF_12 = 1  # this many of twelve were active in the current month, whatever day it is; the others at any time
_SHORTFALLS = (
    "not_started",
    "not_started",
    "in_progress",
    "in_progress",
    "in_progress",
    "expired",
    "expired",
    "failed",
)
_STANDINGS = {
    "not_started": Standing.NOT_STARTED,
    "in_progress": Standing.IN_PROGRESS,
    "completed": Standing.COMPLETED,
    "failed": Standing.FAILED,
    "expired": Standing.EXPIRED,
}


class OnlineAssignments:
    """The lazy list of one online course; its people come in `order`, each once, then some of those who left."""

    def __init__(
        self, people: People, course: Course, *, order: Shuffle, departed: int, seed: int, today: date
    ) -> None:
        """Look up what all rows share."""
        self.course = course
        self.assigned_course = assigned_course_serial(course)
        self._people = people
        self._order = order
        self._departed = departed
        self._seed = seed
        self._fresh = round(people.listed * course.topic.share)
        self._gone = min(departed, self._fresh // 300 + (self._fresh > 10))  # noqa: PLR2004 - a few
        self._completed = round(course.topic.cleared * _WHOLE)
        # nobody did anything today, so that no moment lies after the real one
        self._now = int(start_of_day(today).timestamp())
        self._month = int(start_of_day(today.replace(day=1)).timestamp())
        self._oldest = int(start_of_day(today - timedelta(days=_OLDEST_DAYS)).timestamp())

    def __len__(self) -> int:
        """How many rows the list has at the start."""
        return self._fresh + self._gone

    def person(self, key: int) -> int:
        """Which person (place in the company) the row is about."""
        if key >= len(self):
            return self._people.listed + self._departed + key - len(self)
        return self._order.at(key) if key < self._fresh else self._people.listed + key - self._fresh

    def identity(self, key: int) -> Identity:
        """The person of a row as the row shows them."""
        return self._people.assigned_as(self.person(key))

    def record(self, key: int) -> str:
        """One item of the list, as JSON text."""
        person = self.person(key)
        user, bias = self._people.assigned(person)
        bits = mix(self._seed, person)
        status = self._status(key, bits, bias)
        moment = self._last_access(key, bits)
        last_access = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        completed_on = datetime.fromtimestamp(moment, WIB).date().isoformat() if status == "completed" else ""
        before, after = self._tests(status, bits)
        spent = 0 if status == "not_started" else 240 + (bits >> 8) % 5_400
        return (
            f'{{"user":{user},"postTest":{after},"preTest":{before},"timeSpent":{spent},'
            f'"lastAccessMission":"{last_access}","completedAt":"{completed_on}","status":"{status}"}}'
        )

    def completed_at(self, key: int) -> int | None:
        """When the person completed the course, in seconds since 1970; None where they have not."""
        person = self.person(key)
        bits = mix(self._seed, person)
        is_completed = self._status(key, bits, self._people.bias(person)) == "completed"
        return self._last_access(key, bits) if is_completed else None

    def is_assigned(self, person: int) -> bool:
        """Whether a listed person is in the list at the start."""
        return self._order.place_of(person) < self._fresh

    def standing(self, person: int) -> Standing:
        """How far a listed person is."""
        if not self.is_assigned(person):
            return Standing.NOT_STARTED
        key = self._order.place_of(person)
        return _STANDINGS[self._status(key, mix(self._seed, person), self._people.bias(person))]

    def _status(self, key: int, bits: int, bias: int) -> str:
        if key >= len(self):
            return "not_started"
        if (bits & 0xFFFF) < self._completed + bias:
            return "completed"
        return _SHORTFALLS[(bits >> 20) & 7]

    def _last_access(self, key: int, bits: int) -> int:
        """Spread evenly over time, so that even a small course has something in every month."""
        share = (fraction(self._seed, 1 << 40) + key * _GOLDEN) % 1
        start = self._month if (bits >> 44) % 12 < _NEW_OF_12 else self._oldest
        return start + int(share * (self._now - start)) if start < self._now else self._oldest

    def _tests(self, status: str, bits: int) -> tuple[str, str]:
        """Pre- and post-test, as JSON text: in steps of 2.5, null where none was taken."""
        is_begun = status != "not_started"
        before = f"{40 + 2.5 * ((bits >> 24) & 15):g}" if is_begun and (bits >> 28) & 7 else "null"
        mark = self.course.topic.passing_score
        if mark is None or status not in {"completed", "failed"}:
            return before, "null"
        if status == "failed":
            return before, f"{mark - 2.5 * (1 + ((bits >> 32) & 7)):g}"
        is_taken = (bits >> 36) & 15  # one in sixteen completed without
        return before, f"{mark + 2.5 * ((bits >> 32) % (1 + int((100 - mark) // 2.5))):g}" if is_taken else "null"
