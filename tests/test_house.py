"""Rules of the house that import contracts cannot say: what core may import, and that no imports go in a circle."""

import ast
import re
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import get_type_hints

import grimp
import pytest

import rkreport
from rkreport.run.send.checking import Checked
from rkreport.run.send.message_source import MessageSource

PACKAGE = Path(rkreport.__file__).parent
ROOT = PACKAGE.parent
ALLOWED = frozenset(
    {
        *(
            "abc",
            "calendar",
            "collections",
            "dataclasses",
            "datetime",
            "decimal",
            "difflib",
            "enum",
            "fractions",
            "functools",
        ),
        *("hashlib", "heapq", "html", "itertools", "json", "math", "operator", "re", "string"),
        *("types", "typing", "unicodedata", "urllib.parse", "zoneinfo"),
    }
)
"""What core may import of the standard library: nothing that can touch the world."""
LIBRARIES = frozenset({"pathvalidate"})  # pure: it changes names


def imported(source: str) -> Iterator[str]:
    """The names of the modules that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def strangers(source: str) -> list[str]:
    """What a file of core imports and must not."""
    known = ALLOWED | LIBRARIES
    names = [
        name
        for name in imported(source)
        if not name.startswith(("rkreport.core", "rkreport.errors", "rkreport.sentence"))
    ]
    return [name for name in names if name not in known and name.partition(".")[0] not in known]


def test_core_imports_what_it_may() -> None:
    """Nothing that opens, waits, asks the clock or logs; and nothing of the edges."""
    found = {
        str(path.relative_to(PACKAGE)): strangers(path.read_text("utf-8")) for path in (PACKAGE / "core").rglob("*.py")
    }
    assert {name: names for name, names in found.items() if names} == {}


WORLDLY = frozenset({"open", "print", "input"})
"""Functions that are there without an import, and reach files or the terminal."""
CLOCKS = frozenset({"now", "utcnow", "today"})
"""Methods of `datetime` and `date` that read the clock."""


def touches(source: str) -> list[str]:
    """Which calls in a file reach the world although all its imports are allowed."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [call.id for call in calls if isinstance(call, ast.Name) and call.id in WORLDLY]
    return names + [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS]


def test_core_calls_what_it_may() -> None:
    """It opens no file, prints nothing, asks nobody, and reads no clock: `as_of` is an argument."""
    found = {
        str(path.relative_to(PACKAGE)): touches(path.read_text("utf-8")) for path in (PACKAGE / "core").rglob("*.py")
    }
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("return open(path)", "open"),
        ("print(1)", "print"),
        ("return input()", "input"),
        ("return datetime.now(UTC)", "now"),
        ("return date.today()", "today"),
        ("return [datetime.datetime.utcnow() for _ in rows]", "utcnow"),
    ],
)
def test_a_forbidden_call_is_found(line: str, call: str) -> None:
    """Also within another expression."""
    assert touches(f"def f():\n    {line}\n") == [call]


def test_any_stays_out_of_core() -> None:
    """But for the texts of a TOML file, which `core/mail/layout.py` checks."""
    wide = [path for path in (PACKAGE / "core").rglob("*.py") if re.search(r"\bAny\b", path.read_text("utf-8"))]
    assert [path.relative_to(PACKAGE).as_posix() for path in wide] == ["core/mail/layout.py"]


def test_every_exception_has_its_reason() -> None:
    """A `noqa` or `type: ignore` names its rule, and says why."""
    files = [path for name in ("rkreport", "tests", "tools", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    bare = re.compile(r"# (?:noqa(?!: [A-Z0-9, ]+ - \S)|type: ignore(?!\[[\w, -]+\]  # \S))")
    found = [path.relative_to(ROOT).as_posix() for path in files if bare.search(path.read_text("utf-8"))]
    assert found == []


def test_openpyxl_has_two_places() -> None:
    """`excel` writes with it, `config/workbook_file.py` reads the lists; the leak test's reader never does."""
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(name.partition(".")[0] == "openpyxl" for name in imported(path.read_text("utf-8")))
    }
    assert {name for name in users if not name.startswith("excel/")} == {"config/workbook_file.py"}


def test_no_json_from_outside_may_be_nested_without_end() -> None:
    """Python's parser then raises an error that is no ValueError; our own texts are left out."""
    readers = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if "simulator" not in path.parts}
    careless = {
        path.relative_to(PACKAGE).as_posix()
        for path, text in readers.items()
        if "json.loads(" in text and "RecursionError" not in text and "intact(" not in text
    }
    assert careless == {"cli/results/audited.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import socket",
        "from random import random",
        "import urllib.request",
        "import time",
        "from rkreport.lms import wire",
    ],
)
def test_a_forbidden_import_is_found(line: str) -> None:
    """Also inside a function."""
    assert strangers(f"def f():\n    {line}\n")


def circle() -> list[str]:
    """Modules that import each other, if there are any."""
    graph = grimp.build_graph("rkreport")
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_in_a_circle() -> None:
    """A file can be read after those that it imports."""
    assert circle() == []


def test_the_allowlist_names_modules_that_exist() -> None:
    """A misspelt name would allow nothing."""
    assert sys.stdlib_module_names >= {name.partition(".")[0] for name in ALLOWED}


ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_long_files_have_their_reason() -> None:
    """A file has 300 lines at most; those that have more stand in `docs/architecture.md`, and no other does."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    long = {path.relative_to(ROOT).as_posix() for path, lines in lengths.items() if lines > 300}
    told = ARCHITECTURE.partition("A file has 300 lines at most.")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(rkreport/[^`]+)`", told)) == long
    assert len(long) <= 5
    assert max(lengths.values()) <= 400


def test_functions_are_short() -> None:
    """Under 50 lines, except commands: their parameters are the documentation of their options."""
    long = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "commands" not in path.parts
        and int(node.end_lineno or 0) - node.lineno + 1 >= 50
    ]
    assert long == []


def test_no_edition_is_sent_unchecked() -> None:
    """Only `run/send/checking.py` makes a `Checked`, and without one there is no source of messages."""
    makers = [path for path in PACKAGE.rglob("*.py") if re.search(r"\bChecked\(", path.read_text("utf-8"))]
    assert [path.relative_to(PACKAGE).as_posix() for path in makers] == ["run/send/checking.py"]
    assert get_type_hints(MessageSource)["loaded"] is Checked
