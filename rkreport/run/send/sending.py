"""Send: sends what was built to the managers, each message once; or a trial to the admin only.

    edition loaded and checked → planned on the disk → one by one → ledger.csv

Knows the order of these steps, and must not know how one is done: `checking` says what may stop a sending, `engine`
sends each message.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import Series
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import OUTBOX, Delivery, DeliveryState, corrected, has_left
from rkreport.core.models import ManagerId
from rkreport.core.words import counted
from rkreport.delivery.mime import Message
from rkreport.errors import ConfigError, OutputError, RkreportError
from rkreport.files import sha256_of
from rkreport.run.auditing import record
from rkreport.run.edition.change_file import KIND
from rkreport.run.edition.comparing import keep_base
from rkreport.run.edition.earlier import received_by
from rkreport.run.edition.elsewhere import lost_state_notice
from rkreport.run.edition.guarding import Ask
from rkreport.run.edition.ledger_file import write_ledger_file
from rkreport.run.edition.loading import Loaded, load_edition
from rkreport.run.edition.recognizing import recognized
from rkreport.run.edition.releasing import about_loaded, refuse_needless_release
from rkreport.run.recovering import recovered_ledger
from rkreport.run.send.agreeing import is_agreed
from rkreport.run.send.audited import audited_recorder, audited_sending, note_declined
from rkreport.run.send.checking import Checked, checked
from rkreport.run.send.engine import SendLoop
from rkreport.run.send.message_source import Make, MessageSource
from rkreport.run.send.order import SendOrder, Sent
from rkreport.run.send.planning import Plan, check_only, chosen_rows, delivery_plan
from rkreport.run.send.trials import trial_address, try_out
from rkreport.run.transports import smtp_transport_of
from rkreport.run.world import Clock, World
from rkreport.sentence import Sentence
from rkreport.store.archive import Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger, Master
from rkreport.store.lock import one_sending
from rkreport.store.origin import Origin
from rkreport.store.seals import Seals

_WITHDRAWN = frozenset({DeliveryState.PLANNED, DeliveryState.WRITTEN})
_MINUTE = timedelta(minutes=1)  # the window of the pace


def refuse_sending_in_advance(config: Config, world: World) -> Sender:
    """Refuse before any work what would stop every message; return the sender.

    Raises:
        ConfigError: a key or a secret is missing.
    """
    if config.sender is None:
        raise ConfigError(
            "{path}: mail.from: names nobody to send from; write such as L&D <ld@contoh.test>.", path=config.path
        )
    if config.channel.leaves:
        smtp_transport_of(config, world)
    return config.sender


def send_step(
    config: Config,
    database: Database,
    world: World,
    order: SendOrder,
    *,
    ask: Ask | None,
    agree: Ask | None = None,
) -> Sent:
    """Send what is built and not yet sent; a repeated call sends exactly what is left.

    `ask` asks a person on a terminal whether something unusual may go, `agree` whether the first message may; None asks
    no question, and what is unusual then stops the sending.

    Raises:
        OutputError: nothing is built, a file has changed, or the ledger cannot be written.
        DataError: the data are incomplete and that was not allowed.
        ConfigError: the order or the mail settings cannot be followed.
        RkreportError: one of the checks in `checking` stopped the sending.
    """
    sender = refuse_sending_in_advance(config, world)
    refuse_needless_release(config, order.release, order.approved_by)
    trial_to = trial_address(config, order)
    ledger = recovered_ledger(database, world)

    def load() -> Checked:
        interim, incomplete = order.is_interim, order.allow_incomplete
        loaded = load_edition(config, database, world, order.period, is_interim=interim, allow_incomplete=incomplete)
        return checked(loaded, database, order, ask)

    if trial_to:
        return asyncio.run(try_out(load(), sender, database, order, trial_to))
    with one_sending(config.output_dir):  # of all data folders: each must read the others' final ledger.csv
        loaded = load()
        _take_over(ledger, loaded, database)
        return _send(loaded, sender, world, order, database, agree=agree)


def _take_over(ledger: Ledger, loaded: Loaded, database: Database) -> None:
    """Add to this ledger what other ledgers know of the month's messages."""
    others = loaded.other_ledgers
    if not others:
        return
    managers = " ".join(sorted({row.manager_id for each in others for row in each.rows}))
    about = about_loaded(loaded) | {"managers": managers}  # a line keeps the beginning of many
    digests = {"managers": sha256_of(managers.encode())}
    result = counted(sum(len(each.rows) for each in others), "message")
    record(database, loaded.world, AuditEvent.MESSAGES_TAKEN_OVER, about=about, digests=digests, result=result)
    taken = sum(ledger.take_in(each.rows) for each in others)
    loaded.world.observer.say(
        Sentence("Messages known from elsewhere that are in the ledger now: {taken}.", taken=taken)
    )


