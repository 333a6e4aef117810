"""What each list of the LMS is called, where it is asked for, and what its answers hold. Pure: bytes in, models out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter

from rkreport.core.models import (
    Assignment,
    Batch,
    Course,
    CourseKind,
    Finding,
    Learner,
    Level,
    ListKind,
    SetAside,
    Unit,
)
from rkreport.errors import Forbidden, LmsError, LoginRefused, MalformedReply, NotFound, UnfitUsers
from rkreport.lms import shapes, wire
from rkreport.lms.paging import LONGEST_LIST_ROWS, ListKey, PageRead
from rkreport.lms.protocol import NO_CONTENT, Document, read_document

UNITS = ListKey(ListKind.UNITS)
USERS = ListKey(ListKind.USERS)
COURSES = ListKey(ListKind.COURSES)

MOST_ROWS_A_PAGE = 10_000  # a page has 100; a server without paging gives a whole small list at once
MOST_UNITS = 50_000  # of a company structure, which is one answer

Model = Learner | Unit | Course | Batch | Assignment


def batches_of(course: str) -> ListKey:
    """The batch list of a course."""
    return ListKey(ListKind.BATCHES, course)


def assignments_of(course: str, batch: str, kind: CourseKind) -> ListKey:
    """The assignment list of a batch; the LMS wants to be told whether it is a webinar."""
    return ListKey(ListKind.ASSIGNMENTS, course, batch, kind.value)


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page: its rows (of the company structure the roots, unread), what paging needs to know, lost letters."""

    rows: tuple[Any, ...]
    read: PageRead
    has_lost_letters: bool = False

    @property
    def readable(self) -> tuple[Mapping[str, Any], ...]:
        """The rows that could be read."""
        return tuple(row for row in self.rows if not isinstance(row, wire.Unreadable))


def path_of(key: ListKey) -> str:
    """The URL path; ids come from outside and are quoted."""
    course, batch = quote(key.course, safe=""), quote(key.batch, safe="")
    match key.kind:
        case ListKind.UNITS:
            return "/ruangkerja/company-structure"
        case ListKind.USERS:
            return "/ruangkerja/users"
        case ListKind.COURSES:
            return "/ruangkerja/dashboard/courses"
        case ListKind.BATCHES:
            return f"/ruangkerja/dashboard/courses/{course}/batches"
        case ListKind.ASSIGNMENTS:
            return f"/ruangkerja/dashboard/courses/{course}/{key.variant}/{batch}/users"


def query_of(key: ListKey, page: int, page_size: int) -> dict[str, int]:
    """What is asked with the path."""
    return {"page": page, "pageSize": page_size} if key.is_paged else {}


_SHAPES: Mapping[ListKind, TypeAdapter[Any]] = {
    ListKind.USERS: shapes.USERS,
    ListKind.COURSES: shapes.COURSES,
    ListKind.BATCHES: shapes.BATCHES,
    ListKind.ASSIGNMENTS: shapes.ASSIGNMENTS,
}


def stored_content(key: ListKey, page: int, body: bytes) -> PageContent:
    """A page that was kept because it was good, read again; an empty body is an answer without content (HTTP 204)."""
    return content_of(key, page, read_document(body, f"{key}, page {page}") if body else NO_CONTENT)


def content_of(key: ListKey, page: int, document: Document) -> PageContent:
    """The rows of an answer. The company structure is one page that is its own total.

    Raises:
        MalformedReply: it holds no rows, or far more than a page has.
    """
    what = f"{key}, page {page}"
    raw, data = _raw_rows(key, document, what)
    most = MOST_ROWS_A_PAGE if key.is_paged else MOST_UNITS
    if wire.row_count(raw, most) > most:
        raise MalformedReply(f"The LMS answered {what} with more than {most} rows, which no company has there.")
    if not key.is_paged:
        return PageContent(tuple(raw), PageRead(tuple(range(len(raw))), len(raw), 1), document.has_lost_letters)
    rows = wire.rows_of(raw, _SHAPES[key.kind], page, has_lost_letters=document.has_lost_letters)
    total, total_pages = (shapes.count(data.get(name)) for name in ("totalItems", "totalPage"))
    return PageContent(rows, PageRead(tuple(map(wire.identity, rows)), total, total_pages), document.has_lost_letters)


