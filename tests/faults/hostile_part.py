"""Every hostile answer against the real command: its peak memory, its seconds, its exit code. Knows what must hold."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.figures import Part
from tests.faults.hostile_answers import TABLE, Hostile, HostileLms, serving
from tests.faults.workbench import CHECKOUT

MOST_MB = 400
MOST_SECONDS = 60
# A small process between, because a child begins with the memory of its parent.
_MEASURED = """\
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_CONFIG = """\
[lms]
base_url = "{base_url}"
requests_per_second = 1000
max_attempts = 3
timeout_seconds = 10
[report]
company = "PT Contoh"
[[courses]]
serial = "C"
[[courses]]
serial = "O"
[[learning_plans]]
serial = "P"
[managers]
fallback_email = "ld@contoh.test"
"""


def hostile_answers(folder: Path) -> Part:
    """Fetch once from a server with each of them."""
    part = Part("Hostile answers (exit code, MB at the peak, seconds)")
    for number, (name, make) in enumerate(TABLE.items()):
        with _served(make()) as lms:
            code, megabytes, seconds, said = _fetched(folder / str(number), lms.base_url)
        part.figure(name, f"{code}  {megabytes:4.0f} MB  {seconds:5.1f} s")
        part.must(code in {0, 3, 4}, f"{name}: exit code {code}")
        part.must(megabytes <= MOST_MB, f"{name}: {megabytes:.0f} MB")
        part.must(seconds <= MOST_SECONDS, f"{name}: {seconds:.0f} s")
        part.must("Traceback" not in said and "mistake in rkreport" not in said, f"{name}: {said}")
    return part


@contextmanager
def _served(hostile: Hostile) -> Iterator[HostileLms]:
    """Serve in a thread with a loop of its own, as the command is another process."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = serving(hostile)
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _fetched(folder: Path, base_url: str) -> tuple[int, float, float, str]:
    """The exit code, the peak in MB, the seconds and the words of one `rkreport fetch`."""
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(_CONFIG.format(base_url=base_url), "utf-8")
    environment = os.environ | {"RKREPORT_CLIENT_ID": "a", "RKREPORT_CLIENT_SECRET": "b", "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "rkreport", "fetch", "--config", str(folder / "config.toml")]
    started = time.monotonic()
    ended = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", _MEASURED, *command], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    code, kilobytes = map(int, ended.stdout.splitlines()[-1].split())
    return code, kilobytes / 1024, seconds, ended.stdout + ended.stderr
