"""The commands that deliver what was built: send, settle."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.asking import asker, is_attended
from rkreport.cli.command_run import CommandRun, open_command_run
from rkreport.cli.options import (
    DEFAULT_CONFIG,
    Accept,
    Again,
    AllowIncomplete,
    ApprovedBy,
    AsJson,
    ConfigPath,
    Interim,
    Only,
    PeriodText,
    Quiet,
    Reason,
    ReleaseCode,
    RetryUnknown,
    Sample,
    SendUnasked,
    ToMe,
    Verbose,
)
from rkreport.cli.results.sent import (
    delivery_documents,
    sent_code,
    sent_document,
    sent_rows,
    sent_sentences,
    settled_rows,
)
from rkreport.cli.screen import Screen
from rkreport.cli.summary_mail import told
from rkreport.core.models import ManagerId
from rkreport.errors import EXIT_DONE, ConfigError
from rkreport.run.edition.guarding import accepted_guards, accepting_options
from rkreport.run.opened_store import opened_store
from rkreport.run.send.order import SendOrder, Sent
from rkreport.run.send.resending import again_step
from rkreport.run.send.sending import send_step
from rkreport.run.send.settling import SettleOrder, settle_step
from rkreport.run.send.summary import summarize


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
    release: ReleaseCode = None,
    approved_by: ApprovedBy = None,
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
        release=release,
        approved_by=approved_by,
    )
    return _send(command_run, config, order, asks=not yes)


def _send(command_run: CommandRun, config: Path, order: SendOrder, *, asks: bool) -> int:
    """Send what the order says, and mail the admin how it went; the admin gets a trial itself instead."""
    ask = asker(command_run.screen)
    agree = ask if asks else None
    settings, world = command_run.configured(config)
    if settings.settings.release.approval and not order.is_trial and is_attended():
        order = _with_release(command_run.screen, order)
    if order.is_trial:
        with opened_store(settings, world) as database:
            return _ended(command_run, send_step(settings, database, world, order, ask=ask))
    with (
        told(command_run, settings, world, "rkreport send", is_sending=True) as account,
        opened_store(settings, world) as database,
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


def _with_release(screen: Screen, order: SendOrder) -> SendOrder:
    """Ask for what was left out of the release; an empty answer stops the sending as no answer does."""
    code, name = order.release, order.approved_by
    if code is None:
        code = screen.ask("The release code that rkreport review printed for the second person", "")
    if name is None:
        name = screen.ask("Name of the second person, who looked at it", "")
    return replace(order, release=code, approved_by=name)


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
    with opened_store(settings, world) as database:
        row = settle_step(settings, database, world, SettleOrder(manager_id, arrived, period, revision, interim))
    command_run.screen.result("Settled.", settled_rows(row), delivery_documents([row])[0])
    return EXIT_DONE


def _ended(command_run: CommandRun, sent: Sent) -> int:
    for sentence in sent_sentences(sent):
        command_run.screen.say(sentence)
    title = "Trial finished." if sent.is_trial else "Nothing was sent." if sent.is_declined else "Send finished."
    command_run.screen.result(title, sent_rows(sent), sent_document(sent))
    return sent_code(sent)
