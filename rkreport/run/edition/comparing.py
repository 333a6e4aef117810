"""Compare: finds what was last sent before an edition, in the store or else in the workbooks that were sent.

Knows which edition counts as the last one. The store lacks this base if an earlier version, or another data folder,
sent the last edition. The workbooks are then read from the archive or the reports' folder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance, Period, Series
from rkreport.core.mail.delivery import POSSIBLY_DELIVERED, Delivery, DeliveryState, has_left
from rkreport.core.models import ManagerId
from rkreport.core.period import month_before
from rkreport.core.review.last_sent import BaseRow, LastSent, WentTo, base_of, person_ids
from rkreport.core.review.unmatched import unmatched_share
from rkreport.core.routing import FALLBACK_ID
from rkreport.run.edition.elsewhere import sent_elsewhere
from rkreport.run.edition.recognizing import SentRequirement, sent_requirements, workbooks_of
from rkreport.run.world import Clock, World
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def last_sent(config: Config, database: Database, world: World, series: Series, revision: int) -> LastSent:
    """Return what the newest edition so far told each manager, and where each manager's newest report went.

    * An edition whose sending has begun is compared with itself, so accepted guards are not asked again.
    * In one month, sent messages take precedence over messages written to the outbox.
    * If a mail server sends this month, its files in the outbox do not count: no manager got them.
    * Messages that another data folder sent count too, if its ledger.csv lists them.

    Raises:
        OutputError: such a ledger.csv cannot be read.
    """
    is_sending = config.channel.leaves
    ledger = Ledger(database, world.utc_now)
    known, others = ledger.all(), sent_elsewhere(config.output_dir, database, world.utc_now, series.period)
    went_to = ledger.last_recipients() | _went_to_elsewhere(known, others)
    rows = [
        row
        for row in (*known, *others)
        if row.state in POSSIBLY_DELIVERED | {DeliveryState.WRITTEN}
        and not Series.parse(row.period).is_interim
        and (row.period, row.revision) <= (str(series), revision)
        and not (is_sending and not row.channel.leaves and row.period == str(series.period))
    ]
    return _compared(config, database, world, rows, went_to)


def base_before(config: Config, database: Database, world: World, period: Period) -> BaseKey | None:
    """Return the newest base before a month: that of the month's sent edition, else of its written one; None without.

    Where the store lacks the base of a month that went out, it is read from the workbooks; if one cannot be read, the
    store has no base under the key.

    Raises:
        OutputError: a ledger.csv of another data folder cannot be read.
    """
    others = sent_elsewhere(config.output_dir, database, world.utc_now, month_before(period))
    rows = [
        row
        for row in (*Ledger(database, world.utc_now).all(), *others)
        if row.state in POSSIBLY_DELIVERED | {DeliveryState.WRITTEN}
        and not Series.parse(row.period).is_interim
        and row.period < str(period)
    ]
    bases = Bases(database)
    kept = [key for key in bases.kept() if key.period < str(period)]
    newest = max((*(row.period for row in rows), *(key.period for key in kept)), default="")
    of_month = [row for row in rows if row.period == newest]
    if of_month:
        key, of_month = _key_of(of_month)
        if not bases.has(key):
            base = _from_archive(config, world, of_month)
            if base.is_readable:
                bases.keep(key, base.rows, _last_change(of_month), is_whole=base.is_whole)
        return key
    return max((key for key in kept if key.period == newest), key=lambda key: key.revision, default=None)


def _key_of(of_month: Sequence[Delivery]) -> tuple[BaseKey, list[Delivery]]:
    """Return the edition of a month's messages that stands, and the messages of its channel: sent wins over written."""
    is_written = not any(row.channel.leaves for row in of_month)
    of_month = [row for row in of_month if row.channel.leaves != is_written]
    return BaseKey(of_month[0].period, max(row.revision for row in of_month), is_written), of_month


def _compared(
    config: Config, database: Database, world: World, rows: Sequence[Delivery], went_to: Mapping[ManagerId, WentTo]
) -> LastSent:
    """Compare with the newest edition of these rows; for its unreadable workbooks use the edition before."""
    if not rows:
        return LastSent(went_to)
    bases, newest = Bases(database), max(row.period for row in rows)
    key, of_month = _key_of([row for row in rows if row.period == newest])
    if not bases.has(key):
        base = _from_archive(config, world, of_month)
        if not base.is_readable:
            before = _compared(config, database, world, [row for row in rows if row.period < newest], went_to)
            told = {row.person: row.manager_id for row in base.rows}
            return LastSent(went_to, {**before.manager_of, **told}, is_whole=False)
        bases.keep(key, base.rows, _last_change(of_month), is_whole=base.is_whole)
    is_whole = bases.is_whole(key)
    share = unmatched_share(bases.verdicts(key)) if is_whole else None
    return LastSent(went_to, bases.managers(key), is_whole, share)


def _went_to_elsewhere(known: Sequence[Delivery], others: Iterable[Delivery]) -> dict[ManagerId, WentTo]:
    """Return where other data folders' reports went, except where this store knows a newer report."""
    newest = {row.manager_id: (row.period, row.revision) for row in known if has_left(row)}  # the newest row wins
    return {
        row.manager_id: WentTo(row.recipient, row.cc)
        for row in others
        if row.recipient and newest.get(row.manager_id, ("", 0)) <= (row.period, row.revision)
    }


def keep_base(database: Database, utc_now: Clock, compliance: Compliance, *, is_written: bool, begun: bool) -> None:
    """Keep what an edition is about to tell. Once the server has messages of it (`begun`), its base never changes.

    An interim edition is no base: a month's report is compared with the report of the month before.
    """
    edition, bases = compliance.edition, Bases(database)
    if edition.is_interim:
        return
    key = BaseKey(str(edition.period), edition.revision, is_written)
    if is_written or not (begun and bases.has(key)):
        bases.keep(key, base_of(compliance), utc_now())


# ---- bases from workbooks of an earlier version, or of another data folder


@dataclass(frozen=True, slots=True)
class _Archived:
    """A base read from workbooks. `is_readable`: all could be read; `is_whole`: the fallback's was among them."""

    rows: tuple[BaseRow, ...]
    is_readable: bool
    is_whole: bool


def _from_archive(config: Config, world: World, rows: Sequence[Delivery]) -> _Archived:
    """Read the base from each manager's newest workbook, including managers whose workbook is not sent yet."""
    edition = workbooks_of(config.output_dir, max(rows, key=lambda row: row.revision))
    newest = {row.manager_id: row for row in (*edition, *rows)}  # later rows win: what was sent last comes last
    advance = world.observer.step("Reading what was last sent", "files")
    found: dict[ManagerId, Sequence[SentRequirement]] = {}
    for number, (manager_id, row) in enumerate(newest.items(), start=1):
        told = sent_requirements(config, world.secrets, row)
        if told is not None:
            found[manager_id] = told
        advance(number, len(newest))
    return _Archived(tuple(_base_rows(found.items())), len(found) == len(newest), FALLBACK_ID in found)


def _base_rows(found: Iterable[tuple[ManagerId, Sequence[SentRequirement]]]) -> Iterable[BaseRow]:
    told = [(manager_id, each) for manager_id, sent in found for each in sent]
    ids = person_ids(each.identity for _, each in told)
    for manager_id, each in told:
        yield BaseRow(ids[each.identity], manager_id, each.course, each.status, each.counts)


def _last_change(rows: Iterable[Delivery]) -> datetime:
    return max((row.changed_at for row in rows if row.changed_at), default=_EARLIEST)
