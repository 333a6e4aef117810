"""Reads the audit log: its last lines, what was done to it, and a copy for other programs.

Adds only that it was copied. Must not judge what the lines tell.
"""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from rkreport.core.audit_chain import AuditEntry, AuditEvent, Damage, Head, damage_of, entry_of
from rkreport.errors import OutputError
from rkreport.files import write_private_file
from rkreport.run.auditing import mended_log, record
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.audit_log import AuditLog, AuditLogReader
from rkreport.store.database import Database, Readable

LARGEST_TAIL: Final = 1_000
_FOREIGN_LINES_NAMED = 10_000  # more are not looked at: a file full of line breaks must not fill the memory


@dataclass(frozen=True, slots=True)
class ReadLog:
    """The last lines, oldest first; None stands for a line that is not rkreport's. `head` is the log's end."""

    path: Path
    head: Head
    lines: tuple[AuditEntry | None, ...]


def read_audit_log(database: Database, world: World, count: int) -> ReadLog:
    """Return the last `count` lines.

    Raises:
        StoreError: the file cannot be read.
    """
    log = mended_log(database, world)
    last = tuple(entry_of(line.removesuffix(b"\n")) for line in log.tail(count))
    return ReadLog(log.path, log.head(), last)


def check_audit_log(database: Database, world: World) -> ReadLog:
    """Compare every line with the one after it, and the last with the store; only what a kill tore is mended.

    Raises:
        OutputError: the file is not what rkreport wrote; says in one sentence what was done.
        StoreError: the file cannot be read.
    """
    log = _whole_log(database, world)
    return ReadLog(log.path, log.head(), ())


def look_at_audit_log(store: Readable) -> ReadLog:
    """Compare as `check_audit_log`, and change nothing: a last line that a kill tore is for the next command to mend.

    Raises:
        OutputError, StoreError: as `check_audit_log`.
    """
    log = AuditLogReader(store)
    return ReadLog(log.path, _refuse_damaged(log), ())


def export_audit_log(database: Database, world: World, path: Path) -> ReadLog:
    """Write all lines to a file as they are; each has the digest of the one before.

    Raises:
        OutputError: the file is there already or cannot be written, or the log is not what rkreport wrote.
        StoreError: the log cannot be read.
    """
    if path.exists() or path.is_symlink():
        raise OutputError("{path} is there already; name a new file with --export.", path=path)
    log = _whole_log(database, world)
    content, head = b"".join(log.lines()), log.head()
    record(
        database,
        world,
        AuditEvent.LOG_EXPORTED,
        digests={"last_line": head.sha256},
        result=Sentence("{number} lines", number=head.number),
    )
    write_private_file(path, content)
    return ReadLog(log.path, head, ())


def _whole_log(database: Database, world: World) -> AuditLog:
    """The log, looked at before it is mended: what a person did to its end must not be mended unseen."""
    _refuse_damaged(AuditLogReader(database))
    return mended_log(database, world)


def _refuse_damaged(log: AuditLogReader) -> Head:
    """Return the last line that was written whole, where all lines up to it are as they were written."""
    head, found = log.written()
    most = head.number + _FOREIGN_LINES_NAMED
    links = list(islice(found, most + 1))
    damage = damage_of(links, head)
    if not damage:
        return head
    said = damage.sentence()
    if len(links) > most:
        said = Sentence("it has far more lines than the {number:,} of the log", number=head.number)
    elif damage == Damage(changed=(head.number,)) and log.lacks_break():
        said = Sentence("its last line has lost its line break")
    raise OutputError(
        "{path} is not what rkreport wrote: {said}; keep the file as evidence, and compare"
        " it with a backup or the last export.",
        path=log.path,
        said=said,
    )
