"""What the sending engine needs of a way to hand messages over. Knows no protocol; the ways are smtp and outbox."""

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

from rkreport.core.mail.delivery import Outcome


class Transport(Protocol):
    """Hands messages over one by one. Used as a context; one failure leaves it fit for the next message."""

    async def __aenter__(self) -> Self:
        """Nothing is opened yet: the first message does that."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""

    async def deliver(
        self, message: EmailMessage, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
    ) -> Outcome:
        """Hand one message over, or say why not. Tries once; waiting and trying again are the caller's.

        Args:
            message: from `build_message`.
            sender: the bare address that it comes from.
            recipients: bare addresses; the first is the one the message is for, the others get copies.
            before_text: is called when all is agreed and the text would go next, at most once. Until then nothing
                can have been taken. What it raises goes up, and then nothing was sent.
        """
