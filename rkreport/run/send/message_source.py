"""Builds the messages of one edition as needed, and sends them.

Knows each manager's file and where the outbox is, and takes a checked edition only; must not know what is due or what
was sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import Delivery
from rkreport.core.models import ManagerId
from rkreport.core.report.team_view import TeamView
from rkreport.delivery.mime import Message
from rkreport.delivery.outbox import Seal
from rkreport.delivery.pace import Pace
from rkreport.run.edition.letter import checked_attachment
from rkreport.run.edition.messages import team_message
from rkreport.run.edition.releasing import refuse_changed
from rkreport.run.send.checking import Checked
from rkreport.run.send.engine import PATIENCE_SECONDS, SendLoop
from rkreport.run.send.recorders import OutcomeRecorder
from rkreport.run.transports import ready_transport
from rkreport.run.world import World

Make = Callable[[Delivery], Message]


@dataclass(frozen=True, slots=True)
class MessageSource:
    """What every message of an edition needs."""

    loaded: Checked
    sender: Sender
    world: World
    views: Mapping[ManagerId, TeamView]
    last_month: Mapping[ManagerId, LastMonth]

    def message(self, row: Delivery, *, earlier: Delivery | None = None, trial_to: str = "") -> Message:
        """Make the message of a row, as `team_message`, with exactly the bytes that were checked.

        Raises:
            OutputError: the workbook is not the one that was planned.
        """
        attachment = checked_attachment(self.loaded.folder / row.file, row.file_sha256)
        view = self.views[row.manager_id]
        return team_message(
            self.loaded.config,
            self.sender,
            view,
            attachment,
            self.world,
            message_id=row.message_id,
            earlier=earlier,
            last_month=self.last_month.get(row.manager_id),
            trial_to=trial_to,
        )

    async def deliver(
        self,
        due: Sequence[Delivery],
        make: Make,
        recorder: OutcomeRecorder,
        *,
        outbox: str,
        went: Sequence[datetime] = (),
        seal: Seal | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> SendLoop:
        """Send all that is due.

        Args:
            due: planned rows, and doubtful rows to send again.
            make: builds the message of a row.
            recorder: records the outcomes.
            outbox: the folder's name within the edition's folder, for the outbox transport.
            went: when recent messages went.
            seal: receives the files that are written into the outbox.
            patience_seconds: the longest total wait for a server that puts messages off.

        Raises:
            ConfigError: a key or a secret for the mail server is missing.
            OutputError: something cannot be read or written; the messages sent so far are recorded.
        """
        config, world = self.loaded.config, self.world
        burst_list = [team.manager.manager_id for team in self.loaded.assessment.compliance.teams]
        owners = {row.message_id: row.manager_id for row in due}
        ready = ready_transport(config, world, self.loaded.folder / outbox, burst_list, owners, seal=seal)
        if ready.notice and due:
            world.observer.say(ready.notice)
        pace = Pace(ready.messages_per_minute, went, now=_steady_clock(world), sleep=world.sleep)
        async with ready.transport as transport:
            loop = SendLoop(
                transport,
                recorder,
                pace,
                world,
                step=config.channel.step,
                sender=self.sender.address,
                make=_released(make, self.loaded),
                patience_seconds=patience_seconds,
            )
            await loop.run(due)
        return loop


def _released(make: Make, loaded: Checked) -> Make:
    """Look after each message whether it was made of what was released."""

    def made(row: Delivery) -> Message:
        message = make(row)
        refuse_changed(loaded)
        return message

    return made


def _steady_clock(world: World) -> Callable[[], datetime]:
    """Return a clock for the time of day that ignores changes of the system clock during the run."""
    began, zero = world.utc_now(), world.monotonic()
    return lambda: began + timedelta(seconds=world.monotonic() - zero)
