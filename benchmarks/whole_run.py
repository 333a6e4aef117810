"""The whole program on companies of growing size: fetch, build and the second look before sending.

The simulator serves each company from a process of its own. A step is the real command. Processor seconds and memory
are those of the command and all processes that it starts, together; what runs for less than a fifth of a second at the
end of a process is not seen.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from math import log2
from pathlib import Path
from typing import Any

from benchmarks.measuring import say, say_skipped

_ASSIGNMENTS_A_PERSON, _PEOPLE_A_BATCH = 5, 100
_PAUSE_SECONDS = 0.2
_MB = 2**20
_SECRETS = {"RKREPORT_CLIENT_ID": "demo", "RKREPORT_CLIENT_SECRET": "demo-secret"}


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of one company took. `inner_seconds` are the build's own: load, assess, render."""

    assignments: int
    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    inner_seconds: dict[str, float]


def compare_sizes(sizes: Sequence[int], folder: Path, plot: Path | None) -> None:
    """Run every size and print a table; draw the growth into `plot`."""
    if find_spec("psutil") is None or (plot and find_spec("matplotlib") is None):
        say_skipped([("the whole run", ["psutil or matplotlib"])])
        return
    say("The whole run; CPU and memory of all processes of a command together\n")
    say(f"{'assignments':>12}  {'step':<12}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'rows/CPU s':>12}  of these")
    steps = [step for size in sizes for step in _said(_steps_of(size, folder / str(size)))]
    for step in ("build", "review"):
        for before, after in pairwise([each for each in steps if each.name == step]):
            doublings = log2(after.assignments / before.assignments)
            say(
                f"{step}, {before.assignments:,} to {after.assignments:,}: for each doubling"
                f" {(after.cpu_seconds / before.cpu_seconds) ** (1 / doublings):.2f} times the CPU,"
                f" {(after.peak_mb / before.peak_mb) ** (1 / doublings):.2f} times the memory"
            )
    if plot:
        _draw(steps, plot)


def _said(steps: Iterator[Step]) -> Iterator[Step]:
    for step in steps:
        inner = ", ".join(f"{name} {seconds:.1f}" for name, seconds in step.inner_seconds.items())
        say(
            f"{step.assignments:>12,}  {step.name:<12}{step.wall_seconds:>8.1f}{step.cpu_seconds:>8.1f}"
            f"{step.peak_mb:>9.0f}{step.assignments / step.cpu_seconds:>12,.0f}  {inner}"
        )
        yield step


def _steps_of(assignments: int, folder: Path) -> Iterator[Step]:
    people = assignments // _ASSIGNMENTS_A_PERSON
    batches = max(20, people // _PEOPLE_A_BATCH)
    made = ["--people", str(people), "--courses", "20", "--batches", str(batches), "--assignments", str(assignments)]
    folder.mkdir(parents=True)
    with _simulator([*made, "--write-config", str(folder)]):
        config = folder / "config.toml"
        text = config.read_text("utf-8").splitlines()
        lines = [line for line in text if not line.startswith("requests_per_second")]
        lines.insert(lines.index("[lms]") + 1, "requests_per_second = 1000")
        config.write_text("\n".join(lines), "utf-8")
        yield _step(assignments, "fetch", folder)
    yield _step(assignments, "build", folder)
    yield _step(assignments, "review", folder)


@contextmanager
def _simulator(arguments: Sequence[str]) -> Iterator[None]:
    command = [sys.executable, "-m", "rkreport", "simulate", "--port", "0", "--json", *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}  # its line says that it listens
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        try:
            if not server.stdout or not server.stdout.readline():
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield
        finally:
            server.terminate()


def _step(assignments: int, name: str, folder: Path) -> Step:
    command = [sys.executable, "-m", "rkreport", name, "--config", str(folder / "config.toml"), "--json", "--quiet"]
    out = folder / f"{name}.json"
    began = time.perf_counter()
    with (
        out.open("wb") as answer,
        subprocess.Popen(  # noqa: S603 - ours
            command, stdout=answer, stderr=subprocess.DEVNULL, env={**os.environ, **_SECRETS}
        ) as process,
    ):
        cpu_seconds, peak_mb = _watched(process)
    wall_seconds = time.perf_counter() - began
    if process.returncode not in (0, 1, 4):
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    timings = json.loads(out.read_text("utf-8")).get("timings_seconds", {}) if name == "build" else {}
    inner = {step: seconds for step, seconds in timings.items() if step != "fetch"}
    return Step(assignments, name, wall_seconds, cpu_seconds, peak_mb, inner)


def _watched(process: "subprocess.Popen[bytes]") -> tuple[float, float]:
    """Watch a process and its descendants until its end; return their processor seconds and peak memory in MB."""
    psutil: Any = import_module("psutil")  # an extra
    own = psutil.Process(process.pid)
    cpu: dict[int, float] = {}
    peak = 0
    while process.poll() is None:
        together = 0
        for each in (own, *own.children(recursive=True)):
            try:
                used = each.memory_full_info()
                together += getattr(used, "pss", used.uss)
                times = each.cpu_times()
            except psutil.Error:
                continue
            cpu[each.pid] = times.user + times.system
        peak = max(peak, together)
        time.sleep(_PAUSE_SECONDS)
    return sum(cpu.values()), peak / _MB


def _draw(steps: Sequence[Step], plot: Path) -> None:
    """Draw processor seconds and peak memory over the assignments, both axes in powers."""
    import_module("matplotlib").use("agg")  # an extra
    plt: Any = import_module("matplotlib.pyplot")
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, marker in (("fetch", "s"), ("build", "o"), ("review", "^")):
        found = [step for step in steps if step.name == name]
        sizes = [step.assignments for step in found]
        left.plot(sizes, [step.cpu_seconds for step in found], marker=marker, label=name)
        right.plot(sizes, [step.peak_mb for step in found], marker=marker, label=name)
    for axes, title in ((left, "CPU seconds"), (right, "Peak memory, MB")):
        axes.set(xscale="log", yscale="log", title=title, xlabel="assignments")
        axes.grid(visible=True, which="both", alpha=0.3)
        axes.legend()
    figure.savefig(plot, dpi=110)
    say(f"\nThe growth is drawn in {plot}")
