"""What every attack needs: a simulated LMS that answers, a folder with a config, and the real command as a process.

Knows how the program is said and where it keeps things; must not know what is done to it.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from python_calamine import CalamineWorkbook

from rkreport.core.snapshot import Snapshot
from rkreport.run.edition.assessing import load_snapshot
from rkreport.run.setup.simulating import CONFIG_NAME, write_simulated_config
from rkreport.simulator.company import Company
from rkreport.simulator.faults import parse_faults
from rkreport.simulator.server import Simulator
from rkreport.simulator.traffic import Traffic
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.snapshots import Snapshots

CHECKOUT = Path(__file__).parents[2]
MAX_IN_FLIGHT = 4
_LONGEST_COMMAND_SECONDS = 120
_TITLE_ROWS = 5  # of every sheet: company, title, times and run id
_AUDIT_SHEET = "Audit trail"
_AUDIT_ITEMS = frozenset(
    {"Run ID", "Snapshot", "Extraction started", "Extraction finished", "Requests", "Requests repeated"}
)

_MINUTE = re.compile(r"(\d \w{3} \d{4}) \d\d[.:]\d\d")
_SNAPSHOT = re.compile(r"\d{8}-\d{6}(-\d+)?")

PageKey = tuple[str, str, int, int]
"""Snapshot, list, pass and number."""

Cells = Mapping[str, Mapping[str, Sequence[Sequence[Any]]]]
"""Rows by file and sheet."""


class Lms:
    """A simulator in a thread of its own, so that the attacks can be plain functions."""

    def __init__(
        self, company: Company, faults: str = "", port: int = 0, *, client_secret: str = "demo-secret"
    ) -> None:
        """Make ready."""
        self.company = company
        self.simulator = Simulator(company, faults=parse_faults(faults), port=port, client_secret=client_secret)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.simulator.__aenter__(), self._loop).result(30)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        asyncio.run_coroutine_threadsafe(self.simulator.__aexit__(None, None, None), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return self.simulator.base_url

    @property
    def port(self) -> int:
        """On which port."""
        return int(self.base_url.rpartition(":")[2])

    @property
    def traffic(self) -> Traffic:
        """What has been asked since `forget`."""
        return self.simulator.traffic

    @property
    def tokens_issued(self) -> int:
        """How many logins there were, ever."""
        issued = self.simulator.stats["tokens_issued"]
        assert isinstance(issued, int)
        return issued

    def forget(self) -> None:
        """Count from nought."""
        self.simulator.traffic = Traffic()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; a killed one has a negative code."""

    code: int
    said: str

    @property
    def has_traceback(self) -> bool:
        """Whether somebody saw what only a developer should see."""
        return "Traceback" in self.said or "mistake in rkreport" in self.said

    @property
    def sentences(self) -> list[str]:
        """The errors that were said."""
        return [line for line in self.said.splitlines() if line.startswith("Error: ")]


