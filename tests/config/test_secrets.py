"""Secrets: which source wins, and that none is ever shown."""

import os
import sys
from pathlib import Path

import pytest

from rkreport.config.secrets import ALL, lms_credentials, read_secrets
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
    with pytest.raises(
        ConfigError, match=f"^The environment variable {missing} is not set; say rkreport login once, or set "
    ) as refused:
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
        "STORE_KEY",
    ]


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" hunter2 \n", " hunter2 "),
        (b"\xef\xbb\xbfhunter2\r\n", "hunter2"),
        ("hunter2\r\n".encode("utf-16"), "hunter2"),
    ],
)
def test_a_file_holds_a_secret(tmp_path: Path, content: bytes, secret: str) -> None:
    """Its last line break is not part of it; PowerShell's encodings are read; the variable itself wins."""
    path = tmp_path / "secret"
    path.write_bytes(content)
    environment = {"RKREPORT_SMTP_PASSWORD_FILE": str(path), "RKREPORT_CLIENT_ID": "", "RKREPORT_CLIENT_ID_FILE": ""}
    assert read_secrets(environment, lambda _name: None) == {"RKREPORT_SMTP_PASSWORD": secret}
    assert read_secrets(environment | {"RKREPORT_SMTP_PASSWORD": "own"}, lambda _name: None) == {
        "RKREPORT_SMTP_PASSWORD": "own"
    }
    assert read_secrets(environment, lambda _name: "kept")["RKREPORT_SMTP_PASSWORD"] == secret


def _made(kind: str, path: Path) -> None:
    match kind:
        case "empty":
            path.write_bytes(b"\n")
        case "a folder":
            path.mkdir()
        case "two lines":
            path.write_bytes(b"hunter2\nhunter3")
        case "bytes":
            path.write_bytes(b"hunter2\xff")
        case "large":
            path.write_bytes(b"hunter2" * 100_000)
        case "a pipe":
            os.mkfifo(path)


@pytest.mark.parametrize("kind", ["missing", "empty", "a folder", "two lines", "bytes", "large", "a pipe"])
def test_a_file_that_holds_none_is_named(tmp_path: Path, kind: str) -> None:
    """One sentence with the variable, and nothing of what stands in the file; a pipe is not waited for."""
    path = tmp_path / "secret"
    if kind == "a pipe" and sys.platform == "win32":
        pytest.skip("has no named pipes in folders")
    _made(kind, path)
    with pytest.raises(ConfigError, match="RKREPORT_CLIENT_SECRET") as refused:
        read_secrets({"RKREPORT_CLIENT_SECRET_FILE": str(path)}, lambda _name: None)
    assert "hunter" not in str(refused.value)
    assert str(refused.value).endswith(".")
