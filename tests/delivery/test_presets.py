"""What the config leaves open is what the service wants; what it says wins, unless the service refuses it."""

from typing import Any

import pytest

from rkreport.delivery.presets import MailChoices, mail_server
from rkreport.errors import ConfigError


def test_microsoft_365() -> None:
    """STARTTLS on 587, tokens, below 30 a minute."""
    server = mail_server("microsoft365", MailChoices())
    assert (server.host, server.port, server.security, server.auth) == (
        "smtp.office365.com",
        587,
        "starttls",
        "xoauth2",
    )
    assert (server.messages_per_minute, server.max_message_mb, server.messages_per_day) == (25, 35, 10_000)


def test_google() -> None:
    """STARTTLS on 587, an app password, 25 MB."""
    server = mail_server("google", MailChoices())
    assert (server.host, server.port, server.security, server.auth) == ("smtp.gmail.com", 587, "starttls", "password")
    assert (server.messages_per_minute, server.max_message_mb, server.messages_per_day) == (25, 25, 2_000)


def test_what_is_said_wins() -> None:
    """Each key of its own."""
    said = MailChoices("relay.contoh.test", 2525, "tls", "password", 5, 10)
    server = mail_server("microsoft365", said)
    assert (server.host, server.port, server.security, server.auth) == ("relay.contoh.test", 2525, "tls", "password")
    assert (server.messages_per_minute, server.max_message_bytes) == (5, 10_000_000)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_encryption_has_its_port(security: Any, port: int) -> None:
    """Who writes no port gets the usual one."""
    assert mail_server("", MailChoices(host="h.test", security=security)).port == port


@pytest.mark.parametrize(
    ("provider", "said", "key"),
    [
        ("microsoft365", MailChoices(messages_per_minute=31), "mail.messages_per_minute: Microsoft 365"),
        ("microsoft365", MailChoices(max_message_mb=151), "mail.max_message_mb: Microsoft 365"),
        ("microsoft365", MailChoices(security="tls"), "mail.security: Microsoft 365"),
        ("microsoft365", MailChoices(security="none"), "mail.security"),
        ("google", MailChoices(max_message_mb=26), "mail.max_message_mb: Google"),
        ("google", MailChoices(security="none"), "mail.security"),
    ],
)
def test_what_the_service_refuses_is_refused_here(provider: str, said: MailChoices, key: str) -> None:
    """Before anything is sent, with the key and what to write."""
    with pytest.raises(ConfigError, match=key):
        mail_server(provider, said)


def test_without_a_service_there_is_no_limit_to_know() -> None:
    """A company's own server takes what it takes."""
    server = mail_server("", MailChoices(host="h.test", messages_per_minute=600, max_message_mb=200))
    assert (server.messages_per_minute, server.max_message_mb, server.messages_per_day) == (600, 200, None)
