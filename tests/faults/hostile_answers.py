"""Hostile answers, as raw bytes over a real connection, to a real fetch: what each costs, and how it ends.

One answer of an otherwise tidy LMS is hostile each time. Knows HTTP by its bytes, not how the program reads it.
"""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


MB = 2**20
_ONLINE = "/ruangkerja/dashboard/courses/O/online/users"
_PLANS = "/ruangkerja/dashboard/learning-plans"
_COMPLETIONS = "/ruangkerja/dashboard/user-course-status"
_COMPLETION = (
    b'{"employeeID": "1", "assignedCourseSerial": "A", "courseName": "C", "status": "completed",'
    b' "completedAt": "2026-10-06"}'
)
_CHUNK = 64 * 1024

Bytes = Callable[[str], Iterable[bytes]]
"""The pieces of a whole HTTP answer, head included, to a target."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile answer to one list; `requests` is how often it may be asked for at most."""

    answer: Bytes
    path: str = "/ruangkerja/users"
    requests: int = 6


def head(status: str = "200 OK", length: int | None = None, *lines: str) -> bytes:
    """The head of an answer."""
    known = [f"HTTP/1.1 {status}", "Content-Type: application/json", *lines]
    return "\r\n".join(
        (*known, f"Content-Length: {length}" if length is not None else "Connection: close", "", "")
    ).encode()


def body(content: bytes, status: str = "200 OK", *lines: str) -> Bytes:
    """A whole answer."""
    return lambda _: (head(status, len(content), *lines), content)


def page(items: bytes, total: object = 3, pages: object = 1) -> bytes:
    """A page with these items, as bytes that may be anything."""
    data = f'"currentPage": 1, "totalItems": {json.dumps(total)}, "totalPage": {json.dumps(pages)}, "items": '
    return b'{"status": "success", "data": {' + data.encode() + items + b"}}"


