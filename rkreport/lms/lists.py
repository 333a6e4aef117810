"""Defines each kind of LMS list in one value: its path and its rows. Pure: bytes in, models out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import (
    Assignment,
    Batch,
    Completion,
    Course,
    CourseKind,
    Learner,
    Plan,
    PlanCourse,
    PlanUser,
    Unit,
)
from rkreport.core.snapshot import ListKind, SetAside
from rkreport.errors import MalformedReply, UnfitUserList
from rkreport.lms import parsing, shapes, wire, wire_plans
from rkreport.lms.paging import ListKey, PageRead
from rkreport.lms.protocol import IF_IT_STAYS, NO_CONTENT, Document, read_document
from rkreport.lms.sightings import Identity
from rkreport.lms.tidy import tidy_page
from rkreport.sentence import Sentence

UNITS = ListKey(ListKind.UNITS)
USERS = ListKey(ListKind.USERS)
COURSES = ListKey(ListKind.COURSES)
PLANS = ListKey(ListKind.PLANS)

MOST_ROWS_A_PAGE = 10_000  # a page has 100; a server without paging gives a whole small list at once
MOST_UNITS = 50_000  # in a company structure, which is one answer
MOST_COMPLETIONS = 100_000  # of a month, which is one answer; the largest body holds fewer

Model = Learner | Unit | Course | Batch | Assignment | Completion | Plan | PlanCourse | PlanUser


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """All that is needed to read one kind of list."""

    path: str  # of the URL, with gaps for the parts of a `ListKey`
    snapshot_field: str  # the snapshot's field for its models
    models: Callable[[ListKey, Sequence[Any]], Iterable[Model | parsing.Unreadable | parsing.Shortened]]
    shape: TypeAdapter[list[Any]] | None  # of the rows; None: they are tree roots and are not parsed here
    identity: Callable[[parsing.Row], Identity] | None = wire.identity  # None: by position, in lists of one answer
    rows_name: str = "items"  # key of the rows in the answer's `data`
    is_paged: bool = True  # False: one answer holds all rows
    most_rows: int = MOST_ROWS_A_PAGE  # in one answer
    keeps_serials: bool = False  # drop a row's unreadable fields, as long as its serial is readable
    times: tuple[str, ...] = ()  # fields with times: each unusable one is a finding
    may_be_refused: bool = False  # an account may lack access to this list only; the report works without it
    looks_twice: bool = False  # ask again where the list is null or missing: no total shows whether rows were left out
    may_fail: bool = False  # the report works without it, whatever the reason; it is not tried often


LISTS: Mapping[ListKind, ListDefinition] = {
    ListKind.UNITS: ListDefinition(
        path="/ruangkerja/company-structure",
        snapshot_field="units",
        models=lambda _, roots: wire.units(roots),
        shape=None,
        identity=None,
        rows_name="organizations",
        is_paged=False,
        most_rows=MOST_UNITS,
        may_be_refused=True,
    ),
    ListKind.USERS: ListDefinition(
        path="/ruangkerja/users",
        snapshot_field="learners",
        models=lambda _, rows: (row if isinstance(row, Learner) else wire.learner(row) for row in rows),
        shape=shapes.USERS,
    ),
    ListKind.COURSES: ListDefinition(
        path="/ruangkerja/dashboard/courses",
        snapshot_field="courses",
        models=lambda _, rows: map(wire.course, rows),
        shape=shapes.COURSES,
        keeps_serials=True,
    ),
    ListKind.BATCHES: ListDefinition(
        path="/ruangkerja/dashboard/courses/{course}/batches",
        snapshot_field="batches",
        models=lambda key, rows: (wire.batch(row, key.course) for row in rows),
        shape=shapes.BATCHES,
        keeps_serials=True,
        times=wire.BATCH_TIMES,
    ),
    ListKind.ASSIGNMENTS: ListDefinition(
        path="/ruangkerja/dashboard/courses/{course}/{variant}/{batch}/users",
        snapshot_field="assignments",
        models=lambda key, rows: wire.assignments(rows, key.course, key.batch),
        shape=shapes.ASSIGNMENTS,
    ),
    ListKind.ONLINE: ListDefinition(
        path="/ruangkerja/dashboard/courses/{course}/online/users",
        snapshot_field="assignments",
        models=lambda key, rows: (wire.online_assignment(row, key.course) for row in rows),
        shape=shapes.ONLINE,
        times=wire.ONLINE_TIMES,
    ),
    ListKind.PLANS: ListDefinition(
        path="/ruangkerja/dashboard/learning-plans",
        snapshot_field="plans",
        models=lambda _, rows: map(wire_plans.plan, rows),
        shape=shapes.PLANS,
        keeps_serials=True,
    ),
    ListKind.PLAN_COURSES: ListDefinition(
        path="/ruangkerja/dashboard/learning-plans/{course}/courses",
        snapshot_field="plan_courses",
        models=lambda key, rows: (wire_plans.plan_course(row, key.course) for row in rows),
        shape=shapes.PLAN_COURSES,
        times=wire_plans.PLAN_COURSE_TIMES,
    ),
    ListKind.PLAN_USERS: ListDefinition(
        path="/ruangkerja/dashboard/learning-plans/{course}/users",
        snapshot_field="plan_users",
        models=lambda key, rows: (wire_plans.plan_user(row, key.course) for row in rows),
        shape=shapes.PLAN_USERS,
    ),
    ListKind.COMPLETIONS: ListDefinition(
        path="/ruangkerja/dashboard/user-course-status",
        snapshot_field="completions",
        models=lambda _, rows: wire_plans.completions(rows),
        shape=shapes.COMPLETIONS,
        identity=None,
        is_paged=False,
        most_rows=MOST_COMPLETIONS,
        times=wire_plans.COMPLETION_TIMES,
        looks_twice=True,
        may_fail=True,
    ),
}


def batches_of(course: str) -> ListKey:
    """Name the batch list of a course."""
    return ListKey(ListKind.BATCHES, course)


def assignments_of(course: str, batch: str, kind: CourseKind) -> ListKey:
    """Name the assignment list of a batch; its path tells whether the batch is a webinar."""
    return ListKey(ListKind.ASSIGNMENTS, course, batch, kind.value)


def online_of(course: str) -> ListKey:
    """Name the assignment list of an online course."""
    return ListKey(ListKind.ONLINE, course)


def plan_courses_of(plan: str) -> ListKey:
    """Name the list of a learning plan's courses."""
    return ListKey(ListKind.PLAN_COURSES, plan)


