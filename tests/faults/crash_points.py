"""Every file call of a short fetch and build, each once: the process dies there, or the disk refuses.

`strace` counts the calls of each thread and strikes at the n-th, so the program under test is the real one.
"""

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from tests.faults.figures import Part
from tests.faults.workbench import (
    Cells,
    Content,
    Ended,
    Lms,
    Workplace,
    content_of,
    differing_cells,
    lost_and_doubled,
    workplace,
)
from tests.simulator_fixture import made

CALLS = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink", "unlinkat", "mkdir", "rmdir",
)  # fmt: skip
STRIKES = ("signal=SIGKILL", "error=EIO", "error=ENOSPC")
_CALL = re.compile(r"^(?P<thread>\d+) +(?P<name>\w+)\((?P<rest>.*)$")
_OPENS_TO_WRITE = re.compile("O_WRONLY|O_RDWR|O_CREAT")


@dataclass(frozen=True, slots=True)
class Point:
    """The n-th call of a name in its thread, of one command."""

    command: str
    call: str
    number: int


def strace_is_missing() -> bool:
    """Whether the tool that strikes is not here."""
    return shutil.which("strace") is None


def points_of(place: Workplace, command: str) -> list[Point]:
    """The file calls of a command in this place, found by watching it undisturbed."""
    log = place.folder / "calls.txt"
    ended = place.run(
        command, "--quiet", prefix=("strace", "-f", "-y", "-qq", "-e", f"trace={','.join(CALLS)}", "-o", str(log))
    )
    if ended.code != 0:
        raise AssertionError(f"{command} under strace ended with {ended.code}: {ended.said}")
    return found_in(log.read_text("utf-8", "replace"), command, str(place.folder))


def found_in(text: str, command: str, folder: str) -> list[Point]:
    """The points of a recording: calls on files below the folder, opening to read is none."""
    counts: Counter[tuple[str, str]] = Counter()
    points: dict[Point, None] = {}
    for line in text.splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        thread, name, rest = match["thread"], match["name"], match["rest"]
        counts[thread, name] += 1
        is_ours = folder in rest or (name != "openat" and "rkreport-data" in rest)
        if is_ours and (name != "openat" or _OPENS_TO_WRITE.search(rest)):
            points[Point(command, name, counts[thread, name])] = None
    return list(points)


def crash_points(folder: Path, most: int | None, seed: int, *, commands: Sequence[str] = ("fetch", "build")) -> Part:
    """Strike at every point, or at `most` of them, in every way; then say the command again."""
    part = Part("Crash points")
    if strace_is_missing():
        part.skipped = "strace is not installed"
        return part
    with Lms(made(people=20, courses=1, batches=2)) as lms:
        place = workplace(folder / "crash", lms, page_size=5)
        # The interpreter's own files would be calls too, on the first run only.
        place = replace(place, environment={"PYTHONDONTWRITEBYTECODE": "1"})
        points = [point for command in commands for point in points_of(place, command)]
        strikes = [(point, strike) for point in points for strike in STRIKES]
        part.figure("points (file calls) found", len(points))
        if most is not None and most < len(strikes):
            strikes = Random(seed).sample(strikes, most)  # noqa: S311 - reproducible, not secret
        attack = _Attack(part, lms, place, content_of(place.snapshot()), place.workbooks())
        for point, strike in strikes:
            attack.strike(point, strike)
        attack.show()
    return part


class _Attack:
    def __init__(self, part: Part, lms: Lms, place: Workplace, content: Content, workbooks: Cells) -> None:
        self._part, self._lms, self._place = part, lms, place
        self._content, self._workbooks = content, workbooks
        self._finished = place.folder / "finished"
        shutil.copytree(place.data_dir, self._finished)
        self._ends: Counter[str] = Counter()
        self._wrong: dict[str, list[str]] = {
            name: []
            for name in (
                "ends that are neither 0, 5 nor the kill",
                "ends without exactly one sentence, or with a traceback",
                "committed pages lost or changed",
                "files half written under their final name",
                "next commands that did not end whole",
                "rows lost or doubled",
                "rows of workbooks that differ",
                "leftovers after the next build",
            )
        }

    def strike(self, point: Point, strike: str) -> None:
        """One blow, the look at what is left, and the same command again."""
        place, where = self._place, f"{point.command}: {point.call} {point.number}, {strike}"
        place.clear()
        if point.command == "build":
            shutil.copytree(self._finished, place.data_dir)
        blow = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={point.call}", "-e")
        ended = place.run(point.command, "--quiet", prefix=(*blow, f"inject={point.call}:{strike}:when={point.number}"))
        self._judge_end(ended, where)
        kept = place.pages()
        self._wrong["files half written under their final name"] += [f"{where}: {one}" for one in place.half_written()]
        if point.command == "fetch" and ended.code != 0:
            self._again(("fetch", "--quiet"), where)
        now = place.pages()
        self._wrong["committed pages lost or changed"] += [
            f"{where}: {key}" for key, digest in kept.items() if now.get(key) != digest
        ]
        if point.command == "build":
            self._again(("build", "--quiet"), where)
            differing = differing_cells(self._workbooks, place.workbooks())
            self._wrong["rows of workbooks that differ"] += [f"{where}: {one}" for one in differing]
            self._wrong["leftovers after the next build"] += [f"{where}: {one}" for one in place.leftovers()]
        elif (lost := lost_and_doubled(self._content, content_of(place.snapshot()))) != (0, 0):
            self._wrong["rows lost or doubled"].append(f"{where}: {lost}")

    def _judge_end(self, ended: Ended, where: str) -> None:
        is_killed = ended.code < 0
        self._ends["killed" if is_killed else f"exit {ended.code}"] += 1
        if not is_killed and ended.code not in {0, 5}:
            self._wrong["ends that are neither 0, 5 nor the kill"].append(f"{where}: {ended.code}: {ended.said}")
        if ended.has_traceback or (ended.code == 5 and len(ended.sentences) != 1):
            self._wrong["ends without exactly one sentence, or with a traceback"].append(f"{where}: {ended.said}")

    def _again(self, command: Sequence[str], where: str) -> None:
        ended = self._place.run(*command)
        if ended.code != 0:
            self._wrong["next commands that did not end whole"].append(f"{where}: {ended.code}: {ended.said}")

    def show(self) -> None:
        """The figures."""
        self._part.figure("blows", sum(self._ends.values()))
        for end, count in sorted(self._ends.items()):
            self._part.figure(f"ended: {end}", count)
        for name, found in self._wrong.items():
            self._part.none_of(name, found)
