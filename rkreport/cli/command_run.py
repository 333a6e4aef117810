"""Gives every command its screen, config, log and world.

Must not know what the command does.
"""

import logging
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from platformdirs import user_log_path

from rkreport.cli.options import DEFAULT_CONFIG
from rkreport.cli.screen import Screen
from rkreport.config.load import Config, load_config
from rkreport.config.os_keyring import read_keyring
from rkreport.config.secrets import ALL, environment, read_secrets
from rkreport.errors import OutputError
from rkreport.files import reason_of
from rkreport.logs import open_log
from rkreport.run.pool import all_cores
from rkreport.run.world import World

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CommandRun:
    """One call of the program. `log_file` is None until the log is open."""

    screen: Screen
    command: str
    verbose: bool
    log_file: Path | None = None
    is_fetched: bool = False  # an interrupted run continues with a build
    is_built: bool = False  # an interrupted run continues with a sending

    def configured(self, config_path: Path, *, needs_secrets: bool = True) -> tuple[Config, World]:
        """Load the config and make the world; move the log into the data folder.

        A command that needs no secrets does not open the keyring, which takes a third of a second.
        """
        config = load_config(config_path)
        wants_keyring = needs_secrets or config.settings.privacy.encrypt_store
        world = self.world(read_secrets(environment(), read_keyring if wants_keyring else lambda _: ""))
        self.log_to(config.data_dir, world.secrets)
        log.info("rkreport %s with config %s", self.command, config.sha256)
        return config, world

    def world(self, secrets: Mapping[str, str]) -> World:
        """Make the real world: real clocks and all cores."""
        return World(lambda: datetime.now(UTC), time.monotonic, secrets, self.screen, all_cores, command=self.command)

    def log_to(self, folder: Path, secrets: Mapping[str, str]) -> None:
        """Open the log.

        Raises:
            OutputError: it cannot be opened.
        """
        try:
            self.log_file = open_log(folder, secrets.values(), verbose=self.verbose)
        except FileExistsError:
            raise OutputError(
                "The data folder {folder} is a file, not a folder; choose another data_dir.", folder=folder
            ) from None
        except OSError as error:
            raise OutputError(
                "The data folder {folder} cannot be written: {reason}; choose another data_dir.",
                folder=folder,
                reason=reason_of(error),
            ) from error

    def bug_log(self) -> Path | None:
        """Return the file for a traceback: the open log, else one in the user's log folder."""
        if self.log_file is None:
            try:
                known = environment()
                secrets = (known.get(name, "") for name in ALL)
                self.log_file = open_log(user_log_path("rkreport"), secrets, verbose=self.verbose)
            except OSError:
                return None
        return self.log_file


def open_command_run(context: typer.Context, command: str, *, as_json: bool, quiet: bool, verbose: bool) -> CommandRun:
    """Begin the run of a command whose options are known, in the call that Typer carries as its object."""
    command_run = CommandRun(Screen(quiet=quiet, as_json=as_json, tell=context.obj.tell), command, verbose)
    context.obj.command_run = command_run
    return command_run


def next_call(context: typer.Context, *words: str) -> str:
    """Return the command to say after this one, with the config, month and kind of report that were given."""
    given = context.params
    options = [
        *(("--config", str(given["config"])) if given["config"] != DEFAULT_CONFIG else ()),
        *(("--period", given["period"]) if given.get("period") else ()),
        *(("--interim",) if given.get("interim") else ()),
    ]
    return shlex.join(("rkreport", *words, *options))
