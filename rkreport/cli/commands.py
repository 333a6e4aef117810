"""The commands: options in, a step of `rkreport.run` called, its result shown. No rules, no files, no network here."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from rkreport import __version__
from rkreport.cli.options import (
    DEFAULT_CONFIG,
    AllowIncomplete,
    AsJson,
    ConfigPath,
    Fresh,
    NoVerify,
    PeriodText,
    Quiet,
    Seed,
    SnapshotId,
    Verbose,
)
from rkreport.cli.outcome import (
    built_document,
    built_rows,
    estimate_rows,
    fetched_document,
    fetched_rows,
    history_document,
    history_rows,
    simulation_document,
    simulation_rows,
)
from rkreport.cli.screen import Screen
from rkreport.cli.session import Session
from rkreport.errors import EXIT_DATA, EXIT_DONE, EXIT_GAPS, ConfigError
from rkreport.run.building import Built
from rkreport.run.demo import DemoOrder, demo_step
from rkreport.run.estimating import estimate_step
from rkreport.run.fetching import FetchOrder
from rkreport.run.keeping import export_step, history_of, import_step
from rkreport.run.simulating import Simulation, SimulationOrder, simulate_step
from rkreport.run.steps import BuildOrder, build_step, fetch_step, opened_store, refuse_in_advance

app = typer.Typer(
    help="Monthly training compliance workbooks from Ruangkerja, one for L&D and one for every manager.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_sessions: list[Session] = []


def begin(arguments: Sequence[str]) -> None:
    """A call begins: while no command is known, an error is told as `--json` asks."""
    _sessions[:] = [Session(Screen(quiet=False, as_json="--json" in arguments), "", verbose=False)]


def current_session() -> Session:
    """The session of the call that is running."""
    return _sessions[-1]


def _session(command: str, *, as_json: bool, quiet: bool, verbose: bool) -> Session:
    _sessions[:] = [Session(Screen(quiet=quiet, as_json=as_json), command, verbose)]
    return _sessions[-1]


@app.callback(invoke_without_command=True)
def entry(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Show the help when nothing is asked for."""
    if version:
        typer.echo(f"rkreport {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder to make.", metavar="DIR")] = Path("rkreport-demo"),
    people: Annotated[
        int, typer.Option("--people", help="How many people the company has.", min=20, max=200_000, metavar="N")
    ] = 250,
    seed: Seed = 1,
    language: Annotated[str, typer.Option("--language", help="Of the master workbook.", metavar="en|id")] = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Make a complete report about made-up people.

    Starts a simulated LMS on this machine, fetches from it, and writes workbooks and messages. Needs no account, no
    config and no network.
    """
    session = _session("demo", as_json=as_json, quiet=quiet, verbose=verbose)
    if language not in {"en", "id"}:
        raise ConfigError('The option --language takes "en" or "id" only; write one of them, or leave it out.')
    built = asyncio.run(demo_step(DemoOrder(out, people, seed, language), session.world({})))
    _show(session, "Demo finished.", built)
    return EXIT_DONE


@app.command()
def fetch(
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
    session = _session("fetch", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        if estimate:
            expected = asyncio.run(estimate_step(settings, database, world))
            session.screen.result("Estimate.", estimate_rows(expected), asdict(expected))
            return EXIT_DONE
        row = asyncio.run(fetch_step(settings, database, world, FetchOrder(fresh, verify=not no_verify)))
    session.screen.result("Fetch finished.", fetched_rows(row), fetched_document(row))
    return EXIT_DONE if row.is_complete else EXIT_DATA


@app.command()
def build(
    config: ConfigPath = DEFAULT_CONFIG,
    snapshot: SnapshotId = None,
    period: PeriodText = None,
    allow_incomplete: AllowIncomplete = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write workbooks and messages from a snapshot.

    Needs no network. The messages are .eml files in the outbox folder; nothing leaves this machine.
    """
    session = _session("build", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        built = build_step(settings, database, world, BuildOrder(snapshot, period, allow_incomplete))
    _show(session, "Build finished.", built)
    return _code(built, send=False)


@app.command()
def run(
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    send: Annotated[bool, typer.Option("--send", help="Deliver the messages too.")] = False,
    fresh: Fresh = False,
    no_verify: NoVerify = False,
    allow_incomplete: AllowIncomplete = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Fetch, then build.

    What a fetch brought is kept: should the build fail, rkreport build goes on from it.
    """
    session = _session("run", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    if send and settings.file.mail.transport != "outbox":
        raise ConfigError(
            f'{config}: mail.transport: this version of rkreport does not send by SMTP yet; write "outbox", then the'
            " messages are in the outbox folder as .eml files."
        )
    with opened_store(settings, world) as database:
        refuse_in_advance(settings, world, period)
        row = asyncio.run(fetch_step(settings, database, world, FetchOrder(fresh, verify=not no_verify)))
        session.is_fetched = True
        built = build_step(settings, database, world, BuildOrder(row.snapshot_id, period, allow_incomplete))
    _show(session, "Run finished.", built)
    return _code(built, send=send)


@app.command()
def history(
    config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False
) -> int:
    """Show past snapshots and the rates of past months."""
    session = _session("history", as_json=as_json, quiet=quiet, verbose=verbose)
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
    session = _session("export", as_json=as_json, quiet=quiet, verbose=verbose)
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
    session = _session("import", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        snapshot_id = import_step(settings, database, file)
    session.screen.result("Import finished.", [("Snapshot", snapshot_id)], {"snapshot": snapshot_id})
    return EXIT_DONE


@app.command()
def simulate(
    port: Annotated[
        int, typer.Option("--port", help="The port on 127.0.0.1; 0 takes a free one.", min=0, max=65535, metavar="N")
    ] = 8800,
    people: Annotated[
        int, typer.Option("--people", help="How many people the company has.", min=1, max=200_000, metavar="N")
    ] = 250,
    courses: Annotated[int, typer.Option("--courses", help="How many courses with batches.", min=1, metavar="N")] = 6,
    batches: Annotated[int, typer.Option("--batches", help="How many batches in all.", min=1, metavar="N")] = 24,
    assignments: Annotated[
        int | None,
        typer.Option("--assignments", help="How many assignments; a fitting number if left out.", min=0, metavar="N"),
    ] = None,
    seed: Seed = 1,
    serial: Annotated[bool, typer.Option(help="Whether user records have serials.")] = True,
    faults: Annotated[
        str, typer.Option("--faults", help="What goes wrong, such as 429=0.02,cut=0.01.", metavar="SPEC")
    ] = "",
    client_id: Annotated[str, typer.Option("--client-id", help="The client id it takes.", metavar="TEXT")] = "demo",
    client_secret: Annotated[
        str, typer.Option("--client-secret", help="The client secret it takes.", metavar="TEXT")
    ] = "demo-secret",  # noqa: S107 - of a made-up company
    write_config: Annotated[
        Path | None, typer.Option("--write-config", help="Write a config for it into this folder.", metavar="DIR")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Serve a simulated LMS on this machine, until Ctrl-C.

    It has the documented API, a made-up company, and whatever faults are asked for.
    """
    session = _session("simulate", as_json=as_json, quiet=quiet, verbose=False)
    order = SimulationOrder(
        port=port,
        people=people,
        courses=courses,
        batches=batches,
        assignments=assignments,
        seed=seed,
        serial_in_users=serial,
        faults=faults,
        client_id=client_id,
        client_secret=client_secret,
        config_folder=write_config,
    )

    def listening(simulation: Simulation) -> None:
        session.screen.result("Simulated LMS.", simulation_rows(simulation), simulation_document(simulation))
        session.screen.say("It answers until you press Ctrl-C.")

    asyncio.run(simulate_step(order, session.world({}), listening))
    return EXIT_DONE


def _show(session: Session, title: str, built: Built) -> None:
    for manager_id, why in built.mailing.not_written:
        session.screen.say(f"No message for manager {manager_id}: {why}.")
    session.screen.result(title, built_rows(built), built_document(built))


def _code(built: Built, *, send: bool) -> int:
    manifest: dict[str, Any] = dict(built.manifest)
    is_whole = manifest["complete"] and not (send and built.mailing.not_written)
    return EXIT_DONE if is_whole else EXIT_GAPS
