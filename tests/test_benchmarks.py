"""The benchmarks keep up with the program."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fetching import Case, compare_fetches
from benchmarks.measuring import answer_of_a_process
from benchmarks.whole_run import compare_sizes


def test_the_benchmarks_run_and_find_no_difference() -> None:
    """One command writes a small detail sheet and a manager's workbook; read back, no cell differs."""
    left_out = ("--gate-seconds", "0", "--fetch-pages", "0", "--sizes", "0")
    command = [sys.executable, "-m", "benchmarks", "--rows", "40", "--books", "1", *left_out]
    writers = ["--writers", "rows_alone", "rkreport"]
    finished = subprocess.run(  # noqa: S603 - our own command
        [*command, *writers], check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent
    )
    lines = [line.partition("  title block")[0].partition("  fitted")[0] for line in finished.stdout.splitlines()]
    ours = [line.split() for line in lines if line.startswith("rkreport")]
    assert [line[-1] for line in ours] == ["0", "0", "0"]


@pytest.mark.slow
def test_the_benchmark_of_fetching_finds_the_same_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """The command `rkreport fetch` and a peer read a small LMS without being refused, and keep what it served."""
    compare_fetches([Case(200, 6)], ["rkreport", "aiohttp + asyncio-throttle"], 1)
    ours, peer = (line.split()[-9:] for line in capsys.readouterr().out.splitlines() if line[:5] in {"rkrep", "aioht"})
    assert (ours[:2], peer[:2]) == (["18", "0"], ["6", "0"])


def test_the_benchmark_of_the_rate_limit_counts_starts() -> None:
    """Where tasks wait for a moment, some start, no more than the limit, and the others keep waiting."""
    took = answer_of_a_process("gate", "rkreport", "0.2")
    assert 1 <= took["starts"] <= 20
    assert took["busiest_second"] == took["starts"]
    assert 0 < took["waiting_cpu_seconds"] < took["cpu_seconds"]


@pytest.mark.slow
def test_the_benchmark_of_the_whole_run_measures_every_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fetch, build and review of a small company, each with time, CPU and memory."""
    pytest.importorskip("psutil")
    compare_sizes([300], tmp_path / "whole", None)
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip().startswith("300 ")]
    assert [line[1] for line in lines] == ["fetch", "build", "review"]
    assert all(float(number) > 0 for line in lines for number in line[2:5])
