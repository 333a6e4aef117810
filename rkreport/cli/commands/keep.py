"""The commands for what is kept: history, export, import."""

from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app, open_session
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, SnapshotId, Verbose
from rkreport.cli.outcome import history_document, history_rows
from rkreport.errors import EXIT_DONE
from rkreport.run.keeping import export_step, history_of, import_step
from rkreport.run.steps import opened_store


@app.command()
def history(
    config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False
) -> int:
    """Show past snapshots, rates and deliveries."""
    session = open_session("history", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        past = history_of(database, world)
    session.screen.result("History.", history_rows(past), history_document(past))
    return EXIT_DONE


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")],
    config: ConfigPath = DEFAULT_CONFIG,
    snapshot: SnapshotId = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write a snapshot to one file.

    To send it, or to keep it as evidence. The file holds personal data.
    """
    session = open_session("export", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        snapshot_id = export_step(database, world, snapshot, file)
    session.screen.result(
        "Export finished.",
        [("Snapshot", snapshot_id), ("File", str(file))],
        {"snapshot": snapshot_id, "file": str(file)},
    )
    return EXIT_DONE


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file that rkreport export wrote.", metavar="FILE")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Take an exported snapshot into the data folder.

    rkreport build --snapshot ID makes workbooks from it.
    """
    session = open_session("import", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        snapshot_id = import_step(settings, database, file)
    session.screen.result("Import finished.", [("Snapshot", snapshot_id)], {"snapshot": snapshot_id})
    return EXIT_DONE
