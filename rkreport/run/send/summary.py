"""Tells the admin in one message how a run or a sending went, well or not.

With the outbox it is a file, with a mail server a message. A failure to send it never changes the run's result: it is
shown, logged, and the summary is kept as a file.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import cast

from rkreport.config.load import Config
from rkreport.core.compliance import INTERIM, Period, PeriodResult, Series
from rkreport.core.mail.addresses import Sender, parse_address
from rkreport.core.mail.delivery import Delivery, DeliveryState, OutcomeKind
from rkreport.core.mail.summary_message import SUMMARY_NAMES, EditionFacts, MailCounts, RunFacts, summary_values
from rkreport.core.mail.templates import compose
from rkreport.core.manifest import Manifest
from rkreport.core.models import Status
from rkreport.core.percent import target_of
from rkreport.core.release import NO_RELEASE, Release
from rkreport.delivery.mime import Message, build_message
from rkreport.errors import RkreportError
from rkreport.files import sha256_of, write_private_file
from rkreport.locale import load_words
from rkreport.locale.translation import load_translation
from rkreport.run.edition.building import Built
from rkreport.run.edition.ledger_file import LEDGER_FILE
from rkreport.run.edition.mail_templates import mail_templates
from rkreport.run.edition.manifest_file import read_manifest
from rkreport.run.edition.review_files import PAGE
from rkreport.run.edition.sealing import MANIFEST
from rkreport.run.send.audited import note_summary
from rkreport.run.send.order import Sent
from rkreport.run.transports import smtp_transport_of
from rkreport.run.world import Clock, Observer, World
from rkreport.sentence import Sentence, Tell
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import KeptResult, Results

FILE_NAME = "summary.eml"
_PATIENCE_SECONDS = 60.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Account:
    """What a command has done so far. The command fills it in as it goes, and may fail at any point.

    `guards` are the accepted ones; a guard that stops a sending is the error instead.
    """

    command: str
    is_sending: bool
    began_at: datetime
    log_file: Path | None = None
    built: Built | None = None
    sent: Sent | None = None
    guards: list[str] = field(default_factory=list)
    results: tuple[KeptResult, ...] = ()
    rows: tuple[Delivery, ...] = ()  # of the editions that changed since the command began

    @contextmanager
    def watching(self, database: Database, world: World) -> Iterator[None]:
        """Remember the store's rows before it closes, however the command ends."""
        try:
            yield
        finally:
            with suppress(RkreportError):
                self.results = Results(database, world.utc_now).all()
                rows = Ledger(database, world.utc_now).all()
                moved = {(row.period, row.revision) for row in rows if _is_since(row, self.began_at)}
                self.rows = tuple(row for row in rows if (row.period, row.revision) in moved)


def summarize(config: Config, world: World, account: Account, exit_code: int, error: str = "") -> None:
    """Write or send the summary. Never raises: the command's result must not change."""
    try:
        facts = _facts(config, world.utc_now, account, exit_code, error)
        # Do not try a server that has just stopped a sending: repeated refused logins lock an account.
        why_not = account.sent.stopped if account.sent else ""
        _tell(config, world, facts, _folder_of(account) or config.data_dir, why_not)
    except RkreportError as failure:
        world.observer.say(Sentence("There is no summary: {failure}", failure=failure))
    except Exception:  # log and show it; the command's result must not change
        log.exception("The summary could not be made")
        world.observer.say("There is no summary, because of a mistake in rkreport; the log has the details.")


# ---- where the summary goes


