"""The command demo."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import open_command_run
from rkreport.cli.options import AsJson, Quiet, Seed, Verbose
from rkreport.cli.results.built import built_document, built_rows
from rkreport.core.words import LANGUAGES
from rkreport.errors import EXIT_DONE, ConfigError
from rkreport.run.setup.demo import DemoOrder, demo_step
from rkreport.sentence import Sentence, one_of


@app.command()
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="The folder to make.", metavar="DIR")] = Path("rkreport-demo"),
    people: Annotated[
        int, typer.Option("--people", help="How many people the company has.", min=20, max=200_000, metavar="N")
    ] = 250,
    seed: Seed = 1,
    language: Annotated[
        str, typer.Option("--language", help="Of the master workbook.", metavar="|".join(sorted(LANGUAGES)))
    ] = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Make a complete report about made-up people.

    Starts a simulated LMS on this machine, fetches from it, and writes workbooks and messages. Needs no account, no
    config and no network.
    """
    command_run = open_command_run(context, "demo", as_json=as_json, quiet=quiet, verbose=verbose)
    if language not in LANGUAGES:
        known = one_of(f'"{each}"' for each in sorted(LANGUAGES))
        raise ConfigError("The option --language takes {known} only; write one of them, or leave it out.", known=known)
    built = asyncio.run(demo_step(DemoOrder(out, people, seed, language), command_run.world({})))
    for manager_id, why in built.mailing.not_written:
        command_run.screen.say(Sentence("No message for manager {manager_id}: {why}.", manager_id=manager_id, why=why))
    command_run.screen.result("Demo finished.", built_rows(built), built_document(built))
    return EXIT_DONE
