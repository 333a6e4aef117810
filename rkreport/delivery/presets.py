"""What common mail services require and allow. Knows their documentation, not the config file.

Microsoft 365: "Exchange Online limits", "SMTP AUTH client submission". Google: "Gmail sending limits in Google
Workspace", "Send email from a printer, scanner or app".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from rkreport.delivery.smtp_connection import Security
from rkreport.errors import ConfigError

Auth = Literal["password", "xoauth2"]

_PORTS: Final[Mapping[Security, int]] = MappingProxyType({"starttls": 587, "tls": 465, "none": 25})


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to send. `host` is empty if nothing is sent; `messages_per_day` None means unknown."""

    host: str
    port: int
    security: Security
    auth: Auth
    messages_per_minute: int
    max_message_mb: float
    messages_per_day: int | None = None

    @property
    def max_message_bytes(self) -> int:
        """Limit of the encoded message; a MB here is a million bytes, the smaller of its two meanings."""
        return int(self.max_message_mb * 1_000_000)


@dataclass(frozen=True, slots=True)
class MailChoices:
    """The config's own values; None lets a preset decide."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    auth: Auth | None = None
    messages_per_minute: int | None = None
    max_message_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A mail service: its defaults, and the settings that it refuses."""

    title: str
    server: MailServer
    has_tls_port: bool = True
    most_per_minute: int | None = None
    most_mb: float | None = None
    oauth_url: str = ""
    app_scope: str = ""  # for the app's own token; empty: the service gives none for a secret alone
    user_scope: str = ""  # for the token of a person who agreed once


_PLAIN: Final = MailServer("", 587, "starttls", "password", 25, 25)
PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "": Preset("The mail server", _PLAIN),
        "microsoft365": Preset(
            "Microsoft 365",
            # Passwords are off for new tenants, and by default for all tenants from the end of 2026.
            MailServer("smtp.office365.com", 587, "starttls", "xoauth2", 25, 35, messages_per_day=10_000),
            has_tls_port=False,
            most_per_minute=30,
            most_mb=150,
            app_scope="https://outlook.office365.com/.default",
            user_scope="https://outlook.office.com/SMTP.Send offline_access",
        ),
        "google": Preset(
            "Google",
            MailServer("smtp.gmail.com", 587, "starttls", "password", 25, 25, messages_per_day=2_000),
            most_mb=25,
            oauth_url="https://oauth2.googleapis.com/token",
        ),
    }
)


def mail_server(provider: str, choices: MailChoices) -> MailServer:
    """Combine the config's own values with the service's defaults.

    Raises:
        ConfigError: the config asks for something that the service is known to refuse.
    """
    preset = PRESETS[provider]
    usual = preset.server
    security = choices.security or usual.security
    server = MailServer(
        host=choices.host or usual.host,
        port=choices.port or (usual.port if security == usual.security else _PORTS[security]),
        security=security,
        auth=choices.auth or usual.auth,
        messages_per_minute=choices.messages_per_minute or usual.messages_per_minute,
        max_message_mb=choices.max_message_mb or usual.max_message_mb,
        messages_per_day=usual.messages_per_day,
    )
    if choices.host is None and security == "tls" and not preset.has_tls_port:
        raise ConfigError(
            'mail.security: {title} offers "starttls" only; write that, or leave the line out.', title=preset.title
        )
    if choices.host is None and provider and security == "none":
        raise ConfigError(
            'mail.security: "none" would send the password to {title} unencrypted; remove it.', title=preset.title
        )
    if preset.most_per_minute and server.messages_per_minute > preset.most_per_minute:
        raise ConfigError(
            "mail.messages_per_minute: {title} refuses more than {most_per_minute}; write {messages_per_minute}.",
            title=preset.title,
            most_per_minute=preset.most_per_minute,
            messages_per_minute=usual.messages_per_minute,
        )
    if preset.most_mb and server.max_message_mb > preset.most_mb:
        raise ConfigError(
            "mail.max_message_mb: {title} refuses more than {most_mb:g}; write {max_message_mb:g}.",
            title=preset.title,
            most_mb=preset.most_mb,
            max_message_mb=usual.max_message_mb,
        )
    return server
