"""What the sending engine needs from a transport. Knows no protocol; `smtp` and `outbox` implement it."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from rkreport.core.mail.delivery import Outcome
from rkreport.delivery.mime import Message


class Transport(Protocol):
    """Delivers messages one by one, as a context manager. It stays usable after a failed message."""

    async def __aenter__(self) -> Self:
        """Open nothing yet: the first message opens the connection."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is open."""

    async def deliver(
        self, message: Message, sender: str, recipients: Sequence[str], before_text: Callable[[], None]
    ) -> Outcome:
        """Deliver one message, or say why not. It tries once; the caller waits and tries again.

        Args:
            message: from `build_message`.
            sender: the sender's bare address.
            recipients: bare addresses; the first is the recipient, the others get copies.
            before_text: called at most once, just before the text is sent. Until then the server cannot have taken
                the message. If it raises, the error propagates and nothing was sent.
        """
