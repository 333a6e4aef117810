"""The program as an admin uses it: a folder with a config, a simulated LMS, and calls of the command in this process.

The clock stands at `NOW` unless a test moves it, so that nothing depends on the day on which the tests run.
"""

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rkreport.cli.command_run import CommandRun
from rkreport.cli.main import run
from rkreport.run.setup.simulating import write_simulated_config
from rkreport.simulator.company import Company
from rkreport.simulator.faults import parse_faults
from rkreport.simulator.server import Simulator

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)  # the day of `tests.simulator_fixture.made`
SECRETS = {"RKREPORT_CLIENT_ID": "demo", "RKREPORT_CLIENT_SECRET": "demo-secret"}
COLUMNS = "80"  # of the terminal
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}  # of processes of their own
NO_SERVER = "http://127.0.0.1:1"

_real_world = CommandRun.world


def _with_slashes(text: str) -> str:
    """What was said, with paths as elsewhere; a document doubles its backslashes."""
    backslash = r"\\\\" if text.startswith("{") else r"\\"
    return re.sub(rf"(?<=\S){backslash}(?=\S)", "/", text) if sys.platform == "win32" else text


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call left on the terminal, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        assert self.out.count("\n") == 1, self.out
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> str:
        """The one sentence with which a call ended that failed."""
        assert "Traceback" not in self.out + self.err
        *_, last = lines = self.err.splitlines()
        sentence = last.removeprefix("Error: ")
        assert sum(line.removeprefix("Error: ") == sentence for line in lines) == 1, self.err
        assert sum(line.startswith("Error: ") for line in lines) == 1, self.err
        assert last.startswith("Error: "), self.err
        assert last.endswith((".", "?")), last
        return last


class Workspace:
    """A folder with config.toml and its CSV files, and everything that calls write there."""

    def __init__(self, folder: Path) -> None:
        """Take an existing folder."""
        self.folder = folder
        self.now = NOW
        self.secrets = dict(SECRETS)
        self.speaks: str | None = "en"  # on the screen; None: what the program itself chooses
        self.patches: list[tuple[Any, ...]] = []  # arguments of `MonkeyPatch.setattr`, for each call

    @property
    def config(self) -> Path:
        """The config file."""
        return self.folder / "config.toml"

    @property
    def built(self) -> Path:
        """The folder of October's first revision."""
        return self.folder / "reports" / "2026-10" / "rev1"

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        found = json.loads((self.built / "manifest.json").read_text("utf-8"))
        assert isinstance(found, dict)
        return found

    @property
    def log(self) -> str:
        """All that was logged."""
        return (self.folder / "rkreport-data" / "rkreport.log").read_text("utf-8")

    def configure(self, company: Company, base_url: str) -> None:
        """Write the config of a made-up company: a simulator may be asked fast, and lists shall have several pages."""
        write_simulated_config(self.folder, company, base_url, "en")
        self.edit("requests_per_second = 100", "requests_per_second = 1000\npage_size = 20")

    def edit(self, old: str, new: str) -> None:
        """Replace the first `old` of the config."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new, 1), "utf-8")

    def rkreport(self, *arguments: str) -> Outcome:
        """Call the command in this folder."""
        out, err = io.StringIO(), io.StringIO()
        logger = logging.getLogger("rkreport")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            self._patch(patch)
            try:
                code = run(arguments)
            finally:
                for handler in list(logger.handlers):
                    logger.removeHandler(handler)
                    handler.close()
                logger.propagate = True
        return Outcome(code, _with_slashes(out.getvalue()), _with_slashes(err.getvalue()))

    def start(self, *arguments: str, **streams: Any) -> "subprocess.Popen[str]":
        """Start the command as a process of its own in this folder, with the real clock."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RKREPORT_")}
        return subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "rkreport", *arguments],
            cwd=self.folder,
            env={
                **environment,
                **NO_KEYRING,
                **self.secrets,
                "PYTHONUTF8": "1",
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            text=True,
            **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
        )

    def process(self, *arguments: str) -> Outcome:
        """Call the command as a process of its own, and wait for its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=30)
        return Outcome(process.returncode, _with_slashes(out), _with_slashes(err))

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        patch.chdir(self.folder)
        patch.setenv("COLUMNS", COLUMNS)
        for name in [name for name in os.environ if name.startswith("RKREPORT_")]:
            patch.delenv(name)
        for name, value in self.secrets.items():
            patch.setenv(name, value)
        if self.speaks:
            patch.setattr("rkreport.cli.app.language_of", lambda _arguments: self.speaks)
        for each in self.patches:
            patch.setattr(*each)
        patch.setattr("rkreport.cli.command_run.user_log_path", lambda _name: self.folder / "user-log")
        patch.setattr(CommandRun, "world", lambda *given: replace(_real_world(*given), utc_now=lambda: self.now))


@contextmanager
def serving(
    company: Company,
    faults: str = "",
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    client_id: str = "demo",
    client_secret: str = "demo-secret",
    wall_clock: Callable[[], float] = NOW.timestamp,
) -> Iterator[Simulator]:
    """A simulated LMS in a thread and event loop of its own, as the command has its own loop too."""
    simulator = Simulator(
        company,
        faults=parse_faults(faults),
        sleep=sleep,
        client_id=client_id,
        client_secret=client_secret,
        wall_clock=wall_clock,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(simulator.__aenter__(), loop).result(10)
        yield simulator
    finally:
        asyncio.run_coroutine_threadsafe(simulator.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for another thread or process; 20 seconds at most."""
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
