"""The command audit."""

from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import open_command_run
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, Verbose
from rkreport.cli.results.audited import AUDIT_COLUMNS, audit_document, audit_rows, audit_table
from rkreport.errors import EXIT_DONE, ConfigError
from rkreport.run.keep.audit_reading import LARGEST_TAIL, check_audit_log, export_audit_log, read_audit_log
from rkreport.run.opened_store import opened_store


@app.command()
def audit(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    last: Annotated[
        int,
        typer.Option("--last", help="How many lines to show.", min=1, max=LARGEST_TAIL, metavar="N"),
    ] = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Check that no line was changed, added or lost.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write all lines to this file, a JSON object each.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show who did what, and check that nobody changed it.

    The last lines of audit.jsonl in the data folder: every fetch, build, review, release, sending, message, export and
    deletion, with user, machine and digests. Each line has the digest of the one before; what was changed is named,
    with exit code 5.
    """
    command_run = open_command_run(context, "audit", as_json=as_json, quiet=quiet, verbose=verbose)
    if verify and export is not None:
        raise ConfigError("--export checks the log before it writes; leave out --verify.")
    settings, world = command_run.configured(config, needs_secrets=False)
    with opened_store(settings, world) as database:
        if verify:
            read = check_audit_log(database, world)
        elif export is not None:
            read = export_audit_log(database, world, export)
        else:
            read = read_audit_log(database, world, last)
    if verify or export is not None:
        file = [] if export is None else [("File", str(export))]
        title = "The audit log is whole." if export is None else "Export finished."
        document = audit_document(read) | ({"verified": True} if export is None else {"export": str(export)})
        command_run.screen.result(title, [*audit_rows(read, is_whole=True), *file], document)
        return EXIT_DONE
    if read.lines:
        command_run.screen.table(AUDIT_COLUMNS, audit_table(read, settings.zone))
    command_run.screen.result("Audit log.", audit_rows(read), audit_document(read))
    return EXIT_DONE
