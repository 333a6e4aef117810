"""`python -m tests.faults`: every attack in full, its figures, and whether all that must hold did.

The long version takes about an hour and a half, most of it the crash points. Knows the attacks by name only.
"""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.clock import clocks, token_expiry
from tests.faults.crash_points import crash_points
from tests.faults.cuts import cut_connections
from tests.faults.drift_part import drift, lies
from tests.faults.figures import Part, table
from tests.faults.full_disk import full_disk
from tests.faults.hostile_part import hostile_answers
from tests.faults.kill_traces import kill_traces
from tests.faults.kills import kill_builds, kill_fetches
from tests.faults.send_kills import kill_sends
from tests.faults.two_runs import two_at_once

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARE_OF_EACH_FAULT = 0.02
_SHARE_OF_REPEATED_ROWS = 0.02


def _number_or_all(text: str) -> int | None:
    return None if text == "all" else int(text)


def main() -> int:
    """Run the attacks; 0 when all holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Attack the real program.")
    parser.add_argument("--kills", type=int, default=200, help="of fetches and sends; a quarter as many others")
    parser.add_argument("--schedules", type=int, default=1000, help="of drift")
    parser.add_argument("--crash-points", type=_number_or_all, default=None, metavar="all|N", help="blows to strike")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="attacks whose name holds this")
    chosen = parser.parse_args()
    seed = chosen.seed
    # A client that dies in the middle of a question makes aiohttp's server print a traceback; here that is the point.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="rkreport-faults-") as name:
        folder = Path(name)
        attacks: dict[str, Callable[[], Part]] = {
            "drift": lambda: drift(chosen.schedules, seed),
            "drift of lists with repeated rows": lambda: drift(chosen.schedules, seed, _SHARE_OF_REPEATED_ROWS),
            "lies": lambda: lies(max(1, chosen.schedules // 20), seed),
            "lies about lists with repeated rows": lambda: lies(
                max(1, chosen.schedules // 20), seed, _SHARE_OF_REPEATED_ROWS
            ),
            "hostile": lambda: hostile_answers(folder / "hostile"),
            "kills": lambda: kill_fetches(folder / "kills", chosen.kills, seed),
            "builds": lambda: kill_builds(folder / "builds", max(1, chosen.kills // 4), seed),
            "sends": lambda: kill_sends(folder / "sends", chosen.kills, seed),
            "faulty sends": lambda: kill_sends(
                folder / "faulty-sends", max(1, chosen.kills // 2), seed + 1, fault_share=_SHARE_OF_EACH_FAULT
            ),
            "traces": lambda: kill_traces(folder / "traces", max(20, chosen.kills // 4), seed),
            "cuts": lambda: cut_connections(folder / "cuts", max(1, chosen.kills // 4), seed),
            "two": lambda: two_at_once(folder / "two"),
            "disk": lambda: full_disk(folder / "disk"),
            "clock": lambda: clocks(folder / "clock"),
            "token": lambda: token_expiry(folder / "token"),
            "crash": lambda: crash_points(folder / "crash", chosen.crash_points, seed),
        }
        parts = []
        for each, attack in attacks.items():
            if chosen.only not in each:
                continue
            started = time.monotonic()
            parts.append(attack())
            parts[-1].figure("seconds", f"{time.monotonic() - started:.0f}")
            print(table(parts[-1:]), flush=True)  # noqa: T201 - what it is run for
    holds = not any(part.wrong for part in parts)
    skipped = ", ".join(part.name for part in parts if part.skipped)
    verdict = "All that was tried holds." if holds else "NOT ALL HOLDS."
    print(f"\n{verdict}" + (f" Skipped: {skipped}." if skipped else ""))  # noqa: T201 - the same
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
