"""A full disk: the data folder, then the output folder, on a file system of a few kilobytes, enlarged later."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.figures import Part
from tests.faults.workbench import (
    Lms,
    Workplace,
    content_of,
    differing_cells,
    lost_and_doubled,
    workplace,
)
from tests.simulator_fixture import made

_PLENTY = "64m"


def _mount(*words: str) -> bool:
    program = shutil.which("mount")
    if program is None:
        return False
    return subprocess.run([program, *words], check=False, capture_output=True).returncode == 0  # noqa: S603 - a mount of ours


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[bool]:
    """The folder as a disk of that size; False where this machine does not let us make one."""
    folder.mkdir(parents=True, exist_ok=True)
    can = sys.platform == "linux" and os.geteuid() == 0
    is_mounted = can and _mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder))
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607 - a mount of ours


def full_disk(folder: Path, *, people: int = 150) -> Part:
    """Run until the disk is full, make room, say the same command again."""
    part = Part("Full disk")
    with Lms(made(people=people, courses=2, batches=6)) as lms:
        place = workplace(folder / "disk", lms, page_size=10)
        ended = place.run("run", "--quiet")
        part.must(ended.code == 0, f"the undisturbed run ended with {ended.code}: {ended.said}")
        content, workbooks = content_of(place.snapshot()), place.workbooks()
        for name, target, size in (("data_dir", place.data_dir, "96k"), ("output_dir", place.output_dir, "40k")):
            place.clear()
            with small_disk(target, size) as is_mounted:
                if not is_mounted:
                    part.skipped = "a small tmpfs cannot be mounted here; that takes root on Linux"
                    return part
                _fill(part, place, name, target)
                lost = lost_and_doubled(content, content_of(place.snapshot()))
                part.must(lost == (0, 0), f"{name}: lost and doubled rows {lost}")
                if target == place.output_dir:
                    part.none_of("rows of workbooks that differ", differing_cells(workbooks, place.workbooks()))
                    part.none_of("leftovers", place.leftovers())
    return part


def _fill(part: Part, place: Workplace, name: str, target: Path) -> None:
    """The command fails with one sentence, keeps what it has, and goes on when there is room."""
    ended = place.run("fetch" if target == place.data_dir else "run", "--quiet")
    part.must(ended.code == 5, f"{name} full: exit code {ended.code}: {ended.said}")
    part.must(len(ended.sentences) == 1 and not ended.has_traceback, f"{name} full: {ended.said}")
    part.must("disk" in ended.said or "space" in ended.said, f"{name} full, which is not said: {ended.said}")
    part.none_of(f"{name}: files half written under their final name", place.half_written())
    _mount("-o", f"remount,size={_PLENTY}", str(target))
    kept = place.pages()
    part.figure(f"{name}: pages kept when it was full", len(kept))
    ended = place.run("fetch" if target == place.data_dir else "build", "--quiet")
    part.must(ended.code == 0, f"{name} with room again: exit code {ended.code}: {ended.said}")
    now = place.pages()
    part.none_of(f"{name}: committed pages lost", [key for key, digest in kept.items() if now.get(key) != digest])
