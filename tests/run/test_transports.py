"""From config and secrets to a way of sending; and what happens to a workbook that is too large for mail."""

import email.policy
import time
from collections.abc import Mapping
from email.parser import BytesParser
from pathlib import Path

import pytest

from rkreport.config.load import Config, load_config
from rkreport.delivery.outbox import OutboxTransport
from rkreport.delivery.smtp import SmtpTransport
from rkreport.errors import ConfigError
from rkreport.run.transports import mail_server_of, ready_transport, smtp_transport_of
from rkreport.run.world import World
from tests.cli.program import NOW, Workspace, serving
from tests.delivery.certificates import Certificates
from tests.delivery.scripted_smtp import Offers, ScriptedSmtp
from tests.simulator_fixture import made

PASSWORD = {"RKREPORT_SMTP_PASSWORD": "k4ta-Sandi"}
SECRET = {"RKREPORT_SMTP_CLIENT_SECRET": "rahasia"}
REFRESH = {"RKREPORT_SMTP_REFRESH_TOKEN": "segar"}
TOKEN = {"RKREPORT_SMTP_ACCESS_TOKEN": "tok"}
TENANT = '[mail.oauth]\nurl = "https://login.contoh.test/token"\napp_id = "app-1"\n'


class Nobody:
    """Nobody watches."""

    def say(self, sentence: str) -> None:
        """Hear nothing."""


def world(secrets: Mapping[str, str]) -> World:
    """A world with secrets and a clock."""
    return World(lambda: NOW, time.monotonic, secrets, Nobody(), None)  # type: ignore[arg-type]  # neither steps nor processes are used


def config(tmp_path: Path, mail: str) -> Config:
    """A config with these lines under [mail]."""
    path = tmp_path / "config.toml"
    path.write_text(
        '[report]\ncompany = "PT Contoh"\n[[courses]]\nserial = "C1"\n'
        '[mail]\nfrom = "ld@contoh.test"\nallowed_domains = ["contoh.test"]\n' + mail
    )
    return load_config(path)


def test_an_outbox_needs_nothing(tmp_path: Path) -> None:
    """Neither host nor secret; its size limit holds all the same."""
    one = config(tmp_path, "max_message_mb = 3\n")
    transport = ready_transport(one, world({}), tmp_path / "outbox", ["M-1"], {"<1@contoh.test>": "M-1"}).transport
    assert isinstance(transport, OutboxTransport)
    assert mail_server_of(one).max_message_bytes == 3_000_000


@pytest.mark.parametrize(
    ("mail", "secrets"),
    [
        ('transport = "smtp"\nhost = "relay.contoh.test"\n', {}),
        ('transport = "smtp"\nhost = "smtp.contoh.test"\nusername = "ld"\n', PASSWORD),
        ('transport = "smtp"\nprovider = "google"\n', PASSWORD),
        ('transport = "smtp"\nprovider = "google"\nauth = "xoauth2"\n[mail.oauth]\napp_id = "app-1"\n', REFRESH),
        (f'transport = "smtp"\nprovider = "microsoft365"\n{TENANT}', SECRET),
        ('transport = "smtp"\nprovider = "microsoft365"\n', TOKEN),
    ],
)
def test_ways_to_a_mail_server(tmp_path: Path, mail: str, secrets: Mapping[str, str]) -> None:
    """A relay, a password, an app password, and tokens: each is whole with the secret it names."""
    one = config(tmp_path, mail)
    assert isinstance(ready_transport(one, world(secrets), tmp_path, [], {}).transport, SmtpTransport)


@pytest.mark.parametrize(
    ("mail", "secrets", "missing"),
    [
        ("", {}, "mail.host"),
        ('host = "smtp.contoh.test"\nusername = "ld"\n', {}, "RKREPORT_SMTP_PASSWORD"),
        ('provider = "google"\n', {}, "RKREPORT_SMTP_PASSWORD"),
        ('provider = "microsoft365"\n', SECRET, "mail.oauth.url"),
        ('provider = "google"\nauth = "xoauth2"\n', SECRET, "mail.oauth.app_id"),
        ('host = "smtp.contoh.test"\nauth = "xoauth2"\n', TOKEN, "mail.username"),
        (f'provider = "microsoft365"\n{TENANT}', {}, "RKREPORT_SMTP_CLIENT_SECRET"),
        ('provider = "microsoft365"\nmessages_per_minute = 40\n', TOKEN, "config.toml: mail.messages_per_minute"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, mail: str, secrets: Mapping[str, str], missing: str) -> None:
    """One sentence with the key or the variable; no secret is in it."""
    one = config(tmp_path, mail)
    with pytest.raises(ConfigError) as caught:
        smtp_transport_of(one, world(secrets))
    assert missing in str(caught.value)
    assert not any(secret in str(caught.value) for secret in ("rahasia", "k4ta"))


async def test_the_config_leads_to_the_server(tmp_path: Path) -> None:
    """Host, port, authority (relative to the config), name and password all arrive."""
    certificates = Certificates()
    certificates.write_ca(tmp_path / "ca.pem")
    with ScriptedSmtp(offers=Offers(login=("ld", "k4ta-Sandi")), certificates=certificates) as server:
        lines = f'host = "127.0.0.1"\nport = {server.port}\nca_file = "ca.pem"\nusername = "ld"\n'
        found = await smtp_transport_of(config(tmp_path, lines), world(PASSWORD)).check_login()
    assert "login accepted" in found


def test_a_workbook_too_large_for_mail_stays_here(tmp_path: Path) -> None:
    """The mail goes out without it, says so in its reader's language, and the file lies in the folder."""
    workspace = Workspace(tmp_path)
    company = made(people=60, courses=2, batches=4)
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        workspace.edit("[mail]\n", "[mail]\nmax_message_mb = 0.02\n")
        outcome = workspace.rkreport("run")
    assert outcome.code == 0, outcome.err
    assert "M-001_2026-10_rev1.xlsx is too large for mail" in outcome.err
    files = workspace.manifest["files"]
    paths = [workspace.built / file["path"] for file in files if file["kind"] == "message"]
    languages = set()
    for path in paths:
        message = BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())
        body = message.get_body(("plain",))
        assert body is not None
        said = body.get_content()
        assert not list(message.iter_attachments())
        name = next(file["path"] for file in files if file["kind"] == "manager" and Path(file["path"]).name in said)
        assert (workspace.built / name).exists()
        assert said.startswith({"en": "The workbook", "id": "Berkas"}[message["Content-Language"]])
        languages.add(str(message["Content-Language"]))
    assert "id" in languages
