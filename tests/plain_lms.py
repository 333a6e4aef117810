"""A small LMS written from the vendor's documentation alone: lists by path, cut into pages, and answers of one's own.

Shares nothing with the simulator, so that neither's habits are taken for the API's. People in it are made up.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Row = dict[str, Any]
Respond = Callable[[web.Request], web.StreamResponse | None]

USERS = "/ruangkerja/users"
STRUCTURE = "/ruangkerja/company-structure"
COURSES = "/ruangkerja/dashboard/courses"
BATCHES = f"{COURSES}/C-1/batches"
PLANS = "/ruangkerja/dashboard/learning-plans"
COMPLETIONS = "/ruangkerja/dashboard/user-course-status"


def assigned_to(batch: str, course: str = "C-1", kind: str = "webinar") -> str:
    """The path of a batch's assignments."""
    return f"{COURSES}/{course}/{kind}/{batch}/users"


def online_users(course: str) -> str:
    """The path of an online course's assignments."""
    return f"{COURSES}/{course}/online/users"


def user(number: int, **values: Any) -> Row:
    """A user record without serial, as the documentation has it."""
    return {
        "employeeID": f"E{number:03}",
        "name": f"Person {number}",
        "username": f"p{number}",
        "email": f"p{number}@contoh.test",
        "phone": "",
        "isActive": True,
        "companyName": "PT Contoh",
        "companySerial": "CMP-CONTOH",
        "organizationDisplayName": "Cabang",
        "organizationLevelSerial": "U-LOW",
        "tags": [],
    } | values


def batch(serial: str, start: str | None = "2026-03-05T02:00:00.000Z", **values: Any) -> Row:
    """A webinar batch of five hours."""
    return {
        "serial": serial,
        "name": serial,
        "mainActivityStartAt": start,
        "mainActivityEndAt": start and start.replace("T02", "T07"),
        "postActivityStartAt": None,
        "postActivityEndAt": None,
        "platform": "Zoom",
        "location": "https://conf.contoh.test/j/1",
        "note": "",
        "status": "Completed",
    } | values


def assignment(number: int, status: str = "Cleared", **values: Any) -> Row:
    """An assignment of `user(number)`."""
    return {
        "user": {"serial": f"S{number:03}", "name": f"Person {number}", "employeeID": f"E{number:03}"},
        "absentReason": "",
        "assignedCourseSerial": "ASGC-1",
        "feedback": "",
        "isAttend": status == "Cleared",
        "userAssignedStatus": status,
        "postActivityStatus": "",
        "postTestAttempt": 0,
        "postTestScore": 0,
        "postTestPassingScore": None,
    } | values


def online(number: int, status: str = "completed", completed: str | None = "", **values: Any) -> Row:
    """An assignment of `user(number)` to an online course."""
    return {
        "user": {"serial": f"S{number:03}", "name": f"Person {number}", "employeeID": f"E{number:03}"},
        "postTest": None,
        "preTest": None,
        "timeSpent": 0,
        "lastAccessMission": "2026-02-11T08:15:00.000Z",
        "completedAt": completed,
        "status": status,
    } | values


def plan(serial: str, **values: Any) -> Row:
    """A learning plan."""
    return {
        "serial": serial,
        "name": f"Plan {serial}",
        "description": "",
        "createdAt": "2026-01-02T02:00:00.000Z",
        "updatedAt": "2026-01-02T02:00:00.000Z",
        "avgPostTest": None,
        "avgPreTest": None,
        "numberOfCourses": 1,
        "numberOfParticipants": 1,
    } | values


def plan_course(course: str, deadline: str | None = "2026-12-31T06:00:00Z") -> Row:
    """A course of a plan."""
    return {"course": {"name": f"Course {course}", "serial": course}, "deadline": deadline, "avgPostTest": None}


def plan_user(number: int, status: str = "COMPLETED") -> Row:
    """A user of a plan."""
    person = {"serial": f"S{number:03}", "name": f"Person {number}", "employeeID": f"E{number:03}"}
    return {"user": person, "avgPostTest": None, "numberOfCourses": 1, "status": status}


