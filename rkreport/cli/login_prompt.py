"""Asks for secrets, tries them, and keeps those that were taken. Shows none."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from rkreport.cli.screen import Screen
from rkreport.config.load import Config
from rkreport.config.schema import LmsSection
from rkreport.config.secrets import (
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SMTP_CLIENT_SECRET,
    SMTP_PASSWORD,
    SMTP_REFRESH_TOKEN,
    STORE_KEY,
    WORKBOOK_PASSWORD,
    lms_credentials,
)
from rkreport.errors import ConfigError, LmsError, LoginRefused
from rkreport.run.fetch.browsing import log_in_step
from rkreport.run.setup.checks.mail import log_in_to_mail
from rkreport.run.transports import mail_secrets_of
from rkreport.run.world import World
from rkreport.sentence import Sentence

_QUESTIONS = {
    CLIENT_ID: "Client id of the Ruangkerja API",
    CLIENT_SECRET: "Client secret",
    SMTP_PASSWORD: "Password of the mailbox that sends",
    SMTP_CLIENT_SECRET: "Client secret of the app in mail.oauth.app_id",
    SMTP_REFRESH_TOKEN: "Refresh token of the mailbox that sends",
    WORKBOOK_PASSWORD: "Password that opens the workbooks",
    STORE_KEY: "Key that encrypts the store",
}


class LoginPrompt:
    """One conversation. `kept` are the names of the secrets that were tried and kept, with what they were tried on."""

    def __init__(self, screen: Screen, world: World, keep: Callable[[str, str], None]) -> None:
        """Take the secrets that are known already, and a way to keep others."""
        self._screen = screen
        self._world = world
        self._keep = keep
        self.kept: dict[str, str] = {}

    def offered_to_lms(self, section: LmsSection) -> World:
        """Offer to log in; what fails is told, and nothing is kept."""
        self._screen.say(
            "With the client id and secret of the API the courses can be listed. They stay in this computer's keyring."
        )
        before = self._world
        try:
            while self._ask(CLIENT_ID, "later") and self._ask(CLIENT_SECRET, "later"):
                try:
                    self._try_lms(section)
                except LoginRefused:
                    self._screen.say("The LMS does not take this client id and secret. Paste both again.")
                    self._world = before
                else:
                    self._screen.say("The LMS takes them, and they are kept.")
                    return self._world
        except (ConfigError, LmsError) as error:
            self._screen.say(error.sentence)
        self._world = before
        return before

    def to_lms(self, section: LmsSection) -> None:
        """Ask for the login to the LMS.

        Raises:
            ConfigError: nothing was given, or the keyring does not take it.
            LmsError: the LMS does not take it, or is not there to be asked.
        """
        self._ask(CLIENT_ID)
        self._ask(CLIENT_SECRET)
        self._try_lms(section)

    def to_mail(self, config: Config) -> None:
        """Ask for what the mail server needs, if messages go by SMTP.

        Raises:
            ConfigError: nothing was given, or the keyring does not take it.
            DeliveryError: the mail server does not take it, or is not there to be asked.
        """
        names = mail_secrets_of(config)
        for name in names:
            self._ask(name)
        if names:
            asyncio.run(log_in_to_mail(config, self._world))
            self._keep_all(names, "the mail server")

    def to_workbooks(self) -> None:
        """Ask twice for the password that opens the workbooks: nothing else can try it.

        Raises:
            ConfigError: the two differ, or the keyring does not take it.
        """
        self._ask_twice(WORKBOOK_PASSWORD)

    def to_store(self) -> None:
        """Ask twice for the key that encrypts the store.

        Raises:
            ConfigError: the two differ, or the keyring does not take it.
        """
        self._ask_twice(STORE_KEY)

    def _ask_twice(self, name: str) -> None:
        first = self._ask(name)
        if first and self._screen.ask_secret("The same again") != first:
            raise ConfigError("The two passwords differ, so none was kept; say rkreport login again.")
        self._keep_all((name,), "")

    def _try_lms(self, section: LmsSection) -> None:
        lms_credentials(self._world.secrets)
        asyncio.run(log_in_step(section.model_copy(update={"max_attempts": 2}), self._world))
        self._keep_all((CLIENT_ID, CLIENT_SECRET), "the LMS")

    def _keep_all(self, names: tuple[str, ...], tried_on: str) -> None:
        for name in names:
            if name in self._world.secrets:
                self._keep(name, self._world.secrets[name])
                self.kept[name] = tried_on

    def _ask(self, name: str, otherwise: str = "") -> str:
        """Ask for a secret; Enter leaves what is known."""
        default = otherwise or ("as it is" if name in self._world.secrets else "none")
        answer = self._screen.ask_secret(
            Sentence("{questions} (Enter: {default})", questions=_QUESTIONS[name], default=default)
        )
        if not answer.isprintable():
            raise ConfigError(
                "What was typed for {name} holds a character that cannot be seen; type or paste it again.", name=name
            )
        if answer:
            secrets = {key: value for key, value in self._world.secrets.items() if key != ACCESS_TOKEN}
            self._world = replace(self._world, secrets=secrets | {name: answer})
        return answer
