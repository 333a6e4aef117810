"""Purge: deletes what exceeds the retention period, and records what it deleted. The caller asks for consent.

`retention` says what that is. Must not decide what may go.
"""

import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import Series
from rkreport.errors import OutputError
from rkreport.files import reason_of
from rkreport.run.auditing import record
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.keep.retention import PurgePlan, is_own_folder
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.answers import AnswerStore
from rkreport.store.archive import Archive
from rkreport.store.bases import Bases
from rkreport.store.database import Database
from rkreport.store.expiry import Expiry
from rkreport.store.seals import Seals

RECORD = "purged.csv"
_COLUMNS = ("at", "older_than_months", "snapshots", "editions", "sent_files", "addresses", "logs", "not_deleted", "ids")

_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was deleted, as in the record, and why other items could not be."""

    what: Mapping[str, Any]
    failures: tuple[str, ...]
    record: Path


def purge_step(config: Config, database: Database, world: World, plan: PurgePlan) -> Purged:
    """Delete what the plan lists. Name what cannot be deleted, and continue.

    The record starts before the first deletion and ends with what was really deleted. A killed purge thus leaves a
    trace.

    Raises:
        StoreError: the store cannot be written.
        OutputError: purged.csv cannot be written; the store has the same record.
    """
    about = {"older_than_months": str(plan.months)}
    record(database, world, AuditEvent.PURGE_BEGUN, about=about, result=_counts_of(_record_of(plan)))
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
    AnswerStore(database).forget(plan.answered)
    Seals(database).forget((each.parent.name, int(each.name.removeprefix("rev"))) for each in done.editions)
    expiry.forget(plan.snapshots, plan.deliveries)
    what = {**_record_of(done), "not_deleted": len(failures)}
    expiry.finish(number, what)
    _append(config.data_dir / RECORD, world.utc_now().astimezone(config.zone), plan.months, what)
    record(database, world, AuditEvent.PURGE_ENDED, about=about, result=_counts_of(what))
    return Purged(what, tuple(failures), config.data_dir / RECORD)


def _delete_each(each: Iterable[_Thing], delete: Callable[[_Thing], None], failures: list[str]) -> tuple[_Thing, ...]:
    """Delete each item and return those deleted; add the reasons for others to `failures`."""
    gone = []
    for thing in each:
        try:
            delete(thing)
        except FileNotFoundError:
            gone.append(thing)
        except OSError as error:
            failures.append(
                Sentence(
                    "{thing} cannot be deleted: {reason}; close what has it open, and purge again.",
                    thing=thing,
                    reason=reason_of(error),
                )
            )
        else:
            gone.append(thing)
    return tuple(gone)


def _remove_leftover(path: Path) -> None:
    if is_own_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink()


def _remove_edition(folder: Path) -> None:
    """Delete an edition, its manifest last: after an interruption the rest is still recognised as ours."""
    for path in folder.iterdir():
        if is_own_folder(path):
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
        "answers": plan.answers,
        "logs": [path.name for path in plan.logs],
        "leftovers": len(plan.leftovers),
        "unsettled": [
            {"period": each.period, "revision": each.revision, "state": each.state, "count": each.count}
            for each in plan.unsettled
        ],
    }


def _counts_of(what: Mapping[str, Any]) -> str:
    """How much of each kind, for the audit log: the record has the ids."""
    kinds = {name: len(what[name]) for name in ("snapshots", "editions", "sent_files", "logs")}
    counts = {**kinds, "addresses": sum(what["addresses"].values()), "answers": what["answers"]}
    return ", ".join(f"{name} {count}" for name, count in {**counts, "not_deleted": what.get("not_deleted", 0)}.items())


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
            "Everything was deleted, but {record} cannot be written: {reason}; the store keeps the same record.",
            record=record,
            reason=reason_of(error),
        ) from error
