"""The commands that deliver: send."""

from typing import Annotated

import typer

from rkreport.cli.app import app, open_session
from rkreport.cli.options import DEFAULT_CONFIG, AllowIncomplete, AsJson, ConfigPath, PeriodText, Quiet, Verbose
from rkreport.cli.sent import sent_code, sent_document, sent_rows, sent_sentences
from rkreport.core.models import ManagerId
from rkreport.errors import ConfigError
from rkreport.run.edition import Check
from rkreport.run.sending import SendOrder, send_step
from rkreport.run.steps import opened_store

_LARGEST_SAMPLE = 50

CHECKS: tuple[Check, ...] = ()
"""What may stop a sending, in this order."""

TRIAL_CHECKS: tuple[Check, ...] = ()
"""What may stop a trial: only what a trial is not meant to show."""


@app.command()
def send(
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="This manager alone; may be said several times.", metavar="MANAGER_ID"),
    ] = None,
    retry_unknown: Annotated[
        bool,
        typer.Option("--retry-unknown", help="Send those in doubt again: a manager may get the mail twice."),
    ] = False,
    to_me: Annotated[
        str | None,
        typer.Option("--to-me", help="A trial: some messages, to this address alone.", metavar="ADDRESS"),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            "--sample",
            help="How many messages a trial has.",
            min=1,
            max=_LARGEST_SAMPLE,
            metavar="N",
            show_default=True,
        ),
    ] = 3,
    allow_incomplete: AllowIncomplete = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Send what is built and not yet sent.

    Said again, it sends exactly what is left. Nobody gets a message twice: where it is not known whether one arrived,
    it is listed, and sent again with --retry-unknown only.
    """
    session = open_session("send", as_json=as_json, quiet=quiet, verbose=verbose)
    if to_me is not None and retry_unknown:
        raise ConfigError("--retry-unknown has no meaning in a trial; leave it out, or leave out --to-me.")
    if to_me is not None and not to_me.strip():
        raise ConfigError("--to-me: needs an address; write your own, such as name@company.example.")
    order = SendOrder(
        period=period,
        only=frozenset(ManagerId(one) for one in only or ()),
        retry_unknown=retry_unknown,
        allow_incomplete=allow_incomplete,
        trial_to=to_me or "",
        sample=sample,
    )
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        sent = send_step(settings, database, world, order, TRIAL_CHECKS if to_me else CHECKS)
    for sentence in sent_sentences(sent):
        session.screen.say(sentence)
    title = "Trial finished." if sent.is_trial else "Send finished."
    session.screen.result(title, sent_rows(sent), sent_document(sent))
    return sent_code(sent)
