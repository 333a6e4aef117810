"""Encrypt: whether to encrypt workbooks, and with which password. Refuses a bad one before an hour of fetching.

Knows config and secret; `rkreport.excel.ooxml.encryption` knows how.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rkreport.bounds import read_regular
from rkreport.config.load import Config
from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.errors import ConfigError, DeliveryError, OutputError
from rkreport.excel.ooxml.encryption import encrypted, refuse_without_library
from rkreport.files import sha256_of, write_private_file
from rkreport.sentence import Sentence

SHORTEST_PASSWORD = 8
_LONGEST_PASSWORD = 255  # characters, Excel's limit


def workbook_password(config: Config, secrets: Mapping[str, str]) -> str | None:
    """Return the password that opens the workbooks; None if they need none.

    Raises:
        ConfigError: the password is missing or too short, or the extra that encrypts is not installed.
    """
    if not config.settings.privacy.encrypt_workbooks:
        return None
    password = secrets.get(WORKBOOK_PASSWORD, "")
    if not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        what = "is too long" if len(password) > _LONGEST_PASSWORD else "is too short" if password else "is not set"
        raise ConfigError(
            "privacy.encrypt_workbooks is true, and {workbook_password} {what}; set it to a"
            " password of {shortest_password} to {longest_password} characters, and tell it to"
            " the readers on another way than by mail.",
            workbook_password=WORKBOOK_PASSWORD,
            what=what,
            shortest_password=SHORTEST_PASSWORD,
            longest_password=_LONGEST_PASSWORD,
        )
    refuse_without_library()
    return password


class PasswordMark(NamedTuple):
    """Tells whether another machine has the same password, without telling the password."""

    salt: bytes
    digest: bytes


@cache  # one mark for all workbooks of a run
def marked(password: str) -> PasswordMark:
    """Make a mark with a new salt."""
    salt = os.urandom(16)
    return PasswordMark(salt, _slow_digest(password, salt))


def own_password(mark: PasswordMark, secrets: Mapping[str, str]) -> str:
    """Return this machine's password, which must be the marked one.

    Raises:
        ConfigError: it is not set here, or is another one.
    """
    password = secrets.get(WORKBOOK_PASSWORD, "")
    if not password or not hmac.compare_digest(_slow_digest(password, mark.salt), mark.digest):
        what = Sentence("another") if password else Sentence("no")
        raise ConfigError(
            "A worker of the cluster has {what} {workbook_password}, so it cannot encrypt"
            " workbooks; set the same password on every machine of the cluster, and build again.",
            what=what,
            workbook_password=WORKBOOK_PASSWORD,
        )
    return password


@cache  # a tenth of a second, once per run on each machine
def _slow_digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)


def lock(path: Path, password: str) -> str:
    """Replace the open workbook with its encrypted form, whole or not at all; return its SHA-256.

    Raises:
        OutputError: the workbook could not be encrypted or written.
    """
    try:
        content = encrypted(read_regular(path), password)
    except (OSError, DeliveryError) as error:
        raise OutputError("{name} could not be encrypted; check the disk and build again.", name=path.name) from error
    write_private_file(path, content)
    return sha256_of(content)
