"""The messages of one edition, built as they are needed, and the way they go.

Knows which file belongs to whom and where the outbox is; must not know what is due or what was sent.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from rkreport.core.delivery import Delivery
from rkreport.core.message import Sender
from rkreport.core.models import ManagerId
from rkreport.core.report.team_view import TeamView
from rkreport.delivery.mime import Attachment
from rkreport.delivery.outbox import OutboxTransport, outbox_paths
from rkreport.delivery.transport import Transport
from rkreport.errors import OutputError
from rkreport.run.books import Book
from rkreport.run.campaign import Campaign, Pace
from rkreport.run.edition import Loaded
from rkreport.run.mailing import OUTBOX, team_message
from rkreport.run.posting import transport_of
from rkreport.run.world import World

MEGABYTE = 1_000_000  # as mail servers count
Make = Callable[[Delivery], EmailMessage]


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What every message of an edition needs."""

    loaded: Loaded
    sender: Sender
    world: World
    views: Mapping[ManagerId, TeamView]

    def message(self, row: Delivery, *, earlier: Delivery | None = None, trial_to: str = "") -> EmailMessage:
        """The message of a row, as `team_message`, with the very bytes that were checked.

        Raises:
            OutputError: the workbook is not the one that was planned.
        """
        path = self.loaded.folder / row.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise OutputError(f"{path} cannot be read: {error.strerror}; run rkreport build again.") from error
        if hashlib.sha256(content).hexdigest() != row.file_sha256:
            raise OutputError(f"{path} was changed while messages were sent; run rkreport build again.")
        attachment, view = Attachment(path.name, content), self.views[row.manager_id]
        return team_message(
            self.loaded.config, self.sender, view, attachment, self.world, earlier=earlier, trial_to=trial_to
        )

    async def deliver(self, due: Sequence[Delivery], make: Make, book: Book, pace: Pace, *, outbox: str) -> Campaign:
        """Hand over all that is due. `outbox` names the folder for the transport of that name."""
        mail = self.loaded.config.file.mail
        transport, making = self._to_outbox(outbox, make) if mail.transport == OUTBOX else (self._to_server(), make)
        async with transport:
            campaign = Campaign(
                transport,
                book,
                pace,
                self.world,
                sender=self.sender.address,
                most_bytes=int(mail.max_message_mb * MEGABYTE),
                make=making,
            )
            await campaign.run(due)
        return campaign

    def _to_server(self) -> Transport:
        return transport_of(self.loaded.config, self.world)

    def _to_outbox(self, name: str, make: Make) -> tuple[Transport, Make]:
        """The folder has a place for each message of the edition, which is known once the message is made."""
        folder, found = self.loaded.folder / name, dict[str, Path]()
        places = outbox_paths(folder, [team.manager.manager_id for team in self.loaded.assessment.compliance.teams])

        def making(row: Delivery) -> EmailMessage:
            message = make(row)
            found[str(message["Message-ID"])] = places[row.manager_id]
            return message

        return OutboxTransport(folder, found), making
