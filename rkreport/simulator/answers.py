"""The success bodies of the documented endpoints, as JSON text, and the refusals. Knows wire names and the company.

No HTTP, no clock. Lists are live: a row can join or leave just before a page is made.
"""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rkreport.simulator.company import Company, batch_record, course_record
from rkreport.simulator.faults import Completions, Faults, Totals
from rkreport.simulator.live import LiveList
from rkreport.simulator.plans import PlanMembers
from rkreport.simulator.schedule import Course
from rkreport.simulator.spellings import first_unfinished, moments_as, respelled

MAX_PAGE_SIZE = 100
_BOOLEANS = {"true": True, "false": False}
_DENIED = "rpc error: code = PermissionDenied desc = Access denied"
_HUGE_BYTES = 64 * 1024 * 1024


class Refusal(Exception):
    """An error body with its HTTP status: an answer of the API, not a failure of the simulator."""

    def __init__(self, status: int, code: int, message: str, detail: str) -> None:
        """Take the three documented keys."""
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"errorCode": code, "message": message, "detail": detail})


def bad_request(detail: str) -> Refusal:
    """400, as the token endpoint documents it."""
    return Refusal(400, 400, "BAD_REQUEST", detail)


def not_found(what: str) -> Refusal:
    """404; the code is made up, the documentation has none."""
    return Refusal(404, 404, "NOT_FOUND", f"{what} not found")


@dataclass(frozen=True, slots=True)
class Ask:
    """The query of one request, and what is to go wrong inside the answer."""

    query: Mapping[str, str]
    change: int | None = None  # bits that choose the row that joins or leaves before the answer
    null_items: bool = False

    def page(self) -> tuple[int, int]:
        """Page and page size; both are required."""
        page, size = self._number("page"), self._number("pageSize")
        if size > MAX_PAGE_SIZE:
            raise bad_request(f"pageSize must be {MAX_PAGE_SIZE} at most")
        return page, size

    def moment(self, name: str) -> datetime:
        """A required time with an offset. A plus that was not percent-encoded is a blank here, and refused."""
        try:
            moment = datetime.fromisoformat(self.query.get(name, ""))
        except ValueError as error:
            raise bad_request(f"{name} must be an ISO 8601 time") from error
        if moment.tzinfo is None:
            raise bad_request(f"{name} must have an offset")
        return moment

    def _number(self, name: str) -> int:
        text = self.query.get(name, "")
        if not (text.isascii() and text.isdecimal()) or int(text) < 1:
            raise bad_request(f"{name} must be a number from 1 on")
        return int(text)


class _Rows(Protocol):
    """A list of a company."""

    def __len__(self) -> int: ...
    def record(self, key: int) -> str: ...


