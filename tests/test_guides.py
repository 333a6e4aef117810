"""README and guides name commands, options, settings and files that exist, and say the same in both languages."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from typer.main import get_command

from rkreport import errors
from rkreport.cli.app import app
from rkreport.config.schema import ConfigFile
from rkreport.core.review.guard import GuardCode

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAIRS = sorted(path.name.removesuffix(".id.md") for path in DOCS.glob("*.id.md"))
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in DOCS.glob("*.md"))]
HER_OWN = {"rkreport-main.zip", "monthly.log", "secrets.sh", "company-ca.pem"}  # names that somebody else gives
MINIMAL: dict[str, Any] = {"report": {"company": "PT Contoh"}, "courses": [{"serial": "COURSE-X"}]}

LINKS = re.compile(r"\]\(([^)\s]+)\)")
FENCES = re.compile(r"^ *(?:> *)?```(\w*)\n(.*?)^ *(?:> *)?```$", re.MULTILINE | re.DOTALL)
FILES = re.compile(r"\.(?:xlsx|csv|toml|html|json|eml|log|zip|pem|sh|cmd|sqlite3|txt)$")
SPANS = re.compile(r"`([^`\n]+)`")
COMMANDS = re.compile(r"(?:^|[\s;&'/\\])rkreport ((?:-{0,2}[a-z])[^;&|>'#\n]*)")


def text_of(page: str) -> str:
    """The page as a reader sees it: without its remarks."""
    return re.sub(r"<!--.*?-->", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL)


def spans_of(page: str) -> list[str]:
    """What stands in backticks, blocks left out; a line that breaks inside one is joined."""
    joined = re.sub(r"(`rkreport)\n *", r"\1 ", FENCES.sub("", text_of(page)))
    return SPANS.findall(joined)


def commands_of(page: str) -> list[list[str]]:
    """The words after `rkreport` of each command line in blocks and backticks."""
    blocks = [block for _, block in FENCES.findall(text_of(page))]
    lines = [line for block in blocks for line in block.splitlines()] + spans_of(page)
    return [shlex.split(words) for line in lines for words in COMMANDS.findall(line)]


@cache
def program() -> Any:
    """The program's own command; typer's type of it is private."""
    return get_command(app)


@cache
def sources() -> str:
    """All that the program's modules and templates say."""
    files = [*(ROOT / "rkreport").rglob("*.py"), *(ROOT / "templates").rglob("*.toml"), ROOT / "config.example.toml"]
    return "\n".join(path.read_text("utf-8") for path in files)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections in the type of a setting."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models_in(part)


