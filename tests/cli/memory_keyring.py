"""A keyring as operating systems have them, in memory, and how the program is made to use one."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Holds secrets by service and name. While it is locked it gives and takes nothing."""

    priority = 5
    name = "MemoryKeyring Vault"

    def __init__(self) -> None:
        """Hold nothing."""
        super().__init__()  # type: ignore[no-untyped-call]  # of the package
        self.held: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def _open(self) -> dict[tuple[str, str], str]:
        if self.is_locked:
            raise KeyringLocked
        return self.held

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if it is there."""
        return self._open().get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Take a secret."""
        self._open()[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Give a secret up."""
        if self._open().pop((service, username), None) is None:
            raise PasswordDeleteError


@contextmanager
def using(backend: KeyringBackend) -> Iterator[None]:
    """This is the computer's keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)