class Answers:
    """Answers from one company, with the state of its lists."""

    def __init__(self, company: Company, faults: Faults) -> None:
        """Start with every list as the company has it."""
        self._company = company
        self._faults = faults
        self._users = LiveList(company.people.listed)
        self._lists: dict[tuple[str, ...], LiveList] = {}
        self._odd_ones: dict[tuple[str, ...], int | None] = {}  # the row of a list that has a made-up status
        self._filtered: tuple[tuple[object, ...], Sequence[int]] = ((), ())  # the last filter's keys

    def users(self, ask: Ask) -> str:
        """Find Users."""
        _change(self._users, ask.change)
        keys = self._filtered_users(ask.query)
        return self._page(ask, len(keys), lambda start, stop: map(self._user, keys[start:stop]))

    def user(self, employee_id: str) -> str:
        """Find User by Employee ID."""
        for key in self._user_keys(employee_id):
            return f'{{"status":"success","message":"Success","data":{self._user(key)}}}'
        raise not_found("user")

    def courses(self, ask: Ask) -> str:
        """Course Activity."""
        name = ask.query.get("name", "").casefold()
        found = [course for course in self._company.courses.values() if name in course.name.casefold()]
        return self._page(ask, len(found), lambda start, stop: map(course_record, found[start:stop]))

    def batches(self, ask: Ask, course: str) -> str:
        """Course Batch."""
        batches = self._course(course).batches
        return self._page(ask, len(batches), lambda start, stop: map(batch_record, batches[start:stop]))

    def assignments(self, ask: Ask, kind: str, course: str, batch: str) -> str:
        """Course Webinar or Offline User Assignment; the wrong kind finds nothing."""
        rows = self._company.batches.get((course, batch))
        if self._course(course).topic.kind != kind or rows is None:
            raise not_found("batch")
        live = self._live(ask, rows, course, batch)
        return self._page(ask, len(live), lambda start, stop: map(rows.record, live.slice(start, stop)))

    def online(self, ask: Ask, course: str) -> str:
        """Course Online User Assignment; another kind of course finds nothing."""
        rows = self._company.online.get(course)
        if rows is None:
            raise not_found("course")
        return self._statuses(ask, rows, "online", course, is_bare=self._faults.online_is_bare)

    def completions(self, ask: Ask) -> str:
        """User Course Status: what was completed from the start to before the end, on one page."""
        match self._faults.completions:
            case Completions.REFUSED:
                raise Refusal(403, 123, _DENIED, _DENIED)
            case Completions.MISSING:
                raise not_found("endpoint")
        start, end = ask.moment("startTimestamp"), ask.moment("endTimestamp")
        found = ",".join(self._company.completions.between(start, end, moments_as(self._faults.moments)))
        items = self._items(ask, found)
        body = items if self._faults.completions is Completions.BARE else f'{{"items":{items}}}'
        answer = f'{{"status":"success","message":"Success","data":{body}}}'
        return answer.ljust(_HUGE_BYTES) if self._faults.completions is Completions.HUGE else answer

    def plans(self, ask: Ask) -> str:
        """Learning Plan."""
        name = ask.query.get("name", "").casefold()
        found = [one for one in self._company.plans.values() if name in one.plan.name.casefold()]
        return self._page(ask, len(found), lambda start, stop: map(PlanMembers.plan_record, found[start:stop]))

    def plan_courses(self, ask: Ask, plan: str) -> str:
        """Learning Plan Course."""
        members = self._plan(plan)
        numbers = range(len(members.plan.courses))
        return self._page(ask, len(numbers), lambda start, stop: map(members.course_record, numbers[start:stop]))

    def plan_users(self, ask: Ask, plan: str) -> str:
        """Learning Plan User Assignment."""
        return self._statuses(ask, self._plan(plan), "plan", plan)

    def structure(self) -> str:
        """Get Company Structure."""
        return self._company.structure.body()

    def stable_users(self) -> Iterator[str]:
        """User records, as JSON text, that were in the user list all the time until now."""
        return map(self._user, self._users.stable())

    def stable_assignments(self, course: str, batch: str) -> Iterator[str]:
        """The same for one batch's list of assignments."""
        return self._stable(self._company.batches[course, batch], course, batch)

    def stable_online(self, course: str) -> Iterator[str]:
        """The same for one online course's list."""
        return self._stable(self._company.online[course], "online", course)

    def stable_plan_users(self, plan: str) -> Iterator[str]:
        """The same for one learning plan's list of users."""
        return self._stable(self._company.plans[plan], "plan", plan)

    def _stable(self, rows: _Rows, *name: str) -> Iterator[str]:
        live = self._lists.get(name) or LiveList(len(rows))
        return map(rows.record, live.stable())

    def _live(self, ask: Ask, rows: _Rows, *name: str) -> LiveList:
        """The list with this name as it is after the change that is asked for."""
        live = self._lists.setdefault(name, LiveList(len(rows)))
        _change(live, ask.change)
        return live

    def _statuses(self, ask: Ask, rows: _Rows, *name: str, is_bare: bool = False) -> str:
        """A page of a list whose statuses can be spelled in many ways."""
        live = self._live(ask, rows, *name)
        record = rows.record
        if self._faults.mixes_spellings:
            if name not in self._odd_ones:
                self._odd_ones[name] = first_unfinished(map(record, range(len(rows))))
            odd = self._odd_ones[name]

            def record(key: int) -> str:
                return respelled(rows.record(key), key, is_unknown=key == odd)

        return self._page(ask, len(live), lambda start, stop: map(record, live.slice(start, stop)), is_bare=is_bare)

    def _user(self, key: int) -> str:
        return self._company.people.user(self._place(key))

    def _place(self, key: int) -> int:
        """The place of a key of the user list: after the listed people, the places of the departed are skipped."""
        return key if key < self._company.people.listed else key + self._company.departed

    def _user_keys(self, employee_id: str) -> list[int]:
        listed, departed = self._company.people.listed, self._company.departed
        places = self._company.people.find(employee_id)
        keys = (place if place < listed else place - departed for place in places if not 0 <= place - listed < departed)
        return [key for key in keys if key in self._users]

    def _course(self, serial: str) -> Course:
        course = self._company.courses.get(serial)
        if course is None:
            raise not_found("course")
        return course

    def _plan(self, serial: str) -> PlanMembers:
        members = self._company.plans.get(serial)
        if members is None:
            raise not_found("learning plan")
        return members

    def _filtered_users(self, query: Mapping[str, str]) -> Sequence[int]:
        if "employeeID" in query:
            return list(self._matching(self._user_keys(query["employeeID"]), query))
        everybody = self._users.slice(0, len(self._users))
        wanted = (self._users.changes, *(query.get(name) for name in ("isActive", "name", "email", "phone")))
        if not any(wanted[1:]):
            return everybody
        if self._filtered[0] != wanted:
            self._filtered = (wanted, array("I", self._matching(everybody, query)))
        return self._filtered[1]

    def _matching(self, keys: Iterable[int], query: Mapping[str, str]) -> Iterator[int]:
        active = query.get("isActive")
        if active and active not in _BOOLEANS:
            raise bad_request("isActive must be true or false")
        parts = [(name, query[name].casefold()) for name in ("name", "email", "phone") if query.get(name)]
        for key in keys:
            record = json.loads(self._user(key))
            if active and record["isActive"] is not _BOOLEANS[active]:
                continue
            if all(part in (record[name] or "").casefold() for name, part in parts):
                yield key

    def _page(self, ask: Ask, total: int, rows: Callable[[int, int], Iterable[str]], *, is_bare: bool = False) -> str:
        page, size = ask.page()
        start = 0 if self._faults.repeats_page else (page - 1) * size
        items = self._items(ask, ",".join(rows(start, start + size)))
        if is_bare:
            return f'{{"status":"success","message":"Success","data":{items}}}'
        return (
            f'{{"status":"success","message":"Success","data":{{"currentPage":{page},{self._totals(total, page, size)}'
            f'"items":{items}}}}}'
        )

    def _items(self, ask: Ask, rows: str) -> str:
        is_null = ask.null_items or (self._faults.empty_is_null and not rows)
        return "null" if is_null else f"[{rows}]"

    def _totals(self, total: int, page: int, size: int) -> str:
        if self._faults.repeats_page:
            total = (page + 1) * size
        total = max(0, total + self._faults.total_offset)
        pages = -(-total // size)
        match self._faults.totals:
            case Totals.NUMBER:
                return f'"totalItems":{total},"totalPage":{pages},'
            case Totals.STRING:
                return f'"totalItems":"{total}","totalPage":"{pages}",'
            case Totals.MISSING:
                return ""


def _change(rows: LiveList, bits: int | None) -> None:
    """Let a row join or leave anywhere in the list."""
    if bits is None:
        return
    if bits & 1 or not len(rows):
        rows.insert((bits >> 1) % (len(rows) + 1))
    else:
        rows.remove((bits >> 1) % len(rows))