def plan_users_of(plan: str) -> ListKey:
    """Name the list of a learning plan's users."""
    return ListKey(ListKind.PLAN_USERS, plan)


def completions_in(month: str) -> ListKey:
    """Name the list of completions in a month of UTC, such as `2026-10`."""
    return ListKey(ListKind.COMPLETIONS, batch=month)


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page: its rows, what paging needs, whether letters were lost, and whether there was a list at all.

    A tidy page of a long list comes without its rows.
    """

    rows: tuple[Any, ...]
    read: PageRead
    has_lost_letters: bool = False
    has_list: bool = True  # False: the answer has null, or nothing, in the place of the list
    says_active: bool = False  # a row says whether its user is active
    has_unreadable: bool = False

    @property
    def readable(self) -> tuple[Mapping[str, Any], ...]:
        """The readable rows."""
        return tuple(row for row in self.rows if not isinstance(row, parsing.Unreadable))


@lru_cache(maxsize=1024)
def path_of(key: ListKey) -> str:
    """Return the URL path; ids come from outside and are quoted."""
    course, batch = quote(key.course, safe=""), quote(key.batch, safe="")
    return LISTS[key.kind].path.format(course=course, batch=batch, variant=key.variant)


def query_of(key: ListKey, page: int, page_size: int, now: datetime) -> dict[str, str | int]:
    """Return the query for a page. Completions have a window instead of pages: a whole month, the current one so far.

    `now` is aware.
    """
    if key.kind is ListKind.COMPLETIONS:
        start = datetime.strptime(key.batch, "%Y-%m").replace(tzinfo=UTC)
        end = (start + timedelta(days=31)).replace(day=1)
        until = min(end, now.astimezone(UTC))
        return {name: f"{moment:%Y-%m-%dT%H:%M:%S}+00:00" for name, moment in zip(_WINDOW, (start, until), strict=True)}
    return {"page": page, "pageSize": page_size} if LISTS[key.kind].is_paged else {}


_WINDOW = ("startTimestamp", "endTimestamp")


def page_size_of(key: ListKey, page_size: int) -> int:
    """Return the number of rows of a full page; an unpaged list's only answer is never full."""
    definition = LISTS[key.kind]
    return page_size if definition.is_paged else definition.most_rows + 1


