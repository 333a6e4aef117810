"""Secrets: from the environment, else from the operating system's keyring. Never from a file, never shown."""

import os
from collections.abc import Callable, Mapping

from rkreport.errors import ConfigError

CLIENT_ID = "RKREPORT_CLIENT_ID"
CLIENT_SECRET = "RKREPORT_CLIENT_SECRET"  # noqa: S105 - the name, not the secret
ACCESS_TOKEN = "RKREPORT_ACCESS_TOKEN"  # noqa: S105 - the name, not the secret
SMTP_PASSWORD = "RKREPORT_SMTP_PASSWORD"  # noqa: S105 - the name, not the secret
SMTP_CLIENT_SECRET = "RKREPORT_SMTP_CLIENT_SECRET"  # noqa: S105 - the name, not the secret
SMTP_REFRESH_TOKEN = "RKREPORT_SMTP_REFRESH_TOKEN"  # noqa: S105 - the name, not the secret
SMTP_ACCESS_TOKEN = "RKREPORT_SMTP_ACCESS_TOKEN"  # noqa: S105 - the name, not the secret
WORKBOOK_PASSWORD = "RKREPORT_WORKBOOK_PASSWORD"  # noqa: S105 - the name, not the secret
ALL = (
    *(CLIENT_ID, CLIENT_SECRET, ACCESS_TOKEN),
    *(SMTP_PASSWORD, SMTP_CLIENT_SECRET, SMTP_REFRESH_TOKEN, SMTP_ACCESS_TOKEN),
    WORKBOOK_PASSWORD,
)

Keyring = Callable[[str], str | None]


def read_secrets(environment: Mapping[str, str], keyring: Keyring) -> dict[str, str]:
    """The secrets that are set, by name, outer blanks trimmed.

    Raises:
        ConfigError: one holds a line break or another character that cannot be part of it; names it, never shows it.
    """
    found = {name: environment.get(name, "").strip() or (keyring(name) or "").strip() for name in ALL}
    for name, value in found.items():
        if not value.isprintable():  # a line break, or bytes that are no text: no header could carry it
            raise ConfigError(
                f"{name} holds a line break or a character that cannot be seen; copy the secret again, in one line."
            )
    return {name: value for name, value in found.items() if value}


def lms_credentials(secrets: Mapping[str, str]) -> tuple[str, str] | str:
    """Client id and secret, or a given access token when they are not set.

    Raises:
        ConfigError: neither is there.
    """
    if CLIENT_ID in secrets and CLIENT_SECRET in secrets:
        return secrets[CLIENT_ID], secrets[CLIENT_SECRET]
    if ACCESS_TOKEN in secrets:
        return secrets[ACCESS_TOKEN]
    missing = CLIENT_SECRET if CLIENT_ID in secrets else CLIENT_ID
    raise ConfigError(
        f"The environment variable {missing} is not set; set {CLIENT_ID} and {CLIENT_SECRET} to what Ruangkerja gave"
        f" you, or {ACCESS_TOKEN} to a token."
    )


def has_lms_login(secrets: Mapping[str, str]) -> bool:
    """Whether `lms_credentials` would find some."""
    return ACCESS_TOKEN in secrets or (CLIENT_ID in secrets and CLIENT_SECRET in secrets)


def system_keyring(name: str) -> str | None:
    """The secret in the keyring under the service `rkreport`; None without keyring (extra `keyring`, or a server)."""
    try:
        import keyring  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        return None
    from keyring.errors import KeyringError  # noqa: PLC0415 - as keyring above

    try:
        return str(keyring.get_password("rkreport", name) or "")
    except KeyringError:
        return None


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ
