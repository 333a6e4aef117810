"""Holds the program's commands, and the session of the running call."""

from collections.abc import Sequence
from typing import Annotated

import typer

from rkreport import __version__
from rkreport.cli.screen import Screen
from rkreport.cli.session import Session

app = typer.Typer(
    help="Monthly training compliance workbooks from Ruangkerja, one for L&D and one for every manager.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Call:
    """One call of the program. Until its command is known, errors follow `--json` in the arguments."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        """Begin with a session that knows no command yet."""
        self.session = Session(Screen(quiet=False, as_json="--json" in arguments), "", verbose=False)


def open_session(context: typer.Context, command: str, *, as_json: bool, quiet: bool, verbose: bool) -> Session:
    """Open the session of a command whose options are known, in the call that Typer carries as its object."""
    call = context.ensure_object(Call)
    call.session = Session(Screen(quiet=quiet, as_json=as_json), command, verbose)
    return call.session


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
