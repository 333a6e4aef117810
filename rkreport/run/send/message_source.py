"""The messages of one edition, built as they are needed, and the way they go.

Knows which file belongs to whom and where the outbox is; must not know what is due or what was sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from fractions import Fraction

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import Delivery
from rkreport.core.models import ManagerId
from rkreport.core.report.team_view import TeamView
from rkreport.delivery.outbox import Seal
from rkreport.delivery.pace import Pace
from rkreport.run.edition.loading import Loaded
from rkreport.run.edition.messages import checked_attachment, team_message
from rkreport.run.send.engine import SendLoop
from rkreport.run.send.recorders import OutcomeRecorder
from rkreport.run.send.transports import way_of
from rkreport.run.world import World

Make = Callable[[Delivery], EmailMessage]


@dataclass(frozen=True, slots=True)
class MessageSource:
    """What every message of an edition needs."""

    loaded: Loaded
    sender: Sender
    world: World
    views: Mapping[ManagerId, TeamView]
    last_month: Mapping[ManagerId, LastMonth]
    company_rate: Fraction | None

    def message(self, row: Delivery, *, earlier: Delivery | None = None, trial_to: str = "") -> EmailMessage:
        """The message of a row, as `team_message`, with the very bytes that were checked.

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
            company_rate=self.company_rate,
            earlier=earlier,
            last_month=self.last_month.get(row.manager_id),
            trial_to=trial_to,
        )

    async def deliver(
        self,
        due: Sequence[Delivery],
        make: Make,
        book: OutcomeRecorder,
        *,
        outbox: str,
        went: Sequence[datetime] = (),
        seal: Seal | None = None,
    ) -> SendLoop:
        """Hand over all that is due.

        Args:
            due: planned rows, and those in doubt that go again.
            make: builds the message of a row.
            book: where the outcomes are written down.
            outbox: the folder in the edition's, for the transport of that name.
            went: when messages went lately.
            seal: takes note of the files that are written into the outbox.

        Raises:
            ConfigError: a key or a secret for the mail server is missing.
            OutputError: something cannot be read or written; what was handed over until then is in the book.
        """
        config, world = self.loaded.config, self.world
        burst_list = [team.manager.manager_id for team in self.loaded.assessment.compliance.teams]
        owners = {row.message_id: row.manager_id for row in due}
        way = way_of(config, world, self.loaded.folder / outbox, burst_list, owners, seal=seal)
        if way.notice and due:
            world.observer.say(way.notice)
        pace = Pace(way.messages_per_minute, went, now=_steady(world), sleep=world.sleep)
        async with way.transport as transport:
            campaign = SendLoop(
                transport, book, pace, world, step=config.channel.step, sender=self.sender.address, make=make
            )
            await campaign.run(due)
        return campaign


def _steady(world: World) -> Callable[[], datetime]:
    """The time of day, by a clock that nobody sets while we run."""
    began, zero = world.utc_now(), world.monotonic()
    return lambda: began + timedelta(seconds=world.monotonic() - zero)
