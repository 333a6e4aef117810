"""The README tells the truth about the program."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from typer.main import get_command

from rkreport import __version__, errors
from rkreport.cli.commands import app
from rkreport.config.schema import ConfigFile
from rkreport.core.review.guards import GuardCode

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def documented_keys() -> dict[str, str]:
    """Key and default of each row of the configuration table."""
    table = README.partition("<!-- config table")[2].partition("| Environment variable")[0]
    return dict(re.findall(r"^\| `([a-z_.]+)` \| (?:`([^`]*)`)? ?\|", table, re.MULTILINE))


def keys_of(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str]]:
    """Key and default of each value of the config, as the table writes them."""
    for name, field in model.model_fields.items():
        key = f"{above}{field.alias or name}"
        inner = [one for one in _models_in(field.annotation) if one.__name__ != "ManagerEntry"]
        if inner:
            yield from keys_of(inner[0], f"{key}.")
        else:
            default = field.default
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            yield key, "" if field.is_required() or default in (None, (), "") else shown


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def test_the_configuration_table_is_the_schema() -> None:
    """Every key and every default stands in the README, and none that does not exist."""
    assert documented_keys() == dict(keys_of(ConfigFile))


def test_every_command_is_in_the_readme() -> None:
    """A command that is added or dropped changes the README."""
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own type of command is private
    assert set(re.findall(r"^\| `rkreport ([a-z]+)", README, re.MULTILINE)) == commands


def test_every_guard_is_in_the_readme() -> None:
    """The table lists the words that `--accept` takes."""
    table = README.partition("## What stops a sending")[2].partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    assert {code for cell in first_cells for code in re.findall(r"`(\w+)`", cell)} == {code.value for code in GuardCode}


def test_every_exit_code_is_in_the_readme() -> None:
    """The table lists the codes of the program."""
    codes = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    table = README.partition("## Exit codes")[2].partition("## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == codes


def test_continuous_integration_runs_the_readme_s_command() -> None:
    """`.ci/run` takes the test command from the README instead of repeating it."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "readme_command test" in script
    assert README.count("<!-- test -->") == README.count("<!-- demo -->") == 1


def test_the_version_stands_once() -> None:
    """The package and its metadata have one version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__


def test_every_dependency_has_its_reason() -> None:
    """Each line of a dependency list in pyproject.toml ends with a comment."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text.partition("dependencies = [")[2].partition("[project.scripts]")[0]
    lines = [line for line in block.splitlines() if re.match(r'\s+"', line)]
    assert lines
    assert all("#" in line for line in lines)
