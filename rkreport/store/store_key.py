"""The key of a store's pages: made from the admin's, told from another, refused where it is missing.

Must not know where the admin keeps it.
"""

import hashlib
import os
from importlib.util import find_spec
from typing import Final

from rkreport.errors import ConfigError
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Readable
from rkreport.store.page_cipher import STORE_KEY, PageCipher

SHORTEST_KEY: Final = 20
_HOW_TO_INSTALL = "pip install 'rkreport[encryption]'"
_SALT_BYTES = 16


def unlock(database: Database, key: str, *, is_wanted: bool) -> None:
    """Give the store its key; the first is noted down with a salt, so that another is refused.

    Raises:
        ConfigError: as `cipher_of`.
    """
    known = _known_key(database)
    salt = known[0] if known else os.urandom(_SALT_BYTES)
    cipher = cipher_of(database, key, is_wanted=is_wanted, salt=salt)
    if cipher and not known:
        database.write("INSERT INTO store_key (salt, proof) VALUES (?, ?)", salt, cipher.prove())
    database.cipher = cipher


def cipher_of(store: Readable | None, key: str, *, is_wanted: bool, salt: bytes = b"") -> PageCipher | None:
    """The cipher with this key; None where none is wanted and nothing is encrypted.

    `store` is None where there is none yet; `salt` is that of a new key.

    Raises:
        ConfigError: the key is missing, too short or another than the store's, or the extra is not installed.
    """
    known = _known_key(store) if store else None
    if not is_wanted and not (known and key):
        return None
    if find_spec("cryptography") is None:
        raise ConfigError(
            "privacy.encrypt_store needs one more package; install it with: {how_to_install}.",
            how_to_install=_HOW_TO_INSTALL,
        )
    if len(key) < SHORTEST_KEY:
        raise ConfigError(
            "privacy.encrypt_store is true, and {store_key} {what}; set it to a key of {shortest_key} characters or"
            " more, and keep a copy where the store is not: without it the pages cannot be read.",
            store_key=STORE_KEY,
            what=Sentence("is too short") if key else Sentence("is not set"),
            shortest_key=SHORTEST_KEY,
        )
    derived = hashlib.scrypt(key.encode(), salt=known[0] if known else salt, n=2**14, r=8, p=1, dklen=32)
    cipher = PageCipher(derived, is_wanted)
    if store and known and not cipher.is_of(known[1]):
        raise ConfigError(
            "{store_key} is not the key of {path}; set the one that its pages were encrypted with.",
            store_key=STORE_KEY,
            path=store.path,
        )
    return cipher


def _known_key(store: Readable) -> tuple[bytes, bytes] | None:
    rows = store.read("SELECT salt, proof FROM store_key")
    return (bytes(rows[0][0]), bytes(rows[0][1])) if rows else None