def _tell(config: Config, world: World, facts: RunFacts, folder: Path, why_not: str) -> None:
    """Write the summary to the outbox, or send it; keep it as a file if `why_not` forbids sending."""
    to = summary_address(config)
    if not to:
        world.observer.say("There is no summary, because the config names no address in mail.summary_to or mail.from.")
        return
    if not config.is_allowed(to):
        world.observer.say("There is no summary, because mail.summary_to is outside mail.allowed_domains; correct it.")
        return
    sender = config.sender or Sender("", to)
    message = _message(config, facts, sender, to)
    note_summary(config, world, message, to)
    if not config.channel.leaves:
        _keep(world.observer, folder, message, "")
        return
    try:
        why_not = why_not or asyncio.run(_send(config, world, message, sender, to))
    except RkreportError as error:
        why_not = error.sentence
    if why_not:
        why = Sentence("The summary could not be sent: {why_not}. ", why_not=why_not.rstrip("."))
        _keep(world.observer, folder, message, why)
    else:
        world.observer.say("The summary was sent.")


def summary_address(config: Config) -> str:
    """Return the address of the summary; empty if the config names none."""
    own = config.settings.mail.summary_to
    if own:
        return parse_address(own, source=Sentence("{path}: mail.summary_to", path=config.path))
    return config.reply_to or (config.sender.address if config.sender else "")


def _keep(observer: Observer, folder: Path, message: Message, why: str) -> None:
    path = folder / FILE_NAME
    write_private_file(path, message.content)
    observer.say(Sentence("{why}The summary is in {path}.", why=why, path=path))


async def _send(config: Config, world: World, message: Message, sender: Sender, to: str) -> str:
    """Try to send it once, without the retries of a manager's message; return `""`, or why it failed."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), smtp_transport_of(config, world) as transport:
            outcome = await transport.deliver(message, sender.address, [to], lambda: None)
    except TimeoutError:
        return Sentence(
            "the mail server did not answer within {patience_seconds:.0f} seconds", patience_seconds=_PATIENCE_SECONDS
        )
    return "" if outcome.kind is OutcomeKind.TAKEN else outcome.reply


def _message(config: Config, facts: RunFacts, sender: Sender, to: str) -> Message:
    language, now = config.settings.report.language, facts.finished_at
    identity = sha256_of(f"{facts.command} {now.isoformat()}".encode())[:32]
    templates = mail_templates(config.mail_templates_dir, "summary", language)
    return build_message(
        compose(templates, summary_values(facts, load_words(language)), SUMMARY_NAMES),
        sender=sender,
        reply_to=config.reply_to or sender.address,
        recipient=to,
        cc=(),
        attachment=None,
        message_id=f"<rk.summary.{identity}@{sender.address.rpartition('@')[2]}>",
        date=now,
        language=language,
    )


# ---- what the summary says


def _folder_of(account: Account) -> Path | None:
    if account.sent:
        return account.sent.folder
    return account.built.folder if account.built else None


def _facts(config: Config, utc_now: Clock, account: Account, exit_code: int, error: str) -> RunFacts:
    folder, sent = _folder_of(account), account.sent
    manifest = _manifest(folder, account)
    if account.is_sending:
        rows = (*sent.rows, *sent.doubtful) if sent else account.rows
        not_sent = tuple((row.manager_id, row.reply) for row in rows if row.state in _TO_NAME)
    else:
        not_sent = account.built.mailing.not_written if account.built else ()
    error = error or (sent.stopped if sent else "")
    tell = load_translation(config.settings.report.language)
    edition = _edition(manifest, config.zone, tell) if manifest else None
    return RunFacts(
        command=account.command,
        company=config.settings.report.company,
        finished_at=utc_now().astimezone(config.zone),
        exit_code=exit_code,
        target=target_of(config.rules.target_percent),
        error=tell(error),
        edition=edition,
        results=_compared(account, edition),
        never_sent=_never_sent(account, edition),
        mail=_counts(account),
        is_sending=account.is_sending,
        not_sent=tuple((str(manager_id), tell(why)) for manager_id, why in not_sent),
        release=_release(account),
        guards=tuple(account.guards),
        files=_files(account, folder),
    )


def _release(account: Account) -> Release:
    """Return the release of the sending, also of one that ended with an error."""
    if account.sent:
        return account.sent.release
    rows = (row for row in account.rows if row.release_code and _is_since(row, account.began_at))
    return next((Release(row.release_code, row.approved_by) for row in rows), NO_RELEASE)


_TO_NAME = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SENDING})


def _manifest(folder: Path | None, account: Account) -> Manifest | None:
    if account.built:
        return account.built.manifest
    if folder is None:
        return None
    return cast("Manifest", read_manifest(folder / MANIFEST))


def _edition(manifest: Manifest, zone: tzinfo, tell: Tell) -> EditionFacts:
    return EditionFacts(
        series=Series(Series.parse(manifest["period"]).period, manifest.get("kind") == INTERIM),
        revision=manifest["revision"],
        as_of=datetime.fromisoformat(manifest["as_of"]).astimezone(zone),
        is_complete=manifest["complete"],
        reasons=tuple(map(tell, manifest["reasons"])),
        lists=sum(manifest["lists"].values()),
        rows_received=manifest["lms"]["rows_received"],
        rows_expected=manifest["lms"]["rows_expected"],
        people=manifest["users"],
        compliant=manifest["rate"]["compliant"],
        counted=manifest["rate"]["counted"],
        workbooks=sum(file["kind"] == "manager" for file in manifest["files"]),
        findings=manifest["findings"],
        rows_set_aside=manifest["rows_set_aside"],
        overdue=manifest["status_counts"][Status.OVERDUE],
        expired=manifest["status_counts"][Status.EXPIRED],
        exempt=manifest["rate"]["exempt"],
    )


def _compared(account: Account, edition: EditionFacts | None) -> tuple[PeriodResult, ...]:
    """Return the comparable months: those handed over, and the summary's own."""
    own = edition.series.period if edition and not edition.series.is_interim else None
    return tuple(kept.result for kept in account.results if kept.is_base or kept.result.period == own)