def many(piece: bytes, size: int, between: bytes = b",") -> bytes:
    """A list of so many bytes made of one piece."""
    count = max(1, size // (len(piece) + len(between)))
    return b"[" + between.join([piece] * count) + b"]"


def for_ever(piece: bytes, *, chunked: bool = False) -> Bytes:
    """An answer that does not end until the connection is closed."""

    def pieces(_: str) -> Iterator[bytes]:
        yield head("200 OK", None, "Transfer-Encoding: chunked") if chunked else head()
        while True:
            yield b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece

    return pieces


def bomb(content: bytes, encoding: str) -> Bytes:
    """A small answer that unpacks to much."""
    packed = gzip.compress(content, 9) if encoding == "gzip" else zlib.compress(content, 9)
    return body(packed, "200 OK", f"Content-Encoding: {encoding}")


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """Brackets in brackets."""
    return opening * depth + closing * depth


def pages_for_ever(total: int | None) -> Bytes:
    """Full pages of ever new people, whatever page is asked for."""

    def pieces(target: str) -> Iterable[bytes]:
        number, size = (int(part.partition("=")[2]) for part in target.partition("?")[2].split("&"))
        rows = [{"employeeID": f"{number}-{one}", "name": "x", "isActive": True} for one in range(size)]
        content = page(json.dumps(rows).encode(), total, total)
        return head("200 OK", len(content)), content

    return pieces


def fat_pages_for_ever(total: int, rows: int) -> Bytes:
    """As `pages_for_ever`, with far more rows a page than are asked for."""

    def pieces(target: str) -> Iterable[bytes]:
        number = int(target.partition("page=")[2].partition("&")[0])
        people = [{"employeeID": f"{number}-{one}", "name": "x" * 300, "isActive": True} for one in range(rows)]
        content = page(json.dumps(people).encode(), total, 10**6)
        return head("200 OK", len(content)), content

    return pieces


def a_user(**values: object) -> bytes:
    """A page of one user with these values."""
    return page(json.dumps([{"employeeID": "1", "name": "A", "isActive": True} | values]).encode(), 1)


def completions(answer: Bytes, requests: int = 6) -> Hostile:
    """An answer to the completions of each month."""
    return Hostile(answer, _COMPLETIONS, requests)


def a_bare_array(piece: bytes, count: int) -> Bytes:
    """Completions without anything around them."""
    return body(b'{"status": "success", "data": [' + b",".join([piece] * count) + b"]}")


def structure(content: bytes) -> Hostile:
    """An answer to the company structure."""
    return Hostile(
        body(b'{"status": "success", "data": {"organizations": ' + content + b"}}"), "/ruangkerja/company-structure"
    )


def waits(*lines: str, status: str = "429 Too Many Requests") -> Hostile:
    """An answer that asks for a wait."""
    return Hostile(body(b"{}", status, *lines), requests=1)


_BIG = 5 * MB  # below what one answer may have
_DEEP_TREE = b'{"serial": "U", "name": "U", "childOrganizations": ['

TABLE: Mapping[str, Callable[[], Hostile]] = {
    # ---- rows
    "10^6 empty objects": lambda: Hostile(body(page(many(b"{}", 3 * 10**6)))),
    "5 MB of empty objects": lambda: Hostile(body(page(many(b"{}", _BIG)))),
    "5 MB of empty lists": lambda: Hostile(body(page(many(b"[]", _BIG)))),
    "5 MB of lists in lists": lambda: Hostile(body(page(many(b"[[]]", _BIG)))),
    "5 MB of objects with one key": lambda: Hostile(body(page(many(b'{"":0}', _BIG)))),
    "5 MB of objects in objects": lambda: Hostile(body(page(many(b'{"a":{}}', _BIG)))),
    "5 MB of numbers": lambda: Hostile(body(page(many(b"1e5", _BIG)))),
    "5 MB of texts": lambda: Hostile(body(page(many(b'"ab"', _BIG)))),
    "5 MB of nulls": lambda: Hostile(body(page(many(b"null", _BIG)))),
    "5 MB of different keys in one object": lambda: Hostile(
        body(page(b"[{" + b",".join(b'"%d": 0' % one for one in range(_BIG // 14)) + b"}]"))
    ),
    "9,999 rows that cannot be read": lambda: Hostile(body(page(b"[" + b",".join([b"7"] * 9_999) + b"]", 9_999))),
    "10,001 rows that cannot be read": lambda: Hostile(body(page(b"[" + b",".join([b"7"] * 10_001) + b"]", 10_001))),
    "9,999 times one person": lambda: Hostile(
        body(page(b"[" + b",".join([b'{"employeeID": "1", "isActive": true}'] * 9_999) + b"]", 9_999))
    ),
    "a name of 5 MB": lambda: Hostile(body(a_user(name="A" * _BIG))),
    "a name of a million emojis": lambda: Hostile(body(a_user(name="\U0001f600" * (_BIG // 12)))),
    "a name of half emojis": lambda: Hostile(
        body(page(b'[{"employeeID": "1", "name": "' + b"\\ud83d" * (_BIG // 6) + b'"}]'))
    ),
    "100,000 tags of one user": lambda: Hostile(body(a_user(tags=[{"serial": "T", "name": "T"}] * 100_000))),
    "a field of 5 MB that is not known": lambda: Hostile(body(a_user(unknown=[[]] * (_BIG // 4)))),
    "an id with line breaks and escapes": lambda: Hostile(body(a_user(employeeID="1\n\x1b[2J\u202e"))),
    # ---- online courses and learning plans
    "9,999 online users that cannot be read": lambda: Hostile(
        body(page(b"[" + b",".join([b"7"] * 9_999) + b"]", 9_999)), _ONLINE, requests=7
    ),
    "5 MB of empty online users": lambda: Hostile(body(page(many(b"{}", _BIG))), _ONLINE),
    "online users for ever": lambda: Hostile(for_ever(b"{}," * 10_000), _ONLINE),
    "online users that complete in 5 MB": lambda: Hostile(
        body(page(b'[{"user": {"employeeID": "1"}, "completedAt": "' + b"9" * _BIG + b'"}]', 1)), _ONLINE
    ),
    "an online course with a web page": lambda: Hostile(body(b"<html>"), _ONLINE),
    "5 MB of learning plans": lambda: Hostile(body(page(many(b'{"serial": "P"}', _BIG))), _PLANS),
    "a plan that is deep": lambda: Hostile(body(page(nested(100_000))), f"{_PLANS}/P/courses"),
    "a plan's courses that are texts": lambda: Hostile(body(page(b'["C", "O"]', 2)), f"{_PLANS}/P/courses"),
    "a plan's users without end": lambda: Hostile(pages_for_ever(10**12), f"{_PLANS}/P/users", requests=1),
    "a plan's users that are null": lambda: Hostile(body(page(b"[null, null, null]")), f"{_PLANS}/P/users"),
    # ---- dates of completion
    "40 MB of completions": lambda: completions(body(b" " * (40 * MB))),
    "completions for ever": lambda: completions(for_ever(_COMPLETION * 1_000)),
    "60 MB of completions in gzip": lambda: completions(bomb(b" " * (60 * MB), "gzip")),
    "50,000 completions": lambda: completions(a_bare_array(_COMPLETION, 50_000)),
    "99,000 completions that cannot be read": lambda: completions(a_bare_array(b"7", 99_000)),
    "99,000 empty completions": lambda: completions(a_bare_array(b"{}", 99_000)),
    "a million completions": lambda: completions(a_bare_array(b"{}", 10**6)),
    "completions that are deep": lambda: completions(a_bare_array(nested(100_000), 1)),
    "completions that wait a day": lambda: completions(
        body(b"{}", "429 Too Many Requests", "Retry-After: 86400"), requests=1
    ),
    "completions of nobody": lambda: completions(lambda _: (), requests=8),
    # ---- numbers
    "a total of 10^12": lambda: Hostile(body(page(b"[]", 10**12, 10**10)), requests=1),
    "a total of 10^12 with full pages": lambda: Hostile(pages_for_ever(10**12), requests=1),
    "a total of 10^300": lambda: Hostile(body(page(b"[]", 10**300))),
    "a total of 10^300 as a float": lambda: Hostile(body(page(b"[]", 1e300)), requests=1),
    "a small total and full pages for ever": lambda: Hostile(pages_for_ever(90), requests=400),
    "a small total and fat pages for ever": lambda: Hostile(fat_pages_for_ever(300, 9_900)),
    "a large total and fat pages for ever": lambda: Hostile(fat_pages_for_ever(390_000, 9_900), requests=60),
    "no total and full pages for ever": lambda: Hostile(pages_for_ever(None), requests=400),
    "10^9 pages": lambda: Hostile(body(page(b"[]", 3, 10**9))),
    "a total below zero": lambda: Hostile(body(page(b"[]", -(10**9)))),
    "a total of 5,000 digits": lambda: Hostile(body(page(b"[]").replace(b"3", b"9" * 5_000))),
    "a number of 5 MB": lambda: Hostile(body(page(b"[" + b"9" * _BIG + b"]"))),
    "a float of 5 MB": lambda: Hostile(body(page(b"[0." + b"9" * _BIG + b"]"))),
    "an exponent of 10^9": lambda: Hostile(body(page(b"[1e1000000000]"))),
    "not a number": lambda: Hostile(body(page(b"[NaN, Infinity, -Infinity]"))),
    # ---- depth
    "lists 100 deep": lambda: Hostile(body(page(nested(100)))),
    "lists 300 deep": lambda: Hostile(body(page(nested(300)))),
    "an unknown field 500 deep": lambda: Hostile(
        body(a_user().replace(b'"name"', b'"deep": ' + nested(500) + b', "name"'))
    ),
    "lists 1,000 deep": lambda: Hostile(body(page(nested(1_000)))),
    "lists 100,000 deep": lambda: Hostile(body(page(nested(100_000)))),
    "2.5 million brackets": lambda: Hostile(body(page(nested(_BIG // 2)))),
    "objects 100,000 deep": lambda: Hostile(body(page(nested(100_000, b'{"a":', b"}")))),
    "a structure 90 deep": lambda: structure(b"[" + _DEEP_TREE * 90 + b"]}" * 90 + b"]"),
    "a structure 320 deep": lambda: structure(b"[" + _DEEP_TREE * 320 + b"]}" * 320 + b"]"),
    "a structure 450 deep": lambda: structure(b"[" + _DEEP_TREE * 450 + b"]}" * 450 + b"]"),
    "a structure 10,000 deep": lambda: structure(b"[" + _DEEP_TREE * 10_000 + b"]}" * 10_000 + b"]"),
    "a structure of 49,000 units": lambda: structure(many(b'{"serial": "U", "name": "U"}', 49_000 * 29)),
    "a structure of 5 MB of empty objects": lambda: structure(many(b"{}", _BIG)),
    "a structure that is a text": lambda: structure(b'"units"'),
    # ---- letters
    "nothing": lambda: Hostile(body(b"")),
    "5 MB of blanks": lambda: Hostile(body(b" " * _BIG)),
    "5 MB of zeros": lambda: Hostile(body(b"\x00" * _BIG)),
    "5 MB of FF": lambda: Hostile(body(b"\xff" * _BIG)),
    "UTF-16": lambda: Hostile(body(a_user().decode().encode("utf-16"))),
    "UTF-32": lambda: Hostile(body(a_user().decode().encode("utf-32"))),
    "5 MB of backslashes": lambda: Hostile(body(page(b'["' + b"\\" * _BIG + b'"]'))),
    "a text that does not end": lambda: Hostile(body(page(b'["' + b"A" * _BIG)[:-10])),
    "5 MB of half letters": lambda: Hostile(body(page(b'["' + b"\xe2\x82" * (_BIG // 2) + b'"]'))),
    "5 MB of a web page": lambda: Hostile(body(b"<html>" + b"<p>" * (_BIG // 3))),
    # ---- sizes
    "40 MB": lambda: Hostile(body(b" " * (40 * MB))),
    "a length of 10^15": lambda: Hostile(lambda _: (head("200 OK", 10**15), b"{}")),
    "blanks for ever": lambda: Hostile(for_ever(b" " * _CHUNK)),
    "rows for ever": lambda: Hostile(for_ever(b"{}," * 10_000)),
    "chunks for ever": lambda: Hostile(for_ever(b" " * _CHUNK, chunked=True)),
    "60 MB in gzip": lambda: Hostile(bomb(b" " * (60 * MB), "gzip")),
    "60 MB in deflate": lambda: Hostile(bomb(b" " * (60 * MB), "deflate")),
    "gzip that is none": lambda: Hostile(body(b"{}", "200 OK", "Content-Encoding: gzip")),
    "an encoding that does not exist": lambda: Hostile(body(b"{}", "200 OK", "Content-Encoding: x-none")),
    # ---- heads
    "a header of 5 MB": lambda: Hostile(body(b"{}", "200 OK", "X-A: " + "a" * _BIG)),
    "a million headers": lambda: Hostile(body(b"{}", "200 OK", *["X-A: a"] * 10**5)),
    "a head that does not end": lambda: Hostile(lambda _: (b"HTTP/1.1 200 OK\r\n", *[b"X-A: a\r\n"] * 10**5)),
    "no HTTP": lambda: Hostile(lambda _: (b"\x16\x03\x01\x02\x00" * 100,)),
    "a status of 999": lambda: Hostile(body(b"{}", "999 Strange")),
    "a status that is no number": lambda: Hostile(body(b"{}", "abc Strange")),
    "a redirect to itself": lambda: Hostile(body(b"", "302 Found", "Location: /ruangkerja/users"), requests=1),
    "closed at once": lambda: Hostile(lambda _: ()),
    # ---- waits
    "a wait of 99,999 s": lambda: waits("Retry-After: 99999"),
    "a wait of 61 s": lambda: waits("Retry-After: 61"),
    "a wait of 10^300 s": lambda: waits("Retry-After: 1" + "0" * 300),
    "a wait until the year 9999": lambda: waits("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
    "a wait of a day, at 503": lambda: waits("Retry-After: 86400", status="503 Service Unavailable"),
    # ---- logins
    "a token with a line break": lambda: Hostile(
        body(b'{"status": "success", "data": {"accessToken": "a\\nX-Evil: 1"}}'), "/oauth/token"
    ),
    "a token of 5 MB": lambda: Hostile(
        body(b'{"status": "success", "data": {"accessToken": "' + b"a" * _BIG + b'"}}'), "/oauth/token"
    ),
    "a token that is a list": lambda: Hostile(
        body(b'{"status": "success", "data": {"accessToken": ["a"]}}'), "/oauth/token"
    ),
    "a login of 40 MB": lambda: Hostile(body(b" " * (40 * MB)), "/oauth/token"),
}


@dataclass
class HostileLms:
    """A tidy LMS on loopback with one hostile answer. `asked` holds the paths of all requests."""

    hostile: Hostile
    tidy: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    base_url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection with one answer."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = request.split(" ", 2)[1]
            path = target.partition("?")[0]
            self.asked.append(path)
            pieces = self.hostile.answer(target) if path == self.hostile.path else self._tidy(path)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def _tidy(self, path: str) -> Iterable[bytes]:
        content = json.dumps({"status": "success", "data": self.tidy[path]}).encode()
        return head("200 OK", len(content), "Connection: close"), content


def tidy_answers() -> dict[str, Any]:
    """The lists of one course with one batch, one online course, one learning plan and one person."""

    def listed(*rows: object) -> dict[str, object]:
        return {"currentPage": 1, "totalItems": len(rows), "totalPage": 1, "items": rows}

    course = "/ruangkerja/dashboard/courses"
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return {
        "/oauth/token": {"accessToken": "a.b", "expiresIn": "43199", "tokenType": "bearer"},
        "/ruangkerja/company-structure": {"organizations": [{"serial": "U", "name": "U"}]},
        "/ruangkerja/users": listed({"employeeID": "1", "name": "A", "isActive": True}),
        course: listed({"serial": "C", "name": "C"}, {"serial": "O", "name": "O"}),
        f"{course}/C/batches": listed(
            {"serial": "B", "name": "B", "platform": "Zoom", "mainActivityStartAt": yesterday.isoformat()}
        ),
        f"{course}/O/batches": listed(),
        _ONLINE: listed({"user": {"employeeID": "1"}, "status": "completed", "completedAt": "2026-10-06"}),
        _PLANS: listed({"serial": "P", "name": "P"}),
        f"{_PLANS}/P/courses": listed({"course": {"serial": "C", "name": "C"}, "deadline": "2026-12-31T00:00:00Z"}),
        f"{_PLANS}/P/users": listed({"user": {"employeeID": "1"}, "status": "COMPLETED"}),
        _COMPLETIONS: {"items": [json.loads(_COMPLETION)]},
        f"{course}/C/webinar/B/users": listed({"user": {"employeeID": "1"}, "userAssignedStatus": "Cleared"}),
    }


@asynccontextmanager
async def serving(hostile: Hostile) -> "AsyncIterator[HostileLms]":
    """Serve on loopback."""
    lms = HostileLms(hostile, tidy_answers())
    server = await asyncio.start_server(lms.answer, "127.0.0.1", 0, limit=MB)
    async with server:
        lms.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield lms
