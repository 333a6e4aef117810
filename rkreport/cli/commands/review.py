"""The command review."""

import webbrowser
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import next_call, open_command_run
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Interim, PeriodText, Quiet, Verbose
from rkreport.cli.results.review import burst_table, review_document, review_rows
from rkreport.errors import EXIT_DONE, EXIT_GAPS
from rkreport.run.edition.reviewing import review_step
from rkreport.run.opened_store import opened_store
from rkreport.sentence import Sentence


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
    with opened_store(settings, world) as database:
        reviewed = review_step(settings, database, world, period, is_interim=interim)
    command_run.screen.table(*burst_table(reviewed.review, command_run.screen.width))
    trial = next_call(context, "send", "--to-me", "ADDRESS", "--sample", "1")
    release = ("--release", reviewed.release_code, "--approved-by", "NAME") if reviewed.release_code else ()
    sends = next_call(context, "send", *release)
    after = ("Next", Sentence("{trial} shows you one mail; {sends} sends them all", trial=trial, sends=sends))
    command_run.screen.result("Review.", [*review_rows(reviewed), after], review_document(reviewed))
    if open_page and not webbrowser.open(reviewed.page.absolute().as_uri()):
        command_run.screen.say(Sentence("No browser could be started; open {page} yourself.", page=reviewed.page))
    return EXIT_DONE if reviewed.is_complete else EXIT_GAPS
