"""A made-up LMS for measuring how fast it can be read: pages of 100 rows, made before the first request.

    python -m benchmarks.page_server PAGES PER_SECOND JITTER_MS ANSWER_MS

It prints its port. PAGES are shared out among the users and four batches of one course. What exceeds PER_SECOND
requests in any sliding second is refused with 429; 0 refuses nothing. A request arrives up to JITTER_MS late, and its
answer takes ANSWER_MS more. `GET /_stats` tells what was asked, and is not counted itself. Knows no client.
"""

import asyncio
import hashlib
import json
import random
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from benchmarks.measuring import say

PAGE_SIZE, COURSE, BATCHES = 100, "COURSE-1", ("BATCH-1", "BATCH-2", "BATCH-3", "BATCH-4")
USERS_PATH = "/ruangkerja/users"
COURSES_PATH = "/ruangkerja/dashboard/courses"
_SHARE_OF_USERS = 0.4
_OK, _TOO_MANY, _UNKNOWN = "200 OK", "429 Too Many Requests", "404 Not Found"
_SYLLABLES = (
    "a",
    "be",
    "ci",
    "da",
    "fi",
    "gu",
    "har",
    "in",
    "ju",
    "ka",
    "lu",
    "man",
    "ni",
    "pra",
    "sa",
    "ti",
    "wu",
    "zul",
)
_TOKEN = {"status": "success", "data": {"accessToken": "a-token", "expiresIn": "3600"}}


def path_of_batch(batch: str) -> str:
    """Return the path of a batch's users."""
    return f"{COURSES_PATH}/{COURSE}/webinar/{batch}/users"


def pages_of_lists(pages: int) -> dict[str, int]:
    """Return by path how many pages each long list has."""
    users = max(1, round(pages * _SHARE_OF_USERS))
    each, more = divmod(max(len(BATCHES), pages - users), len(BATCHES))
    return {USERS_PATH: users} | {path_of_batch(batch): each + (at < more) for at, batch in enumerate(BATCHES)}


def people_of(path: str, pages: int) -> Iterator[tuple[str, str]]:
    """Yield employee id and name of each row of a list."""
    first = 0 if path == USERS_PATH else 7 * (1 + [*map(path_of_batch, BATCHES)].index(path))
    return ((f"{number:07}", _name(number)) for number in range(first, first + pages * PAGE_SIZE))


def _name(number: int) -> str:
    """Return a name whose letters repeat no more than those of names do."""
    drawn = hashlib.blake2b(number.to_bytes(4), digest_size=9).digest()
    syllables = [_SYLLABLES[byte % len(_SYLLABLES)] for byte in drawn]
    return " ".join("".join(syllables[at : at + 3]).title() for at in (0, 3, 6))


def _serial(employee_id: str, name: str) -> str:
    return f"{name[:4].upper().strip()}{int(employee_id) * 2654435761 % 2**40:010X}"


def _user(employee_id: str, name: str) -> dict[str, object]:
    return {
        "serial": _serial(employee_id, name),
        "employeeID": employee_id,
        "name": name,
        "username": name.lower().replace(" ", "."),
        "email": f"{name.lower().replace(' ', '.')}@contoh.test",
        "phone": f"62812{employee_id}",
        "isActive": employee_id[-1] != "7",
        "companyName": "PT Contoh Sejahtera",
        "companySerial": "CMP-CONTOH",
        "organizationDisplayName": "Penjualan Barat",
        "organizationLevelSerial": "COMPA1B2C3D4",
        "tags": [{"serial": "RUKRTAG-0A1B2C3D", "name": "Angkatan 12"}],
    }


def _assignment(employee_id: str, name: str) -> dict[str, object]:
    is_done = employee_id[-1] != "3"
    return {
        "user": {"serial": _serial(employee_id, name), "name": name, "employeeID": employee_id},
        "absentReason": "" if is_done else "Sakit",
        "assignedCourseSerial": f"ASGC-{employee_id}7Q8R9S",
        "feedback": "",
        "isAttend": is_done,
        "userAssignedStatus": "Cleared" if is_done else "Scheduled",
        "postActivityStatus": "COMPLETED" if is_done else "",
        "postTestAttempt": 1,
        "postTestScore": 85,
        "postTestPassingScore": 70,
    }


def _page(items: Sequence[Mapping[str, object]], number: int, pages: int) -> bytes:
    data = {"currentPage": number, "totalItems": pages * PAGE_SIZE, "totalPage": pages, "items": items}
    return _body(data if pages else data | {"totalItems": len(items), "totalPage": 1})