def completion(number: int, completed: object, assigned: str = "ASGC-1", **values: Any) -> Row:
    """A completion of `user(number)`."""
    return {
        "assignedCourseSerial": assigned,
        "employeeID": f"E{number:03}",
        "courseName": "Course one",
        "completedAt": completed,
        "updatedAt": completed,
        "status": "completed",
    } | values


def unit(serial: str, *children: Row, **values: Any) -> Row:
    """A node of the company structure."""
    return {"serial": serial, "name": serial.title(), "isActive": True, "childOrganizations": list(children)} | values


def as_text(body: bytes | str, status: int = 200) -> Callable[[web.Request], web.StreamResponse]:
    """A fixed answer."""
    raw = body if isinstance(body, bytes) else body.encode()
    return lambda _: web.Response(body=raw, status=status, content_type="application/json")


@dataclass
class PlainLms:
    """Lists by path; `respond` may answer a path in its own way, `bend` may change a page's `data`.

    `completions` holds rows by the month in which they are given, such as `2026-10`; without them the endpoint is 404.
    """

    lists: dict[str, list[Row]] = field(default_factory=dict)
    structure: list[Row] = field(default_factory=lambda: [unit("U-TOP", unit("U-LOW"))])
    respond: dict[str, Respond] = field(default_factory=dict)
    bend: Callable[[str, Row], object] = lambda _path, data: data
    completions: dict[str, list[Row]] | None = None
    is_bare: bool = False  # completions come as a bare array
    token: str = "token.of-this-test"
    asked: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)  # path and query of each request, as sent
    windows: list[tuple[str, str]] = field(default_factory=list)  # of completions, as understood
    base_url: str = ""
    date: str = ""  # of its clock, as in the header; the real one if left out

    def __post_init__(self) -> None:
        """One course with one batch, in which all three people are cleared."""
        defaults: Mapping[str, list[Row]] = {
            USERS: [user(number) for number in (1, 2, 3)],
            COURSES: [{"serial": "C-1", "name": "Course one", "description": ""}],
            BATCHES: [batch("B-1")],
            assigned_to("B-1"): [assignment(number) for number in (1, 2, 3)],
        }
        self.lists = {**defaults, **self.lists}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any request."""
        self.asked.append(request.path)
        self.pages.append(request.raw_path)
        if request.path in self.respond and (response := self.respond[request.path](request)):
            return response
        if request.path == "/oauth/token":
            data: object = {"accessToken": self.token, "expiresIn": "43199", "tokenType": "bearer"}
        elif request.path == STRUCTURE:
            data = {"organizations": self.structure}
        elif request.path in self.lists:
            page, size = int(request.query["page"]), int(request.query["pageSize"])
            rows = self.lists[request.path]
            data = self.bend(
                request.path,
                {
                    "currentPage": page,
                    "totalItems": len(rows),
                    "totalPage": -(-len(rows) // size),
                    "items": rows[(page - 1) * size : page * size],
                },
            )
        elif request.path == COMPLETIONS and self.completions is not None:
            window = request.query["startTimestamp"], request.query["endTimestamp"]
            if any(" " in text or len(text) != len("2026-10-01T00:00:00+00:00") for text in window):
                return web.json_response({"errorCode": 400, "message": "BAD_REQUEST", "detail": "x"}, status=400)
            self.windows.append(window)
            rows = self.completions.get(window[0][:7], [])
            data = rows if self.is_bare else {"items": rows}
        else:
            error = {"errorCode": 404, "message": "NOT_FOUND", "detail": "x"}
            return web.json_response(error, status=404)
        return web.json_response({"status": "success", "message": "Success", "data": data}, dumps=json.dumps)


@contextmanager
def serving(lms: PlainLms) -> Iterator[PlainLms]:
    """Serve on loopback, in a thread with a loop of its own."""
    loop = asyncio.new_event_loop()
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/{path:.*}", lms.answer)

    async def dated(_: web.Request, response: web.StreamResponse) -> None:
        if lms.date:
            response.headers["Date"] = lms.date

    app.on_response_prepare.append(dated)
    runner = web.AppRunner(app, shutdown_timeout=0.1)

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        lms.base_url = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
        yield lms
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