def page_of(key: ListKey, body: bytes) -> PageContent | None:
    """Read a page at once, without its rows; None if `stored_content` has to read it."""
    page = tidy_page(key.kind, body)
    if page is None or len(page.identities) > LISTS[key.kind].most_rows:
        return None
    total, total_pages = shapes.count(page.total), shapes.count(page.total_pages)
    return PageContent((), PageRead(page.identities, total, total_pages), says_active=page.says_active)


def stored_content(key: ListKey, page: int, body: bytes) -> PageContent:
    """Parse a stored page, which was good when it came; an empty body is an answer without content (HTTP 204)."""
    return content_of(
        key, page, read_document(body, Sentence("{key}, page {page}", key=key, page=page)) if body else NO_CONTENT
    )


def content_of(key: ListKey, page: int, document: Document) -> PageContent:
    """Parse the rows of an answer. For an unpaged list the number of rows is the total.

    Raises:
        MalformedReply: it has no list of rows, or far more rows than a page.
    """
    definition, what, is_lossy = (
        LISTS[key.kind],
        Sentence("{key}, page {page}", key=key, page=page),
        document.has_lost_letters,
    )
    found, data = _raw_rows(definition, document, what)
    raw, has_list = found or [], found is not None
    most = definition.most_rows
    if wire.row_count(raw, most) > most:
        raise MalformedReply(
            "The LMS answered {what} with more than {most} rows, which no company has there; {if_it_stays}.",
            what=what,
            most=most,
            if_it_stays=IF_IT_STAYS,
        )
    rows: tuple[Any, ...] = tuple(raw)
    identities: tuple[Identity, ...] = tuple(range(len(raw)))
    if definition.shape:
        keeps_serials = definition.keeps_serials
        rows = parsing.rows_of(raw, definition.shape, page, has_lost_letters=is_lossy, keeps_serials=keeps_serials)
    if definition.identity:
        identities = tuple(map(definition.identity, rows))
    total, total_pages = (shapes.count(data.get(name)) for name in ("totalItems", "totalPage"))
    if not definition.is_paged:
        if (total or 0) > len(raw):
            raise MalformedReply(
                "The LMS gave {raw} of {total} rows of {what}, and no way to ask for the others; {if_it_stays}.",
                raw=len(raw),
                total=total,
                what=what,
                if_it_stays=IF_IT_STAYS,
            )
        return PageContent(rows, PageRead(identities, len(raw), 1), is_lossy, has_list)
    return PageContent(
        rows,
        PageRead(identities, total, total_pages),
        is_lossy,
        has_list,
        says_active=key == USERS and any(map(wire.says_whether_active, rows)),
        has_unreadable=any(isinstance(row, parsing.Unreadable) for row in rows),
    )


_RawRows = list[object] | None
"""None: null, or nothing, stands in the place of the list."""


