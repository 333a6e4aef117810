"""Kill -9 at random moments: of fetches, which go on where they were, and of builds, which leave the old or the new."""

import time
from pathlib import Path
from random import Random

from tests.faults.figures import Part
from tests.faults.workbench import (
    MAX_IN_FLIGHT,
    Cells,
    Content,
    Lms,
    PageKey,
    Workplace,
    content_of,
    differing_cells,
    lost_and_doubled,
    workplace,
)
from tests.simulator_fixture import made

_KILL_SECONDS = 1.4  # of the fetch, once it has started: it reads about 25 pages a second
_KILL_BUILD_SECONDS = 1.6  # reading, writing, moving into place
_BEFORE_THE_START = 0.7  # of the time that starting takes
_MOST_TRIES = 60  # commands for one fetch


def kill_fetches(folder: Path, kills: int, seed: int, *, people: int = 150) -> Part:
    """Kill fetches `kills` times in all; every fetch is said again until it ends, and its content compared."""
    part = Part(f"Kills during fetch (seed {seed})")
    with Lms(made(people=people, courses=2, batches=6), "latency-ms=80") as lms:  # so that a kill finds some in flight
        place = workplace(folder / "kills", lms, page_size=10, per_second=25)
        ended = place.run("run")
        part.must(ended.code == 0, f"the undisturbed run ended with {ended.code}: {ended.said}")
        rng = Random(seed)  # noqa: S311 - reproducible, not secret
        campaign = _Campaign(part, lms, place, rng, (content_of(place.snapshot()), place.workbooks()))
        while campaign.kills < kills and not part.wrong:
            campaign.fetch_once(kills)
        campaign.show()
    return part


def _start_seconds(place: Workplace) -> float:
    """How long a command takes that does next to nothing; on a busy machine several times as long as on a quiet one."""
    started = time.monotonic()
    place.run("history")
    return time.monotonic() - started


class _Campaign:
    def __init__(self, part: Part, lms: Lms, place: Workplace, rng: Random, undisturbed: tuple[Content, Cells]) -> None:
        self._part, self._lms, self._place, self._rng = part, lms, place, rng
        self._start = _start_seconds(place)
        self._content, self._workbooks = undisturbed
        self.kills = self._fetches = self._pages = self._again = self._checks = 0
        self._lost_pages: list[PageKey] = []
        self._lost_rows = self._doubled_rows = 0
        self._differing: list[str] = []

    def fetch_once(self, most_kills: int) -> None:
        """One fetch, however many commands it takes, and its workbooks."""
        place = self._place
        place.clear()
        self._lms.forget()
        kept: dict[PageKey, str] = {}
        killed_here = 0
        for tries in range(1, _MOST_TRIES + 1):
            running = place.start("fetch", "--quiet")
            if self.kills < most_kills and tries < _MOST_TRIES:  # on a busy machine every kill may come too early
                time.sleep(self._rng.uniform(_BEFORE_THE_START * self._start, self._start + _KILL_SECONDS))
                ended = running.kill()
            else:
                ended = running.end()
            now = place.pages()
            self._checks += 1
            self._lost_pages += [key for key, digest in kept.items() if now.get(key) != digest]
            kept = now
            if ended.code == 0:
                break
            self._part.must(ended.code == -9, f"a fetch ended with {ended.code}: {ended.said}")
            self.kills += 1
            killed_here += 1
        self._settle(kept, killed_here)

    def _settle(self, kept: dict[PageKey, str], killed_here: int) -> None:
        """The fetch is over: what was asked, what is there, and what is built from it."""
        place, part = self._place, self._part
        again = sum(count for target, count in self._lms.traffic.asked.items() if target.startswith("GET ")) - len(kept)
        part.must(0 <= again <= killed_here * MAX_IN_FLIGHT, f"{again} pages again after {killed_here} kills")
        self._fetches += 1
        self._pages += len(kept)
        self._again += again
        lost, doubled = lost_and_doubled(self._content, content_of(place.snapshot()))
        self._lost_rows += lost
        self._doubled_rows += doubled
        built = place.run("build", "--quiet")
        part.must(built.code == 0, f"the build ended with {built.code}: {built.said}")
        self._differing += differing_cells(self._workbooks, place.workbooks())

    def show(self) -> None:
        """The figures."""
        part = self._part
        part.figure("fetches", self._fetches)
        part.figure("kills", self.kills)
        part.figure("pages committed, all held against their digests", self._pages)
        part.figure("openings of the store right after a kill or an end", self._checks)
        part.none_of("committed pages lost or changed", self._lost_pages)
        part.figure(f"pages asked for again (at most {MAX_IN_FLIGHT} in flight a kill)", self._again)
        part.none_of("rows lost", range(self._lost_rows))
        part.none_of("rows doubled", range(self._doubled_rows))
        part.none_of("rows of workbooks that differ from the undisturbed run", self._differing)


def kill_builds(folder: Path, kills: int, seed: int, *, people: int = 150) -> Part:
    """Kill builds; the edition's folder is the old one, the new one or not there, never a mixture."""
    part = Part(f"Kills during build (seed {seed})")
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    half_written: list[str] = []
    differing: list[str] = []
    absent = killed = 0
    with Lms(made(people=people, courses=2, batches=6)) as lms:
        place = workplace(folder / "builds", lms)
        ended = place.run("run", "--quiet")
        part.must(ended.code == 0, f"the undisturbed run ended with {ended.code}: {ended.said}")
        workbooks, start = place.workbooks(), _start_seconds(place)
        for _ in range(kills):
            running = place.start("build", "--quiet")
            time.sleep(rng.uniform(_BEFORE_THE_START * start, start + _KILL_BUILD_SECONDS))
            killed += running.kill().code != 0
            half_written += place.half_written()
            if place.built_files():
                differing += differing_cells(workbooks, place.workbooks())
            else:
                absent += 1
        ended = place.run("build", "--quiet")
        part.must(ended.code == 0, f"the build after the kills ended with {ended.code}: {ended.said}")
        differing += differing_cells(workbooks, place.workbooks())
        part.figure("kills", killed)
        part.figure("kills after which the edition was absent, the next build brought it", absent)
        part.none_of("files half written under their final name", half_written)
        part.none_of("rows of workbooks that differ", differing)
        part.none_of("leftovers after the next build", place.leftovers())
    return part
