"""One job in a process of its own, and what it took. Knows nothing of what is written."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

_TO_MB = 2**20 if sys.platform == "darwin" else 2**10  # what `ru_maxrss` counts in


@dataclass(frozen=True, slots=True)
class Took:
    """Processor seconds and peak memory are of the whole process, imports included, and of the processes it made.

    `writing_seconds` are processor seconds too: what the job itself found one workbook to take.
    """

    cpu_seconds: float
    wall_seconds: float
    peak_mb: float  # of the largest process
    writing_seconds: float | None = None


def measured_in_a_process(job: str, *arguments: str) -> Took:
    """Have `benchmarks.jobs` do one job; wall seconds are from starting the process to its end."""
    began = time.perf_counter()
    answer = answer_of_a_process(job, *arguments)
    wall_seconds = time.perf_counter() - began
    return Took(answer["cpu_seconds"], wall_seconds, answer["peak_mb"], answer.get("writing_seconds"))


def answer_of_a_process(job: str, *arguments: str) -> dict[str, float]:
    """Have `benchmarks.jobs` do one job and answer on its last line.

    Nothing large may be held here: Linux counts a parent's memory as its children's peak.
    """
    command = [sys.executable, "-m", "benchmarks.jobs", job, *arguments]
    finished = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    if finished.returncode:
        raise RuntimeError(f"{job} {' '.join(arguments)} failed:\n{finished.stderr[-2_000:]}")
    answer: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return answer


def used_by_this_process() -> dict[str, float]:
    """Processor seconds and peak memory up to now."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "cpu_seconds": sum(one.ru_utime + one.ru_stime for one in used),
        "peak_mb": max(one.ru_maxrss for one in used) / _TO_MB,
    }


def say(line: str) -> None:
    """One line of the result, at once."""
    print(line, flush=True)  # noqa: T201 - the result


def say_skipped(skipped: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Name the writers that cannot run here."""
    for name, missing in skipped:
        say(f"skipped: {name}, because {', '.join(missing)} is not installed (extra `benchmarks`)")
