"""`python -m tests.fuzz [--minutes N] [ENTRANCE ...]`: a machine that watches which lines run looks for faults.

Needs `pip install atheris` (Linux). Each entrance has a process of its own; what it found lies in `.fuzz/ENTRANCE`,
from where the next call goes on. An input that is a fault is named with its file: make it a test.
"""

import argparse
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

_FOLDER = Path(".fuzz")
_SLOWEST_SECONDS, _MOST_MB, _LONGEST = 60, 400, 65_536


def main() -> int:
    """Attack all entrances, or those that are named; return 1 if one failed."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="for all entrances together")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("entrances", nargs="*")
    options = parser.parse_args()
    if options.inside:
        _attack(options.entrances[0], options.minutes)
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["rkreport"]):
        known = import_module("tests.fuzz.entrances").ENTRANCES
    names = options.entrances or list(known)
    failed = [name for name in names if _run(name, options.minutes / len(names))]
    print(f"{len(names)} entrances, {len(failed)} with a fault: {', '.join(failed) or 'none'}")  # noqa: T201 - the result
    return bool(failed)


def _run(name: str, minutes: float) -> int:
    command = [sys.executable, "-m", "tests.fuzz", "--inside", "--minutes", str(minutes), name]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - this very program
    told = [line for line in ended.stderr.splitlines() if line.startswith(("Done", "stat::number", "SUMMARY"))]
    print(f"{name:<20} {'fault' if ended.returncode else 'ok':<6} {'; '.join(told)}", flush=True)  # noqa: T201 - the result
    if ended.returncode:
        print(ended.stdout[-3000:], ended.stderr[-3000:])  # noqa: T201 - the traceback, and the file of the input
    return ended.returncode


def _attack(name: str, minutes: float) -> None:
    """Attack one entrance; ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["rkreport"]):
        entrance = import_module("tests.fuzz.entrances").ENTRANCES[name]
    corpus = _FOLDER / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(entrance.seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    limits = [f"-timeout={_SLOWEST_SECONDS}", f"-rss_limit_mb={_MOST_MB + 300}", f"-max_len={_LONGEST}"]
    atheris.Setup(
        [
            sys.argv[0],
            *limits,
            f"-max_total_time={max(1, round(60 * minutes))}",
            f"-artifact_prefix={corpus}/",
            str(corpus),
        ],
        entrance.take,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
