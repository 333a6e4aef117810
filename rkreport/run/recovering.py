"""Settles what a run that was ended left in flight, whichever command finds it. Knows the ledger and the audit log."""

from rkreport.core.audit_chain import AuditEvent
from rkreport.core.mail.delivery import has_left
from rkreport.core.words import counted
from rkreport.run.auditing import record
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger


def recovered_ledger(database: Database, world: World) -> Ledger:
    """Return the ledger without messages in flight: this run holds the store, so they are of a run that died.

    Raises:
        StoreError: the ledger or the audit log cannot be written.
    """
    ledger = Ledger(database, world.utc_now)
    in_doubt = sum(map(has_left, ledger.in_flight()))
    if in_doubt:
        record(database, world, AuditEvent.MESSAGES_IN_DOUBT, result=counted(in_doubt, "message"))
        world.observer.say(
            Sentence(
                "Messages in flight when rkreport was ended: {in_doubt}; nobody can tell whether they arrived.",
                in_doubt=in_doubt,
            )
        )
    ledger.recover()
    return ledger
