"""What the program says to the admin, collected from its syntax tree: the texts that the catalogue has to hold."""

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import rkreport
from rkreport import errors
from rkreport.cli.help import paragraphs
from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import MatchedBy
from rkreport.core.snapshot import ListKind
from rkreport.run.setup.checks.value import State
from rkreport.store.results import Standing

PACKAGE = Path(rkreport.__file__).parent
_WORKBOOKS = r"excel/(draw|look|ooxml/(?!encryption|read_back))|core/(report|leaks|rules_digest)|page/|leakcheck/"
_ELSEWHERE = re.compile(rf"^(simulator/|locale/|config/config_writer|{_WORKBOOKS})")  # other texts, or none
_ERRORS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
_OF_PROGRAMMERS = {
    "AssertionError",
    "IndexError",
    "KeyError",
    "NotImplementedError",
    "RuntimeError",
    "TypeError",
    "ValueError",
}
_TEMPLATES = {"Sentence", "_Choice", "ours", *_ERRORS}
_SHOWN = {
    "_flaw",
    "_remark",
    "Column",
    "ask",
    "ask_secret",
    "fail",
    "failed",
    "failed_by",
    "passed",
    "result",
    "say",
    "show",
    "skipped",
    "step",
    "tell",
    "warning",
}
_NO_TEXT = re.compile(
    r"^\s*(<|SELECT|INSERT|UPDATE|DELETE|PRAGMA|REPLACE|CREATE|BEGIN|WHERE|DROP|FROM|# |\$env:|\[\[)"
    r"|\(\?|xmlns|&\w+;|\\[sdwb]"
)
_DATA_TOO = re.compile(
    r"^(bounds|core/days|delivery/mime|logs|run/edition/recognizing|run/setup/(simulating|start_file)|store/)"
)
"""Modules whose plain texts are SQL, names of months and the like; what they say stands in sentences and errors."""
_SYSTEM = (
    "EACCES",
    "EBUSY",
    "EEXIST",
    "EIO",
    "EISDIR",
    "ELOOP",
    "EMFILE",
    "ENAMETOOLONG",
    "ENOENT",
    "ENOSPC",
    "ENOTDIR",
    "EPERM",
    "EROFS",
)
_VOCABULARY = (DeliveryState, ListKind, Standing, State)
_HELP = (
    "Usage: ",
    "[OPTIONS]",
    "COMMAND",
    "Options",
    "Commands",
    "Arguments",
    "Show this message and exit.",
    "default: ",
    "required",
)
"""What the library for options says in a help."""
_FEW_WORDS = 2  # fewer are names and keys; those that are shown stand in a call that shows them


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that says something, by its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not _ELSEWHERE.match(name):
            yield name, ast.parse(path.read_text("utf-8"))


def texts() -> dict[str, str]:
    """Each text with a place where it stands."""
    found = {word.value: "the words of a state" for words in _VOCABULARY for word in words}
    reasons = {os.strerror(getattr(errno, name)) for name in _SYSTEM} - {"Unknown error"}  # of Windows
    found |= dict.fromkeys(reasons, "files.py")
    found |= dict.fromkeys(_HELP, "cli/help.py")
    found |= {way.value.replace("_", " "): "cli/results/built.py" for way in MatchedBy}
    for name, tree in modules():
        silent = _silent(name, tree)
        for node in ast.walk(tree):
            if name.startswith("cli/commands/") and isinstance(node, ast.FunctionDef) and node.decorator_list:
                found |= dict.fromkeys(paragraphs(ast.get_docstring(node) or ""), name)
            for text in _of(node, name) if id(node) not in silent else ():
                if not re.search("[A-Za-z]", re.sub(r"{[^{}|]*}", "", text)):
                    continue
                found.setdefault(text, f"{name}:{getattr(node, 'lineno', 0)}")
    return found


def f_strings() -> Iterator[str]:
    """F-strings with words: what they say can only be told in English."""
    for name, tree in modules():
        silent = _silent(name, tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and id(node) not in silent and not _DATA_TOO.match(name):
                text = "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
                if re.search("[A-Za-z]{2}", text) and " " in text and not _NO_TEXT.search(text):
                    yield f"{name}:{node.lineno}: {text}"


def _of(node: ast.AST, module: str) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = _name(node.func)
        if called in _TEMPLATES or called in _SHOWN:
            yield from _constants(
                node.args[:1] if called in _TEMPLATES else [*node.args, *(one.value for one in node.keywords)]
            )
        if called in {"_linked", "_clause"}:
            yield from _constants(node.args)
        if called == "counted":
            nouns = list(_constants(node.args[1:]))
            yield from nouns if len(nouns) > 1 else [*nouns, *(f"{noun}s" for noun in nouns)]
    if isinstance(node, ast.Tuple) and module.startswith(("cli/results", "run/setup")):
        yield from _constants(node.elts[:1])
    if isinstance(node, ast.Assign) and module.startswith("run/setup/checks") and _name(node.targets[0]) == "name":
        yield from _constants([node.value])
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not _DATA_TOO.match(module)
        and _reads_as_text(node.value)
    ):
        yield node.value


def _constants(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for one in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.search("[A-Za-z]{2}", one.value):
                yield one.value


def _reads_as_text(text: str) -> bool:
    words = len(text.split())
    is_said = words > _FEW_WORDS or (words > 1 and text[0].isupper() and text.endswith("."))
    return is_said and bool(re.search("[a-z]{2}", text)) and not _NO_TEXT.search(text)


def _silent(module: str, tree: ast.Module) -> set[int]:
    """What stands in docstrings, in the log, in a format, or in a mistake of a programmer."""
    is_read_by_the_admin = module == "config/schema.py"  # as the reason why a key cannot be used
    found: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for before in body:
                if isinstance(before, ast.Expr) and isinstance(before.value, ast.Constant):
                    found.add(id(before.value))
        is_log = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _name(node.func.value) == "log"
        is_mistake = isinstance(node, ast.Call) and _name(node.func) in _OF_PROGRAMMERS and not is_read_by_the_admin
        if is_log or is_mistake:
            found |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            found |= {id(one) for one in ast.walk(node.format_spec)}
        if isinstance(node, ast.JoinedStr):
            found |= {id(one) for one in node.values if isinstance(one, ast.Constant)}
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def errors_said() -> dict[str, list[str]]:
    """Each class of errors with the texts that it is raised with."""
    found: dict[str, list[str]] = {name: [] for name in sorted(_ERRORS)}
    for _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in _ERRORS:
                found[_name(node.func)] += _constants(node.args[:1])
    return found


if __name__ == "__main__":  # python -m tests.locale.said: all errors in both languages, to be read through
    from rkreport.locale.translation import load_translation

    tell = load_translation("id")
    for name, said in errors_said().items():
        for text in dict.fromkeys(said):
            print(f"{name}\n  {text}\n  {tell(text)}")  # noqa: T201 - the table
