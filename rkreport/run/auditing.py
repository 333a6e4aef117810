"""Writes lines into the audit log. Knows who runs the program and when; a step says what it did.

Names and addresses stay out of it, but for the user of the operating system and the person who approved a sending.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rkreport.core.audit_chain import AuditEntry, AuditEvent, Head, line_of
from rkreport.run.world import World
from rkreport.store.audit_log import AuditLog
from rkreport.store.database import Database

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def record(
    database: Database,
    world: World,
    event: AuditEvent,
    *,
    about: Mapping[str, str] = _NOTHING,
    digests: Mapping[str, str] = _NOTHING,
    result: str = "",
) -> None:
    """Add a line; when this returns it is on the disk. What it announces comes after this call.

    Raises:
        StoreError: it cannot be written; then what it announces must not happen.
    """
    mended_log(database, world).append(_line_after(world, event, about, digests, result))


def mended_log(database: Database, world: World) -> AuditLog:
    """The log, after telling the admin what was wrong with its end; a line of the log tells it too.

    Raises:
        StoreError: it cannot be read or written.
    """
    log = AuditLog(database)
    said = log.mend()
    for sentence in said:
        world.observer.say(sentence)
    if said:
        result = "its end was not as rkreport left it"
        log.append(_line_after(world, AuditEvent.LOG_MENDED, _NOTHING, _NOTHING, result))
    return log


def _line_after(
    world: World, event: AuditEvent, about: Mapping[str, str], digests: Mapping[str, str], result: str
) -> Callable[[Head], bytes]:
    def line(head: Head) -> bytes:
        number, now = head.number + 1, world.utc_now()
        return line_of(
            AuditEntry(number, now, world.actor(), world.command, event, about, digests, result, head.sha256)
        )

    return line
