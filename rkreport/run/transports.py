"""Makes a ready transport of the channel that the config names.

Knows which keys and secrets each channel needs; must not know what is sent. `delivery` talks to mail servers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rkreport.config.load import Config
from rkreport.config.secrets import SMTP_ACCESS_TOKEN, SMTP_CLIENT_SECRET, SMTP_PASSWORD, SMTP_REFRESH_TOKEN
from rkreport.delivery.outbox import OutboxTransport, Seal, outbox_names
from rkreport.delivery.presets import PRESETS, MailChoices, MailServer, mail_server
from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import Login, PasswordLogin, SmtpSettings, TokenLogin
from rkreport.delivery.tokens import GivenToken, TokenSource
from rkreport.delivery.transport import Transport
from rkreport.errors import ConfigError
from rkreport.run.world import World
from rkreport.sentence import Sentence


def mail_server_of(config: Config) -> MailServer:
    """Return the mail server and its limits, from the config or else its provider. Applies to the outbox too.

    Raises:
        ConfigError: the config asks for something that the provider is known to refuse.
    """
    mail = config.settings.mail
    said = mail.model_fields_set
    choices = MailChoices(
        host=mail.host,
        port=mail.port if "port" in said else None,
        security=mail.security if "security" in said else None,
        auth=mail.auth if "auth" in said else None,
        messages_per_minute=mail.messages_per_minute if "messages_per_minute" in said else None,
        max_message_mb=mail.max_message_mb if "max_message_mb" in said else None,
    )
    try:
        return mail_server(mail.provider, choices)
    except ConfigError as error:
        raise ConfigError("{path}: {error}", path=config.path, error=error) from error


@dataclass(frozen=True, slots=True)
class ReadyTransport:
    """A channel, ready to send. `messages_per_minute` None means no limit.

    `notice` is shown before the first message; it may be empty.
    """

    transport: Transport
    messages_per_minute: int | None = None
    notice: str = ""


def ready_transport(
    config: Config,
    world: World,
    outbox: Path,
    burst_list: Sequence[str],
    owners: Mapping[str, str],
    *,
    seal: Seal | None = None,
) -> ReadyTransport:
    """Return the transport of the channel that the config names.

    Args:
        config: names the channel.
        world: has the secrets and the clock.
        outbox: the folder for the transport of that name.
        burst_list: the manager ids of the whole edition in order; they number the outbox files.
        owners: the manager of each message, by Message-ID.
        seal: receives the files that are written into the outbox.

    Raises:
        ConfigError: a key or a secret is missing.
    """
    if config.channel.leaves:
        server = mail_server_of(config)
        notice = Sentence("Trying {host}:{port} …", host=server.host, port=server.port)
        return ReadyTransport(smtp_transport_of(config, world), server.messages_per_minute, notice)
    names = outbox_names(burst_list)
    known = {name: names[owner] for name, owner in owners.items() if owner in names}
    return ReadyTransport(OutboxTransport(outbox, known, seal))


def smtp_transport_of(config: Config, world: World) -> SmtpTransport:
    """Return the config's mail server, whatever `mail.transport` says.

    Raises:
        ConfigError: a key or a secret is missing.
    """
    server, ca_file = mail_server_of(config), config.settings.mail.ca_file
    if not server.host:
        raise ConfigError(
            '{path}: mail.host is missing; write such as host = "smtp.contoh.test", or a provider.', path=config.path
        )
    settings = SmtpSettings(
        server.host, server.port, server.security, config.path.parent / ca_file if ca_file else None
    )
    return SmtpTransport(settings, _login(config, server, world))


def mail_secrets_of(config: Config) -> tuple[str, ...]:
    """Return the names of the secrets with which the config can log in to its mail server; none if it need not.

    Raises:
        ConfigError: the config asks for something that the provider is known to refuse.
    """
    if not config.channel.leaves:
        return ()
    if mail_server_of(config).auth == "xoauth2":
        return SMTP_CLIENT_SECRET, SMTP_REFRESH_TOKEN
    mail = config.settings.mail
    return (SMTP_PASSWORD,) if mail.username or (mail.provider and config.sender) else ()


def _login(config: Config, server: MailServer, world: World) -> Login | None:
    """Return the login; None if the config has neither user name nor provider: a relay then knows this machine."""
    mail = config.settings.mail
    username = mail.username or (config.sender.address if mail.provider and config.sender else "")
    if server.auth == "xoauth2":
        if not username:
            raise ConfigError(
                "{path}: mail.username is missing; write the address of the mailbox that sends.", path=config.path
            )
        return TokenLogin(username, _tokens(config, world))
    if not username:
        return None
    if SMTP_PASSWORD not in world.secrets:
        raise ConfigError(
            "The environment variable {smtp_password} is not set; say rkreport login once, or"
            " set it to the password of {mailbox}.",
            smtp_password=SMTP_PASSWORD,
            mailbox=_MAILBOX,
        )
    return PasswordLogin(username, world.secrets[SMTP_PASSWORD])


_MAILBOX = "the mailbox in mail.username"


def _tokens(config: Config, world: World) -> TokenSource:
    """Return tokens that renew themselves if the config says how, else the given token."""
    oauth, secrets = config.settings.mail.oauth, world.secrets
    preset = PRESETS[config.settings.mail.provider]
    refresh_token, client_secret = secrets.get(SMTP_REFRESH_TOKEN, ""), secrets.get(SMTP_CLIENT_SECRET, "")
    url = oauth.url or preset.oauth_url
    scope = oauth.scope or (preset.user_scope if refresh_token else preset.app_scope)
    if oauth.app_id and url and (refresh_token or client_secret):
        from rkreport.delivery.oauth import TokenRequest  # noqa: PLC0415 - importing aiohttp takes a sixth of a second
        from rkreport.run.token_fetching import fetched_token  # noqa: PLC0415 - as above

        request = TokenRequest(url, oauth.app_id, scope, client_secret, refresh_token)
        return fetched_token(request, world.utc_now)
    if SMTP_ACCESS_TOKEN in secrets:
        return GivenToken(secrets[SMTP_ACCESS_TOKEN])
    missing = next((name for name, value in {"url": url, "app_id": oauth.app_id}.items() if not value), None)
    if missing:
        raise ConfigError(
            "{path}: mail.oauth.{missing} is missing; it says where tokens for xoauth2 come"
            " from. For a single token set {smtp_access_token}.",
            path=config.path,
            missing=missing,
            smtp_access_token=SMTP_ACCESS_TOKEN,
        )
    raise ConfigError(
        "The environment variable {smtp_client_secret} is not set; say rkreport login once,"
        " or set it to the secret of the app in mail.oauth.app_id, or {smtp_refresh_token}"
        " to a refresh token, or {smtp_access_token} to a token.",
        smtp_client_secret=SMTP_CLIENT_SECRET,
        smtp_refresh_token=SMTP_REFRESH_TOKEN,
        smtp_access_token=SMTP_ACCESS_TOKEN,
    )
