"""Secrets: which source wins, and that none is ever shown."""

import sys
from types import ModuleType

import pytest

from rkreport.config.secrets import ALL, lms_credentials, read_secrets, system_keyring
from rkreport.errors import ConfigError


def test_environment_wins_over_the_keyring() -> None:
    """A secret of the environment stands for the keyring's; an empty one does not."""
    kept = {"RKREPORT_CLIENT_ID": "kept-id", "RKREPORT_CLIENT_SECRET": "kept", "RKREPORT_ACCESS_TOKEN": "kept-token"}
    environment = {"RKREPORT_CLIENT_ID": " id\n", "RKREPORT_CLIENT_SECRET": "  ", "OTHER": "x"}
    assert read_secrets(environment, kept.get) == {**kept, "RKREPORT_CLIENT_ID": "id"}


def test_nothing_set_is_nothing() -> None:
    """Without any secret there is none, not an empty one."""
    assert read_secrets({}, lambda _name: None) == {}


@pytest.mark.parametrize("value", ["hun\nter2", "hun\x00ter2", "hun\udcffter2", "hun\u200bter2"])
def test_secret_that_no_header_can_carry(value: str) -> None:
    """A line break within, or bytes that are no text, are named before the login fails for a reason nobody sees."""
    with pytest.raises(ConfigError, match="RKREPORT_ACCESS_TOKEN holds a line break or a character") as refused:
        read_secrets({"RKREPORT_ACCESS_TOKEN": value}, lambda _name: None)
    assert "hun" not in str(refused.value)


def test_credentials_come_before_a_token() -> None:
    """A client id and secret can be renewed, a token cannot: they are taken first."""
    secrets = {"RKREPORT_CLIENT_ID": "id", "RKREPORT_CLIENT_SECRET": "s", "RKREPORT_ACCESS_TOKEN": "t"}
    assert lms_credentials(secrets) == ("id", "s")
    assert lms_credentials({name: secrets[name] for name in ("RKREPORT_CLIENT_ID", "RKREPORT_ACCESS_TOKEN")}) == "t"


@pytest.mark.parametrize(
    ("secrets", "missing"),
    [
        ({}, "RKREPORT_CLIENT_ID"),
        ({"RKREPORT_CLIENT_ID": "id"}, "RKREPORT_CLIENT_SECRET"),
        ({"RKREPORT_CLIENT_SECRET": "hunter2"}, "RKREPORT_CLIENT_ID"),
    ],
)
def test_missing_credentials_are_named(secrets: dict[str, str], missing: str) -> None:
    """The variable that is missing, and what belongs into it."""
    with pytest.raises(ConfigError, match=f"^The environment variable {missing} is not set; set ") as refused:
        lms_credentials(secrets)
    assert "hunter2" not in str(refused.value)


def test_names_are_the_promised_ones() -> None:
    """The names that the admin's scheduler sets."""
    assert [name.removeprefix("RKREPORT_") for name in ALL] == [
        "CLIENT_ID",
        "CLIENT_SECRET",
        "ACCESS_TOKEN",
        "SMTP_PASSWORD",
        "SMTP_CLIENT_SECRET",
        "SMTP_REFRESH_TOKEN",
        "SMTP_ACCESS_TOKEN",
        "WORKBOOK_PASSWORD",
    ]


def test_keyring_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package there is no keyring, and no error."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert system_keyring("RKREPORT_CLIENT_ID") is None


def test_keyring_is_asked_by_service_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret is found under the service `rkreport`; a keyring that fails, as on a server, holds none."""

    class KeyringError(Exception):
        pass

    def get_password(service: str, name: str) -> str | None:
        if name == "locked":
            raise KeyringError
        return f"{service}/{name}" if name == "known" else None

    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    monkeypatch.setattr(package, "get_password", get_password, raising=False)
    monkeypatch.setattr(errors, "KeyringError", KeyringError, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert system_keyring("known") == "rkreport/known"
    assert not system_keyring("unknown")
    assert system_keyring("locked") is None
