"""Questions to the person at the terminal, if one is there. Must not know what is asked about."""

import sys
from collections.abc import Callable

from rkreport.cli.screen import Screen

_YES = {"y", "yes", "ya"}  # in either language, whichever the question has


def is_attended() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asker(screen: Screen) -> Callable[[str], bool] | None:
    """Return a function that asks a yes-or-no question, where Enter means no; None without a terminal."""
    if not is_attended():
        return None

    def ask(question: str) -> bool:
        return screen.ask(question, "").strip().casefold() in _YES

    return ask
