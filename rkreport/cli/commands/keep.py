"""The commands for what is kept: history, export, import, archive, incident, purge."""

from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app, open_session
from rkreport.cli.kept import incident_document, incident_rows, retrieved_document, retrieved_rows
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, SnapshotId, Verbose
from rkreport.cli.outcome import history_document, history_rows
from rkreport.errors import EXIT_DONE
from rkreport.run.archiving import ArchiveOrder, archive_step
from rkreport.run.incidents import incident_step
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


@app.command()
def archive(
    manager_id: Annotated[str, typer.Argument(help="Whose message it was.", metavar="MANAGER_ID")],
    config: ConfigPath = DEFAULT_CONFIG,
    period: Annotated[
        str | None, typer.Option("--period", help="Of which month; the newest if left out.", metavar="YYYY-MM")
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="Of which revision; the newest if left out.", min=1, metavar="N")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; its own name here if left out.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Give back the very file that a manager was sent.

    Checked against the digest of that day. Says when it went, where to, and by which Message-ID; the whole address
    with --json.
    """
    session = open_session("archive", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        found = archive_step(settings, database, world, ArchiveOrder(manager_id, period, revision, out))
    session.screen.result("As it was sent.", retrieved_rows(found), retrieved_document(found))
    return EXIT_DONE


@app.command()
def incident(
    message: Annotated[
        str,
        typer.Argument(help="Its Message-ID or X-RkReport-Id, or an .eml or .xlsx that came back.", metavar="MESSAGE"),
    ],
    config: ConfigPath = DEFAULT_CONFIG,
    out: Annotated[
        Path | None, typer.Option("--out", help="The draft to write; a file here if left out.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Draft the notice about a message that went wrong.

    Lists whose data were in it, which, when it went and where to: what UU PDP wants within 3 x 24 hours. What only you
    know is left open. Personal data stand in the draft alone.
    """
    session = open_session("incident", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        found = incident_step(settings, database, world, message, out)
    session.screen.result("Incident.", incident_rows(found), incident_document(found))
    return EXIT_DONE
