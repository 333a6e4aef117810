"""The checks that may stop a sending: first the guards for an unusual month, then the leak test of the files."""

import sys
from collections.abc import Callable, Iterable

from rkreport.cli.screen import Screen
from rkreport.core.review.guard import ALLOW_INCOMPLETE, GuardCode
from rkreport.run.edition.guarding import accepted_guards, guard, guards_for
from rkreport.run.edition.leak_testing import leak_test
from rkreport.run.edition.loading import Check, Loaded


def checks_of(screen: Screen, accepted: Iterable[str], *, allow_incomplete: bool, is_trial: bool) -> tuple[Check, ...]:
    """Return the checks of one sending.

    A trial exists to look at what is unusual, so no guard stops it; a stranger in a file does.

    Raises:
        ConfigError: an accepted word names no guard.
    """
    passed = accepted_guards(accepted) | ({GuardCode.INCOMPLETE.value} if allow_incomplete else frozenset())
    ask = asker(screen)

    def unusual(loaded: Loaded) -> None:
        compliance = loaded.assessment.compliance
        guard(guards_for(loaded.config, compliance, loaded.last_sent, loaded.other_ledgers), passed, ask)

    def leaks(loaded: Loaded) -> None:
        leak_test(loaded.config, loaded.world, loaded.assessment.compliance, loaded.manifest, loaded.folder)

    return (leaks,) if is_trial else (unusual, leaks)


def let_pass(accepted: Iterable[str], *, allow_incomplete: bool) -> list[str]:
    """Return the options that accepted something unusual, for the summary."""
    return [*(f"--accept {code}" for code in accepted), *([ALLOW_INCOMPLETE] if allow_incomplete else [])]


def asker(screen: Screen) -> Callable[[str], bool] | None:
    """Return a function that asks a yes-or-no question, where Enter means no; None without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(question: str) -> bool:
        return screen.ask(question, "").strip().casefold() in {"y", "yes"}

    return ask
