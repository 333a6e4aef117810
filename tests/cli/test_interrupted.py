"""A fetch that is interrupted: what it says, what it leaves, and that the next one asks for nothing twice."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import Outcome, Workspace, serving, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such signals")

IN_FLIGHT = 4
ANSWERED = 12  # requests, the login too, before the server stops answering


class Stall:
    """The server's way to sleep: from the `ANSWERED`-th request on nobody gets an answer, until the stall is over."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self.waiting = 0
        self.is_over = False
        self._calls = 0

    async def __call__(self, _seconds: float) -> None:
        """Called once for each request before it is answered."""
        self._calls += 1
        if self._calls <= ANSWERED or self.is_over:
            return
        self.waiting += 1
        while not self.is_over:  # noqa: ASYNC110 - another thread says so
            await asyncio.sleep(0.01)
        raise web.HTTPServiceUnavailable  # who has gone away got no answer


@dataclass(frozen=True, slots=True)
class Story:
    """A fetch that was interrupted, somebody who came in between, and the fetch that went on."""

    interrupted: Outcome
    meanwhile: Outcome
    next: Outcome
    answered: Counter[str]


def configure(workspace: Workspace, company: Company, simulator: Simulator) -> None:
    """Small pages, so that there are many, and few requests at once."""
    workspace.configure(company, simulator.base_url)
    workspace.edit("page_size = 20", f"page_size = 10\nmax_in_flight = {IN_FLIGHT}")


@pytest.fixture(scope="module")
def story(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Ctrl-C in the middle of a fetch, while all workers wait for the server."""
    workspace, stall = Workspace(tmp_path_factory.mktemp("story")), Stall()
    with serving(company, "latency-ms=1", sleep=stall) as simulator:
        configure(workspace, company, simulator)
        process = workspace.start("fetch", "--fresh", "--config", "config.toml")
        wait_until(lambda: stall.waiting == IN_FLIGHT)
        meanwhile = workspace.rkreport("fetch")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        stall.is_over = True
        following = workspace.rkreport("fetch")
        return Story(Outcome(process.returncode, out, err), meanwhile, following, simulator.traffic.answered)


def test_ctrl_c_says_how_to_go_on(story: Story) -> None:
    """Exit code 130, no traceback, and a command that goes on: without the `--fresh` that would start anew."""
    assert (story.interrupted.code, story.interrupted.out) == (130, "")
    assert story.interrupted.err.splitlines()[-1] == (
        "Interrupted; no page that was read is lost. To go on, say: rkreport fetch --config config.toml"
    )
    assert "Traceback" not in story.interrupted.err
    assert "Error" not in story.interrupted.err


def test_the_next_fetch_asks_for_no_page_twice(story: Story, company: Company, workspace: Workspace) -> None:
    """Both fetches together got each page as often as one that nobody interrupts; only the login came twice."""
    assert story.next.code == 0, story.next.err
    with serving(company) as simulator:
        configure(workspace, company, simulator)
        assert workspace.rkreport("fetch").code == 0
    assert story.answered == simulator.traffic.answered + Counter({"POST /oauth/token": 1})
    kept = ANSWERED - 1  # all but the login
    assert re.match(rf"Going on with the interrupted fetch \S+: {kept} pages read already\.\n", story.next.err)


def test_a_second_run_is_refused(story: Story) -> None:
    """Two at once in one data folder: the second one is told who holds it, and what to do."""
    assert story.meanwhile.code == 2
    assert "Another rkreport is at work in rkreport-data (process " in story.meanwhile.error
    assert "wait until it has ended, or stop it" in story.meanwhile.error


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: ours, and the program's."""
    ours, theirs = os.openpty()
    yield ours, theirs
    os.close(ours)


def test_a_terminal_is_left_clean(company: Company, tmp_path: Path, terminal: tuple[int, int]) -> None:
    """A signal while a bar is drawn, SIGTERM here: the cursor is back, and the sentence has a line of its own."""
    workspace, stall = Workspace(tmp_path), Stall()
    ours, theirs = terminal
    with serving(company, "latency-ms=1", sleep=stall) as simulator:
        configure(workspace, company, simulator)
        workspace.secrets["TERM"] = "xterm"
        process = workspace.start("fetch", stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
        os.close(theirs)
        wait_until(lambda: stall.waiting == IN_FLIGHT)
        process.terminate()
        screen = b"".join(iter(lambda: read(ours), b"")).decode()
        code = process.wait(20)
        stall.is_over = True
    assert code == 130
    assert "Reading users and assignments" in screen
    assert screen.rfind("\x1b[?25h") > screen.rfind("\x1b[?25l") > 0
    *_, last, after = screen.split("\r\n")
    assert re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", last) == (
        "Interrupted; no page that was read is lost. To go on, say: rkreport fetch"
    )
    assert after == ""


def read(descriptor: int) -> bytes:
    """What has been written to a terminal; nothing once its other end is closed."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


def test_an_interrupted_build_goes_on_without_a_fetch(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a `run` builds: the command that goes on is `build`, with the same options."""

    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rkreport.run.pipeline.build_step", interrupted)
    outcome = configured.rkreport("run", "--period", "2026-09", "--fresh", "--send")
    assert outcome.code == 130
    assert outcome.err.splitlines()[-1].endswith("To go on, say: rkreport build --period 2026-09")
