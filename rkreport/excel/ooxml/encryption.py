"""Encrypts workbooks with a password as Excel does (AES-256), and decrypts them, in memory.

Knows the library, an optional extra; must not know where the password comes from, nor show it.
"""

import struct
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from rkreport.errors import ConfigError, DeliveryError

_MOST_SPINS = 1_000_000  # times the password is hashed; Excel does it 100,000 times, a hostile file four billion
_DESCRIPTION, _LARGEST_DESCRIPTION = "EncryptionInfo", 65_536  # bytes; Excel's takes two thousand
HOW_TO_INSTALL = "pip install 'rkreport[encryption]'"


def refuse_without_library() -> None:
    """Refuse, and say how to install the library, if it is missing.

    Raises:
        ConfigError: the extra is not installed.
    """
    if find_spec("msoffcrypto") is None:
        raise ConfigError(
            "privacy.encrypt_workbooks needs one more package; install it with: {how_to_install}.",
            how_to_install=HOW_TO_INSTALL,
        )


def encrypted(content: bytes, password: str) -> bytes:
    """Encrypt a workbook so that Excel asks for the password. The bytes differ each time.

    Raises:
        ConfigError: the extra is not installed.
        DeliveryError: it cannot be encrypted, or does not open again.
    """
    refuse_without_library()
    from msoffcrypto.exceptions import DecryptionError, EncryptionError, FileFormatError  # noqa: PLC0415 - an extra
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415 - as above

    locked = BytesIO()
    try:
        book: Any = OOXMLFile(BytesIO(content))
        book.encrypt(password, locked)
    except (DecryptionError, EncryptionError, FileFormatError, ValueError, OSError) as error:
        raise DeliveryError("A workbook cannot be encrypted; build again.") from error
    return locked.getvalue()


def decrypted(content: bytes, password: str) -> bytes:
    """Decrypt a workbook.

    Raises:
        ConfigError: the extra is not installed.
        DeliveryError: it is not encrypted, is damaged, or has another password.
    """
    refuse_without_library()
    from msoffcrypto import OfficeFile  # noqa: PLC0415 - an extra
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, ParseError  # noqa: PLC0415 - as above
    from olefile import OleFileIO  # noqa: PLC0415 - comes with it

    opened = BytesIO()
    try:
        _check_size(OleFileIO(BytesIO(content)))
        book: Any = OfficeFile(BytesIO(content))
        told = getattr(book, "info", None)
        if isinstance(told, dict) and told.get("spinValue", 0) > _MOST_SPINS:
            raise DeliveryError("A workbook asks for more work than Excel's own encryption; it is not opened.")
        book.load_key(password=password, verify_password=True)
        book.decrypt(opened, verify_integrity=True)
    except (DecryptionError, FileFormatError, ParseError, ValueError, OSError, KeyError, struct.error) as error:
        raise DeliveryError("A workbook does not open with this password.") from error
    return opened.getvalue()


def _check_size(container: Any) -> None:  # noqa: ANN401 - an extra without types
    """Refuse a long description of the encryption: the library would make a tree of it in memory."""
    if container.exists(_DESCRIPTION) and container.get_size(_DESCRIPTION) > _LARGEST_DESCRIPTION:
        raise DeliveryError("A workbook describes its encryption at great length; it is not opened.")
