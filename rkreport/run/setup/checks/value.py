"""One check and its result. Knows nothing of what is checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rkreport.errors import (
    EXIT_CONFIG,
    EXIT_DATA,
    EXIT_DONE,
    LmsError,
    LoginRefused,
    RkreportError,
    TokenRefused,
    UnfitUserList,
    Unreachable,
)
from rkreport.sentence import joined


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"  # could not be checked, or the admin asked not to


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was checked, what was found, and how to fix it (`""`: nothing to fix).

    `found` has no full stop. `exit_code` is the code of a run that fails for this reason; 0 unless the check failed.
    """

    name: str
    state: State
    found: str
    fix: str = ""
    exit_code: int = EXIT_DONE
    said: str = ""

    @property
    def sentence(self) -> str:
        """What was found and how to fix it, without a full stop."""
        return self.said or joined("; ", filter(None, (self.found, self.fix)))


def passed(name: str, found: str) -> Check:
    """Make a check that passed."""
    return Check(name, State.OK, found)


@dataclass(frozen=True, slots=True)
class LmsChecks:
    """The checks, the number of learners (None: unknown), and the LMS's clock."""

    checks: tuple[Check, ...]
    learners: int | None = None
    server_time: str = ""


def warning(name: str, found: str, fix: str) -> Check:
    """Make a warning: a run would finish, but its result may not be what the admin wants."""
    return Check(name, State.WARNING, found, fix)


def skipped(name: str, why: str) -> Check:
    """Make a check without a result."""
    return Check(name, State.SKIPPED, why)


def failed(name: str, sentence: str, exit_code: int = EXIT_CONFIG) -> Check:
    """Make a failed check: a run would fail. The fix is what follows the first semicolon of `sentence`."""
    said = sentence.removesuffix(".")
    found, _, fix = said.partition("; ")
    return Check(name, State.FAILED, found, fix, exit_code, said)


def failed_by(name: str, error: RkreportError) -> Check:
    """Make a failed check from the error that would end a run."""
    return failed(name, error.sentence, error.exit_code)


def failed_reading(name: str, error: LmsError) -> Check:
    """Make a failed check from a list that cannot be read: a run would call its data incomplete, if it got so far."""
    is_useless = isinstance(error, Unreachable | LoginRefused | TokenRefused | UnfitUserList)
    return failed(name, error.sentence, error.exit_code if is_useless else EXIT_DATA)


def verdict(checks: Iterable[Check]) -> int:
    """Return the exit code: 0 if nothing failed, else the code of the failure that a run meets first.

    A run meets its config (2) first, then the LMS (3), its data (4), a full disk (5), and the mail server last (6).
    """
    return min((check.exit_code for check in checks if check.state is State.FAILED), default=EXIT_DONE)
