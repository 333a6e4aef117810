"""Drift: the real engine against lists that change while it reads them; its verdicts against what was really there.

A quiet difference is a list that is said to be proven or checked and whose rows it had at no moment of the run.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import TYPE_CHECKING, cast

from rkreport.core.models import CourseSerial, PlanSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ASSIGNMENT_LISTS, ListKind, ListReading, Snapshot, Traffic, Verdict
from rkreport.errors import UnfitUserList
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.lists import path_of
from rkreport.lms.paging import ListKey
from tests.faults.drifting import (
    COURSES_PATH,
    KINDS,
    NOW,
    ONLINE_PATH,
    PAGE_SIZE,
    PLAN_COURSES_PATH,
    PLAN_USERS_PATH,
    PLANS_PATH,
    USERS_PATH,
    DriftingList,
    DriftingLms,
    Lies,
    PowerCut,
)

if TYPE_CHECKING:
    from rkreport.lms.client import LmsClient

_MOST_RESTARTS = 3
HONEST = Lies()
QUIET = ("proven but never so", "checked but never so", "a row more often than it ever was")


class Memory:
    """A store in memory; a page that is committed twice ends the run, as in the real one."""

    def __init__(self) -> None:
        """Empty."""
        self.pages: dict[tuple[str, int, int], bytes] = {}

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:
        """Whether it is kept."""
        return (name, pass_number, page) in self.pages

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """What is kept."""
        return self.pages.get((name, pass_number, page))

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a page."""
        place = (name, pass_number, page)
        if place in self.pages:
            raise AssertionError(f"{place} was asked for again")
        await asyncio.sleep(0)
        self.pages[place] = body


