"""What to send, and how a sending ended: the values between the command line and the sending."""

from dataclasses import dataclass
from pathlib import Path

from rkreport.core.mail.delivery import SMTP, Channel, Delivery, DeliveryState
from rkreport.core.models import ManagerId


@dataclass(frozen=True, slots=True)
class SendOrder:
    """What to send: which month (None: as configured), to whom, and what the admin allows.

    An interim edition covers the current month. `only` holds manager ids; empty means all. With `trial_to`, `sample`
    messages go to that address only.
    """

    period: str | None = None
    only: frozenset[ManagerId] = frozenset()
    retry_unknown: bool = False
    allow_incomplete: bool = False
    trial_to: str = ""
    sample: int = 3
    is_interim: bool = False

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

    @property
    def is_done(self) -> bool:
        """True if no message is left or in doubt, and no copy was refused."""
        ends = {DeliveryState.SENT, DeliveryState.WRITTEN}
        all_went = all(row.state in ends and not row.copies_missed for row in self.rows)
        return all_went and not (self.doubtful or self.stopped or self.trial_wrong)
