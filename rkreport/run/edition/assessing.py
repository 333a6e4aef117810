"""Assess: turns a stored snapshot into a `Compliance`. Uses no network and writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rkreport import __version__
from rkreport.config.load import Config, naming_the_file
from rkreport.core.assess import assess
from rkreport.core.audience import check_audiences
from rkreport.core.compliance import Compliance, Edition, Period, PeriodResult, Series, Team
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.join import Joined, join
from rkreport.core.models import Assignment, Batch
from rkreport.core.odd_ids import odd_id_findings
from rkreport.core.period import CURRENT, as_of_moment, resolve_period
from rkreport.core.plans import rules_of_snapshot
from rkreport.core.review.first_look import first_look
from rkreport.core.rollup import overall, period_result
from rkreport.core.routing import route
from rkreport.core.rules import Rules
from rkreport.core.snapshot import ASSIGNMENT_LISTS, ListKind, Snapshot, Verdict, set_aside_findings
from rkreport.core.units import UnitTree
from rkreport.errors import ConfigError, DataError
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.run.edition.earlier_completions import earlier_completions
from rkreport.run.world import Clock
from rkreport.sentence import Sentence
from rkreport.store.snapshots import SnapshotRow, Snapshots

LISTS_OF_COURSES = ASSIGNMENT_LISTS | {ListKind.BATCHES}


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdicts, with the joined rows behind them."""

    compliance: Compliance
    joined: Joined


def load_snapshot(snapshots: Snapshots, row: SnapshotRow) -> Snapshot:
    """Load a finished snapshot as models."""
    if row.finished_at is None:
        raise DataError(
            "The snapshot {snapshot_id} is not finished; run rkreport fetch to continue it.",
            snapshot_id=row.snapshot_id,
        )
    record = FetchRecord(row.snapshot_id, row.host, row.started_at, row.finished_at, row.lists, row.traffic)
    return assemble(record, snapshots.pages(row.snapshot_id))


def load_earlier(snapshots: Snapshots, row: SnapshotRow) -> tuple[tuple[Assignment, Batch], ...]:
    """Load the completions of the reported courses that only earlier snapshots hold."""
    courses = {reading.course for reading in row.lists if reading.course}
    return tuple(earlier_completions(snapshots, row, courses))


def assess_snapshot(
    config: Config,
    snapshot: Snapshot,
    series: Series,
    revision: int,
    history: tuple[PeriodResult, ...],
    *,
    earlier: Iterable[tuple[Assignment, Batch]] = (),
) -> Assessment:
    """Join, judge and route a snapshot according to the config's rules; `earlier` are completions it lacks.

    Raises:
        ConfigError: the rules name something that the snapshot lacks.
    """
    rules = rules_of_snapshot(config.rules, snapshot, config.zone)
    _check_rules(config, rules, snapshot)
    as_of = as_of_moment(series.period, snapshot.finished_at, config.zone)
    joined = join(snapshot, earlier)
    assessed = assess(joined, snapshot, rules, as_of)
    tree = UnitTree.of_snapshot(snapshot)
    people = tuple({requirement.person.key: requirement.person for requirement in assessed.requirements}.values())
    routed = route(people, joined.learners, config.routing, tree)
    share = config.settings.guards.fallback_percent
    compliance = Compliance(
        edition=_edition(config, snapshot, series, as_of, revision),
        rules=rules,
        snapshot=snapshot,
        requirements=assessed.requirements,
        teams=routed.teams,
        findings=(
            *snapshot.findings,
            *joined.findings,
            *odd_id_findings(snapshot, config.routing),
            *assessed.findings,
            *routed.findings,
            *_address_findings(config, routed.teams),
            *first_look(routed.teams, assessed.requirements, joined.learners.people, history, share),
            *_list_findings(snapshot),
        ),
        units=tree,
        history=history,
    )
    return Assessment(compliance, joined)


