"""The errors are what the drawing at the top of their module says."""

import inspect
import re

from rkreport import errors
from rkreport.errors import RkreportError

_LINE = re.compile(r"^    (?P<lines>[│├└─ ]*)(?P<name>[A-Z]\w+)(?: +(?P<code>\d))?(?: +(?P<recovery>[a-z]+)\b.*)?$")


def drawn() -> dict[str, tuple[str, str | None, str]]:
    """By name: the error above it, its exit code where one is drawn, and what a caller may do."""
    found: dict[str, tuple[str, str | None, str]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := _LINE.match(line):
            del above[len(match["lines"]) // 4 :]
            if above:
                found[match["name"]] = above[-1], match["code"], match["recovery"]
            above.append(match["name"])
    return found


def test_the_drawing_is_the_tree_of_the_classes() -> None:
    """Every error stands below its base, with what a caller may do; each branch has the exit code of its errors."""
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, RkreportError)]
    assert drawn() == {
        each.__name__: (
            str(each.__base__.__name__) if each.__base__ else "",
            str(each.exit_code) if each.__base__ is RkreportError else None,
            each.recovery.value,
        )
        for each in classes
        if each is not RkreportError
    }


def test_an_error_ends_as_its_branch_does() -> None:
    """The drawing gives one exit code for a whole branch."""
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, RkreportError)]
    branches = [each for each in classes if each.__base__ is RkreportError]
    assert all(one.exit_code == branch.exit_code for branch in branches for one in classes if issubclass(one, branch))
