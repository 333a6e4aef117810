"""Send again: one manager gets the identical file once more on purpose, with its own ledger row.

Knows which file that is and when it must not go; `engine` sends the message.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from rkreport.config.load import Config
from rkreport.core.compliance import Series
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import Delivery, DeliveryState, corrected, received_of
from rkreport.core.mail.lookup import no_such_manager
from rkreport.core.report.team_view import team_views
from rkreport.delivery.mime import Attachment, Message
from rkreport.errors import ConfigError, RkreportError
from rkreport.run.edition.guarding import Ask
from rkreport.run.edition.loading import Loaded, load_edition
from rkreport.run.edition.messages import message_kind, team_message, team_message_id, why_not
from rkreport.run.edition.recognizing import recognized
from rkreport.run.edition.releasing import refuse_needless_release
from rkreport.run.recovering import recovered_ledger
from rkreport.run.send.agreeing import is_agreed
from rkreport.run.send.audited import audited_recorder, audited_sending, note_declined
from rkreport.run.send.checking import Checked, checked
from rkreport.run.send.message_source import MessageSource
from rkreport.run.send.order import AgainOrder, Sent
from rkreport.run.send.sending import refuse_sending_in_advance, write_ledger
from rkreport.run.world import World
from rkreport.sentence import Sentence, joined, ours
from rkreport.store.archive import Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger

_WENT = frozenset({DeliveryState.SENT, DeliveryState.WRITTEN})
_OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.FAILED})


def again_step(
    config: Config,
    database: Database,
    world: World,
    order: AgainOrder,
    *,
    ask: Ask | None,
    agree: Ask | None = None,
) -> Sent:
    """Send one manager their newest file again, under a new Message-ID; `ask` and `agree` as in `send_step`.

    Raises:
        ConfigError: nothing was sent to them, their address has changed, or a newer report waits for them.
        OutputError: the archive no longer has the file, or the month has no edition.
        RkreportError: one of the checks in `checking` stopped the sending.
    """
    refuse_needless_release(config, order.release, order.approved_by)
    sender = refuse_sending_in_advance(config, world)
    ledger = recovered_ledger(database, world)
    read = load_edition(
        config, database, world, order.period, is_interim=order.is_interim, allow_incomplete=order.allow_incomplete
    )
    row = _row(read, sender, ledger, order)
    loaded = checked(read, database, order, ask)
    content = Archive(config.data_dir).read(row.file_sha256)
    ledger.plan([row])
    agreed = is_agreed(config, loaded.assessment.compliance.edition.series, [row], agree)
    if not agreed:
        note_declined(loaded, database, [row])
    stopped = _send_once_more(loaded, sender, database, row, content) if agreed else ""
    after = [one for one in ledger.sent_again(row.period, row.revision) if one.message_id == row.message_id]
    return Sent(
        period=row.period,
        revision=row.revision,
        folder=config.output_dir / Series.parse(row.period).folder(row.revision),
        taken=sum(one.state in _WENT for one in after),
        rows=tuple(after),
        stopped=stopped,
        is_complete=bool(loaded.manifest["complete"]),
        is_declined=not agreed,
        release=loaded.release,
    )


def _row(loaded: Loaded, sender: Sender, ledger: Ledger, order: AgainOrder) -> Delivery:
    """Return the planned row of the repeated message; continue an open one."""
    edition, teams = loaded.assessment.compliance.edition, loaded.assessment.compliance.teams
    managers = {team.manager.manager_id: team.manager for team in teams}
    manager = managers.get(order.manager_id)
    if manager is None:
        raise ConfigError(no_such_manager(order.manager_id, managers, "in this edition"))
    rows = [row for row in ledger.of_period(str(edition.series)) if row.manager_id == order.manager_id]
    went = [row for row in rows if row.state in _WENT]
    if not went:
        raise _nothing_went(manager.manager_id, rows)
    first = went[-1]
    if first.recipient.casefold() != manager.email.casefold() or why_not(loaded.config.is_allowed, manager):
        raise ConfigError(
            "The address of manager {manager_id} is another one than their report went to;"
            " rkreport send sends it to the new one after a build.",
            manager_id=manager.manager_id,
        )
    same = recognized(
        loaded.config, loaded.world.secrets, loaded.assessment.compliance, {manager.manager_id: first}, loaded.wanted
    )
    if same[manager.manager_id].content_sha256 != loaded.wanted[manager.manager_id].content_sha256:
        raise ConfigError(
            "Revision {revision} says something else than manager {manager_id} was sent; rkreport send sends it.",
            revision=edition.revision,
            manager_id=manager.manager_id,
        )
    before = [one for one in ledger.sent_again(first.period, first.revision) if one.manager_id == manager.manager_id]
    if before and before[-1].state is DeliveryState.UNKNOWN:
        raise ConfigError(
            "Whether manager {manager_id} has the last message that was sent again is in doubt;"
            " say rkreport settle first.",
            manager_id=manager.manager_id,
        )
    number = before[-1].again if before and before[-1].state in _OPEN else len(before) + 1
    identity = " ".join((manager.manager_id, "again", str(number)))  # part of the Message-ID; told to nobody
    return replace(
        first,
        state=DeliveryState.PLANNED,
        message_id=team_message_id(replace(edition, revision=first.revision), message_kind(manager), identity, sender),
        attempts=0,
        reply="",
        size_bytes=0,
        transport=loaded.config.channel.name,
        again=number,
        reason=order.reason,
    )


def _send_once_more(loaded: Checked, sender: Sender, database: Database, row: Delivery, content: bytes) -> str:
    """Send the one message; return why it was stopped, or `""`."""
    ledger = Ledger(database, loaded.world.utc_now)
    compliance = loaded.assessment.compliance
    (team,) = [team for team in compliance.teams if team.manager.manager_id == row.manager_id]
    (view,) = team_views(compliance, [team], loaded.changes)
    earlier = received_of(ledger.of_period(row.period), row.revision, {row.manager_id: row.recipient})
    source = MessageSource(loaded, sender, loaded.world, {row.manager_id: view}, loaded.last_month)

    def make(due: Delivery) -> Message:
        return team_message(
            loaded.config,
            sender,
            replace(view, edition=replace(view.edition, revision=row.revision)),
            Attachment(PurePosixPath(row.file).name, content),
            loaded.world,
            message_id=due.message_id,
            earlier=corrected(earlier.get(row.manager_id), row.content_sha256),
            last_month=loaded.last_month.get(row.manager_id),
        )

    outbox = f"again{row.again}"
    try:
        with audited_sending(loaded, database, [row]) as end:
            loop = asyncio.run(source.deliver([row], make, audited_recorder(loaded, database), outbox=outbox))
            end(loop)
    except BaseException:
        with suppress(RkreportError):  # as in `sending`
            write_ledger(loaded.config, database, loaded.world.utc_now, row.period, row.revision)
        raise
    write_ledger(loaded.config, database, loaded.world.utc_now, row.period, row.revision)
    return loop.stopped


def _nothing_went(manager_id: str, rows: list[Delivery]) -> ConfigError:
    told = (Sentence("revision {revision} is {state}", revision=row.revision, state=ours(row.state)) for row in rows)
    is_doubtful = any(row.state is DeliveryState.UNKNOWN for row in rows)
    return ConfigError(
        "Nothing was sent to manager {manager_id} that could be sent again: {states}; {advice}.",
        manager_id=manager_id,
        states=joined(", ", told) or "nothing was planned",
        advice="say rkreport settle first" if is_doubtful else "rkreport send sends what waits",
    )
