"""The commands that review and deliver what was built: review, send, settle."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app, next_call, open_command_run
from rkreport.cli.asking import asker
from rkreport.cli.command_run import CommandRun
from rkreport.cli.options import (
    DEFAULT_CONFIG,
    Accept,
    Again,
    AllowIncomplete,
    AsJson,
    ConfigPath,
    Interim,
    Only,
    PeriodText,
    Quiet,
    Reason,
    RetryUnknown,
    Sample,
    SendUnasked,
    ToMe,
    Verbose,
)
from rkreport.cli.results.review import burst_table, review_document, review_rows
from rkreport.cli.results.sent import (
    delivery_documents,
    sent_code,
    sent_document,
    sent_rows,
    sent_sentences,
    settled_rows,
)
from rkreport.cli.summary_mail import told
from rkreport.core.models import ManagerId
from rkreport.errors import EXIT_DONE, EXIT_GAPS, ConfigError
from rkreport.run.edition.guarding import accepted_guards, accepting_options
from rkreport.run.edition.reviewing import review_step
from rkreport.run.pipeline import opened_store
from rkreport.run.send.order import SendOrder, Sent
from rkreport.run.send.resending import again_step
from rkreport.run.send.sending import send_step
from rkreport.run.send.settling import SettleOrder, settle_step
from rkreport.run.send.summary import summarize


@app.command()
def review(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    interim: Interim = False,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show who would get what.

    Looks at the newest workbooks of the month: the burst list here, as CSV and as an HTML page with charts, what stops
    the sending, and what send will do. Nothing is sent.
    """
    command_run = open_command_run(context, "review", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config)
    with opened_store(settings, world.utc_now) as database:
        reviewed = review_step(settings, database, world, period, is_interim=interim)
    command_run.screen.table(*burst_table(reviewed.review))
    trial = next_call(context, "send", "--to-me", "ADDRESS", "--sample", "1")
    after = ("Next", f"{trial} shows you one mail; {next_call(context, 'send')} sends them all")
    command_run.screen.result("Review.", [*review_rows(reviewed), after], review_document(reviewed))
    if open_page and not webbrowser.open(reviewed.page.absolute().as_uri()):
        command_run.screen.say(f"No browser could be started; open {reviewed.page} yourself.")
    return EXIT_DONE if reviewed.is_complete else EXIT_GAPS


@app.command()
def send(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    interim: Interim = False,
    only: Only = None,
    retry_unknown: RetryUnknown = False,
    to_me: ToMe = None,
    sample: Sample = 3,
    again: Again = None,
    reason: Reason = None,
    accept: Accept = None,
    allow_incomplete: AllowIncomplete = False,
    yes: SendUnasked = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Send what is built and not yet sent.

    Said again, it sends exactly what is left. Nobody gets a message twice: where it is not known whether one arrived,
    it is listed, and sent again with --retry-unknown only. On a terminal it first says how many messages go where, and
    asks.
    """
    command_run = open_command_run(context, "send", as_json=as_json, quiet=quiet, verbose=verbose)
    order = SendOrder(
        period=period,
        only=frozenset(ManagerId(one) for one in only or ()),
        retry_unknown=retry_unknown,
        allow_incomplete=allow_incomplete,
        trial_to=to_me,
        sample=sample,
        is_interim=interim,
        again=None if again is None else ManagerId(again),
        reason=reason,
        accepted=accepted_guards(accept or ()),
    )
    return _send(command_run, config, order, asks=not yes)


def _send(command_run: CommandRun, config: Path, order: SendOrder, *, asks: bool) -> int:
    """Send what the order says, and mail the admin how it went; the admin gets a trial itself instead."""
    ask = asker(command_run.screen)
    agree = ask if asks else None
    settings, world = command_run.configured(config)
    if order.is_trial:
        with opened_store(settings, world.utc_now) as database:
            return _ended(command_run, send_step(settings, database, world, order, ask=ask))
    with (
        told(command_run, settings, world, "rkreport send", is_sending=True) as account,
        opened_store(settings, world.utc_now) as database,
        account.watching(database, world),
    ):
        account.guards.extend(accepting_options(order.accepted, allow_incomplete=order.allow_incomplete))
        if order.resend:
            sent = account.sent = again_step(settings, database, world, order.resend, ask=ask, agree=agree)
        else:
            sent = account.sent = send_step(settings, database, world, order, ask=ask, agree=agree)
    code = _ended(command_run, sent)
    if sent.is_declined:  # the admin said no and knows
        return code
    summarize(settings, world, account, code)
    return code


@app.command()
def settle(
    context: typer.Context,
    manager_id: Annotated[str, typer.Argument(help="Whose message is in doubt.", metavar="MANAGER_ID")],
    config: ConfigPath = DEFAULT_CONFIG,
    arrived: Annotated[bool, typer.Option("--arrived", help="It arrived: it is sent.")] = False,
    lost: Annotated[bool, typer.Option("--lost", help="It never arrived: it is planned again.")] = False,
    period: Annotated[
        str | None, typer.Option("--period", help="Of which month, where several are in doubt.", metavar="YYYY-MM")
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="Of which revision, likewise.", min=1, metavar="N")
    ] = None,
    interim: Interim = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Close a message in doubt.

    Say what the manager, or the mail server's log, told you: that it arrived, or that it was lost. A lost one goes out
    with the next rkreport send. Nothing is sent now.
    """
    command_run = open_command_run(context, "settle", as_json=as_json, quiet=quiet, verbose=verbose)
    if arrived == lost:
        raise ConfigError("Say what was found out: --arrived or --lost.")
    settings, world = command_run.configured(config)
    with opened_store(settings, world.utc_now) as database:
        row = settle_step(settings, database, world, SettleOrder(manager_id, arrived, period, revision, interim))
    command_run.screen.result("Settled.", settled_rows(row), delivery_documents([row])[0])
    return EXIT_DONE


def _ended(command_run: CommandRun, sent: Sent) -> int:
    for sentence in sent_sentences(sent):
        command_run.screen.say(sentence)
    title = "Trial finished." if sent.is_trial else "Nothing was sent." if sent.is_declined else "Send finished."
    command_run.screen.result(title, sent_rows(sent), sent_document(sent))
    return sent_code(sent)
