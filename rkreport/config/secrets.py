"""Secrets: from the environment, else from a file that it names, else from the keyring. Never shown."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from rkreport.bounds import NotRegular, TooLarge, read_regular
from rkreport.config.text_file import UTF_16_MARKS
from rkreport.errors import ConfigError
from rkreport.files import reason_of

CLIENT_ID = "RKREPORT_CLIENT_ID"
CLIENT_SECRET = "RKREPORT_CLIENT_SECRET"  # noqa: S105 - the name, not the secret
ACCESS_TOKEN = "RKREPORT_ACCESS_TOKEN"  # noqa: S105 - the name, not the secret
SMTP_PASSWORD = "RKREPORT_SMTP_PASSWORD"  # noqa: S105 - the name, not the secret
SMTP_CLIENT_SECRET = "RKREPORT_SMTP_CLIENT_SECRET"  # noqa: S105 - the name, not the secret
SMTP_REFRESH_TOKEN = "RKREPORT_SMTP_REFRESH_TOKEN"  # noqa: S105 - the name, not the secret
SMTP_ACCESS_TOKEN = "RKREPORT_SMTP_ACCESS_TOKEN"  # noqa: S105 - the name, not the secret
WORKBOOK_PASSWORD = "RKREPORT_WORKBOOK_PASSWORD"  # noqa: S105 - the name, not the secret
STORE_KEY = "RKREPORT_STORE_KEY"
ALL = (
    *(CLIENT_ID, CLIENT_SECRET, ACCESS_TOKEN),
    *(SMTP_PASSWORD, SMTP_CLIENT_SECRET, SMTP_REFRESH_TOKEN, SMTP_ACCESS_TOKEN),
    *(WORKBOOK_PASSWORD, STORE_KEY),
)

FILE_ENDING = "_FILE"
_LARGEST_BYTES = 64 * 1024

Keyring = Callable[[str], str | None]
"""Returns the secret of a name, if it is kept."""


def read_secrets(environment: Mapping[str, str], keyring: Keyring) -> dict[str, str]:
    """The secrets that are set, by name: from NAME, else the file that NAME_FILE names, else the keyring.

    Outer blanks are trimmed, of a file only its last line break.

    Raises:
        ConfigError: one holds a line break or another character that cannot be part of it, or its file cannot be read;
            names it, never shows it.
    """
    found = {
        name: environment.get(name, "").strip() or _from_file(name, environment) or (keyring(name) or "").strip()
        for name in ALL
    }
    for name, value in found.items():
        if not value.isprintable():  # a line break, or bytes that are no text: no header could carry it
            raise ConfigError(
                "{name} holds a line break or a character that cannot be seen; copy the secret again, in one line.",
                name=name,
            )
    return {name: value for name, value in found.items() if value}


def _from_file(name: str, environment: Mapping[str, str]) -> str:
    variable = f"{name}{FILE_ENDING}"
    path = environment.get(variable, "").strip()
    if not path:
        return ""
    try:
        text = read_secret_file(Path(path))
    except OSError as error:
        raise ConfigError(
            "{variable} names {path}, which cannot be read: {reason}; correct the name or the file's rights.",
            variable=variable,
            path=path,
            reason=reason_of(error),
        ) from error
    except ValueError:
        raise ConfigError(
            "{variable} names {path}, which is no text file with one secret; write the secret alone into it.",
            variable=variable,
            path=path,
        ) from None
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ConfigError(
            "{variable} names {path}, which is empty; write the secret into it.", variable=variable, path=path
        )
    return secret


def read_secret_file(path: Path) -> str:
    """Read a small regular file as text, in the encodings that PowerShell writes too.

    Raises:
        OSError: it cannot be read.
        ValueError: it is a device, far too large, or not text.
    """
    try:
        content = read_regular(path, _LARGEST_BYTES)
    except (NotRegular, TooLarge) as error:
        raise ValueError(path) from error
    return content.decode("utf-16" if content.startswith(UTF_16_MARKS) else "utf-8-sig")


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
        "The environment variable {missing} is not set; say rkreport login once, or set"
        " {client_id} and {client_secret} to what Ruangkerja gave you, or {access_token} to"
        " a token.",
        missing=missing,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        access_token=ACCESS_TOKEN,
    )


def has_lms_login(secrets: Mapping[str, str]) -> bool:
    """Whether `lms_credentials` would find some."""
    return ACCESS_TOKEN in secrets or (CLIENT_ID in secrets and CLIENT_SECRET in secrets)


def overridden(environment: Mapping[str, str]) -> list[str]:
    """The variables that are set, and so win over the keyring."""
    both = (variable for name in ALL for variable in (name, f"{name}{FILE_ENDING}"))
    return [variable for variable in both if environment.get(variable, "").strip()]


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ
