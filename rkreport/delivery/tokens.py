"""Access tokens for a login, and the one that is given from outside. `oauth` fetches them, and needs an HTTP client."""

from dataclasses import dataclass, field
from typing import Protocol


class TokenSource(Protocol):
    """Gives a login its token."""

    async def current(self) -> str:
        """Return a token that is valid for some minutes.

        Raises:
            MailServerTrouble: a later try may succeed.
            MailServerUnusable: this configuration gives no token.
        """


@dataclass(frozen=True, slots=True)
class GivenToken:
    """A token from outside; after it expires, the login is refused."""

    value: str = field(repr=False)

    async def current(self) -> str:
        """Return the token."""
        return self.value
