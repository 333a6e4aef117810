"""The steps in their order, each of which can be said alone. The command line calls these and nothing below them."""

from collections.abc import Iterator
from contextlib import contextmanager

from rkreport.config.load import Config
from rkreport.core.compliance import Period
from rkreport.core.models import ListReading, Verdict
from rkreport.core.report.readings import list_name, reason_text
from rkreport.core.rules_digest import rules_digest_1
from rkreport.errors import ConfigError, DataError
from rkreport.locale import load_words
from rkreport.run.assessing import assess_snapshot, load_snapshot, period_of, result_of
from rkreport.run.branding import check_brand
from rkreport.run.building import Built, build, make_output_folder
from rkreport.run.choosing import BuildOrder, choose_step
from rkreport.run.correcting import last_months, received_by
from rkreport.run.encrypting import workbook_password
from rkreport.run.fetching import FetchOrder, fetch_snapshot
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.lock import exclusive_run
from rkreport.store.results import Results
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
    now = world.utc_now()
    period = period_of(config, now, wanted)
    if str(period) > now.astimezone(config.zone).strftime("%Y-%m"):
        raise ConfigError(f"The period {period} has not begun yet; choose an earlier one.")
    check_brand(config, world)
    workbook_password(config, world)
    make_output_folder(config)


async def fetch_step(config: Config, database: Database, world: World, how: FetchOrder) -> SnapshotRow:
    """Bring a whole snapshot home; says what is not complete."""
    row = await fetch_snapshot(config, database, world, how)
    for sentence in incomplete_lists(row.lists):
        world.audience.say(sentence)
    return row


def build_step(config: Config, database: Database, world: World, order: BuildOrder) -> Built:
    """From a finished snapshot to a finished folder.

    Raises:
        DataError: there is no such snapshot, or it is incomplete and that was not allowed.
    """
    row, period, revision = choose_step(config, database, world, order)
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
    assessment = assess_snapshot(config, snapshot, period, revision, results.before(period))
    timings = {"fetch": row.fetch_seconds, "load": loaded - started, "assess": world.monotonic() - loaded}
    received = received_by(ledger, assessment.compliance)
    last_month = last_months(database, world.utc_now, period, config.rules_sha256)
    built = build(
        config,
        assessment,
        world,
        timings,
        received=received,
        last_month=last_month,
        last_recipients=ledger.last_recipients(),
    )
    results.keep(result_of(config, assessment.compliance), revision, is_written=bool(built.mailing.files))
    return built


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
