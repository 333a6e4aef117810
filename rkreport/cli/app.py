"""Holds the program's commands, each loaded when it is called, and the command run of the running call.

Knows the options before a command; must not know what a command does.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group

from rkreport import __version__
from rkreport.cli.commands import COMMANDS
from rkreport.cli.help import HelpInTheirLanguage
from rkreport.cli.language import ENGLISH, OPTION, language_of
from rkreport.core.words import LANGUAGES
from rkreport.sentence import Sentence, Tell, as_written

if TYPE_CHECKING:
    from rkreport.cli.command_run import CommandRun


class _Context(typer.Context):
    """What carries the running call through its command."""

    @property
    def formatter_class(self) -> Any:  # type: ignore[override]  # typer's own is private # noqa: ANN401 - as it is
        """Lays out the help, in the reader's language."""
        return partial(HelpInTheirLanguage, tell=self.obj.tell)


@cache
def _language_option() -> Any:  # noqa: ANN401 - as above
    """The option of the program, which each command takes as well; `language_of` reads it, no command does."""
    (option,) = (each for each in get_group(app).params if OPTION in each.opts)
    option.expose_value = False
    return option


class _Loaded(Mapping[str, Any]):
    """All commands by name, each loaded when it is used: importing a module takes up to a second."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - typer's own type of command is private
        import_module(f"rkreport.cli.commands.{COMMANDS[name].module}")
        for found in app.registered_commands:
            if name in {found.name, getattr(found.callback, "__name__", "")}:
                command = get_command_from_info(found, pretty_exceptions_short=False, rich_markup_mode=None)
                command.context_class = _Context
                command.params.append(_language_option())
                return command
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class _Group(TyperGroup):
    """The commands, and their help without loading any."""

    context_class = _Context

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - as TyperGroup
        super().__init__(**{**attributes, "commands": {}})
        self.commands: Any = _Loaded()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - as TyperGroup
        """List the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


app = typer.Typer(
    cls=_Group,
    help="Monthly training compliance workbooks from Ruangkerja, one for L&D and one for every manager.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Call:
    """One call of the program. Until its command is known, errors follow `--json` in the arguments."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        """Begin without a command."""
        self._as_json = "--json" in arguments
        self.language = language_of(arguments)
        self._command_run: CommandRun | None = None

    @property
    def tell(self) -> Tell:
        """Tells sentences in the reader's language."""
        if self.language == ENGLISH:
            return as_written
        from rkreport.locale.translation import load_translation  # noqa: PLC0415 - English needs none

        return load_translation(self.language)

    @property
    def command_run(self) -> "CommandRun":
        """The run of the command; one of none as long as none is known."""
        if self._command_run is None:
            from rkreport.cli.command_run import CommandRun  # noqa: PLC0415 - the help needs none
            from rkreport.cli.screen import Screen  # noqa: PLC0415 - as above

            self._command_run = CommandRun(
                Screen(quiet=False, as_json=self._as_json, tell=self.tell), "", verbose=False
            )
        return self._command_run

    @command_run.setter
    def command_run(self, command_run: "CommandRun") -> None:
        self._command_run = command_run


Language = StrEnum("Language", {name: name for name in sorted(LANGUAGES, reverse=True)})  # type: ignore[misc]  # names known at run time
"""What `--lang` takes; `language_of` reads it before any command is known."""


@app.callback(invoke_without_command=True)
def entry(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
    _lang: Annotated[
        Language | None,
        typer.Option(OPTION, help="Language on the screen; that of the reports if left out.", metavar="id|en"),
    ] = None,
) -> None:
    """Show the help when nothing is asked for."""
    if version:
        typer.echo(Sentence("rkreport {version}", version=__version__))
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