def _send(
    loaded: Checked, sender: Sender, world: World, order: SendOrder, database: Database, *, agree: Ask | None
) -> Sent:
    compliance, ledger = loaded.assessment.compliance, Ledger(database, world.utc_now)
    period, revision = str(compliance.edition.series), compliance.edition.revision
    received = received_by(ledger, compliance)
    received = recognized(loaded.config, world.secrets, compliance, received, loaded.wanted)
    begun = {row.manager_id for row in ledger.rows(period, revision) if has_left(row)}
    plan = delivery_plan(loaded, sender, received, begun=begun, retries_doubtful=order.retries_doubtful)
    check_only(order, plan)
    _write_plan(ledger, plan, order.only, period, revision)
    wanted = order.only or frozenset(row.manager_id for row in plan.rows)
    rows = {row.manager_id: row for row in ledger.rows(period, revision)}
    due = [
        rows[row.manager_id]
        for row in plan.rows
        if row.manager_id in wanted and _is_due(rows[row.manager_id], row, order)
    ]
    notice = lost_state_notice(loaded.config, database, world.utc_now) if due else ""
    if notice and agree is None:
        world.observer.say(notice)
    agreed = is_agreed(loaded.config, compliance.edition.series, due, agree, notice)
    source = MessageSource(loaded, sender, world, plan.views, loaded.last_month)

    def make(row: Delivery) -> Message:
        return source.message(row, earlier=corrected(received.get(row.manager_id), row.content_sha256))

    if not agreed:
        note_declined(loaded, database, due)
    loop = _send_due(source, database, due, make, begun=bool(begun)) if agreed else None
    after = ledger.rows(period, revision)
    about = wanted.intersection(row.manager_id for row in plan.rows)
    return Sent(
        period=period,
        revision=revision,
        folder=loaded.folder,
        taken=loop.taken if loop else 0,
        rows=tuple(row for row in after if row.manager_id in about),
        unchanged=tuple(one for one in plan.unchanged if not order.only or one in order.only),
        doubtful=tuple(row for row in plan.doubtful if not order.only or row.manager_id in order.only),
        stopped=loop.stopped if loop else "",
        is_complete=bool(loaded.manifest["complete"]),
        is_declined=not agreed,
        release=loaded.release,
    )


def _send_due(
    source: MessageSource, database: Database, due: Sequence[Delivery], make: Make, *, begun: bool
) -> SendLoop:
    """Send what is due; ledger.csv then has every outcome, even after an error."""
    loaded, world = source.loaded, source.world
    compliance, ledger = loaded.assessment.compliance, Ledger(database, world.utc_now)
    period, revision = str(compliance.edition.series), compliance.edition.revision
    went = ledger.begun_since(world.utc_now() - _MINUTE)

    def seal(name: str, sha256: str) -> None:
        Seals(database).add(period, revision, {f"{OUTBOX.name}/{name}": sha256})

    recorder = audited_recorder(loaded, database)
    try:
        with audited_sending(loaded, database, due) as end:
            if due:
                _archive_and_mark(loaded, world.utc_now, database, due)
                is_written = not loaded.config.channel.leaves
                keep_base(database, world.utc_now, compliance, is_written=is_written, begun=begun)
            loop = asyncio.run(source.deliver(due, make, recorder, outbox=OUTBOX.name, went=went, seal=seal))
            end(loop)
    except BaseException:
        with suppress(RkreportError):  # only a copy of the ledger: the error that ended the sending matters more
            write_ledger(loaded.config, database, world.utc_now, period, revision)
        raise
    write_ledger(loaded.config, database, world.utc_now, period, revision)
    return loop


def _archive_and_mark(loaded: Loaded, utc_now: Clock, database: Database, due: Sequence[Delivery]) -> None:
    """Archive the files and mark them as `sending` in ledger.csv before any message goes.

    The archive can then prove what was sent. If this run is killed, no other data folder sends the messages again.

    Raises:
        OutputError: the edition was not sealed when it was built, or a file has changed.
    """
    if not loaded.is_sealed:
        raise OutputError("{folder} was built by an older rkreport; run rkreport build again.", folder=loaded.folder)
    config, ledger, origin = loaded.config, Ledger(database, utc_now), Origin(database)
    archive = Archive(config.data_dir)
    masters = [file for file in loaded.manifest["files"] if file["kind"] == "master"]
    changes = [file for file in loaded.manifest["files"] if file["kind"] == KIND]
    origin.archived((*(row.file_sha256 for row in due), *(str(file["sha256"]) for file in (*masters, *changes))))
    for file in changes:
        archive.keep(loaded.folder / file["path"], file["sha256"])
    edition = loaded.assessment.compliance.edition
    for file in masters:
        archive.keep(loaded.folder / file["path"], file["sha256"])
        ledger.keep_master(Master(str(edition.series), edition.revision, file["path"], file["sha256"]))
    for row in due:
        archive.keep(loaded.folder / row.file, row.file_sha256)
    going = {row.manager_id for row in due}
    rows = ledger.rows(due[0].period, due[0].revision)
    shown = [replace(row, state=DeliveryState.SENDING) if row.manager_id in going else row for row in rows]
    write_ledger_file(loaded.folder, shown, origin.stamp(), config.zone)


def _is_due(row: Delivery, planned: Delivery, order: SendOrder) -> bool:
    """True if a ledger row goes out now. A row in doubt keeps that state until its text begins again."""
    if row.state is DeliveryState.UNKNOWN:
        return order.retries_doubtful(row.manager_id) and planned.state is DeliveryState.PLANNED
    return row.state is DeliveryState.PLANNED


def _write_plan(ledger: Ledger, plan: Plan, only: frozenset[ManagerId], period: str, revision: int) -> None:
    """Write the whole plan to the disk before the first message goes."""
    known = ledger.rows(period, revision)
    ledger.plan(chosen_rows(plan, known, only))
    of_now = {row.manager_id for row in plan.rows}
    for row in known:
        if row.manager_id not in of_now and row.state in _WITHDRAWN:  # planned before the last build
            ledger.move(row, DeliveryState.FAILED, "was withdrawn: the edition was built again without it")


def write_ledger(config: Config, database: Database, utc_now: Clock, period: str, revision: int) -> None:
    """Write ledger.csv for an edition beside its workbooks, if its folder exists."""
    folder = config.output_dir / Series.parse(period).folder(revision)
    if folder.is_dir():
        ledger = Ledger(database, utc_now)
        rows = (*ledger.rows(period, revision), *ledger.sent_again(period, revision))
        write_ledger_file(folder, rows, Origin(database).stamp(), config.zone)
