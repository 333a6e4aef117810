"""Settle: records what a person found out about a message in doubt. Knows the ledger, not mail or servers."""

from dataclasses import dataclass, replace
from datetime import tzinfo

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import edition_name
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.mail.lookup import WhichEdition, no_such_manager, nothing_sent
from rkreport.core.period import resolve_period
from rkreport.errors import ConfigError
from rkreport.run.auditing import record
from rkreport.run.recovering import recovered_ledger
from rkreport.run.send.sending import write_ledger
from rkreport.run.world import Clock, World
from rkreport.sentence import Sentence, joined
from rkreport.store.database import Database

_ARRIVED = "somebody found out that it arrived"
_LOST = "somebody found out that it was lost"


@dataclass(frozen=True, slots=True)
class SettleOrder:
    """Whose message, which month and revision (None: the one in doubt), and what was found out."""

    manager_id: str
    has_arrived: bool
    period: str | None = None
    revision: int | None = None
    is_interim: bool = False


def settle_step(config: Config, database: Database, world: World, order: SettleOrder) -> Delivery:
    """Mark a message in doubt as sent, or as planned again; return its new row.

    Raises:
        ConfigError: no such message is in doubt, or several are, or the period is invalid.
        StoreError: the store cannot be written.
    """
    ledger = recovered_ledger(database, world)
    row = _in_doubt(config.zone, ledger.all(), world.utc_now, order)
    end, reply = (DeliveryState.SENT, _ARRIVED) if order.has_arrived else (DeliveryState.PLANNED, _LOST)
    about = {"period": row.period, "revision": str(row.revision), "manager_id": row.manager_id}
    record(database, world, AuditEvent.MESSAGE_SETTLED, about=about, result="arrived" if order.has_arrived else "lost")
    ledger.move(row, end, reply)
    write_ledger(config, database, world.utc_now, row.period, row.revision)
    return replace(row, state=end, reply=reply)


def _in_doubt(zone: tzinfo, rows: tuple[Delivery, ...], utc_now: Clock, order: SettleOrder) -> Delivery:
    period = resolve_period(order.period, utc_now(), zone) if order.period else None
    edition = WhichEdition(period, order.revision, order.is_interim)
    if not rows:
        raise ConfigError(nothing_sent(order.manager_id))
    own = [row for row in rows if row.manager_id == order.manager_id]
    if not own:
        raise ConfigError(no_such_manager(order.manager_id, {row.manager_id for row in rows}, "in the ledger"))
    fitting = [row for row in own if edition.has(row.period, row.revision)]
    doubtful = [row for row in fitting if row.state is DeliveryState.UNKNOWN]
    editions = {(row.period, row.revision): row for row in doubtful}  # per edition the row sent last
    if not doubtful:
        phrases = [
            Sentence("{edition_name} is {state}", edition_name=edition_name(row.period, row.revision), state=row.state)
            for row in fitting or own
        ]
        states = joined(", ", list(dict.fromkeys(phrases))[-3:])
        raise ConfigError(
            "No such message for manager {manager_id}{edition} is in doubt; {states}.",
            manager_id=order.manager_id,
            edition=edition,
            states=states,
        )
    if len(editions) > 1:
        names = joined(", ", (edition_name(of, number) for of, number in editions))
        raise ConfigError(
            "Several messages for manager {manager_id} are in doubt ({names}); say which with --period and --revision.",
            manager_id=order.manager_id,
            names=names,
        )
    return doubtful[-1]
