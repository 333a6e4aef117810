"""Archive: finds the ledger row that the admin asks for, and returns the exact file that was sent; or the master.

Changes nothing in the data folder but the audit log.
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from rkreport.bounds import read_regular
from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import Series, edition_name
from rkreport.core.mail.delivery import HANDED_OVER, Delivery
from rkreport.core.mail.lookup import WhichEdition, no_such_manager, nothing_sent
from rkreport.core.period import resolve_period
from rkreport.errors import ConfigError, OutputError
from rkreport.files import write_private_file
from rkreport.run.auditing import record
from rkreport.run.edition.change_file import CHANGES
from rkreport.run.world import Clock, World
from rkreport.sentence import Sentence
from rkreport.store.archive import Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger, Master
from rkreport.store.seals import Seals

MASTER, CHANGED = "master", "changes"  # in place of a manager's id


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """Whose file to return, of which edition (None: the newest sent), and where to write it (None: its own name)."""

    manager_id: str
    period: str | None = None
    revision: int | None = None
    is_interim: bool = False
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A file as it was sent, with its ledger row. `changed_at` is in the report's zone."""

    sent: Delivery
    changed_at: datetime | None
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RetrievedMaster:
    """A master, or changes.csv, as it was when its edition was sent. `kept_at` is in the report's time zone."""

    master: Master
    kept_at: datetime | None
    path: Path
    size_bytes: int


def archive_master_step(config: Config, database: Database, world: World, order: ArchiveOrder) -> RetrievedMaster:
    """Write the master of an edition that was sent, or its changes.csv. Errors as `archive_step`."""
    edition = _edition(config.zone, world.utc_now, order)
    known = Ledger(database, world.utc_now).masters()
    fitting = [one for one in known if edition.has(one.period, one.revision)]
    if not fitting:
        names = [edition_name(one.period, one.revision) for one in known[-3:]]
        there_is = (
            Sentence("there is {names}", names=", ".join(names))
            if names
            else "rkreport send keeps that of each edition"
        )
        what = "master" if order.manager_id == MASTER else CHANGES
        raise ConfigError("No {what}{edition} is kept; {there_is}.", what=what, edition=edition, there_is=there_is)
    master = fitting[-1]
    if order.manager_id == CHANGED:
        master = _changes_beside(master, database)
    about = {"period": master.period, "revision": str(master.revision), "file": order.manager_id}
    record(database, world, AuditEvent.FILE_RETRIEVED, about=about, digests={"file": master.file_sha256})
    path, size_bytes = _write_file(config.data_dir, master.file, master.file_sha256, order)
    return RetrievedMaster(master, master.kept_at and master.kept_at.astimezone(config.zone), path, size_bytes)


def archive_step(config: Config, database: Database, world: World, order: ArchiveOrder) -> Retrieved:
    """Write the exact file that a manager was sent.

    Raises:
        ConfigError: no such file was sent, or the period is invalid.
        OutputError: the archive no longer has the file, it is damaged, or cannot be written.
    """
    sent = _asked_for(config.zone, Ledger(database, world.utc_now).all(), world.utc_now, order)
    about = {"period": sent.period, "revision": str(sent.revision), "manager_id": sent.manager_id}
    record(database, world, AuditEvent.FILE_RETRIEVED, about=about, digests={"file": sent.file_sha256})
    path, size_bytes = _write_file(config.data_dir, sent.file, sent.file_sha256, order)
    changed_at = sent.changed_at.astimezone(config.zone) if sent.changed_at else None
    return Retrieved(sent, changed_at, path, size_bytes)


def _changes_beside(master: Master, database: Database) -> Master:
    """Return the changes.csv of a master's edition, under a name that tells the edition."""
    sha256 = Seals(database).of(master.period, master.revision).get(CHANGES)
    if sha256 is None:
        raise ConfigError(
            "{edition_name} has no {changes}: an older rkreport built it.",
            edition_name=edition_name(master.period, master.revision),
            changes=CHANGES,
        )
    folder = Series.parse(master.period).folder(master.revision).replace("/", "_")
    return replace(master, file=f"{folder}_{CHANGES}", file_sha256=sha256)


def _write_file(data_dir: Path, file: str, sha256: str, order: ArchiveOrder) -> tuple[Path, int]:
    """Write the file of this digest; return its path and size."""
    content = Archive(data_dir).read(sha256)
    path = order.out or Path(PurePosixPath(file).name)
    if order.out is None:
        _refuse_to_overwrite(path, content)
    write_private_file(path, content)
    return path, len(content)


def _edition(zone: tzinfo, utc_now: Clock, order: ArchiveOrder) -> WhichEdition:
    period = resolve_period(order.period, utc_now(), zone) if order.period else None
    return WhichEdition(period, order.revision, order.is_interim)


def _asked_for(zone: tzinfo, rows: tuple[Delivery, ...], utc_now: Clock, order: ArchiveOrder) -> Delivery:
    """Return the newest matching row whose message left, or may have left."""
    edition = _edition(zone, utc_now, order)
    if not rows:
        raise ConfigError(nothing_sent(order.manager_id))
    own = [row for row in rows if row.manager_id == order.manager_id]
    if not own:
        raise ConfigError(
            no_such_manager(order.manager_id, {"master", *(row.manager_id for row in rows)}, "in the ledger")
        )
    fitting = [row for row in own if edition.has(row.period, row.revision)]
    left = [row for row in fitting if row.state in HANDED_OVER]
    if left:
        return max(left, key=lambda row: (row.period, row.revision))
    if fitting:
        raise ConfigError(
            "The message for manager {manager_id}{edition} was not sent: it is {state} in the"
            " ledger; its workbook is in the report's folder.",
            manager_id=order.manager_id,
            edition=edition,
            state=fitting[-1].state,
        )
    known = sorted({edition_name(row.period, row.revision) for row in own if row.state in HANDED_OVER})
    there_is = (
        Sentence("there is {known}", known=", ".join(known[-3:]))
        if known
        else "rkreport history lists what was sent from this data_dir"
    )
    raise ConfigError(
        "No message for manager {manager_id}{edition} was sent; {there_is}.",
        manager_id=order.manager_id,
        edition=edition,
        there_is=there_is,
    )


def _refuse_to_overwrite(path: Path, content: bytes) -> None:
    try:
        is_other = path.exists() and read_regular(path) != content
    except OSError:
        is_other = True
    if is_other:
        raise OutputError("{path} is there already and is another file; name a new one with --out.", path=path)