def silence(_name: str, _unit: str) -> Callable[[int, int], None]:
    """A progress that nobody looks at; never more is done than known."""

    def page_read(done: int, known: int) -> None:
        assert done <= known

    return page_read


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens in one run, all of it from the seed. `chance` is that of a change before an answer."""

    seed: int
    kind: str
    chance: float
    most_changes: int
    drifting: frozenset[str]
    lies: Lies
    restarts: int
    max_in_flight: int


@dataclass(slots=True)
class DriftFigures:
    """What the schedules came to."""

    schedules: int = 0
    changes: int = 0
    restarts: int = 0
    requests: int = 0
    single_pass: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    quiet_runs: int = 0  # in which nothing changes
    quiet_runs_not_settled: int = 0  # and a list was nevertheless moving or incomplete
    quiet_requests: int = 0
    quiet_single_pass: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, where: str) -> None:
        """Something that must not be."""
        self.wrong.setdefault(what, []).append(where)


def lists_of(rng: Random, repeated: float = 0.0) -> dict[str, DriftingList]:
    """Users, courses, batches, assignments, an online course and a learning plan: each list of one to fifteen pages.

    A share of the users and of the assignments stands `repeated`: next to itself, or anywhere.
    """

    def some(most: int, least: int = 0) -> DriftingList:
        count = rng.choice((most, rng.randint(least, most), rng.randint(least, PAGE_SIZE + 2)))
        rows = list(range(1, count + 1))
        copies = [row for row in rows if repeated and rng.random() < repeated]
        for row in copies:
            at = rows.index(row)
            rows.insert(rng.choice((at, at, rng.randint(0, len(rows)))), row)
        return DriftingList(rows)

    lists = {USERS_PATH: some(15 * PAGE_SIZE, 1)}
    courses = DriftingList(list(range(1, rng.randint(3, 4 * PAGE_SIZE) + 1)), fixed=frozenset({1, 2, 3}))
    lists[COURSES_PATH] = courses
    for course in (1, 2):
        count = rng.choice((1, 1, 2, 3, PAGE_SIZE + 3)) if course == 1 else rng.randint(1, 3)
        lists[f"{COURSES_PATH}/{course}/batches"] = DriftingList(list(range(1, count + 1)))
        for batch in range(1, count + 1):
            most = (
                PAGE_SIZE
                if count > PAGE_SIZE
                else rng.choice((PAGE_SIZE, 4 * PAGE_SIZE, 5 * PAGE_SIZE, 12 * PAGE_SIZE))
            )
            lists[f"{COURSES_PATH}/{course}/webinar/{batch}/users"] = some(most)
    lists[ONLINE_PATH] = some(rng.choice((PAGE_SIZE, 5 * PAGE_SIZE, 12 * PAGE_SIZE)))
    lists[PLANS_PATH] = DriftingList(list(range(1, rng.randint(1, 3 * PAGE_SIZE) + 1)), fixed=frozenset({1}))
    lists[PLAN_COURSES_PATH] = DriftingList(list(range(1, rng.randint(0, PAGE_SIZE + 3) + 1)))
    lists[PLAN_USERS_PATH] = some(rng.choice((PAGE_SIZE, 5 * PAGE_SIZE, 12 * PAGE_SIZE)))
    return lists


def schedule_of(seed: int, paths: tuple[str, ...], *, lies: Lies) -> Schedule:
    """The schedule of a seed."""
    rng = Random(seed * 2 + 1)  # noqa: S311 - reproducible, not secret
    some = frozenset(rng.sample(paths, rng.randint(1, min(3, len(paths)))))
    return Schedule(
        seed=seed,
        kind=("no change", *KINDS)[seed % (len(KINDS) + 1)],
        chance=rng.choice((0.02, 0.05, 0.1, 0.3, 1.0)),
        most_changes=rng.choice((1, 2, 5, 20, 10_000)),
        drifting=rng.choice((some, frozenset(paths))),
        lies=lies,
        restarts=rng.choice((0, 0, rng.randint(1, _MOST_RESTARTS))),
        max_in_flight=rng.choice((1, 2, 4, 16)),
    )


def run_schedule(seed: int, figures: DriftFigures, lies: Lies = HONEST, repeated: float = 0.0) -> Snapshot | None:
    """Fetch once while the lists change, and hold what came of it against what was there; None: all users had left."""
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    lists = lists_of(rng, repeated)
    schedule = schedule_of(seed, tuple(lists), lies=lies)
    single = 1 + sum(max(1, ceil(len(one.rows) / PAGE_SIZE)) for one in lists.values())
    lms = DriftingLms(rng, lists, lies)
    lms.drift = Drift(schedule, lms, rng, figures)
    try:
        snapshot = asyncio.run(_fetched(schedule, lms, rng, figures, single))
    except UnfitUserList:
        if lies == HONEST and all(lms.list_of(USERS_PATH).moments):
            figures.note("refused for want of users, who were there", f"seed {seed}")
        return None
    figures.schedules += 1
    figures.requests += lms.meter.requests
    figures.single_pass += single
    judge(schedule, snapshot, lms, figures)
    if lies == HONEST and schedule.kind == "no change":
        figures.quiet_runs += 1
        figures.quiet_requests += lms.meter.requests
        figures.quiet_single_pass += single
        unsettled = {Verdict.MOVING, Verdict.INCOMPLETE} & {one.verdict for one in snapshot.lists}
        figures.quiet_runs_not_settled += bool(unsettled)
    return snapshot


class Drift:
    """Changes a list now and then."""

    def __init__(self, schedule: Schedule, lms: DriftingLms, rng: Random, figures: DriftFigures) -> None:
        """Nothing has changed yet."""
        self._schedule, self._lms, self._rng, self._figures = schedule, lms, rng, figures
        self._paths = sorted(schedule.drifting)
        self._changes = 0

    def __call__(self) -> None:
        """A moment passes."""
        schedule, rng = self._schedule, self._rng
        if schedule.kind == "no change" or self._changes >= schedule.most_changes or rng.random() >= schedule.chance:
            return
        rows = self._lms.list_of(rng.choice(self._paths))
        KINDS[schedule.kind](rows, rng)
        rows.note()
        self._changes += 1
        self._figures.changes += 1


async def _fetched(schedule: Schedule, lms: DriftingLms, rng: Random, figures: DriftFigures, single: int) -> Snapshot:
    """The snapshot of a fetch that may be interrupted and go on."""
    store = Memory()
    courses = tuple(CoursePolicy(CourseSerial(f"{one}")) for one in (1, 2, 3))
    plan = FetchPlan(courses, PAGE_SIZE, schedule.max_in_flight, plans=(PlanSerial("1"),))
    for restart in range(schedule.restarts + 1):
        left = schedule.restarts - restart
        lms.power_cut_at = lms.meter.requests + rng.randint(2, 2 * single) if left else None
        try:
            engine = FetchEngine(plan, cast("LmsClient", lms), store, silence)
            lists = await engine.run()
            break
        except PowerCut:
            figures.restarts += 1
    record = FetchRecord("s", "h", NOW, NOW, lists, Traffic(lms.meter.requests, 0))
    pages = ((*place, store.pages[place]) for place in sorted(store.pages))
    return assemble(record, pages)


def rows_of_list(snapshot: Snapshot, reading: ListReading) -> list[int]:
    """The numbers of the rows that the snapshot holds of a list."""
    place = (reading.course, reading.batch)
    rows: dict[ListKind, Iterable[str | None]] = {
        ListKind.USERS: (one.serial for one in snapshot.learners),
        ListKind.COURSES: (one.serial for one in snapshot.courses),
        ListKind.BATCHES: (one.serial for one in snapshot.batches if one.course_serial == reading.course),
        ListKind.PLANS: (one.serial for one in snapshot.plans),
        ListKind.PLAN_COURSES: (one.course.serial for one in snapshot.plan_courses),
        ListKind.PLAN_USERS: (one.user_serial for one in snapshot.plan_users),
    }
    if reading.kind in ASSIGNMENT_LISTS:
        here = (one for one in snapshot.assignments if (one.course_serial, one.batch_serial) == place)
        return [int(one.user_serial or 0) for one in here]
    return [int(serial or 0) for serial in rows[reading.kind]]


def judge(
    schedule: Schedule,
    snapshot: Snapshot,
    lms: DriftingLms,
    figures: DriftFigures,
) -> None:
    """Note what is wrong with the verdicts."""
    is_honest = schedule.lies == HONEST
    for reading in snapshot.lists:
        figures.verdicts[reading.verdict] += 1
        if reading.kind is ListKind.UNITS:
            continue
        variant = "webinar" if reading.kind is ListKind.ASSIGNMENTS else ""
        key = ListKey(reading.kind, reading.course, reading.batch, variant)
        rows, there = rows_of_list(snapshot, reading), lms.list_of(path_of(key))
        where = f"seed {schedule.seed} ({schedule.kind}): {key}"
        most = {row: max(moment[row] for moment in there.moments) for row in set(rows)}
        if any(count > most[row] for row, count in Counter(rows).items()):
            figures.note("a row more often than it ever was", where)
        match reading.verdict:
            case Verdict.PROVEN | Verdict.CHECKED:
                if Counter(rows) not in there.moments:
                    missing = len(there.stable() - set(rows))
                    figures.note(f"{reading.verdict} but never so", f"{where}, {missing} lasting rows missing")
            case Verdict.MOVING:
                _judge_moving(reading, Counter(rows), there, figures, where)
            case Verdict.INCOMPLETE:
                if snapshot.is_complete:
                    figures.note("incomplete but called complete", where)
                if is_honest and reading.reason is None:
                    figures.note("incomplete without a reason", where)


def _judge_moving(
    reading: ListReading, rows: Counter[int], there: DriftingList, figures: DriftFigures, where: str
) -> None:
    """A moving list names how many rows are in doubt, and no more are."""
    said = reading.reason.values.get("difference") if reading.reason else None
    if not isinstance(said, int) or said < 1:
        figures.note("moving without a number", where)
        return
    nearest = min(((rows - moment) + (moment - rows)).total() for moment in there.moments)
    if nearest > said:
        figures.note("moving by more than it says", f"{where}: {nearest} of {said}")
    if missing := len(there.stable() - rows.keys()):
        figures.note("moving and a lasting row is missing", f"{where}: {missing}, said {said}")


LIES: Mapping[str, Lies] = {
    "total too large": Lies(total_offset=3),
    "total too small": Lies(total_offset=-3),
    "total missing": Lies(total="missing"),
    "total no number": Lies(total="text"),
    "total as text": Lies(total="string"),
    "items null": Lies(null_pages=0.2),
    "a page repeated for ever": Lies(repeats=True),
    "an empty page at the end": Lies(empty_end=True),
    "an error under HTTP 200": Lies(error_body=0.1),
}
