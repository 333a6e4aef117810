"""Mails the summary of a command that failed or succeeded. An interruption sends none: the admin caused it.

Knows when; `run.send.summary` knows what it says and to whom it goes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rkreport.cli.command_run import CommandRun
from rkreport.config.load import Config
from rkreport.errors import EXIT_BUG, RkreportError
from rkreport.run.send.summary import Account, summarize
from rkreport.run.world import World


@contextmanager
def told(
    command_run: CommandRun, settings: Config, world: World, command: str, *, is_sending: bool
) -> Iterator[Account]:
    """Mail the admin a failure of the block, then raise it again; the caller mails success with `summarize`."""
    account = Account(command, is_sending, world.utc_now(), command_run.log_file)
    try:
        yield account
    except RkreportError as error:
        command_run.screen.close()
        summarize(settings, world, account, error.exit_code, error.sentence)
        raise
    except Exception:  # also mail a bug of ours, then let the command's last handler catch it
        command_run.screen.close()
        summarize(settings, world, account, EXIT_BUG)
        raise