def _never_sent(account: Account, edition: EditionFacts | None) -> tuple[Period, ...]:
    """Return the months before the edition's that were built and not handed over."""
    if edition is None:
        return ()
    handed_over = {kept.result.period for kept in account.results if kept.is_base}
    earlier = {kept.result.period for kept in account.results if kept.result.period < edition.series.period}
    return tuple(sorted(earlier - handed_over))


def _counts(account: Account) -> MailCounts | None:
    sent = account.sent
    if not account.is_sending:
        return MailCounts(written=len(account.built.mailing.files)) if account.built else None
    rows = sent.rows if sent else account.rows
    if not sent and not rows:
        return None
    counts = Counter(row.state for row in rows)
    ends = {DeliveryState.SENT, DeliveryState.WRITTEN}
    now = [row for row in rows if row.state in ends and _is_since(row, account.began_at)]
    return MailCounts(
        sent=counts[DeliveryState.SENT],
        written=counts[DeliveryState.WRITTEN],
        taken=sent.taken if sent else len(now),
        left=counts[DeliveryState.PLANNED],
        failed=counts[DeliveryState.FAILED],
        in_doubt=counts[DeliveryState.UNKNOWN] + counts[DeliveryState.SENDING] + len(sent.doubtful if sent else ()),
        unchanged=len(sent.unchanged) if sent else 0,
        copies_missed=tuple((str(row.manager_id), row.copies_missed) for row in rows if row.copies_missed),
    )


def _is_since(row: Delivery, moment: datetime) -> bool:
    return row.changed_at is not None and row.changed_at >= moment


def _files(account: Account, folder: Path | None) -> tuple[str, ...]:
    """Return absolute paths, the page to look at first: the reader may be at another machine."""
    review = folder / PAGE if folder else None
    paths = [review if review and review.exists() else None, folder, account.built.master if account.built else None]
    if account.sent and folder:
        paths.append(folder / LEDGER_FILE)
    paths.append(account.log_file)
    return tuple(str(path.resolve()) for path in paths if path)