def keys_of(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Each setting and each section, as `section.key`."""
    for name, field in model.model_fields.items():
        key = f"{above}{field.alias or name}"
        yield key
        for inner in models_in(field.annotation):
            yield from keys_of(inner, f"{key}.")


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def headings_of(page: Path) -> list[str]:
    """The headings with their level, blocks left out."""
    return re.findall(r"^#+ .+$", FENCES.sub("", page.read_text("utf-8")), re.MULTILINE)


def table_after(page: str, marker: str) -> list[str]:
    """The first cell of each row of the table after a remark."""
    table = (ROOT / page).read_text("utf-8").partition(f"<!-- {marker} -->\n")[2].partition("\n\n")[0]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:]]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_in_the_docs_exists(page: str) -> None:
    """Command, options and number of arguments; an option that is renamed changes the page."""
    for name, *words in commands_of(page):
        if name.startswith("-"):
            assert name in {"--version", "--help"}
            continue
        assert name in program().commands, f"{page}: rkreport {name}"
        command = program().commands[name]
        context = command.make_context(name, [], resilient_parsing=True)
        context.resilient_parsing = False
        given, too_many, _ = command.make_parser(context).parse_args(args=words)
        missing = [one.name for one in command.params if one.required and given.get(one.name) is None]
        assert too_many == [], f"{page}: rkreport {name} {words}"
        assert not words or missing == [], f"{page}: rkreport {name} {words}"


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_in_the_docs_exists(page: str) -> None:
    """A dotted name that begins with a section of the config is one of its settings."""
    sections = {key for key in keys_of(ConfigFile) if "." not in key}
    named = {span for span in spans_of(page) if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", span)}
    settings = {name for name in named if name.partition(".")[0] in sections and not FILES.search(name)}
    assert settings - set(keys_of(ConfigFile)) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_config_in_the_docs_is_accepted(page: str) -> None:
    """A block of TOML, with a company and a course beside it, is a config."""
    for kind, block in FENCES.findall(text_of(page)):
        if kind == "toml":
            ConfigFile.model_validate(MINIMAL | tomllib.loads(block))


@pytest.mark.parametrize("page", PAGES)
def test_every_file_name_in_the_docs_is_one_of_the_program(page: str) -> None:
    """What a guide tells somebody to open is what the program writes, or a file of the repository."""
    names = {Path(span).name for span in spans_of(page) if re.fullmatch(r"[\w./-]*\w\.\w+", span)}
    files = {name for name in names if FILES.search(name)} - HER_OWN
    assert {name for name in files if name not in sources() and not any(ROOT.rglob(name))} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_in_the_docs_leads_somewhere(page: str) -> None:
    """File and heading exist; an Indonesian page leads to Indonesian ones, where there are any."""
    here = ROOT / page
    for link in LINKS.findall(text_of(page)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (here.parent / name) if name else here
        assert target.is_file(), f"{page}: {link}"
        if anchor:
            assert anchor in {slug(heading.lstrip("# ")) for heading in headings_of(target)}, f"{page}: {link}"
        if page.endswith(".id.md") and target.parent == DOCS and not link.endswith(here.name.replace(".id.md", ".md")):
            assert name.endswith(".id.md") or not target.with_suffix(".id.md").is_file(), f"{page}: {link}"


@pytest.mark.parametrize("guide", PAIRS)
def test_both_languages_of_a_guide_say_the_same(guide: str) -> None:
    """The same headings, blocks and rows of tables, and the same commands in the same order."""
    english, indonesian = f"docs/{guide}.md", f"docs/{guide}.id.md"

    def shape(page: str) -> list[str]:
        levels = [heading.partition(" ")[0] for heading in headings_of(ROOT / page)]
        rows = re.findall(r"^\|", text_of(page), re.MULTILINE)
        return [*levels, f"{len(FENCES.findall(text_of(page)))} blocks", f"{len(rows)} rows"]

    def said(page: str) -> list[tuple[str, ...]]:
        return [(command[0], *(word for word in command if word.startswith("-"))) for command in commands_of(page)]

    assert shape(english) == shape(indonesian)
    assert sorted(said(english)) == sorted(said(indonesian)) != []
    code = [block for kind, block in FENCES.findall(text_of(english)) if kind]
    assert code == [block for kind, block in FENCES.findall(text_of(indonesian)) if kind]


def test_the_guides_are_there() -> None:
    """Each guide that the README promises has both languages."""
    wanted = ["data-protection", "every-month", "first-hour", "mail", "new-laptop"]
    wanted += ["scheduling", "when-something-is-odd"]
    assert wanted == PAIRS
    assert all((DOCS / f"{name}.md").is_file() for name in PAIRS)


@pytest.mark.parametrize("page", ["docs/when-something-is-odd.md", "docs/when-something-is-odd.id.md"])
def test_every_guard_and_exit_code_is_told(page: str) -> None:
    """The tables list the words that `--accept` takes, and the numbers with which a command ends."""
    guards = {code for cell in table_after(page, "guards") for code in re.findall(r"`(\w+)`", cell)}
    assert guards == {code.value for code in GuardCode}
    codes = {value for name, value in vars(errors).items() if name.startswith("EXIT_")}
    assert {int(cell) for cell in table_after(page, "exit codes")} == codes


@pytest.mark.parametrize("page", PAGES)
def test_every_windows_line_works_in_powershell_as_it_is(page: str) -> None:
    """No activation, no `set X=`, no `&&`, no path of another system; a block with a Windows path is PowerShell's."""
    for kind, block in FENCES.findall(text_of(page)):
        is_windows = "\\" in block and ("Scripts" in block or "$HOME" in block)
        assert not is_windows or kind == "powershell", f"{page}: {block}"
        if kind == "powershell":
            assert re.findall(r"(?i)activate|^ *set \w+=|&&|/bin/|%\w+%|\.ps1", block, re.MULTILINE) == []
    outside = FENCES.sub("", text_of(page))
    assert re.findall(r"(?i)Scripts\\activate|`set \w+=", outside) == []


def test_the_readme_is_short_and_shows_four_small_pictures() -> None:
    """It can be read in one go; its pictures exist, and none is heavy."""
    readme = text_of("README.md")
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 150
    pictures = [ROOT / name for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme)]
    assert len(pictures) == 4
    assert all(picture.stat().st_size < 200_000 for picture in pictures)