def _raw_rows(definition: ListDefinition, document: Document, what: str) -> tuple[_RawRows, Mapping[str, Any]]:
    """Return the raw rows and the fields beside them."""
    values, name = document.values, definition.rows_name
    if "data" not in values and not document.is_empty and "status" not in values:
        raise MalformedReply(
            "The LMS answered {what} in an unknown shape: field data is missing; {if_it_stays}.",
            what=what,
            if_it_stays=IF_IT_STAYS,
        )
    data = values.get("data")
    if isinstance(data, list):
        return data, {}
    if data is None:
        return None, {}
    known = {name, "currentPage", "totalItems", "totalPage"} if definition.is_paged else {name}
    if not isinstance(data, dict) or (data and known.isdisjoint(data)):
        raise MalformedReply(
            "The LMS answered {what} in an unknown shape: field data is no page; {if_it_stays}.",
            what=what,
            if_it_stays=IF_IT_STAYS,
        )
    rows = data.get(name)
    if rows is not None and not isinstance(rows, list):
        raise MalformedReply(
            "The LMS answered {what} in an unknown shape: field data.{name} is no list; {if_it_stays}.",
            what=what,
            name=name,
            if_it_stays=IF_IT_STAYS,
        )
    return rows, data


@dataclass(frozen=True, slots=True)
class ListContent:
    """The rows of a list as models, the unreadable rows, and oddities of the others."""

    models: list[Model]
    set_aside: list[SetAside]
    findings: list[Finding]


def compacted(key: ListKey, rows: Iterable[Any]) -> tuple[Any, ...]:
    """Return the rows in the smallest form that `models_of` takes: those of the one very long list as learners."""
    if key != USERS:
        return tuple(rows)
    return tuple(row if isinstance(row, parsing.Unreadable | parsing.Shortened) else wire.learner(row) for row in rows)


def models_of(key: ListKey, rows: Sequence[Any]) -> ListContent:
    """Turn the rows of a list into models."""
    definition = LISTS[key.kind]
    readable = [row for row in rows if not isinstance(row, parsing.Unreadable)]
    unread = [row for row in rows if isinstance(row, parsing.Unreadable)]
    shortened = [row for row in readable if isinstance(row, parsing.Shortened)]
    models: list[Model] = []
    for found in definition.models(key, readable):
        if isinstance(found, parsing.Unreadable):
            unread.append(found)
        elif isinstance(found, parsing.Shortened):
            shortened.append(found)
        else:
            models.append(found)
    findings = [
        Finding(
            FindingCode.TIME_UNUSABLE,
            Level.CHECK,
            Sentence("{course} / {label}: {time}", course=key.course or key.batch, label=wire.label(row), time=time),
        )
        for row in readable
        for time in wire.unusable_times(row, definition.times)
    ]
    keeping = readable if definition.keeps_serials else ()
    findings += [
        Finding(code, Level.CHECK, Sentence("{key}: {serial}: {field}", key=key, serial=wire.label(row), field=field))
        for code, row, fields in (
            *((FindingCode.FIELD_UNUSABLE, row, row.get(parsing.UNUSABLE, ())) for row in keeping),
            *((FindingCode.TEXT_SHORTENED, row, row.fields) for row in shortened),
        )
        for field in fields
    ]
    set_aside = [SetAside(key.kind, key.course, key.batch, row.page, row.field, row.row_id) for row in unread]
    return ListContent(models, set_aside, findings)


def check_users(records: int, *, any_says_active: bool) -> None:
    """Refuse a list of users that cannot make a report.

    Raises:
        UnfitUserList: it is empty, or no record says whether the user is active.
    """
    if not records:
        raise UnfitUserList(
            "The LMS gave an empty list of users, so there is nothing to report; check in the LMS that this account"
            " may read all users, then fetch again."
        )
    if not any_says_active:
        raise UnfitUserList(
            "The LMS says of no user whether the account is active (field isActive), so nobody can be counted; ask"
            " Ruangkerja why, then fetch again."
        )
