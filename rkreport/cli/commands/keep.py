"""The commands for stored data: collect, export, import, archive, incident, purge."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rkreport.cli.app import app
from rkreport.cli.asking import asker
from rkreport.cli.command_run import CommandRun, open_command_run
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Interim, Quiet, SnapshotId, Verbose
from rkreport.cli.results.collected import collected_document, collected_rows
from rkreport.cli.results.kept import (
    incident_document,
    incident_rows,
    plan_document,
    purge_rows,
    purged_rows,
    retrieved_document,
    retrieved_master_document,
    retrieved_master_rows,
    retrieved_rows,
)
from rkreport.core.words import counted
from rkreport.errors import EXIT_DONE, EXIT_GAPS, EXIT_OUTPUT, ConfigError
from rkreport.run.keep.archiving import CHANGED, MASTER, ArchiveOrder, archive_master_step, archive_step
from rkreport.run.keep.carrying import export_step, import_step
from rkreport.run.keep.collecting import collect_step, has_gaps
from rkreport.run.keep.incidents import incident_step
from rkreport.run.keep.purging import Purged, purge_step
from rkreport.run.keep.retention import PurgePlan, purge_plan
from rkreport.run.opened_store import opened_store
from rkreport.sentence import Sentence


@app.command()
def collect(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where you saved the workbooks that came back.", metavar="FOLDER")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Read what managers filled in and sent back.

    Reason, planned date and note of their action lists. They stand beside the same rows in the next workbook to the
    same address, and in the master. Nothing else of a returned file is taken; only rows that were sent count.
    """
    command_run = open_command_run(context, "collect", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config)
    with opened_store(settings, world) as database:
        collected = collect_step(settings, database, world, folder)
    title = "Collected, with gaps." if has_gaps(collected) else "Collected."
    command_run.screen.result(title, collected_rows(collected), collected_document(collected))
    return EXIT_GAPS if has_gaps(collected) else EXIT_DONE


@app.command("export")
def export_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")],
    config: ConfigPath = DEFAULT_CONFIG,
    snapshot: SnapshotId = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write a snapshot to one file.

    With what the ledger knows of its months, so that another machine sends nothing twice. To move, or to keep as
    evidence. The file holds personal data.
    """
    command_run = open_command_run(context, "export", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config, needs_secrets=False)
    with opened_store(settings, world) as database:
        snapshot_id, messages = export_step(settings, database, world, snapshot, file)
    command_run.screen.result(
        "Export finished.",
        [
            ("Snapshot", snapshot_id),
            ("Messages", Sentence("{sent_messages} in its ledger", sent_messages=counted(messages, "sent message"))),
            ("File", str(file)),
        ],
        {"snapshot": snapshot_id, "messages": messages, "file": str(file)},
    )
    return EXIT_DONE


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that rkreport export wrote.", metavar="FILE")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Take an exported snapshot into the data folder.

    rkreport build --snapshot ID makes workbooks from it.
    """
    command_run = open_command_run(context, "import", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config, needs_secrets=False)
    with opened_store(settings, world) as database:
        snapshot_id, messages = import_step(settings, database, world, file)
    rows = [("Snapshot", snapshot_id), ("Messages", Sentence("{messages:,} taken into the ledger", messages=messages))]
    command_run.screen.result("Import finished.", rows, {"snapshot": snapshot_id, "messages": messages})
    return EXIT_DONE


@app.command()
def archive(
    context: typer.Context,
    manager_id: Annotated[str, typer.Argument(help="Whose message it was; or: master, changes.", metavar="MANAGER_ID")],
    config: ConfigPath = DEFAULT_CONFIG,
    period: Annotated[
        str | None, typer.Option("--period", help="Of which month; the newest if left out.", metavar="YYYY-MM")
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", help="Of which revision; the newest if left out.", min=1, metavar="N")
    ] = None,
    interim: Interim = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; its own name here if left out.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Give back the very file that a manager was sent.

    Checked against the digest of that day. Says when it went, where to, and by which Message-ID; the whole address
    with --json. "master" gives the master of an edition that was sent, "changes" its changes.csv.
    """
    command_run = open_command_run(context, "archive", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config)
    order = ArchiveOrder(manager_id, period, revision, interim, out)
    with opened_store(settings, world) as database:
        if manager_id in {MASTER, CHANGED}:
            master = archive_master_step(settings, database, world, order)
            command_run.screen.result(
                "As it was.", retrieved_master_rows(manager_id, master), retrieved_master_document(master)
            )
            return EXIT_DONE
        found = archive_step(settings, database, world, order)
    command_run.screen.result("As it was sent.", retrieved_rows(found), retrieved_document(found))
    return EXIT_DONE


@app.command()
def incident(
    context: typer.Context,
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
    command_run = open_command_run(context, "incident", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config)
    with opened_store(settings, world) as database:
        found = incident_step(settings, database, world, message, out)
    command_run.screen.result("Incident.", incident_rows(found), incident_document(found))
    return EXIT_DONE


@app.command()
def purge(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than", help="In months; privacy.retention_months if left out.", min=1, max=1200, metavar="MONTHS"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be deleted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for schedulers.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Delete what is older than it may be kept.

    Snapshots, editions with their workbooks and messages, sent files, addresses in the ledger, what managers answered,
    old logs. What was deleted is written down in purged.csv in the data folder. The newest snapshot and the newest
    edition stay.
    """
    command_run = open_command_run(context, "purge", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = command_run.configured(config, needs_secrets=False)
    with opened_store(settings, world) as database:
        plan = purge_plan(settings, database, world.utc_now, older_than or settings.settings.privacy.retention_months)
        if dry_run or plan.is_empty:
            title = "Nothing is that old." if plan.is_empty else "This would be deleted:"
            command_run.screen.result(title, purge_rows(plan), {**plan_document(plan), "deleted": False})
            return EXIT_DONE
        if not _is_agreed(command_run, plan, yes=yes):
            command_run.screen.result(
                "Nothing was deleted.", purge_rows(plan)[:1], {**plan_document(plan), "deleted": False}
            )
            return EXIT_DONE
        done = purge_step(settings, database, world, plan)
    command_run.screen.result("Purge finished.", purged_rows(plan, done), _purged_document(plan, done))
    return EXIT_OUTPUT if done.failures else EXIT_DONE


def _is_agreed(command_run: CommandRun, plan: PurgePlan, *, yes: bool) -> bool:
    """Show what will be deleted; ask unless the admin passed --yes."""
    command_run.screen.show("This will be deleted:", purge_rows(plan))
    if yes:
        return True
    ask = asker(command_run.screen)
    if ask is None:
        raise ConfigError("There is nobody to ask whether to delete this; say --yes, or look first with --dry-run.")
    return ask("Delete it for good? [y/N]")


def _purged_document(plan: PurgePlan, done: Purged) -> dict[str, Any]:
    return {
        **plan_document(plan),
        "editions": done.what["editions"],
        "sent_files": done.what["sent_files"],
        "logs": done.what["logs"],
        "deleted": True,
        "not_deleted": list(done.failures),
        "record": str(done.record),
    }
