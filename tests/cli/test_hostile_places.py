"""Pipes, devices and links where the program keeps its own files: nothing waits for them, or writes through them."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.office import Office

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")

DATA, EDITION = "rkreport-data", "reports/2026-10/rev1"
KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": lambda path: os.mkfifo(path),  # noqa: PLW0108 - Windows has none
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("place", "codes"),
    [
        (f"{DATA}/run.lock.txt", (0, 0, 0)),
        (f"{DATA}/rkreport.log", (5, 5, 5)),
        (f"{EDITION}/manifest.json", (0, 5, 5)),
        (f"{EDITION}/managers/M-001_2026-10_rev1.xlsx", (0, 5, 5)),
        (f"{EDITION}/ledger.csv", (0, 5, 5)),
        ("reports/2026-10/rev2/manifest.json", (0, 5, 5)),
    ],
)
def test_no_command_waits(office: Office, place: str, codes: tuple[int, ...], kind: str) -> None:
    """What can be read beside it is read; else one sentence says what it is."""
    path = office.workspace.folder / place
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    outcomes = [office.workspace.rkreport(command) for command in ("history", "review", "send")]
    assert [outcome.code for outcome in outcomes] == list(codes), [outcome.err for outcome in outcomes]
    assert not any("Traceback" in outcome.err for outcome in outcomes)


def test_the_note_of_a_run_is_not_written_through_a_link(office: Office) -> None:
    """Whoever put the link there chose what it names."""
    chosen = office.workspace.folder / "config.toml"
    before = chosen.read_bytes()
    (office.workspace.folder / DATA / "run.lock.txt").symlink_to(chosen)
    assert office.workspace.rkreport("history").code == 0
    assert chosen.read_bytes() == before


@pytest.mark.parametrize("name", ["config.toml", f"{DATA}/store.sqlite3", "pipe", "link"])
def test_an_export_replaces_nothing(office: Office, name: str) -> None:
    """Least of all the config and the store."""
    os.mkfifo(office.workspace.folder / "pipe")
    (office.workspace.folder / "link").symlink_to("nowhere")
    path = office.workspace.folder / name
    before = path.lstat()
    outcome = office.workspace.rkreport("export", name)
    assert (outcome.code, "is there already; name a new file" in outcome.error) == (5, True)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
