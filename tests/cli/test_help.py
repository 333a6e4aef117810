"""The help fits the screen and says what there is."""

import re

import pytest
from typer.main import get_command

from rkreport import __version__
from rkreport.cli.commands import app
from tests.cli.program import Workspace

COMMANDS = sorted(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own type of command is private


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


def test_version(workspace: Workspace) -> None:
    """`--version` prints name and version."""
    assert workspace.rkreport("--version").out == f"rkreport {__version__}\n"
