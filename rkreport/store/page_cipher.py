"""Encrypts the pages of the store at rest, and opens them. Knows nothing of what they hold.

AES-256-GCM with a new nonce for each page; scrypt makes the key from the admin's and from the store's own salt. A
page's place is proven with it: a page that was put into another place does not open.

    body of a page: zlib, or  mark · nonce · (zlib, encrypted) · proof
"""

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from rkreport.errors import ConfigError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STORE_KEY: Final = "RKREPORT_STORE_KEY"
_MARK = b"\0rk1"  # no zlib stream begins so
_NONCE_BYTES = 12
_PROVEN = b"rkreport store key"


class Place(NamedTuple):
    """Where a page belongs."""

    snapshot_id: str
    name: str
    pass_number: int
    page: int


class NotOpened(Exception):
    """A body that this key or this place does not open."""


@dataclass(frozen=True, slots=True)
class PageCipher:
    """A key. `is_wanted`: new pages are encrypted with it too."""

    _key: bytes = field(repr=False)
    is_wanted: bool

    def seal(self, packed: bytes, place: Place) -> bytes:
        """Encrypt a body for its place."""
        nonce = os.urandom(_NONCE_BYTES)
        return _MARK + nonce + self._aes().encrypt(nonce, packed, _told(place))

    def open(self, body: bytes, place: Place) -> bytes:
        """Return what was encrypted.

        Raises:
            NotOpened: it was encrypted with another key or for another place, or was changed.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - of the extra `encryption`

        begin = len(_MARK) + _NONCE_BYTES
        try:
            return self._aes().decrypt(body[len(_MARK) : begin], body[begin:], _told(place))
        except (InvalidTag, ValueError) as error:  # ValueError: too short for a nonce
            raise NotOpened from error

    def prove(self) -> bytes:
        """Something that only this key opens, to tell it from another."""
        return self.seal(_PROVEN, Place("", "", 0, 0))

    def is_of(self, proof: bytes) -> bool:
        """Whether this key made the proof."""
        try:
            return self.open(proof, Place("", "", 0, 0)) == _PROVEN
        except NotOpened:
            return False

    def _aes(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - of the extra `encryption`

        return AESGCM(self._key)


def sealed(packed: bytes, place: Place, cipher: PageCipher | None) -> bytes:
    """A body as the store keeps it."""
    return cipher.seal(packed, place) if cipher and cipher.is_wanted else packed


def opened(body: object, place: Place, cipher: PageCipher | None, where: str) -> object:
    """A body as it was packed; one that was never encrypted is returned as it is. `where` names it.

    Raises:
        ConfigError: it is encrypted, and no key is known.
        NotOpened: see there.
    """
    if not isinstance(body, bytes) or not body.startswith(_MARK):
        return body
    if cipher is None:
        raise ConfigError(
            "A page of {where} is encrypted; set {store_key} to the key that it was encrypted with.",
            where=where,
            store_key=STORE_KEY,
        )
    return cipher.open(body, place)


def _told(place: Place) -> bytes:
    return json.dumps(place).encode()
