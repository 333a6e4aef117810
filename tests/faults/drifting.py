"""An LMS in memory whose lists change while they are read, and which remembers every state they had.

Stands in for `LmsClient` with answers that the real `interpret` reads. Knows which rows are where and when; must not
know how they are fetched.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, TypeVar

from rkreport.errors import LmsError
from rkreport.lms.client import Answer
from rkreport.lms.protocol import Document, Reply, interpret
from rkreport.lms.transport import Meter

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PAGE_SIZE = 10
COURSES_PATH = "/ruangkerja/dashboard/courses"
USERS_PATH = "/ruangkerja/users"
ONLINE_PATH = f"{COURSES_PATH}/3/online/users"
PLANS_PATH = "/ruangkerja/dashboard/learning-plans"
PLAN_COURSES_PATH, PLAN_USERS_PATH = f"{PLANS_PATH}/1/courses", f"{PLANS_PATH}/1/users"

Content = TypeVar("Content")
Edit = Callable[["DriftingList", Random], None]


class PowerCut(LmsError):
    """The run is to end here, as if the machine had been switched off."""


@dataclass(slots=True)
class DriftingList:
    """Rows in the server's order, as numbers, some twice; `moments` are all it ever had, in order, with how often."""

    rows: list[int]
    fixed: frozenset[int] = frozenset()  # rows that never leave
    moments: list[Counter[int]] = field(default_factory=list)
    newest: int = 0

    def __post_init__(self) -> None:
        """The first moment."""
        self.newest = max(self.rows, default=0)
        self.note()

    def note(self) -> None:
        """Remember what is there now."""
        self.moments.append(Counter(self.rows))

    def join(self, place: int) -> None:
        """A row that never was here before."""
        self.newest += 1
        self.rows.insert(place, self.newest)

    def leave(self, place: int) -> None:
        """Take the row at this place out, unless it is fixed."""
        if self.rows and self.rows[place] not in self.fixed:
            del self.rows[place]

    def stable(self) -> frozenset[int]:
        """The rows that were there all the time."""
        return frozenset.intersection(*(frozenset(moment) for moment in self.moments))


# ---- what may happen to a list between two answers


def a_join(rows: DriftingList, rng: Random) -> None:
    """At the front, at the end or anywhere, as the order of a list may be newest first, by id or by name."""
    rows.join(rng.choice((0, len(rows.rows), rng.randint(0, len(rows.rows)))))


def a_leave(rows: DriftingList, rng: Random) -> None:
    """Anywhere."""
    if rows.rows:
        rows.leave(rng.randrange(len(rows.rows)))


def a_join_or_leave(rows: DriftingList, rng: Random) -> None:
    """One or the other."""
    rng.choice((a_join, a_leave))(rows, rng)


def a_pair(rows: DriftingList, rng: Random) -> None:
    """A leaver and a joiner in one step: no total ever shows it."""
    before = len(rows.rows)
    a_leave(rows, rng)
    if len(rows.rows) < before:
        a_join(rows, rng)


def a_burst(rows: DriftingList, rng: Random) -> None:
    """What an import from the HR system does."""
    change = rng.choice((a_join, a_leave, a_pair, a_join_or_leave))
    for _ in range(rng.randint(3, 25)):
        change(rows, rng)


def a_swap(rows: DriftingList, rng: Random) -> None:
    """Two neighbours change places, at a page's edge if there is one: an order that is none."""
    edges = range(PAGE_SIZE, len(rows.rows), PAGE_SIZE)
    if len(rows.rows) > 1:
        place = rng.choice(edges) if edges else rng.randrange(1, len(rows.rows))
        rows.rows[place - 1], rows.rows[place] = rows.rows[place], rows.rows[place - 1]


KINDS: Mapping[str, Edit] = {
    "joins": a_join,
    "leaves": a_leave,
    "joins and leaves": a_join_or_leave,
    "pairs": a_pair,
    "bursts": a_burst,
    "unstable order": a_swap,
}


