"""Holds the program's commands, and the command run of the running call.

Knows the options before a command; must not know what a command does.
"""

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from rkreport import __version__
from rkreport.cli.command_run import CommandRun
from rkreport.cli.options import DEFAULT_CONFIG
from rkreport.cli.screen import Screen

app = typer.Typer(
    help="Monthly training compliance workbooks from Ruangkerja, one for L&D and one for every manager.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Call:
    """One call of the program. Until its command is known, errors follow `--json` in the arguments."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        """Begin with a run that knows no command yet."""
        self.command_run = CommandRun(Screen(quiet=False, as_json="--json" in arguments), "", verbose=False)


def open_command_run(context: typer.Context, command: str, *, as_json: bool, quiet: bool, verbose: bool) -> CommandRun:
    """Begin the run of a command whose options are known, in the call that Typer carries as its object."""
    call = context.ensure_object(Call)
    call.command_run = CommandRun(Screen(quiet=quiet, as_json=as_json), command, verbose)
    return call.command_run


def next_call(context: typer.Context, *words: str) -> str:
    """Return the command to say after this one, with the config, month and kind of report that were given."""
    given = context.params
    options = [
        *(("--config", str(given["config"])) if given["config"] != DEFAULT_CONFIG else ()),
        *(("--period", given["period"]) if given.get("period") else ()),
        *(("--interim",) if given.get("interim") else ()),
    ]
    return shlex.join(("rkreport", *words, *options))


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
