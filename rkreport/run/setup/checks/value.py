"""One check and what came of it. Knows nothing of what is checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rkreport.errors import EXIT_CONFIG, EXIT_DONE, RkreportError


class State(StrEnum):
    """What came of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"  # could not be looked at, or was not to be


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, what was found, and how to mend it (`""`: nothing to mend).

    `found` has no full stop. `exit_code` is that of a run that would fail for it, 0 unless it failed.
    """

    name: str
    state: State
    found: str
    fix: str = ""
    exit_code: int = EXIT_DONE


def passed(name: str, found: str) -> Check:
    """All is well."""
    return Check(name, State.OK, found)


def warning(name: str, found: str, fix: str) -> Check:
    """A run would go through, and its result is perhaps not what is wanted."""
    return Check(name, State.WARNING, found, fix)


def skipped(name: str, why: str) -> Check:
    """Nobody knows."""
    return Check(name, State.SKIPPED, why)


def failed(name: str, sentence: str, exit_code: int = EXIT_CONFIG) -> Check:
    """A run would fail. What is to be done stands behind the first semicolon of the program's sentences."""
    found, _, fix = sentence.removesuffix(".").partition("; ")
    return Check(name, State.FAILED, found, fix, exit_code)


def failed_by(name: str, error: RkreportError) -> Check:
    """A run would end with this error."""
    return failed(name, str(error), error.exit_code)


def verdict(checks: Iterable[Check]) -> int:
    """The exit code: 0 when nothing failed, else that of the failure which a run would meet first.

    A run meets its config (2) before the LMS (3), that before a full disk (5), and the mail server last (6).
    """
    return min((check.exit_code for check in checks if check.state is State.FAILED), default=EXIT_DONE)
