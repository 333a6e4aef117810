"""The operating system's keyring, where `rkreport login` keeps secrets under the service `rkreport`.

The package is imported when it is needed: that takes longer than most commands. Must not know what a secret is for.
"""

from collections.abc import Iterable

from rkreport.errors import ConfigError

SERVICE = "rkreport"
INSTEAD = (
    "put each secret into a file that only you can read, and name it in RKREPORT_CLIENT_ID_FILE,"
    " RKREPORT_CLIENT_SECRET_FILE and RKREPORT_SMTP_PASSWORD_FILE"
)


def read_keyring(name: str) -> str | None:
    """The secret of this name; None where there is no keyring, as on a server, or it stays locked."""
    import keyring  # noqa: PLC0415 - see above
    from keyring.errors import KeyringError  # noqa: PLC0415 - see above

    try:
        return str(keyring.get_password(SERVICE, name) or "")
    except KeyringError:
        return None


def keyring_name() -> str:
    """What the keyring of this computer calls itself.

    Raises:
        ConfigError: there is none.
    """
    import keyring  # noqa: PLC0415 - see above

    backend = keyring.get_keyring()
    if backend.priority <= 0:  # the two stand-ins for no keyring at all
        raise ConfigError("This computer has no keyring to keep secrets in; {instead}.", instead=INSTEAD)
    return str(backend.name).partition(" ")[0]


def write_keyring(name: str, secret: str) -> None:
    """Keep a secret under a name.

    Raises:
        ConfigError: the keyring does not take it.
    """
    import keyring  # noqa: PLC0415 - see above

    try:
        keyring.set_password(SERVICE, name, secret)
    except Exception as error:  # noqa: BLE001 - every keyring has its own errors, and texts that may hold the secret
        raise ConfigError(
            "The keyring does not take {name} ({name_2}); unlock it, or {instead}.",
            name=name,
            name_2=type(error).__name__,
            instead=INSTEAD,
        ) from None


def clear_keyring(names: Iterable[str]) -> list[str]:
    """Delete the secrets of these names; return the names of those that were there.

    Raises:
        ConfigError: the keyring keeps one.
    """
    import keyring  # noqa: PLC0415 - see above

    found = [name for name in names if read_keyring(name)]
    for name in found:
        try:
            keyring.delete_password(SERVICE, name)
        except Exception as error:  # noqa: BLE001 - as above
            raise ConfigError(
                "The keyring does not delete {name} ({name_2}); unlock it.", name=name, name_2=type(error).__name__
            ) from None
    return found
