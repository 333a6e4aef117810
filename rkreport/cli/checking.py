"""What may stop a sending, in this order: what is unusual this month, then the files themselves."""

from collections.abc import Iterable

from rkreport.cli.prompts import asker
from rkreport.cli.screen import Screen
from rkreport.core.review.guards import ALLOW_INCOMPLETE, GuardCode
from rkreport.run.edition.loading import Check, Loaded
from rkreport.run.send.guarding import accepted_guards, guard, guards_for
from rkreport.run.send.leak_testing import leak_test


def checks_of(screen: Screen, accepted: Iterable[str], *, allow_incomplete: bool, is_trial: bool) -> tuple[Check, ...]:
    """The checks of one sending.

    A trial is there to look at what is unusual, so nothing unusual stops it; a stranger in a file does.

    Raises:
        ConfigError: what was accepted is no guard.
    """
    passed = accepted_guards(accepted) | ({GuardCode.INCOMPLETE.value} if allow_incomplete else frozenset())
    ask = asker(screen)

    def unusual(loaded: Loaded) -> None:
        compliance = loaded.assessment.compliance
        guard(guards_for(loaded.config, compliance, loaded.last_sent, loaded.news), passed, ask)

    def leaks(loaded: Loaded) -> None:
        leak_test(loaded.config, loaded.world, loaded.assessment.compliance, loaded.manifest, loaded.folder)

    return (leaks,) if is_trial else (unusual, leaks)


def let_pass(accepted: Iterable[str], *, allow_incomplete: bool) -> list[str]:
    """The options by which something unusual was let pass, for the summary."""
    return [*(f"--accept {code}" for code in accepted), *([ALLOW_INCOMPLETE] if allow_incomplete else [])]
