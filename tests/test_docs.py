"""README, settings and the house's own guides tell the truth; `test_guides` reads the guides of users."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from rkreport import __version__
from rkreport.cli.app import app
from rkreport.config.schema import ConfigFile
from rkreport.core.mail.summary_message import SUMMARY_NAMES
from rkreport.core.mail.templates import TEMPLATE_NAMES
from rkreport.core.models import Counts, Status
from rkreport.lms.sightings import Sightings
from rkreport.locale import load_words

ROOT = Path(__file__).parent.parent
CI_FILES = (ROOT / ".github" / "workflows" / "tests.yml", ROOT / ".gitlab-ci.yml")
README = (ROOT / "README.md").read_text("utf-8")


def rows_after(document: str, marker: str) -> list[list[str]]:
    """The cells of the table after a marker, without its two heading lines."""
    text = (ROOT / "docs" / document).read_text("utf-8").partition(f"<!-- {marker} -->\n")[2]
    lines = text.partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def documented_keys() -> dict[str, str]:
    """Key and default of each row of the configuration table."""
    table = (ROOT / "docs" / "configuration.md").read_text("utf-8").partition("<!-- config table")[2]
    table = table.partition("\n## ")[0]
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
    """Every key and every default stands in docs/configuration.md, and none that does not exist."""
    assert documented_keys() == dict(keys_of(ConfigFile))


def test_every_command_is_in_the_readme() -> None:
    """A command that is added or dropped changes the README."""
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009 - typer's own type of command is private
    assert set(re.findall(r"^\| `rkreport ([a-z]+)", README, re.MULTILINE)) == commands


@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script")
def test_continuous_integration_runs_the_readme_s_command() -> None:
    """`.ci/run` and the CI files take the test command from the README instead of repeating it."""
    assert all(".ci/readme test" in path.read_text("utf-8") for path in (ROOT / ".ci" / "run", *CI_FILES))
    command = subprocess.run([ROOT / ".ci" / "readme", "test"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    assert command in README
    assert ".venv/bin/pytest" in command
    assert README.count("<!-- test -->") == README.count("<!-- demo -->") == 1


@pytest.mark.parametrize("path", CI_FILES, ids=lambda path: path.name)
def test_the_common_hosts_run_what_we_run(path: Path) -> None:
    """Every supported Python, the lowest and the newest versions of all dependencies; no host of a registry."""
    text = path.read_text("utf-8")
    assert '["3.11", "3.12", "3.13", "3.14", "3.15"]' in text
    assert all(f".ci/{name}" in text for name in ("run", "versions", "readme", "advisories"))
    assert all(f": {name}" in text for name in ("lowest-direct", "highest"))
    assert not re.search(r"https?:|pypi|index-url|\b[\w-]+\.(?:com|org|io|net)\b", text)
    used = re.findall(r"uses: (\S+)", text)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", one) for one in used), "a tag can be moved, a commit cannot"


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


def test_the_table_of_statuses_is_the_enum() -> None:
    """Every status with its number, in the order in which the rules are tried, by its words in both languages."""
    keys = [(status.value, f"status.{status.name.lower()}") for status in Status]
    expected = [[str(number), value, load_words("id").text(key)] for number, (value, key) in enumerate(keys, start=1)]
    assert [row[:3] for row in rows_after("rules.md", "statuses")] == expected


def test_the_table_of_counts_is_the_enum() -> None:
    """Every reason why a row does not count, by its words in both languages."""
    words = {each.value: load_words("id").text(f"counts.{each.name.lower()}") for each in Counts}
    assert {row[0]: row[1] for row in rows_after("rules.md", "counts")} == words


def test_the_worked_example_is_what_the_proof_finds() -> None:
    """Two passes prove nothing; the third proves the five rows that were there at the end of the second."""
    seen, proofs = Sightings(), []
    for number, page, rows, total in rows_after("architecture.md", "passes"):
        seen.see(int(number), int(page), rows.split(), int(total))
        proofs.append(seen.proof(is_one_page=False))
    assert proofs[2::3] == [None, None, (1, 2)]
    assert set(seen.rows((0, 1))) == set("BDEF")
    assert set(seen.rows((1, 2))) == set("BCDEF")


@pytest.mark.parametrize("guide", ["CONTRIBUTING.md", "docs/architecture.md", "docs/rules.md"])
def test_every_file_in_the_guides_exists(guide: str) -> None:
    """A file that is moved or renamed changes the guides."""
    named = set(
        re.findall(r"(?<![\w/.])(?:rkreport|tests|templates|docs)/[\w/]+\.\w+", (ROOT / guide).read_text("utf-8"))
    )
    assert named
    assert {path for path in named if not (ROOT / path).is_file()} == set()


def test_every_module_in_a_package_docstring_exists() -> None:
    """A dotted name in backticks, said from the package or in full, is a module; one that moves changes the text."""
    missing: list[str] = []
    found = 0
    for package in sorted((ROOT / "rkreport").rglob("__init__.py")):
        docstring = ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""
        for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", docstring):
            found += 1
            path = (ROOT if name.startswith("rkreport.") else package.parent) / name.replace(".", "/")
            if not (path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()):
                missing.append(f"{package.relative_to(ROOT)}: {name}")
    assert found
    assert missing == []


def test_the_hooks_before_a_commit_are_the_linters_of_ci() -> None:
    """The same commands in the same order."""
    hooks = re.findall(r"entry: ([^,]+),", (ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    linters = (ROOT / ".ci" / "run").read_text("utf-8").partition("== lint")[2].partition("== the demo")[0]
    assert hooks == re.findall(r"^ *\.venv/bin/(.+)$", linters, re.MULTILINE) != []


def test_the_values_of_mails_are_listed() -> None:
    """Every name that a template of one's own may use: an error names the nearest alone."""
    told = (ROOT / "docs" / "configuration.md").read_text("utf-8").partition("## Your own mails")[2]
    lists = told.partition("- in mails to managers: ")[2].partition("- in the summary: ")
    assert [tuple(re.findall(r"`\$(\w+)`", names)) for names in (lists[0], lists[2])] == [TEMPLATE_NAMES, SUMMARY_NAMES]
