"""Questions to a person on a terminal. Where there is none, nobody is asked."""

import sys
from collections.abc import Callable

from rkreport.cli.screen import Screen


def asker(screen: Screen) -> Callable[[str], bool] | None:
    """What puts a yes-or-no question, no being the answer to Enter; None when nobody sits at a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        return screen.ask(question, "").strip().casefold() in {"y", "yes"}

    return ask
