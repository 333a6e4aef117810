"""Every error the program raises on purpose. Knows only what a sentence is.

The tree, with the exit code of each branch and what a caller may do about it:

    RkreportError
    ├── ConfigError          2    abort: a file, key, option or secret that the admin has to mend
    │   └── AlreadyRunning        abort: another run holds the data folder
    ├── LmsError             3    abort: the LMS cannot be used
    │   ├── Unreachable           retry: no connection, cut connection, time-out
    │   ├── ServerTrouble         retry: 5xx or 408, an empty or cut body, a web page instead of data
    │   ├── Throttled             retry: 429; all requests wait, and it never counts as a failed try
    │   ├── TokenRefused          retry: up to three times, each after a renewal of the token
    │   ├── LoginRefused          abort: client id, secret or token is wrong
    │   ├── NotFound              skip: the course or batch does not exist
    │   ├── Forbidden             skip: this account may not have it, or a firewall is in between
    │   ├── MalformedReply        skip: the answer has another shape than documented
    │   └── UnfitUserList         abort: the list of users cannot make a report
    ├── DataError            4    abort: the data are incomplete or contradict each other
    │   └── GuardStop             abort: something is unusual, and no person has accepted it
    ├── OutputError          5    abort: something could not be written
    │   └── StoreError            abort: the store cannot be opened, read or written
    └── DeliveryError        6    skip: a message could not be delivered; the others go on
        ├── MailServerTrouble     retry: no connection, a cut one, time-out, refused for now
        │   └── MailServerSilent  retry, unless the server has never answered
        └── MailServerUnusable    abort: login, certificate, encryption: all messages would fail

Every message says what and where, and what to do where something can be done. It never holds a secret or personal
data, so it may be printed, logged and mailed.
"""

from enum import StrEnum
from typing import ClassVar

from rkreport.sentence import Sentence

EXIT_DONE = 0
EXIT_BUG = 1
EXIT_CONFIG = 2
EXIT_LMS = 3
EXIT_DATA = 4
EXIT_OUTPUT = 5
EXIT_GAPS = 6
EXIT_INTERRUPTED = 130


def damaged_installation(error: ImportError) -> Sentence:
    """The sentence about a library that is missing or cannot be loaded."""
    return Sentence(
        "The installation of rkreport is damaged: {error}. Install it again as the README says; on Windows, the"
        " Microsoft Visual C++ Redistributable may be missing.",
        error=error,
    )


class Recovery(StrEnum):
    """What the caller of a failed step may do."""

    ABORT = "abort"
    RETRY = "retry"
    SKIP = "skip"


class RkreportError(Exception):
    """Base of all: one sentence for the admin."""

    exit_code: ClassVar[int] = EXIT_BUG
    recovery: ClassVar[Recovery] = Recovery.ABORT

    def __init__(self, template: str, /, **values: object) -> None:
        """Say the sentence with its values, as `Sentence` does."""
        super().__init__(Sentence(template, **values) if values else template)

    @property
    def sentence(self) -> str:
        """What it says, still to be told in the reader's language."""
        said: str = self.args[0]
        return said


class ConfigError(RkreportError):
    """A file, key, option or secret that the admin has to mend."""

    exit_code = EXIT_CONFIG


class AlreadyRunning(ConfigError):
    """Another run holds the data folder."""


class LmsError(RkreportError):
    """The LMS cannot be used, or one of its answers cannot."""

    exit_code = EXIT_LMS


class Unreachable(LmsError):
    """No connection, a cut connection or no answer in time."""

    recovery = Recovery.RETRY


class ServerTrouble(LmsError):
    """The LMS answered 5xx or 408, that it failed, or with an empty or cut body or a web page instead of data."""

    recovery = Recovery.RETRY

    def __init__(self, template: str, /, retry_after_seconds: float | None = None, **values: object) -> None:
        """Keep the wait that the server asked for, in seconds, if it asked for one."""
        super().__init__(template, **values)
        self.retry_after_seconds = retry_after_seconds


class Throttled(LmsError):
    """The LMS answered 429: all requests have to wait."""

    recovery = Recovery.RETRY

    def __init__(self, template: str, /, retry_after_seconds: float | None = None, **values: object) -> None:
        """Keep the wait that the server asked for, in seconds, if it asked for one."""
        super().__init__(template, **values)
        self.retry_after_seconds = retry_after_seconds


class TokenRefused(LmsError):
    """The LMS refuses the access token: it is invalid, has expired, or lacks the right (`is_forbidden`)."""

    recovery = Recovery.RETRY

    def __init__(self, template: str, /, *, is_forbidden: bool = False, **values: object) -> None:
        """Keep `is_forbidden`: if the token lacks the right, a fresh one helps at most once."""
        super().__init__(template, **values)
        self.is_forbidden = is_forbidden


class LoginRefused(LmsError):
    """The LMS refuses the client id and secret, or the given token; `is_forbidden`: the token lacks the right."""

    is_forbidden = False


class NotFound(LmsError):
    """The LMS knows no such course or batch."""

    recovery = Recovery.SKIP


class Forbidden(LmsError):
    """This account may not have what was asked for, or a firewall does not let it through."""

    recovery = Recovery.SKIP


class MalformedReply(LmsError):
    """The answer has another shape than the documented one; names endpoint, page and field."""

    recovery = Recovery.SKIP


class UnfitUserList(LmsError):
    """The list of users is empty, or says of no user whether they are active: no report can be made of it."""


class DataError(RkreportError):
    """The data are incomplete or contradict each other, and reporting them was not allowed."""

    exit_code = EXIT_DATA


class GuardStop(DataError):
    """Something is unusual, and no person has accepted it."""


class OutputError(RkreportError):
    """A file or folder could not be written, or a written file failed its check."""

    exit_code = EXIT_OUTPUT


class StoreError(OutputError):
    """The store cannot be opened, read or written."""


class DeliveryError(RkreportError):
    """A message could not be delivered; the others go on."""

    exit_code = EXIT_GAPS
    recovery = Recovery.SKIP


class MailServerTrouble(DeliveryError):
    """The mail server cannot be used now: no connection, a cut one, no answer in time, refused for now."""

    recovery = Recovery.RETRY

    def __init__(self, template: str, /, wait_seconds: float = 0.0, **values: object) -> None:
        """Keep how long to leave the server alone, in seconds."""
        super().__init__(template, **values)
        self.wait_seconds = wait_seconds


class MailServerSilent(MailServerTrouble):
    """The mail server says nothing: a firewall, another port, or another way of encryption there."""


class MailServerUnusable(DeliveryError):
    """The mail server cannot be used as configured: login, certificate, encryption."""

    recovery = Recovery.ABORT