def _raw_rows(key: ListKey, document: Document, what: str) -> tuple[list[object], Mapping[str, Any]]:
    """The rows as they came, and what stands beside them. No rows: `data` or its list empty, null or left out."""
    values = document.values
    if "data" not in values and not document.is_empty and "status" not in values:
        raise MalformedReply(f"The LMS answered {what} in an unknown shape: field data is missing.")
    data = values.get("data")
    if isinstance(data, list):
        return data, {}
    if data is None:
        return [], {}
    known = {"items", "currentPage", "totalItems", "totalPage"} if key.is_paged else {"organizations"}
    if not isinstance(data, dict) or (data and known.isdisjoint(data)):
        raise MalformedReply(f"The LMS answered {what} in an unknown shape: field data is no page.")
    name = "items" if key.is_paged else "organizations"
    rows = data.get(name)
    if rows is not None and not isinstance(rows, list):
        raise MalformedReply(f"The LMS answered {what} in an unknown shape: field data.{name} is no list.")
    return rows or [], data


@dataclass(frozen=True, slots=True)
class ListContent:
    """The rows of a list as models, those that could not be read, and what was odd about the others."""

    models: list[Model]
    set_aside: list[SetAside]
    findings: list[Finding]


def models_of(key: ListKey, rows: Sequence[Any]) -> ListContent:
    """The rows of a list as models."""
    found: Sequence[Any] = rows if key.is_paged else list(wire.units(rows))
    set_aside = [
        SetAside(key.kind, key.course, key.batch, row.page, row.field, row.row_id)
        for row in found
        if isinstance(row, wire.Unreadable)
    ]
    readable = [row for row in found if not isinstance(row, wire.Unreadable)]
    if not key.is_paged:
        return ListContent(readable, set_aside, [])
    is_batches = key.kind is ListKind.BATCHES
    findings = [
        Finding("time_unusable", Level.CHECK, f"{key.course} / {row['serial']}: {time}")
        for row in (readable if is_batches else ())
        for time in wire.unusable_times(row)
    ]
    findings += [
        Finding("field_unusable", Level.CHECK, f"{key}: {row['serial']}: {field}")
        for row in readable
        for field in row.get(wire.UNUSABLE, ())
    ]
    left_out = False if any(row.get("isAttend") is not None for row in readable) else None
    readers: Mapping[ListKind, Callable[[Any], Model]] = {
        ListKind.USERS: wire.learner,
        ListKind.COURSES: wire.course,
        ListKind.BATCHES: lambda row: wire.batch(row, key.course),
        ListKind.ASSIGNMENTS: lambda row: wire.assignment(row, key.course, key.batch, left_out=left_out),
    }
    return ListContent([readers[key.kind](row) for row in readable], set_aside, findings)


def says_whether_active(row: wire.Row) -> bool:
    """Whether a user record has its state; servers that leave out what is false give it of the active ones."""
    return not isinstance(row, wire.Unreadable) and row.get("isActive") is not None


def is_not_given(error: LmsError) -> bool:
    """Whether this account may not read a list, while it may read others: 404, or 403 with a fresh token too."""
    return isinstance(error, NotFound | Forbidden) or (isinstance(error, LoginRefused) and error.is_forbidden)


def counted(content: PageContent) -> int:
    """How many rows a list has by its first page.

    Raises:
        MalformedReply: more than any company has.
    """
    total = len(content.rows) if content.read.total is None else content.read.total
    if total > LONGEST_LIST_ROWS:
        raise MalformedReply(f"The LMS announces {total:,} rows, more than any company has; ask Ruangkerja.")
    return total


def check_users(records: int, *, any_says_active: bool) -> None:
    """Refuse a list of users that cannot make a report.

    Raises:
        UnfitUsers: it is empty, or no record says whether it is active.
    """
    if not records:
        raise UnfitUsers(
            "The LMS gave an empty list of users, so there is nothing to report; check in the LMS that this account"
            " may read all users, then fetch again."
        )
    if not any_says_active:
        raise UnfitUsers(
            "The LMS says of no user whether the account is active (field isActive), so nobody can be counted; ask"
            " Ruangkerja why, then fetch again."
        )
