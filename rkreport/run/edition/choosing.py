"""Choose: decides which month to build, as which revision, from which snapshot. Tells the admin what is unusual.

Knows the store; must not judge a row, and writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from rkreport.config.load import Config
from rkreport.core.compliance import Period, Series
from rkreport.core.period import CURRENT, Candidate, choose_snapshot, month_after, resolve_period
from rkreport.errors import ConfigError
from rkreport.run.edition.assessing import series_of
from rkreport.run.edition.loading import next_revision
from rkreport.run.world import Clock, Observer, World
from rkreport.sentence import Sentence, ours
from rkreport.store.database import Database
from rkreport.store.results import Results
from rkreport.store.snapshots import SnapshotRow, Snapshots


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What to build: the snapshot (None: the one for the month) and the month (None: as configured).

    An interim edition covers the current month.
    """

    snapshot_id: str | None = None
    period: str | None = None
    allow_incomplete: bool = False
    is_interim: bool = False


def choose_step(config: Config, database: Database, world: World, order: BuildOrder) -> tuple[SnapshotRow, Series, int]:
    """Return the snapshot, the series and the revision to build.

    Raises:
        DataError: the named snapshot does not exist, or the store has no snapshot.
        ConfigError: the period is not a month, or has not begun.
        OutputError: another folder's ledger.csv for the period cannot be read.
    """
    snapshots = Snapshots(database, world.utc_now)
    newest = snapshots.finished(order.snapshot_id)
    series = series_of(config, world.utc_now, _ended(newest), order.period, is_interim=order.is_interim)
    period = series.period
    refuse_future(config.zone, world.utc_now, period)
    revision = next_revision(config, database, world, series)
    if order.is_interim or _is_current(config, world.utc_now, period, order.period):
        return newest, series, revision
    row = newest
    if order.snapshot_id is None:
        row = _of_correction(config.zone, database, world, period, revision) or _of_month(
            config.zone, snapshots, world.observer, period, allow_incomplete=order.allow_incomplete
        )
    _say_when_read(config.zone, world.observer, period, row)
    return row, series, revision


def refuse_future(zone: tzinfo, utc_now: Clock, period: Period) -> None:
    """Refuse a month that has not begun.

    Raises:
        ConfigError: the month has not begun.
    """
    if period > resolve_period(CURRENT, utc_now(), zone):
        raise ConfigError("The period {period} has not begun yet; choose an earlier one.", period=period)


def _is_current(config: Config, utc_now: Clock, period: Period, wanted: str | None) -> bool:
    """True for a month that is not over, or is named `current`: it always uses the newest data."""
    today = resolve_period(CURRENT, utc_now(), config.zone)
    return period == today or (wanted or config.settings.report.period) == CURRENT


def _of_correction(zone: tzinfo, database: Database, world: World, period: Period, revision: int) -> SnapshotRow | None:
    """Return the snapshot behind what was sent, or else written. None for a first revision, or if it is deleted.

    A snapshot that was read before the month ended lacks data, so a correction never uses it.
    """
    kept = Results(database, world.utc_now).standing(period)
    if revision == 1 or kept is None or not kept.is_base:
        return None
    begin, _ = month_after(period, zone)
    known = {row.snapshot_id: row for row in Snapshots(database, world.utc_now).all_finished()}
    row = known.get(kept.result.snapshot_id)
    if row is None or _ended(row) < begin:
        return None
    world.observer.say(
        Sentence(
            "Revision {revision} of {period} keeps the snapshot {snapshot_id} of revision"
            " {revision_2}, which was {standing}, as a correction does; for other data say"
            " rkreport run, or name a snapshot with --snapshot.",
            revision=revision,
            period=period,
            snapshot_id=row.snapshot_id,
            revision_2=kept.revision,
            standing=ours(kept.standing),
        )
    )
    return row


def _of_month(
    zone: tzinfo, snapshots: Snapshots, observer: Observer, period: Period, *, allow_incomplete: bool
) -> SnapshotRow:
    rows = {row.snapshot_id: row for row in snapshots.all_finished()}
    finished = [Candidate(row.snapshot_id, _ended(row), row.is_complete) for row in rows.values()]
    chosen = choose_snapshot(finished, period, zone, allow_incomplete=allow_incomplete)
    _, end = month_after(period, zone)
    newer = [one for one in finished if chosen.finished_at < one.finished_at < end and not one.is_complete]
    if newer:
        observer.say(
            Sentence(
                "The snapshot {snapshot_id} is incomplete, so the report is made from"
                " {snapshot_id_2}, the newest complete one.",
                snapshot_id=newer[-1].snapshot_id,
                snapshot_id_2=chosen.snapshot_id,
            )
        )
    return rows[chosen.snapshot_id]


def _say_when_read(zone: tzinfo, observer: Observer, period: Period, row: SnapshotRow) -> None:
    """Tell the admin if the data were not read in the month after the period."""
    begin, end = month_after(period, zone)
    read = _ended(row).astimezone(zone)
    if not begin <= read < end:
        observer.say(
            Sentence(
                "The snapshot {snapshot_id} was read on {read:%Y-%m-%d}, not in the month after"
                " {period}; the first sheet says so.",
                snapshot_id=row.snapshot_id,
                read=read,
                period=period,
            )
        )


def _ended(row: SnapshotRow) -> datetime:
    """Return when a finished snapshot was finished."""
    return row.finished_at or row.started_at