def _body(data: object) -> bytes:
    return json.dumps({"status": "success", "message": "Success", "data": data}, separators=(",", ":")).encode()


def _answers(pages: int) -> dict[tuple[str, int], bytes]:
    """Make each whole answer, by path and page."""
    batches = [
        {"serial": batch, "name": batch, "mainActivityStartAt": "2026-10-05T02:00:00Z", "platform": "Zoom"}
        for batch in BATCHES
    ]
    unit = {"serial": "COMPA1B2C3D4", "name": "Penjualan Barat", "isActive": True, "childOrganizations": []}
    found = {
        (COURSES_PATH, 1): _page([{"serial": COURSE, "name": "Anti pencucian uang"}], 1, 0),
        (f"{COURSES_PATH}/{COURSE}/batches", 1): _page(batches, 1, 0),
        ("/ruangkerja/company-structure", 1): _body({"organizations": [unit]}),
        ("/oauth/token", 1): json.dumps(_TOKEN).encode(),
    }
    for path, count in pages_of_lists(pages).items():
        row, people = (_user if path == USERS_PATH else _assignment), people_of(path, count)
        for number in range(1, count + 1):
            found[path, number] = _page([row(*next(people)) for _ in range(PAGE_SIZE)], number, count)
        found[path, count + 1] = _page([], count + 1, count)  # the probe behind a full last page
    return {key: _answer(_OK, body) for key, body in found.items()}


def _answer(status: str, body: bytes, *lines: str) -> bytes:
    head = (f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *lines, "", "")
    return "\r\n".join(head).encode() + body


@dataclass(slots=True)
class Stats:
    """What was asked: the seconds from the first arrival to the last answer are `span`."""

    requests: int = 0
    refused: int = 0
    busiest_second: int = 0
    first: float = 0.0
    last: float = 0.0

    def body(self) -> bytes:
        """Return it as JSON."""
        figures = {"requests": self.requests, "refused": self.refused, "busiest_second": self.busiest_second}
        return json.dumps(figures | {"span": self.last - self.first}).encode()


class PageServer:
    """Answers, and refuses by a strict sliding window in which refused requests count too."""

    def __init__(self, pages: int, per_second: int, jitter_seconds: float, answer_seconds: float) -> None:
        """Make all pages."""
        self._answers = _answers(pages)
        self._per_second, self._jitter, self._seconds = per_second, jitter_seconds, answer_seconds
        self._chance = random.Random(16)  # noqa: S311 - no secret
        self._window: deque[float] = deque()
        self.stats = Stats()

    def delay(self) -> float:
        """Return how late the next request arrives."""
        return self._chance.uniform(0, self._jitter)

    def answer_to(self, target: str) -> tuple[bytes, float]:
        """Return the answer to a request that arrives now, and the seconds until it leaves."""
        now, stats = time.monotonic(), self.stats
        window = self._window
        window.append(now)
        while window[0] <= now - 1:
            window.popleft()
        stats.requests += 1
        stats.first = stats.first or now
        stats.busiest_second = max(stats.busiest_second, len(window))
        if self._per_second and len(window) > self._per_second:
            stats.refused += 1
            return _answer(_TOO_MANY, b"{}", "Retry-After: 1"), 0
        parts = urlsplit(target)
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        return self._answers.get((parts.path, page)) or _answer(_UNKNOWN, b"{}"), self._seconds


class _Connection(asyncio.Protocol):
    """One connection that is kept alive; one request at a time."""

    def __init__(self, server: PageServer) -> None:
        self._server = server
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a server's transports can write

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if not end or len(rest) < int(length or 0):
            return
        self._received = b""
        target = head.split(b" ", 2)[1].decode()
        if target == "/_stats":
            self._send(_answer(_OK, self._server.stats.body()))
            return
        asyncio.get_running_loop().call_later(self._server.delay(), self._arrive, target)

    def _arrive(self, target: str) -> None:
        answer, seconds = self._server.answer_to(target)
        asyncio.get_running_loop().call_later(seconds, self._leave, answer)

    def _leave(self, answer: bytes) -> None:
        self._send(answer)
        self._server.stats.last = time.monotonic()

    def _send(self, answer: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(answer)


async def _serve(pages: int, per_second: int, jitter_ms: float, answer_ms: float) -> None:
    server = PageServer(pages, per_second, jitter_ms / 1000, answer_ms / 1000)
    listening = await asyncio.get_running_loop().create_server(lambda: _Connection(server), "127.0.0.1", 0)
    say(str(listening.sockets[0].getsockname()[1]))
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