@dataclass(frozen=True, slots=True)
class Lies:
    """What is wrong with the answers beside their moving. `paths` are the lists that it is true of."""

    paths: frozenset[str] = frozenset()
    total_offset: int = 0
    total: str = "number"  # "string", "missing", "text"
    null_pages: float = 0.0  # chance that a page with rows says `items: null`
    repeats: bool = False
    empty_end: bool = False  # `totalPage` names one page too many
    error_body: float = 0.0  # chance of an error under HTTP 200


class DriftingLms:
    """Answers like `LmsClient`, at a random moment between question and answer."""

    def __init__(self, rng: Random, lists: dict[str, DriftingList], lies: Lies) -> None:
        """Take the lists by path; `drift` is set by who knows the schedule."""
        self._rng = rng
        self.lists = lists
        self._lies = lies
        self.meter = Meter()
        self.drift: Callable[[], None] = lambda: None
        self.power_cut_at: int | None = None

    async def get(
        self,
        path: str,
        query: Mapping[str, str | int],
        read: Callable[[Document], Content],
        what: str,
        *,
        is_urgent: bool = True,
        at_once: Callable[[bytes], Content | None] = lambda _: None,
    ) -> Answer[Content]:
        """As `LmsClient.get`; a cut current ends the run."""
        self.meter.requests += 1
        if self.power_cut_at is not None and self.meter.requests >= self.power_cut_at:
            raise PowerCut("The current is off.")
        await self._dawdle()
        self.drift()
        body = json.dumps(self._document(path, query)).encode()
        await self._dawdle()
        self.meter.answered += 1
        return Answer(at_once(body) or read(interpret(Reply(200, {}, body), what, NOW)), body)

    def utc_now(self) -> datetime:
        """Return always the same time."""
        return NOW

    def list_of(self, path: str) -> DriftingList:
        """The list behind a path; a batch that came in the meantime has an empty one."""
        return self.lists.setdefault(path, DriftingList([]))

    async def _dawdle(self) -> None:
        """Mostly a moment, now and then so long that many others are answered first."""
        for _ in range(self._rng.choice((0, 0, 1, 2, 3, 5, 30))):
            await asyncio.sleep(0)

    def _document(self, path: str, query: Mapping[str, str | int]) -> dict[str, Any]:
        if path == "/ruangkerja/company-structure":
            return {"data": {"organizations": [{"serial": "UNIT", "name": "Unit"}]}}
        rows, page = self.list_of(path).rows, int(query["page"])
        lies = self._lies if path in self._lies.paths else Lies()
        if self._rng.random() < lies.error_body:
            return {"errorCode": 500, "message": "INTERNAL_SERVER_ERROR", "detail": "x"}
        size = int(query["pageSize"])
        start = 0 if lies.repeats else (page - 1) * size
        found = [_row(path, number) for number in rows[start : start + size]]
        is_null = bool(found) and self._rng.random() < lies.null_pages
        total = (page + 1) * size if lies.repeats else max(0, len(rows) + lies.total_offset)
        pages = -(-total // size) + lies.empty_end
        totals: dict[str, Any] = {"totalItems": total, "totalPage": pages}
        match lies.total:
            case "string":
                totals = {name: str(value) for name, value in totals.items()}
            case "text":
                totals = {"totalItems": "many", "totalPage": "many"}
            case "missing":
                totals = {}
        return {
            "data": {"currentPage": page, **totals, "items": None if is_null or (not found and page > 1) else found}
        }


def _row(path: str, number: int) -> dict[str, Any]:
    if path == USERS_PATH:
        return {"employeeID": f"E-{number}", "serial": f"{number}", "name": "Somebody", "isActive": True}
    if path in (COURSES_PATH, PLANS_PATH):
        return {"serial": f"{number}", "name": "A course or plan"}
    if path.endswith("/courses"):
        return {"course": {"serial": f"{number}", "name": "A course"}, "deadline": "2026-12-31T00:00:00Z"}
    if path.endswith("/batches"):
        return {"serial": f"{number}", "name": "A batch", "platform": "zoom"}
    user = {"serial": f"{number}", "name": "Somebody"}
    if path.endswith("/online/users") or path.startswith(PLANS_PATH):
        return {"user": user, "status": "completed", "completedAt": "2026-10-06"}
    return {"user": user, "userAssignedStatus": "Cleared"}
