"""The summary at the end of a command, however it ends. An interruption has none: who pressed the keys knows."""

from collections.abc import Iterator
from contextlib import contextmanager

from rkreport.cli.session import Session
from rkreport.config.load import Config
from rkreport.errors import EXIT_BUG, RkreportError
from rkreport.run.send.summary import Account, summarize
from rkreport.run.world import World


@contextmanager
def told(session: Session, settings: Config, world: World, command: str, *, is_sending: bool) -> Iterator[Account]:
    """Runs what may fail; a failure is told to the admin by mail and goes on its way. Success is `summarize`'s."""
    account = Account(command, is_sending, world.utc_now(), session.log_file)
    try:
        yield account
    except RkreportError as error:
        session.screen.close()
        summarize(settings, world, account, error.exit_code, str(error))
        raise
    except Exception:  # a mistake of ours is told too, and goes on its way to the command's last line of defence
        session.screen.close()
        summarize(settings, world, account, EXIT_BUG)
        raise
