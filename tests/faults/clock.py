"""Clocks: month and year ends, a leap day, a clock that jumps back, a token that runs out in the middle."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.faults.figures import Part
from tests.faults.workbench import Ended, Lms, Workplace, content_of, lost_and_doubled, workplace
from tests.simulator_fixture import made

_MOMENTS = (  # UTC, what it is in Jakarta, the previous month there, its last day
    ("2026-10-31 16:59:30", "31 October 23:59", "2026-09", "2026-09-30"),
    ("2026-10-31 17:00:30", "1 November 00:00", "2026-10", "2026-10-31"),
    ("2026-12-31 16:59:30", "31 December 23:59", "2026-11", "2026-11-30"),
    ("2026-12-31 17:00:30", "1 January 00:00", "2026-12", "2026-12-31"),
    ("2028-02-29 16:30:00", "29 February 23:30", "2028-01", "2028-01-31"),
    ("2028-02-29 17:30:00", "1 March 00:30", "2028-02", "2028-02-29"),
)
_TOKEN_SECONDS = 1


def clocks(folder: Path, moments: int | None = None) -> Part:
    """Runs at moments where a month is easily taken for another; `moments` None for all of them, and jumps."""
    part = Part("Clock")
    if shutil.which("faketime") is None:
        part.skipped = "faketime is not installed"
        return part
    with Lms(made(people=20, courses=1, batches=2)) as lms:
        place = workplace(folder / "clock", lms)
        for moment, name, period, last_day in _MOMENTS[:moments]:
            place.clear()
            manifest = _manifest(part, place, at(place, moment, "run"))
            found = (manifest.get("period"), str(manifest.get("as_of"))[:10])
            part.must(found == (period, last_day), f"{name}: {found} instead of {period}")
            negative = [step for step, seconds in manifest.get("timings_seconds", {}).items() if seconds < 0]
            part.must(not negative, f"{name}: negative times: {negative}")
        part.figure("month ends, year end, leap day: runs", len(_MOMENTS[:moments]))
        if moments is None:
            _jump_back(part, place)
    return part


def at(place: Workplace, moment: str, *words: str) -> Ended:
    """Say a command at a moment (UTC); only the wall clock is moved, as by a person or a time server."""
    moved = Workplace(place.folder, environment={"TZ": "UTC", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    return moved.run(*words, "--quiet", "--json", prefix=("faketime", "-f", f"@{moment}"))


def _manifest(part: Part, place: Workplace, ended: Ended) -> dict[str, Any]:
    """The manifest that was written."""
    part.must(ended.code == 0, f"exit code {ended.code}: {ended.said}")
    found = sorted(place.output_dir.glob("*/rev*/manifest.json"))
    return dict(json.loads(found[-1].read_text("utf-8"))) if found else {}


def _jump_back(part: Part, place: Workplace) -> None:
    """The month of a report is that of its data, whatever the clock says when it is built."""
    place.clear()
    fetched = at(place, "2026-11-01 01:00:00", "fetch")
    part.must(fetched.code == 0, f"exit code {fetched.code}: {fetched.said}")
    manifest = _manifest(part, place, at(place, "2026-10-30 01:00:00", "build"))
    part.must(manifest.get("period") == "2026-10", f"after a jump back: {manifest.get('period')}")
    older = at(place, "2026-10-30 02:00:00", "run")
    part.must(older.code == 0, f"a run before the last snapshot's time: {older.code}: {older.said}")
    part.figure("clock jumps back between fetch and build, and before a run", 2)


def token_expiry(folder: Path) -> Part:
    """Tokens that live for a second, in a fetch of some."""
    part = Part("Token expiry in the middle of a fetch")
    with Lms(made(people=30, courses=1, batches=3), f"token-seconds={_TOKEN_SECONDS}") as lms:
        place = workplace(folder / "token", lms, page_size=10, per_second=16)
        ended = place.run("fetch", "--quiet", "--json")
        part.must(ended.code == 0, f"exit code {ended.code}: {ended.said}")
        seconds = json.loads(ended.said.splitlines()[-1]).get("seconds", 0.0)
        most = 2 + int(seconds / (_TOKEN_SECONDS * 0.9))
        asked = sum(times for target, times in lms.traffic.asked.items() if target.startswith("GET "))
        part.figure("seconds", seconds)
        part.figure("logins", lms.tokens_issued)
        part.figure("pages asked for again because of it", asked - len(place.pages()))
        part.must(1 < lms.tokens_issued <= most, f"{lms.tokens_issued} logins in {seconds} s")
        calm = workplace(folder / "calm", lms, page_size=10)
        part.must(calm.run("fetch", "--quiet").code == 0, "the undisturbed fetch failed")
        lost = lost_and_doubled(content_of(calm.snapshot()), content_of(place.snapshot()))
        part.must(lost == (0, 0), f"lost and doubled rows: {lost}")
    return part
