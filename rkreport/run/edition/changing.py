"""Change: compares a run with the last month-end report that was sent, or else written.

Knows which report that is and what the store still holds of it; `rkreport.core.changes` compares.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rkreport.config.load import Config
from rkreport.core.changes.comparison import NOTHING, Comparison, EarlierReport, Known, Missing, compare
from rkreport.core.compliance import Compliance, Numbered, Period, PeriodResult, Series
from rkreport.core.models import Counts, CourseSerial, Learner, UnitSerial
from rkreport.core.period import as_of_moment, month_after
from rkreport.core.review.last_sent import BaseRow, Identity, base_of, possible_ids
from rkreport.core.snapshot import ListKind, Snapshot
from rkreport.core.units import UnitTree
from rkreport.errors import ConfigError, DataError, UnfitUserList
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.lms.paging import ListKey
from rkreport.run.edition.assessing import LISTS_OF_COURSES, assess_snapshot, load_earlier, load_snapshot
from rkreport.run.edition.comparing import base_before
from rkreport.run.world import World
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from rkreport.store.results import Results
from rkreport.store.snapshots import SnapshotRow, Snapshots

log = logging.getLogger(__name__)

_OF_PEOPLE = frozenset({ListKind.USERS, ListKind.UNITS})


def comparison_of(config: Config, database: Database, world: World, compliance: Compliance) -> Comparison:
    """Compare a run with the newest month-end report before its month.

    Where the rules changed, the earlier report's snapshot is judged again by today's.
    """
    key = base_before(config, database, world, compliance.edition.period)
    if key is None:
        return NOTHING
    series = Series.parse(key.period)
    edition, bases = Numbered(series, key.revision), Bases(database)
    rows = bases.rows(key)
    kept = _result_of(key, Results(database, world.utc_now))
    if not bases.is_whole(key) or (kept and _figures(rows) != (kept.compliant, kept.counted)):
        return Comparison(Missing.UNREADABLE, edition)
    snapshots = Snapshots(database, world.utc_now)
    row = _snapshot_of(kept, snapshots)
    then = (_people_of(snapshots, row),) if row else ()
    earlier = EarlierReport(
        edition, rows, since=_moment(config, series.period, row), people=_people((compliance.snapshot, *then))
    )
    if kept is None or kept.rules_sha256 != config.rules_sha256:
        judged = _judged_again(config, snapshots, row, series)
        if judged is None:
            return Comparison(Missing.RULES, edition)
        earlier = replace(earlier, by_todays_rules=judged.rows, courses=judged.courses)
    return compare(compliance, earlier)


def _result_of(key: BaseKey, results: Results) -> PeriodResult | None:
    """Return the figures of the very edition of a base; None if others stand for its month."""
    kept = results.standing(Series.parse(key.period).period)
    return kept.result if kept and kept.revision == key.revision else None


def _figures(rows: Iterable[BaseRow]) -> tuple[int, int]:
    counted = [row for row in rows if row.counts is Counts.YES]
    return sum(row.complies for row in counted), len(counted)


def _snapshot_of(kept: PeriodResult | None, snapshots: Snapshots) -> SnapshotRow | None:
    """Return the snapshot of an edition; None if it was deleted or is not known."""
    try:
        return snapshots.finished(kept.snapshot_id) if kept and kept.snapshot_id else None
    except DataError:
        return None


def _moment(config: Config, period: Period, row: SnapshotRow | None) -> datetime:
    """Return the moment of an edition: as its report had it, or the end of its month."""
    end = month_after(period, config.zone)[0] - timedelta(seconds=1)
    return as_of_moment(period, (row and row.finished_at) or end, config.zone)


# ---- people


def _people_of(snapshots: Snapshots, row: SnapshotRow) -> Snapshot:
    """Load the users and the units of a snapshot, and nothing else."""
    record = FetchRecord(
        row.snapshot_id, row.host, row.started_at, row.finished_at or row.started_at, row.lists, row.traffic
    )
    names = [name for name in snapshots.list_names(row.snapshot_id) if ListKey.parse(name).kind in _OF_PEOPLE]
    return assemble(record, snapshots.pages(row.snapshot_id, names), is_part=True)


def _people(snapshots: Iterable[Snapshot]) -> dict[str, Known]:
    """Return what these snapshots say about people, by every id that a base may have of them; the last one wins."""
    people: dict[str, Known] = {}
    for snapshot in snapshots:
        tree = UnitTree.of_snapshot(snapshot)
        for learner in sorted(snapshot.learners, key=lambda one: one.is_active):  # of one id, the active record wins
            people |= dict.fromkeys(_ids(learner), _known(learner, tree))
    return people


def _ids(learner: Learner) -> tuple[str, str]:
    return possible_ids(Identity(learner.employee_id, learner.serial or "", learner.name))


def _known(learner: Learner, tree: UnitTree) -> Known:
    unit = tree.unit_of(learner)
    return Known(learner.employee_id, learner.name, UnitSerial(unit), tree.name_of(unit) or learner.unit_name)


# ---- other rules


@dataclass(frozen=True, slots=True)
class _Judged:
    """An earlier report's snapshot judged by today's rules, and the courses that it holds."""

    rows: tuple[BaseRow, ...]
    courses: frozenset[CourseSerial]


def _judged_again(config: Config, snapshots: Snapshots, row: SnapshotRow | None, series: Series) -> _Judged | None:
    """Judge an earlier report's snapshot by today's rules for the courses that it holds; None if it cannot be."""
    if row is None:
        return None
    held = frozenset(CourseSerial(reading.course) for reading in row.lists if reading.kind in LISTS_OF_COURSES)
    rules = config.rules
    courses = tuple(policy for policy in rules.courses if policy.serial in held)
    todays = replace(config, rules=replace(rules, courses=courses, exceptions=()))  # exceptions are no rules
    try:
        snapshot, completions = load_snapshot(snapshots, row), load_earlier(snapshots, row)
        judged = assess_snapshot(todays, snapshot, series, 1, (), earlier=completions)
    except (ConfigError, UnfitUserList) as error:
        log.info("the earlier report cannot be judged by today's rules: %s", type(error).__name__)
        return None
    return _Judged(base_of(judged.compliance), held)
