"""The commands that make a report: demo, fetch, build, run."""

import asyncio
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.asking import asker
from rkreport.cli.command_run import CommandRun, next_call, open_command_run
from rkreport.cli.options import (
    DEFAULT_CONFIG,
    Accept,
    AllowIncomplete,
    AsJson,
    ConfigPath,
    Fresh,
    Interim,
    NoVerify,
    PeriodText,
    Quiet,
    Verbose,
)
from rkreport.cli.results.built import (
    built_document,
    built_rows,
    estimate_document,
    estimate_rows,
    fetched_rows,
    set_aside_document,
    set_aside_rows,
)
from rkreport.cli.results.sent import sent_code, sent_document, sent_rows, sent_sentences
from rkreport.cli.results.snapshots import fetched_document
from rkreport.cli.summary_mail import told
from rkreport.errors import EXIT_DATA, EXIT_DONE, EXIT_GAPS, ConfigError
from rkreport.run.edition.branding import check_brand
from rkreport.run.edition.building import Built
from rkreport.run.edition.choosing import BuildOrder
from rkreport.run.edition.guarding import accepted_guards, accepting_options
from rkreport.run.fetch.estimating import estimate_step
from rkreport.run.fetch.fetching import FetchOrder
from rkreport.run.fetch.setting_aside import rows_set_aside
from rkreport.run.opened_store import opened_store
from rkreport.run.pipeline import RunOrder, build_step, fetch_step, run_step
from rkreport.run.send.order import Sent
from rkreport.run.send.summary import summarize
from rkreport.sentence import Sentence
from rkreport.store.snapshots import SnapshotRow


@app.command()
def fetch(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say how many requests and minutes it takes.")
    ] = False,
    fresh: Fresh = False,
    no_verify: NoVerify = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Read users and assignments into a snapshot.

    All users of the LMS, and all assignments of the courses in the config. Goes on where an earlier fetch was
    interrupted.
    """
    command_run = open_command_run(context, "fetch", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config)
    with opened_store(settings, world) as database:
        if estimate:
            expected = asyncio.run(estimate_step(settings, database, world, verify=not no_verify))
            command_run.screen.result("Estimate.", estimate_rows(expected), estimate_document(expected))
            return EXIT_DONE
        fetched = asyncio.run(fetch_step(settings, database, world, FetchOrder(fresh, verify=not no_verify)))
        row = fetched.row
        aside = rows_set_aside(database, world.utc_now, row, fetched.uneven)
    document = {**fetched_document(row), **set_aside_document(aside)}
    rows = [*fetched_rows(row, len(aside)), *set_aside_rows(aside), ("Next", next_call(context, "build"))]
    command_run.screen.result("Fetch finished.", rows, document)
    return EXIT_DONE if row.is_complete else EXIT_DATA


@app.command()
def build(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    snapshot: Annotated[
        str | None,
        typer.Option("--snapshot", help="Which snapshot; the newest of the month after if left out.", metavar="ID"),
    ] = None,
    period: PeriodText = None,
    interim: Interim = False,
    allow_incomplete: AllowIncomplete = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write workbooks and messages from a snapshot.

    Takes the newest complete snapshot of the month after the period; a correction keeps the one that was sent. Needs
    no network. The messages are .eml files in the outbox folder; nothing leaves this machine.
    """
    command_run = open_command_run(context, "build", as_json=as_json, quiet=quiet, verbose=verbose)
    _refuse_month(period, interim=interim)
    settings, world = command_run.configured(config)
    check_brand(settings.brand, world.observer)
    with opened_store(settings, world) as database:
        built = build_step(settings, database, world, BuildOrder(snapshot, period, allow_incomplete, interim))
    _show(command_run, "Build finished.", built, then=next_call(context, "review"))
    return _code(built)


@app.command()
def run(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    interim: Interim = False,
    send: Annotated[bool, typer.Option("--send", help="Deliver the messages too.")] = False,
    fresh: Fresh = False,
    no_verify: NoVerify = False,
    accept: Accept = None,
    allow_incomplete: AllowIncomplete = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Fetch, then build.

    What a fetch brought is kept: should the build fail, rkreport build goes on from it.
    """
    command_run = open_command_run(context, "run", as_json=as_json, quiet=quiet, verbose=verbose)
    _refuse_month(period, interim=interim)
    order = RunOrder(
        FetchOrder(fresh, verify=not no_verify), period, interim, allow_incomplete, send, accepted_guards(accept or ())
    )
    settings, world = command_run.configured(config)

    def reached(made: SnapshotRow | Built) -> None:
        command_run.is_fetched = True
        if isinstance(made, Built):
            command_run.is_built, account.built = True, made

    said = "rkreport run --send" if send else "rkreport run"
    with (
        told(command_run, settings, world, said, is_sending=send) as account,
        opened_store(settings, world) as database,
        account.watching(database, world),
    ):
        account.guards.extend(accepting_options(order.accepted, allow_incomplete=allow_incomplete))
        built, sent = run_step(settings, database, world, order, ask=asker(command_run.screen), reached=reached)
        account.sent = sent
    _show(command_run, "Run finished.", built, sent, then=next_call(context, "review"))
    code = _code(built) if sent is None else sent_code(sent)
    summarize(settings, world, account, code)
    return code


def _refuse_month(period: str | None, *, interim: bool) -> None:
    if interim and period:
        raise ConfigError("--interim tells of the month under way; leave out --period, or leave out --interim.")


def _show(command_run: CommandRun, title: str, built: Built, sent: Sent | None = None, then: str = "") -> None:
    if sent is None:
        for manager_id, why in built.mailing.not_written:
            command_run.screen.say(
                Sentence("No message for manager {manager_id}: {why}.", manager_id=manager_id, why=why)
            )
        after = [("Next", then)] if then else []
        command_run.screen.result(title, [*built_rows(built), *after], built_document(built))
        return
    for sentence in sent_sentences(sent):
        command_run.screen.say(sentence)
    rows = [row for row in built_rows(built) if row[0] not in {"Period", "Messages"}]
    document = built_document(built) | {"sent": sent_document(sent)}
    command_run.screen.result(title, [*built_rows(built)[:1], *rows, *sent_rows(sent)[1:]], document)


def _code(built: Built) -> int:
    return EXIT_DONE if built.manifest["complete"] else EXIT_GAPS
