"""The command history."""

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import open_command_run
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, Verbose
from rkreport.cli.results.history import history_document, history_rows
from rkreport.core.percent import target_of
from rkreport.errors import EXIT_DONE
from rkreport.run.keep.history import history_of
from rkreport.run.opened_store import opened_store


@app.command()
def history(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show past snapshots, rates and deliveries."""
    command_run = open_command_run(context, "history", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config, needs_secrets=False)
    with opened_store(settings, world) as database:
        past = history_of(database, world)
    rows = history_rows(past, target_of(settings.rules.target_percent))
    command_run.screen.result("History.", rows, history_document(past))
    return EXIT_DONE
