"""What is older than it may be kept: the plan of a purge. Changes nothing.

It finds only rkreport's own files, and follows no symbolic link. The newest snapshot and the newest edition always
stay, however old, because the admin may still need them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.compliance import INTERIM, Series
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.moments import is_sane
from rkreport.core.period import add_months
from rkreport.logs import LOG_NAME
from rkreport.run.edition.manifest_file import read_manifest
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.world import Clock
from rkreport.store.answers import AnsweredKey, AnswerStore
from rkreport.store.archive import Archive
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.expiry import Expiry
from rkreport.store.ledger import Ledger

_PERIOD = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
_EDITION = re.compile(r"(?:rev|interim)[1-9]\d{0,5}")
_LEFT_OVER = re.compile(r"\.(?:rev|interim)\d{1,6}\.(?:building|old)")  # left by a killed build
_ROTATED = re.compile(rf"{re.escape(LOG_NAME)}\.\d+")
_UNSETTLED = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Messages of one edition that are due for deletion and are still planned or in doubt."""

    period: str
    revision: int
    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """All that is older than `before`, which is `months` ago in the report's zone.

    `snapshots` are ids, `editions` folders, `sent_files` digests. `deliveries` are rows that still hold an address.
    `leftovers` are drafts of killed builds and sendings. `bases` record what editions told each manager.
    `answered` are workbooks that came back, with so many `answers`.
    """

    months: int
    before: datetime
    snapshots: tuple[str, ...]
    editions: tuple[Path, ...]
    sent_files: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    logs: tuple[Path, ...]
    leftovers: tuple[Path, ...] = ()
    bases: tuple[BaseKey, ...] = ()
    answered: tuple[AnsweredKey, ...] = ()
    answers: int = 0

    @property
    def is_empty(self) -> bool:
        """True if nothing is that old."""
        files = self.editions or self.sent_files or self.logs or self.leftovers
        return not (self.snapshots or self.deliveries or self.bases or self.answered or files)

    @property
    def base_names(self) -> tuple[str, ...]:
        """The names of the bases' editions, each once."""
        return tuple(dict.fromkeys(Series.parse(key.period).folder(key.revision) for key in self.bases))

    @property
    def unsettled(self) -> tuple[Unsettled, ...]:
        """The messages that are still unsettled; after the purge they cannot be settled."""
        rows = [row for row in self.deliveries if row.state in _UNSETTLED]
        counts = Counter((row.period, row.revision, row.state) for row in rows)
        return tuple(Unsettled(*key, count) for key, count in sorted(counts.items()))


def purge_plan(config: Config, database: Database, utc_now: Clock, months: int) -> PurgePlan:
    """Find everything that is too old; change nothing."""
    now = utc_now().astimezone(config.zone)
    before = datetime.combine(add_months(now.date(), -months) or date.min, now.timetz())
    editions = _editions(config.output_dir)
    newest = max(editions, default=None, key=lambda each: (not each.series.is_interim, each.series, each.revision))
    stays = (str(newest.series), newest.revision) if newest else None
    ledger, store = Ledger(database, utc_now), AnswerStore(database)
    answered = tuple(key for key in store.kept_before(before) if (key.period, key.revision) != stays)
    rows = ledger.all()
    old = {
        _key(row) for row in rows if row.changed_at and row.changed_at < before and (row.period, row.revision) != stays
    }
    return PurgePlan(
        months=months,
        before=before,
        snapshots=Expiry(database, utc_now).old_snapshots(before),
        editions=tuple(each.folder for each in editions if each is not newest and each.as_of < before),
        sent_files=tuple(_old_sent_files(config.data_dir, ledger, old, before)),
        deliveries=tuple(row for row in rows if _key(row) in old and (row.recipient or row.cc)),
        logs=tuple(_old_logs(config.data_dir, before)),
        leftovers=tuple(_leftovers(config, before)),
        bases=tuple(key for key in Bases(database).kept_before(before) if (key.period, key.revision) != stays),
        answered=answered,
        answers=store.count_of(answered),
    )


def _key(row: Delivery) -> tuple[str, int, str, int]:
    return row.period, row.revision, row.manager_id, row.again


@dataclass(frozen=True, slots=True)
class _Edition:
    """An edition's folder, and the time of its data."""

    series: Series
    revision: int
    folder: Path
    as_of: datetime


def _editions(output_dir: Path) -> list[_Edition]:
    """Find every edition, oldest first."""
    folders = (folder for period in _folders(output_dir, _PERIOD) for folder in _folders(period, _EDITION))
    found = [edition for folder in folders if (edition := _edition(folder))]
    return sorted(found, key=lambda each: (each.series, each.revision))


def _folders(within: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Find real folders with such a name, never targets of links."""
    with suppress(OSError):
        return [each for each in within.iterdir() if pattern.fullmatch(each.name) and is_own_folder(each)]
    return []


def is_own_folder(path: Path) -> bool:
    """True for a folder; a link to one is not ours."""
    return path.is_dir() and not path.is_symlink()


def _edition(folder: Path) -> _Edition | None:
    """Read the time of an edition's data from its manifest; None if it has no manifest and is not ours."""
    path = folder / MANIFEST
    try:
        if path.is_symlink():
            return None
        manifest = read_manifest(path)
        series = Series(Series.parse(manifest["period"]).period, manifest.get("kind") == INTERIM)
        number, as_of = int(manifest["revision"]), datetime.fromisoformat(manifest["as_of"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    is_ours = f"{folder.parent.name}/{folder.name}" == series.folder(number) and "run_id" in manifest
    return _Edition(series, number, folder, as_of) if is_ours and is_sane(as_of) else None


def _old_sent_files(
    data_dir: Path, ledger: Ledger, old: set[tuple[str, int, str, int]], before: datetime
) -> Iterator[str]:
    """Find files whose rows are all too old. A file without any row goes by its own age.

    A master stays as long as any row of its edition.
    """
    rows = ledger.all()
    young = [row for row in rows if _key(row) not in old]
    editions = {(row.period, row.revision) for row in young}
    masters = {each.file_sha256: (each.period, each.revision) for each in ledger.masters()}
    still_wanted = {row.file_sha256 for row in young}.union(one for one, of in masters.items() if of in editions)
    known = {row.file_sha256 for row in rows}.union(masters)
    for sha256, since in Archive(data_dir).kept():
        if sha256 not in still_wanted and (sha256 in known or since < before):
            yield sha256


def _leftovers(config: Config, before: datetime) -> Iterator[Path]:
    """Find unfinished drafts of editions and parts of files: they hold personal data too."""
    drafts = (one for period in _folders(config.output_dir, _PERIOD) for one in _folders(period, _LEFT_OVER))
    for path in (*drafts, *Archive(config.data_dir).parts()):
        with suppress(OSError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                yield path


def _old_logs(data_dir: Path, before: datetime) -> Iterator[Path]:
    with suppress(OSError):
        for path in sorted(data_dir.iterdir()):
            if _ROTATED.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                if changed < before:
                    yield path
