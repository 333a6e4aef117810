"""The access tokens that the simulator has given out. Knows no HTTP."""

from collections.abc import Callable

from rkreport.simulator.chance import mix


class Tokens:
    """Tokens that live for `seconds` by `clock`; the text depends only on seed and number, and looks as documented."""

    def __init__(self, seconds: int, seed: int, clock: Callable[[], float]) -> None:
        """Start with no token given out."""
        self._seconds = seconds
        self._seed = seed
        self._clock = clock
        self._ends_at: dict[str, float] = {}
        self.issued = 0

    def issue(self) -> str:
        """A new token; earlier ones stay valid."""
        token = f"{mix(self._seed, self.issued):016x}.{mix(self._seed + 1, self.issued):016x}"
        self._ends_at[token] = self._clock() + self._seconds
        self.issued += 1
        return token

    def is_valid(self, token: str | None) -> bool:
        """Whether the token was given out, has not expired and was not revoked."""
        return token is not None and self._ends_at.get(token, self._clock()) > self._clock()

    def revoke(self, token: str) -> None:
        """Refuse the token from now on."""
        self._ends_at.pop(token, None)
