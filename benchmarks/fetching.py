"""How fast a whole LMS is read at a rate limit and without one: `rkreport fetch` and its peers side by side.

Every client runs in a process of its own against a server of its own, and what it kept is compared with the rows that
the server has before any figure is printed.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.fetch_clients import CLIENTS, LISTS
from benchmarks.measuring import answer_of_a_process, measured_in_a_process, say, say_skipped
from benchmarks.page_server import pages_of_lists, people_of

_JITTER_MS, _ANSWER_MS = 10, 20


@dataclass(frozen=True, slots=True)
class Case:
    """A limit (0: none), and the pages of all lists together."""

    per_second: int
    pages: int

    @property
    def title(self) -> str:
        """Say what is measured."""
        limit = f"at most {self.per_second} requests in any second" if self.per_second else "no limit"
        return f"Fetch: {limit}, {self.pages:,} pages of 100 rows, answers after {_ANSWER_MS} to"


def cases_of(pages: int) -> tuple[Case, ...]:
    """Return what is measured: 20 and 200 a second, and no limit; a fifteenth of the pages at 20, which takes long."""
    return Case(20, max(6, pages // 15)), Case(200, pages), Case(0, pages)


@dataclass(frozen=True, slots=True)
class _Run:
    requests: float
    refused: float
    span: float
    cpu_seconds: float
    wall_seconds: float
    peak_mb: float


def compare_fetches(cases: Sequence[Case], names: Sequence[str], times: int) -> None:
    """Measure each client in each case so many times, and print the medians."""
    for case in cases:
        say(f"{case.title} {_ANSWER_MS + _JITTER_MS} ms; medians of {times}\n")
        say(
            f"{'client':<28}{'requests':>9}{'refused':>9}{'wall s':>8}{'÷ ideal':>9}{'requests/s':>12}"
            f"{'CPU s':>8}{'CPU ms/request':>16}{'peak MB':>9}{'process s':>11}"
        )
        for name in names:
            if not CLIENTS[name].missing:
                _say_runs(name, case, [_run(name, case) for _ in range(times)])
        say("")
    say_skipped([(name, CLIENTS[name].missing) for name in names if CLIENTS[name].missing])
    say(
        "Wall is from the first request's arrival to the last answer, ideal is answered requests ÷ limit; CPU is the"
        " whole process, imports included. rkreport asks for each list twice, to prove it.\n"
    )


def _say_runs(name: str, case: Case, runs: Sequence[_Run]) -> None:
    requests, span, cpu = (median(getattr(one, what) for one in runs) for what in ("requests", "span", "cpu_seconds"))
    answered = median(one.requests - one.refused for one in runs)
    ratio = f"{span * case.per_second / answered:.3f}" if case.per_second else ""
    say(
        f"{name:<28}{requests:>9.0f}{max(one.refused for one in runs):>9.0f}{span:>8.2f}{ratio:>9}"
        f"{requests / span:>12.0f}{cpu:>8.2f}{1000 * cpu / requests:>16.2f}"
        f"{median(one.peak_mb for one in runs):>9.0f}{median(one.wall_seconds for one in runs):>11.2f}"
    )


def _run(name: str, case: Case) -> _Run:
    with serving(case) as url, tempfile.TemporaryDirectory() as folder:
        took = measured_in_a_process("fetch", name, url, str(case.per_second), folder)
        with urllib.request.urlopen(f"{url}/_stats") as answer:  # noqa: S310 - our own server
            stats = json.load(answer)
        if answer_of_a_process("compare-fetch", name, str(case.pages), folder)["differing"]:
            raise RuntimeError(f"{name} did not keep the rows that it was served")
    return _Run(stats["requests"], stats["refused"], stats["span"], took.cpu_seconds, took.wall_seconds, took.peak_mb)


@contextmanager
def serving(case: Case) -> Iterator[str]:
    """Serve in a process of its own; yields the URL."""
    figures = (case.pages, case.per_second, _JITTER_MS, _ANSWER_MS)
    command = [sys.executable, "-m", "benchmarks.page_server", *map(str, figures)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            yield f"http://127.0.0.1:{int((server.stdout or sys.stdin).readline())}"
        finally:
            server.kill()


# ---- the same rows?

Kept = Iterable[tuple[str, str, str]]
"""List, employee id and name of each row."""


def differing_rows(name: str, pages: int, folder: Path) -> int:
    """How many rows a client kept too much or too little, or other than they were served."""
    kept = Counter(_kept_by_rkreport(folder) if name.startswith("rkreport") else _kept(folder))
    kept.subtract(Counter(_served(pages)))
    return sum(map(abs, kept.values()))


def _served(of_all_lists: int) -> Kept:
    pages = pages_of_lists(of_all_lists)
    return ((name, *person) for name, path in LISTS.items() for person in people_of(path, pages[path]))


def _kept(folder: Path) -> Kept:
    for name in LISTS:
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                person = row.get("user", row)
                yield name, person["employeeID"], person["name"]


def _kept_by_rkreport(folder: Path) -> Kept:
    from datetime import UTC, datetime  # noqa: PLC0415 - rkreport is imported here alone

    from rkreport.lms.assemble import FetchRecord, assemble  # noqa: PLC0415 - as above
    from rkreport.store.database import Database  # noqa: PLC0415 - as above
    from rkreport.store.snapshots import Snapshots  # noqa: PLC0415 - as above

    with closing(Database(folder / "rkreport-data")) as database:
        snapshots = Snapshots(database, lambda: datetime.now(UTC))
        row = snapshots.finished(None)
        record = FetchRecord(
            row.snapshot_id, row.host, row.started_at, row.finished_at or row.started_at, row.lists, row.traffic
        )
        snapshot = assemble(record, snapshots.pages(row.snapshot_id))
    yield from (("users", one.employee_id, one.name) for one in snapshot.learners)
    yield from ((one.batch_serial, one.employee_id, one.name) for one in snapshot.assignments)
