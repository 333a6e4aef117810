"""The help fits the screen and says what there is."""

import re
import subprocess
import sys

import pytest
from typer.main import get_command

from rkreport import __version__
from rkreport.cli.app import app
from rkreport.cli.commands import COMMANDS as COMMAND_TABLE
from rkreport.cli.commands import CommandEntry
from tests.cli.program import Workspace

commands = getattr(get_command(app), "commands")  # noqa: B009 - typer's own type of command is private
COMMANDS = sorted(commands)


def test_no_arguments_show_the_help(workspace: Workspace) -> None:
    """`rkreport` alone is `rkreport --help`: every command with a whole sentence of its own."""
    outcome = workspace.rkreport()
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == workspace.rkreport("--help").out
    listed = dict(re.findall(r"^  ([a-z]+) +([A-Z].*)$", outcome.out.partition("Commands:")[2], re.MULTILINE))
    assert sorted(listed) == COMMANDS
    assert [name for name, text in listed.items() if not text.endswith(".") or text.endswith("..")] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_s_help_fits(workspace: Workspace, command: str) -> None:
    """Within 80 columns; every option is explained, and none shows the name of a type of Python."""
    outcome = workspace.rkreport(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: rkreport {command} [OPTIONS]")
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    entries = re.split(r"\n  (?=-)", outcome.out.partition("Options:")[2])[1:]
    assert [entry for entry in entries if not re.search(r"[A-Z][^\[]*\.", entry)] == []
    assert not re.search(r"<(int|str|float|path)\b.*--|--\S+ <", outcome.out)


@pytest.mark.parametrize(("name", "entry"), COMMAND_TABLE.items(), ids=COMMAND_TABLE)
def test_the_list_says_what_the_command_says(name: str, entry: CommandEntry) -> None:
    """The list is shown without loading the commands, so that their first sentences stand there too."""
    assert commands[name].get_short_help_str(200) == entry.help


def test_the_help_loads_no_command() -> None:
    """It is there at once: none of the large libraries is imported for it."""
    slow = {"aiohttp", "asyncio", "babel", "keyring", "openpyxl", "pydantic", "rich", "rkreport.config", "sqlite3"}
    script = f"import sys; from rkreport.cli.main import run; run(['--help']); print(*sys.modules.keys() & {slow})"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    assert told.splitlines()[-1] == ""


def test_version(workspace: Workspace) -> None:
    """`--version` prints name and version."""
    assert workspace.rkreport("--version").out == f"rkreport {__version__}\n"
