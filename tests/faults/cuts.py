"""Cut connections: a proxy between the command and the LMS that hangs up, resets or falls silent, by seed."""

import asyncio
import contextlib
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Self

from rkreport.core.snapshot import ListKind, Verdict
from tests.faults.figures import Part
from tests.faults.workbench import Lms, Workplace, content_of, lost_and_doubled, workplace
from tests.simulator_fixture import made

_BETWEEN_CUTS_BYTES = (1, 120_000)  # of answers, on one connection
_MOST_COMMANDS = 40
_CHUNK_BYTES = 4096


class CuttingProxy:
    """Passes bytes on until a connection's time has come."""

    def __init__(self, port: int, rng: Random) -> None:
        """Take where to pass them on to."""
        self._target = port
        self._rng = rng
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.cuts: Counter[str] = Counter()
        self.base_url = ""

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _stop(self) -> None:
        if self._server:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self._target)
            asking = asyncio.create_task(_pass_on(reader, onward_writer))
            try:
                await self._answer(onward_reader, writer)
            finally:
                asking.cancel()
                onward_writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # the other side was quicker
        finally:
            self._connections.discard(task)
            with contextlib.suppress(OSError):
                writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left, way = self._rng.randint(*_BETWEEN_CUTS_BYTES), self._rng.choice(("hang up", "reset", "silence"))
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk[:left])
            await writer.drain()
            left -= len(chunk)
            if left > 0:
                continue
            self.cuts[way] += 1
            if way == "reset":
                writer.transport.abort()
            elif way == "silence":
                await asyncio.sleep(60)  # longer than anybody waits
            return


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()


def cut_connections(folder: Path, cuts: int, seed: int, *, people: int = 150) -> Part:
    """Fetch through the proxy until it has cut that often; then what was fetched must be what is there."""
    part = Part(f"Cut connections (seed {seed})")
    ends: Counter[int] = Counter()
    lost = doubled = fetches = without_dates = 0
    with (
        Lms(made(people=people, courses=2, batches=6)) as lms,
        CuttingProxy(lms.port, Random(seed)) as proxy,  # noqa: S311 - reproducible, not secret
    ):
        calm = workplace(folder / "calm", lms, page_size=10)
        part.must(calm.run("fetch", "--quiet").code == 0, "the undisturbed fetch failed")
        content = content_of(calm.snapshot())
        for attempts in (6, 2, 1) * cuts:
            place = _impatient(folder / f"cuts-{fetches}", lms, proxy.base_url, attempts)
            for _ in range(_MOST_COMMANDS):
                ended = place.run("fetch", "--quiet")
                ends[ended.code] += 1
                part.must(ended.code in {0, 3, 4}, f"exit code {ended.code}: {ended.said}")
                part.must(not ended.has_traceback, ended.said)
                if ended.code == 0:
                    break
            fetches += 1
            found = place.snapshot()
            undated = sum(each.kind is ListKind.COMPLETIONS and each.verdict is Verdict.ABSENT for each in found.lists)
            part.must(not undated or "no completion dates" in ended.said, "months without dates are not told")
            wanted, got = content, content_of(found)
            if undated:
                wanted, got = replace(wanted, completions=()), replace(got, completions=())
            one = lost_and_doubled(wanted, got)
            lost, doubled, without_dates = lost + one[0], doubled + one[1], without_dates + undated
            part.must(ended.code == 0, f"with {attempts} attempts a request no command of {_MOST_COMMANDS} ended whole")
            if proxy.cuts.total() >= cuts or part.wrong:
                break
        part.figure("fetches", fetches)
        for way, count in sorted(proxy.cuts.items()):
            part.figure(f"connections cut: {way}", count)
        for code, count in sorted(ends.items()):
            part.figure(f"commands that ended with {code}", count)
        part.figure("months that the fetch said it has no completion dates of", without_dates)
        part.none_of("rows lost", range(lost))
        part.none_of("rows doubled", range(doubled))
    return part


def _impatient(folder: Path, lms: Lms, base_url: str, attempts: int) -> Workplace:
    """A place that waits for a second only and tries so many times."""
    place = workplace(folder, lms, base_url=base_url, page_size=10)
    config = place.folder / "config.toml"
    limits = f"[lms]\ntimeout_seconds = 1\nmax_attempts = {attempts}\n"
    config.write_text(config.read_text("utf-8").replace("[lms]\n", limits, 1), "utf-8")
    return place
