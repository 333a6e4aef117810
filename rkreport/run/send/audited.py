"""A sending in the audit log: it begins with a line, every message has its own, and it ends with one.

Must not know how a message is sent.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.mail.delivery import Delivery
from rkreport.core.words import counted
from rkreport.delivery.mime import Message
from rkreport.errors import RkreportError
from rkreport.files import sha256_of
from rkreport.run.auditing import record
from rkreport.run.edition.releasing import about_loaded, edition_digests
from rkreport.run.opened_store import opened_store
from rkreport.run.send.checking import Checked
from rkreport.run.send.engine import SendLoop
from rkreport.run.send.recorders import AuditedRecorder, LedgerRecorder
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger

End = Callable[[SendLoop], None]
"""Takes the loop that has ended."""


@contextmanager
def audited_sending(
    loaded: Checked, database: Database, due: Sequence[Delivery], *, trial_to: str = ""
) -> Iterator[End]:
    """Write a line before a sending begins, and one when it has ended, however it ended; none if nothing is due.

    A trial names its teams and has the digest of its address: it leaves no other trace.

    Raises:
        StoreError: the line cannot be written; then no message may go.
    """
    begun, ended = AuditEvent.SENDING_BEGUN, AuditEvent.SENDING_ENDED
    about = _about(loaded)
    digests = edition_digests(loaded.folder, loaded.manifest)
    if trial_to:
        begun, ended = AuditEvent.TRIAL_BEGUN, AuditEvent.TRIAL_ENDED
        about["managers"] = " ".join(row.manager_id for row in due)
        digests |= {"address": sha256_of(trial_to.lower().encode())}
    result = "was ended"

    def end(loop: SendLoop) -> None:
        nonlocal result
        result = Sentence(
            "{messages} taken{what}",
            messages=counted(loop.taken, "message"),
            what=Sentence(", stopped early") if bool(loop.stopped or loop.put_off) else "",
        )

    if not due:
        yield end
        return
    record(database, loaded.world, begun, about=about, digests=digests, result=counted(len(due), "message"))
    try:
        yield end
    except BaseException:
        with suppress(RkreportError):  # the error that ended the sending matters more
            record(database, loaded.world, ended, about=about, digests=digests, result=result)
        raise
    record(database, loaded.world, ended, about=about, digests=digests, result=result)


def note_declined(loaded: Checked, database: Database, due: Sequence[Delivery]) -> None:
    """Write that the person who was asked before the first message said no: a release given before it led to nothing.

    Raises:
        StoreError: the line cannot be written.
    """
    result = counted(len(due), "message")
    record(database, loaded.world, AuditEvent.SENDING_DECLINED, about=_about(loaded), result=result)


def note_summary(config: Config, world: World, message: Message, to: str) -> None:
    """Write that a summary goes to the admin: the digests of its text and of the address.

    The store is closed by then. Where it cannot be opened again the summary, which says so, goes without a line.
    """
    digests = {"message": sha256_of(message.content), "address": sha256_of(to.lower().encode())}
    with suppress(RkreportError), opened_store(config, world) as database:
        record(database, world, AuditEvent.SUMMARY_MADE, digests=digests, result=config.channel.name)


def _about(loaded: Checked) -> dict[str, str]:
    about = about_loaded(loaded) | {"transport": loaded.config.channel.name}
    release = loaded.release
    return about | {"release": release.code, "approved_by": release.approved_by} if release.code else about


def audited_recorder(loaded: Checked, database: Database) -> AuditedRecorder:
    """Record messages in the ledger, under the edition's release, and in the audit log."""

    def note(event: AuditEvent, row: Delivery, result: str) -> None:
        about = {"period": row.period, "revision": str(row.revision), "manager_id": row.manager_id}
        if row.again:
            about["again"] = str(row.again)
        record(database, loaded.world, event, about=about, digests={"file": row.file_sha256}, result=result)

    return AuditedRecorder(LedgerRecorder(Ledger(database, loaded.world.utc_now), loaded.release), note)
