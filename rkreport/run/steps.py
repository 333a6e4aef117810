"""The steps in their order, each of which can be said alone. The command line calls these and nothing below them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance, Period
from rkreport.core.delivery import TeamFigures
from rkreport.core.models import ListReading, ManagerId, SetAside, Verdict
from rkreport.core.report.readings import list_name, reason_text
from rkreport.core.report.team_view import team_views
from rkreport.core.rules_digest import rules_digest_1
from rkreport.core.since import team_figures
from rkreport.errors import DataError
from rkreport.locale import load_words
from rkreport.run.assessing import assess_snapshot, load_snapshot, period_of, result_of
from rkreport.run.branding import check_brand
from rkreport.run.building import Built, build, make_output_folder
from rkreport.run.choosing import BuildOrder, choose_step, refuse_future
from rkreport.run.comparing import last_sent
from rkreport.run.correcting import last_months, received_by
from rkreport.run.elsewhere import news_from_elsewhere
from rkreport.run.encrypting import workbook_password
from rkreport.run.fetching import FetchOrder, fetch_snapshot
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.lock import exclusive_run
from rkreport.store.results import Results
from rkreport.store.seals import Seals
from rkreport.store.snapshots import SnapshotRow, Snapshots


@contextmanager
def opened_store(config: Config, world: World) -> Iterator[Database]:
    """The data folder, held by this run alone.

    Raises:
        AlreadyRunning: another run holds it.
        StoreError: it cannot be used.
    """
    since = world.utc_now().astimezone(config.zone).strftime("%Y-%m-%d %H:%M")
    with exclusive_run(config.data_dir, since):
        database = Database(config.data_dir)
        try:
            Results(database, world.utc_now).rename_rules(rules_digest_1(config.rules), config.rules_sha256)
            yield database
        finally:
            database.close()


def refuse_in_advance(config: Config, world: World, wanted: str | None) -> None:
    """What the build would refuse whatever the LMS says is refused before an hour of fetching.

    Raises:
        ConfigError: the period has not begun, the brand template cannot be used, or workbooks cannot be encrypted.
        OutputError: the output folder cannot be made.
    """
    refuse_future(config, world, period_of(config, world.utc_now(), wanted))
    check_brand(config, world)
    workbook_password(config, world)
    make_output_folder(config)


async def fetch_step(config: Config, database: Database, world: World, how: FetchOrder) -> SnapshotRow:
    """Bring a whole snapshot home; says what is not complete."""
    row = await fetch_snapshot(config, database, world, how)
    for sentence in incomplete_lists(row.lists):
        world.audience.say(sentence)
    return row


def rows_set_aside(database: Database, world: World, row: SnapshotRow) -> tuple[SetAside, ...]:
    """The rows of a finished snapshot that cannot be read.

    Raises:
        UnfitUsers: no report can be made of its list of users.
    """
    return load_snapshot(Snapshots(database, world.utc_now), row).set_aside


def build_step(config: Config, database: Database, world: World, order: BuildOrder) -> Built:
    """From a finished snapshot to a finished folder.

    Raises:
        DataError: there is no such snapshot, or it is incomplete and that was not allowed.
    """
    row, series, revision = choose_step(config, database, world, order)
    gaps = incomplete_lists(row.lists)
    if gaps and not order.allow_incomplete:
        raise DataError(
            f"The data are incomplete, so no workbooks were written: {gaps[0]}"
            + (f" ({len(gaps) - 1} more such lists.)" if len(gaps) > 1 else "")
            + " Fetch again, or say --allow-incomplete: then every first sheet and subject says so."
        )
    started = world.monotonic()
    snapshot = load_snapshot(Snapshots(database, world.utc_now), row)
    loaded = world.monotonic()
    results, ledger = Results(database, world.utc_now), Ledger(database, world.utc_now)
    assessment = assess_snapshot(config, snapshot, series, revision, results.before(series.period))
    timings = {"fetch": row.fetch_seconds, "load": loaded - started, "assess": world.monotonic() - loaded}
    received = received_by(ledger, assessment.compliance)
    last_month = last_months(database, world.utc_now, series.period, config.rules_sha256)
    built = build(
        config,
        assessment,
        world,
        timings,
        received=received,
        last_month=last_month,
        last_sent=last_sent(config, database, world, series, revision),
        news=news_from_elsewhere(config, database, world, series),
        seal=lambda digests: Seals(database).replace(str(series), revision, digests),
    )
    if series.is_interim:  # the history is of months that are over
        return built
    told = _told(assessment.compliance, built)
    result = replace(result_of(config, assessment.compliance), told_by_manager=told or None)
    results.keep(result, revision, is_written=bool(told))
    return built


def _told(compliance: Compliance, built: Built) -> dict[ManagerId, TeamFigures]:
    """By manager, the figures of each message that is in the outbox now."""
    written = {file.manager_id for file in built.mailing.files}
    teams = [team for team in compliance.teams if team.manager.manager_id in written]
    return {view.team.manager.manager_id: team_figures(view.requirements) for view in team_views(compliance, teams)}


def incomplete_lists(lists: tuple[ListReading, ...]) -> list[str]:
    """One English sentence for each list that is not whole."""
    words = load_words("en")
    return [
        f"Incomplete – {list_name(reading, words)}: {reason_text(reading.reason, words).rstrip('.')}."
        for reading in lists
        if reading.verdict is Verdict.INCOMPLETE
    ]


def months_before(period: Period, count: int) -> list[Period]:
    """The `count` months before a period, oldest first."""
    numbers = range(period.year * 12 + period.month - 1 - count, period.year * 12 + period.month - 1)
    return [Period(number // 12, number % 12 + 1) for number in numbers]
