"""What the short lists reveal: courses, batches, plans; and which other lists these lead to. Pure; reads nothing."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from rkreport.core.models import BatchSerial, CourseKind, CourseSerial, PlanSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, ListReading, Verdict
from rkreport.errors import ConfigError
from rkreport.lms import wire
from rkreport.lms.lists import COURSES, PLANS, PageContent, assignments_of, batches_of
from rkreport.lms.paging import ListKey
from rkreport.lms.shapes import moment
from rkreport.sentence import Sentence

MOST_MONTHS = 60  # of completions

Readings = Mapping[ListKey, ListReading]


@dataclass(frozen=True, slots=True)
class _KnownBatch:
    kind: CourseKind
    begins: datetime | None


class Discovery:
    """Collects the rows of the short lists, and checks against them what the config names."""

    def __init__(self, courses: Iterable[CoursePolicy], plans: Iterable[PlanSerial]) -> None:
        """Start with the configured courses and plans."""
        self._configured = {policy.serial: policy for policy in courses}
        self._wanted_plans = tuple(plans)
        self._courses: set[str] = set()
        self._plans: set[str] = set()
        self._plan_courses: set[str] = set()
        self._batches: dict[str, dict[str, _KnownBatch]] = {}
        self.online: set[str] = set()  # serials of the courses that are online

    def note(self, key: ListKey, content: PageContent) -> None:
        """Take a page."""
        match key.kind:
            case ListKind.COURSES:
                self._courses.update(row["serial"] for row in content.readable)
            case ListKind.PLANS:
                self._plans.update(row["serial"] for row in content.readable)
            case ListKind.PLAN_COURSES:
                self._plan_courses.update(row["course"]["serial"] for row in content.readable)
            case ListKind.BATCHES:
                known = self._batches.setdefault(key.course, {})
                for row in content.readable:
                    known[row["serial"]] = _KnownBatch(wire.kind(row), moment(row.get(wire.BATCH_TIMES[0]))[0])

    def batches_of(self, course: str) -> Collection[str]:
        """Return the serials of a course's batches."""
        return self._batches.get(course, {}).keys()

    # ---- which courses

    @property
    def configured(self) -> tuple[CoursePolicy, ...]:
        """The courses of the config."""
        return tuple(self._configured.values())

    @property
    def from_plans(self) -> tuple[CoursePolicy, ...]:
        """The courses that only plans name."""
        new = sorted(self._plan_courses - self._configured.keys())
        return tuple(CoursePolicy(CourseSerial(serial)) for serial in new)

    def policy_of(self, course: str) -> CoursePolicy:
        """Return the policy of a course of the config or of a plan."""
        return self._configured.get(CourseSerial(course)) or CoursePolicy(CourseSerial(course))

    def may_be_online(self, readings: Readings) -> Iterator[str]:
        """Yield the courses without batches, and those that the config calls online."""
        for policy in (*self.configured, *self.from_plans):
            batches = readings.get(batches_of(policy.serial))
            has_none = bool(batches and _is_settled(batches)) and not self.batches_of(policy.serial)
            if policy.kind is CourseKind.ONLINE or (policy.kind is None and has_none):
                yield policy.serial

    # ---- what the config names must exist

    def check_plans(self, readings: Readings) -> None:
        """Raise ConfigError if the LMS lacks a plan of the config."""
        for serial in self._wanted_plans:
            if serial not in self._plans and readings[PLANS].verdict is not Verdict.INCOMPLETE:
                raise ConfigError(
                    "learning_plans: {serial}: the LMS has no learning plan with this"
                    " serial{did_you_mean} rkreport courses --plans lists its plans; correct the serial,"
                    " or delete the block.",
                    serial=serial,
                    did_you_mean=did_you_mean(serial, self._plans),
                )

    def check_courses(self, readings: Readings) -> None:
        """Raise ConfigError if the LMS lacks a course of the config, or has neither batches nor users of it."""
        if readings[COURSES].verdict is Verdict.INCOMPLETE:
            return
        for policy in self.configured:
            where = Sentence("courses: {serial}", serial=policy.serial)
            if self.batches_of(policy.serial):
                continue
            if policy.serial not in self._courses:
                raise ConfigError(
                    "{where}: the LMS has no course with this serial{did_you_mean} rkreport courses"
                    " lists its courses; correct the serial, or delete the block, as that of the sample.",
                    where=where,
                    did_you_mean=did_you_mean(policy.serial, self._courses),
                )
            if policy.serial in self.online:
                continue
            if policy.kind is CourseKind.ONLINE:
                raise ConfigError("{where}: the LMS does not know it as an online course; leave kind out.", where=where)
            batches = readings[batches_of(policy.serial)]
            if is_unknown(batches) and policy.kind:
                raise ConfigError(
                    "{where}: the LMS has no batches of it; leave kind out, an online course has none.", where=where
                )
            if is_unknown(batches):
                raise ConfigError(
                    "{where}: the LMS has neither batches nor online users of it; ask Ruangkerja why.", where=where
                )

    # ---- which lists follow

    def assignment_lists(self, readings: Readings) -> list[ListKey]:
        """Return the assignment lists of all batches to read: those in the config, else all in the LMS.

        Raises:
            ConfigError: the config names a batch that the LMS does not have.
        """
        return [
            assignments_of(policy.serial, batch, policy.kind or self.guessed_kind(policy.serial, batch))
            for policy in (*self.configured, *self.from_plans)
            for batch in self._chosen_batches(policy, readings)
        ]

    def guessed_kind(self, course: str, batch: str) -> CourseKind:
        """Return the kind of a course as a batch shows it."""
        known = self._batches.get(course, {}).get(batch)
        return known.kind if known else CourseKind.WEBINAR

    def months(self, chosen: Iterable[ListKey], now: datetime) -> list[str]:
        """Return the months of UTC from the first session of these batches to now, the newest first."""
        batches = (self._batches.get(key.course, {}).get(key.batch) for key in chosen)
        begun = [batch.begins for batch in batches if batch and batch.begins and batch.begins < now]
        if not begun:
            return []
        first, last = (12 * one.year + one.month - 1 for one in (min(begun).astimezone(UTC), now.astimezone(UTC)))
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(last, first - 1, -1)][:MOST_MONTHS]

    def _chosen_batches(self, policy: CoursePolicy, readings: Readings) -> list[BatchSerial]:
        known = self.batches_of(policy.serial)
        if policy.batches is None:
            return [BatchSerial(serial) for serial in known]
        missing = [serial for serial in policy.batches if serial not in known]
        if missing and readings[batches_of(policy.serial)].verdict is not Verdict.INCOMPLETE:
            raise ConfigError(
                "courses: {serial}: batches: the LMS has no batch {missing}{did_you_mean}",
                serial=policy.serial,
                missing=missing[0],
                did_you_mean=did_you_mean(missing[0], known),
            )
        return list(policy.batches)


def is_unknown(reading: ListReading) -> bool:
    """Whether the LMS does not know the list (HTTP 404)."""
    return reading.reason is not None and reading.reason.code == "not_found"


def _is_settled(reading: ListReading) -> bool:
    """Whether the LMS says what the list holds, or that there is none."""
    return reading.verdict is not Verdict.INCOMPLETE or is_unknown(reading)


def did_you_mean(serial: str, known: Collection[str]) -> str:
    """Return `; did you mean …?` with the nearest serial, or a full stop."""
    close = difflib.get_close_matches(serial, sorted(known), n=1, cutoff=0.7)
    return Sentence('; did you mean "{close}"?', close=close[0]) if close else "."
