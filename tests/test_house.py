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
    names = [name for name in imported(source) if not name.startswith(("rkreport.core", "rkreport.errors"))]
    return [name for name in names if name not in known and name.partition(".")[0] not in known]


def test_core_imports_what_it_may() -> None:
    """Nothing that opens, waits, asks the clock or logs; and nothing of the edges."""
    found = {
        str(path.relative_to(PACKAGE)): strangers(path.read_text("utf-8")) for path in (PACKAGE / "core").rglob("*.py")
    }
    assert {name: names for name, names in found.items() if names} == {}


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


ARCHITECTURE = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")


def test_long_files_have_their_reason() -> None:
    """A file has 300 lines at most; those that have more stand in `docs/architecture.md`, and no other does."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py")}
    long = {path.relative_to(PACKAGE.parent).as_posix() for path, lines in lengths.items() if lines > 300}
    told = ARCHITECTURE.partition("A file has 300 lines at most.")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(rkreport/[^`]+)`", told)) == long
    assert len(long) <= 5
    assert max(lengths.values()) <= 400


def test_functions_are_short() -> None:
    """50 lines at most, where the options of a command do not count."""
    long = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and "commands" not in path.parts
        and int(node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


def test_no_edition_is_sent_unchecked() -> None:
    """Only `run/send/checking.py` makes a `Checked`, and without one there is no source of messages."""
    makers = [path for path in PACKAGE.rglob("*.py") if re.search(r"\bChecked\(", path.read_text("utf-8"))]
    assert [path.relative_to(PACKAGE).as_posix() for path in makers] == ["run/send/checking.py"]
    assert get_type_hints(MessageSource)["loaded"] is Checked
