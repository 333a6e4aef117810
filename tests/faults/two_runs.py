"""Two at once: the second is refused and told who holds the lock; a killed first does not keep anybody out."""

import time
from pathlib import Path

from tests.faults.figures import Part
from tests.faults.workbench import Lms, workplace
from tests.simulator_fixture import made

_LONGEST_START_SECONDS = 20


def two_at_once(folder: Path) -> Part:
    """Start a slow fetch, then another in its place; kill the first, then start the second again."""
    part = Part("Two at once")
    with Lms(made(people=60, courses=1, batches=3)) as lms:
        place = workplace(folder / "two", lms, page_size=10, per_second=5)
        first = place.start("fetch", "--quiet")
        note = place.data_dir / "run.lock.txt"
        deadline = time.monotonic() + _LONGEST_START_SECONDS
        while not (note.exists() and note.read_text("utf-8")) and time.monotonic() < deadline:
            time.sleep(0.02)
        second = place.run("fetch", "--quiet")
        part.must(first.process.poll() is None, "the first ended before the second came")
        part.must(second.code == 2, f"the second ended with {second.code}: {second.said}")
        part.must(f"process {first.process.pid} since" in second.said, f"the holder is not named: {second.said}")
        part.must(not second.has_traceback, second.said)
        first.kill()
        third = place.run("fetch")
        part.must(third.code == 0, f"after kill -9 of the first: {third.code}: {third.said}")
        part.figure("exit code of the second", second.code)
        part.figure("exit code after kill -9 of the first", third.code)
    return part