@dataclass(frozen=True, slots=True)
class Running:
    """A command on its way."""

    process: "subprocess.Popen[str]"

    def kill(self) -> Ended:
        """As a power cut would, and everything that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.end()

    def end(self) -> Ended:
        """Wait until it ends by itself."""
        try:
            said, _ = self.process.communicate(timeout=_LONGEST_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            said, _ = self.process.communicate()
            said += "\nError: it did not end and was killed."
        return Ended(self.process.returncode, said)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder with a config for one LMS. `prefix` stands before every command."""

    folder: Path
    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        """Where the store is."""
        return self.folder / "rkreport-data"

    @property
    def output_dir(self) -> Path:
        """Where the workbooks are."""
        return self.folder / "reports"

    @property
    def store(self) -> Path:
        """The store."""
        return self.data_dir / FILE_NAME

    def start(self, *words: str, prefix: Sequence[str] = ()) -> Running:
        """Say a command: `start("fetch")`."""
        line = [*self.prefix, *prefix, sys.executable, "-X", "utf8", "-m", "rkreport", *words, "--config", CONFIG_NAME]
        given = {
            "RKREPORT_CLIENT_ID": "demo",
            "RKREPORT_CLIENT_SECRET": "demo-secret",
            "PYTHONPATH": str(CHECKOUT),
        }
        process = subprocess.Popen(  # noqa: S603 - our own program
            line,
            cwd=self.folder,
            env={**os.environ, **given, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        return Running(process)

    def run(self, *words: str, prefix: Sequence[str] = ()) -> Ended:
        """Say a command and wait for its end."""
        return self.start(*words, prefix=prefix).end()

    @contextmanager
    def store_copy(self) -> Iterator[Database]:
        """The store as a crash left it, opened beside: what recovers it for good must be the program itself."""
        side = self.folder / "copy"
        shutil.rmtree(side, ignore_errors=True)
        side.mkdir()
        for path in self.data_dir.glob(f"{FILE_NAME}*"):
            shutil.copy(path, side / path.name)
        database = Database(side)
        try:
            yield database
        finally:
            database.close()
            shutil.rmtree(side)

    def pages(self) -> dict[PageKey, str]:
        """Every page of the store with its digest, each of which was held against its bytes.

        Raises:
            AssertionError: a page is damaged, or the file is.
        """
        if not self.store.exists():
            return {}
        found: dict[PageKey, str] = {}
        with self.store_copy() as database:
            assert [tuple(row) for row in database.read("PRAGMA integrity_check")] == [("ok",)]
            for *key, digest, body in database.stream("SELECT snapshot_id, list, pass, number, sha256, body FROM page"):
                assert sha256(zlib.decompress(body)).hexdigest() == digest, f"{key} is damaged"
                found[key[0], key[1], key[2], key[3]] = digest
        return found

    def snapshot(self) -> Snapshot:
        """The newest finished snapshot, as models."""
        with self.store_copy() as database:
            snapshots = Snapshots(database, lambda: datetime.now(UTC))
            return load_snapshot(snapshots, snapshots.finished(None))

    def half_written(self) -> list[str]:
        """Workbooks, messages and other files under a final name in a final folder that cannot be read whole."""
        broken = []
        for path in self.built_files():
            try:
                match path.suffix:
                    case ".xlsx":
                        cells_of(path)
                    case ".json":
                        assert path.read_text("utf-8").rstrip().endswith("}")
                    case ".eml":
                        assert path.read_bytes().rstrip().endswith(b"--")
                    case _:
                        assert path.stat().st_size
            except Exception as error:  # noqa: BLE001 - whatever the reader says of a broken file
                broken.append(f"{path.name}: {error}")
        return broken

    def built_files(self) -> list[Path]:
        """The files of all finished editions."""
        return sorted(path for path in self.output_dir.glob("*/rev*/**/*") if path.is_file())

    def leftovers(self) -> list[str]:
        """What an interrupted build left beside its place."""
        return sorted(str(path.relative_to(self.output_dir)) for path in self.output_dir.rglob(".*"))

    def workbooks(self) -> Cells:
        """All cells of all workbooks."""
        return {
            str(path.relative_to(self.output_dir)): cells_of(path)
            for path in self.built_files()
            if path.suffix == ".xlsx"
        }

    def clear(self) -> None:
        """Begin anew with the same config."""
        shutil.rmtree(self.data_dir, ignore_errors=True)
        shutil.rmtree(self.output_dir, ignore_errors=True)


def workplace(folder: Path, lms: Lms, *, base_url: str = "", page_size: int = 20, per_second: int = 200) -> Workplace:
    """A folder with the config of an LMS."""
    folder.mkdir(parents=True)
    write_simulated_config(folder, lms.company, base_url or lms.base_url, "en", every_kind=True)
    config = folder / CONFIG_NAME
    limits = f"requests_per_second = {per_second}\nmax_in_flight = {MAX_IN_FLIGHT}\npage_size = {page_size}\n"
    config.write_text(config.read_text("utf-8").replace("requests_per_second = 100\n", limits), "utf-8")
    return Workplace(folder)


def cells_of(path: Path) -> dict[str, list[list[Any]]]:
    """The rows of every sheet, as a reader sees them that has nothing to do with the writer.

    Without the time of day at which the data were read: a sentence of the first sheet tells it, in each run another.
    """
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    return {
        name: [[_MINUTE.sub(r"\1", cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
        for name, rows in sheets.items()
    }


def differing_cells(one: Cells, other: Cells) -> list[str]:
    """Where two sets of workbooks differ beside what names the run: title lines, and its times in the audit trail."""
    if one.keys() != other.keys():
        return [f"other files: {sorted(one.keys() ^ other.keys())}"]
    found = []
    for file, sheets in one.items():
        if sheets.keys() != other[file].keys():
            found.append(f"{file}: other sheets")
            continue
        for sheet, rows in sheets.items():
            other_rows = other[file][sheet]
            if len(rows) != len(other_rows):
                found.append(f"{file}, {sheet}: {len(rows)} rows and {len(other_rows)}")
            found += [
                f"{file}, {sheet}, row {number}: {left} and {right}"
                for number, (left, right) in enumerate(zip(rows, other_rows, strict=False), start=1)
                if _without_run(left) != _without_run(right) and not _names_the_run(sheet, number, left)
            ]
    return found


def _names_the_run(sheet: str, number: int, row: Sequence[Any]) -> bool:
    return number <= _TITLE_ROWS or (sheet == _AUDIT_SHEET and len(row) > 1 and row[1] in _AUDIT_ITEMS)


def _without_run(row: Sequence[Any]) -> list[Any]:
    return ["a snapshot" if isinstance(cell, str) and _SNAPSHOT.fullmatch(cell) else cell for cell in row]


@dataclass(frozen=True, slots=True)
class Content:
    """What a snapshot holds, whatever it cost."""

    learners: Sequence[Any]
    units: Sequence[Any]
    courses: Sequence[Any]
    batches: Sequence[Any]
    assignments: Sequence[Any]
    completions: Sequence[Any]
    plans: Sequence[Any]
    plan_courses: Sequence[Any]
    plan_users: Sequence[Any]


def content_of(snapshot: Snapshot) -> Content:
    """The rows of a snapshot in an order of their own."""
    return Content(*(sorted(map(repr, getattr(snapshot, name))) for name in Content.__slots__))


def lost_and_doubled(wanted: Content, found: Content) -> tuple[int, int]:
    """How many rows of the first the second does not have, and how many it has too often or besides."""
    lost = doubled = 0
    for name in Content.__slots__:
        left, right = list(getattr(wanted, name)), list(getattr(found, name))
        for row in left:
            if row in right:
                right.remove(row)
            else:
                lost += 1
        doubled += len(right)
    return lost, doubled