def _address_findings(config: Config, teams: Iterable[Team]) -> Iterator[Finding]:
    """Find managers with an address or a copy outside `mail.allowed_domains`."""
    for team in teams:
        addresses = (team.manager.email, *team.manager.cc)
        if any(not config.is_allowed(address) for address in addresses if address):
            yield Finding(FindingCode.ADDRESS_OUTSIDE_ALLOWED_DOMAINS, Level.BLOCK, team.manager.manager_id)


def period_of(config: Config, snapshot_time: datetime, wanted: str | None) -> Period:
    """Return the month to report: from the command line, else from the config."""
    return resolve_period(wanted or config.settings.report.period, snapshot_time, config.zone)


def series_of(
    config: Config, utc_now: Clock, snapshot_time: datetime, wanted: str | None, *, is_interim: bool
) -> Series:
    """Return the series whose revisions number a report. An interim report defaults to the current month."""
    if is_interim:
        return Series(period_of(config, utc_now(), wanted or CURRENT), is_interim=True)
    return Series(period_of(config, snapshot_time, wanted))


def result_of(rules_sha256: str, compliance: Compliance) -> PeriodResult:
    """Return the figures of a run that the trend keeps."""
    return period_result(
        compliance.edition.period,
        overall(compliance.requirements),
        teams=compliance.teams,
        rules_sha256=rules_sha256,
        snapshot_id=compliance.snapshot.snapshot_id,
    )


def _edition(config: Config, snapshot: Snapshot, series: Series, as_of: datetime, revision: int) -> Edition:
    report, privacy = config.settings.report, config.settings.privacy
    return Edition(
        company=report.company,
        period=series.period,
        as_of=as_of,
        revision=revision,
        run_id=f"{snapshot.snapshot_id}-{series.mark}{revision}",
        version=__version__,
        config_sha256=config.sha256,
        extraction_started=snapshot.started_at.astimezone(config.zone),
        extraction_finished=snapshot.finished_at.astimezone(config.zone),
        include_absent_reason=privacy.include_absent_reason,
        include_phone=privacy.include_phone,
        is_interim=series.is_interim,
    )


def _check_rules(config: Config, rules: Rules, snapshot: Snapshot) -> None:
    """Refuse a snapshot without a course or plan of the rules: one added later would look as if no person took it."""
    fetched = {reading.course for reading in snapshot.lists if reading.kind in LISTS_OF_COURSES}
    known = {batch.serial for batch in snapshot.batches}
    plans = {reading.course for reading in snapshot.lists if reading.kind is ListKind.PLAN_USERS}
    for plan in rules.plans:
        if plan not in plans:
            raise ConfigError(
                "The snapshot {snapshot_id} does not hold learning plan {plan}, which the config"
                " lists; run rkreport fetch.",
                snapshot_id=snapshot.snapshot_id,
                plan=plan,
            )
    for policy in rules.courses:
        missing = [batch for batch in policy.batches or () if batch not in known]
        if policy.serial not in fetched or missing:
            what = (
                Sentence("batch {missing} of course {serial}", missing=missing[0], serial=policy.serial)
                if missing
                else Sentence("course {serial}", serial=policy.serial)
            )
            raise ConfigError(
                "The snapshot {snapshot_id} does not hold {what}, which the config lists; run rkreport fetch.",
                snapshot_id=snapshot.snapshot_id,
                what=what,
            )
    with naming_the_file(config):
        check_audiences(rules.courses, snapshot)


def _list_findings(snapshot: Snapshot) -> tuple[Finding, ...]:
    """The findings about incomplete and moving lists, and about unreadable rows."""
    codes = {
        Verdict.INCOMPLETE: (FindingCode.LIST_INCOMPLETE, Level.BLOCK),
        Verdict.MOVING: (FindingCode.LIST_MOVING, Level.INFO),
    }
    return tuple(
        Finding(*codes[reading.verdict], " ".join(filter(None, (str(reading.kind), reading.course, reading.batch))))
        for reading in snapshot.lists
        if reading.verdict in codes
    ) + set_aside_findings(snapshot.set_aside)
