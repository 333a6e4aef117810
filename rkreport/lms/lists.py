"""What each list of the LMS is called, where it is asked for, and what its answers hold. Pure: bytes in, models out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from pydantic import TypeAdapter

from rkreport.core.models import Assignment, Batch, Course, CourseKind, Learner, ListKind, Unit
from rkreport.lms import wire
from rkreport.lms.paging import ListKey, PageRead

UNITS = ListKey(ListKind.UNITS)
USERS = ListKey(ListKind.USERS)
COURSES = ListKey(ListKind.COURSES)

Model = Learner | Unit | Course | Batch | Assignment


def batches_of(course: str) -> ListKey:
    """The batch list of a course."""
    return ListKey(ListKind.BATCHES, course)


def assignments_of(course: str, batch: str, kind: CourseKind) -> ListKey:
    """The assignment list of a batch; the LMS wants to be told whether it is a webinar."""
    return ListKey(ListKind.ASSIGNMENTS, course, batch, kind.value)


@dataclass(frozen=True, slots=True)
class PageContent:
    """A parsed page: its rows as the LMS sent them, and what paging needs to know of it."""

    rows: tuple[Mapping[str, Any], ...]
    read: PageRead


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


_SHAPES: Mapping[ListKind, TypeAdapter[Any]] = {
    ListKind.UNITS: wire.STRUCTURE,
    ListKind.USERS: wire.USERS,
    ListKind.COURSES: wire.COURSES,
    ListKind.BATCHES: wire.BATCHES,
    ListKind.ASSIGNMENTS: wire.ASSIGNMENTS,
}


def shape_of(key: ListKey) -> TypeAdapter[Any]:
    """What its answers must look like."""
    return _SHAPES[key.kind]


def parsed(key: ListKey, body: bytes) -> Mapping[str, Any]:
    """A body that was kept because it was good, parsed again."""
    return cast("Mapping[str, Any]", shape_of(key).validate_json(body))


def content_of(key: ListKey, reply: Mapping[str, Any]) -> PageContent:
    """The rows of a parsed answer. The company structure is one page that is its own total."""
    data = reply["data"]
    if key.kind is ListKind.UNITS:
        nodes = tuple(data["organizations"] or ())
        return PageContent(nodes, PageRead(tuple(node["serial"] for node in nodes), len(nodes), 1))
    rows = tuple(data["items"] or ())
    identities = tuple(wire.identity(row) for row in rows)
    return PageContent(rows, PageRead(identities, data.get("totalItems"), data.get("totalPage")))


def models_of(key: ListKey, rows: Sequence[Any]) -> list[Model]:
    """The rows of a list as models."""
    readers: Mapping[ListKind, Callable[[Any], Model]] = {
        ListKind.USERS: wire.learner,
        ListKind.COURSES: wire.course,
        ListKind.BATCHES: lambda row: wire.batch(row, key.course),
        ListKind.ASSIGNMENTS: lambda row: wire.assignment(row, key.course, key.batch),
    }
    if key.kind is ListKind.UNITS:
        return list(wire.units(list(rows)))
    return [readers[key.kind](row) for row in rows]
