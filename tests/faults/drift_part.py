"""The figures of many drift schedules, and of servers whose totals, pages and errors lie. Knows what must hold."""

from collections.abc import Iterable
from math import ceil
from random import Random

from rkreport.core.snapshot import ListKind, Verdict
from rkreport.errors import LmsError
from tests.faults.drift import LIES, QUIET, DriftFigures, lists_of, run_schedule
from tests.faults.drifting import ONLINE_PATH, PAGE_SIZE, PLAN_USERS_PATH, USERS_PATH, Lies
from tests.faults.figures import Part

_ABOUT = frozenset({USERS_PATH, ONLINE_PATH, PLAN_USERS_PATH})
_KINDS = frozenset({ListKind.USERS, ListKind.ONLINE, ListKind.PLAN_USERS})
_MUST_BE_SETTLED = {"total as text"}  # is no lie: the lists are read as if nothing were wrong


def drift(schedules: int, seed: int, repeated: float = 0.0) -> Part:
    """Schedules in which rows join, leave and change places, with restarts in between; a share stands `repeated`."""
    part = Part(f"Drift (seeds from {seed}, {repeated:.0%} of the rows stand twice)")
    figures = DriftFigures()
    for one in range(seed, seed + schedules):
        run_schedule(one, figures, repeated=repeated)
    part.figure("schedules", figures.schedules)
    part.figure("changes while lists were read", figures.changes)
    part.figure("restarts from stored pages", figures.restarts)
    for verdict in Verdict:
        part.figure(f"lists {verdict}", figures.verdicts[verdict])
    part.figure("requests of a single pass", figures.single_pass)
    part.figure("requests spent", f"{figures.requests:,} (×{figures.requests / figures.single_pass:.2f})")
    if figures.quiet_runs:
        times = figures.quiet_requests / figures.quiet_single_pass
        part.figure(f"requests spent in {figures.quiet_runs} runs without a change", f"×{times:.2f}")
    for what in QUIET:
        part.none_of(f"quiet difference: {what}", figures.wrong.pop(what, []))
    part.none_of("runs without a change, not settled", range(figures.quiet_runs_not_settled))
    _show_the_rest(part, figures)
    return part


def _show_the_rest(part: Part, figures: DriftFigures) -> None:
    for what in (
        "moving without a number",
        "moving by more than it says",
        "moving and a lasting row is missing",
        "incomplete but called complete",
        "incomplete without a reason",
    ):
        part.none_of(what, figures.wrong.pop(what, []))
    for what, places in figures.wrong.items():
        part.none_of(what, places)


def lies(schedules: int, seed: int, repeated: float = 0.0) -> Part:
    """Every lie in as many schedules, about users, an online course and a plan: none is quietly another than it was."""
    part = Part(f"Servers that lie about three of their lists ({repeated:.0%} of the rows stand twice)")
    for name, lie in LIES.items():
        figures = DriftFigures()
        ended = 0
        about_them = Lies(
            paths=_ABOUT,
            **{field: getattr(lie, field) for field in Lies.__dataclass_fields__ if field != "paths"},
        )
        for one in _still(seed, schedules):
            try:
                snapshot = run_schedule(one, figures, about_them, repeated)
            except LmsError:
                ended += 1
                continue
            if snapshot is None:
                ended += 1
                continue
            for each in snapshot.lists if name in _MUST_BE_SETTLED else ():
                is_settled = each.kind not in _KINDS or each.verdict in {Verdict.PROVEN, Verdict.CHECKED}
                part.must(is_settled, f"{name}: {each.kind} {each.verdict}, seed {one}")
        shown = ", ".join(f"{count} {verdict}" for verdict, count in sorted(figures.verdicts.items()))
        part.figure(f"{name}: {figures.schedules} runs, {ended} ended by an error", shown)
        part.none_of(f"{name}: quiet differences", [place for what in QUIET for place in figures.wrong.get(what, [])])
        part.none_of(f"{name}: incomplete but complete", figures.wrong.get("incomplete but called complete", []))
    return part


def _still(seed: int, schedules: int) -> Iterable[int]:
    """Seeds whose users fill more than a page and do not change: the lie alone is to blame."""
    found = 0
    one = seed * 7  # every seventh schedule has no change
    while found < schedules:
        rows = len(lists_of(Random(one))[USERS_PATH].rows)  # noqa: S311 - reproducible, not secret
        if ceil(rows / PAGE_SIZE) > 1:
            found += 1
            yield one
        one += 7
