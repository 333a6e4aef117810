"""Every entrance for files is bounded: one sentence at once, in little memory, whatever an enemy put into the file."""

import re
import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from rkreport.store.database import Database
from tests.cli.hostile_files import BIG, TABLES, Hostile
from tests.cli.office import opened_office
from tests.cli.program import Workspace
from tests.cli.test_mistakes import LONGEST_SENTENCE, sentences

MOST_SECONDS, MOST_MEGABYTES = 60, 400
# One of each entrance in the fast lane; the table is an attack.
CASES = [
    pytest.param(entrance, name, marks=() if place == 0 else pytest.mark.slow)
    for entrance, table in TABLES.items()
    for place, name in enumerate(table)
]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")


@pytest.fixture(scope="session")
def exported(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot file of a month of which messages were sent."""
    with opened_office(built, tmp_path_factory.mktemp("exported")) as office:
        assert office.workspace.rkreport("send", "--yes").code == 0
        assert office.workspace.rkreport("export", "out.rkreport").code == 0
        return office.workspace.folder / "out.rkreport"


def refused(workspace: Workspace, hostile: Hostile) -> tuple[float, float]:
    """Seconds and megabytes that the refusal took, by a process of its own; without `/proc` no megabytes."""
    started, out, most = time.monotonic(), workspace.folder / "said", 0.0
    with out.open("w") as stream:
        process = workspace.start(*hostile.call.split(), stdout=stream, stderr=stream)
        while process.poll() is None:
            if time.monotonic() - started > MOST_SECONDS:
                process.kill()
            most = max(most, megabytes_of(process.pid))
            time.sleep(0.005)
    said = " ".join(out.read_text("utf-8").split())
    assert (process.returncode, hostile.said in said) == (hostile.code, True), said[:2_000]
    assert "Traceback" not in said
    return time.monotonic() - started, most


def megabytes_of(pid: int) -> float:
    """The most memory that a process has had; what `wait4` tells counts that of the process which started it."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


@pytest.mark.parametrize(("entrance", "name"), CASES)
def test_a_hostile_file(configured: Workspace, request: pytest.FixtureRequest, entrance: str, name: str) -> None:
    """One sentence of less than 400 characters, no traceback, and never exit code 1."""
    hostile = TABLES[entrance][name]
    if entrance == "snapshot":
        shutil.copy(request.getfixturevalue("exported"), configured.folder)
    hostile.make(configured)
    if name in {"a pipe", "a device"}:  # if they were opened, this process would wait for ever
        refused(configured, hostile)
        return
    outcome = configured.rkreport(*hostile.call.split())
    told = " ".join((outcome.out + outcome.err).split())
    assert (outcome.code, hostile.said in told) == (hostile.code, True), told[:2_000]
    assert "Traceback" not in told
    assert [sentence for sentence in sentences(outcome) if len(sentence) >= LONGEST_SENTENCE] == []
    if entrance == "snapshot":
        store = Database(configured.folder / "rkreport-data")
        taken = [store.read(f"SELECT * FROM {table}") for table in ("snapshot", "page", "delivery")]  # noqa: S608 - ours
        store.close()
        assert taken == [[], [], []]


def test_the_file_itself_is_taken(configured: Workspace, exported: Path) -> None:
    """What the table spoils arrives when nobody spoilt it."""
    shutil.copy(exported, configured.folder)
    outcome = configured.rkreport("import", "out.rkreport")
    assert outcome.code == 0, outcome.err
    assert "taken into the ledger" in outcome.out


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", BIG)
def test_a_big_hostile_file(configured: Workspace, name: str) -> None:
    """Refused within a minute and 400 MB."""
    hostile = BIG[name]()
    hostile.make(configured)
    seconds, megabytes = refused(configured, hostile)
    assert (seconds < MOST_SECONDS, megabytes < MOST_MEGABYTES) == (True, True), (seconds, megabytes)
