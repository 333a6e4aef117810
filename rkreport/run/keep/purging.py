"""Purge: deletes what exceeds the retention period, and records what it deleted. The caller asks for consent.

It deletes only rkreport's own files, and follows no symbolic link. The newest snapshot and the newest edition always
stay, however old, because the admin may still need them.
"""

import csv
import io
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from rkreport.config.load import Config
from rkreport.core.compliance import INTERIM, Series
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.period import add_months
from rkreport.errors import OutputError
from rkreport.files import reason_of
from rkreport.logs import LOG_NAME
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.world import Clock, World
from rkreport.store.archive import Archive
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.expiry import Expiry
from rkreport.store.ledger import Ledger
from rkreport.store.seals import Seals

RECORD = "purged.csv"
_COLUMNS = ("at", "older_than_months", "snapshots", "editions", "sent_files", "addresses", "logs", "not_deleted", "ids")
_PERIOD = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
_EDITION = re.compile(r"(?:rev|interim)[1-9]\d{0,5}")
_LEFT_OVER = re.compile(r"\.(?:rev|interim)\d{1,6}\.(?:building|old)")  # left by a killed build
_ROTATED = re.compile(rf"{re.escape(LOG_NAME)}\.\d+")
_UNSETTLED = frozenset({DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.UNKNOWN})

_Thing = TypeVar("_Thing")


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

    @property
    def is_empty(self) -> bool:
        """True if nothing is that old."""
        files = self.editions or self.sent_files or self.logs or self.leftovers
        return not (self.snapshots or self.deliveries or self.bases or files)

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


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted, as in the record, and why other items could not be."""

    what: Mapping[str, Any]
    failures: tuple[str, ...]
    record: Path


# ---- the plan


def purge_plan(config: Config, database: Database, utc_now: Clock, months: int) -> PurgePlan:
    """Find everything that is too old; change nothing."""
    now = utc_now().astimezone(config.zone)
    before = datetime.combine(add_months(now.date(), -months) or date.min, now.timetz())
    editions = _editions(config.output_dir)
    newest = max(editions, default=None, key=lambda each: (not each.series.is_interim, each.series, each.revision))
    stays = (str(newest.series), newest.revision) if newest else None
    ledger = Ledger(database, utc_now)
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
        return [each for each in within.iterdir() if pattern.fullmatch(each.name) and _is_own_folder(each)]
    return []


def _is_own_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _edition(folder: Path) -> _Edition | None:
    """Read the time of an edition's data from its manifest; None if it has no manifest and is not ours."""
    path = folder / MANIFEST
    try:
        if path.is_symlink():
            return None
        manifest = json.loads(path.read_bytes())
        series = Series(Series.parse(manifest["period"]).period, manifest.get("kind") == INTERIM)
        number, as_of = int(manifest["revision"]), datetime.fromisoformat(manifest["as_of"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    is_ours = f"{folder.parent.name}/{folder.name}" == series.folder(number) and "run_id" in manifest
    return _Edition(series, number, folder, as_of) if is_ours and as_of.tzinfo else None


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


# ---- the deletion


def purge_step(config: Config, database: Database, world: World, plan: PurgePlan) -> Purged:
    """Delete what the plan lists. Name what cannot be deleted, and continue.

    The record starts before the first deletion and ends with what was really deleted. A killed purge thus leaves a
    trace.

    Raises:
        StoreError: the store cannot be written.
        OutputError: purged.csv cannot be written; the store has the same record.
    """
    expiry = Expiry(database, world.utc_now)
    number = expiry.begin(plan.months, {"begun": True, **_record_of(plan)})
    failures: list[str] = []
    done = replace(
        plan,
        editions=_delete_each(plan.editions, _remove_edition, failures),
        sent_files=_delete_each(plan.sent_files, Archive(config.data_dir).remove, failures),
        logs=_delete_each(plan.logs, Path.unlink, failures),
        leftovers=_delete_each(plan.leftovers, _remove_leftover, failures),
    )
    Bases(database).forget(plan.bases)
    Seals(database).forget((each.parent.name, int(each.name.removeprefix("rev"))) for each in done.editions)
    expiry.forget(plan.snapshots, plan.deliveries)
    what = {**_record_of(done), "not_deleted": len(failures)}
    expiry.finish(number, what)
    record = config.data_dir / RECORD
    _append(record, world.utc_now().astimezone(config.zone), plan.months, what)
    return Purged(what, tuple(failures), record)


def _delete_each(each: Iterable[_Thing], delete: Callable[[_Thing], None], failures: list[str]) -> tuple[_Thing, ...]:
    """Delete each item and return those deleted; add the reasons for others to `failures`."""
    gone = []
    for thing in each:
        try:
            delete(thing)
        except FileNotFoundError:
            gone.append(thing)
        except OSError as error:
            failures.append(f"{thing} cannot be deleted: {reason_of(error)}; close what has it open, and purge again.")
        else:
            gone.append(thing)
    return tuple(gone)


def _remove_leftover(path: Path) -> None:
    if _is_own_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink()


def _remove_edition(folder: Path) -> None:
    """Delete an edition, its manifest last: after an interruption the rest is still recognised as ours."""
    for path in folder.iterdir():
        if _is_own_folder(path):
            shutil.rmtree(path)
        elif path.name != MANIFEST:
            path.unlink()
    (folder / MANIFEST).unlink()
    folder.rmdir()
    with suppress(OSError):
        folder.parent.rmdir()


def _record_of(plan: PurgePlan) -> dict[str, Any]:
    """Return counts and ids, without names and addresses."""
    addresses = Counter(Series.parse(row.period).folder(row.revision) for row in plan.deliveries)
    return {
        "before": plan.before.isoformat(timespec="seconds"),
        "snapshots": list(plan.snapshots),
        "editions": [f"{folder.parent.name}/{folder.name}" for folder in plan.editions],
        "sent_files": list(plan.sent_files),
        "addresses": dict(addresses),
        "bases": list(plan.base_names),
        "logs": [path.name for path in plan.logs],
        "leftovers": len(plan.leftovers),
        "unsettled": [
            {"period": each.period, "revision": each.revision, "state": each.state, "count": each.count}
            for each in plan.unsettled
        ],
    }


def _append(record: Path, at: datetime, months: int, what: Mapping[str, Any]) -> None:
    """Add a line to the record for people, purged.csv."""
    counts = [len(what[name]) for name in ("snapshots", "editions", "sent_files")]
    ids = " ".join([*what["snapshots"], *what["editions"]])
    line = (at.isoformat(timespec="seconds"), months, *counts, sum(what["addresses"].values()))
    text = io.StringIO()
    writer = csv.writer(text)
    try:
        descriptor = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as file:  # noqa: PTH123 - Path.open takes no descriptor
            if not file.tell():
                writer.writerow(_COLUMNS)
            writer.writerow((*line, len(what["logs"]), what["not_deleted"], ids))
            file.write(text.getvalue().encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutputError(
            f"Everything was deleted, but {record} cannot be written: {reason_of(error)}; the store keeps the same"
            " record."
        ) from error
