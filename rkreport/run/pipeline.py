"""The whole run on one page: reads the LMS, chooses the data, judges them, builds and sends.

    fetch → choose → assess → build → send

Commands call these steps. Each step can run alone and can be repeated; its own module does the work. Knows what
each step is given; must not know how it does its work.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from rkreport.config.load import Config
from rkreport.config.secrets import lms_credentials
from rkreport.core.answers.showing import Answers
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import INTERIM, Series
from rkreport.core.period import CURRENT
from rkreport.core.report.completeness import incomplete_sentences
from rkreport.errors import ConfigError, DataError
from rkreport.locale.translation import spoken_words
from rkreport.run.auditing import record
from rkreport.run.edition.assessing import assess_snapshot, load_earlier, load_snapshot, period_of, result_of
from rkreport.run.edition.branding import check_brand
from rkreport.run.edition.building import Built, build, told_figures
from rkreport.run.edition.changing import comparison_of
from rkreport.run.edition.choosing import BuildOrder, choose_step, refuse_future
from rkreport.run.edition.comparing import keep_base, last_sent
from rkreport.run.edition.draft_folder import make_output_folder
from rkreport.run.edition.earlier import Earlier, last_months, months_told, received_by
from rkreport.run.edition.elsewhere import other_ledgers_of
from rkreport.run.edition.encrypting import workbook_password
from rkreport.run.edition.guarding import Ask
from rkreport.run.edition.mail_templates import check_team_mails
from rkreport.run.edition.releasing import about_edition, edition_digests
from rkreport.run.fetch.fetching import Fetched, FetchOrder, fetch_snapshot
from rkreport.run.send.order import SendOrder, Sent
from rkreport.run.send.sending import refuse_sending_in_advance, send_step
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.answers import AnswerStore
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import Results
from rkreport.store.seals import Seals
from rkreport.store.snapshots import SnapshotRow, Snapshots


@dataclass(frozen=True, slots=True)
class RunOrder:
    """A whole run: how to fetch, which month to report (None: as configured), and whether to send.

    `accepted` holds the codes of the guards that the admin accepts in advance.
    """

    fetch: FetchOrder
    period: str | None = None
    is_interim: bool = False
    allow_incomplete: bool = False
    is_sending: bool = False
    accepted: frozenset[str] = frozenset()


def run_step(
    config: Config,
    database: Database,
    world: World,
    order: RunOrder,
    *,
    ask: Ask | None,
    reached: Callable[[SnapshotRow | Built], None],
) -> tuple[Built, Sent | None]:
    """Fetch, build, and send if the order says so.

    `ask` asks a person on a terminal whether something unusual may go. `reached` receives each step's result before
    the next step.
    """
    if order.is_sending:
        _refuse_unreleased(config)
    refuse_in_advance(config, world, CURRENT if order.is_interim else order.period)
    if order.is_sending:
        refuse_sending_in_advance(config, world)
    row = asyncio.run(fetch_step(config, database, world, order.fetch)).row
    reached(row)
    what = BuildOrder(row.snapshot_id, order.period, order.allow_incomplete, order.is_interim)
    built = build_step(config, database, world, what)
    reached(built)
    if not order.is_sending:
        return built, None
    to_send = SendOrder(
        str(built.manifest["period"]),
        allow_incomplete=order.allow_incomplete,
        is_interim=order.is_interim,
        accepted=order.accepted,
    )
    return built, send_step(config, database, world, to_send, ask=ask)


def _refuse_unreleased(config: Config) -> None:
    """Refuse to fetch, build and send in one go what a second person must see before it is sent."""
    if config.settings.release.approval:
        raise ConfigError(
            "{path}: release.approval wants a second person to look before anything is sent; say"
            " rkreport run without --send, then rkreport review, and rkreport send with the code"
            " that it prints.",
            path=config.path,
        )


def refuse_in_advance(config: Config, world: World, wanted: str | None) -> None:
    """Refuse before an hour of fetching what the build would refuse in any case.

    Raises:
        ConfigError: the period has not begun, brand or mail templates cannot be used, or a secret is missing.
        OutputError: the output folder cannot be made.
    """
    refuse_future(config.zone, world.utc_now, period_of(config, world.utc_now(), wanted))
    check_brand(config.brand, world.observer)
    workbook_password(config, world.secrets)
    lms_credentials(world.secrets)
    check_team_mails(config.mail_templates_dir)
    make_output_folder(config.output_dir)


async def fetch_step(config: Config, database: Database, world: World, how: FetchOrder) -> Fetched:
    """Fetch a whole snapshot; tell the admin which lists are incomplete."""
    fetched = await fetch_snapshot(config, database, world, how)
    for sentence in incomplete_sentences(fetched.row.lists, spoken_words()):
        world.observer.say(sentence)
    row = fetched.row
    digests = {"snapshot": Snapshots(database, world.utc_now).digest(row.snapshot_id)}
    result = "complete" if row.is_complete else "incomplete"
    record(
        database, world, AuditEvent.FETCH_FINISHED, about={"snapshot": row.snapshot_id}, digests=digests, result=result
    )
    return fetched


def build_step(config: Config, database: Database, world: World, order: BuildOrder) -> Built:
    """Turn a finished snapshot into a finished folder.

    Raises:
        DataError: the snapshot does not exist, or is incomplete and that was not allowed.
    """
    row, series, revision = choose_step(config, database, world, order)
    gaps = incomplete_sentences(row.lists, spoken_words())
    if gaps and not order.allow_incomplete:
        raise DataError(
            Sentence("The data are incomplete, so no workbooks were written: {gaps}", gaps=gaps[0])
            + (Sentence(" ({gaps} more such lists.)", gaps=len(gaps) - 1) if len(gaps) > 1 else "")
            + " Fetch again, or say --allow-incomplete: then every first sheet and subject says so."
        )
    results, ledger = Results(database, world.utc_now), Ledger(database, world.utc_now)
    started = world.monotonic()
    snapshots = Snapshots(database, world.utc_now)
    snapshot, completions = load_snapshot(snapshots, row), load_earlier(snapshots, row)
    loaded = world.monotonic()
    history = results.before(series.period)
    assessment = assess_snapshot(config, snapshot, series, revision, history, earlier=completions)
    timings = {"fetch": row.fetch_seconds, "load": loaded - started, "assess": world.monotonic() - loaded}
    earlier = Earlier(
        received_by(ledger, assessment.compliance),
        last_months(database, world.utc_now, series.period, config.rules_sha256),
        last_sent(config, database, world, series, revision),
        other_ledgers_of(config, database, world, series),
        comparison_of(config, database, world, assessment.compliance),
        months_told(database, world.utc_now, series.period),
        Answers(AnswerStore(database).all()),
    )
    seals = Seals(database)
    built = build(
        config, assessment, world, timings, earlier, seal=lambda digests: seals.replace(str(series), revision, digests)
    )
    _record_build(config, database, world, row, built)
    if not series.is_interim:  # the history holds only months that are over
        told = told_figures(assessment.compliance, built)
        result = replace(result_of(config.rules_sha256, assessment.compliance), told_by_manager=told or None)
        results.keep(result, revision, is_written=bool(told))
        if told:
            keep_base(database, world.utc_now, assessment.compliance, is_written=True, begun=False)
    return built


def _record_build(config: Config, database: Database, world: World, row: SnapshotRow, built: Built) -> None:
    series = Series(Series.parse(built.manifest["period"]).period, built.manifest.get("kind") == INTERIM)
    about = about_edition(str(series), built.manifest["revision"], row.snapshot_id) | {"settings": config.sha256}
    digests = edition_digests(built.folder, built.manifest)
    result = "complete" if built.manifest["complete"] else "incomplete"
    record(database, world, AuditEvent.EDITION_BUILT, about=about, digests=digests, result=result)
