"""What to send, and how a sending ended: the values between the command line and the sending.

Knows which options go together, and no step.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rkreport.core.leaks.text_folding import visible
from rkreport.core.mail.delivery import SMTP, Channel, Delivery, DeliveryState
from rkreport.core.models import ManagerId
from rkreport.core.release import NO_RELEASE, Release
from rkreport.errors import ConfigError


@dataclass(frozen=True, slots=True)
class AgainOrder:
    """Who gets their file once more, why, and for which month (None: as configured); `accepted` as in `SendOrder`."""

    manager_id: ManagerId
    reason: str
    period: str | None = None
    is_interim: bool = False
    allow_incomplete: bool = False
    accepted: frozenset[str] = frozenset()
    release: str | None = None
    approved_by: str | None = None
    is_trial: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class SendOrder:
    """What to send: which month (None: as configured), to whom, and what the admin allows.

    An interim edition covers the current month. `only` holds manager ids; empty means all. With `trial_to`, `sample`
    messages go to that address only. With `again` one manager gets the same file once more, for a `reason`. `accepted`
    holds the codes of the guards that the admin accepts in advance. `release` and `approved_by` are the code that
    review printed and the second person's name, where the config wants them.

    Raises:
        ConfigError: options of `rkreport send` that do not go together.
    """

    period: str | None = None
    only: frozenset[ManagerId] = frozenset()
    retry_unknown: bool = False
    allow_incomplete: bool = False
    trial_to: str | None = None
    sample: int = 3
    is_interim: bool = False
    again: ManagerId | None = None
    reason: str | None = None
    accepted: frozenset[str] = frozenset()
    release: str | None = None
    approved_by: str | None = None

    def __post_init__(self) -> None:
        """Refuse options that do not go together, before anything is read."""
        if self.is_trial and self.retry_unknown:
            raise ConfigError("--retry-unknown has no meaning in a trial; leave it out, or leave out --to-me.")
        if self.is_trial and (self.release is not None or self.approved_by is not None):
            raise ConfigError("A trial goes to you alone and wants no release; leave out --release and --approved-by.")
        if (self.again is None) != (self.reason is None) or (self.reason is not None and not self.reason.strip()):
            raise ConfigError('--again and --reason go together; write such as --again M-001 --reason "mail deleted".')
        if self.again is not None and (self.is_trial or self.retry_unknown or self.only):
            raise ConfigError(
                "--again is about one message that was sent; leave out --to-me, --only and --retry-unknown."
            )
        if self.trial_to is not None and not self.trial_to.strip():
            raise ConfigError("--to-me: needs an address; write your own, such as name@company.example.")

    @property
    def is_trial(self) -> bool:
        """True if some messages go to the admin alone."""
        return self.trial_to is not None

    @property
    def resend(self) -> AgainOrder | None:
        """The order to send one file again, if this is one."""
        if self.again is None:
            return None
        return AgainOrder(
            self.again,
            visible(self.reason or ""),
            self.period,
            is_interim=self.is_interim,
            allow_incomplete=self.allow_incomplete,
            accepted=self.accepted,
            release=self.release,
            approved_by=self.approved_by,
        )

    def retries_doubtful(self, manager_id: ManagerId) -> bool:
        """True if the admin wants this manager's doubtful message sent again."""
        return self.retry_unknown and (not self.only or manager_id in self.only)


@dataclass(frozen=True, slots=True)
class Sent:
    """How a sending ended. `rows` are the ledger's rows of the edition; `taken` counts the messages just accepted.

    `unchanged` managers have an earlier revision with the same content; `doubtful` managers may have one. `stopped`
    says why it ended early. A trial has no rows; `not_tried` says why some of its messages were not taken.
    """

    period: str
    revision: int
    folder: Path
    taken: int
    rows: tuple[Delivery, ...] = ()
    unchanged: tuple[ManagerId, ...] = ()
    doubtful: tuple[Delivery, ...] = ()
    stopped: str = ""
    is_complete: bool = True
    trial_wrong: tuple[tuple[ManagerId, str], ...] = ()
    is_trial: bool = False
    channel: Channel = SMTP
    is_declined: bool = False  # the person at the terminal said no
    release: Release = NO_RELEASE

    @property
    def is_done(self) -> bool:
        """True if no message is left or in doubt, and no copy was refused."""
        ends = {DeliveryState.SENT, DeliveryState.WRITTEN}
        all_went = all(row.state in ends and not row.copies_missed for row in self.rows)
        return all_went and not (self.doubtful or self.stopped or self.trial_wrong)
